import { isEnforced, isHome } from "../flow/component.ts";
import { CONFIG_PATH, type Config, type Policy } from "../flow/config.ts";
import { inOneLine, type Problem, type Problems, placeOf, readConfig } from "../flow/config-file.ts";
import type { Document } from "../flow/facts.ts";
import { type Branch, type Person, type Sha, short } from "../flow/names.ts";
import { noAccess } from "../flow/no-access.ts";
import { difference, madeIn } from "../flow/policy.ts";
import { stoppedBy } from "../flow/replay.ts";
import { holdersOf, lastWords, names, teamsAsked, withRight } from "../flow/roles.ts";
import { unstaffed } from "../flow/staffed.ts";
import type { Annotation } from "../flow/verdict.ts";
import { count, listed } from "../flow/words.ts";
import type { CaseWithoutLane, Found, Gate } from "./gate.ts";

/** So many lines of what changes are said. */
const SHOWN = 3;
const FILE = `\`${CONFIG_PATH}\``;

export const policy: Gate<CaseWithoutLane> = {
  name: "policy",
  asks: "Does it leave Flowgate's own config as it is, or has a release manager let the change through?",
  why: "QP-0009: a change of how changes are controlled is a change itself, and is approved by somebody else than its author.",
  pass: "Nothing to do where the file is not touched. Else mend what is named on its lines, and have a release manager who neither opened the pull request nor pushed to it approve it on GitHub as it is now.",
  judge(of) {
    if (!isAsked(of))
      return {
        notAsked:
          "Asked into the default branch, on promotions, releases and hotfixes, and on back-merges with commits of their own.",
      };
    const { pull, component, look } = of;
    const head = look.at({ want: "file", path: CONFIG_PATH, at: pull.head.sha });
    const base = blobOnBase(of);
    if (head === null || base === undefined) return null;
    const to = blobOf(head);
    if (to === base) return UNCHANGED;
    const tip = component.stages?.[pull.base] ?? null;
    const parted = look.at({ want: "compare", base: comparedBy(of, tip), head: pull.head.sha })?.mergeBase;
    if (parted === undefined) return null;
    const before = parted === tip ? base : blobIn(look.at({ want: "file", path: CONFIG_PATH, at: parted }));
    if (before === undefined) return null;
    if (to === before) return UNCHANGED;

    const changesConfig = { to };
    const change = head.found ? read(head.text, of) : { config: null };
    if ("because" in change) return { ...change, outcome: "failed", changesConfig, firm: INVALID };
    if (before !== base) return { ...bothChanged(of), changesConfig };
    const people = head.found ? askedOfPeople(of, change.config, head.text) : { fault: null };
    const stopped = wouldStop(of, change.config);
    const unasked = wouldNotAsk(of, change.config);
    const found = approved(of, inWords(of, change.config));
    if (found === null || stopped === null || unasked === null || people === null) return null;
    if (people.fault !== null) return { ...people.fault, outcome: "failed", changesConfig, firm: INVALID };
    return { ...found, because: `${found.because}${stopped}${unasked}`, changesConfig };
  },
};

type Fault = Pick<Said, "because" | "cure" | "annotations">;
type Said = Exclude<Found, { readonly notAsked: string }>;
const INVALID = "Nobody lets a config through that is not valid.";
const UNCHANGED: Found = { outcome: "passed", because: `It leaves ${FILE} as it is.` };

function isAsked({ pull, lane, component }: CaseWithoutLane): boolean {
  if (pull.base === component.defaultBranch || lane === null) return true;
  return lane.lane === "back-merge" ? lane.own === true : lane.lane !== "feature";
}

const blobOf = (file: Document): Sha | null => (file.found ? file.blob : null);
/** Undefined while it was not read. */
const blobIn = (file: Document | null): Sha | null | undefined => (file === null ? undefined : blobOf(file));

