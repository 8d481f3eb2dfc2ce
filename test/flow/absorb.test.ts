import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { absorb } from "../../src/flow/absorb.ts";
import type { ComponentMemory, GroupMemory, Lesson, Memory, PullMemory } from "../../src/flow/memory.ts";
import { branch, type Instant, installationId, instant, later } from "../../src/flow/names.ts";
import { NO_ARRIVALS } from "../../src/flow/provenance.ts";
import type { Touch } from "../../src/flow/touched.ts";
import { at, component, NOW, pullFacts, pullMemory, REPOSITORY, stageMemory } from "../builders.ts";

type PullLesson = Extract<Lesson, { readonly of: "pull" }>;
const second = (n: number): Instant => instant(Date.UTC(2026, 10, 24, 9, 40, n));
const told = (asOf: Instant, more: Partial<PullLesson["facts"]> = {}, from: PullLesson["from"] = {}): PullLesson => ({
  of: "pull",
  repository: REPOSITORY,
  number: 12,
  asOf,
  from,
  facts: { ...pullFacts(), ...more },
});
const head = (name: string) => ({ sha: at(name), ref: branch("feature/login"), repository: REPOSITORY });
const known = pullMemory();
const learn = (lesson: PullLesson, of: PullMemory | null = known) => absorb(of, lesson) as PullMemory;

describe("a pull request", () => {
  it("never heard of is as it is told", () => {
    expect(learn(told(NOW), null)).toEqual(known);
  });

  it("is as the newer account says, and an older one changes nothing", () => {
    const newer = learn(told(second(5), { title: "New" }));
    expect(newer).toMatchObject({ title: "New", asOf: second(5), doubt: false });
    expect(learn(told(second(1), { title: "Old" }), newer)).toBe(newer);
  });

  it("told the same twice is the same, and where it came from is kept", () => {
    const pushed = learn(told(NOW, { head: head("new") }, { head: at("login") }));
    expect(learn(told(NOW, { head: head("new") }), pushed)).toEqual(pushed);
    expect(learn(told(NOW, {}, { title: "x" }))).toMatchObject({ from: { title: "x" }, doubt: false });
  });

  it.each<[string, Partial<PullLesson["facts"]>, PullLesson["from"]]>([
    ["a push", { head: head("new") }, { head: at("login") }],
    ["a new title", { title: "New" }, { title: "Log in" }],
    ["a new base", { base: branch("staging") }, { base: branch("development") }],
    ["a list", { list: "new:9" }, { list: null }],
    ["a close", { state: "closed" }, { state: "open", merged: false }],
    ["a merge", { state: "closed", merged: true }, { state: "open", merged: false }],
    ["a draft made ready", { draft: true }, { draft: false }],
  ])("within the same second follows %s, whichever of the two comes first", (_what, facts, from) => {
    const later = told(NOW, facts, from);
    expect(learn(later)).toMatchObject({ ...facts, doubt: false });
    expect(learn(told(NOW), learn(later))).toMatchObject({ ...facts, doubt: false });
  });

  it("is in doubt where two accounts of one second differ and neither explains the other", () => {
    expect(learn(told(NOW, { state: "closed" }))).toMatchObject({ doubt: true });
    expect(learn(told(NOW, { head: { ...head("login"), ref: branch("other") } }))).toMatchObject({ doubt: true });
    expect(learn(told(NOW, { head: { ...head("login"), repository: null } }))).toMatchObject({ doubt: true });
  });

  it("follows a push whose time is older than an edit that was told before", () => {
    const edited = learn(told(second(5), { title: "New" }));
    expect(learn(told(second(3), { head: head("new") }, { head: at("login") }), edited)).toMatchObject({
      title: "New",
      head: { sha: at("new") },
    });
  });

  it("does not go back to the head that a push replaced, and asks where a newer account says so", () => {
    const pushed = learn(told(second(1), { head: head("new") }, { head: at("login") }));
    expect(learn(told(second(2), { title: "New" }), pushed)).toMatchObject({ head: { sha: at("new") }, doubt: true });
    expect(learn(told(second(2), {}, { head: at("new") }), pushed)).toMatchObject({
      head: { sha: at("login") },
      doubt: false,
    });
  });
});

