import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { SlotState } from "../../src/flow/effect.ts";
import type { KnownOverride, PullKnown } from "../../src/flow/facts.ts";
import { branch, later, type Person, short } from "../../src/flow/names.ts";
import { isConfirmed, isOverride, type Override } from "../../src/flow/override.ts";
import type { Answer, Open } from "../../src/flow/request.ts";
import type { Standing, StandingOf } from "../../src/flow/standing.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import { at, component, FORK, finding, NOW, pullKnown, pullMemory, verdict } from "../builders.ts";
import { DORA, DUE, OLGA, overriding, QUINN, RITA, right } from "../gates/asking.ts";
import { HOUSE } from "./facts.ts";
import { FREE, type Hub, hub, judge, says } from "./hub.ts";
import { HELD, request } from "./under-way.ts";

const HEAD = at("login");
const WAITING: Verdict = verdict({
  outcome: "pending",
  findings: [finding(), finding({ gate: "window", outcome: "pending", because: "Held by @dora on #12: wait." })],
});
/** Of the window of #12, which is held; rita asked for it. */
const onWindow = (more: Partial<Override> = {}): Override =>
  overriding({
    gate: "window",
    base: branch("development"),
    because: "the fix cannot wait",
    lets: "Held by @dora on #12: wait.",
    confirmed: { by: DORA, at: NOW, due: DUE },
    issue: null,
    ...more,
  });
const asked = onWindow({ confirmed: null });
const asks = (body: string, by: Person, answer: Answer | null = null): readonly Open[] => [
  { request: request(body, { by }), answer },
];
const written = (id = 44): SlotState => ({
  written: { fingerprint: "f" as never, id, completed: false, at: NOW },
  refused: null,
});
const kept = (standing: Override, slot: SlotState | null, closed: string | null = null): KnownOverride => ({
  standing,
  slot,
  closed,
});
const issuesIn = ({ effects }: Decision) =>
  effects.flatMap((effect) =>
    effect.thing === "issue" ? [{ state: effect.state, over: effect.over?.id ?? null, body: effect.body }] : [],
  );
const opened = ({ entries }: Decision) =>
  entries.flatMap(({ what, actor, says }) =>
    what === "opened" || what === "closed" ? [{ what, actor, ...says }] : [],
  );
const known = (more: Partial<PullKnown> = {}): Partial<PullKnown> => ({
  verdict: WAITING,
  standing: [HELD, asked],
  ...more,
});

