import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { CheckSeen } from "../../src/flow/check-seen.ts";
import { ENDINGS } from "../../src/flow/check-seen.ts";
import { type ChangedFile, type Fact, type Review, type TreeEntry, type Want, wantKey } from "../../src/flow/facts.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import { later } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { LANES, OUTCOMES, type Outcome } from "../../src/flow/verdict.ts";
import { backup } from "../../src/gates/backup.ts";
import { GATES } from "../../src/gates/catalog.ts";
import { ask } from "../../src/gates/engine.ts";
import type { Gate } from "../../src/gates/gate.ts";
import { APP, at, candidate, component, known, NOW, policy, unknown } from "../builders.ts";
import { attested, DATA } from "../release/attested.ts";
import { DORA, ERIN, OLGA, OTTO, QUINN, RITA, right, source } from "./asking.ts";

const HEAD = at("login");
/** The fingerprint where no file affects data. */
const NO_DATA = digestOf("[]");
const people = [DORA, OLGA, OTTO, QUINN, ERIN, RITA];

const review: fc.Arbitrary<Review> = fc.record({
  id: fc.nat(9),
  by: fc
    .record({ person: fc.constantFrom(...people), bot: fc.boolean() })
    .map(({ person, bot }) => ({ ...person, bot })),
  state: fc.constantFrom("approved", "changes-requested", "dismissed", "commented"),
  commit: fc.constantFrom(HEAD, at("before"), null),
  at: fc.constant(NOW),
});
const check: fc.Arbitrary<CheckSeen> = fc.record({
  name: fc.constantFrom("build", "lint", "test"),
  app: fc.constantFrom(1, 2, null),
  ended: fc.constantFrom("pending", ...ENDINGS),
  id: fc.nat(20),
});
const commit = fc.record({
  sha: fc.nat(9).map((n) => at(`c${n}`)),
  parents: fc.array(
    fc.nat(9).map((n) => at(`c${n}`)),
    { maxLength: 3 },
  ),
  tree: fc.nat(3).map((n) => at(`t${n}`)),
  title: fc.constant("Add"),
  author: fc.constantFrom(...people, null),
});
const BOOK = "docs/runbooks/release.md";
const path = fc.constantFrom(
  "Dockerfile",
  "build.sh",
  "compose.yml",
  "docs/dns.md",
  "key.pem",
  "src/a.ts",
  "db/migrate/1.rb",
  "db/schema.rb",
  BOOK,
);
const changed: fc.Arbitrary<ChangedFile> = fc.record({
  path,
  before: fc.option(path),
  blob: fc.constantFrom(at("one"), at("other"), null),
});
const standing: fc.Arbitrary<readonly Standing[]> = fc.array(
  fc
    .record({ of: fc.constantFrom(12, 11), head: fc.constantFrom(HEAD, at("c1")), age: fc.nat(40), old: fc.boolean() })
    .map(({ of, head, age, old }) => ({
      ...attested({ number: of, head, finished: later(NOW, -age * 3_600_000), data: old ? DATA : NO_DATA }),
      key: `${of} ${age}`,
    })),
  { maxLength: 3 },
);
const entry: fc.Arbitrary<TreeEntry> = fc.record({
  path,
  kind: fc.constantFrom("file", "executable", "link", "submodule"),
  blob: fc.constantFrom(at("one"), at("other")),
  size: fc.constantFrom(10, 1_000_000),
});
const answers: { readonly [want in Want["want"]]?: fc.Arbitrary<unknown> } = {
  file: fc.constantFrom(
    { found: false },
    { found: true, blob: at("config"), text: "" },
    { found: true, blob: at("other"), text: "team: small\n" },
    { found: true, blob: at("broken"), text: "teem: small\n" },
  ),
  compare: fc.record({
    mergeBase: fc.constantFrom(at("master"), at("parted")),
    ahead: fc.nat(9),
    behind: fc.nat(9),
    whole: fc.boolean(),
    commits: fc.array(commit, { maxLength: 4 }),
    changes: fc.record({ files: fc.array(changed, { maxLength: 4 }), whole: fc.boolean() }),
  }),
  entries: fc.uniqueArray(entry, { selector: ({ path }) => path }),
  blob: fc.constantFrom("FROM a\nARG V\nRUN $V\n", "docker build --build-arg V=1 .", "services: {}\n", ""),
  "run-book": fc.constantFrom(
    { items: [], findings: [] },
    {
      items: [{ phase: "deploy", text: "Run db/migrate/1.rb", details: "", optional: false, notApplicable: null }],
      findings: [],
    },
  ),
  reviews: fc.array(review, { maxLength: 6 }),
  checks: fc.array(check, { maxLength: 6 }),
  rules: fc.constantFrom([], [{ type: "required_status_checks", checks: [{ context: "build", app: null }] }]),
  team: fc.option(fc.subarray(people)),
  collaborators: fc.subarray(people).chain((some) =>
    fc.constantFrom(
      some.map((one) => right(one, "maintain")),
      some.map((one) => right(one, "write")),
    ),
  ),
  issues: fc.constantFrom([], [{ number: 3, title: "Bug" }]),
  text: fc.constantFrom({ title: "ECO-0042", body: "" }, { title: "x", body: "" }),
  pushers: fc.subarray(people),
  tree: fc.nat(3).map((n) => at(`t${n}`)),
};
const policies = fc.record({
  severalRoles: fc.boolean(),
  approvals: fc.constantFrom(
    { staging: ["operations"], master: ["engineering", "operations", "quality"], hotfix: ["release-manager"] } as const,
    { staging: [], master: ["maintainer"], hotfix: ["writer"] } as const,
  ),
  roles: fc.constantFrom(
    {
      "release-manager": ["rita"],
      operations: ["@acme/ops"],
      quality: ["@acme/quality"],
      engineering: ["erin", "dora"],
    },
    { "release-manager": null, operations: null, quality: null, engineering: null },
  ),
  checks: fc.constantFrom(
    { required: [{ name: "build", app: null }], allowNone: false },
    { required: [], allowNone: true },
  ),
  readiness: fc.constantFrom({ blockers: ["severity-1"], verdict: false }, { blockers: [], verdict: true }),
  backup: fc.constantFrom(policy().backup, {
    ...policy().backup,
    when: "data" as const,
    systems: ["postgres-main", "redis"],
    restoreTest: { milliseconds: 86_400_000 },
  }),
  artifacts: fc.constantFrom(policy().artifacts, {
    ...policy().artifacts,
    activation: "build.sh",
    services: { dns: "docs/dns.md" },
    forbidden: ["*.pem"],
    onFeature: true,
  }),
  changeOrder: fc.constantFrom({ required: true, pattern: "ECO-\\d{4}" }, { required: false, pattern: "x" }),
});
const lanes = fc.record({ lane: fc.constantFrom(...LANES), own: fc.boolean() });
const BASES = {
  feature: "development",
  promotion: "staging",
  release: "master",
  hotfix: "master",
  "back-merge": "staging",
} as const;
const HEADS = {
  feature: "feature/login",
  promotion: "development",
  release: "staging",
  hotfix: "hotfix/login",
  "back-merge": "back-merge/x",
} as const;

