import { gatedAs, isComponent, isEnforced } from "../../flow/component.ts";
import { type Answer, NO_NEWS } from "../../flow/decision.ts";
import { checkSlot } from "../../flow/effect.ts";
import { answerTo, type PullKnown, type Read, type Want, wantKey } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { canonical, type Entry } from "../../flow/ledger.ts";
import type { ChecksSeen, ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { type Branch, isSha, type Json } from "../../flow/names.ts";
import { checkName } from "../../flow/ruleset.ts";
import { type Nudge, subjectKey } from "../../flow/subject.ts";
import { agreed, type Finding, type Verdict, worst } from "../../flow/verdict.ts";
import { witnessed } from "../../flow/witnessed.ts";
import { GATES } from "../../gates/catalog.ts";
import { ask } from "../../gates/engine.ts";
import { flowGate } from "../../gates/flow.ts";
import type { Case } from "../../gates/gate.ts";
import { laneLetThrough, overridden } from "../../gates/overriding.ts";
import { policy as configGate } from "../../gates/policy.ts";
import { checkRun, fingerprintOf, gateChecks } from "../../report/check-run.ts";
import { allOf, decided, earlier, unlessThere } from "../answer.ts";
import { decideClosed, none, sharing } from "./closed.ts";
import { wentOn } from "./closed-back-merge.ts";
import { NOTHING_SHOWN, showing } from "./execution.ts";
import { keepingBody, NOTHING_KEPT } from "./pull-body.ts";
import { saysTurnedBack, wasGreen } from "./turned-back.ts";

/**
 * Its lane, its gates, and the check that says so on (head, base), which is one for all open pull requests that share
 * them.
 */
export function judgePull(known: PullKnown, house: House): Answer {
  const { subject, component, now } = known;
  const sure = remembered(known);
  if ("answer" in sure) return sure.answer;
  const { pull } = sure;
  const memory = pull === known.memory ? {} : { memory: pull };

  if (pull.state === "closed") return decideClosed(known, pull, house);
  if (component === null || component.stages === null) {
    const look: Nudge = { priority: "person", subject: { kind: "component", repository: subject.repository } };
    return decided({
      because: "The repository was not looked at yet.",
      news: { ...NO_NEWS, nudges: [look] },
      ...memory,
    });
  }
  const gated = gatedAs(component, pull.base);
  if (gated === null) {
    const why = isComponent(component) ? `${pull.base} is no stage.` : "The repository lacks stage branches.";
    return decided({ ...none(known, why), ...memory });
  }

  const { read, checks } = withRemembered(known, pull);
  const of = {
    component,
    policy: component.config.policy,
    app: house.app,
    checksSince: checks?.since ?? null,
    source: known.source,
    standing: known.standing,
    mayAffect: known.mayAffect,
    backMerges: known.stage?.backMerges ?? [],
    web: house.web,
    now,
  };
  const judged = (gated === "stage" ? judge : judgeConfig)({ ...of, pull: { ...pull, ...subject } }, read);
  if ("lacks" in judged) return judged;
  const verdict: Verdict =
    judged.verdict.outcome !== "passed" && wasGreen(known.verdict, judged.verdict)
      ? { ...judged.verdict, turnedBack: true }
      : judged.verdict;
  const { findings } = verdict;

  const name = checkName(pull.base);
  const told = {
    name,
    verdict: agreed([verdict, ...known.siblings.map((sibling) => sibling.verdict)]),
    pull: subject.number,
    sharedBy: known.siblings.length,
    component,
    stage: gated === "stage" ? known.stage : null,
    house,
    now,
    cause: known.cause,
  };
  const writes = [checkRun(told), ...gateChecks(told, Object.keys(known.gateSlots))].map((content) => {
    const slot = content.name === name ? known.slot : (known.gateSlots[content.name] ?? null);
    return unlessThere(
      {
        does: "set",
        thing: "check-run",
        slot: checkSlot(subject.repository, pull.head.sha, content.name),
        fingerprint: fingerprintOf(content),
        repository: subject.repository,
        name: component.name,
        head: pull.head.sha,
        content,
        over: slot?.written ?? null,
      },
      slot,
      now,
    );
  });
  const shows = isEnforced(component.config.policy)
    ? showing(known, pull, component, house, judged.verdict.lane)
    : NOTHING_SHOWN;
  if ("lacks" in shows) return shows;
  const kept = gated === "stage" ? keepingBody(known, pull, component, verdict) : NOTHING_KEPT;
  if ("lacks" in kept) return kept;
  const said = [...saysTurnedBack(known, { name, verdict })].map((effect) =>
    unlessThere(effect, known.turnedBack, now),
  );
  const effects = [...[...writes, ...said].flatMap((write) => write.effects), ...shows.effects, ...kept.effects];
  const seen = remembering(pull, checks);
  const goesOn = wentOn(known, pull, component);
  const changed = canonical(verdict as unknown as Json) !== canonical(known.verdict as unknown as Json);
  const moved = known.verdict !== null && (known.verdict.head !== verdict.head || known.verdict.base !== verdict.base);
  return decided({
    because: (findings.find(({ outcome }) => outcome === verdict.outcome) ?? (findings[0] as Finding)).because,
    ...(seen === known.memory ? {} : { memory: seen }),
    verdict,
    compared: [...new Set([...branchesCompared(known, verdict), ...kept.compared])],
    entries: [
      ...goesOn.entries,
      ...shows.entries,
      ...(changed || effects.length > 0 ? [entryOf(known, verdict, component, pull)] : []),
    ],
    effects,
    ...(shows.walked && { walked: shows.walked }),
    final: true,
    news: {
      ...NO_NEWS,
      nudges: [
        ...(changed ? sharing(subject.repository, verdict) : []),
        ...(moved ? sharing(subject.repository, known.verdict) : []),
        ...goesOn.nudges,
      ],
    },
    lookAgainAt: [
      shows.lookAgainAt,
      kept.lookAgainAt,
      ...[...writes, ...said].map(({ retryAt }) => retryAt),
      ...findings.map(({ until }) => until),
    ].reduce(earlier, null),
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

/** Branches that were compared with. What the base has and the head lacks was asked by commit, so it is named here. */
function branchesCompared({ read }: PullKnown, { base, lane }: Verdict): readonly Branch[] {
  const named = [...read.keys()].flatMap((key) => {
    const [want, of = ""] = key.split(" ");
    return want === "compare" && !isSha(of) ? [of as Branch] : [];
  });
  return lane === "promotion" || lane === "release" ? [...new Set([...named, base])] : named;
}

type Judged = { readonly lacks: readonly Want[] } | { readonly verdict: Verdict };

/** The lane, and behind an allowed one all other gates. */
function judge(of: Omit<Case, "lane" | "look">, read: Read): Judged {
  const { head, base } = of.pull;
  const found = flowGate(of.pull, of.policy, read, of.standing);
  if ("lacks" in found) return found;
  const flow = laneLetThrough(found, of);
  const verdict = { head: head.sha, base, lane: flow.lane?.lane ?? null };
  if (flow.lane === null)
    return { verdict: { ...verdict, outcome: worst([flow.finding.outcome]), findings: [flow.finding] } };
  const rest = ask(GATES, { ...of, lane: flow.lane }, read);
  if ("lacks" in rest) return rest;
  const findings = [flow.finding, ...overridden(rest.findings, of)];
  return {
    verdict: { ...verdict, outcome: worst(findings.map(({ outcome }) => outcome)), findings, notAsked: rest.notAsked },
  };
}

/** Into a default branch that is no stage there is no lane, and only Flowgate's own config is looked at. */
function judgeConfig(of: Omit<Case, "lane" | "look">, read: Read): Judged {
  const { head, base } = of.pull;
  const asked = ask([configGate], { ...of, lane: null }, read);
  if ("lacks" in asked) return asked;
  const findings = overridden(asked.findings, of);
  return {
    verdict: { head: head.sha, base, lane: null, outcome: worst(findings.map(({ outcome }) => outcome)), findings },
  };
}

/** Others' checks are read once on each head; after that they are known from what GitHub tells. */
function withRemembered(
  { read, now }: PullKnown,
  pull: PullMemory,
): { readonly read: Read; readonly checks: ChecksSeen | undefined } {
  const want = { want: "checks", head: pull.head.sha } as const;
  const known = pull.checks?.head === want.head ? pull.checks : undefined;
  const fresh = answerTo(read, want);
  if (fresh?.known) return { read, checks: { head: want.head, since: known?.since ?? now, seen: fresh.value } };
  if (known === undefined || known.doubt) return { read, checks: known };
  return { read: new Map([...read, [wantKey(want), { known: true, value: known.seen, at: now }]]), checks: known };
}

/** The memory with the checks that count now; the same where nothing is new. */
function remembering(pull: PullMemory, checks: ChecksSeen | undefined): PullMemory {
  const { checks: before, ...rest } = pull;
  if (checks === before) return pull;
  return checks === undefined ? rest : { ...rest, checks };
}

function entryOf(
  { subject, cause, read }: PullKnown,
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
      cause,
      facts: witnessed(read),
    },
  };
}