/** What the base has now. That of the default branch is remembered, unless something else than what is in force may lie there. */
function blobOnBase({ pull, component, look }: CaseWithoutLane): Sha | null | undefined {
  const { config, defaultBranch, stages } = component;
  if (pull.base === defaultBranch && !component.look && config.newest === null) return config.blob;
  const tip = stages?.[pull.base] ?? null;
  return blobIn(
    look.at(tip === null ? { want: "document", path: CONFIG_PATH } : { want: "file", path: CONFIG_PATH, at: tip }),
  );
}

/**
 * Promotions, releases and hotfixes are compared with the branch anyway. Else the commit that it is at does, so that
 * nothing is judged anew whenever it moves: when the config on it changes, everything is.
 */
const comparedBy = ({ pull, lane }: CaseWithoutLane, tip: Sha | null): Branch | Sha =>
  tip === null || lane === null || (lane.lane !== "feature" && lane.lane !== "back-merge") ? pull.base : tip;

/** What the changed file says, or all that is wrong with it: the first in a sentence, each on its line. */
function read(text: string, { component }: CaseWithoutLane): { readonly config: Config } | Fault {
  const own = readConfig(text);
  const problems =
    "problems" in own
      ? own.problems
      : madeIn(component.name, own.config, component.config.above).problems.map(({ path, because }) => ({
          ...placeOf(text, path),
          because,
        }));
  return "config" in own && problems.length === 0 ? own : atFault(text, problems);
}

const atFault = (text: string, problems: readonly Problem[]): Fault => ({
  because: inOneLine(problems as unknown as Problems),
  cure: `Mend ${FILE} on this branch: the lines are marked among the changed files.`,
  annotations: annotated(text, problems),
});

/** Where a change asks of people what today's people cannot give; null: still to be read. */
function askedOfPeople(
  { component, policy: now, look }: CaseWithoutLane,
  config: Config | null,
  text: string,
): { readonly fault: Fault | null } | null {
  const { policy: then } = madeIn(component.name, config, component.config.above);
  // The organisation's own repository has people of its own.
  if (isHome(component.name) || asksOfPeople(now) === asksOfPeople(then)) return { fault: null };
  const flaws = unstaffed(then, look);
  if (flaws === null) return null;
  const problems = flaws.map(({ path, because }) => ({ ...placeOf(text, path), because }));
  return { fault: problems.length === 0 ? null : atFault(text, problems) };
}

const asksOfPeople = ({ roles, approvals, severalRoles, mergeBy }: Policy): string =>
  JSON.stringify([roles, approvals, severalRoles, mergeBy]);

/** Which teams GitHub would ask for no review, which keeps nobody of them from approving; null: still to be read. */
function wouldNotAsk({ component, policy: now, look }: CaseWithoutLane, config: Config | null): string | null {
  const { name } = component;
  const { policy: then } = madeIn(name, config, component.config.above);
  if (isHome(name) || asksOfPeople(now) === asksOfPeople(then)) return "";
  const owner = name.split("/")[0] as string;
  const needs = Object.values(then.approvals).flat();
  const teams = teamsAsked(needs, then, owner).map((slug) => `@${owner}/${slug}`);
  const access = teams.map((team) => ({ team, has: look.at({ want: "team-access", team }) }));
  if (access.some(({ has }) => has === null)) return null;
  return access.flatMap(({ team, has }) => (has ? [] : [` ${noAccess(team, name)}.`])).join("");
}

/** A parser may point beyond the end, where GitHub has no line to mark. */
function annotated(text: string, problems: readonly Problem[]): readonly Annotation[] {
  if (text === "") return [];
  const lines = text.replace(/\n$/, "").split("\n");
  return problems.map(({ line, column, because }) => ({
    path: CONFIG_PATH,
    line: Math.min(line, lines.length),
    ...(column <= (lines[line - 1] ?? "").length && { column }),
    message: because,
  }));
}

function bothChanged({ pull }: CaseWithoutLane): Found {
  return {
    outcome: "failed",
    firm: "Nobody lets a config through that nobody has seen.",
    because: `Both ${pull.head.ref} and ${pull.base} have changed ${FILE} since they parted, so nobody has seen what a merge makes of it.`,
    cure: `Merge \`${pull.base}\` into \`${pull.head.ref}\` first.`,
  };
}

