import { describe, expect, it } from "@jest/globals";
import type { Comparison, MergedPull, Recorded, Review } from "../../src/flow/facts.ts";
import { branch, type Hash, later } from "../../src/flow/names.ts";
import type { Push } from "../../src/flow/provenance.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { approversIn, deviationsIn, type Gathering, gathered } from "../../src/release/evidence/gathered.ts";
import { evidenceShape } from "../../src/release/evidence/shape.ts";
import { statement } from "../../src/release/evidence/statement.ts";
import { at, finding, NOW, policy, pullFacts, pullMemory, REPOSITORY, verdict } from "../builders.ts";
import { brings } from "../decide/hub.ts";
import { recorded, release } from "../decide/released.ts";
import { DORA, ERIN, OLGA, OTTO, overriding, QUINN, RITA } from "../gates/asking.ts";
import { attested } from "./attested.ts";
import { signer } from "./releases.ts";

const HEAD = at("login");
const PLACE = { sequence: 9, hash: "cd".repeat(32) as Hash };
const { stages } = policy();
const ago = (minutes: number) => later(NOW, -minutes * 60_000);

/** A release of #12 that brought #10 into staging and #8 into development. */
const gathering = (more: Partial<Gathering> = {}): Gathering => ({
  state: "final",
  made: NOW,
  flowgate: "0.0.0",
  runBook: null,
  component: { id: REPOSITORY, name: "acme/api", config: at("config"), stages },
  release: release(),
  pull: {
    ...pullMemory({ head: "staging", base: "master" }, { merged: true, mergeCommit: at("merged"), mergedAt: NOW }),
    number: 12,
  },
  verdict: verdict({ lane: "release", base: branch("master") }),
  tag: { object: at("the tag") },
  tree: at("the tree"),
  before: at("before"),
  carried: { pulls: [], loose: [], whole: true },
  comparison: brings("eight", "ten"),
  merged: [],
  recorded: recorded(),
  standing: [],
  reviews: [],
  names: new Map(),
  head: PLACE,
  ...more,
});
const of = (more: Partial<Gathering> = {}) => gathered(gathering(more));

const merged = (number: number, as: string | null, more: Partial<MergedPull> = {}): MergedPull => ({
  ...pullFacts(),
  number,
  mergeCommit: as === null ? null : at(as),
  mergedAt: ago(60),
  labels: [],
  lane: "promotion",
  overridden: [],
  ...more,
});

