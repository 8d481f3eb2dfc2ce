import { describe, expect } from "@jest/globals";
import { LANES_ONLY, type World, type WorldOptions } from "../world.ts";
import { seen, short, story } from "./telling.ts";

const CONFIG: WorldOptions = {
  config: `${LANES_ONLY.replace("merge_by: anyone\n", "")}roles: { release-manager: ["@acme/release-managers"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};

/** What Flowgate answered there, without its mark, newest last. */
const answers = (world: World, number: number) =>
  world.github.find
    .commentsOf(world.repository().id, number)
    .filter(({ viaAppId }) => viaAppId === world.registered.id)
    .map(({ body }) => body.split("\n\n<!--")[0]?.replaceAll("\u200b", "").replaceAll("\\", ""));
const pull = (world: World, number: number) => world.github.find.pull(world.repository().id, number);

describe("/promote", () => {
  story(
    "takes a feature to production, one word a stage",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await dora.pushes("feature/login", "development");
      const feature = await dora.opens("feature/login", "development");
      await world.quiet();
      await dora.says(feature, "/promote");
      await world.quiet();
      expect(answers(world, feature)).toEqual(["This needs a release manager; you have `write` here. @rita could."]);
      await rita.says(feature, "/promote");
      await world.quiet();
      const merged = pull(world, feature);
      const commit = short(merged?.mergeCommitSha as string);
      const promotion = feature + 1;
      expect(answers(world, feature).at(-1)).toBe(
        `#${feature} is in development as ${commit}. #${promotion} takes it on to staging.`,
      );
      expect(pull(world, promotion)).toMatchObject({
        title: "Promote development to staging",
        base: { ref: "staging" },
      });
      expect(seen(world, promotion)?.is).toBe("success");
      await rita.says(promotion, "/promote");
      await world.quiet();
      const staged = short(pull(world, promotion)?.mergeCommitSha as string);
      expect(answers(world, promotion)).toEqual([
        `It carries 1 pull request, not yours. #${promotion} is in staging as ${staged}. #${promotion + 1} takes it on to master.`,
      ]);
      await rita.says(promotion + 1, "/promote");
      await world.quiet();
      const live = short(pull(world, promotion + 1)?.mergeCommitSha as string);
      expect(answers(world, promotion + 1)).toEqual([
        `It carries 1 pull request, not yours. #${promotion + 1} is in master as ${live}. v1.0.0 is released.`,
      ]);
      const [release] = world.github.find.releasesOf(world.repository().id);
      expect(release).toMatchObject({ tagName: "v1.0.0", draft: false, name: "v1.0.0" });
      expect(release?.body).toMatch(/^`v1\.0\.0`, because it is the first release/);
      return undefined;
    },
    CONFIG,
  );
});
