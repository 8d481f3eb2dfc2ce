import type { Asked } from "../commands/command.ts";
import { gatedAs, isComponent, isEnforced } from "../flow/component.ts";
import { type Answer, type Decision, NO_NEWS } from "../flow/decision.ts";
import { checkSlot, type Effect, turnedBackSlot } from "../flow/effect.ts";
import { answerTo, type PullKnown, type Read, type Want, wantKey } from "../flow/facts.ts";
import type { House } from "../flow/house.ts";
import { canonical, digestOf, type Entry } from "../flow/ledger.ts";
import type { ChecksSeen, ComponentMemory, Lesson, PullMemory } from "../flow/memory.ts";
import { type Branch, isSha, type Json } from "../flow/names.ts";
import { checkName } from "../flow/ruleset.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { agreed, configLetThrough, type Finding, type Verdict, worst } from "../flow/verdict.ts";
import { witnessed } from "../flow/witnessed.ts";
import { GATES } from "../gates/catalog.ts";
import { ask } from "../gates/engine.ts";
import { flowGate } from "../gates/flow.ts";
import type { Case } from "../gates/gate.ts";
import { laneLetThrough, overridden } from "../gates/overriding.ts";
import { policy as configGate } from "../gates/policy.ts";
import { checkRun, fingerprintOf, gateChecks, type Told, turnedBack } from "../report/check-run.ts";
import { allOf, decided, earlier, thenAnswered, unlessThere } from "./answer.ts";
import { answering } from "./answering.ts";
import { closedUnmerged, wentOn } from "./closed-back-merge.ts";
import { NOTHING_SHOWN, showing } from "./execution.ts";
import { landing } from "./landing.ts";
import { bringsBack } from "./merging-back.ts";
import { saidLinked, withOverrides } from "./overriding.ts";
import { owing } from "./owing.ts";
import { doubting, promoting } from "./promoting.ts";
import { keepingBody, NOTHING_KEPT } from "./pull-body.ts";
import { rehearsed } from "./rehearsing.ts";
import { releasing } from "./releasing.ts";
import { obey, type Said } from "./requests.ts";
import { rollingBack, rollingBackOn } from "./rolling-back.ts";
import { promotionOn } from "./under-way.ts";
import { withdrawing } from "./withdrawing.ts";

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
  const obeyed = obey({ ...known, component, pull: askedOn(known, memory, component), web: house.web });
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
    verdict: verdict?.base === base && verdict.head === head.sha ? verdict : null,
    body,
    dataLabel,
    // GitHub may not have told of what we did ourselves.
    state: merged || merge?.written ? "merged" : state,
    draft,
    mergeCommit,
    fork: head.repository !== subject.repository,
  };
}

/**
 * Its lane, its gates, and the check that says so on (head, base), which is one for all open pull requests that share
 * them.
 */