/** How what holds would differ. @param config null: the file is taken away. */
function inWords({ component, policy: now }: CaseWithoutLane, config: Config | null): string {
  const { policy: then } = madeIn(component.name, config, component.config.above);
  if (config === null && isEnforced(now) && !isEnforced(then))
    return `It takes ${FILE} away, which would switch enforcement off.`;
  const lines = difference(now, then);
  const what = config === null ? `takes ${FILE} away` : "changes the policy";
  if (lines.length === 0) return `It ${config === null ? what : `changes ${FILE}`}, but nothing that holds.`;
  const more = lines.length > SHOWN ? `; and ${lines.length - SHOWN} more` : "";
  return `It ${what}: ${lines.slice(0, SHOWN).join("; ")}${more}.`;
}

/** Which of the pull requests that were merged last the new lanes would have stopped, and those of now do not; null: to be read. */
function wouldStop({ component, policy: now, pull, look }: CaseWithoutLane, config: Config | null): string | null {
  const { policy: then } = madeIn(component.name, config, component.config.above);
  const lanes = ({ stages, features, forks }: Policy) => JSON.stringify([stages, features, forks]);
  // The organisation's own repository has no lanes.
  if (isHome(component.name) || lanes(now) === lanes(then)) return "";
  const merged = look.at({ want: "merged-pulls" });
  if (merged === null) return null;
  const { judged, stopped } = stoppedBy(pull.repository, merged, now, then);
  const of = `of the last ${count(judged, "pull request")} merged into these stages`;
  if (judged === 0) return "";
  if (stopped.length === 0) return ` It would have stopped none ${of}.`;
  const more = stopped.length > SHOWN ? ` and ${stopped.length - SHOWN} more` : "";
  return ` It would have stopped ${stopped.length} ${of}: ${stopped
    .slice(0, SHOWN)
    .map((number) => `#${number}`)
    .join(", ")}${more}.`;
}

/** Whether somebody who may has approved this very commit, and who could. */
function approved(of: CaseWithoutLane, change: string): Said | null {
  const { pull, policy: now, look } = of;
  const reviews = look.at({ want: "reviews", number: pull.number });
  const owned = pull.head.repository === pull.repository && !now.stages.includes(pull.head.ref);
  const pushers = owned ? look.at({ want: "pushers", branch: pull.head.ref }) : [];
  // While nothing was ever in force nobody has named a release manager that counts.
  const who = now.enforcement === "observed" ? "somebody with `admin`" : "a release manager";
  const people = now.enforcement === "observed" ? admins(of) : holdersOf("release-manager", now, look)?.people;
  if (reviews === null || pushers === null || people === undefined) return null;

  const barred = new Set([pull.author.id, ...pushers.map(({ id }) => id)]);
  const free = people.filter(({ id }) => !barred.has(id));
  const head = short(pull.head.sha);
  const by = lastWords(reviews).find(
    ({ by, state, commit }) =>
      state === "approved" && commit === pull.head.sha && !by.bot && free.some(({ id }) => id === by.id),
  );
  if (by !== undefined) return { outcome: "passed", because: `${change} ${by.by.login} approved it at ${head}.` };
  if (free.length === 0) {
    return {
      outcome: "failed",
      because: `${change} Nobody is left who could approve it as ${who.replace("somebody with", "one with")}.`,
      cure: people.length > 0 ? ANOTHER : nobody(now),
    };
  }
  return {
    outcome: "pending",
    because: `${change} Waits for ${who} to approve.`,
    cure: `${names(free)} can approve ${head}.`,
  };
}

const ANOTHER =
  "Who opened it or pushed to it does not count: somebody else pushes the change to a new branch and opens that.";

function admins({ look }: CaseWithoutLane): readonly Person[] | undefined {
  const all = look.at({ want: "collaborators" });
  return all === null ? undefined : withRight(all, "admin");
}

function nobody({ roles, enforcement }: Policy): string {
  const named = enforcement === "observed" ? null : roles["release-manager"];
  return named === null
    ? "An owner of the organisation gives somebody the right on this repository."
    : `Nobody who may read this repository is among ${listed(named)}: an owner of the organisation adds somebody.`;
}
