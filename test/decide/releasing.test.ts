import { describe, expect, it } from "@jest/globals";
import type { SlotState } from "../../src/flow/effect.ts";
import { type MergedPull, NO_ROLLBACK, type PullKnown } from "../../src/flow/facts.ts";
import type { Entry } from "../../src/flow/ledger.ts";
import { branch, type Hash } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import { at, component, finding, LATER, NOW, policy, pullFacts, REPOSITORY, unknown, verdict } from "../builders.ts";
import { FACTS, PATH } from "../commands/walking.ts";
import { OTTO, RITA } from "../gates/asking.ts";
import { done } from "../release/walks.ts";
import { execution, WITH_RUN_BOOK } from "./facts.ts";
import { FREE, judge, says } from "./hub.ts";
import {
  attached,
  BEFORE,
  github,
  HASH,
  known,
  made,
  recorded,
  refusing,
  release,
  released,
  there,
  told,
} from "./released.ts";
import { MERGED, OPEN, rollback, underWay, written } from "./under-way.ts";

const promotion = underWay();

const withBook = component({
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
        merged: [
          pull(9, "feat: log in", "backup"),
          pull(8, "feat: log in", "window"),
          pull(7, "long ago", "readiness"),
        ],
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

  it("tells in its notes and to who asked what should be seen of its version", () => {
    const remarks = ["`package.json` says `1.3.2`, and not 1.4.0."];
    const foreseen = (tag: string) => ({ ...promotion, foreseen: { tag, remarks } });
    const notes = (standing: PullKnown["standing"]) =>
      told(judge({ ...known, standing, requests: OPEN }, github))[0]?.says["notes"];
    expect(notes([foreseen("v1.4.0")])).toContain(`### About the version\n\n- ${remarks[0]}`);
    // Somebody took that tag since.
    expect(notes([foreseen("v1.3.9")])).not.toContain("### About the version");
    const tagged = { ...known, tag: there(0), release: there(900, true), requests: OPEN };
    const into = `#12 is in master as ${MERGED.slice(0, 7)}. v1.4.0 is released.`;
    const saidBy = (tag: string) => says(judge({ ...tagged, standing: [foreseen(tag), release()] }));
    expect(saidBy("v1.4.0")).toEqual([`${into} ${remarks[0]}`]);
    expect(saidBy("v1.3.9")).toEqual([into]);
  });

  it("is tagged with what the ledger says then, never with nothing", () => {
    for (const more of [{ ledger: null }, { recorded: null }]) {
      const justRead = judge({ ...known, ...more }, github);
      expect([made(justRead), justRead.lookAgainAt]).toEqual([[], NOW]);
    }
  });

  it("is tagged with the same message however often that is tried", () => {
    const moved = { ...known, standing: [release()], ledger: { sequence: 9, hash: "cd".repeat(32) as Hash } };
    expect(made(judge(moved, github))).toMatchObject([{ message: expect.stringContaining(HASH) }]);
  });

  it("tells in its notes what came past the gates, and how that was cleared", () => {
    const push = { how: "push", before: BEFORE, after: at("feat: log in"), by: null, commits: 1, at: NOW } as const;
    const pushed: StandingOf<"deviation"> = {
      kind: "deviation",
      key: "deviation:42:staging",
      by: null,
      at: NOW,
      because: "somebody pushed to staging",
      repository: REPOSITORY,
      stage: branch("staging"),
      push,
    };
    const deviations = [{ standing: pushed, closed: "rita accepted it: it is ours" }];
    const [{ says } = { says: {} as Entry["says"] }] = told(
      judge({ ...known, recorded: recorded({ deviations }) }, github),
    );
    expect(says["notes"]).toContain("Past the gates: somebody pushed to staging; rita accepted it: it is ours");
  });

  it("that is the first, or a hotfix with a label, is numbered so", () => {
    const [first] = told(judge(known, { ...github, tags: ["latest"] }));
    expect(first).toMatchObject({ says: { version: "v1.0.0", notes: expect.not.stringContaining("compare/") } });
    const hotfix = {
      memory: { ...released, bump: "major" as const },
      verdict: verdict({ lane: "hotfix", base: branch("master") }),
    };
    expect(made(judge({ ...known, ...hotfix }, github))).toMatchObject([{ tag: "v2.0.0" }]);
  });

  it("that is a rollback says first what it takes back", () => {
    const back = rollback({ key: "rollback:42:12", number: 12, commit: MERGED, withdraws: ["v1.3.2", "v1.3.1"] });
    const decision = judge({ ...known, standing: [back] }, github);
    const begun = told(decision).find(({ says }) => says["kind"] === "release");
    expect(begun?.says["notes"]).toMatch(/^Rolls back `v1\.3\.2` and `v1\.3\.1` to `v1\.0\.0`\.\n\nAfter /);
  });

  it("that was withdrawn makes nothing any more, and who asked for it is told", () => {
    const withdrawn = { ...known, rollback: { ...NO_ROLLBACK, withdrawn: true } };
    expect(made(judge(withdrawn, github))).toEqual([]);
    expect(says(judge({ ...withdrawn, standing: [promotion], requests: OPEN }, github))).toEqual([
      `#12 is in master as ${MERGED.slice(0, 7)}. What it released was withdrawn.`,
    ]);
  });

  it("by a command has the version that it asked for, unless somebody took that since", () => {
    const asking = { ...known, standing: [{ ...promotion, version: { version: "2.0.0" } }], requests: OPEN };
    expect(made(judge(asking, github))).toMatchObject([{ tag: "v2.0.0" }]);
    expect(made(judge(asking, { ...github, tags: ["v1.3.2", "v2.0.0"] }))).toMatchObject([{ tag: "v2.1.0" }]);
    const major = { ...known, standing: [{ ...promotion, version: { bump: "major" as const } }], requests: OPEN };
    expect(made(judge(major, github))).toMatchObject([{ tag: "v2.0.0" }]);
  });

  it("is drafted once it is tagged, published with its evidence where nothing is to be tested, and then over", () => {
    const tagged = { ...known, standing: [release()], tag: there(0) };
    expect(made(judge(tagged))).toMatchObject([{ slot: "release:42:12", draft: true, over: null, title: "v1.4.0" }]);
    const drafted = { ...tagged, release: there(900) };
    expect(made(judge(drafted, github))).toMatchObject([{ thing: "assets", release: 900 }]);
    const { standing, slot } = attached("final");
    expect(made(judge({ ...drafted, standing: [standing], assets: slot }))).toMatchObject([
      { draft: false, over: 900, commit: MERGED },
    ]);
    const published = judge({ ...tagged, release: there(900, true) });
    expect(told(published)).toMatchObject([
      { what: "closed", says: { key: "release:42:12", because: "v1.4.0 is released", ended: { as: "released" } } },
    ]);
    // What is over is not begun again.
    expect(judge({ ...known, tag: there(0) }).effects).toEqual([]);
  });

  it("is tagged and drafted anew where somebody deleted that, and not published before it is drafted", () => {
    const gone = (id: number): SlotState => ({
      written: { fingerprint: "" as Hash, id, completed: false, at: NOW },
      refused: null,
    });
    const untagged = { ...known, standing: [release()], tag: gone(0), release: there(900) };
    expect(made(judge(untagged))).toMatchObject([{ thing: "tag", tag: "v1.4.0", commit: MERGED }]);
    const undrafted = { ...untagged, tag: there(0), release: gone(900) };
    expect(made(judge(undrafted))).toMatchObject([{ thing: "release", draft: true, over: 900 }]);
    // What is over stays so.
    expect(judge({ ...known, tag: gone(0), release: gone(900) }).effects).toEqual([]);
  });

  it("is numbered anew where somebody took its tag before it was made", () => {
    const first = judge(known, github);
    const refused = refusing(made(first), "GitHub answered 422 (Reference already exists).");
    const facts = { ...known, standing: [promotion, release()], requests: OPEN, tag: refused };
    const anew = judge(facts, { ...github, tags: ["v1.3.2", "v1.4.0"] });
    expect(told(anew)[0]).toMatchObject({ what: "opened", says: { key: "release:42:12", version: "v1.5.0" } });
    expect(made(anew)).toMatchObject([{ thing: "tag", tag: "v1.5.0" }]);
    expect(says(anew)).toEqual([]);
  });

  it("tells in its notes what was skipped, and waits while that cannot be read", () => {
    const facts = {
      ...known,
      component: withBook,
      memory: { ...released, body: `Run-book: ${PATH}` },
      standing: [execution(), done(RITA, { number: 12, item: "i1", state: "skipped", because: "nobody is there" })],
    };
    const answers = { ...github, ...FACTS };
    const [opened] = judge(facts, answers).entries.filter(({ says }) => says["kind"] === "release");
    expect(opened?.says["notes"]).toContain("nobody is there");
    const silent = judge(facts, { ...answers, [`entries ${at("login")}`]: unknown("GitHub answered 502.") });
    expect([silent.lookAgainAt, made(silent), told(silent)]).toEqual([LATER, [], []]);
  });

  it("stays a draft until what its run-book asks after the merge is done", () => {
    const { standing, slot } = attached("preliminary");
    const drafted = { ...known, component: withBook, standing: [standing], tag: there(0), release: there(900) };
    expect(made(judge({ ...drafted, assets: slot }))).toMatchObject([{ draft: true }]);
  });

  /** A draft with evidence of that state, of which these items were done in production. */
  const walkedOn = (state: "preliminary" | "final", items: readonly string[], more = {}): Partial<PullKnown> => ({
    ...known,
    component: component({
      config: { ...component().config, policy: { ...FREE, runBook: WITH_RUN_BOOK.config.policy.runBook } },
    }),
    memory: { ...released, body: `Run-book: ${PATH}` },
    standing: [attached(state, more).standing, execution(), ...items.map((item) => done(RITA, { item }))],
    tag: there(0),
    release: there(900),
    assets: attached(state).slot,
  });
  const answers = { ...github, ...FACTS };

  it("is in verification from the first item of its deployment on, for good", () => {
    const began = (items: readonly string[], more = {}) =>
      told(judge(walkedOn("preliminary", items, more), answers)).flatMap(({ what, says }) =>
        what === "opened" && says["kind"] === "release" ? [[says["because"], says["verifying"]]] : [],
      );
    expect(began([])).toEqual([]);
    expect(began(["i3"])).toEqual([["its deployment has begun", NOW]]);
    expect(began(["i3"], { verifying: NOW })).toEqual([]);
    expect(began(["i5", "i6"])).toEqual([]);
  });

  it("is published when that is done", () => {
    const drafted = walkedOn("final", ["i3", "i5", "i6"]);
    expect(made(judge(drafted, answers))).toMatchObject([{ draft: false }]);
    const silent = judge(drafted, { ...answers, [`entries ${at("login")}`]: unknown("GitHub answered 502.") });
    expect([made(silent), silent.lookAgainAt]).toEqual([[], LATER]);
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

  it("that had not passed makes a release once it is accepted", () => {
    const accepted = { kind: "accepted", number: 12, commit: MERGED } as PullKnown["standing"][number];
    const failed = verdict({ lane: "release", base: branch("master"), outcome: "failed" });
    const late = { ...known, standing: [accepted] };
    expect(made(judge({ ...late, verdict: failed }, github))).toMatchObject([{ thing: "tag" }]);
    // Merged before anything was judged, or judged that.
    for (const unjudged of [null, { ...failed, head: at("before") }])
      expect(made(judge({ ...late, verdict: unjudged }, github))).toMatchObject([{ thing: "tag" }]);
  });

  it("is waited for by who asked for it, while GitHub does not say", () => {
    const asked = { ...known, standing: [promotion], requests: OPEN };
    const silent = judge(asked, { ...github, tags: unknown("GitHub answered 502.") });
    expect([says(silent), silent.lookAgainAt]).toEqual([[], LATER]);
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
    const { standing, slot } = attached("preliminary");
    const asked = { ...known, component: withBook, standing: [promotion, standing], assets: slot, requests: OPEN };
    const into = `#12 is in master as ${MERGED.slice(0, 7)}.`;
    const tagging = judge(asked);
    expect(says(tagging)).toEqual([]);
    const noTag = judge({ ...asked, tag: refusing(made(tagging), "GitHub answered 403.") }, github);
    expect([says(noTag), made(noTag)]).toEqual([[`${into} It could not be tagged. GitHub answered 403.`], []]);
    const tagged = { ...asked, tag: there(0) };
    const drafting = judge(tagged);
    expect(says(drafting)).toEqual([]);
    expect(says(judge({ ...tagged, release: refusing(made(drafting), "GitHub answered 403.") }))).toEqual([
      `${into} v1.4.0 is tagged, and its release could not be drafted. GitHub answered 403.`,
    ]);
    const drafted = written(900, made(drafting)[0]?.fingerprint as string);
    expect(says(judge({ ...tagged, release: drafted }))).toEqual([
      `${into} v1.4.0 is tagged, and its release is a draft until it is deployed and tested.`,
    ]);
    expect(says(judge({ ...tagged, release: there(900, true) }))).toEqual([`${into} v1.4.0 is released.`]);
    const over = { ...tagged, standing: [promotion], release: there(900, true) };
    expect(says(judge(over))).toEqual([`${into} It is released.`]);
    const kept = { ...drafted, refused: { fingerprint: "x" as Hash, because: "GitHub answered 403.", at: NOW } };
    expect(says(judge({ ...tagged, release: kept }))).toEqual([
      `${into} v1.4.0 is tagged, and its draft could not be published. GitHub answered 403.`,
    ]);
    // Where nothing is to be tested it is published first.
    const open = component({ config: { ...component().config, policy: FREE } });
    expect(says(judge({ ...tagged, component: open, release: drafted }, github))).toEqual([]);
    const assets = { written: null, refused: { fingerprint: "x" as Hash, because: "GitHub answered 403.", at: NOW } };
    const unread = { ...github, "reviews 12": unknown("GitHub answered 502.") };
    const without = { ...tagged, component: open, standing: [promotion, release()], release: drafted };
    expect(says(judge({ ...without, assets }, unread))).toEqual([
      `${into} v1.4.0 is tagged and drafted, and its evidence could not be attached. GitHub answered 403.`,
    ]);
    expect(says(judge({ ...without, assets: null }, unread))).toEqual([]);
  });
});
