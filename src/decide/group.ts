import { gatedAs } from "../flow/component.ts";
import type { Answer } from "../flow/decision.ts";
import { checkSlot } from "../flow/effect.ts";
import type { GroupKnown } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { between, later } from "../flow/names.ts";
import { checkName } from "../flow/ruleset.ts";
import { subjectKey } from "../flow/subject.ts";
import type { Verdict } from "../flow/verdict.ts";
import { witnessed } from "../flow/witnessed.ts";
import { checkRun, fingerprintOf } from "../report/check-run.ts";
import { decided, unlessThere } from "./answer.ts";

/** A queue gives up on a silent check, so the answer is final within this. */
const FINAL_MS = 10 * 60_000;
/** How often to look whether the pull request's verdict has come. */
const AGAIN_MS = 2_000;

/**
 * A merge group: the pull request of its queue branch, judged at its own head. In a queue nobody can be waited for,
 * so what is not passed is a failure with the reason.
 */
export function decideGroup(known: GroupKnown, house: House): Answer {
  const { subject, memory, component, pull, now } = known;
  if (memory === null || memory.destroyed) return decided({ because: "The merge group is gone." });
  if (component === null || gatedAs(component, memory.base) === null) {
    return decided({ because: `${memory.base} is no stage.` });
  }
  const own = pull?.verdict ?? null;
  const judged =
    own !== null && own.head === pull?.memory.head.sha && own.base === memory.base && own.outcome !== "errored"
      ? own
      : null;
  if (judged === null && between(memory.requestedAt, now) < FINAL_MS) {
    return decided({ because: `#${memory.number} is not judged yet.`, lookAgainAt: later(now, AGAIN_MS) });
  }
  const verdict = final(judged ?? unjudged(known, memory.number, memory.base));
  const name = checkName(memory.base);
  // The group's commit is another than the head, so its lines are others.
  const { annotations, ...content } = checkRun({
    name,
    verdict,
    pull: memory.number,
    sharedBy: 0,
    component,
    stage: null,
    house,
    now,
    cause: known.cause,
  });
  const { effects, retryAt } = unlessThere(
    {
      does: "set",
      thing: "check-run",
      slot: checkSlot(subject.repository, subject.head, name),
      fingerprint: fingerprintOf(content),
      repository: subject.repository,
      name: component.name,
      head: subject.head,
      content,
      over: known.slot?.written ?? null,
    },
    known.slot,
    now,
  );
  const because = `The merge group of #${memory.number}: ${verdict.findings.map((finding) => finding.because).join(" ")}`;
  const entry = {
    what: "judged",
    actor: "app",
    about: subjectKey(subject),
    says: {
      number: memory.number,
      base: memory.base,
      outcome: verdict.outcome,
      because,
      facts: witnessed(known.read),
    },
  } as const;
  return decided({
    because,
    verdict,
    entries: effects.length > 0 ? [entry] : [],
    effects,
    final: true,
    lookAgainAt: retryAt,
  });
}

function final(verdict: Verdict): Verdict {
  return verdict.outcome === "passed" ? verdict : { ...verdict, outcome: "failed" };
}

function unjudged({ subject }: GroupKnown, number: number, base: Verdict["base"]): Verdict {
  const because = `#${number} could not be judged within ten minutes.`;
  const finding = {
    gate: "flow",
    outcome: "errored",
    because,
    cure: "Queue it again once its own check is green.",
    copy: null,
    read: [],
    until: null,
  } as const;
  return { head: subject.head, base, lane: null, outcome: "errored", findings: [finding] };
}
