import { type Branch, later, short } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { listed } from "../flow/words.ts";
import { type Act, type Asked, type Came, type Command, mayByRole, notBound, type OnPull } from "./command.ts";
import { PROMOTE_USAGE, parsePromote, type Step } from "./promote-words.ts";
import { published, waitsForWord } from "./publish.ts";

/** So long `/promote when ready` waits. */
const READY_WITHIN_MS = 24 * 3_600_000;

export const promote: Command = {
  name: "promote",
  on: "pull and issue",
  usage: PROMOTE_USAGE,
  who: "a release manager",
  does: "Takes this pull request one stage on: merges it once its gates pass, then opens the pull request into the next stage; into the last stage it releases. Where releases are published by hand, it publishes one that is merged and tested. `when ready` waits for the gates for a day; `dry run` only shows what it would do: what is carried, the version with its notes, and what comes next. `/promote train NAME` releases the components of a train together, and may stand on an issue.",
  allows: (asked) => mayByRole(asked, ["release-manager"]),
  read({ words }) {
    const read = parsePromote(words);
    if ("not" in read) return read;
    switch (read.does) {
      case "step":
        return { act: onPull((asked) => promoted(asked, read)) };
      case "refresh":
        return { act: onPull(refreshed) };
      case "train":
        return { act: (asked) => train(asked, read.name) };
    }
  },
};

/** What is about one pull request. */
const onPull =
  (act: Act<OnPull>): Act =>
  (asked) =>
    asked.pull === null ? ON_PULL : act({ ...asked, pull: asked.pull });
const ON_PULL: Came = {
  came: "refused",
  says: "It belongs on the pull request that it is about; on an issue there is only `/promote train NAME`.",
};

/** The train that the config knows by that name. */
function train({ policy: { trains }, name: repository }: Asked, name: string): Came {
  const of = Object.hasOwn(trains, name) ? trains[name] : undefined;
  if (of !== undefined) {
    const [owner] = repository.split("/");
    return { came: "under way", train: { name, of: of.map((one) => `${owner}/${one}`) } };
  }
  const known = Object.keys(trains).map((one) => `“${one}”`);
  return {
    came: "refused",
    says: `The config knows no train “${name}”. ${known.length === 0 ? "`trains` names them, in the organisation's file or in this component's." : `It knows ${listed(known)}.`}`,
  };
}

function promoted(asked: OnPull, words: Step): Came | null {
  const { pull, judged, now } = asked;
  const { head, number } = pull;
  const release = waitsForWord(asked);
  if (release !== undefined) return published(asked, words, release);
  const no = refusal(asked, words);
  if (no !== null) return { came: "refused", says: no };
  const under = asked.standing.find(
    (one): one is StandingOf<"promotion"> => one.kind === "promotion" && one.number === number,
  );
  if (words.how === "dry run")
    return { came: "done", says: "Nothing was done.", rehearses: { version: words.version }, table: true };
  if (under !== undefined && under.head === judged && isSame(under, words))
    return {
      came: "done",
      says: `${under.request.by.login} asked for that already, and it is under way for ${short(under.head)}.`,
    };
  const whenReadyUntil = words.how === "when ready" ? later(now, READY_WITHIN_MS) : null;
  return { came: "under way", promotes: { head, whenReadyUntil, version: words.version, refreshTo: null } };
}

/** Whether a merge is under way that ends in the same version. */
const isSame = ({ refreshTo, version }: StandingOf<"promotion">, words: Step): boolean =>
  refreshTo === null && JSON.stringify(version) === JSON.stringify(words.version);

/** What is pinned is moved on to where its stage is. */
function refreshed({ pull, policy }: OnPull): Came {
  const { head, ref, base, state, number, sourceHead, fork } = pull;
  const no = (says: string): Came => ({ came: "refused", says });
  if (state !== "open") return no(`#${number} is ${state}: there is nothing to move on.`);
  const stage = policy.stages[policy.stages.indexOf(base) - 1];
  if (stage === undefined || sourceHead === null || fork || !ref.startsWith("release/"))
    return no(`#${number} is not pinned: \`/promote refresh\` moves a branch \`release/…\` on to where its stage is.`);
  if (sourceHead === head) return { came: "done", says: `#${number} is where ${stage} is: at ${short(head)}.` };
  return { came: "under way", promotes: { head, whenReadyUntil: null, version: null, refreshTo: sourceHead } };
}

/** Why this commit of this pull request is not promoted, whatever its gates say; null: nothing is against it. */
function refusal(asked: OnPull, { to, commit }: Step): string | null {
  const { pull, policy } = asked;
  const { head, state, base, draft, fork } = pull;
  if (state === "closed") return `#${pull.number} is closed and not merged: there is nothing to promote.`;
  const unbound = notBound(asked);
  if (unbound !== null) return unbound;
  if (commit !== null && !head.startsWith(commit))
    return `${commit} is not the head: that is ${short(head)}. Look at that one, and say it again.`;
  if (fork && commit === null)
    return `The head lies in a fork, where others may push: name the commit that you looked at, \`/promote ${short(head)}\`.`;
  if (!policy.stages.includes(base)) return `${base} is no stage: nothing is promoted into it.`;
  const goesTo = state === "merged" ? after(policy.stages, base) : base;
  if (goesTo === null) return `${base} is the last stage: #${pull.number} is where it was to go.`;
  if (to !== null && to !== goesTo) return stageRefused(to, goesTo, policy.stages);
  if (draft) return "It is a draft, which GitHub does not merge: mark it ready for review first.";
  return null;
}

const after = (stages: readonly Branch[], stage: Branch): Branch | null => stages[stages.indexOf(stage) + 1] ?? null;

const stageRefused = (to: string, goesTo: Branch, stages: readonly Branch[]): string =>
  stages.some((stage) => stage === to)
    ? `It goes one step at a time, and from here that is ${goesTo}, not ${to}.`
    : `There is no stage “${to}”: the stages are ${stages.join(", ")}.`;
