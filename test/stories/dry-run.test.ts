import { describe, expect } from "@jest/globals";
import { requestAction } from "../../sandbox/checks.ts";
import type { CheckRun } from "../../sandbox/model.ts";
import { must } from "../../sandbox/outcome.ts";
import { makeTag } from "../../sandbox/tags.ts";
import { DRY_RUN } from "../../src/flow/check-buttons.ts";
import type { Person, World, WorldOptions } from "../world.ts";
import { answers, feature, head, merged, PROMOTING, promoted, releases } from "./promoting.ts";
import { story } from "./telling.ts";

/** Where Flowgate keeps no ruleset people make tags, too. */
const TAGGED_BY_HAND: WorldOptions = {
  ...PROMOTING,
  config: PROMOTING.config?.replace("enforcement: managed", "enforcement: report") ?? null,
};

/** What Flowgate wrote on GitHub while somebody tried something out. */
async function written(world: World, tries: () => Promise<unknown>): Promise<readonly string[]> {
  await world.quiet();
  world.github.requests.reset();
  await tries();
  await world.quiet();
  return world.github.requests
    .all()
    .filter(
      ({ by, route, method }) =>
        by.startsWith(world.registered.slug) && method !== "GET" && !route.endsWith("/access_tokens"),
    )
    .map(({ method, path }) => `${method} ${path.replace(/^.*\/issues\//, "issues/").replace(/\d+/g, "N")}`)
    .toSorted();
}
const REPLY = ["POST issues/N/comments", "POST issues/comments/N/reactions"];

/** Presses *Dry run* beside its check. */
async function presses({ actor }: Person, world: World, number: number): Promise<void> {
  const { id } = world.check(number) as CheckRun;
  must(requestAction(world.github, actor, world.repository(), id, DRY_RUN.identifier));
}

describe("A dry run", () => {
  story(
    "of a promotion and of a release shows what /promote then does, and does nothing",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const { github, repository } = world;
      for (const name of ["v1.3.2", "release-7"])
        must(await makeTag(github, github.as("ada"), repository(), { name, at: "master", message: "" }));
      await dora.pushes("feature/version", "development", {
        message: "fix: count\n\nBREAKING CHANGE: counts begin at one",
        files: { "package.json": '{"version":"1.5.0"}\n' },
      });
      const number = await dora.opens("feature/version", "development", { title: "fix: count" });
      await world.quiet();
      const promotion = await promoted(world, number);

      expect(await written(world, () => rita.says(promotion, "/promote dry run"))).toEqual(REPLY);
      const [shown = ""] = answers(world, promotion);
      expect(shown).toContain(
        [
          `It carries 1 pull request, not yours. \`/promote\` would merge #${promotion} into staging at ${head(world, promotion)}. Once it is merged, “Release v2.0.0” would be opened. Nothing was done.`,
          `<details><summary>What it carries</summary>`,
          `**dora**`,
          `- #${number} fix: count`,
          `</details>`,
          `| gate | outcome | why | what to do |`,
        ].join("\n\n"),
      );
      expect(world.pull(promotion).state).toBe("open");

      const release = await promoted(world, promotion);
      expect(world.pull(release).title).toBe("Release v2.0.0");
      expect(await written(world, () => rita.says(release, "/promote minor --dry-run"))).toEqual(REPLY);
      const [minor = ""] = answers(world, release);
      expect(minor).toContain(
        [
          `It carries 1 pull request, not yours. \`/promote\` would merge #${release} into master at ${head(world, release)}. The release would be \`v1.4.0\`: minor, because the command says so. Nothing was done.`,
          [
            `- #${number} brings a breaking change, which by itself would make it \`v2.0.0\`.`,
            "- `package.json` says `1.5.0`, and not 1.4.0.",
            "- `/promote v1.5.0` would agree with `package.json`.",
            "- Left alone, since they are no versions: `release-7`.",
          ].join("\n"),
          "<details><summary>The notes of v1.4.0</summary>",
        ].join("\n\n"),
      );
      expect(minor).toContain(`### Breaking changes\n\n- #${number} fix: count (dora)\n  - counts begin at one`);
      expect(await written(world, () => rita.says(release, "/promote v1.3.2 dry run"))).toEqual(REPLY);
      expect(answers(world, release).at(-1)).toContain(
        "`/promote` would answer: `v1.3.2` is taken: write `v1.3.3`, `v1.4.0` or `v2.0.0`. Nothing was done.",
      );
      expect(world.pull(release).state).toBe("open");
      expect(releases(world)).toEqual([]);

      await rita.says(release, "/promote v1.6.0");
      await world.quiet();
      const says = [
        `#${number} brings a breaking change, which by itself would make it \`v2.0.0\`.`,
        "`package.json` says `1.5.0`, and not 1.6.0.",
      ];
      expect(answers(world, release).at(-1)).toBe(
        `It carries 1 pull request, not yours. #${release} is in master as ${merged(world, release)}. v1.6.0 is released. ${says.join(" ")}`,
      );
      const [made] = releases(world);
      expect([made?.tagName, made?.body?.replaceAll("\\", "")]).toEqual([
        "v1.6.0",
        expect.stringContaining(`### About the version\n\n${says.map((one) => `- ${one}`).join("\n")}`),
      ]);
      return undefined;
    },
    TAGGED_BY_HAND,
  );

  story(
    "by the button beside the check is answered in a comment, to who may",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const number = await feature(world);
      const promotion = await promoted(world, number);
      expect(world.check(number)?.actions.map(({ label }) => label)).toEqual(["Re-check"]);
      expect(world.check(promotion)?.actions.map(({ label }) => label)).toEqual(["Re-check", "Dry run"]);
      expect(await written(world, () => presses(rita, world, promotion))).toEqual(["POST issues/N/comments"]);
      expect(answers(world, promotion)[0]).toContain(
        `Dry run for rita: It carries 1 pull request, not yours. \`/promote\` would merge #${promotion} into staging`,
      );
      await presses(dora, world, promotion);
      await world.quiet();
      expect(answers(world, promotion).at(-1)).toBe(
        "Dry run for dora: This needs a release manager; you have `write` here. @rita could.",
      );
      expect(world.pull(promotion).state).toBe("open");
      return undefined;
    },
    PROMOTING,
  );
});