/** Asks a gate until it has an answer; each want is answered once, by `answer`. */
function judged(
  gate: Gate,
  { lane, own }: { lane: (typeof LANES)[number]; own: boolean },
  more: object,
  answer: (want: Want) => Fact<unknown>,
  stands: readonly Standing[] = [],
) {
  const of = {
    pull: { ...candidate({ base: BASES[lane], head: HEADS[lane] }), body: `Run-book: ${BOOK}` },
    lane: { lane, because: "It may.", ...(own && { own: true as const }) },
    policy: policy(more),
    component: component(),
    app: APP,
    checksSince: NOW,
    source: source(lane),
    standing: stands,
    mayAffect: [],
    backMerges: [],
    web: "https://github.com",
    now: NOW,
  };
  const read = new Map<string, Fact<unknown>>();
  for (let round = 0; round < 6; round++) {
    const came = ask([gate], of, read);
    if ("findings" in came) return { finding: came.findings[0], read };
    for (const want of came.lacks) read.set(wantKey(want), answer(want));
  }
  throw new Error(`${gate.name} keeps asking`);
}

const badness = (outcome: Outcome) => OUTCOMES.indexOf(outcome);

it("a backup that is added, or is fresher, never makes anything worse", () => {
  fc.assert(
    fc.property(lanes, policies, fc.gen(), standing, fc.nat(30), (lane, more, gen, stands, age) => {
      const given = new Map<string, unknown>();
      const answer = (want: Want) => {
        const key = wantKey(want);
        if (!given.has(key))
          given.set(
            key,
            gen(() => answers[want.want] as fc.Arbitrary<unknown>),
          );
        return known(given.get(key));
      };
      const one = attested({ id: "new", finished: later(NOW, -age * 3_600_000), data: NO_DATA });
      const before = judged(backup, lane, more, answer, stands).finding;
      const after = judged(backup, lane, more, answer, [...stands, one]).finding;
      if (before === undefined || after === undefined) expect(after).toEqual(before);
      else expect(badness(after.outcome)).toBeGreaterThanOrEqual(badness(before.outcome));
    }),
  );
});

describe.each(GATES.map((gate) => [gate.name, gate] as const))("%s", (_name, gate) => {
  it("never passes, nor refuses, on something unknown", () => {
    fc.assert(
      fc.property(lanes, policies, fc.gen(), fc.nat(8), standing, (lane, more, gen, nth, stands) => {
        let asked = 0;
        const answer = (want: Want) => {
          const fact = known(gen(() => answers[want.want] as fc.Arbitrary<unknown>));
          return asked++ === nth ? unknown("GitHub answered 502.") : fact;
        };
        const { finding, read } = judged(gate, lane, more, answer, stands);
        if ([...read.values()].some((fact) => !fact.known)) expect(finding?.outcome).toBe("errored");
        else expect(finding?.outcome).not.toBe("errored");
      }),
    );
  });

  it("is never made worse by one more approval, nor by a check that turns green", () => {
    fc.assert(
      fc.property(lanes, policies, fc.gen(), fc.constantFrom(...people.slice(1)), (lane, more, gen, approver) => {
        const given = new Map<string, unknown>();
        const answer = (better: boolean) => (want: Want) => {
          const key = wantKey(want);
          if (!given.has(key))
            given.set(
              key,
              gen(() => answers[want.want] as fc.Arbitrary<unknown>),
            );
          const value = given.get(key);
          if (!better) return known(value);
          if (want.want === "reviews")
            return known([
              ...(value as Review[]),
              { by: { ...approver, bot: false }, state: "approved", commit: HEAD, at: NOW },
            ]);
          if (want.want === "checks") return known((value as CheckSeen[]).map((one) => ({ ...one, ended: "success" })));
          return known(value);
        };
        const before = judged(gate, lane, more, answer(false)).finding;
        const after = judged(gate, lane, more, answer(true)).finding;
        if (before !== undefined && after !== undefined)
          expect(badness(after.outcome)).toBeGreaterThanOrEqual(badness(before.outcome));
      }),
    );
  });
});
