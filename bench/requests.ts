import type { Actor } from "../sandbox/actor.ts";
import { createRun, type RunInput, updateRun } from "../sandbox/check-runs.ts";
import { createComment } from "../sandbox/comments.ts";
import { createApp, install } from "../sandbox/installing.ts";
import { openIssue } from "../sandbox/issues.ts";
import { addLabels, createLabel } from "../sandbox/labels.ts";
import { enqueue } from "../sandbox/merge-queue.ts";
import type { Account, CheckRun, Team } from "../sandbox/model.ts";
import { must } from "../sandbox/outcome.ts";
import { editPull } from "../sandbox/pulls.ts";
import { createRuleset } from "../sandbox/rulesets.ts";
import { addTeamMember } from "../sandbox/teams.ts";
import { LANES_ONLY, OWNER, type Person, RUN_BOOK, RUN_BOOK_PATH, startWorld, type World } from "../test/world.ts";
import { measureLabels } from "./labels.ts";

/**
 * What an event may cost: reads and writes on GitHub's REST API, without the hourly installation token. A read of what
 * has not changed (304) is free, as it is of GitHub's quota.
 */
export type Cost = { readonly reads: number; readonly writes: number };
/** `atMost`: it depends on whether GitHub's news of what we did comes before we go on; else it is exact. */
type Goal = Cost & { readonly atMost?: true };
export type Row = {
  readonly event: string;
  readonly goal: Goal;
  readonly was: Cost;
  readonly calls: readonly string[];
};

type Scene = { readonly world: World; readonly dora: Person };
type Case = {
  readonly event: string;
  readonly goal: Goal;
  /** What must have happened before; its requests are not counted. Its result goes to `act`. */
  readonly before?: (scene: Scene) => Promise<number>;
  readonly act: (scene: Scene, number: number) => Promise<unknown>;
};

const NOTHING: Cost = { reads: 0, writes: 0 };
const ONE_CHECK: Cost = { reads: 0, writes: 1 };

let branches = 0;
async function feature({ dora }: Scene, files?: Readonly<Record<string, string>>): Promise<string> {
  branches += 1;
  const branch = `feature/${branches}`;
  await dora.pushes(branch, "development", files === undefined ? {} : { files });
  return branch;
}
const numberOf = (branch: string) => Number(branch.split("/")[1]);
const open = ({ dora }: Scene, n: number) => dora.opens(`feature/${n}`, "development");
const opened = async (scene: Scene) => scene.dora.opens(await feature(scene), "development");
const manyFiles = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`many/${n}.txt`, `${n}\n`]));

