import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect } from "@jest/globals";
import type { World, WorldOptions } from "../world.ts";
import { evidenceOf } from "./downloading.ts";
import { answers, releases } from "./promoting.ts";
import { lands, seen, story, summary } from "./telling.ts";

/** Flowgate says no, and GitHub is not asked to: so that people can get past it. */
const ADVISED: WorldOptions = {
  config: `enforcement: report
approvals: { staging: [], master: [], hotfix: [] }
checks: { allow_none: true }
runbook: { required: false }
backup: { when: data }
`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};
const MINUTE = 60_000;

const issues = (world: World) =>
  world.github.find.issuesOf(world.repository().id).map(({ title, state, body }) => ({
    title,
    state,
    says: (body ?? "")
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "THEN")
      .split("\n\n")
      .slice(0, -1),
  }));
const title = (world: World, number: number) =>
  seen(world, number)?.title?.replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "THEN");

describe("A push to a stage", () => {
  story(
    "that no pull request explains holds the promotion, and is reported, until it is taken back",
    async (world) => {
      const [dora, devin, rita] = [world.person("dora"), world.person("devin"), world.person("rita")];
      const before = world.head("development");
      const pushed = await devin.pushes("development", undefined, { files: { "src/hasty.ts": "export {};\n" } });
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      const short = pushed.slice(0, 7);
      expect(title(world, promotion)).toBe(
        `1 of 9 gates open. ${short} came onto development by @devin, and GitHub has told of no merge yet.`,
      );
      expect(issues(world)).toEqual([]);

      await world.skip(10 * MINUTE);
      expect(title(world, promotion)).toBe(
        `1 of 9 gates open. ${short} was pushed to development by devin at THEN UTC, and no pull request that passed explains it.`,
      );
      expect(seen(world, promotion)?.is).toBe("failure");
      expect(issues(world)).toEqual([
        {
          title: "Unreviewed push to development",
          state: "open",
          says: [
            `${short} was pushed to development by devin at THEN UTC, and no pull request that passed explains it.`,
            `Either a pull request into \`development\` takes it back, or a release manager or somebody in engineering who did not push it accepts it here with \`/accept ${short} because …\`. Until then \`development\` is not promoted. Closing this issue alone changes nothing.`,
          ],
        },
      ]);

      await dora.pushes("fix/hasty", "development", { message: "Take it back", files: { "src/hasty.ts": null } });
      await lands(world, dora, "fix/hasty", "development");
      expect(issues(world)).toMatchObject([
        {
          state: "closed",
          says: [
            expect.anything(),
            `Cleared: at ${world.head("development").slice(0, 7)} everything that it touched is as it was before it.`,
          ],
        },
      ]);
      expect(seen(world, promotion)).toMatchObject({
        is: "success",
        title: "development goes into staging: the next stage. All 9 gates passed.",
      });
      expect(before).not.toBe(world.head("development"));
      return undefined;
    },
    ADVISED,
  );
});

describe("A push that is accepted before anybody is told of it", () => {
  story(
    "holds the promotion no longer, and is on record",
    async (world) => {
      const [devin, rita] = [world.person("devin"), world.person("rita")];
      const pushed = (await devin.pushes("development")).slice(0, 7);
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      await devin.says(promotion, `/accept ${pushed} because it is mine`);
      await rita.says(promotion, `/accept ${pushed} because the build was broken`);
      await world.quiet();
      expect(answers(world, promotion)).toEqual([
        expect.stringMatching(
          /^This needs a release manager or somebody in engineering|^Who did it does not accept it/,
        ),
        `${pushed} is accepted: the build was broken.`,
      ]);
      expect(seen(world, promotion)?.is).toBe("success");
      await world.skip(20 * MINUTE);
      expect(issues(world)).toEqual([]);
      expect(seen(world, promotion)?.is).toBe("success");
      return undefined;
    },
    ADVISED,
  );
});

describe("What a merge explains", () => {
  story(
    "however it is merged, nobody is asked about it",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      for (const method of ["merge", "squash", "rebase"] as const) {
        await dora.pushes(`feature/${method}`, "development");
        await dora.pushes(`feature/${method}`);
        await lands(world, dora, `feature/${method}`, "development", method);
      }
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      expect(seen(world, promotion)?.is).toBe("success");
      await world.skip(20 * MINUTE);
      expect(issues(world)).toEqual([]);
      expect(seen(world, promotion)?.is).toBe("success");
      return undefined;
    },
    ADVISED,
  );

  story(
    "what an App pushed that the config trusts is listed, and what another one pushed is not let through",
    async (world) => {
      const [renovate, other, rita] = [world.bot("renovate"), world.bot("other"), world.person("rita")];
      const first = await renovate.pushes("development");
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      expect(seen(world, promotion)?.is).toBe("success");
      expect(summary(world, promotion)).toContain(
        `but for what Apps pushed that the config trusts: ${first.slice(0, 7)} by renovate\\[bot\\].`,
      );
      await other.pushes("development");
      await world.quiet();
      await world.skip(10 * MINUTE);
      expect(title(world, promotion)).toMatch(/was pushed to development by other\[bot\] at THEN UTC/);
      return undefined;
    },
    { ...ADVISED, config: `${ADVISED.config}provenance: { trusted: [renovate] }\n` },
  );
});

