import { describe, expect, it } from "@jest/globals";
import type { MergedPull, PullKnown } from "../../src/flow/facts.ts";
import { type Branch, branch, later } from "../../src/flow/names.ts";
import {
  at,
  component,
  LATER,
  NOW,
  type PullOptions,
  policy,
  pullFacts,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { DORA } from "../gates/asking.ts";
import { brings, FREE, type Hub, hub, judge, says } from "./hub.ts";
import { asks, done, HEAD, MERGED, mergeOf, OPEN, promotions, slot, underWay, written } from "./under-way.ts";

const onto = (stage: string, more: Partial<typeof FREE> = {}) =>
  component({
    stages: { development: at("development"), staging: at("staging"), master: at("master"), [stage]: HEAD },
    config: {
      ...component().config,
      policy: { ...FREE, backup: { ...FREE.backup, when: "data" }, ...more },
    },
  });

/** #12 takes the stage before into that one; there it brings these. */
const into = (base: "staging" | "master", head: string, ...titles: readonly string[]) => {
  const options: PullOptions = { head, base };
  const lane = base === "master" ? ("release" as const) : ("promotion" as const);
  const known: Partial<PullKnown> = {
    component: onto(head),
    memory: pullMemory(options),
    verdict: verdict({ lane, base: branch(base) }),
  };
  const github: Hub = {
    ...hub({}, options),
    [`branch ${head}`]: HEAD,
    [`branch ${base}`]: at(base),
    [`rules ${base}`]: [],
    tags: ["v1.3.2", "latest"],
    [`compare ${HEAD} ${at(base)}`]: brings(),
    [`compare ${at(base)} ${HEAD}`]: brings(...titles),
    [`compare ${base} ${HEAD}`]: brings(...titles),
    [`checks ${HEAD}`]: [],
    [`file .github/flowgate.yml ${HEAD}`]: { found: false },
    [`file .github/flowgate.yml ${at("before")}`]: { found: false },
    [`file .github/flowgate.yml ${at(base)}`]: { found: false },
    "issues severity-1": [],
    [`root-files ${HEAD}`]: [],
  };
  return { known, github };
};
const carries = (decision: ReturnType<typeof judge>) =>
  promotions(decision)
    .map((one) => (one as { carries?: string | null }).carries)
    .at(-1);

/** A feature of Dora's that was merged as the commit of that title. */
const merged = (number: number, title: string, more: Partial<MergedPull> = {}): MergedPull => ({
  ...pullFacts(),
  author: { ...DORA, bot: false },
  number,
  title,
  labels: [],
  lane: "feature",
  mergeCommit: at(title),
  overridden: [],
  ...more,
});

describe("/promote past the first stage", () => {
  it("counts what is carried before it merges, by what the gates compared", () => {
    const { known, github } = into("staging", "development", "feat: a", "fix: b");
    const facts = { ...known, merged: [merged(7, "feat: a"), merged(8, "fix: b"), merged(9, "elsewhere")] };
    const decision = judge({ ...facts, requests: asks("/promote") }, github);
    expect(mergeOf(decision)).toMatchObject({ method: "merge" });
    expect(carries(decision)).toBe("2 pull requests, none of them yours");
    expect(decision.asked).not.toContain("tags");
    expect(decision.asked).not.toContain(`compare staging ${HEAD}`);
  });

  it("remembers what should be seen of the version that it makes, by the files at its head", () => {
    const { known, github } = into("master", "staging", "feat: a");
    const root = [{ path: "package.json", kind: "file", blob: at("package.json"), size: 20 }];
    const answers = { ...github, [`root-files ${HEAD}`]: root, [`blob package.json ${at("package.json")}`]: "{" };
    expect(promotions(judge({ ...known, requests: asks("/promote") }, answers)).at(-1)).toMatchObject({
      kind: "promotion",
      foreseen: { tag: "v1.4.0", remarks: ["`package.json` cannot be read for its version."] },
    });
    const between = into("staging", "development", "feat: a");
    const promoted = judge({ ...between.known, requests: asks("/promote") }, between.github);
    expect(promoted.asked).not.toContain(`root-files ${HEAD}`);
  });

  it("merges into the last stage what can be numbered, and nothing else", () => {
    const { known, github } = into("master", "staging", "feat: a");
    const promoted = judge({ ...known, requests: asks("/promote") }, github);
    expect([done(promoted), carries(promoted)]).toEqual([["merge"], "no pull request"]);
    expect(says(judge({ ...known, requests: asks("/promote v1.3.0") }, github))).toEqual([
      "`v1.3.0` is not above `v1.3.2`, and versions only grow: write `v1.3.3`, `v1.4.0` or `v2.0.0`.",
    ]);
    const taken = judge({ ...known, requests: asks("/promote v1.3.2") }, github);
    expect([says(taken), mergeOf(taken)]).toEqual([
      ["`v1.3.2` is taken: write `v1.3.3`, `v1.4.0` or `v2.0.0`."],
      undefined,
    ]);
    const silent = { ...github, tags: unknown("GitHub answered 502.") };
    const waits = judge({ ...known, requests: asks("/promote") }, silent);
    expect([done(waits), waits.lookAgainAt]).toEqual([[], LATER]);
  });

  it("does not try what changes workflows where the App may not", () => {
    const { known, github } = into("staging", "development", "feat: a");
    const files = [{ path: ".github/workflows/ci.yml", before: null, blob: at("ci") }];
    const answers: Hub = {
      ...github,
      permissions: { contents: "write" },
      [`compare ${at("staging")} ${HEAD}`]: { ...brings("feat: a"), changes: { files, whole: true } },
    };
    const decision = judge({ ...known, requests: asks("/promote") }, answers);
    expect([says(decision), mergeOf(decision)]).toEqual([
      [
        "It changes `.github/workflows/ci.yml`, which GitHub lets an App merge only with the permission Workflows: write. Whoever owns the App asks for it, an owner of acme agrees, and then say it again.",
      ],
      undefined,
    ]);
  });

  it("leaves it to a merge queue", () => {
    const { known, github } = into("master", "staging", "feat: a");
    const queued = { ...github, "rules master": [{ type: "merge_queue", checks: [] }] };
    expect(says(judge({ ...known, requests: asks("/promote") }, queued))).toEqual([
      "master has a merge queue, and the ruleset “flowgate: master merges” keeps that from merging. An admin takes the queue away, or a change of the config sets `merge_by: anyone`.",
    ]);
  });

  it("counts a hotfix as one that carries itself", () => {
    const { known, github } = into("master", "hotfix/x", "fix: b");
    const options = { head: "hotfix/x", base: "master" };
    const facts: Partial<PullKnown> = {
      ...known,
      component: onto("nothing", { approvals: {} }),
      memory: pullMemory(options, { bump: "minor" }),
      verdict: verdict({ lane: "hotfix", base: branch("master") }),
    };
    const answers: Hub = {
      ...github,
      "branch staging": at("staging"),
      [`compare development ${HEAD}`]: brings("fix: b"),
      [`compare staging ${HEAD}`]: brings("fix: b"),
      [`compare master ${HEAD}`]: brings("fix: b"),
    };
    const decision = judge({ ...facts, requests: asks("/promote") }, answers);
    expect([done(decision), carries(decision)]).toEqual([["merge"], "1 pull request, this one"]);
    const unlabelled = { ...facts, memory: pullMemory(options) };
    expect(done(judge({ ...unlabelled, requests: asks("/promote") }, answers))).toEqual(["merge"]);
  });

  it("is not merged where others that share the check do not pass, nor where its stage is gone by then", () => {
    const { known, github } = into("staging", "development", "feat: a");
    const other = verdict({ lane: "promotion", base: branch("staging"), outcome: "pending" });
    const shared = { ...known, siblings: [{ number: 13, verdict: other }] };
    expect(mergeOf(judge({ ...shared, requests: asks("/promote") }, github))).toBeUndefined();
    const gone = judge({ ...known, requests: asks("/promote") }, { ...github, "branch staging": null });
    expect([mergeOf(gone), says(gone)]).toEqual([
      undefined,
      ["It cannot be promoted yet. The repository lacks stage branches."],
    ]);
  });

  it("is looked at once more where its base was found to be another", () => {
    const { known, github } = into("staging", "development", "feat: a");
    const decision = judge({ ...known, memory: pullMemory(), requests: asks("/promote") }, github);
    expect([mergeOf(decision), says(decision)]).toEqual([undefined, []]);
    expect(decision).toMatchObject({ lookAgainAt: NOW, memory: { base: "staging" } });
  });

  it("waits while GitHub does not say whether it is merged", () => {
    const facts = { standing: [underWay()], requests: OPEN, merge: written(12, "any") };
    const decision = judge(facts, { ...hub(), "pull 12": unknown("GitHub answered 502.") });
    expect([done(decision), says(decision), decision.lookAgainAt]).toEqual([[], [], LATER]);
  });
});

describe("The pull request that takes it on to the last stage", () => {
  const staged = {
    component: onto("x"),
    memory: pullMemory(
      { head: "development", base: "staging" },
      { state: "closed", merged: true, mergeCommit: MERGED },
    ),
    verdict: verdict({ lane: "promotion", base: branch("staging") }),
    standing: [underWay()],
    requests: OPEN,
  };
  const github: Hub = { ...hub(), tags: ["v1.3.2"], [`compare ${at("master")} ${MERGED}`]: brings("fix: a", "fix: b") };
  const opened = (facts: Partial<PullKnown> = {}, answers: Hub = github) => {
    const { effects } = judge({ ...staged, ...facts }, answers);
    const effect = effects.find(({ thing }) => thing === "promotion");
    return effect?.thing === "promotion" ? effect : null;
  };

  it("is the release of the next version, from the stage itself", () => {
    expect(opened()).toMatchObject({ branch: "staging", base: "master", pinned: null, title: "Release v1.3.3" });
    const facts = { merged: [merged(7, "fix: a", { labels: ["release:minor"] }), merged(8, "fix: b")] };
    expect(opened(facts)).toMatchObject({
      title: "Release v1.4.0",
      body: expect.stringMatching(/It carries 2 pull requests by one author\.[\s\S]*- #7 fix: a<!---->\n- #8 fix: b/),
    });
    // No version is left: the title says what it is all the same.
    const last = { ...github, tags: [`v${"9007199254740991.".repeat(3).slice(0, -1)}`] };
    expect(opened({}, last)).toMatchObject({ title: "Promote staging to master" });
  });

  it("links the run-book of the promotion before it", () => {
    const named = onto("x", { runBook: { ...policy().runBook, required: true, default: "docs/runbooks/all.md" } });
    expect(opened({ component: named })?.body).toMatch(/^Run-book: docs\/runbooks\/all\.md\n\n/);
    const own = { ...staged.memory, body: "Run-book: docs/runbooks/own.md" };
    expect(opened({ component: named, memory: own })?.body).toMatch(/^Run-book: docs\/runbooks\/own\.md\n\n/);
  });

  it("waits while GitHub does not say what it carries", () => {
    const silent = { ...github, [`compare ${at("master")} ${MERGED}`]: unknown("GitHub answered 502.") };
    expect(judge(staged, silent)).toMatchObject({ lookAgainAt: LATER, answered: [] });
    expect(opened({}, silent)).toBeNull();
  });

  it("is told after what was carried", () => {
    const facts = {
      ...staged,
      standing: [underWay({ carries: "2 pull requests, all yours" })],
      next: written(13, "x"),
    };
    expect(says(judge(facts, github))).toEqual([
      `It carries 2 pull requests, all yours. #12 is in staging as ${MERGED.slice(0, 7)}. #13 takes it on to master.`,
    ]);
  });
});

describe("/promote refresh", () => {
  const pinned = { head: "release/2026-11-24-1234567", base: "staging" };
  const TO = at("development");
  const underRefresh = underWay({ line: "/promote refresh", refreshTo: TO });
  const at12 = (tip = HEAD, more: Parameters<typeof pullMemory>[1] = {}): Partial<PullKnown> => ({
    component: onto("x"),
    memory: pullMemory({ ...pinned, tip }, more),
    verdict: verdict({ head: tip, lane: "promotion", base: branch("staging") }),
    standing: [underRefresh],
    requests: OPEN,
  });
  /** What GitHub says of #12, which is at that commit. */
  const github = (tip = HEAD): Hub => ({
    ...into("staging", "development").github,
    ...hub({}, { ...pinned, tip }),
    [`compare development ${tip}`]: brings(),
    [`compare ${TO} ${tip}`]: brings(),
    [`compare ${tip} ${at("staging")}`]: brings(),
    [`compare ${at("staging")} ${tip}`]: brings(),
    [`compare staging ${tip}`]: brings(),
    [`checks ${tip}`]: [],
    [`file .github/flowgate.yml ${tip}`]: { found: false },
    [`file .github/flowgate.yml ${TO}`]: { found: false },
    [`file .github/flowgate.yml ${at("staging")}`]: { found: false },
    "rules staging": [],
  });
  const moveOf = (decision: ReturnType<typeof judge>) => decision.effects.find(({ thing }) => thing === "branch");
  const move = () => moveOf(judge(at12(), github()));

  it("moves the branch on to where its stage is, and merges nothing", () => {
    const decision = judge({ ...at12(), standing: [], requests: asks("/promote refresh") }, github());
    expect(moveOf(decision)).toMatchObject({
      slot: `branch:${REPOSITORY}:${pinned.head}`,
      branch: pinned.head as Branch,
      to: TO,
    });
    expect(done(decision)).toEqual(["branch"]);
    expect(decision.entries).toContainEqual(
      expect.objectContaining({
        what: "promoting",
        says: expect.objectContaining({ does: `moves on to ${TO.slice(0, 7)}` }),
      }),
    );
  });

  it.each<[string, Partial<PullKnown>, Hub, string | null]>([
    ["is there", at12(TO), github(TO), `#12 is at ${TO.slice(0, 7)} now, and is judged anew.`],
    [
      "is there, and GitHub did not tell",
      { ...at12(), branch: written(0, "moved") },
      github(TO),
      `#12 is at ${TO.slice(0, 7)} now, and is judged anew.`,
    ],
    ["was closed", at12(HEAD, { state: "closed" }), github(), "#12 was closed meanwhile."],
    [
      "was pushed to",
      at12(at("other")),
      github(at("other")),
      `Somebody moved it from ${HEAD.slice(0, 7)} to ${at("other").slice(0, 7)} meanwhile: look at that, and say it again.`,
    ],
    [
      "is refused",
      {
        ...at12(),
        branch: slot({
          refused: {
            fingerprint: move()?.fingerprint as never,
            because: "GitHub answered 422 (Update is not a fast forward).",
            at: LATER,
          },
        }),
      },
      github(),
      `GitHub would not move ${pinned.head}. GitHub answered 422 (Update is not a fast forward).`,
    ],
  ])("says so where it %s", (_what, facts, answers, words) => {
    const decision = judge(facts, answers);
    expect([says(decision), done(decision).includes("branch")]).toEqual([[words], false]);
  });

  it("goes on where its comment is deleted meanwhile, since it merges nothing", () => {
    const gone = asks("/promote refresh", { id: "comment:900:taken-back", how: "taken back" });
    expect(done(judge({ ...at12(), requests: [...OPEN, ...gone] }, github()))).toEqual(["branch"]);
  });

  it("looks again where the branch is moved and the pull request is not yet", () => {
    const decision = judge({ ...at12(), branch: written(0, move()?.fingerprint as string) }, github());
    expect([done(decision), says(decision)]).toEqual([[], []]);
    expect(decision.lookAgainAt).not.toBeNull();
    expect(decision.asked).toContain("pull 12");
    const late = { ...at12(), branch: written(0, move()?.fingerprint as string), now: later(NOW, 600_000) };
    expect(says(judge(late, github()))).toEqual([
      `GitHub said that it moved ${pinned.head}, and does not show it: look at it there.`,
    ]);
  });
});
