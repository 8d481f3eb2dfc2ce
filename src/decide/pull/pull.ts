import type { Asked } from "../../commands/command.ts";
import type { Answer } from "../../flow/decision.ts";
import type { PullKnown } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Branch } from "../../flow/names.ts";
import { verdictOn } from "../../flow/verdict.ts";
import { decided, earlier, thenAnswered } from "../answer.ts";
import { doubting, promoting } from "../promoting/promoting.ts";
import { rehearsed } from "../promoting/rehearsing.ts";
import { promotionOn } from "../promoting/under-way.ts";
import { rollingBack, rollingBackOn } from "../releasing/rolling-back.ts";
import { pastGates } from "../stage/arrivals.ts";
import { answering } from "./answering.ts";
import { judgePull } from "./judging.ts";
import { bringsBack } from "./merging-back.ts";
import { saidLinked, withOverrides } from "./overriding.ts";
import { obey, type Said } from "./requests.ts";

/** A pull request: what people asked for on it is carried out, then it is judged, then what they began goes on, and they are answered. */
export function decidePull(known: PullKnown, house: House): Answer {
  const { component, memory } = known;
  const asks =
    known.requests.length > 0 ||
    promotionOn(known) !== undefined ||
    rollingBackOn(known) !== undefined ||
    bringsBack(known);
  if (!asks || component === null || component.stages === null) return withOverrides(judgePull(known, house), known);
  if (memory === null) return thenAnswered(judgePull(known, house), known.now);
  const { verdict: before } = known;
  const unexplained = unexplainedBefore(known);
  const obeyed = obey({ ...known, component, pull: askedOn(known, memory, component), unexplained, web: house.web });
  if ("lacks" in obeyed) return obeyed;
  const from = { ...known, standing: obeyed.standing, memory: obeyed.fresh ? doubting(memory) : memory };
  const promoted = promoting(from, component, house, (facts) => judgePull(facts, house));
  if ("lacks" in promoted) return promoted;
  const rolled = rollingBack({ ...known, memory }, obeyed.standing, component, house);
  if ("lacks" in rolled) return rolled;
  const { judged } = promoted;
  const effects = [...promoted.effects, ...rolled.effects];
  const shown = rehearsed(obeyed.said, { known: from, judged, component, house });
  if ("lacks" in shown) return shown;
  if ("retryAt" in shown)
    return decided({ because: judged.because, lookAgainAt: earlier(judged.lookAgainAt, shown.retryAt) });
  const verdict = judged.verdict === undefined ? before : judged.verdict;
  const all = {
    ...obeyed,
    said: saidLinked(lastOfEach([...shown.said, ...promoted.said, ...rolled.said]), known.requests, from),
    entries: [...obeyed.entries, ...promoted.entries, ...rolled.entries],
  };
  const answered = answering(judged, all, { ...known, component }, verdict);
  const decision = {
    ...answered,
    effects: [...judged.effects, ...effects, ...answered.effects.slice(judged.effects.length)],
    lookAgainAt: [answered.lookAgainAt, promoted.lookAgainAt, rolled.lookAgainAt].reduce(earlier, null),
    ...(effects.length > 0 && { final: false }),
  };
  return withOverrides({ decided: decision }, from);
}

/** What came onto the stage before and is not explained yet, as the deviation that it would be. */
const unexplainedBefore = ({ source, subject: { repository }, now }: PullKnown): Asked["unexplained"] =>
  source === null
    ? []
    : source.unexplained.map((push) => pastGates(push, { repository, stage: source.stage, merged: null, now }));

/** What began and ended at once is answered once. */
const lastOfEach = (said: readonly Said[]): readonly Said[] => [
  ...new Map(said.map((one) => [one.request.id, one])).values(),
];

/** The pull request as a command sees it. */
function askedOn({ subject, verdict, merge }: PullKnown, memory: PullMemory, of: ComponentMemory): Asked["pull"] {
  const names = of.config.policy.stages;
  const headOf = (stage: Branch | undefined) => (stage === undefined ? null : of.stages?.[stage]) ?? null;
  const { head, base, body, dataLabel, author, state, merged, mergeCommit, draft } = memory;
  return {
    number: subject.number,
    head: head.sha,
    ref: head.ref,
    author,
    base,
    baseHead: headOf(base),
    sourceHead: headOf(names[names.indexOf(base) - 1]),
    lane: verdict?.base === base ? verdict.lane : null,
    verdict: verdictOn(verdict, head.sha, base),
    body,
    dataLabel,
    // GitHub may not have told of what we did ourselves.
    state: merged || merge?.written ? "merged" : state,
    draft,
    mergeCommit,
    fork: head.repository !== subject.repository,
  };
}
