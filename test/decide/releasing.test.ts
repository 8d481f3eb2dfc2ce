import { describe, expect, it } from "@jest/globals";
import type { Decision } from "../../src/flow/decision.ts";
import type { Effect, SlotState } from "../../src/flow/effect.ts";
import type { MergedPull, PullKnown } from "../../src/flow/facts.ts";
import type { Entry } from "../../src/flow/ledger.ts";
import { branch, type Hash } from "../../src/flow/names.ts";
import type { Heard } from "../../src/flow/request.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import {
  at,
  component,
  finding,
  LATER,
  NOW,
  policy,
  pullFacts,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { FACTS, PATH } from "../commands/walking.ts";
import { OTTO, RITA } from "../gates/asking.ts";
import { done } from "../release/walks.ts";
import { execution, WITH_RUN_BOOK } from "./facts.ts";
import { FREE, type Hub, hub, judge, says } from "./hub.ts";

const MERGED = at("merged");
const BEFORE = at("before");
const HASH = "ab".repeat(32) as Hash;

const released = pullMemory(
  { head: "staging", base: "master" },
  { state: "closed", merged: true, mergeCommit: MERGED },
);
/** #12 is merged into master, which was somewhere else before. */
const known: Partial<PullKnown> = {
  memory: released,
  verdict: verdict({ lane: "release", base: branch("master") }),
  ledger: HASH,
};
const commit = (name: string, title: string) => ({ sha: at(name), parents: [], tree: at(name), title, author: null });
const github: Hub = {
  ...hub(),
  tags: ["v1.3.2", "latest"],
  [`parents ${MERGED}`]: [BEFORE, at("login")],
  [`compare ${BEFORE} ${at("login")}`]: {
    ahead: 1,
    behind: 0,
    mergeBase: BEFORE,
    commits: [commit("a", "feat: log in")],
    whole: true,
    changes: { files: [], whole: true },
  },
};
const release = (more: Partial<StandingOf<"release">> = {}): StandingOf<"release"> => ({
  kind: "release",
  key: "release:42:12",
  by: null,
  at: NOW,
  because: "minor, because a commit brings a feature",
  repository: REPOSITORY,
  number: 12,
  version: "v1.4.0",
  commit: MERGED,
  notes: "Notes",
  ...more,
});
const promotion: StandingOf<"promotion"> = {
  kind: "promotion",
  key: "promotion:42:12",
  by: RITA,
  at: NOW,
  because: "/promote",
  repository: REPOSITORY,
  number: 12,
  head: at("login"),
  whenReadyUntil: null,
  version: null,
  refreshTo: null,
  carries: null,
  request: {
    id: "comment:900",
    by: RITA,
    at: NOW,
    body: "/promote",
    how: "written",
    origin: { number: 12, comment: 900 },
  },
  others: [],
  line: "/promote",
  answered: false,
};
const OPEN = [
  {
    request: { ...promotion.request, judged: at("login") } as Heard,
    answer: { came: "under way" as const, body: null },
  },
];

const there = (id: number, completed = false): SlotState => ({
  written: { fingerprint: "any" as Hash, id, completed, at: NOW },
  refused: null,
});
const made = ({ effects }: Decision) =>
  effects.flatMap((effect): Effect[] => (effect.thing === "tag" || effect.thing === "release" ? [effect] : []));
/** What goes on record of the release itself; that it landed is told elsewhere. */
const told = ({ entries }: Decision) => entries.filter(({ says }) => says["kind"] !== "landed");
const refusing = ([effect]: readonly Effect[], because: string): SlotState => ({
  written: null,
  refused: { fingerprint: effect?.fingerprint as Hash, because, at: NOW },
});

/** A component whose releases go by a run-book. */
const WALKED = component({
  config: { ...component().config, policy: { ...FREE, runBook: { ...policy().runBook, required: true } } },
});

