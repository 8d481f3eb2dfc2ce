import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { SlotState } from "../../src/flow/effect.ts";
import type { Fact, KnownOwed, PullKnown, Review } from "../../src/flow/facts.ts";
import { branch, type Instant, instant, later, type Person } from "../../src/flow/names.ts";
import { owedKey } from "../../src/flow/owed.ts";
import type { OwedThing, Standing, StandingOf } from "../../src/flow/standing.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import {
  at,
  component,
  finding,
  known,
  LATER,
  NOW,
  policy,
  pullKnown,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { FACTS, HEAD, PATH, walkedBefore } from "../commands/walking.ts";
import { DORA, ERIN, OLGA, OTTO, QUINN, RITA, right } from "../gates/asking.ts";
import { decided, execution, HOUSE } from "./facts.ts";
import { rollback } from "./under-way.ts";

const MERGED = later(NOW, -60_000);
/** Of a merge on a Tuesday morning, by the default of two working days: Thursday. */
const DUE: Instant = later(MERGED, 2 * 24 * 3_600_000);
const MASTER = branch("master");

const ROLES = {
  "release-manager": ["rita"],
  operations: null,
  quality: ["quinn", "erin"],
  engineering: ["erin", "dora"],
};
const PEOPLE = [DORA, ERIN, QUINN, RITA, OTTO, OLGA].map((person) => right(person, "write"));
const review = (by: Person, more: Partial<Review> = {}): Review => ({
  id: 1,
  by: { ...by, bot: false },
  state: "approved",
  commit: HEAD,
  at: NOW,
  ...more,
});

const engineering: OwedThing = { what: "hotfix-review", role: "engineering" };
const quality: OwedThing = { what: "hotfix-review", role: "quality" };
const rehearsal: OwedThing = { what: "hotfix-rehearsal" };
const standing = (thing: OwedThing, more: Partial<StandingOf<"owed">> = {}): StandingOf<"owed"> =>
  ({
    ...thing,
    kind: "owed",
    key: owedKey(REPOSITORY, 12, thing),
    by: null,
    at: MERGED,
    because: "the hotfix went out without it",
    repository: REPOSITORY,
    number: 12,
    due: DUE,
    issue: 44,
    ...more,
  }) as StandingOf<"owed">;
const owes = (thing: OwedThing, closed: string | null = null, more: Partial<StandingOf<"owed">> = {}) => ({
  standing: standing(thing, more),
  closed,
});
const LANDED = { kind: "landed", number: 12, at: MERGED, key: "landed:42:12" } as Standing;
const written = (fingerprint = "f"): SlotState => ({
  written: { fingerprint: fingerprint as never, id: 44, completed: false, at: NOW },
  refused: null,
});

type Asking = {
  readonly policy?: Parameters<typeof policy>[0];
  readonly verdict?: Partial<Verdict>;
  readonly reviews?: readonly Review[] | Fact<never>;
  readonly pushers?: readonly Person[];
  readonly facts?: { readonly [want: string]: Fact<unknown> | undefined };
  readonly standing?: readonly Standing[];
  readonly owed?: KnownOwed;
  readonly more?: Partial<PullKnown>;
};

/** What is decided of #12, a hotfix that was merged a minute ago, at its first look where nothing is on record of that. */
function answer(asking: Asking = {}) {
  const { reviews = [], pushers = [], owed = { slot: null, all: [] } } = asking;
  const config = policy({ roles: ROLES, ...asking.policy });
  const facts = {
    ...FACTS,
    collaborators: known(PEOPLE),
    "reviews 12": "known" in reviews ? reviews : known(reviews),
    "pushers hotfix/login": known(pushers),
    ...asking.facts,
  };
  return decide(
    pullKnown({
      component: component({ config: { ...component().config, policy: config } }),
      memory: pullMemory(
        { head: "hotfix/login", base: "master" },
        { state: "closed", merged: true, mergeCommit: at("merge"), asOf: MERGED, body: `Run-book: ${PATH}` },
      ),
      verdict: verdict({
        base: MASTER,
        lane: "hotfix",
        findings: [finding(), finding({ gate: "approvals" })],
        ...asking.verdict,
      }),
      standing: asking.standing ?? (owed.all.length > 0 ? [LANDED] : []),
      owed,
      // Its release is out already, and its comment as it is to be.
      tag: written(),
      read: new Map(Object.entries(facts).flatMap(([want, fact]) => (fact === undefined ? [] : [[want, fact]]))),
      ...asking.more,
    }),
    HOUSE,
  );
}
const judged = (asking: Asking = {}): Decision => decided(answer(asking));
/** What goes on record of what is owed, in words. */
const recorded = (asking: Asking = {}): readonly string[] =>
  judged(asking).entries.flatMap(({ what, says }) => {
    const key = String(says["key"]);
    return key.startsWith("owed:")
      ? [`${what} ${key.split(":")[3]}${what === "closed" ? `: ${says["because"]}` : ""}`]
      : [];
  });