describe("A confirmed override", () => {
  const decision = judge(known({ requests: asks("/confirm window", DORA) }));

  it("counts at once, and is on record before its issue is opened", () => {
    expect(decision.verdict).toMatchObject({
      outcome: "passed",
      findings: [
        { gate: "flow", outcome: "passed" },
        { gate: "window", outcome: "overridden", override: { by: RITA, confirmedBy: DORA } },
      ],
    });
    expect(opened(decision)).toMatchObject([
      { what: "opened", actor: "dora", kind: "override", confirmed: { by: DORA } },
    ]);
    expect(decision.entries.map(({ what }) => what)).toEqual(["opened", "answered", "judged", "reported"]);
    expect(issuesIn(decision)).toMatchObject([{ state: "open", over: null }]);
    expect(decision.final).toBe(false);
  });

  it("is answered once its issue is there, with its number", () => {
    expect(says(decision)).toEqual([]);
    const [{ answer } = { answer: null }] = decision.answered ?? [];
    expect(answer).toMatchObject({ came: "under way", body: null, waits: [{ line: "/confirm window" }] });
    const one = onWindow();
    const next = known({ standing: [HELD, one], requests: asks("/confirm window", DORA, answer) });
    // It is not there yet, and is looked for as often as it takes.
    const still = judge({ ...next, overrides: [kept(one, null)] });
    expect(still.answered).toEqual([]);
    expect(issuesIn(still)).toHaveLength(1);

    const done = judge({ ...next, overrides: [kept(one, written())] });
    expect(says(done)).toEqual([
      `\`window\` is overridden for ${short(HEAD)}, and for that commit alone: the fix cannot wait. #44 tells of it. To be made good and closed by 2026-11-29 09:40 UTC: somebody in quality, or a release manager who took no part in it, writes \`/override close 44 because …\`.`,
    ]);
    expect(done.answered).toMatchObject([{ id: "comment:900", answer: { came: "done" } }]);
    expect(opened(done)).toMatchObject([{ what: "opened", actor: "app", key: one.key, issue: 44 }]);
    const named = judge({ ...next, standing: [HELD, onWindow({ issue: 44 })], overrides: [kept(one, written())] });
    expect(opened(named)).toEqual([]);
  });

  it("is answered too where GitHub takes no issue, which is asked for again later", () => {
    const one = onWindow();
    const refused = {
      written: null,
      refused: { fingerprint: "other" as never, because: "GitHub answered 410 (Issues are disabled).", at: NOW },
    };
    const [effect] = decision.effects.filter(({ thing }) => thing === "issue");
    const same = { ...refused, refused: { ...refused.refused, fingerprint: effect?.fingerprint as never } };
    const waits = [{ line: "/confirm window", says: "Done.", links: one.key }];
    const open = asks("/confirm window", DORA, { came: "under way", body: null, waits });
    const told = judge(known({ standing: [HELD, one], requests: open, overrides: [kept(one, same)] }));
    expect(says(told)[0]).toMatch(
      /^Done\. Its issue could not be opened: GitHub answered 410 .* `\/override close 12 /,
    );
    expect(issuesIn(told)).toEqual([]);
    expect(told.lookAgainAt).toBe(later(NOW, 3_600_000));
  });

  it("is answered without it where it was closed in between", () => {
    const waits = [{ line: "/confirm window", says: "Done.", links: asked.key }];
    const open = asks("/confirm window", DORA, { came: "under way", body: null, waits });
    expect(says(judge(known({ standing: [HELD], requests: open })))).toEqual(["Done."]);
  });

  it("lets a /promote of the same comment go on, which answers for both", () => {
    const github = hub();
    const first = judge(
      known({ requests: asks("/confirm window\n/promote", RITA), standing: [HELD, { ...asked, by: DORA }] }),
      {
        ...github,
        collaborators: [right(RITA, "maintain"), right(DORA, "maintain")],
      },
    );
    expect(first.effects.map(({ thing }) => thing)).toEqual(["check-run", "merge", "issue"]);
    const promotion = first.entries.findLast(({ says }) => says["kind"] === "promotion")
      ?.says as unknown as StandingOf<"promotion">;
    expect(promotion.others).toMatchObject([{ line: "/confirm window", links: asked.key }]);

    const one = onWindow({ by: DORA, confirmed: { by: RITA, at: NOW, due: DUE } });
    const merged = pullMemory({}, { state: "closed", merged: true, mergeCommit: at("merged") });
    const end = {
      memory: merged,
      verdict: WAITING,
      standing: [{ ...promotion, refreshTo: null }, one],
      requests: asks("/confirm window\n/promote", RITA, { came: "under way", body: null }),
      next: written(13),
    } as const;
    const waiting = judge({ ...end, overrides: [kept(one, null)] });
    expect(waiting.answered).toMatchObject([{ answer: { came: "under way", waits: [{}, { line: "/promote" }] } }]);
    const told = judge({ ...end, overrides: [kept(one, written())] });
    const reply = told.effects.flatMap((effect) => (effect.thing === "comment" ? [effect.body] : []));
    expect(reply[0]).toMatch(/^- `\/confirm window`: .*\\#44 tells of it.*\n- `\/promote`: /);
  });
});

describe("An override that lets nothing through any more", () => {
  const moved = pullMemory({ tip: at("newer") });
  const merged = (more: Partial<Parameters<typeof pullMemory>[1]> = {}) =>
    pullMemory({}, { state: "closed", merged: true, mergeCommit: at("merged"), ...more });

  it.each<[string, Partial<PullKnown>, string]>([
    ["when the head moves", { memory: moved }, `the head is ${short(at("newer"))} by now, and not ${short(HEAD)}`],
    [
      "when it goes elsewhere",
      { memory: pullMemory({ base: "experiments" }) },
      "it goes into experiments by now, and not into development",
    ],
    ["when it is closed", { memory: pullMemory({}, { state: "closed" }) }, "it was closed and not merged"],
    ["when another head was merged", { memory: merged({ head: moved.head }) }, "it was merged without it"],
  ])("ends by itself %s, and so does its issue", (_what, more, because) => {
    const one = onWindow({ issue: 44 });
    const decision = judge({ standing: [one], overrides: [kept(one, written())], ...more });
    expect(opened(decision)).toEqual([{ what: "closed", actor: "app", key: one.key, because }]);
    expect(issuesIn(decision)).toMatchObject([
      { state: "closed", over: 44, body: expect.stringContaining(`No longer open: ${because}.`) },
    ]);
    expect(opened(judge({ standing: [asked], ...more }))).toMatchObject([{ what: "closed", key: asked.key }]);
  });

  it("ends when it is merged before anybody agreed, and is owed when it was merged by it", () => {
    const unheard = judge({ memory: merged(), standing: [asked] });
    expect(opened(unheard)).toEqual([
      { what: "closed", actor: "app", key: asked.key, because: "it was merged without it" },
    ]);
    expect(issuesIn(unheard)).toEqual([]);
    const one = onWindow({ issue: 44 });
    const owed = judge({ memory: merged(), standing: [one], overrides: [kept(one, written())] });
    expect(opened(owed)).toEqual([]);
  });

  it("has its issue closed where somebody closed it, and none opened for that", () => {
    const one = onWindow({ issue: 44 });
    const because = "quinn closed it: it is well";
    const decision = judge({ standing: [], overrides: [kept(one, written(), because)] });
    expect(issuesIn(decision)).toMatchObject([{ state: "closed", over: 44, body: expect.stringContaining(because) }]);
    expect(opened(decision)).toEqual([]);
    expect(issuesIn(judge({ standing: [], overrides: [kept(one, null, because)] }))).toEqual([]);
    expect(issuesIn(judge({ standing: [], overrides: [kept(asked, null, because)] }))).toEqual([]);
    // Asked for anew it is another one.
    const anew = judge(known({ standing: [HELD, onWindow()], overrides: [kept(one, written(), because)] }));
    expect(issuesIn(anew)).toMatchObject([{ state: "open", over: 44 }]);
  });

  it("waits where the pull request or the repository are not known", () => {
    const one = onWindow({ issue: 44 });
    const facts = pullKnown({ memory: null, standing: [one], overrides: [kept(one, written())] });
    expect(decide(facts, HOUSE)).toEqual({ lacks: [{ want: "pull", number: 12 }] });
    expect(judge({ component: null, standing: [one], overrides: [kept(one, written())] }).effects).toEqual([]);
    const silent = { "pull 12": { known: false, because: "GitHub answered 502.", retryAt: later(NOW, 1) } };
    const unknown = judge({ memory: null, standing: [one], overrides: [kept(one, written())] }, silent);
    expect(opened(unknown)).toEqual([]);
  });

  it("leaves those of others alone", () => {
    const other = onWindow({ number: 13 });
    expect(opened(judge({ memory: moved, standing: [other] }))).toEqual([]);
  });
});

describe("What is overridden", () => {
  it("may be the lane: then what is asked of a hotfix, or of a feature, still is", () => {
    const flow = (base: string) => onWindow({ gate: "flow", base: branch(base), lets: "No lane." });
    const brings = { ahead: 1, behind: 0, mergeBase: at("development"), commits: [], whole: true };
    const github = { ...hub(), [`compare staging ${HEAD}`]: brings, [`compare master ${HEAD}`]: brings };
    const into = judge({ memory: pullMemory({ head: "login" }), standing: [flow("development")] }, github);
    expect(into.verdict).toMatchObject({
      lane: "feature",
      outcome: "passed",
      findings: [{ gate: "flow" }, { gate: "window" }],
    });
    const fork = judge({ memory: pullMemory({ base: "staging", from: FORK }), standing: [flow("staging")] });
    expect(fork.verdict).toMatchObject({ lane: null, outcome: "failed", findings: [{ gate: "flow" }] });
  });

  it("may be the gate of Flowgate's own config, where that is all that is asked", () => {
    const file = (blob: string, text = "team: small\n") => ({ found: true, blob: at(blob), text });
    const github: Hub = {
      ...hub(),
      [`file .github/flowgate.yml ${HEAD}`]: file("changed", "team: standard\n"),
      [`file .github/flowgate.yml ${at("parted")}`]: file("config"),
      [`compare main ${HEAD}`]: { ahead: 1, behind: 0, mergeBase: at("parted"), commits: [], whole: true },
      "reviews 12": [],
      "pushers feature/login": [],
    };
    const on = {
      component: component({ defaultBranch: branch("main"), config: { ...component().config, policy: FREE } }),
      memory: pullMemory({ base: "main" }),
    };
    const one = onWindow({ gate: "policy", base: branch("main") });
    expect(judge(on, github).verdict).toMatchObject({ outcome: "pending" });
    const decision = judge({ ...on, standing: [one], overrides: [kept(one, written())] }, github);
    expect(decision.because).toMatch(
      /^Overridden by rita, confirmed by dora: the fix cannot wait\. The gate itself says: /,
    );
    expect(decision.verdict).toMatchObject({
      outcome: "passed",
      findings: [{ outcome: "overridden", changesConfig: {} }],
    });
  });

  it("is taken back with the comment that asked for it, until somebody agreed", () => {
    const gone = [{ request: request("/override window because x", { id: "gone", how: "taken back" }), answer: null }];
    const decision = judge(known({ requests: gone }));
    expect(opened(decision)).toMatchObject([{ what: "closed", actor: "rita", key: asked.key }]);
    expect(says(decision)).toEqual([
      "The comment that said it was edited or deleted, so it does not count any more. It can be written again.",
    ]);
    const one = onWindow({ issue: 44 });
    expect(opened(judge(known({ standing: [HELD, one], requests: gone, overrides: [kept(one, written())] })))).toEqual(
      [],
    );
    const other = [
      { ...gone[0], request: { ...(gone[0] as Open).request, origin: { number: 12, review: 7 } } },
    ] as const;
    expect(opened(judge(known({ requests: other as unknown as readonly Open[] })))).toEqual([]);
    const inReview = { ...asked, comment: null, review: 7 };
    expect(
      opened(judge(known({ standing: [HELD, inReview], requests: other as unknown as readonly Open[] }))),
    ).toHaveLength(1);
  });
});

/** What stands after a decision. */
const after = (standing: readonly Standing[], { entries }: Decision): readonly Standing[] =>
  entries.reduce((all, { what, says }) => {
    const others = all.filter(({ key }) => key !== says["key"]);
    if (what === "closed") return others;
    return what === "opened" ? [...others, says as unknown as Standing] : all;
  }, standing);

it("Whatever people write, in any order, nothing passes that is held but by two of them, one a release manager", () => {
  const people = [right(RITA, "maintain"), right(OLGA, "admin"), right(DORA, "write"), right(QUINN, "read")];
  const line = fc.constantFrom(
    "/override window because it cannot wait",
    "/confirm window",
    "/override close 12 because it is well",
    "/override checks because x",
    "/override window because x\n/confirm window",
    "/hold because no",
  );
  const step = fc.record({
    by: fc.constantFrom(RITA, OLGA, DORA, QUINN),
    line,
    judged: fc.constantFrom(HEAD, HEAD, at("before")),
    managers: fc.constantFrom(2, 1),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      let standing: readonly Standing[] = [HELD];
      let last = WAITING;
      for (const { by, line, judged, managers } of steps) {
        const github = {
          ...hub(),
          collaborators: managers === 2 ? people : people.filter(({ person }) => person !== OLGA),
        };
        const requests = [{ request: request(line, { by, judged }), answer: null }];
        const decision = judge({ standing, verdict: last, requests }, github);
        standing = after(standing, decision);
        last = decision.verdict as Verdict;
        const two = standing.filter(isOverride).filter(isConfirmed);
        expect(last.outcome === "passed").toBe(two.length > 0);
        for (const { by: first, confirmed, head } of two) {
          expect(head).toBe(HEAD);
          expect([RITA, OLGA]).toContainEqual(first);
          expect(confirmed.by.id).not.toBe(first.id);
          expect(confirmed.by.id).not.toBe(QUINN.id);
        }
      }
    }),
  );
});
