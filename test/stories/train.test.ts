import { describe, expect } from "@jest/globals";
import { deleteComment } from "../../sandbox/comments.ts";
import { openIssue } from "../../sandbox/issues.ts";
import { must } from "../../sandbox/outcome.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { tagNames } from "../../sandbox/tags.ts";
import { OWNER, type World, type WorldOptions } from "../world.ts";
import {
  another,
  answers,
  feature,
  merged,
  PROMOTING,
  promoted,
  release,
  sentence,
  table,
  until,
} from "./promoting.ts";
import { story } from "./telling.ts";

/** The components of the train, in its order; `api` is where it is asked for. */
const NAMES = ["database", "api", "web"] as const;
type Components = { readonly [name in (typeof NAMES)[number]]: World };
const WITH_TRAIN: WorldOptions = {
  ...PROMOTING,
  config: `${PROMOTING.config}trains: { city: [${NAMES.join(", ")}] }\n`,
};
const TRAIN = "/promote train city";
/** Two trains have `web` in common; rita by her name may send them, so that each asks GitHub about people of its own. */
const OVERLAPPING = {
  ...PROMOTING,
  config: `${PROMOTING.config?.replace('["@acme/release-managers"]', "[rita]")}trains: { south: [api, web], north: [database, web] }\n`,
};

/** The organisation's own repository, whose config names the train for every component. */
const organisation = async (world: World): Promise<World> =>
  world.at(
    await createRepository(world.github, {
      owner: OWNER,
      name: ".github",
      defaultBranch: "main",
      roles: { dora: "write", rita: "maintain" },
      branches: [
        {
          name: "main",
          commits: [{ message: "Begin", files: { ".github/flowgate.yml": WITH_TRAIN.config as string } }],
        },
      ],
    }),
  );

/** Two more components beside `acme/api`. */
async function components(world: World, config?: string): Promise<Components> {
  const all = {
    database: await another(world, "database", config),
    api: world,
    web: await another(world, "web", config),
  };
  await world.quiet();
  return all;
}

const HEADINGS = "| component | release | where it stands |";
const tags = (world: World) => tagNames(world.github, world.repository().id);
const reactions = (world: World, comment: number) =>
  world.github.find.reactionsOf(comment).map(({ content }) => content);

/** The release of each, which waits for `/promote`. */
async function releasesOf(all: Components): Promise<{ readonly [name in (typeof NAMES)[number]]: number }> {
  return { database: await release(all.database), api: await release(all.api), web: await release(all.web) };
}