/** Each event by itself on a warm process. The counts are exact, so they are a test as well. */
const CASES: readonly Case[] = [
  { event: "feature opened", goal: ONE_CHECK, before: (scene) => feature(scene).then(numberOf), act: open },
  {
    event: "feature of 400 files opened",
    goal: ONE_CHECK,
    before: (scene) => feature(scene, manyFiles).then(numberOf),
    act: open,
  },
  {
    event: "feature pushed to",
    goal: ONE_CHECK,
    before: opened,
    act: ({ dora, world }, number) => dora.pushes(world.pull(number).head.ref),
  },
  {
    event: "feature reopened",
    goal: ONE_CHECK,
    before: closedAndPushed,
    act: ({ dora }, number) => dora.reopens(number),
  },
  {
    event: "feature into the default branch opened",
    goal: ONE_CHECK,
    before: (scene) => feature(scene).then(numberOf),
    act: ({ dora }, n) => dora.opens(`feature/${n}`, "master"),
  },
  {
    event: "title and body edited",
    goal: NOTHING,
    before: opened,
    act: ({ dora, world }, number) => edit(world, dora, number),
  },
  { event: "labelled", goal: NOTHING, before: opened, act: label },
  {
    event: "held by a command",
    // Who may. Written: the check, the reaction, the answer.
    goal: { reads: 1, writes: 3 },
    before: opened,
    act: async ({ world }, number) => void (await world.person("rita").says(number, "/hold because wait")),
  },
  { event: "commented", goal: NOTHING, before: opened, act: ({ world, dora }, number) => comment(world, dora, number) },
  {
    event: "another App's check finished",
    goal: NOTHING,
    before: opened,
    act: ({ world }, number) => foreignCheck(world, number, { conclusion: "success" }),
  },
  { event: "merged", goal: NOTHING, before: opened, act: ({ dora }, number) => dora.merges(number) },
  { event: "pushed to a branch without a pull request", goal: NOTHING, act: (scene) => feature(scene) },
  {
    event: "promotion opened",
    // What the base has and the head lacks; what it changes, which is no page of files; the head's check runs and
    // statuses: a red one refuses also where none is required. The rules of the base, and the base itself for its
    // classic protection, have not changed. Flowgate's own config on both sides.
    goal: { reads: 6, writes: 1 },
    before: readyToPromote,
    act: ({ dora }) => dora.opens("development", "staging"),
  },
  {
    event: "merge group",
    goal: ONE_CHECK,
    before: queued,
    act: ({ world, dora }, number) => enqueue(world.github, dora.actor, world.repository(), number),
  },
  {
    event: "a change of the config merged while features are open",
    // The file; no verdict changes by it. It is a hotfix, which is released: where the merge begins, what it brings, and the
    // tags: 4. Of its evidence: the name of who approved, and its files as they are read back: 2. It is merged back into two
    // stages: for each what that lacks, and what later ones lack of it, then the stage and the pull request afresh; once more where
    // one is judged again because the other went in: 10.
    // Written: the tag and its name, the draft, four files, its publication; for each stage the branch, the pull request, its
    // check, and the merge, which a queue refuses; and the check of that one, which tells the later stage that has it now.
    goal: { reads: 16, writes: 17, atMost: true },
    before: configChanged,
    act: ({ dora }, number) => dora.merges(number),
  },
  { event: "every delivery once more", goal: NOTHING, before: opened, act: ({ world }) => again(world) },
];

/** A component that asks for approvals by a team and for another App's check. */
const GATES = `enforcement: managed
merge_by: anyone
roles: { operations: ["@${OWNER}/operations"] }
checks: { required: [build] }
runbook: { required: false }
backup: { when: data }
`;

/** The same where a promotion passes gates. */
const GATED: readonly Case[] = [
  {
    event: "promotion opened, all gates",
    // What the base has and the head lacks, and the other way round; the head's check runs and statuses; the reviews;
    // the team. The rules of the base, and the base itself for its classic protection, have not changed.
    // Flowgate's own config on both sides. Written: the check, and one each for flow, window, policy, provenance,
    // back-merge, approvals, checks, data-transition and artifacts.
    goal: { reads: 8, writes: 10 },
    before: promotable,
    act: ({ dora }) => dora.opens("development", "staging"),
  },
  {
    event: "promotion of an image opened, all gates",
    // As above, where the team and the config of the base have not changed. Beside it: the files of the head, the
    // Dockerfile, and the script that builds it.
    goal: { reads: 9, writes: 10 },
    before: imagePromotable,
    act: ({ dora }) => dora.opens("development", "staging"),
  },
  {
    event: "promotion of an image pushed to",
    // As above, but for the reviews, which have not changed, and for what the Dockerfile and its script say: that is
    // kept by its content.
    goal: { reads: 6, writes: 10 },
    before: imagePromoted,
    act: ({ dora }, number) => dora.merges(number),
  },
  {
    event: "a required check of another App ends",
    // The delivery itself says how it ended. Written: the check and that of its gate.
    goal: { reads: 0, writes: 2 },
    before: building,
    act: async ({ world }, number) => buildSucceeds(world, number),
  },
  {
    event: "an approval on a promotion",
    // The reviews. Written: the check and that of its gate.
    goal: { reads: 1, writes: 2 },
    before: building,
    act: ({ world }, number) => world.person("otto").approves(number),
  },
  {
    event: "a label, a plain comment and a foreign check on a feature pull request",
    goal: NOTHING,
    before: onlyFeature,
    async act(scene, number) {
      await label(scene, number);
      await comment(scene.world, scene.dora, number);
      await foreignCheck(scene.world, number, { conclusion: "failure" });
    },
  },
  {
    event: "an issue is labelled while only features are open",
    goal: NOTHING,
    before: reported,
    act: ({ world, dora }, number) => hold(world, dora, number),
  },
  {
    event: "a member joins a team while only features are open",
    goal: NOTHING,
    before: onlyFeature,
    act: async ({ world }) => joinTeam(world, "devin"),
  },
];

