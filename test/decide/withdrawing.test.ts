import { describe, expect, it } from "@jest/globals";
import type { Decision } from "../../src/flow/decision.ts";
import { type KnownRelease, NO_ROLLBACK, type PullKnown } from "../../src/flow/facts.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { NOW, type PullOptions, pullMemory, REPOSITORY, verdict } from "../builders.ts";
import { type Hub, hub, judge } from "./hub.ts";
import { PLACE } from "./released.ts";
import { MERGED, promotions, rollback, slot, written } from "./under-way.ts";

/** #12 is a hotfix that is merged; what its merge releases is settled elsewhere. */
const options: PullOptions = { head: "hotfix/rollback-to-v1.0.0-1234567", base: "master" };
const merged = pullMemory(options, { state: "closed", merged: true, mergeCommit: MERGED });
const back = rollback({ key: "rollback:42:12", number: 12 });
const release = (version: string, number: number): StandingOf<"release"> => ({
  kind: "release",
  key: `release:42:${number}`,
  by: null,
  at: NOW,
  because: "minor",
  repository: REPOSITORY,
  number,
  version,
  commit: MERGED,
  notes: "Notes",
  previous: null,
  ledger: PLACE,
});
const draft = release("v1.1.0", 9);
const BY_12 = { as: "withdrawn", by: 12 } as const;
const there = (
  standing: StandingOf<"release">,
  ended: KnownRelease["ended"],
  more: Partial<KnownRelease> = {},
): KnownRelease => ({
  standing,
  ended,
  slot: written(70 + standing.number, "its draft"),
  ...more,
});
const known: Partial<PullKnown> = {
  memory: merged,
  verdict: verdict({ lane: "hotfix", base: branch("master") }),
  standing: [back, draft],
  tag: written(0, "its own"),
  rollback: { ...NO_ROLLBACK, releases: [there(draft, null), there(release("v1.0.0", 5), { as: "released" })] },
};
const INTO_MASTER = { repository: REPOSITORY, base: branch("master") };
const github: Hub = { ...hub({}, options) };
const withdraws = (more: Partial<PullKnown> = {}) => judge({ ...known, ...more }, github);
const told = ({ effects }: Decision) => effects.filter(({ thing }) => thing === "issue" || thing === "release");
const stands = (decision: Decision) =>
  promotions(decision).filter((one) => (one as { kind?: string }).kind !== "landed");

