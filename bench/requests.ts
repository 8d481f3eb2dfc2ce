import { createComment } from "../sandbox/comments.ts";
import { createApp, install } from "../sandbox/installing.ts";
import { addLabels, createLabel } from "../sandbox/labels.ts";
import { enqueue } from "../sandbox/merge-queue.ts";
import { must } from "../sandbox/outcome.ts";
import { editPull } from "../sandbox/pulls.ts";
import { createRuleset } from "../sandbox/rulesets.ts";
import { OWNER, type Person, startWorld, type World } from "../test/world.ts";

/** What an event may cost: reads and writes on GitHub's REST API, without the hourly installation token. */
export type Cost = { readonly reads: number; readonly writes: number };
export type Row = {
  readonly event: string;
  readonly goal: Cost;
  readonly was: Cost;
  readonly calls: readonly string[];
};

type Scene = { readonly world: World; readonly dora: Person };
type Case = {
  readonly event: string;
  readonly goal: Cost;
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
export const CASES: readonly Case[] = [
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
  { event: "commented", goal: NOTHING, before: opened, act: ({ world, dora }, number) => comment(world, dora, number) },
  {
    event: "another App's check finished",
    goal: NOTHING,
    before: opened,
    act: ({ world }, number) => foreignCheck(world, number),
  },
  { event: "merged", goal: NOTHING, before: opened, act: ({ dora }, number) => dora.merges(number) },
  { event: "pushed to a branch without a pull request", goal: NOTHING, act: (scene) => feature(scene) },
  {
    event: "promotion opened",
    goal: ONE_CHECK,
    before: readyToPromote,
    act: ({ dora }) => dora.opens("development", "staging"),
  },
  {
    event: "merge group",
    goal: ONE_CHECK,
    before: queued,
    act: ({ world, dora }, number) => enqueue(world.github, dora.actor, world.repository(), number),
  },
  { event: "every delivery once more", goal: NOTHING, before: opened, act: ({ world }) => again(world) },
];

/** Runs all cases on one world and counts what Flowgate asked of GitHub. */
export async function measureRequests(): Promise<readonly Row[]> {
  const world = await startWorld();
  try {
    const scene = { world, dora: world.person("dora") };
    const rows: Row[] = [];
    for (const { event, goal, before, act } of CASES) {
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

function counted({ github, registered }: World): Pick<Row, "was" | "calls"> {
  const ours = github.requests
    .all()
    .filter(({ by, route }) => by.startsWith(registered.slug) && !route.endsWith("/access_tokens"));
  const reads = ours.filter(({ method, status }) => method === "GET" && status !== 304).length;
  const writes = ours.filter(({ method }) => method !== "GET").length;
  return { was: { reads, writes }, calls: ours.map(({ method, path }) => `${method} ${path}`) };
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

const edit = async ({ github, repository }: World, { actor }: Person, number: number) =>
  must(await editPull(github, actor, repository(), number, { title: "Another title", body: "Another body" }));

async function label({ world, dora }: Scene, number: number): Promise<void> {
  const admin = world.github.as("ada");
  createLabel(world.github, admin, world.repository(), { name: `size-${number}`, color: "ededed" });
  must(await addLabels(world.github, dora.actor, world.repository(), number, [`size-${number}`]));
}

const comment = async ({ github, repository }: World, { actor }: Person, number: number) =>
  must(await createComment(github, actor, repository(), number, "Looks good to me."));

async function foreignCheck({ github, repository, pull, sandbox }: World, number: number): Promise<void> {
  const builder = createApp(github, {
    owner: OWNER,
    name: `builder-${number}`,
    permissions: { checks: "write", metadata: "read" },
    events: [],
  });
  const { id } = install(github, builder, OWNER, "all");
  const token = `ghs_builder_${number}`;
  github.state.tokens.put({
    id: github.state.nextId(),
    token,
    userId: null,
    installationId: id,
    repositoryIds: null,
    permissions: null,
    expiresAt: null,
  });
  await fetch(`${sandbox.apiUrl}/repos/${github.nameOf(repository())}/check-runs`, {
    method: "POST",
    headers: { authorization: `token ${token}` },
    body: JSON.stringify({ name: "build", head_sha: pull(number).head.sha, conclusion: "success" }),
  });
}

/** Nothing is promoted meanwhile: the merge moves development, which would head that pull request anew. */
async function queued(scene: Scene): Promise<number> {
  const { github, repository } = scene.world;
  for (const { number } of github.find.pullsInto(repository().id, "staging")) await scene.dora.closes(number);
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
