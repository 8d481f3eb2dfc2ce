import { describe, expect } from "@jest/globals";
import { addLabels, createLabel } from "../../sandbox/labels.ts";
import type { Team } from "../../sandbox/model.ts";
import { must } from "../../sandbox/outcome.ts";
import { setTeamRole } from "../../sandbox/teams.ts";
import { LANES_ONLY, manifest, OWNER, type World, type WorldOptions } from "../world.ts";
import { answers, feature, head, inTheWay, merged, PROMOTING, promoted } from "./promoting.ts";
import { asRead, short, story } from "./telling.ts";

/** The body of a pull request as it is read: without what only tells the lines of the list from others. */
const body = (world: World, number: number): readonly string[] =>
  asRead((world.pull(number).body ?? "").replaceAll("<!---->", ""))
    .split("\n")
    .filter((line) => line !== "");
const KEPT = "Flowgate keeps this list; what you write above or below it stays.";
/** What Flowgate writes of a pull request, in order. */
const edits = (world: World, number: number): number =>
  world.github.requests
    .all()
    .filter(({ method, path }) => method === "PATCH" && path === `/repos/${OWNER}/api/pulls/${number}`).length;

describe("The body of a promotion", () => {
  story(
    "tells what came since it was pinned, and moves on with it",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const first = await feature(world);
      const promotion = await promoted(world, first);
      const opened = ["It carries 1 pull request by one author.", "**dora**", `- #${first} feat: login`, KEPT];
      expect(body(world, promotion)).toEqual(opened);
      expect(edits(world, promotion)).toBe(0);

      await dora.rewrites(promotion, `Mind the hospitals.\n\n${world.pull(promotion).body}\n\nAfter lunch.`);
      const units = await feature(world, "units");
      await promoted(world, units);
      const graph = await feature(world, "graph");
      await promoted(world, graph);
      expect(body(world, promotion)).toEqual([
        "Mind the hospitals.",
        "It carries 1 pull request by one author.",
        `Since then 2 pull requests came to \`development\`: #${units} and #${graph}. \`/promote refresh\` takes them along.`,
        ...opened.slice(1),
        "After lunch.",
      ]);
      expect(edits(world, promotion)).toBe(2);

      await rita.says(promotion, "/promote refresh");
      await world.quiet();
      expect(head(world, promotion)).toBe(merged(world, graph));
      const all = [
        "Mind the hospitals.",
        "It carries 3 pull requests by one author.",
        "**dora**",
        `- #${first} feat: login`,
        `- #${units} feat: units`,
        `- #${graph} feat: graph`,
        KEPT,
        "After lunch.",
      ];
      expect(body(world, promotion)).toEqual(all);
      await dora.retitles(units, "feat: SI units");
      await world.quiet();
      expect(body(world, promotion)).toEqual(all.map((line) => line.replace("feat: units", "feat: SI units")));
      expect(world.pull(promotion).title).toBe("Promote development to staging");
      return undefined;
    },
    PROMOTING,
  );

  story(
    "is people's where they take the list away",
    async (world) => {
      const promotion = await promoted(world, await feature(world));
      await world.person("dora").rewrites(promotion, "Mine.");
      await promoted(world, await feature(world, "units"));
      expect(world.pull(promotion).body).toBe("Mine.");
      return undefined;
    },
    PROMOTING,
  );

  story(
    "that somebody opened lists what it carries once it is taken on",
    async (world) => {
      const dora = world.person("dora");
      const first = await feature(world);
      await dora.merges(first);
      await world.quiet();
      const promotion = await dora.opens("development", "staging", { title: "Ship it", body: "Hello." });
      await world.quiet();
      expect(world.pull(promotion).body).toBe("Hello.");
      const second = await feature(world, "units");
      await promoted(world, second);
      expect(answers(world, second)).toEqual([
        `#${second} is in development as ${merged(world, second)}. #${promotion} takes it on to staging.`,
      ]);
      const carries = (...pulls: readonly string[]) => [
        "Hello.",
        `It carries ${pulls.length} pull requests by one author.`,
        "**dora**",
        ...pulls,
        KEPT,
      ];
      expect(body(world, promotion)).toEqual(carries(`- #${first} feat: login`, `- #${second} feat: units`));
      const third = await feature(world, "graph");
      await dora.merges(third);
      await world.quiet();
      expect(body(world, promotion)).toEqual(
        carries(`- #${first} feat: login`, `- #${second} feat: units`, `- #${third} feat: graph`),
      );
      expect(world.pull(promotion).title).toBe("Ship it");
      return undefined;
    },
    PROMOTING,
  );
});

describe("The title of a release", () => {
  story(
    "follows a label that is put on something it carries, unless people call it otherwise",
    async (world) => {
      const { github } = world;
      const dora = world.person("dora");
      createLabel(github, github.as("ada"), world.repository(), { name: "release:major", color: "ededed" });
      const first = await feature(world);
      await promoted(world, await promoted(world, await promoted(world, first)));
      const second = await feature(world, "units");
      const release = await promoted(world, await promoted(world, second));
      expect(world.pull(release).title).toBe("Release v1.1.0");
      must(await addLabels(github, dora.actor, world.repository(), second, ["release:major"]));
      await world.quiet();
      expect(world.pull(release).title).toBe("Release v2.0.0");
      await dora.retitles(release, "The big one");
      await world.quiet();
      await promoted(world, await promoted(world, await feature(world, "graph")));
      expect(world.pull(release).title).toBe("The big one");
      expect(body(world, release)).toContain("It carries 2 pull requests by one author.");
      return undefined;
    },
    PROMOTING,
  );
});

