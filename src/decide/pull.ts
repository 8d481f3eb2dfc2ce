import { type Answer, type Decision, NO_NEWS } from "../flow/decision.ts";
import { checkSlot } from "../flow/effect.ts";
import type { PullKnown } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { canonical, type Entry } from "../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { Branch, Json } from "../flow/names.ts";
import { checkName } from "../flow/ruleset.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { agreed, type Verdict, worst } from "../flow/verdict.ts";
import { flowGate } from "../gates/flow.ts";
import { checkRun, fingerprintOf } from "../report/check-run.ts";
import { allOf, decided, earlier, isComponent, unlessThere } from "./answer.ts";

/**
 * A pull request: its lane, its gates, and the check that says so on (head, base), which is one for all open pull
 * requests that share them.
 */
export function decidePull(known: PullKnown, house: House): Answer {
  const { subject, component, now } = known;
  const sure = remembered(known);
  if ("answer" in sure) return sure.answer;
  const { pull } = sure;
  const memory = pull === known.memory ? {} : { memory: pull };

  if (pull.state === "closed") return decided({ ...none(known, "It is closed."), ...memory });
  if (component === null || component.stages === null) {
    const look: Nudge = { priority: "person", subject: { kind: "component", repository: subject.repository } };
    return decided({
      because: "The repository was not looked at yet.",
      news: { ...NO_NEWS, nudges: [look] },
      ...memory,
    });
  }
  if (!isComponent(component)) return decided({ ...none(known, "The repository lacks stage branches."), ...memory });
  const { policy } = component.config;
  if (!policy.stages.includes(pull.base)) return decided({ ...none(known, `${pull.base} is no stage.`), ...memory });

  const flow = flowGate({ ...pull, ...subject }, policy, known.read);
  if ("lacks" in flow) return flow;
  const findings = [flow.finding];
  const verdict: Verdict = {
    head: pull.head.sha,
    base: pull.base,
    lane: flow.lane,
    outcome: worst(findings.map(({ outcome }) => outcome)),
    findings,
  };

  const name = checkName(pull.base);
  const shared = agreed([verdict, ...known.siblings.map((sibling) => sibling.verdict)]);
  const content = checkRun({
    name,
    verdict: shared,
    pull: subject.number,
    sharedBy: known.siblings.length,
    component,
    stage: known.stage,
    house,
    now,
  });
  const written = unlessThere(
    {
      does: "set",
      thing: "check-run",
      slot: checkSlot(subject.repository, pull.head.sha, name),
      fingerprint: fingerprintOf(content),
      repository: subject.repository,
      name: component.name,
      head: pull.head.sha,
      content,
      over: known.slot?.written ?? null,
    },
    known.slot,
    now,
  );
  const changed = canonical(verdict as unknown as Json) !== canonical(known.verdict as unknown as Json);
  const moved = known.verdict !== null && (known.verdict.head !== verdict.head || known.verdict.base !== verdict.base);
  return decided({
    because: flow.finding.because,
    ...memory,
    verdict,
    compared: branchesCompared(known),
    entries: changed || written.effects.length > 0 ? [entryOf(subject, verdict, component, pull)] : [],
    effects: written.effects,
    final: true,
    news: {
      ...NO_NEWS,
      nudges: [
        ...(changed ? sharing(subject.repository, verdict) : []),
        ...(moved ? sharing(subject.repository, known.verdict) : []),
      ],
    },
    lookAgainAt: earlier(
      written.retryAt,
      findings.reduce<Verdict["findings"][number]["until"]>((at, { until }) => earlier(at, until), null),
    ),
  });
}

/** What is known of the pull request, read afresh where two accounts contradict each other. */
function remembered({ memory, subject, read }: PullKnown): { readonly pull: PullMemory } | { readonly answer: Answer } {
  if (memory !== null && !memory.doubt) return { pull: memory };
  const fresh = allOf(read, [{ want: "pull", number: subject.number }]);
  if ("answer" in fresh) return fresh;
  const [{ facts, asOf }] = fresh.values;
  return { pull: { kind: "pull", ...facts, asOf, from: {}, doubt: false } };
}

/** There is nothing to say about it (any more); those that shared its check say it without it. */
function none({ subject, verdict }: PullKnown, because: string): Partial<Decision> & Pick<Decision, "because"> {
  if (verdict === null) return { because };
  return { because, verdict: null, compared: [], news: { ...NO_NEWS, nudges: sharing(subject.repository, verdict) } };
}

const sharing = (repository: PullKnown["subject"]["repository"], { head, base }: Verdict): readonly Nudge[] => [
  { priority: "bulk", openPulls: { repository, head, base } },
];

function branchesCompared({ read }: PullKnown): readonly Branch[] {
  return [...read.keys()].flatMap((key) => (key.startsWith("compare ") ? [key.split(" ")[1] as Branch] : []));
}

function entryOf(
  subject: PullKnown["subject"],
  verdict: Verdict,
  { config }: ComponentMemory,
  pull: PullMemory,
): Entry {
  return {
    what: "judged",
    actor: "app",
    about: subjectKey(subject),
    says: {
      ...(verdict as unknown as { [key: string]: Json }),
      from: pull.head.ref,
      author: pull.author.login,
      policy: config.blob,
    },
  };
}