describe("What no merge explains", () => {
  story(
    "a release that was merged on GitHub while it was held is tagged once somebody accepts it, and says so",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await dora.pushes("feature/login", "development", { message: "feat: log in" });
      await lands(world, dora, "feature/login", "development");
      await lands(world, dora, "development", "staging");
      const number = await rita.opens("staging", "master");
      await rita.says(number, "/hold because the vendor answers tomorrow");
      await world.quiet();
      expect(await dora.merges(number)).toBeNull();
      await world.quiet();
      await world.skip(10 * MINUTE);
      const commit = world.head("master").slice(0, 7);
      const [deviation] = issues(world);
      expect(deviation).toMatchObject({ title: "Unreviewed push to master", state: "open" });
      expect(releases(world)).toEqual([]);

      const issue = world.github.find.issuesOf(world.repository().id)[0]?.number as number;
      await rita.says(issue, `/accept ${commit} because the vendor has agreed`);
      await world.quiet();
      expect(answers(world, issue)).toEqual([
        `${commit} is accepted: the vendor has agreed. What #${number} brought makes a release now.`,
      ]);
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      const because = expect.stringMatching(
        `^#${number} was merged into master as ${commit} by dora at .*, and had not passed$`,
      );
      expect((await evidenceOf(world, "v1.0.0")).deviations).toMatchObject([
        { stage: "master", what: because, closed: "accepted by rita: the vendor has agreed" },
      ]);
      expect((await evidenceOf(world, "v1.0.0")).gates).toContainEqual(
        expect.objectContaining({ gate: "window", outcome: "pending" }),
      );
      return undefined;
    },
    ADVISED,
  );

  story(
    "a pull request that was merged before it had passed",
    async (world) => {
      const [dora, devin, rita] = [world.person("dora"), world.person("devin"), world.person("rita")];
      await dora.pushes("feature/login", "development");
      await devin.pushes("wip", "development");
      await lands(world, dora, "feature/login", "development");
      const refused = await devin.opens("wip", "development");
      await world.quiet();
      expect(seen(world, refused)?.is).toBe("failure");
      expect(await devin.merges(refused)).toBeNull();
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      await world.skip(10 * MINUTE);
      const commit = world.head("development").slice(0, 7);
      expect(title(world, promotion)).toBe(
        `1 of 9 gates open. #${refused} was merged into development as ${commit} by devin at THEN UTC, and had not passed.`,
      );
      expect(issues(world)).toMatchObject([{ title: "Unreviewed push to development", state: "open" }]);
      return undefined;
    },
    ADVISED,
  );

  story(
    "a force-push, and a stage that was deleted and made again",
    async (world) => {
      const [dora, ada, rita] = [world.person("dora"), world.person("ada"), world.person("rita")];
      await dora.pushes("feature/login", "development");
      const before = world.head("development");
      await lands(world, dora, "feature/login", "development");
      const landed = world.head("development");
      await ada.forces("development", before);
      await world.quiet();
      expect(issues(world)).toMatchObject([
        {
          title: "Force-push to development",
          state: "open",
          says: [
            `development was forced from ${landed.slice(0, 7)} to ${before.slice(0, 7)} by ada at THEN UTC, past its gates.`,
            expect.stringContaining(`It is cleared when a release manager`),
          ],
        },
      ]);
      await ada.deletes("staging");
      await world.quiet();
      await ada.branches("staging", "master");
      await world.quiet();
      expect(issues(world).map((issue) => issue.title)).toEqual(["Force-push to development", "staging was deleted"]);
      await dora.pushes("feature/other", "development");
      await lands(world, dora, "feature/other", "development");
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      expect(title(world, promotion)).toMatch(/^1 of 9 gates open. development was forced from /);
      await ada.pushes("staging");
      const release = await rita.opens("staging", "master");
      await world.quiet();
      expect(title(world, release)).toMatch(/staging was deleted by ada at \w{7} at THEN UTC\./);
      return undefined;
    },
    ADVISED,
  );

  story(
    "while Flowgate was away: what GitHub tells afterwards counts, and what it does not tell is asked for",
    async (world) => {
      const [dora, devin, rita] = [world.person("dora"), world.person("devin"), world.person("rita")];
      await dora.pushes("feature/login", "development");
      const number = await dora.opens("feature/login", "development");
      await world.quiet();
      await world.stopApp();
      expect(await dora.merges(number)).toBeNull();
      await devin.pushes("development");
      await world.start();
      await world.quiet();
      await world.skip(11 * MINUTE);
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      expect(title(world, promotion)).toMatch(
        /^1 of 9 gates open. \w{7} was pushed to development by devin at THEN UTC/,
      );
      expect(issues(world)).toHaveLength(1);
      return undefined;
    },
    { ...ADVISED, settings: { ...ADVISED.settings, folder: mkdtempSync(join(tmpdir(), "pushes-")) } },
  );
});