/** A component that releases by a run-book, and where nothing else holds a release up. */
const BY_RUN_BOOK = `enforcement: managed
merge_by: anyone
roles: { operations: ["@${OWNER}/operations"] }
approvals: { staging: [], master: [], hotfix: [] }
checks: { allow_none: true }
backup: { when: data }
`;
const LINK = `Run-book: ${RUN_BOOK_PATH}`;

/** A release by its run-book. */
const WALKED: readonly Case[] = [
  {
    event: "a box of a run-book ticked",
    // Who may. Written: the check, that of its gate, and the comment with the run-book.
    goal: { reads: 1, writes: 3 },
    before: released,
    act: ({ dora }, number) => dora.ticks(number, "S1"),
  },
  {
    event: "/done on a run-book",
    // Who may has not changed. Written: the same, the reaction, and the answer.
    goal: { reads: 0, writes: 5 },
    before: released,
    act: ({ dora }, number) => dora.says(number, "/done S3-S5"),
  },
  {
    event: "a box of production ticked by operations",
    // Who is in operations. The rehearsal is still waited for, so that only the comment is written.
    goal: { reads: 1, writes: 1 },
    before: released,
    act: ({ world }, number) => world.person("otto").ticks(number, "P1"),
  },
  {
    event: "a plain comment on a release",
    goal: NOTHING,
    before: released,
    act: ({ world, dora }, number) => comment(world, dora, number),
  },
  {
    event: "a release by its run-book merged, with its tag and its draft",
    // The merge commit with its tree, the reviews, and the files as they are read back: 3. Beside it the page of tags, and what
    // each of the two earlier stages lacks of it: 3. Written: the tag and its name, the draft, three files.
    goal: { reads: 6, writes: 6 },
    before: rehearsed,
    act: ({ dora }, number) => dora.merges(number),
  },
  {
    event: "/done on the last items of a release, with its publication",
    // What the tag's name stands for, and the files as they are read back: 3. Reviews, and the files before that, have not changed.
    // Written: the comment, three files that give way, four that come, its publication, the reaction, the answer.
    goal: { reads: 3, writes: 11 },
    before: deployed,
    act: ({ world }, number) => world.person("otto").says(number, "/done P3-P5"),
  },
];

/** A component where a release manager's word takes on what passed. */
const BY_PROMOTE = `${LANES_ONLY}roles: { release-manager: ["@${OWNER}/release-managers"] }
`;

/** One feature, and what takes it on. What has not changed is free: rules, branches, open pull requests, and who may. */
const PROMOTED: readonly Case[] = [
  {
    event: "/promote on a feature",
    // Who may, the pull request afresh, how the repository merges, and what the next one carries: 4. The judgement of the
    // next one: what it brings, Flowgate's config on both sides, the head's check runs and statuses, and what its base
    // has: 6. The pull request once more where GitHub did not tell of the merge yet. Written: the merge, the branch and
    // the next pull request, the reaction, the answer, and the check of the next.
    goal: { reads: 11, writes: 6, atMost: true },
    before: opened,
    act: promoted,
  },
  {
    event: "a feature merged while a promotion is pinned",
    // Whether it is still of its stage, what came to that since, and the body as it is: 3. Written: the body. It is the one
    // pull request that a merge into the first stage has looked at, and several merges at once are told at once.
    goal: { reads: 3, writes: 1, atMost: true },
    before: opened,
    act: ({ dora }, number) => dora.merges(number),
  },
  {
    event: "/promote on a promotion",
    // The head's check runs, its stage and the pull request afresh, the tags, and what the release carries: 5. The
    // judgement of the release: the config, the head's check runs and statuses, the blockers, and what its base has: 5.
    goal: { reads: 11, writes: 5, atMost: true },
    before: openInto("staging"),
    act: promoted,
  },
  {
    event: "/promote dry run on a release",
    // The head's check runs and statuses afresh; which version files are in its root is known for good once it was read. Written:
    // the reaction, the answer.
    goal: { reads: 3, writes: 2, atMost: true },
    before: openInto("master"),
    act: ({ world }, number) => world.person("rita").says(number, "/promote dry run"),
  },
  {
    event: "/promote on a release",
    // The head's check runs, its stage and the pull request afresh, and where the merge begins: 4. The pull request once more
    // where GitHub did not tell of the merge yet, and which version files are in its root where no dry run looked. Of its
    // evidence the reviews, and its files as they are read back: 2. What two earlier stages lack of it, where that is not known
    // yet. Written: the merge, the tag and its name, the draft, four files, its publication, the reaction, the answer.
    goal: { reads: 10, writes: 11, atMost: true },
    before: openInto("master"),
    act: promoted,
  },
];

