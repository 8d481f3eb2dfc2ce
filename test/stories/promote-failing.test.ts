import { describe, expect } from "@jest/globals";
import type { RequestFault } from "../../sandbox/faults.ts";
import { tagNames } from "../../sandbox/tags.ts";
import type { World } from "../world.ts";
import { answers, feature, merged, PROMOTING, releases } from "./promoting.ts";
import { story } from "./telling.ts";

/** What GitHub is asked: how the path ends, with N for a number. */
type Call = readonly [method: string, path: string];
const patternOf = (path: string) => new RegExp(`${path.replace(/[.?]/g, "\\$&").replace(/N(?=$|\/)/, "\\d+")}$`);

/** The evidence of a release. */
const FILES = ["evidence.json", "evidence.md", "svr.json", "manifest.sha256"];

/** What is written on GitHub between a comment and a published release; a feature is #1, and #2 and #3 take it on. */
const WRITES: readonly Call[] = [
  ["PUT", "/pulls/1/merge"],
  ["PUT", "/pulls/2/merge"],
  ["PUT", "/pulls/3/merge"],
  ["POST", "/pulls"],
  ["POST", "/check-runs"],
  ["POST", "/git/tags"],
  ["POST", "/releases"],
  ...FILES.map((name): Call => ["POST", `/releases/N/assets?name=${name}`]),
  ["PATCH", "/releases/N"],
  ["POST", "/issues/1/comments"],
  ["POST", "/issues/2/comments"],
  ["POST", "/issues/3/comments"],
  ["POST", "/reactions"],
];
/** The branch of the promotion, and later the tag. */
const REFS: Call = ["POST", "/git/refs"];

/** What is read for it. */
const READS: readonly Call[] = [
  ["GET", "/pulls/1"],
  ["GET", "/pulls/2"],
  ["GET", "/pulls/3"],
  ["GET", "/pulls?state=open&per_page=100&page=1"],
  ["GET", "/repos/acme/api"],
  ["GET", "/branches/development"],
  ["GET", "/branches/staging"],
  ["GET", "/branches/master"],
  ["GET", "/rules/branches/development?per_page=100&page=1"],
  ["GET", "/rules/branches/staging?per_page=100&page=1"],
  ["GET", "/rules/branches/master?per_page=100&page=1"],
  ["GET", "/tags?per_page=100&page=1"],
  ["GET", "/git/ref/tags/v1.0.0"],
  ["GET", "/releases/N"],
];

/** Moves the clock as long as GitHub's failing is waited out, until what was asked there is answered. */
async function answered(world: World, number: number): Promise<void> {
  while (answers(world, number).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.clock.skip(5_000);
  }
  await world.skip(120_000);
}

/** A release by `/promote` alone, while each of these calls fails once; it ends as if none had. */
async function releasedWhile(world: World, calls: readonly Call[], does: RequestFault["does"]): Promise<undefined> {
  const { github } = world;
  const rita = world.person("rita");
  await feature(world);
  const fails = ([method, path]: Call) =>
    github.faults.add({ on: "request", method, path: patternOf(path), times: 1, does });
  for (const call of calls) fails(call);
  for (const number of [1, 2, 3]) {
    if (number === 3) fails(REFS);
    await rita.says(number, "/promote");
    await answered(world, number);
  }
  const carries = "It carries 1 pull request, not yours. ";
  expect([1, 2, 3].map((number) => answers(world, number))).toEqual([
    [`#1 is in development as ${merged(world, 1)}. #2 takes it on to staging.`],
    [`${carries}#2 is in staging as ${merged(world, 2)}. #3 takes it on to master.`],
    [`${carries}#3 is in master as ${merged(world, 3)}. v1.0.0 is released.`],
  ]);
  expect(github.find.pullsOf(world.repository().id)).toHaveLength(3);
  expect(tagNames(github, world.repository().id)).toEqual(["v1.0.0"]);
  expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
  const [release] = releases(world);
  expect(
    github.find
      .assetsOf(release?.id ?? 0)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(FILES.toSorted());
  // None of them was left out.
  expect(
    calls.filter(([method, path]) => github.faults.forRequest(method, path.replace(/N(?=$|\/)/, "1")).length > 0),
  ).toEqual([]);
  return undefined;
}
describe("A release by /promote alone", () => {
  const ways: readonly (readonly [string, RequestFault["does"]])[] = [
    ["502 before GitHub did it", { kind: "502", effect: false }],
    ["502 after GitHub did it", { kind: "502", effect: true }],
    ["connection that is cut before", { kind: "reset", effect: false }],
    ["connection that is cut after", { kind: "reset", effect: true }],
    ["time-out before", { kind: "timeout", effect: false }],
    ["time-out after", { kind: "timeout", effect: true }],
    ["secondary limit", { kind: "secondary", retryAfter: 1 }],
  ];
  for (const [what, does] of ways) {
    story(
      `merges, tags, releases and answers once where each write fails once by a ${what}`,
      (world) => releasedWhile(world, [...WRITES, REFS], does),
      { ...PROMOTING, settings: { ...PROMOTING.settings, callTimeoutMs: 500 } },
      // Each time-out is sat through.
      90_000,
    );
  }
  story(
    "does the same where each read fails once",
    (world) => releasedWhile(world, READS, { kind: "502", effect: false }),
    PROMOTING,
  );
});

describe("A merge that GitHub refuses", () => {
  const refuses = (world: World, message: string) =>
    world.github.faults.add({
      on: "request",
      method: "PUT",
      path: /\/merge$/,
      times: 1,
      does: { kind: "refusal", status: 405, message },
    });

  story(
    "is told in GitHub's words, and asked for anew by whoever wants it",
    async (world) => {
      const number = await feature(world);
      refuses(world, "At least 1 approving review is required by reviewers with write access.");
      await world.person("rita").says(number, "/promote");
      await world.quiet();
      expect(answers(world, number)).toEqual([
        "GitHub would not merge it. GitHub answered 405 (At least 1 approving review is required by reviewers with write access.) when asked to merge #1 in acme/api. That is asked for by a rule beside Flowgate's: meet it, and say it again.",
      ]);
      await world.person("rita").says(number, "/promote");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(
        `#1 is in development as ${merged(world, number)}. #2 takes it on to staging.`,
      );
      return undefined;
    },
    PROMOTING,
  );

  story(
    "since somebody else's came in between is tried again by itself",
    async (world) => {
      const number = await feature(world);
      refuses(world, "Base branch was modified. Review and try the merge again.");
      await world.person("rita").says(number, "/promote");
      await answered(world, number);
      expect(answers(world, number)).toEqual([
        `#1 is in development as ${merged(world, number)}. #2 takes it on to staging.`,
      ]);
      return undefined;
    },
    PROMOTING,
  );
});
