import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import { backMergeFingerprint } from "../../src/flow/effect.ts";
import { type Fact, type KnownBackMerge, type Want, wantKey } from "../../src/flow/facts.ts";
import type { StageMemory } from "../../src/flow/memory.ts";
import { type Branch, branch, later } from "../../src/flow/names.ts";
import type { MergedRollback } from "../../src/flow/standing.ts";
import {
  at,
  component,
  type History,
  history,
  known,
  LATER,
  NOW,
  policy,
  REPOSITORY,
  stageMemory,
  unknown,
} from "../builders.ts";
import { HOUSE, stageKnown } from "./facts.ts";
import { rollback, written } from "./under-way.ts";

const STAGING = branch("staging");
const DEVELOPMENT = branch("development");
const back = (commit: string, target: string): MergedRollback => ({
  ...rollback({ target: at(target) }),
  commit: at(commit),
});
const BACK = back("back", "v1.0.0");

/** Staging is where v1.1.0 was released from; master was rolled back since, as `back`, and has a fix on top, `live`. */
function product(): History {
  const git = history();
  git.commit("v1.0.0", []);
  git.commit("v1.1.0", ["v1.0.0"]);
  git.commit("rolled", ["v1.1.0"]);
  git.commit("back", ["v1.1.0", "rolled"], { tree: "tree of rolled" });
  git.commit("fix", ["back"]);
  git.commit("live", ["back", "fix"], { tree: "tree of fix" });
  git.branch("staging", "v1.1.0");
  return git;
}

/** What is decided of staging, or an earlier stage, which is to have what landed in master as that commit. */
function ask(
  git: History,
  landed: string,
  backMerge: Partial<KnownBackMerge> = {},
  answers: { readonly [want: string]: Fact<unknown> } = {},
  into: Branch = STAGING,
): Decision & { readonly asked: readonly string[] } {
  const read = new Map<string, Fact<unknown>>();
  const facts = stageKnown({
    component: component({ config: { ...component().config, policy: policy({ enforcement: "report" }) } }),
    subject: { kind: "stage", repository: REPOSITORY, branch: into },
    memory: stageMemory({ owes: { from: branch("master"), commit: at(landed) } }),
    backMerge: { slot: null, open: false, later: [], rollbacks: [BACK], ...backMerge },
    read,
  });
  const answer = (want: Want): Fact<unknown> => {
    const given = answers[wantKey(want)];
    if (given !== undefined) return given;
    if (want.want === "rules") return known([]);
    if (want.want === "branch") return known(at(`the head of ${want.branch}`));
    return want.want === "tree" ? known(at(`tree of ${want.commit}`)) : git.answer(want);
  };
  for (let round = 0; round < 6; round++) {
    const came = decide(facts, HOUSE);
    if ("decided" in came) return { ...came.decided, asked: [...read.keys()] };
    for (const want of came.lacks) read.set(wantKey(want), answer(want));
  }
  throw new Error("it asks for ever");
}
const brings = (decision: Decision) =>
  decision.effects.map((effect) => {
    if (effect.thing === "commit") return `keeps ${effect.branch}`;
    return effect.thing === "promotion" ? `merges ${effect.branch}` : effect.thing;
  });
const left = ({ memory }: Decision) =>
  memory === undefined || (memory as StageMemory).owes !== undefined ? "still" : "nothing";
const short = (name: string) => at(name).slice(0, 7);