describe("/promote train", () => {
  story(
    "releases no component while one is not ready, and all of them in order once they are",
    async (world) => {
      const all = await components(world);
      const { database, api, web } = all;
      const onApi = await release(api);
      const onWeb = await release(web);
      const promotion = await promoted(database, await feature(database));
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await dora.says(onApi, TRAIN);
      await world.quiet();
      expect(answers(api, onApi)).toEqual(["This needs a release manager; you have `write` here. @rita could."]);
      await web.person("dora").says(onWeb, "/hold because the colours are wrong");
      await world.quiet();
      await rita.says(onApi, TRAIN);
      await world.quiet();
      const no = answers(api, onApi).at(-1);
      expect(sentence(no)).toBe(
        "The train “city” does not leave, and nothing was merged: 2 of 3 components are not ready. `/promote train city` asks again.",
      );
      expect(table(no)).toEqual([
        HEADINGS,
        "| acme/database | none | It has no open release: `/promote` what is to be released up to the last stage. |",
        `| acme/api | #${onApi} | It is ready. |`,
        `| acme/web | #${onWeb} | Held by @dora on #${onWeb}: the colours are wrong. |`,
      ]);
      expect([database, api, web].flatMap(tags)).toEqual([]);

      const onDatabase = await promoted(database, promotion);
      await web.person("dora").says(onWeb, "/unhold");
      await world.quiet();
      const asked = await rita.says(onApi, TRAIN);
      await world.quiet();
      const yes = answers(api, onApi).at(-1);
      expect(sentence(yes)).toBe(
        "The train “city” is through: acme/database v1.0.0, acme/api v1.0.0 and acme/web v1.0.0.",
      );
      expect(table(yes)).toEqual([
        "| component | version | commit | by |",
        `| acme/database | v1.0.0 | ${merged(database, onDatabase)} | #${onDatabase} |`,
        `| acme/api | v1.0.0 | ${merged(api, onApi)} | #${onApi} |`,
        `| acme/web | v1.0.0 | ${merged(web, onWeb)} | #${onWeb} |`,
      ]);
      expect([database, api, web].map(tags)).toEqual([["v1.0.0"], ["v1.0.0"], ["v1.0.0"]]);
      // Each says on its own release why it was merged, before the next was.
      const place = `acme/api#${onApi}`;
      expect(answers(web, onWeb).at(-1)).toBe(
        `For the train “city” (${place}): It carries 1 pull request, not yours. #${onWeb} is in master as ${merged(web, onWeb)}. v1.0.0 is released.`,
      );
      expect(answers(database, onDatabase)).toEqual([
        `For the train “city” (${place}): It carries 1 pull request, not yours. #${onDatabase} is in master as ${merged(database, onDatabase)}. v1.0.0 is released.`,
      ]);
      expect(reactions(world, asked).toSorted()).toEqual(["eyes", "rocket"]);
      return undefined;
    },
    WITH_TRAIN,
  );

  story(
    "stops at the first refusal, says so on an issue of the organisation's, and goes on with the rest",
    async (world) => {
      const all = await components(world);
      const { database, api, web } = all;
      const on = await releasesOf(all);
      const home = await organisation(world);
      await world.quiet();
      const rita = home.person("rita");
      const { number: issue } = must(
        await openIssue(world.github, rita.actor, home.repository(), { title: "Release in November" }),
      );
      world.github.faults.add({
        on: "request",
        method: "PUT",
        path: `/repos/acme/api/pulls/${on.api}/merge`,
        times: 1,
        does: { kind: "refusal", status: 405, message: "At least 1 approving review is required." },
      });
      await rita.says(issue, TRAIN);
      await world.quiet();
      const [stopped] = answers(home, issue);
      expect(sentence(stopped)).toBe(
        "The train “city” stopped at acme/api: 1 of 3 components is released. `/promote train city` goes on with the rest, within a week.",
      );
      const [, ofDatabase, ofApi, ofWeb] = table(stopped);
      expect(ofDatabase).toBe(
        `| acme/database | #${on.database} | It is released as v1.0.0, at ${merged(database, on.database)}. |`,
      );
      const refusedThere = `GitHub would not merge it. GitHub answered 405 (At least 1 approving review is required.) when asked to merge #${on.api} in acme/api. That is asked for by a rule beside Flowgate's: meet it, and say it again.`;
      expect(ofApi).toBe(`| acme/api | #${on.api} | ${refusedThere} |`);
      expect(answers(api, on.api)).toEqual([`For the train “city” (acme/.github#${issue}): ${refusedThere}`]);
      expect(ofWeb).toBe(`| acme/web | #${on.web} | It was not begun. |`);
      expect([database, api, web].map(tags)).toEqual([["v1.0.0"], [], []]);

      await rita.says(issue, TRAIN);
      await world.quiet();
      const [, through] = answers(home, issue);
      expect(table(through)).toEqual([
        "| component | version | commit | by |",
        ...NAMES.map((name) => `| acme/${name} | v1.0.0 | ${merged(all[name], on[name])} | #${on[name]} |`),
      ]);
      expect([database, api, web].map(tags)).toEqual([["v1.0.0"], ["v1.0.0"], ["v1.0.0"]]);
      expect(answers(home, issue)).toHaveLength(2);

      // What has nothing new to release does not leave once more.
      await rita.says(issue, TRAIN);
      await world.quiet();
      expect(sentence(answers(home, issue).at(-1))).toBe(
        "The train “city” does not leave, and nothing was merged: 3 of 3 components are not ready. `/promote train city` asks again.",
      );
      await rita.says(issue, "/promote");
      await world.quiet();
      expect(answers(home, issue).at(-1)).toBe(
        "It belongs on the pull request that it is about; on an issue there is only `/promote train NAME`.",
      );
      return undefined;
    },
    PROMOTING,
  );

  story(
    "asked for twice is under way once, and goes no further once its comment is deleted",
    async (world) => {
      const all = await components(world);
      const on = await releasesOf(all);
      const rita = world.person("rita");
      world.github.faults.add({
        on: "request",
        method: "PUT",
        path: `/repos/acme/database/pulls/${on.database}/merge`,
        times: 1,
        does: { kind: "latency", milliseconds: 1_500 },
      });
      const asked = await rita.says(on.api, TRAIN);
      await rita.says(on.api, TRAIN);
      await until(() => answers(all.api, on.api).length === 1);
      expect(answers(all.api, on.api)[0]).toMatch(/^The train “city” is under way already: rita asked for it at /);
      must(deleteComment(world.github, rita.actor, all.api.repository(), asked));
      await world.quiet();
      const stopped = answers(all.api, on.api).at(-1);
      expect(sentence(stopped)).toBe(
        "The train “city” stopped at acme/api: 1 of 3 components is released. `/promote train city` goes on with the rest, within a week.",
      );
      expect(table(stopped)).toEqual([
        HEADINGS,
        `| acme/database | #${on.database} | It is released as v1.0.0, at ${merged(all.database, on.database)}. |`,
        `| acme/api | #${on.api} | The comment that asked for it was edited or deleted. |`,
        `| acme/web | #${on.web} | It was not begun. |`,
      ]);
      expect(NAMES.map((name) => tags(all[name]))).toEqual([["v1.0.0"], [], []]);
      return undefined;
    },
    WITH_TRAIN,
  );

  story(
    "is refused at once while another one is under way that takes the same component along",
    async (world) => {
      const all = await components(world, OVERLAPPING.config);
      const { database, api, web } = all;
      const on = await releasesOf(all);
      const [rita, there] = [world.person("rita"), database.person("rita")];
      // Each asks GitHub whether it is ready before it can know of the other.
      for (const [name, milliseconds] of [
        ["api", 300],
        ["web", 900],
      ] as const)
        world.github.faults.add({
          on: "request",
          method: "GET",
          path: new RegExp(`^/repos/acme/${name}/collaborators`),
          times: 1,
          does: { kind: "latency", milliseconds },
        });
      await rita.says(on.api, "/promote train south");
      await there.says(on.database, "/promote train north");
      await world.quiet();
      expect(answers(api, on.api)).toEqual([
        expect.stringMatching(
          /^The train “north” is under way and takes acme\/web along: rita asked for it at .* UTC\. Wait for its end, and say it again\.$/,
        ),
      ]);
      expect(sentence(answers(database, on.database).at(-1))).toBe(
        "The train “north” is through: acme/database v1.0.0 and acme/web v1.0.0.",
      );
      expect(answers(web, on.web)).toHaveLength(1);
      expect(NAMES.map((name) => tags(all[name]))).toEqual([["v1.0.0"], [], ["v1.0.0"]]);
      return undefined;
    },
    OVERLAPPING,
  );
});