const issues = (asking: Asking = {}) =>
  judged(asking).effects.flatMap((effect) =>
    effect.thing === "issue"
      ? [{ state: effect.state, over: effect.over?.id ?? null, title: effect.title, body: effect.body }]
      : [],
  );
/** Whether open releases are looked at again. */
const tellsReleases = (asking: Asking = {}): boolean =>
  judged(asking).news.nudges.some(
    (nudge) => "openPulls" in nudge && nudge.openPulls.base === MASTER && nudge.openPulls.head === undefined,
  );
const BY_RUN_BOOK: Asking = {
  policy: { runBook: { ...policy().runBook, required: true }, roles: { ...ROLES, quality: null, engineering: null } },
  standing: [execution()],
};
const REHEARSED = ["S1", "S2", "S3", "S5", "S6"].map((label) => walkedBefore(label, { state: "done" }));

describe("A hotfix that went out", () => {
  it("owes an approval each of engineering and quality, with the time and an issue", () => {
    const decision = judged();
    expect(recorded()).toEqual(["opened engineering", "opened quality"]);
    expect(decision.entries.map(({ what, actor }) => `${actor} ${what}`)).toEqual([
      "app opened",
      "app opened",
      "app opened",
      "app reported",
    ]);
    expect(decision.entries[1]?.says).toEqual({
      ...standing(engineering, { issue: null }),
      because: "#12 went out as a hotfix without an approval of engineering",
    });
    expect(issues()).toMatchObject([{ state: "open", over: null, title: "Reviews owed for hotfix #12" }]);
    const back = rollback({ number: 12, commit: at("merge") });
    expect(judged({ standing: [back] }).entries.map(({ says }) => says["because"])).toContain(
      "#12 went out as a rollback without an approval of quality",
    );
    expect(issues({ standing: [back] }).map(({ title }) => title)).toContain("Reviews owed for rollback #12");
    // dora opened it.
    expect(issues()[0]?.body).toContain("**engineering**: an approving review of #12. @erin can give it.");
    expect(tellsReleases()).toBe(true);
    expect(decision.lookAgainAt).toBe(DUE);
  });

  it("has so many working days as the config says", () => {
    const friday = instant(Date.UTC(2026, 10, 27, 12));
    const memory = pullMemory(
      { head: "hotfix/login", base: "master" },
      { state: "closed", merged: true, mergeCommit: at("merge"), asOf: friday },
    );
    const { entries } = judged({ policy: { hotfix: { reviewWithin: { workingDays: 1 } } }, more: { memory } });
    expect(entries[1]?.says).toMatchObject({ at: friday, due: "2026-11-30T12:00:00.000Z" });
  });

  it("owes what the config names alone, and what it does not have", () => {
    expect(recorded({ policy: { roles: { ...ROLES, quality: null } } })).toEqual(["opened engineering"]);
    expect(recorded({ policy: { roles: { ...ROLES, quality: null, engineering: null } } })).toEqual([]);
    expect(recorded({ reviews: [review(ERIN)] })).toEqual(["opened quality"]);
    expect(recorded({ reviews: [review(ERIN), review(QUINN)] })).toEqual([]);
    expect(issues({ reviews: [review(ERIN), review(QUINN)] })).toEqual([]);
  });

  it.each<[string, Asking]>([
    ["past its gates", { verdict: { outcome: "pending" } }],
    ["at another commit", { verdict: { head: at("before") } }],
    ["as a release", { verdict: { lane: "release" } }],
    ["where nothing is enforced", { policy: { enforcement: "observe" } }],
    ["of which that is on record", { standing: [LANDED] }],
  ])("%s owes nothing", (_what, asking) => {
    expect(recorded(asking)).toEqual([]);
  });

  it("into a stage before the last owes nothing", () => {
    const memory = pullMemory({ head: "hotfix/login", base: "staging" }, { state: "closed", merged: true });
    expect(recorded({ more: { memory }, verdict: { base: branch("staging") } })).toEqual([]);
    expect(recorded({ more: { verdict: null } })).toEqual([]);
  });

  it("is not owed by another one's record", () => {
    expect(recorded({ standing: [{ ...LANDED, number: 11 } as Standing] })).toHaveLength(2);
  });

  it("owes everything where GitHub does not say what it has, and is looked at again", () => {
    const asking = { reviews: unknown("GitHub answered 502.") };
    expect(recorded(asking)).toEqual(["opened engineering", "opened quality"]);
    expect(issues(asking)).toEqual([]);
    expect(judged(asking).lookAgainAt).toBe(LATER);
  });

  it("is looked at first, all at once", () => {
    const facts = {
      "reviews 12": undefined,
      "pushers hotfix/login": undefined,
      collaborators: undefined,
      [`entries ${HEAD}`]: undefined,
    };
    const came = answer({ ...BY_RUN_BOOK, policy: { ...BY_RUN_BOOK.policy, roles: ROLES }, facts });
    expect("lacks" in came && came.lacks.map(({ want }) => want)).toEqual([
      "reviews",
      "pushers",
      "collaborators",
      "entries",
    ]);
  });
});