describe("A stage that lacks a rollback", () => {
  it("has it merged by a commit of ours, and stays as it is", () => {
    const decision = ask(product(), "back");
    const head = at("the head of staging");
    expect(decision.effects).toMatchObject([
      {
        thing: "commit",
        slot: "back-merge:42:staging",
        fingerprint: backMergeFingerprint(at("back")),
        branch: `back-merge/staging-${short("back")}`,
        base: "staging",
        parents: [head, at("back")],
        tree: at(`tree of ${head}`),
        folders: [],
        title: "Merge master back into staging",
        message:
          "Merge master back into staging, which stays as it is\n\nmaster was rolled back to v1.0.0; the next release brings the change again.\n",
        body: expect.stringMatching(
          /^#20 took `master` back to `v1\.0\.0`\. .*`staging`, whose files stay as they are, .* what `v1\.1\.0` brought again\.\n\nFlowgate merges this by itself/,
        ),
      },
    ]);
    expect(left(decision)).toBe("still");
    expect(left(ask(product(), "back", { slot: written(20, backMergeFingerprint(at("back"))), open: true }))).toBe(
      "nothing",
    );
  });

  it("has what came after it merged after it", () => {
    const git = product();
    expect(brings(ask(git, "live"))).toEqual([`keeps back-merge/staging-${short("back")}`]);
    git.commit("kept", ["v1.1.0", "back"], { tree: "tree of v1.1.0" });
    git.branch("staging", "kept");
    const there = { slot: written(20, backMergeFingerprint(at("back"))) };
    expect(brings(ask(git, "live", there))).toEqual([`merges back-merge/staging-${short("live")}`]);
    // Somebody closed it: it is not opened again.
    const closed = ask(product(), "live", there);
    expect([brings(closed), left(closed)]).toEqual([[], "nothing"]);
  });

  it("has what was there before it merged before it", () => {
    const git = product();
    git.commit("good", ["v1.1.0"]);
    git.commit("v1.1.1", ["v1.1.0", "good"], { tree: "tree of good" });
    git.commit("bad", ["v1.1.1"]);
    git.commit("undone", ["bad"]);
    git.commit("undoing", ["bad", "undone"], { tree: "tree of undone" });
    const rollbacks = [back("undoing", "v1.1.1")];
    expect(brings(ask(git, "undoing", { rollbacks }))).toEqual([`merges back-merge/staging-${short("v1.1.1")}`]);
    git.branch("staging", "good");
    // Of that nothing is left but its merge.
    expect(brings(ask(git, "undoing", { rollbacks, later: [at("v1.1.1")] }))).toEqual([
      `keeps back-merge/staging-${short("undoing")}`,
    ]);
  });

  it("has the older of two first", () => {
    const git = product();
    git.commit("again", ["back"]);
    git.commit("back again", ["back", "again"], { tree: "tree of again" });
    const rollbacks = [back("back again", "v1.0.0"), BACK, back("elsewhere", "v1.0.0")];
    expect(brings(ask(git, "back again", { rollbacks }))).toEqual([`keeps back-merge/staging-${short("back")}`]);
  });

  it.each<[string, { readonly [want: string]: Fact<unknown> }]>([
    ["where it is", { "branch staging": unknown("GitHub answered 502.") }],
    ["its tree", { [`tree ${at("the head of staging")}`]: unknown("GitHub answered 502.") }],
  ])("waits while GitHub does not say %s", (_what, answers) => {
    const decision = ask(product(), "back", {}, answers);
    expect([brings(decision), left(decision), decision.lookAgainAt]).toEqual([[], "still", LATER]);
  });

  it("waits while GitHub does not say what was there before", () => {
    const git = product();
    git.branch("staging", "v1.1.0");
    git.commit("good", ["v1.1.0"]);
    git.commit("bad", ["good"]);
    git.commit("undoing", ["good", "bad"]);
    const rollbacks = [back("undoing", "good")];
    const decision = ask(git, "undoing", { rollbacks }, { [`compare staging ${at("good")}`]: unknown("No.") });
    expect([brings(decision), left(decision), decision.lookAgainAt]).toEqual([[], "still", LATER]);
  });

  it("is none where the stage is gone", () => {
    const decision = ask(product(), "back", {}, { "branch staging": known(null) });
    expect([brings(decision), left(decision)]).toEqual([[], "nothing"]);
  });
});

describe("A stage before the one that keeps its files", () => {
  /** Staging has the rollback by a merge of ours, `kept`. */
  function kept(): History {
    const git = product();
    git.branch("development", "v1.1.0");
    git.commit("kept", ["v1.1.0", "back"], { tree: "tree of v1.1.0" });
    git.branch("staging", "kept");
    return git;
  }
  const asked = (git: History, answers: { readonly [want: string]: Fact<unknown> } = {}, landed = "back") =>
    ask(git, landed, {}, answers, DEVELOPMENT);

  it("has the rollback by that one's merge, so that its own files are what they have in common", () => {
    const head = at("the head of staging");
    expect(asked(kept()).effects).toMatchObject([
      {
        thing: "promotion",
        slot: "back-merge:42:development",
        fingerprint: backMergeFingerprint(head),
        branch: `back-merge/development-${short("the head of staging")}`,
        base: "development",
        pinned: head,
        title: "Merge staging back into development",
        body: expect.stringMatching(
          /^#20 went back to `v1\.0\.0`\. `staging` has that in its history, .* into the history of `development` as well, .* what `v1\.1\.0` brought again\.\n\nFlowgate merges this by itself/,
        ),
      },
    ]);
    expect(asked(kept()).entries).toMatchObject([
      {
        says: {
          does: `opens the pull request that merges ${short("the head of staging")} of staging back into development`,
        },
      },
    ]);
  });

  it("has what came after it merged after it, from where that landed", () => {
    const git = kept();
    expect(brings(asked(git, {}, "live"))).toEqual([`merges back-merge/development-${short("the head of staging")}`]);
    git.branch("development", "kept");
    const then = asked(git, {}, "live");
    expect(brings(then)).toEqual([`merges back-merge/development-${short("live")}`]);
    expect(then.effects).toMatchObject([{ title: "Merge master back into development" }]);
  });

  it("waits until that one has it", () => {
    const git = product();
    git.branch("development", "v1.1.0");
    const decision = asked(git);
    expect([brings(decision), left(decision), decision.lookAgainAt]).toEqual([[], "still", later(NOW, 3_600_000)]);
  });

  it.each([`compare staging ${at("back")}`, "branch staging"])("waits while GitHub does not answer %s", (want) => {
    const decision = asked(kept(), { [want]: unknown("GitHub answered 502.") });
    expect([brings(decision), left(decision), decision.lookAgainAt]).toEqual([[], "still", LATER]);
  });

  it("is brought nothing where that one is gone", () => {
    const decision = asked(kept(), { "branch staging": known(null) });
    expect([brings(decision), left(decision)]).toEqual([[], "nothing"]);
  });
});