describe("The evidence of a release, gathered,", () => {
  it("is as it can be read again", () => {
    const evidence = of({
      merged: [
        merged(10, "ten", { base: branch("staging"), head: { ...pullFacts().head, ref: branch("development") } }),
      ],
      reviews: [review({ by: { ...OTTO, bot: false } })],
      carried: {
        pulls: [
          { number: 8, title: "Log in", author: { id: 0, login: "ghost", bot: false }, labels: [], messages: [] },
        ],
        loose: [{ sha: at("x"), title: "Hm", author: null }],
        whole: true,
      },
      standing: [attested({ served: 12 })],
      recorded: recorded({ overrides: [{ standing: overriding(), closed: null }] }),
    });
    const said = statement(evidence, signer(), PLACE.hash);
    expect(evidenceShape.parse(JSON.parse(JSON.stringify(said)))).toEqual(said);
  });

  it("names versions without their letter, and none before where that is not known", () => {
    expect(of().release).toMatchObject({ version: "1.4.0", previous: { version: "1.3.2", commit: at("before") } });
    expect(of({ release: release({ previous: "1.3.2" }) }).release.previous?.version).toBe("1.3.2");
    expect(of({ release: release({ previous: null }) }).release.previous).toBeNull();
    expect(of({ before: null }).release.previous).toBeNull();
  });

  it("tells the way it came: promotions by stage, each with who promoted it", () => {
    const into = (stage: string) => ({ base: branch(stage) });
    const four = ["development", "qa", "staging", "master"].map(branch);
    const { pull, hops } = of({
      component: { id: REPOSITORY, name: "acme/api", config: null, stages: four },
      comparison: brings("seven", "eight", "nine", "ten", "eleven"),
      merged: [
        merged(11, "eleven", into("staging")),
        merged(10, "ten", into("staging")),
        merged(9, "nine", { ...into("qa"), mergedAt: null }),
        merged(8, "eight", { ...into("development"), lane: "feature" }),
        merged(7, "long ago", into("staging")),
        merged(6, null, into("staging")),
      ],
      recorded: recorded({ promoters: { 10: RITA, 12: OTTO } }),
    });
    expect(hops.map(({ number, by, at }) => [number, by, at])).toEqual([
      [9, null, null],
      [10, RITA, ago(60)],
      [11, null, ago(60)],
    ]);
    expect(hops[1]).toMatchObject({ from: "feature/login", into: "staging", head: HEAD, merge: at("ten") });
    expect(pull).toEqual({
      number: 12,
      from: "staging",
      into: "master",
      head: HEAD,
      merge: at("merged"),
      by: OTTO,
      at: NOW,
    });
  });

  it("tells who opened and who wrote what it carries, and what came by no pull request", () => {
    const pulls = [
      { number: 8, title: "Log in", author: { ...DORA, bot: false }, labels: [], messages: [], writers: [ERIN] },
      { number: 9, title: "Log out", author: { ...DORA, bot: false }, labels: [], messages: [] },
    ];
    const loose = [{ sha: at("x"), title: "Hm", author: ERIN }];
    const { carried, loose: alone } = of({ carried: { pulls, loose, whole: true } });
    expect(carried).toEqual([
      { number: 8, title: "Log in", authors: [DORA, ERIN] },
      { number: 9, title: "Log out", authors: [DORA] },
    ]);
    expect(alone).toEqual([{ commit: at("x"), title: "Hm", author: "erin" }]);
  });

  it("tells what each gate said, and which were not asked", () => {
    const said = verdict({
      findings: [finding({ gate: "flow", because: "It may.", read: ["the tags"] })],
      notAsked: [{ gate: "change-order", because: "Off." }],
    });
    expect(of({ verdict: said }).gates).toEqual([
      { gate: "flow", outcome: "passed", because: "It may.", read: ["the tags"] },
      { gate: "change-order", outcome: "not-applicable", because: "Off.", read: [] },
    ]);
  });

  it("tells what was attested for it, and for no other", () => {
    const waiver = attested({ what: "readiness", key: "readiness", number: 12 } as never);
    const standing: Standing[] = [
      attested({ served: 12, number: 10 }),
      attested({ served: 13 }),
      attested({ number: 14 }),
      waiver,
    ];
    expect(of({ standing }).attestations.map(({ what, number }) => [what, number])).toEqual([
      ["backup", 10],
      ["readiness", 12],
    ]);
    expect(of({ standing }).attestations[0]).toMatchObject({ system: "postgres-main", level: "claimed" });
    expect(of({ standing }).attestations[1]).not.toHaveProperty("system");
  });

  it("tells what was overridden on it and on what it brought, at the heads that were merged", () => {
    const closed = { by: "quinn", at: NOW, because: "quinn closed it: it is well" };
    const overrides: Recorded["overrides"] = [
      { standing: overriding(), closed },
      { standing: overriding({ head: at("another head") }), closed: null },
      { standing: overriding({ confirmed: null }), closed: null },
      { standing: overriding({ number: 8 }), closed: null },
      { standing: overriding({ number: 7 }), closed: null },
    ];
    const told = of({ recorded: recorded({ overrides }), merged: [merged(8, "eight", { lane: "feature" })] }).overrides;
    expect(told).toEqual([
      { by: RITA, at: NOW, gate: "checks", head: HEAD, because: "the runner is down", confirmedBy: OTTO, closed },
      { by: RITA, at: NOW, gate: "checks", head: HEAD, because: "the runner is down", confirmedBy: OTTO, closed: null },
    ]);
  });

  it("names who let it be published", () => {
    expect(of().authorised).toBeNull();
    expect(of({ release: release({ authorised: { by: RITA, at: NOW } }) }).authorised).toEqual({ by: RITA, at: NOW });
  });
});

const review = (more: Partial<Review> = {}): Review => ({
  id: 7,
  by: { ...QUINN, bot: false },
  state: "approved",
  commit: HEAD,
  at: ago(30),
  ...more,
});