describe("A merge into the last stage", () => {
  it("is numbered, once, and tagged with a hash of the ledger", () => {
    const decision = judge(known, github);
    expect(told(decision)).toMatchObject([
      { what: "opened", says: { kind: "release", version: "v1.4.0", number: 12, commit: MERGED } },
      { what: "promoting", says: { does: "tags v1.4.0" } },
    ]);
    expect(made(decision)).toMatchObject([
      {
        slot: "tag:42:12",
        tag: "v1.4.0",
        commit: MERGED,
        message: `v1.4.0\n\nReleased by #12.\nFlowgate-Ledger: ${HASH}\n`,
      },
    ]);
  });

  it("tells in its notes what was overridden, on it and on the way", () => {
    const over = { by: RITA, confirmedBy: OTTO, because: "the runner is down" };
    const pull = (number: number, as: string, gate: string): MergedPull => ({
      ...pullFacts(),
      number,
      mergeCommit: at(as),
      labels: [],
      lane: "promotion",
      overridden: [{ ...over, gate }],
    });
    const finding_ = finding({ gate: "checks", outcome: "overridden", override: over });
    const decision = judge(
      {
        ...known,
        verdict: { ...(known.verdict as Verdict), findings: [finding_] },
        merged: [pull(9, "a", "backup"), pull(8, "a", "window"), pull(7, "long ago", "readiness")],
      },
      github,
    );
    const [{ says } = { says: {} as Entry["says"] }] = told(decision);
    expect(says["notes"]).toContain(
      [
        "### Exceptions\n\n- Overridden: `checks`, by rita, confirmed by otto: the runner is down",
        "- Overridden: `window` on #8, by rita, confirmed by otto: the runner is down",
        "- Overridden: `backup` on #9, by rita, confirmed by otto: the runner is down",
      ].join("\n"),
    );
    expect(says["notes"]).not.toContain("readiness");
  });

  it("by a command has the version that it asked for, unless somebody took that since", () => {
    const asking = { ...known, standing: [{ ...promotion, version: { version: "2.0.0" } }], requests: OPEN };
    expect(made(judge(asking, github))).toMatchObject([{ tag: "v2.0.0" }]);
    expect(made(judge(asking, { ...github, tags: ["v1.3.2", "v2.0.0"] }))).toMatchObject([{ tag: "v2.1.0" }]);
    const major = { ...known, standing: [{ ...promotion, version: { bump: "major" as const } }], requests: OPEN };
    expect(made(judge(major, github))).toMatchObject([{ tag: "v2.0.0" }]);
  });

  it("is drafted once it is tagged, published where nothing is to be tested, and then over", () => {
    const tagged = { ...known, standing: [release()], tag: there(0) };
    expect(made(judge(tagged))).toMatchObject([{ slot: "release:42:12", draft: true, over: null, title: "v1.4.0" }]);
    const drafted = { ...tagged, release: there(900) };
    expect(made(judge(drafted))).toMatchObject([{ draft: false, over: 900 }]);
    const published = judge({ ...tagged, release: there(900, true) });
    expect(told(published)).toMatchObject([
      { what: "closed", says: { key: "release:42:12", because: "v1.4.0 is released" } },
    ]);
    // What is over is not begun again.
    expect(judge({ ...known, tag: there(0) }).effects).toEqual([]);
  });

  it("stays a draft until what its run-book asks after the merge is done", () => {
    const drafted = { ...known, component: WALKED, standing: [release()], tag: there(0), release: there(900) };
    expect(made(judge(drafted))).toMatchObject([{ draft: true }]);
  });

  it("is published when that is done", () => {
    const drafted = {
      ...known,
      component: component({
        config: { ...component().config, policy: { ...FREE, runBook: WITH_RUN_BOOK.config.policy.runBook } },
      }),
      memory: { ...released, body: `Run-book: ${PATH}` },
      standing: [release(), execution(), ...["i3", "i5", "i6"].map((item) => done(RITA, { item }))],
      tag: there(0),
      release: there(900),
    };
    const answers = { ...github, ...FACTS };
    expect(made(judge(drafted, answers))).toMatchObject([{ draft: false }]);
    const silent = judge(drafted, { ...answers, [`entries ${at("login")}`]: unknown("GitHub answered 502.") });
    expect(made(silent)).toMatchObject([{ draft: true }]);
  });

  it.each<[string, Partial<PullKnown>]>([
    ["of what had not passed", { verdict: verdict({ lane: "release", base: branch("master"), outcome: "pending" }) }],
    [
      "of a head that nobody judged",
      { verdict: verdict({ lane: "release", base: branch("master"), head: at("other") }) },
    ],
    ["of what nobody judged", { verdict: null }],
    ["into another stage", { verdict: verdict({ lane: "release", base: branch("staging") }) }],
    ["whose commit is not known", { memory: { ...released, mergeCommit: null } }],
    [
      "where nothing is enforced",
      { component: component({ config: { ...component().config, policy: { ...FREE, enforcement: "observe" } } }) },
    ],
  ])("makes no release %s", (_what, more) => {
    expect(made(judge({ ...known, ...more }, github))).toEqual([]);
  });

  it("waits while GitHub does not say, and makes none where no version is left", () => {
    expect(judge(known, { ...github, tags: unknown("GitHub answered 502.") })).toMatchObject({
      lookAgainAt: LATER,
      effects: [],
    });
    const full = {
      ...github,
      tags: [`v${Number.MAX_SAFE_INTEGER}.${Number.MAX_SAFE_INTEGER}.${Number.MAX_SAFE_INTEGER}`],
    };
    expect(judge(known, full).effects).toEqual([]);
  });

  it("is told of where somebody asked for it", () => {
    const asked = { ...known, standing: [promotion, release()], requests: OPEN };
    const into = `#12 is in master as ${MERGED.slice(0, 7)}.`;
    const tagging = judge(asked);
    expect(says(tagging)).toEqual([]);
    const noTag = judge({ ...asked, tag: refusing(made(tagging), "GitHub answered 422 (Reference already exists).") });
    expect(says(noTag)).toEqual([`${into} It could not be tagged. GitHub answered 422 (Reference already exists).`]);
    const tagged = { ...asked, tag: there(0) };
    const drafting = judge(tagged);
    expect(says(drafting)).toEqual([]);
    expect(says(judge({ ...tagged, release: refusing(made(drafting), "GitHub answered 403.") }))).toEqual([
      `${into} v1.4.0 is tagged, and its release could not be drafted. GitHub answered 403.`,
    ]);
    // Where nothing is to be tested it is published first.
    expect(says(judge({ ...tagged, release: there(900) }))).toEqual([]);
    const untested = { ...tagged, component: WALKED };
    const [draft] = made(judge(untested));
    const drafted = {
      written: { fingerprint: draft?.fingerprint as Hash, id: 900, completed: false, at: NOW },
      refused: null,
    };
    expect(says(judge({ ...untested, release: drafted }))).toEqual([
      `${into} v1.4.0 is tagged, and its release is a draft until it is deployed and tested.`,
    ]);
    expect(says(judge({ ...tagged, release: there(900, true) }))).toEqual([`${into} v1.4.0 is released.`]);
  });
});