/** A pull request's life, event by event, each in some second: any order and repetition ends in the newest state or in doubt. */
it("never ends in a wrong state without a doubt", () => {
  const step = fc.record({
    kind: fc.constantFrom("push", "title", "base", "close", "reopen", "draft"),
    pause: fc.constantFrom(0, 0, 1),
    n: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.nat(), fc.nat(), (steps, seed, repeat) => {
      let facts: PullLesson["facts"] = pullFacts();
      let now = 0;
      const events: PullLesson[] = [told(second(0))];
      for (const [place, { kind, pause, n }] of steps.entries()) {
        now += pause;
        const before = facts;
        if (kind === "push") facts = { ...facts, head: head(`push ${place}`) };
        if (kind === "title") facts = { ...facts, title: `title ${place}` };
        if (kind === "base")
          facts = { ...facts, base: branch(["development", "staging", "master", "other"][n] as string) };
        if (kind === "close") facts = { ...facts, state: "closed" };
        if (kind === "reopen") facts = { ...facts, state: "open" };
        if (kind === "draft") facts = { ...facts, draft: !facts.draft };
        // Nobody is told of what changes nothing.
        if (JSON.stringify(before) === JSON.stringify(facts)) continue;
        const from = {
          push: { head: before.head.sha },
          title: { title: before.title },
          base: { base: before.base },
          close: { state: "open", merged: false },
          reopen: { state: "closed" },
          draft: { draft: before.draft },
        }[kind] as PullLesson["from"];
        events.push(told(second(now), facts, from));
      }
      const shuffled = events
        .map((event, n) => ({ event, key: (seed * (n + 7)) % 101 }))
        .sort((a, b) => a.key - b.key)
        .map(({ event }) => event);
      const doubled = [...shuffled, shuffled[repeat % shuffled.length] as PullLesson];
      const end = doubled.reduce<PullMemory | null>((memory, event) => learn(event, memory), null) as PullMemory;
      if (!end.doubt) {
        const { title, base, state, draft } = end;
        expect({ title, base, state, draft, head: end.head.sha }).toEqual({
          title: facts.title,
          base: facts.base,
          state: facts.state,
          draft: facts.draft,
          head: facts.head.sha,
        });
      }
    }),
    { numRuns: 5_000 },
  );
});