describe("A rollback that is merged", () => {
  it("withdraws what is in verification, and holds the next release by an issue", () => {
    const decision = withdraws();
    expect(stands(decision)).toMatchObject([
      { what: "opened", ...back, commit: MERGED },
      { what: "closed", key: "release:42:9", because: "withdrawn by #12", ended: BY_12 },
    ]);
    expect(told(decision)).toMatchObject([
      {
        thing: "issue",
        slot: "issue:42:rollback:42:12",
        title: "Fix before the next release",
        state: "open",
        body: expect.stringMatching(/^#12 took `master` back to `v1\.0\.0`: exports are empty\.\n\n.*`v1\.1\.0`/),
      },
      {
        thing: "release",
        slot: "release:42:9",
        tag: "v1.1.0",
        title: "v1.1.0 (withdrawn)",
        draft: true,
        over: 79,
        body: "> **Withdrawn** by #12, which went back to `v1.0.0`.\n\nNotes\n\n<!-- flowgate:release 9 -->",
      },
    ]);
    expect(decision.news.nudges).toContainEqual({
      priority: "bulk",
      openPulls: INTO_MASTER,
    });
  });

  it("tells of what is published as of what is published, and not of what is not there", () => {
    const published = written(79, "published");
    const releases = [
      there(
        draft,
        { as: "released" },
        {
          slot: slot({ written: { ...(published.written as NonNullable<typeof published.written>), completed: true } }),
        },
      ),
      there(release("v1.1.0", 8), null, { slot: slot() }),
      there(release("v1.1.0", 7), null, { slot: null }),
    ];
    const decision = withdraws({ standing: [back], rollback: { ...NO_ROLLBACK, releases } });
    expect(told(decision)).toMatchObject([{ thing: "issue" }, { thing: "release", draft: false, over: 79 }]);
    expect(stands(decision)).toMatchObject([{ what: "opened", commit: MERGED }]);
  });

  it("does it once, and keeps the number of the issue", () => {
    const [issue, title] = told(withdraws());
    const on = {
      standing: [{ ...back, commit: MERGED }],
      rollback: {
        ...NO_ROLLBACK,
        issue: written(21, issue?.fingerprint ?? ""),
        releases: [there(draft, BY_12, { slot: written(79, title?.fingerprint ?? "") })],
      },
    };
    const numbered = withdraws(on);
    expect(told(numbered)).toEqual([]);
    expect(stands(numbered)).toMatchObject([{ what: "opened", commit: MERGED, issue: 21 }]);
    const after = withdraws({ ...on, standing: [{ ...back, commit: MERGED, issue: 21 }] });
    expect([told(after), stands(after)]).toEqual([[], []]);
    expect(after.news.nudges).not.toContainEqual(expect.objectContaining({ openPulls: INTO_MASTER }));
  });

  it("tries again later what GitHub refused", () => {
    const [issue] = told(withdraws());
    const refused = { fingerprint: issue?.fingerprint as never, because: "Issues are disabled.", at: NOW };
    const decision = withdraws({ rollback: { ...NO_ROLLBACK, issue: slot({ refused }) } });
    expect(told(decision)).toEqual([]);
    expect(decision.lookAgainAt).toBe(later(NOW, 3_600_000));
  });

  it("withdraws nothing before that", () => {
    const open = withdraws({ memory: pullMemory(options, { state: "closed" }) });
    expect([told(open), stands(open)]).toEqual([[], []]);
    expect(told(withdraws({ rollback: null }))).toMatchObject([{ thing: "issue" }]);
    const unsaid = withdraws({ memory: { ...merged, mergeCommit: null } });
    expect([told(unsaid), stands(unsaid)]).toEqual([[], []]);
  });
});

describe("A hotfix that names a release", () => {
  const names = (body: string, more: Partial<PullKnown> = {}) =>
    withdraws({ memory: { ...merged, body }, standing: [draft], ...more });

  it("withdraws it while it is in verification", () => {
    const decision = names("Withdraws: v1.1.0, v1.0.0");
    expect(stands(decision)).toMatchObject([
      { what: "closed", key: "release:42:9", because: "withdrawn by #12", ended: BY_12 },
    ]);
    expect(told(decision)).toMatchObject([
      {
        thing: "release",
        title: "v1.1.0 (withdrawn)",
        body: expect.stringMatching(/^> \*\*Withdrawn\*\* by #12\.\n\nNotes/),
      },
    ]);
    const releases = [there(draft, BY_12), there(release("v1.0.0", 5), { as: "released" })];
    const later = names("Withdraws: v1.1.0, v1.0.0", { standing: [], rollback: { ...NO_ROLLBACK, releases } });
    expect(told(later)).toMatchObject([{ title: "v1.1.0 (withdrawn)" }]);
    expect(stands(later)).toEqual([]);
  });

  it.each<[string, string, Partial<PullKnown>]>([
    ["none", "It mends the export.", {}],
    ["another", "Withdraws: v1.2.0", {}],
    ["one, where there are none", "Withdraws: v1.1.0", { rollback: null }],
    [
      "one, and had not passed",
      "Withdraws: v1.1.0",
      { verdict: verdict({ lane: "hotfix", base: branch("master"), outcome: "failed" }) },
    ],
    ["one, and is none", "Withdraws: v1.1.0", { verdict: verdict({ lane: "release", base: branch("master") }) }],
    [
      "one, and went elsewhere",
      "Withdraws: v1.1.0",
      { memory: { ...merged, base: branch("staging"), body: "Withdraws: v1.1.0" } },
    ],
  ])("withdraws nothing where it names %s", (_what, body, more) => {
    const decision = names(body, more);
    expect([told(decision), stands(decision)]).toEqual([[], []]);
  });
});
