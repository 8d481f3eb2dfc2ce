import { isEnforced } from "../flow/component.ts";
import type { Comparison, Source } from "../flow/facts.ts";
import { later, short } from "../flow/names.ts";
import { EXPLAINED_WITHIN_MS, type Push } from "../flow/provenance.ts";
import { commitOf, type StandingOf } from "../flow/standing.ts";
import { listed, minute } from "../flow/words.ts";
import { type Case, type Found, type Gate, headOf } from "./gate.ts";

const NAMED = 3;

export const provenance: Gate = {
  name: "provenance",
  asks: "Did every change of the stage come by a pull request that Flowgate saw pass?",
  why: "SOP-0008: nobody pushes to a stage; QP-0009: each change is reviewed before it is let in, so one that was not is found and answered for.",
  pass: "Take back what was pushed, by a pull request into the stage; or a release manager or somebody in `engineering` who did not push it accepts it with `/accept COMMIT because …`. A push that GitHub has not explained yet is given ten minutes.",
  judge(of) {
    const { lane, policy, source, standing } = of;
    if (source === null || (lane.lane !== "promotion" && lane.lane !== "release"))
      return { notAsked: "Asked on promotions and releases." };
    if (!isEnforced(policy)) return { notAsked: "Pushes are recorded from when enforcement is switched on." };
    if (source.since === null) return notTold(of, source);
    const deviations = standing.filter(
      (one): one is Pushed => one.kind === "deviation" && one.stage === source.stage && one.push !== undefined,
    );
    const { unexplained, trusted } = source;
    const something = deviations.length + unexplained.length + trusted.length > 0;
    const brought = something ? broughtBy(of) : NOTHING;
    const told = wasTold(of, source);
    if (brought === null || told === null) return null;
    const past = deviations.filter(({ push }) => isBrought(push, brought));
    if (past.length > 0) return refused(past, source);
    if (!told) return notTold(of, source);
    const [waits] = unexplained.filter((push) => isBrought(push, brought));
    if (waits !== undefined) return waiting(waits, source);
    return passed(
      trusted.filter((push) => isBrought(push, brought)),
      source,
    );
  },
};

type Pushed = Extract<StandingOf<"deviation">, { readonly push: Push }>;
const NOTHING: Brought = { commits: [], whole: true };
type Brought = Pick<Comparison, "commits" | "whole">;

const broughtBy = ({ component, pull, look }: Case): Brought | null =>
  look.at({ want: "compare", base: headOf(component, pull.base), head: pull.head.sha });

/** A push that the base has already, or that came after the commit to be promoted, is not of this promotion. */
const isBrought = ({ how, after }: Push, { commits, whole }: Brought): boolean =>
  how !== "push" || !whole || commits.some(({ sha }) => sha === after);

/**
 * Whether GitHub told how the head came onto the stage. A branch of its own must at least have nothing of the stage that
 * was not told: what it has beyond what was told is then only what it has beyond the stage, which its lane has judged.
 */
function wasTold({ pull, component, look }: Case, { heads, stage }: Source): boolean | null {
  const { sha: head, ref } = pull.head;
  if (heads.includes(head)) return true;
  const told = headOf(component, stage);
  if (ref === stage || !heads.includes(told)) return false;
  const beyondTold = look.at({ want: "compare", base: told, head });
  const own = look.at({ want: "compare", base: stage, head });
  return beyondTold === null || own === null ? null : beyondTold.ahead === own.ahead;
}

function notTold({ pull, now }: Case, { stage }: Source): Found {
  return {
    outcome: "pending",
    because: `GitHub has not told yet how ${short(pull.head.sha)} came onto ${stage}.`,
    cure: "Nobody has to do anything: what was not told is asked for again.",
    until: later(now, EXPLAINED_WITHIN_MS),
  };
}

function refused(past: readonly StandingOf<"deviation">[], { stage }: Source): Found {
  const shown = past.slice(0, NAMED).map(({ because }) => because);
  const more = past.length > NAMED ? `, and ${past.length - NAMED} more` : "";
  const commits = past.slice(0, NAMED).map((one) => `\`/accept ${short(commitOf(one))} because …\``);
  return {
    outcome: "failed",
    because: `${shown.join("; ")}${more}.`,
    cure: `Take it back by a pull request into \`${stage}\`, or a release manager or somebody in engineering who did not push it writes ${listed(commits, "and")}.`,
  };
}

function waiting({ after, before, by, at }: Push, { stage }: Source): Found {
  const over = later(at, EXPLAINED_WITHIN_MS);
  const commit = short(after ?? before);
  return {
    outcome: "pending",
    because: `${commit} came onto ${stage}${by === null ? "" : ` by @${by.login}`}, and GitHub has told of no merge yet.`,
    cure: `It is given until ${minute(over)}. A push past every pull request has to be taken back, or accepted: \`/accept ${commit} because …\` does that at once.`,
    until: over,
  };
}

function passed(trusted: readonly Push[], { stage, since }: Source): Found {
  const every = `Everything that came onto ${stage} since ${minute(since as NonNullable<typeof since>)} came by pull requests that passed.`;
  if (trusted.length === 0) return { outcome: "passed", because: every };
  const pushes = trusted.slice(-NAMED).map(({ after, before, by }) => `${short(after ?? before)} by ${by?.login}`);
  return {
    outcome: "passed",
    because: `Everything that came onto ${stage} came by pull requests that passed, but for what Apps pushed that the config trusts: ${listed(pushes)}${trusted.length > NAMED ? `, and ${trusted.length - NAMED} before` : ""}.`,
  };
}