describe("An approval that a hotfix owes", () => {
  const owed = (...all: KnownOwed["all"]): KnownOwed => ({ slot: written(), all });
  const both = owed(owes(engineering), owes(quality));

  it("is given by a review of the commit that was merged, and the issue says by whom", () => {
    expect(recorded({ owed: both })).toEqual([]);
    expect(tellsReleases({ owed: both })).toBe(false);
    const given = { owed: both, reviews: [review(ERIN), review(QUINN)] };
    expect(recorded(given)).toEqual(["closed engineering: erin approved it", "closed quality: quinn approved it"]);
    expect(issues(given)).toMatchObject([{ state: "closed", over: 44 }]);
    expect(tellsReleases(given)).toBe(true);
    expect(judged(given).lookAgainAt).toBeNull();
    const one = { owed: both, reviews: [review(QUINN)] };
    expect(recorded(one)).toEqual(["closed quality: quinn approved it"]);
    expect(issues(one)).toMatchObject([
      { state: "open", body: expect.stringContaining("**quality**: quinn approved it.") },
    ]);
  });

  it.each<[string, Asking]>([
    ["of another commit", { reviews: [review(ERIN, { commit: at("before") })] }],
    ["that was taken back", { reviews: [review(ERIN), review(ERIN, { state: "dismissed" })] }],
    ["of its author", { reviews: [review(DORA)] }],
    ["of somebody who pushed to it", { reviews: [review(ERIN)], pushers: [ERIN] }],
    ["of a bot", { reviews: [{ ...review(ERIN), by: { ...ERIN, bot: true } }] }],
    ["of somebody in neither role", { reviews: [review(OTTO)] }],
  ])("is not given by one %s", (_what, asking) => {
    expect(recorded({ owed: both, ...asking })).toEqual([]);
  });

  it("is one role a person, with those who let it be merged", () => {
    // erin is in both, and quinn alone fills the other.
    expect(recorded({ owed: both, reviews: [review(ERIN)] })).toEqual(["closed engineering: erin approved it"]);
    const done = owed(owes(engineering, "erin approved it"), owes(quality));
    expect(recorded({ owed: done, reviews: [review(ERIN)] })).toEqual([]);
    const rita = { "release-manager": ["erin"], operations: null, quality: null, engineering: ["erin"] };
    const alone = owed(owes(engineering));
    expect(recorded({ owed: alone, policy: { roles: rita }, reviews: [review(ERIN)] })).toEqual([]);
    expect(
      recorded({ owed: alone, policy: { roles: rita, severalRoles: true }, reviews: [review(ERIN)] }),
    ).toHaveLength(1);
    // Nobody approved it to be merged: the gate was let through.
    const without = { findings: [finding({ gate: "approvals", outcome: "overridden" as const })] };
    expect(recorded({ owed: alone, policy: { roles: rita }, verdict: without, reviews: [review(ERIN)] })).toHaveLength(
      1,
    );
    // What was let past the lanes was approved as a release is.
    const past = { findings: [finding({ outcome: "overridden" as const }), finding({ gate: "approvals" })] };
    const release = { policy: { roles: rita, approvals: { master: ["engineering" as const] } }, verdict: past };
    expect(recorded({ owed: alone, ...release, reviews: [review(ERIN)] })).toHaveLength(1);
  });

  it("stays owed where the config does not name the role any more", () => {
    const nobody = { roles: { ...ROLES, quality: null } };
    expect(recorded({ owed: owed(owes(quality)), policy: nobody, reviews: [review(OTTO)] })).toEqual([
      "closed quality: otto approved it",
    ]);
  });

  it("is known with the number of its issue, once that is there", () => {
    const unnamed = owed(owes(engineering, null, { issue: null }), owes(quality, "quinn approved it", { issue: null }));
    expect(judged({ owed: unnamed }).entries[0]).toMatchObject({
      what: "opened",
      actor: "app",
      says: { key: "owed:42:12:engineering", issue: 44 },
    });
    expect(recorded({ owed: unnamed })).toEqual(["opened engineering"]);
    expect(tellsReleases({ owed: unnamed })).toBe(true);
    const without = { ...unnamed, slot: null };
    expect(recorded({ owed: without })).toEqual([]);
    expect(issues({ owed: without })).toHaveLength(1);
  });

  it("has its issue closed, later too, where there is one", () => {
    const all = [owes(engineering, "erin approved it")];
    expect(issues({ owed: { slot: written(), all }, facts: { "reviews 12": undefined } })).toMatchObject([
      { state: "closed" },
    ]);
    expect(issues({ owed: { slot: null, all } })).toEqual([]);
  });

  it("is looked at once more when it is due, and told as overdue from then on", () => {
    const late = { owed: both, more: { now: DUE } };
    expect(issues(late)[0]?.body).toContain("That time is over");
    expect(judged(late).lookAgainAt).toBeNull();
  });
});