/** A release that somebody merges on GitHub. */
const MERGED_BY_HAND: readonly Case[] = [
  {
    event: "a release merged, with its tag, its evidence and its publication",
    // The merge commit with its tree, the reviews, and the files as they are read back: 3. Beside it the page of tags, and what
    // each of the two earlier stages lacks of it: 3. Written: the tag and its name, the draft, four files: 7; and its publication.
    goal: { reads: 6, writes: 8 },
    before: releasable,
    act: ({ dora }, number) => dora.merges(number),
  },
];

/** The same where somebody has to approve: staging asks for quality, which is quinn. */
const BY_REVIEW = BY_PROMOTE.replace("staging: []", "staging: [quality]").replace(
  "roles: { ",
  "roles: { quality: [quinn], ",
);
const REVIEWED: readonly Case[] = [
  {
    event: "/promote on a feature, whose promotion has to be approved",
    // As above. Beside it who the people are, the reviews of the next one, and who pushed to its branch; written is also the
    // request for a review.
    goal: { reads: 14, writes: 7, atMost: true },
    before: opened,
    act: promoted,
  },
];

/** Whether an event cost what it may. */
export const isMet = ({ goal, was }: Row): boolean =>
  goal.atMost
    ? was.reads <= goal.reads && was.writes <= goal.writes
    : was.reads === goal.reads && was.writes === goal.writes;

/** Runs all cases, each list on its own world, and counts what Flowgate asked of GitHub. */
export async function measureRequests(): Promise<readonly Row[]> {
  return [
    ...(await measured(CASES, LANES_ONLY)),
    ...(await measured(GATED, GATES)),
    ...(await measured(WALKED, BY_RUN_BOOK)),
    ...(await measured(PROMOTED, BY_PROMOTE)),
    ...(await measured(MERGED_BY_HAND, LANES_ONLY)),
    ...(await measured(REVIEWED, BY_REVIEW)),
    await thousandLabelled(),
  ];
}

async function thousandLabelled(): Promise<Row> {
  const calls = await measureLabels(1_000);
  const reads = calls.filter((call) => call.startsWith("GET ")).length;
  return {
    event: "1,000 pull requests labelled",
    goal: NOTHING,
    was: { reads, writes: calls.length - reads },
    calls,
  };
}

async function measured(cases: readonly Case[], config: string): Promise<readonly Row[]> {
  const world = await startWorld({ config });
  try {
    const scene = { world, dora: world.person("dora") };
    const rows: Row[] = [];
    for (const { event, goal, before, act } of cases) {
      const number = (await before?.(scene)) ?? 0;
      await world.quiet();
      // GitHub's times have whole seconds, and people take longer than that.
      world.clock.skip(2_000);
      world.github.requests.reset();
      await act(scene, number);
      await world.quiet();
      rows.push({ event, goal, ...counted(world) });
    }
    return rows;
  } finally {
    await world.stop();
  }
}