describe("other subjects", () => {
  const group: Lesson = {
    of: "group",
    repository: REPOSITORY,
    head: at("group"),
    base: branch("master"),
    number: 12,
    asOf: NOW,
    destroyed: false,
    from: at("development"),
  };

  it("a merge group is asked for once, and gone for good", () => {
    const first = absorb(null, group) as GroupMemory;
    expect(first).toEqual({
      kind: "group",
      base: "master",
      number: 12,
      requestedAt: NOW,
      destroyed: false,
      from: at("development"),
    });
    const gone = absorb(first, { ...group, asOf: second(9), destroyed: true });
    expect(gone).toMatchObject({ requestedAt: NOW, destroyed: true });
    expect(absorb(gone, group)).toMatchObject({ destroyed: true });
  });

  it("a stage is looked at again, and who changed it is remembered", () => {
    const lesson: Lesson = { of: "stage", repository: REPOSITORY, branch: branch("master"), changedBy: "ada" };
    expect(absorb(null, lesson)).toMatchObject({ look: true, changedBy: "ada", enforced: { state: "waiting" } });
    expect(absorb(stageMemory(), lesson)).toMatchObject({ look: true, changedBy: "ada", enforced: { state: "yes" } });
    expect(absorb(stageMemory({ changedBy: "ada" }), { ...lesson, changedBy: null })).toMatchObject({
      changedBy: "ada",
    });
  });

  const heard = (more: Partial<Extract<Lesson, { readonly of: "component" }>> = {}) => ({
    of: "component" as const,
    repository: REPOSITORY,
    installation: installationId(1),
    name: "acme/api",
    defaultBranch: null,
    look: false,
    branch: null,
    ...more,
  });
  const push = (name: string, to: string | null, from = name) => ({
    name: branch(name),
    before: at(from),
    at: to === null ? null : at(to),
  });
  const learned = (more: Parameters<typeof heard>[0], of: ComponentMemory | null = component()) =>
    absorb(of, heard(more)) as ComponentMemory;

  it.each<[string, Parameters<typeof heard>[0], object]>([
    ["nothing new", {}, component()],
    ["a rename", { name: "acme/api2" }, { name: "acme/api2", look: false }],
    ["a config that may have changed", { look: true }, { look: true, stages: component().stages }],
    ["itself, by no event of its own", { look: true, doubted: true }, { look: true, doubted: true }],
    ["its default branch", { defaultBranch: branch("master") }, { look: false }],
    ["another default branch", { defaultBranch: branch("main") }, { defaultBranch: "main", look: true, doubted: true }],
    ["a push to a stage", { branch: push("staging", "new") }, { look: false, stages: { staging: at("new") } }],
    [
      "a push that begins elsewhere than the stage was",
      { branch: push("staging", "new", "other") },
      { look: true, doubted: true, stages: { staging: at("new") } },
    ],
    ["a push that is known already", { branch: push("staging", "staging", "other") }, { look: false }],
    ["a push to another branch", { branch: push("feature/x", "new") }, { look: false, stages: component().stages }],
    ["a stage that was deleted", { branch: push("staging", null) }, { look: true, doubted: true }],
  ])("a component hears of %s", (_what, more, expected) => {
    expect(learned(more)).toMatchObject(expected);
  });

  it("a stage remembers what moved it, while that is recorded", () => {
    const push = {
      how: "push",
      before: at("before"),
      after: at("after"),
      by: { id: 5, login: "dora", bot: false },
      commits: 1,
      at: NOW,
    } as const;
    const place = { repository: REPOSITORY, branch: branch("staging") };
    const pushed: Lesson = { of: "push", ...place, push };
    const merged: Lesson = { of: "merge", ...place, merge: { number: 12, commit: at("after"), commits: 1 } };
    const stage = stageMemory();
    expect(absorb(stage, pushed)).toMatchObject({ arrivals: { pushes: [push] } });
    expect(absorb(stage, merged)).toMatchObject({ arrivals: { merges: [{ number: 12 }] } });
    const unrecorded = stageMemory({ arrivals: NO_ARRIVALS });
    expect([pushed, merged].map((lesson) => absorb(unrecorded, lesson))).toEqual([unrecorded, unrecorded]);
  });

  it("a stage remembers what landed in a later one, the newest, and what was merged back into it, each once", () => {
    const place = { repository: REPOSITORY, branch: branch("staging") };
    const from = branch("master");
    const landed = (name: string): Lesson => ({ of: "landing", ...place, from, commit: at(name) });
    const back = (name: string): Lesson => ({ of: "back-merge", ...place, commit: at(name) });
    const owing = absorb(absorb(stageMemory(), landed("fix")), landed("release"));
    expect(owing).toEqual(stageMemory({ owes: { from, commit: at("release") } }));
    const backMerged = absorb(absorb(stageMemory(), back("one")), back("two"));
    expect(backMerged).toEqual(stageMemory({ backMerges: [at("one"), at("two")] }));
    expect(absorb(backMerged, back("one"))).toBe(backMerged);
  });

  it("the last stage remembers what was done by hand to releases, each once, while that is recorded", () => {
    const touch = { did: "edited", tags: ["v1.4.0"], draft: false, by: { id: 5, login: "dora" }, at: NOW } as const;
    const told = (more: Partial<Touch> = {}): Lesson => ({
      of: "release",
      repository: REPOSITORY,
      touch: { ...touch, ...more },
    });
    const all = [told(), told(), told({ did: "deleted" }), told({ by: null }), told({ tags: ["v1.3.0"] })];
    const again = told({ at: later(NOW, 1) });
    const stage = [...all, again].reduce<Memory>((memory, lesson) => absorb(memory, lesson), stageMemory());
    expect(stage).toMatchObject({
      touched: [touch, { did: "deleted" }, { by: null }, { tags: ["v1.3.0"] }, { did: "edited", at: later(NOW, 1) }],
    });
    const unrecorded = stageMemory({ arrivals: NO_ARRIVALS });
    expect(absorb(unrecorded, told())).toBe(unrecorded);
  });

  it("a component doubts where its stages are until it has looked", () => {
    const doubting = component({ look: true, doubted: true });
    expect(learned({}, doubting)).toMatchObject({ look: true, doubted: true });
    expect(learned({ look: true })).not.toHaveProperty("doubted");
  });

  it("a component looks again when a missing stage appears", () => {
    const incomplete = component({ stages: { development: at("development"), staging: null, master: at("master") } });
    expect(learned({ branch: push("staging", "new") }, incomplete)).toMatchObject({ look: true });
    expect(learned({ branch: push("staging", null) }, incomplete)).toMatchObject({ look: false });
  });

  it("a component never heard of is looked at", () => {
    expect(learned({}, null)).toMatchObject({ look: true, stages: null, defaultBranch: null, config: { blob: null } });
    expect(
      learned(
        { defaultBranch: branch("main"), branch: push("main", "x", "x0") },
        component({ stages: null, defaultBranch: null }),
      ),
    ).toMatchObject({ defaultBranch: "main", stages: null });
  });
});
