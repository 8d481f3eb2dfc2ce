import type { CheckSeen } from "../flow/check-seen.ts";
import type { RequiredCheck } from "../flow/config.ts";
import type { BranchRule } from "../flow/facts.ts";
import { between, later, short } from "../flow/names.ts";
import { count, listed } from "../flow/words.ts";
import type { Case, Found, Gate } from "./gate.ts";

/** A check that said nothing for so long is named, with what is likely the cause. */
const SILENT_MS = 30 * 60_000;
const NAMED = 5;
/** How GitHub lets a check through. https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks */
const GOOD: readonly CheckSeen["ended"][] = ["success", "neutral", "skipped"];

export const checks: Gate = {
  name: "checks",
  asks: "Did the required checks of other Apps succeed on this very commit?",
  why: "SOP-0013: staging holds what was tested; SOP-0008: all automated tests pass before a merge into master.",
  pass: "The checks named run on the head commit and end in `success`, `neutral` or `skipped`. Run a red one again, or push a commit that mends it. Which are required is in `checks.required`, and in the rules of the branch on GitHub.",
  judge(of) {
    const { lane } = of.lane;
    if (lane === "feature" || (lane === "back-merge" && !of.lane.own))
      return { notAsked: "Asked on promotions, releases and hotfixes, and on back-merges with commits of their own." };
    const { pull, look } = of;
    const rules = look.at({ want: "rules", branch: pull.base });
    const seen = look.at({ want: "checks", head: pull.head.sha });
    if (rules === null || seen === null) return null;
    const others = seen.filter(({ app }) => app !== of.app);
    const required = requiredOf(of, rules);
    return required.length > 0 ? asRequired(of, required, others) : asTheyAre(of, others);
  },
};

/** What the config and GitHub require, but for our own: waiting for ourselves would never end. */
function requiredOf({ policy, app, pull }: Case, rules: readonly BranchRule[]): readonly RequiredCheck[] {
  const ours = `flowgate: ${pull.base}`;
  const github = rules.flatMap((rule) => rule.checks.map(({ context, app }) => ({ name: context, app })));
  const all = [...policy.checks.required, ...github].filter(
    ({ name, app: by }) => by !== app && name !== ours && !name.startsWith(`${ours} / `),
  );
  return [...new Map(all.map((check) => [`${check.app} ${check.name}`, check])).values()];
}

function asRequired(
  { pull, now, checksSince }: Case,
  required: readonly RequiredCheck[],
  seen: readonly CheckSeen[],
): Found {
  const head = short(pull.head.sha);
  const runs = required.map((check) => ({
    check,
    // Of whichever App: all that carry the name, so that nobody can outvote a red one by posting a green one beside it.
    of: seen.filter(({ name, app }) => name === check.name && (check.app === null || app === check.app)),
  }));
  const red = runs.flatMap(({ of }) => of.filter(failed));
  if (red.length > 0) return refused(red, head);
  const silent = runs.filter(({ of }) => of.length === 0).map(({ check }) => check);
  const running = runs.flatMap(({ of }) => of.filter(({ ended }) => ended === "pending"));
  if (silent.length > 0) {
    const due = checksSince === null ? null : later(checksSince, SILENT_MS);
    const long = due !== null && due <= now;
    const impostors = silent.filter(({ name, app }) => app !== null && seen.some((run) => run.name === name));
    const so = long
      ? `has not reported for ${minutes(between(checksSince as never, now))} minutes`
      : "has not reported yet";
    return {
      outcome: "pending",
      because: `${named(silent.map(nameOf))} ${silent.length > 1 ? so.replace("has", "have") : so} on ${head}.`,
      cure:
        impostors.length > 0
          ? `A check of this name came from another App, which does not count: ${named(impostors.map(nameOf))} is asked for.`
          : long
            ? "Its workflow may be limited to other branches or paths, wait for somebody's approval, or have another name by now: see the Actions of this commit, or correct `checks.required`."
            : "It is written by its own App; nobody has to do anything yet.",
      until: long ? null : due,
    };
  }
  if (running.length > 0) return unfinished(running, head);
  return { outcome: "passed", because: `${count(required.length, "required check")} passed on ${head}.` };
}

/** Nothing is required: whatever there is must be good, and something must be there. */
function asTheyAre({ pull, policy }: Case, seen: readonly CheckSeen[]): Found {
  const head = short(pull.head.sha);
  const red = seen.filter(failed);
  if (red.length > 0) return refused(red, head);
  const running = seen.filter(({ ended }) => ended === "pending");
  if (running.length > 0) return unfinished(running, head);
  if (seen.length > 0)
    return { outcome: "passed", because: `No check is required; ${count(seen.length, "check")} on ${head} passed.` };
  if (policy.checks.allowNone)
    return { outcome: "passed", because: `No check ran on ${head}, which \`checks.allow_none\` allows.` };
  return {
    outcome: "pending",
    because: `No check ran on ${head}, so nothing says that it was tested.`,
    cure: "Let a workflow run on this branch, or set `checks.allow_none` in the config.",
  };
}

const failed = ({ ended }: CheckSeen) => ended !== "pending" && !GOOD.includes(ended);

function refused(red: readonly CheckSeen[], head: string): Found {
  return {
    outcome: "failed",
    because: `${named(red.map(({ name, ended }) => `\`${name}\` ended in ${ended.replaceAll("_", " ")}`))} on ${head}.`,
    cure: "Run it again if it failed by chance, else push a commit that mends it.",
  };
}

function unfinished(running: readonly CheckSeen[], head: string): Found {
  return {
    outcome: "pending",
    because: `${named(running.map(({ name }) => `\`${name}\``))} ${running.length > 1 ? "have" : "has"} not ended on ${head}.`,
    cure: "Nobody has to do anything: it is looked at again when it ends.",
  };
}

const nameOf = ({ name, app }: RequiredCheck) => `\`${name}\`${app === null ? "" : ` of the App ${app}`}`;
const named = (words: readonly string[]) =>
  words.length > NAMED ? `${words.slice(0, NAMED).join(", ")} and ${words.length - NAMED} others` : listed(words);
const minutes = (milliseconds: number) => Math.floor(milliseconds / 60_000);