/** What Flowgate asked of GitHub since the count was set to nothing; an unchanged answer is free. */
export function counted({ github, registered }: World): Pick<Row, "was" | "calls"> {
  const ours = github.requests
    .all()
    .filter(({ by, route }) => by.startsWith(registered.slug) && !route.endsWith("/access_tokens"));
  const reads = ours.filter(({ method, status }) => method === "GET" && status !== 304).length;
  const writes = ours.filter(({ method }) => method !== "GET").length;
  return { was: { reads, writes }, calls: ours.map(({ method, path, status }) => `${status} ${method} ${path}`) };
}

async function closedAndPushed(scene: Scene): Promise<number> {
  const number = await opened(scene);
  await scene.world.quiet();
  await scene.dora.closes(number);
  await scene.dora.pushes(scene.world.pull(number).head.ref);
  return number;
}

async function readyToPromote(scene: Scene): Promise<number> {
  const number = await opened(scene);
  await scene.world.quiet();
  await scene.dora.merges(number);
  return number;
}

/** A feature is open, and a change of the config waits to be merged that has nothing to do with it. */
async function configChanged(scene: Scene): Promise<number> {
  await onlyFeature(scene);
  const { world, dora } = scene;
  const files = { ".github/flowgate.yml": `${LANES_ONLY}change_order: { pattern: 'ECO-\\d{5}' }\n` };
  await dora.pushes("hotfix/config", "master", { files });
  const number = await dora.opens("hotfix/config", "master");
  await world.person("rita").approves(number);
  return number;
}

/** A release by a run-book is open; there is one for all. */
async function released(scene: Scene): Promise<number> {
  const { world, dora } = scene;
  const [open] = world.github.find.pullsInto(world.repository().id, "master");
  if (open !== undefined) return open.number;
  const branch = await feature(scene, { [RUN_BOOK_PATH]: RUN_BOOK });
  for (const [head, base] of [
    [branch, "development"],
    ["development", "staging"],
  ] as const) {
    const number = await dora.opens(head, base, { body: LINK });
    await world.quiet();
    const refused = await dora.merges(number);
    if (refused !== null) throw new Error(`${head} does not go into ${base}: ${refused.message}`);
  }
  await world.quiet();
  return dora.opens("staging", "master", { body: LINK });
}

/** What comes before the merge is done. */
async function rehearsed(scene: Scene): Promise<number> {
  const { world, dora } = scene;
  const number = await released(scene);
  await dora.says(number, '/done S1-S5 note="as expected"');
  await world.person("otto").says(number, '/done P1-P2 note="as expected"');
  return number;
}

/** It was merged a while ago, and the run-book was walked through. */
async function deployed({ world }: Scene): Promise<number> {
  world.clock.skip(120_000);
  return world.github.find.pullsOf(world.repository().id).at(-1)?.number ?? 0;
}

/** What development and staging have is on its way into the last stage. */
async function releasable(scene: Scene): Promise<number> {
  await readyToPromote(scene);
  await scene.world.quiet();
  const promotion = await scene.dora.opens("development", "staging");
  await scene.world.quiet();
  await scene.dora.merges(promotion);
  await scene.world.quiet();
  return scene.dora.opens("staging", "master");
}

/** The pull request into that stage that the case before opened. */
function openInto(base: string): (scene: Scene) => Promise<number> {
  return async ({ world }) => world.github.find.pullsInto(world.repository().id, base)[0]?.number ?? 0;
}
function promoted({ world }: Scene, number: number): Promise<number> {
  return world.person("rita").says(number, "/promote");
}

/** Nothing is promoted, and development has what could be. */
async function promotable(scene: Scene): Promise<number> {
  await nothingPromoted(scene);
  return readyToPromote(scene);
}

/** Development has an image that could be promoted. */
async function imagePromotable(scene: Scene): Promise<number> {
  await nothingPromoted(scene);
  const files = { "web/Dockerfile": "FROM nginx:1\n", "web/build.sh": "docker build web\n" };
  const number = await scene.dora.opens(await feature(scene, files), "development");
  await scene.world.quiet();
  await scene.dora.merges(number);
  return number;
}