describe("The rehearsal of a hotfix", () => {
  const asking = (more: Asking = {}): Asking => ({ ...BY_RUN_BOOK, ...more });

  it("is owed where its run-book was not rehearsed", () => {
    expect(recorded(asking())).toEqual(["opened rehearsal"]);
    expect(issues(asking())).toMatchObject([{ title: "Rehearsal owed for hotfix #12" }]);
    expect(recorded(asking({ standing: [execution(), ...REHEARSED] }))).toEqual([]);
    expect(recorded(asking({ standing: [] }))).toEqual([]);
  });

  it("is not owed for a rollback: staging runs later files than those it goes back to", () => {
    const back = rollback({ number: 12, commit: at("merge") });
    expect(recorded(asking({ standing: [back, execution()] }))).not.toContain("opened rehearsal");
  });

  it("is owed where GitHub does not say, and then looked at again", () => {
    const silent = asking({ facts: { [`entries ${HEAD}`]: unknown("GitHub answered 502.") } });
    expect(recorded(silent)).toEqual(["opened rehearsal"]);
    expect(judged(silent).lookAgainAt).toBe(LATER);
  });

  it("is done when its items are", () => {
    const owed = { slot: written(), all: [owes(rehearsal)] };
    const done = asking({ owed, standing: [LANDED, execution(), ...REHEARSED] });
    expect(recorded(asking({ owed, standing: [LANDED, execution(), ...REHEARSED.slice(1)] }))).toEqual([]);
    expect(recorded(done)).toEqual(["closed rehearsal: its run-book was walked through there"]);
    expect(issues(done)).toMatchObject([{ state: "closed", over: 44 }]);
    // That nobody finds its run-book any more settles nothing.
    expect(recorded(asking({ owed, standing: [LANDED] }))).toEqual([]);
  });
});