/** operations approve what goes to staging; for master somebody must who may maintain. */
const REVIEWED: WorldOptions = {
  ...PROMOTING,
  config: `${LANES_ONLY.replace("approvals: { staging: [], master: [], hotfix: [] }", "approvals: { staging: [operations, quality], master: [], hotfix: [] }")}roles: { release-manager: ["@acme/release-managers"], operations: ["@acme/operations"], quality: [quinn, rita] }\n`,
};

/** A team of the organisation may read the component. */
function lets(world: World, name: string): void {
  const { github, repository } = world;
  const team = github.find.teamsOf(repository().ownerId).find(({ slug }) => slug === name) as Team;
  must(setTeamRole(github, github.as("ada"), team, repository(), "read"));
}
/** It is closed, so that the next one is opened anew. */
async function promotesAgain(world: World, number: number): Promise<void> {
  await world.person("dora").closes(number);
  await world.quiet();
}
const asked = (world: World, number: number) => {
  const { requestedReviewerIds, requestedTeamIds } = world.pull(number);
  const people = requestedReviewerIds.map((id) => world.github.state.accounts.get(id)?.login);
  const teams = world.github.find.teamsOf(world.repository().ownerId);
  return [...people, ...teams.filter(({ id }) => requestedTeamIds?.includes(id)).map(({ slug }) => `@acme/${slug}`)];
};

describe("Reviewers", () => {
  story(
    "are asked for by the roles that approve, without who gave the command",
    async (world) => {
      lets(world, "operations");
      const number = await feature(world);
      const promotion = await promoted(world, number);
      expect(asked(world, promotion)).toEqual(["quinn", "@acme/operations"]);
      expect(answers(world, number)).toEqual([
        `#${number} is in development as ${merged(world, number)}. #${promotion} takes it on to staging.`,
      ]);
      return undefined;
    },
    REVIEWED,
  );

  story(
    "are asked for without a team that has no access, which is said once, and on the board until it has",
    async (world) => {
      const number = await feature(world);
      const promotion = await promoted(world, number);
      expect(asked(world, promotion)).toEqual(["quinn"]);
      const merges = (one: number) => `#${one} is in development as ${merged(world, one)}.`;
      expect(answers(world, number)).toEqual([
        `${merges(number)} #${promotion} takes it on to staging. Nobody of @acme/operations was asked to review it: that team has no access to acme/api, and an admin of acme/api gives it that on GitHub, under Settings, Collaborators and teams.`,
      ]);
      expect(await inTheWay(world)).toEqual([
        "@acme/operations has no access to acme/api, so nobody of it is asked for reviews; an admin of acme/api gives it that on GitHub, under Settings, Collaborators and teams",
      ]);

      // To whoever takes the next one on it is no news, and they could not change it.
      await promotesAgain(world, promotion);
      const second = await feature(world, "units");
      const another = await promoted(world, second);
      expect(asked(world, another)).toEqual(["quinn"]);
      expect(answers(world, second)).toEqual([`${merges(second)} #${another} takes it on to staging.`]);

      lets(world, "operations");
      await promotesAgain(world, another);
      const third = await feature(world, "graph");
      expect(asked(world, await promoted(world, third))).toEqual(["quinn", "@acme/operations"]);
      expect(await inTheWay(world)).toEqual([]);
      return undefined;
    },
    REVIEWED,
  );
});

for (const effect of [false, true])
  story(
    `The list and the reviewers come, once, where each write fails once ${effect ? "after" : "before"} GitHub did it`,
    async (world) => {
      lets(world, "operations");
      const number = await feature(world);
      for (const [method, path] of [
        ["POST", /\/requested_reviewers$/],
        ["PATCH", /\/pulls\/2$/],
      ] as const)
        world.github.faults.add({ on: "request", method, path, times: 1, does: { kind: "502", effect } });
      await world.person("rita").says(number, "/promote");
      await settles(world, () => answers(world, number).length > 0);
      expect(asked(world, 2)).toEqual(["quinn", "@acme/operations"]);
      const second = await feature(world, "units");
      await world.person("dora").merges(second);
      await settles(world, () => (world.pull(2).body ?? "").includes("Since then"));
      expect(body(world, 2).slice(0, 2)).toEqual([
        "It carries 1 pull request by one author.",
        `Since then 1 pull request came to \`development\`: #${second}. \`/promote refresh\` takes it along.`,
      ]);
      expect(answers(world, number)).toHaveLength(1);
      expect(edits(world, 2)).toBe(effect ? 1 : 2);
      return undefined;
    },
    REVIEWED,
  );

/** Moves the clock as long as GitHub's failing is waited out. */
async function settles(world: World, is: () => boolean): Promise<void> {
  await world.quiet();
  while (!is()) await world.skip(5_000);
  await world.skip(120_000);
}

describe("Workflow files", () => {
  const { workflows: _, ...permissions } = manifest.default_permissions as { readonly [of: string]: "read" | "write" };

  story(
    "are not promoted by an App that may not change them, which is said before it is tried",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const files = { ".github/workflows/ci.yml": "on: push\n" };
      await dora.pushes("feature/ci", "development", { files });
      const number = await dora.opens("feature/ci", "development");
      await world.quiet();
      await rita.says(number, "/promote");
      await world.quiet();
      expect(answers(world, number)).toEqual([
        "It changes `.github/workflows/ci.yml`, which GitHub lets an App merge only with the permission Workflows: write. Whoever owns the App asks for it, an owner of acme agrees, and then say it again.",
      ]);
      expect(world.github.requests.all().some(({ method, path }) => method === "PUT" && path.endsWith("/merge"))).toBe(
        false,
      );
      const other = await feature(world);
      await promoted(world, other);
      expect(short(world.pull(other).mergeCommitSha as string)).toBe(short(world.head("development")));
      return undefined;
    },
    { ...PROMOTING, permissions },
  );
});