/** It is being promoted, and one more feature is about to join it. */
async function imagePromoted(scene: Scene): Promise<number> {
  await nothingPromoted(scene);
  await scene.dora.opens("development", "staging");
  await scene.world.quiet();
  return opened(scene);
}

/** A promotion whose build is under way. */
async function building(scene: Scene): Promise<number> {
  await promotable(scene);
  const number = await scene.dora.opens("development", "staging");
  await foreignCheck(scene.world, number, { status: "in_progress" });
  return number;
}

/** Only features are open, one at least. */
async function onlyFeature(scene: Scene): Promise<number> {
  await nothingPromoted(scene);
  return opened(scene);
}

async function reported(scene: Scene): Promise<number> {
  const { github, repository } = scene.world;
  await onlyFeature(scene);
  createLabel(github, github.as("ada"), repository(), { name: "severity-1", color: "ededed" });
  return must(await openIssue(github, scene.dora.actor, repository(), { title: "It falls over" })).number;
}

const hold = async ({ github, repository }: World, { actor }: Person, number: number) =>
  must(await addLabels(github, actor, repository(), number, ["severity-1"]));

function joinTeam({ github }: World, login: string): void {
  const { id } = github.account(OWNER) as Account;
  const [team] = github.find.teamsOf(id);
  must(addTeamMember(github, github.as("ada"), team as Team, login, "member"));
}

const edit = async ({ github, repository }: World, { actor }: Person, number: number) =>
  must(await editPull(github, actor, repository(), number, { title: "Another title", body: "Another body" }));

async function label({ world, dora }: Scene, number: number): Promise<void> {
  const admin = world.github.as("ada");
  createLabel(world.github, admin, world.repository(), { name: `size-${number}`, color: "ededed" });
  must(await addLabels(world.github, dora.actor, world.repository(), number, [`size-${number}`]));
}

const comment = async ({ github, repository }: World, { actor }: Person, number: number) =>
  must(await createComment(github, actor, repository(), number, "Looks good to me."));

/** An App beside ours that builds what is pushed, as its bot acts on the component. */
function builderOf({ github, repository }: World): Actor {
  const name = "builder";
  const app =
    github.state.apps.all().find(({ slug }) => slug === name) ??
    createApp(github, { owner: OWNER, name, permissions: { checks: "write", metadata: "read" }, events: [] });
  const installation = github.find.installationsOfApp(app.id)[0] ?? install(github, app, OWNER, "all");
  const account = github.state.accounts.all().find(({ appId }) => appId === app.id) as Account;
  return { account, installation, permissions: null, repositoryIds: [repository().id] };
}

const foreignCheck = async (world: World, number: number, said: Pick<RunInput, "status" | "conclusion">) =>
  must(
    await createRun(world.github, builderOf(world), world.repository(), world.pull(number).head.sha, {
      name: "build",
      ...said,
    }),
  );

function buildSucceeds(world: World, number: number): void {
  const { github, repository, pull } = world;
  const [run] = github.find.runsAt(repository().id, pull(number).head.sha).filter(({ name }) => name === "build");
  must(updateRun(github, builderOf(world), repository(), (run as CheckRun).id, { conclusion: "success" }));
}

/** So that only features are open. */
async function nothingPromoted({ world: { github, repository }, dora }: Scene): Promise<void> {
  for (const { number } of github.find.pullsInto(repository().id, "staging")) await dora.closes(number);
}

/** Nothing is promoted meanwhile: the merge moves development, which would head that pull request anew. */
async function queued(scene: Scene): Promise<number> {
  const { github, repository } = scene.world;
  await nothingPromoted(scene);
  const parameters = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 0,
  };
  must(
    createRuleset(github, github.as("ada"), repository(), {
      name: "queue",
      target: "branch",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/heads/development"], exclude: [] } },
      rules: [{ type: "merge_queue", parameters }],
    }),
  );
  return opened(scene);
}

async function again({ github, registered }: World): Promise<void> {
  for (const delivery of github.find.deliveriesOf(registered.id).slice(-40)) github.hooks.redeliver(delivery);
}
