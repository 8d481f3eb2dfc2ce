import type { Answer, Decision } from "../../flow/decision.ts";
import { issueSlot } from "../../flow/effect.ts";
import type { KnownOverride, PullKnown } from "../../flow/facts.ts";
import { canonical, closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { short } from "../../flow/names.ts";
import { isConfirmed, isOverride, type Override } from "../../flow/override.ts";
import type { Line, Open } from "../../flow/request.ts";
import { subjectKey } from "../../flow/subject.ts";
import { overrideIssue, overrideLinked } from "../../report/override.ts";
import { earlier, unlessThere } from "../answer.ts";
import type { Said } from "./requests.ts";

/**
 * A decision with what becomes of what was overridden on the pull request: each has an issue while it is open, and one that
 * can let nothing through any more, because the head moved on or nothing was merged, ends by itself.
 */
export function withOverrides(answer: Answer, known: PullKnown): Answer {
  if ("lacks" in answer || known.component === null) return answer;
  return { decided: settled(answer.decided, known, known.component) };
}

function settled(decision: Decision, known: PullKnown, component: ComponentMemory): Decision {
  const { subject, overrides, standing } = known;
  const open = standing.filter(isOverride).filter(({ number }) => number === subject.number);
  if (open.length === 0 && overrides.length === 0) return decision;
  const pull = decision.memory?.kind === "pull" ? decision.memory : known.memory;
  const about = subjectKey(subject);
  const all: readonly KnownOverride[] = [
    ...open.map((one) => ({ standing: one, closed: spentBy(one, pull), slot: slotOf(one.key, overrides) })),
    ...overrides.filter((one) => one.closed !== null && !open.some(({ key }) => key === one.standing.key)),
  ];
  const ended = all.filter(({ standing, closed }) => closed !== null && open.includes(standing));
  const named = all.flatMap(({ standing, closed, slot }): readonly Entry[] => {
    const issue = slot?.written?.id ?? null;
    if (closed !== null || issue === null || standing.issue === issue) return [];
    return [{ ...opens(about, { ...standing, issue }), actor: "app" }];
  });
  const writes = all.flatMap((one) => reported(one, known, component) ?? []);
  const effects = writes.flatMap((write) => write.effects);
  return {
    ...decision,
    entries: [
      ...decision.entries,
      ...ended.map(({ standing, closed }) => closes(about, "app", standing.key, closed as string)),
      ...named,
      ...(effects.length > 0
        ? [{ what: "reported", actor: "app", about, says: { issues: effects.map(({ slot }) => slot) } } as const]
        : []),
    ],
    effects: [...decision.effects, ...effects],
    // Which number an issue got is on record once it is there.
    ...(effects.length > 0 && { final: false }),
    lookAgainAt: writes.map(({ retryAt }) => retryAt).reduce(earlier, decision.lookAgainAt),
  };
}

const slotOf = (key: string, overrides: readonly KnownOverride[]) =>
  overrides.find(({ standing }) => standing.key === key)?.slot ?? null;

/** Why it can let nothing through any more; null: it may, or it did. */
function spentBy({ head, base, confirmed }: Override, pull: PullMemory | null): string | null {
  if (pull === null) return null;
  const isHere = pull.head.sha === head && pull.base === base;
  if (pull.merged) return confirmed === null || !isHere ? "it was merged without it" : null;
  if (pull.state === "closed") return "it was closed and not merged";
  if (pull.base !== base) return `it goes into ${pull.base} by now, and not into ${base}`;
  return isHere ? null : `the head is ${short(pull.head.sha)} by now, and not ${short(head)}`;
}

/** Its issue, as it is to be; null: it has none to be written. */
function reported({ standing, closed, slot }: KnownOverride, { subject, now }: PullKnown, { name }: ComponentMemory) {
  const written = slot?.written ?? null;
  if (!isConfirmed(standing) || (closed !== null && written === null)) return null;
  const content = overrideIssue(standing, closed);
  const effect = {
    does: "set",
    thing: "issue",
    slot: issueSlot(subject.repository, standing.key),
    fingerprint: digestOf(canonical(content)),
    repository: subject.repository,
    name,
    ...content,
    over: written,
  } as const;
  return unlessThere(effect, slot, now);
}

/**
 * Answers that link the issue of an override are said once that is there, or GitHub refused it; until then all was done, and
 * that is kept.
 *
 * @param requests what was asked for and is not answered yet, with what waits of it.
 */
export function saidLinked(
  said: readonly Said[],
  requests: readonly Open[],
  { standing, overrides }: Pick<PullKnown, "standing" | "overrides">,
): readonly Said[] {
  const issueOf = (key: string) => {
    const slot = slotOf(key, overrides);
    return slot === null || (slot.written === null && slot.refused === null) ? null : slot;
  };
  const isThere = (lines: readonly Line[]) =>
    lines.every(({ links }) => links === undefined || issueOf(links) !== null || !stands(links));
  const stands = (key: string) => standing.some((one) => one.key === key);
  const linked = ({ links, ...line }: Line): Line => {
    const slot = links === undefined ? null : issueOf(links);
    const one = standing.filter(isConfirmed).find(({ key }) => key === links);
    return slot === null || one === undefined ? line : { ...line, says: `${line.says}${overrideLinked(one, slot)}` };
  };
  const waited = requests.flatMap(({ request, answer }): readonly Said[] =>
    answer?.waits !== undefined && isThere(answer.waits)
      ? [{ request, came: "done", lines: answer.waits.map(linked) }]
      : [],
  );
  const heard = said.map(
    (one): Said =>
      isThere(one.lines)
        ? { ...one, lines: one.lines.map(linked) }
        : { request: one.request, came: "under way", lines: [], waits: one.lines },
  );
  return [...waited, ...heard];
}