function judgePull(known: PullKnown, house: House): Answer {
  const { subject, component, now } = known;
  const sure = remembered(known);
  if ("answer" in sure) return sure.answer;
  const { pull } = sure;
  const memory = pull === known.memory ? {} : { memory: pull };

  if (pull.state === "closed") {
    const gone = { ...closed(known, pull), ...memory };
    if (component === null) return decided(gone);
    if (pull.merged) return merged(gone, known, pull, component, house);
    const told = closedUnmerged(known, pull, component);
    if ("lacks" in told) return told;
    const { nudges, ...rest } = told;
    return decided({ ...gone, ...rest, news: { ...gone.news, nudges: [...gone.news.nudges, ...nudges] } });
  }
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

/**
 * Once it is merged its verdict is kept: it explains how the base moved, and where it let a change of the config
 * through, it is what brings that into force.
 */
function closed(known: PullKnown, pull: PullMemory): ReturnType<typeof none> {
  const { component, verdict, subject } = known;
  const gone = freeingItsStage(none(known, "It is closed."), known, pull);
  if (!pull.merged) return gone;
  const { verdict: _, ...kept } = gone;
  const brings = component !== null && pull.base === component.defaultBranch;
  if (!brings || component.config.spent.includes(subject.number)) return kept;
  if (configLetThrough(verdict, pull.head.sha, pull.base) === null) return kept;
  const { repository } = subject;
  const { name } = component;
  const lesson: Lesson = {
    of: "component",
    repository,
    installation: null,
    name,
    defaultBranch: null,
    look: true,
    branch: null,
  };
  const nudge: Nudge = { priority: "bulk", subject: { kind: "component", repository } };
  return {
    ...kept,
    because: "It is merged, and brings a change of the config.",
    news: { ...NO_NEWS, lessons: [lesson], nudges: [...kept.news.nudges, nudge] },
  };
}

/** What landed while one of ours brought something back waited for it, there and in the stages before. */
function freeingItsStage(
  gone: ReturnType<typeof none>,
  { backMerge, component, subject: { repository } }: PullKnown,
  { base }: PullMemory,
): ReturnType<typeof none> {
  if (backMerge === null) return gone;
  const stages = component?.config.policy.stages ?? [];
  const before = stages.slice(0, Math.max(0, stages.indexOf(base)));
  const nudges = [base, ...before].map(
    (branch): Nudge => ({ priority: "bulk", subject: { kind: "stage", repository, branch } }),
  );
  return { ...gone, news: { ...gone.news, nudges: [...gone.news.nudges, ...nudges] } };
}

/** It goes on as far as its run-book does, what was attested for it is used up, a hotfix owes what a release has, and both make one. */
function merged(
  gone: ReturnType<typeof none>,
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Answer {
  const lands = landing(known, pull, component);
  const owes = owing(known, pull, component, house);
  const shows = showing(known, pull, component, house, null);
  const releases = releasing(known, pull, component, house);
  // What they lack is asked for together.
  const lacks = [lands, owes, shows, releases].flatMap((part) => ("lacks" in part ? part.lacks : []));
  if ("lacks" in lands || "lacks" in owes || "lacks" in shows || "lacks" in releases)
    return { lacks: [...new Map(lacks.map((want) => [wantKey(want), want])).values()] };
  const withdraws = withdrawing(known, pull, component);
  const goesOn = wentOn(known, pull, component);
  return decided({
    ...gone,
    entries: [
      ...goesOn.entries,
      ...lands.entries,
      ...owes.entries,
      ...shows.entries,
      ...withdraws.entries,
      ...releases.entries,
    ],
    effects: [...shows.effects, ...withdraws.effects, ...releases.effects, ...owes.effects],
    ...(shows.walked && { walked: shows.walked }),
    news: {
      ...gone.news,
      lessons: [...gone.news.lessons, ...lands.lessons],
      nudges: [...gone.news.nudges, ...goesOn.nudges, ...owes.nudges, ...withdraws.nudges],
    },
    lookAgainAt: [lands, owes, shows, withdraws, releases].map((part) => part.lookAgainAt).reduce(earlier, null),
  });
}

/** There is nothing to say about it (any more); those that shared its check say it without it. */
function none(
  { subject, verdict }: PullKnown,
  because: string,
): Partial<Decision> & Pick<Decision, "because" | "news"> {
  if (verdict === null) return { because, news: NO_NEWS };
  return { because, verdict: null, compared: [], news: { ...NO_NEWS, nudges: sharing(subject.repository, verdict) } };
}

const sharing = (repository: PullKnown["subject"]["repository"], { head, base }: Verdict): readonly Nudge[] => [
  { priority: "bulk", openPulls: { repository, head, base } },
];

/** A comment, once for each commit, where it had passed and does not any more; not while GitHub merely does not answer. */
function saysTurnedBack(
  { subject, component }: PullKnown,
  told: Pick<Told, "name" | "verdict">,
): readonly Extract<Effect, { thing: "comment" }>[] {
  const { head, outcome, turnedBack: turned } = told.verdict;
  const { name, config } = component as ComponentMemory;
  if (!turned || !isEnforced(config.policy) || (outcome !== "failed" && outcome !== "pending")) return [];
  const mark = `<!-- flowgate:turned-back ${head} -->`;
  return [
    {
      does: "set",
      thing: "comment",
      slot: turnedBackSlot(subject.repository, subject.number, head),
      // The first one stands, whatever is open later.
      fingerprint: digestOf(mark),
      repository: subject.repository,
      name,
      number: subject.number,
      mark,
      body: turnedBack(told, mark),
    },
  ];
}

/** Whether the same commit had passed for the same base. A feature is only ever held, which is said where it was asked for. */
const wasGreen = (before: Verdict | null, { head, base }: Pick<Verdict, "head" | "base">): boolean =>
  before !== null &&
  before.lane !== "feature" &&
  before.head === head &&
  before.base === base &&
  (before.outcome === "passed" || before.turnedBack === true);

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
