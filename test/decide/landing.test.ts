import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Comparison, Fact, PullKnown } from "../../src/flow/facts.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import type { Lane } from "../../src/flow/verdict.ts";
import {
  at,
  component,
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
import { attested, waiver } from "../release/attested.ts";
import { HOUSE } from "./facts.ts";
import { rollback } from "./under-way.ts";

const MERGED = later(NOW, -60_000);
const MERGE = at("merge");
const CARRIED = { commits: [{ sha: at("carried") }] } as unknown as Comparison;
const GITHUB: { readonly [want: string]: Fact<unknown> } = {
  [`parents ${MERGE}`]: known([at("before"), at("login")]),
  [`compare ${at("before")} ${at("login")}`]: known(CARRIED),
};

type Landed = {
  readonly lane?: Lane | null;
  readonly base?: string;
  readonly verdict?: PullKnown["verdict"];
  readonly mergeCommit?: typeof MERGE | null;
  readonly github?: typeof GITHUB;
  readonly required?: boolean;
  readonly enforcement?: "managed" | "observe";
};
/** What is decided of #12, merged a minute ago. */
function merged(standing: readonly Standing[], more: Landed = {}) {
  const { lane = "release", base = "master", mergeCommit = MERGE, github = GITHUB, required = false } = more;
  const { enforcement = "managed" } = more;
  const config = { ...component().config, policy: policy({ enforcement, runBook: { ...policy().runBook, required } }) };
  return decide(
    pullKnown({
      component: component({ config }),
      memory: pullMemory({ head: "staging", base }, { state: "closed", merged: true, mergeCommit, asOf: MERGED }),
      verdict: more.verdict === undefined ? verdict({ lane, base: branch(base) }) : more.verdict,
      standing,
      // Its release is out already.
      tag: { written: { fingerprint: "f" as never, id: 0, completed: false, at: NOW }, refused: null },
      read: new Map(Object.entries(github)),
    }),
    HOUSE,
  );
}
/** What goes on record, as `closed KEY` and `opened KEY`. */
const recorded = (...args: Parameters<typeof merged>) => {
  const came = merged(...args);
  if ("lacks" in came) return came.lacks;
  return came.decided.entries.map(({ what, says }) => `${what} ${says["key"]}`);
};
const own = attested();
const LANDED = "opened landed:42:12";

describe("a release that is merged", () => {
  it("as it had passed is on record with the moment of its merge, once", () => {
    const came = merged([]);
    expect(came).toMatchObject({
      decided: {
        entries: [
          {
            what: "opened",
            actor: "app",
            about: "pull:42:12",
            says: {
              kind: "landed",
              key: "landed:42:12",
              by: null,
              at: MERGED,
              because: "it was merged as it had passed",
              repository: REPOSITORY,
              number: 12,
            },
          },
        ],
        effects: [],
        lookAgainAt: null,
      },
    });
    const before = "decided" in came ? came.decided.entries.map(({ says }) => says as unknown as Standing) : [];
    expect(recorded(before)).toEqual([]);
    expect(recorded([{ ...before[0], number: 11 } as Standing])).toEqual([LANDED]);
    expect(recorded([], { lane: "hotfix" })).toEqual([LANDED]);
  });

  it("brings again what was rolled back before", () => {
    const back = { commit: at("the rollback"), issue: 21 };
    const standing = [rollback(), rollback({ ...back, key: "a" }), rollback({ ...back, key: "b", broughtAgainBy: 9 })];
    const came = merged(standing);
    expect("decided" in came && came.decided.entries[1]).toMatchObject({
      what: "opened",
      actor: "app",
      says: { key: "a", ...back, broughtAgainBy: 12 },
    });
    expect(recorded(standing)).toEqual([LANDED, "opened a"]);
    expect(recorded(standing, { lane: "hotfix" })).toEqual([LANDED]);
  });

  it("is told to the earlier stages, once, where something is enforced", () => {
    const lessons = (...args: Parameters<typeof merged>) => {
      const came = merged(...args);
      return "decided" in came && came.decided.news.lessons;
    };
    const landed = (stage: string) => ({
      of: "landing",
      repository: REPOSITORY,
      branch: stage,
      from: "master",
      commit: MERGE,
    });
    expect(lessons([])).toEqual([landed("development"), landed("staging")]);
    expect(lessons([], { lane: "hotfix" })).toHaveLength(2);
    expect(lessons([], { mergeCommit: null })).toEqual([]);
    expect(lessons([], { enforcement: "observe" })).toEqual([]);
    expect(lessons([], { verdict: verdict({ base: branch("master"), lane: "release", outcome: "pending" }) })).toEqual(
      [],
    );
    expect(lessons([{ kind: "landed", number: 12 } as Standing])).toEqual([]);
  });

  it("past its gates is on record once it is accepted, whatever lane it came by", () => {
    const accepted = (more = {}) => [{ kind: "accepted", number: 12, commit: MERGE, ...more } as Standing];
    const of = (standing: readonly Standing[], more: Parameters<typeof verdict>[0] = {}) =>
      merged(standing, { verdict: verdict({ base: branch("master"), lane: null, outcome: "failed", ...more }) });
    expect(of(accepted())).toMatchObject({
      decided: { entries: [{ says: { because: "it was merged past its gates, and accepted since" } }] },
    });
    // Whatever was judged: a push and the merge may have come before that.
    for (const verdict of [null, undefined])
      expect(merged(accepted(), { lane: null, ...(verdict === null && { verdict }) })).toMatchObject({
        decided: { entries: [{}] },
      });
    for (const none of [of(accepted({ number: 11 })), of(accepted({ commit: at("other") }))])
      expect(none).toMatchObject({ decided: { entries: [] } });
  });

  it("past its gates is not", () => {
    const of = (more: Parameters<typeof verdict>[0]) =>
      recorded([], { verdict: verdict({ base: branch("master"), lane: "release", ...more }) });
    expect(of({ outcome: "pending" })).toEqual([]);
    expect(of({ head: at("before") })).toEqual([]);
    expect(of({ base: branch("staging") })).toEqual([]);
    expect(recorded([], { verdict: null })).toEqual([]);
  });

  it("is one that goes into the last stage", () => {
    for (const [lane, base] of [
      ["promotion", "staging"],
      ["feature", "development"],
      [null, "master"],
    ] as const)
      expect(recorded([own], { lane, base })).toEqual([]);
  });

  it("uses up what was attested on it, which serves it alone from then on", () => {
    const no = waiver({ comment: 901 });
    const came = merged([own, no]);
    expect(recorded([own, no])).toEqual([
      LANDED,
      `closed ${own.key}`,
      `opened served:12:${own.key}:snap-8f31`,
      `closed ${no.key}`,
      `opened served:12:${no.key}`,
    ]);
    expect("decided" in came && came.decided.entries.slice(1, 3)).toEqual([
      { what: "closed", actor: "app", about: "pull:42:12", says: { key: own.key, because: "it served #12" } },
      {
        what: "opened",
        actor: "app",
        about: "pull:42:12",
        says: { ...own, key: `served:12:${own.key}:snap-8f31`, served: 12 },
      },
    ]);
    // However it came to be merged.
    expect(
      recorded([own], { verdict: verdict({ base: branch("master"), lane: "hotfix", outcome: "pending" }) }),
    ).toEqual([`closed ${own.key}`, `opened served:12:${own.key}:snap-8f31`]);
    expect(recorded([{ ...own, served: 12 }, { kind: "hold" } as never])).toEqual([LANDED]);
  });

  it("uses up what was attested on the promotions that it carries", () => {
    const kept = attested({ key: "kept", number: 11, head: at("carried") });
    const other = attested({ key: "other", number: 10, head: at("not yet") });
    expect(recorded([kept, other])).toEqual([LANDED, "closed kept", "opened served:12:kept:snap-8f31"]);
    expect(recorded([kept], { lane: "hotfix", github: {} })).toEqual([LANDED]);
    expect(recorded([kept], { mergeCommit: null, github: {} })).toEqual([LANDED]);
    // What it brought is read only where somebody attested something elsewhere.
    expect(recorded([own], { github: {} })).toHaveLength(3);
    expect(recorded([kept], { github: {} })).toEqual([{ want: "parents", commit: MERGE }]);
    expect(recorded([kept], { github: { [`parents ${MERGE}`]: known([at("before")]) } })).toEqual([
      { want: "compare", base: at("before"), head: at("login") },
    ]);
    const silent = merged([own, kept], { github: { [`parents ${MERGE}`]: unknown("GitHub answered 502.") } });
    expect("decided" in silent && silent.decided).toMatchObject({ lookAgainAt: LATER, entries: [{}, {}, {}] });
  });

  it("has all read together that its run-book needs as well", () => {
    const kept = attested({ number: 11 });
    const walked = { kind: "execution", number: 12, undone: [], before: [] } as unknown as Standing;
    const wants = (standing: readonly Standing[], github: typeof GITHUB) =>
      recorded(standing, { github, required: true }).map((want) => (typeof want === "string" ? want : want.want));
    expect(wants([kept, walked], {})).toEqual(["parents", "entries"]);
    expect(wants([kept], {})).toEqual(["parents"]);
    expect(wants([kept, walked], GITHUB)).toEqual(["entries"]);
  });
});
