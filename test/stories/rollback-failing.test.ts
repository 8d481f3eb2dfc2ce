import { describe, expect } from "@jest/globals";
import type { RequestFault } from "../../sandbox/faults.ts";
import { must } from "../../sandbox/outcome.ts";
import { makeTag, tagNames } from "../../sandbox/tags.ts";
import type { World } from "../world.ts";
import { answers, feature, merged, PROMOTING, releases } from "./promoting.ts";
import { story } from "./telling.ts";

/** What is written on GitHub between a comment on #1 and the pull request that rolls back, #2. */
const OPENS = ["/git/trees", "/git/commits", "/git/refs", "/pulls", "/issues/1/comments"];
/** What its merge writes of its own: the issue, and the commits that keep the earlier stages. */
const MERGES = ["/issues", "/git/commits"];

/** Moves the clock as long as GitHub's failing is waited out. */
async function until(world: World, is: () => boolean): Promise<void> {
  while (!is()) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.clock.skip(5_000);
  }
  await world.skip(120_000);
}
const paths = async (world: World, commit: string): Promise<readonly string[]> => {
  const args = ["ls-tree", "-r", "--name-only", commit];
  const { stdout } = await world.github.git.run(world.repository().id, args);
  return stdout.toString().trim().split("\n");
};

async function rolledBackWhile(world: World, does: RequestFault["does"]): Promise<undefined> {
  const { github } = world;
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  const tags = (name: string) => makeTag(github, rita.actor, world.repository(), { name, at: "master", message: "" });
  must(await tags("v1.0.0"));
  const files = { "src/export.ts": "", ".github/labels.yml": "", "docs/runbooks/a.md": "# A\n" };
  await dora.pushes("master", undefined, { files, message: "feat: export" });
  must(await tags("v1.1.0"));
  await world.start();
  await feature(world);
  const fails = (path: string) =>
    github.faults.add({ on: "request", method: "POST", path: new RegExp(`${path}$`), times: 1, does });
  for (const path of OPENS) fails(path);
  await rita.says(1, "/rollback");
  await until(world, () => answers(world, 1).length > 0);
  expect(answers(world, 1)).toEqual([
    "#2 rolls master back to `v1.0.0` and withdraws `v1.1.0`: it is judged as a hotfix, and `/promote` there merges it.",
  ]);
  expect(github.find.pullsInto(world.repository().id, "master")).toHaveLength(1);
  expect(await paths(world, world.pull(2).head.sha)).toEqual([
    ".github/flowgate.yml",
    ".github/labels.yml",
    "README.md",
    "docs/runbooks/a.md",
  ]);

  for (const path of MERGES) fails(path);
  await rita.says(2, "/promote");
  const issues = () => github.find.issuesOf(world.repository().id);
  const bringsBack = () =>
    ["staging", "development"].flatMap((stage) => github.find.pullsInto(world.repository().id, stage));
  const kept = () =>
    bringsBack().filter(({ mergedAt, head }) => mergedAt !== null && head.ref.startsWith("back-merge/"));
  await until(world, () => answers(world, 2).length > 0 && issues().length > 0 && kept().length === 2);
  expect(answers(world, 2)).toEqual([
    `It carries 1 pull request, this one. #2 is in master as ${merged(world, 2)}. v1.1.1 is released. Flowgate takes it into the history of development and staging by itself, and leaves the files there as they are.`,
  ]);
  expect(issues()).toHaveLength(1);
  expect(kept()).toHaveLength(2);
  expect(tagNames(github, world.repository().id)).toEqual(["v1.1.1", "v1.1.0", "v1.0.0"]);
  expect(releases(world)).toMatchObject([{ tagName: "v1.1.1", draft: false }]);
  expect(github.faults.forRequest("POST", "/git/trees")).toEqual([]);
  return undefined;
}

describe("A rollback", () => {
  const ways: readonly (readonly [string, RequestFault["does"]])[] = [
    ["502 after GitHub did it", { kind: "502", effect: true }],
    ["connection that is cut before", { kind: "reset", effect: false }],
  ];
  for (const [what, does] of ways) {
    story(
      `is one pull request, one release and one issue where each write fails once by a ${what}`,
      (world) => rolledBackWhile(world, does),
      { ...PROMOTING, started: false },
    );
  }
});