describe("Approvals in evidence", () => {
  const counted = verdict({
    findings: [
      finding({
        gate: "approvals",
        filled: [
          { by: QUINN, as: "quality" },
          { by: QUINN, as: "operations" },
        ],
      }),
    ],
  });
  const told = (reviews: readonly Review[], more: Partial<Gathering> = {}) =>
    of({ reviews, verdict: counted, names: new Map([[QUINN.id, "Quinn O'Hara"]]), ...more }).approvals;

  it("say what they stood for at the merge, by the names that people gave", () => {
    expect(told([review(), review({ id: 8, by: { ...OLGA, bot: false } })])).toEqual([
      {
        by: { ...QUINN, name: "Quinn O'Hara" },
        meaning: "quality, operations",
        at: ago(30),
        commit: HEAD,
        review: 7,
        withdrawn: false,
      },
      { by: { ...OLGA, name: null }, meaning: null, at: ago(30), commit: HEAD, review: 8, withdrawn: false },
    ]);
  });

  it.each<[string, readonly Review[], readonly (readonly [number, string | null, boolean])[]]>([
    ["comments and bots are none", [review({ state: "commented" }), review({ by: { ...OLGA, bot: true } })], []],
    ["a no is none", [review({ state: "changes-requested" })], []],
    ["without a commit it is none", [review({ commit: null })], []],
    ["of an earlier commit it stood for nothing", [review({ commit: at("earlier") })], [[7, null, false]]],
    ["given after the merge it is none", [review({ at: later(NOW, 1) })], []],
    ["dismissed after it counted it counted", [review({ state: "dismissed" })], [[7, "quality, operations", false]]],
    [
      "dismissed before it is withdrawn",
      [review({ by: { ...OLGA, bot: false }, state: "dismissed" })],
      [[7, null, true]],
    ],
    [
      "taken back by a later no it is withdrawn",
      [
        review({ by: { ...OLGA, bot: false } }),
        review({ id: 8, by: { ...OTTO, bot: false }, state: "changes-requested" }),
        review({ id: 9, by: { ...OLGA, bot: false }, state: "changes-requested" }),
      ],
      [[7, null, true]],
    ],
    [
      "said twice it stands twice",
      [review({ commit: at("earlier") }), review({ id: 8 })],
      [
        [7, null, false],
        [8, "quality, operations", false],
      ],
    ],
  ])("%s", (_what, reviews, expected) => {
    expect(told(reviews).map(({ review, meaning, withdrawn }) => [review, meaning, withdrawn])).toEqual(expected);
  });

  it("are all told where nobody knows when it was merged", () => {
    const { pull } = gathering();
    expect(told([review({ at: later(NOW, 1) })], { pull: { ...pull, mergedAt: null } })).toHaveLength(1);
  });

  it("are of people whose names can be asked for", () => {
    const reviews = [
      review(),
      review({ id: 8 }),
      review({ id: 9, by: { id: 0, login: "ghost", bot: false } }),
      review({ id: 10, by: { ...OLGA, bot: true } }),
    ];
    expect(approversIn(reviews)).toEqual([QUINN]);
  });
});

describe("What came past the gates", () => {
  const deviation = (stage: string, push: Partial<Push> = {}): Recorded["deviations"][number] => ({
    standing: {
      kind: "deviation",
      key: `deviation:${stage}`,
      by: ERIN,
      at: NOW,
      because: `erin pushed to ${stage}`,
      repository: REPOSITORY,
      stage: branch(stage),
      push: { how: "push", before: at("a"), after: at("b"), by: null, commits: 1, at: ago(30), ...push },
    },
    closed: "rita accepted it: it is ours",
  });
  const comparison: Comparison = brings("eight");
  const landings = [ago(120), ago(90), later(NOW, 1)];
  const isIn = (one: Recorded["deviations"][number], mergedAt: typeof NOW | null = NOW, landed = landings) => {
    const of = { comparison, component: { stages }, recorded: recorded({ deviations: [one], landings: landed }) };
    return deviationsIn(of, { version: "v1.4.0", commit: at("the merge"), mergedAt }).length === 1;
  };

  it("is in a release that brought it, or that came after it on the last stage", () => {
    expect(isIn(deviation("staging", { after: at("eight") }))).toBe(true);
    expect(isIn(deviation("staging"))).toBe(false);
    expect(isIn(deviation("staging", { after: at("the merge") }))).toBe(true);
    expect(isIn(deviation("master"))).toBe(true);
    expect(isIn(deviation("master", { at: ago(100) }))).toBe(false);
    expect(isIn(deviation("master", { at: ago(100) }), NOW, [])).toBe(true);
    expect(isIn(deviation("master", { at: later(NOW, 1) }))).toBe(false);
    expect(isIn(deviation("master", { at: later(NOW, 1) }), null)).toBe(true);
  });

  it("is in the release that somebody touched by hand", () => {
    const touched = { did: "published", tag: "v1.4.0", commit: at("merged"), ended: null, at: NOW } as const;
    const { push: _, ...rest } = deviation("master").standing;
    const by = (tag: string) => ({ standing: { ...rest, touched: { ...touched, tag } }, closed: null });
    expect([isIn(by("v1.4.0")), isIn(by("v1.3.2"))]).toEqual([true, false]);
    expect(of({ recorded: recorded({ deviations: [by("v1.4.0")] }) }).deviations).toMatchObject([
      { commit: at("merged"), closed: null },
    ]);
  });

  it("is told with how it was settled", () => {
    const one = deviation("staging", { after: at("eight") });
    expect(of({ comparison, recorded: recorded({ deviations: [one] }) }).deviations).toEqual([
      {
        stage: "staging",
        commit: at("eight"),
        what: "erin pushed to staging",
        by: ERIN,
        at: NOW,
        closed: "rita accepted it: it is ours",
      },
    ]);
  });
});
