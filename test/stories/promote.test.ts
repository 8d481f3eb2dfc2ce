import { describe, expect } from "@jest/globals";
import { deleteComment } from "../../sandbox/comments.ts";
import { addLabels, createLabel } from "../../sandbox/labels.ts";
import { must } from "../../sandbox/outcome.ts";
import { makeTag, tagNamed } from "../../sandbox/tags.ts";
import type { World, WorldOptions } from "../world.ts";
import {
  answers,
  commentsOn,
  feature,
  head,
  merged,
  PROMOTING,
  promoted,
  release,
  releases,
  until,
} from "./promoting.ts";
import { seen, short, story } from "./telling.ts";

const HOUR = 3_600_000;
const reactions = (world: World, comment: number) =>
  world.github.find.reactionsOf(comment).map(({ content }) => content);

/** Where Flowgate keeps no ruleset people make tags, too. */
const TAGGED_BY_HAND: WorldOptions = {
  ...PROMOTING,
  config: PROMOTING.config?.replace("enforcement: managed", "enforcement: report") ?? null,
};

describe("/promote", () => {
  story(
    "takes a feature to production, one word a stage",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const number = await feature(world);
      await dora.says(number, "/promote");
      await world.quiet();
      expect(answers(world, number)).toEqual(["This needs a release manager; you have `write` here. @rita could."]);
      const asked = await rita.says(number, "/promote");
      await world.quiet();
      const promotion = number + 1;
      expect(answers(world, number).at(-1)).toBe(
        `#${number} is in development as ${merged(world, number)}. #${promotion} takes it on to staging.`,
      );
      expect(reactions(world, asked)).toEqual(["rocket"]);
      expect(world.pull(promotion)).toMatchObject({
        title: "Promote development to staging",
        base: { ref: "staging" },
        head: { sha: world.pull(number).mergeCommitSha },
        body: expect.stringContaining(`- #${number} feat: login`),
      });
      expect(seen(world, promotion)?.is).toBe("success");
      await rita.says(promotion, "/promote to staging");
      await world.quiet();
      expect(answers(world, promotion)).toEqual([
        `It carries 1 pull request, not yours. #${promotion} is in staging as ${merged(world, promotion)}. #${promotion + 1} takes it on to master.`,
      ]);
      expect(world.pull(promotion + 1)).toMatchObject({ title: "Release v1.0.0", head: { ref: "staging" } });
      await rita.says(promotion + 1, "/promote");
      await world.quiet();
      const live = world.pull(promotion + 1).mergeCommitSha as string;
      expect(answers(world, promotion + 1)).toEqual([
        `It carries 1 pull request, not yours. #${promotion + 1} is in master as ${short(live)}. v1.0.0 is released.`,
      ]);
      expect(releases(world)).toMatchObject([
        { tagName: "v1.0.0", draft: false, body: expect.stringContaining(`#${number}`) },
      ]);
      expect(await tagNamed(world.github, world.repository().id, "v1.0.0")).toMatchObject({
        commit: { sha: live },
        annotation: {
          message: expect.stringMatching(/^v1\.0\.0\n\nReleased by #\d+\.\nFlowgate-Ledger: (?!0000)[\da-f]{64}/),
        },
      });
      await rita.says(promotion + 1, "/promote");
      await world.quiet();
      expect(answers(world, promotion + 1).at(-1)).toBe(
        `master is the last stage: #${promotion + 1} is where it was to go.`,
      );
      return undefined;
    },
    PROMOTING,
  );

  story(
    "is nobody's but a release manager's, in a comment of its own",
    async (world) => {
      const [rita, olaf] = [world.person("rita"), world.person("olaf")];
      const number = await feature(world);
      await olaf.says(number, "/promote");
      await world.bot("renovate").says(number, "/promote");
      await rita.says(number, "> /promote");
      const said = await rita.says(number, "Promote it?");
      await rita.corrects(said, "/promote");
      const wrong = await rita.says(number, "/promote now");
      await rita.says(number, "/promote v1");
      await rita.says(number, `/promote ${world.head("master").slice(0, 9)}`);
      await world.quiet();
      expect(answers(world, number)).toEqual([
        "This needs a release manager; you have `none` here. @rita could.",
        "Only a new comment gives a command, and this one was edited: write it again as a comment of its own.",
        "`/promote` does not know what `now` is; a stage is written `to now`. It is written `/promote [to STAGE] [SHA] [major|minor|patch|vX.Y.Z] [when ready] [dry run]`.",
        "`v1` is no version of three numbers: write `v1.0.0`. It is written `/promote [to STAGE] [SHA] [major|minor|patch|vX.Y.Z] [when ready] [dry run]`.",
        `${world.head("master").slice(0, 9)} is not the head: that is ${head(world, number)}. Look at that one, and say it again.`,
      ]);
      expect(reactions(world, wrong)).toEqual(["confused"]);
      expect(world.pull(number).state).toBe("open");
      await world.person("dora").closes(number);
      await world.quiet();
      await rita.says(number, "/promote");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(`#${number} is closed and not merged: there is nothing to promote.`);
      return undefined;
    },
    PROMOTING,
  );

  story(
    "said twice merges once",
    async (world) => {
      const rita = world.person("rita");
      const number = await feature(world);
      const asked = [await rita.says(number, "/promote\n/promote")];
      await world.quiet();
      asked.push(await rita.says(number, "/promote"), await rita.says(number, "/promote"));
      await world.quiet();
      const into = `#${number} is in development as ${merged(world, number)}. #${number + 1} takes it on to staging.`;
      const said = answers(world, number);
      expect(said).toHaveLength(3);
      expect(said).toContain(into);
      expect(said).toContain("It stands there twice: once is enough. Nothing was done.");
      expect([into, `rita asked for that already, and it is under way for ${head(world, number)}.`]).toContain(
        said.find((one) => one !== into && !one.startsWith("It stands")) ?? into,
      );
      expect(world.github.find.pullsInto(world.repository().id, "staging")).toHaveLength(1);
      expect(asked.map((comment) => reactions(world, comment))).toEqual([["confused"], ["rocket"], ["rocket"]]);
      return undefined;
    },
    PROMOTING,
  );

  story(
    "names the commit where a fork may push another",
    async (world) => {
      const fork = await world.person("olaf").forks();
      await fork.pushes("feature/theirs", "development");
      const number = await world.person("olaf").opens("olaf:feature/theirs", "development");
      await world.quiet();
      const rita = world.person("rita");
      await rita.says(number, "/promote");
      await world.quiet();
      expect(answers(world, number)).toEqual([
        `The head lies in a fork, where others may push: name the commit that you looked at, \`/promote ${head(world, number)}\`.`,
      ]);
      await rita.says(number, `/promote ${head(world, number)}`);
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(
        `#${number} is in development as ${merged(world, number)}. #${number + 1} takes it on to staging.`,
      );
      return undefined;
    },
    PROMOTING,
  );

  story(
    "shows what it would do, and does nothing",
    async (world) => {
      const number = await feature(world);
      await world.person("rita").says(number, "/promote dry run");
      await world.quiet();
      expect(answers(world, number)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^\`/promote\` would merge #${number} into development at ${head(world, number)}\\. Once it is merged, “Promote development to staging” would be opened\\. Nothing was done\\.\\n\\n\\| gate \\|`,
          ),
        ),
      ]);
      expect(world.pull(number).state).toBe("open");
      return undefined;
    },
    PROMOTING,
  );
});

describe("A version", () => {
  story(
    "only grows, by the command, a label, or what commits say",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const { github } = world;
      for (const [name, message] of [
        ["v0.9.0", "before"],
        ["latest", ""],
      ] as const)
        must(await makeTag(github, github.as("ada"), world.repository(), { name, at: "master", message }));
      createLabel(github, github.as("ada"), world.repository(), { name: "release:minor", color: "ededed" });
      await dora.pushes("fix/login", "development", { message: "fix: log in" });
      const number = await dora.opens("fix/login", "development", { title: "fix: log in" });
      must(await addLabels(github, dora.actor, world.repository(), number, ["release:minor"]));
      await world.quiet();
      const last = await promoted(world, await promoted(world, number));
      expect(world.pull(last).title).toBe("Release v0.10.0");
      for (const words of ["v0.9.0", "v0.8.1"]) {
        await rita.says(last, `/promote ${words}`);
        await world.quiet();
      }
      expect(answers(world, last)).toEqual([
        "`v0.9.0` is taken: write `v0.9.1`, `v0.10.0` or `v1.0.0`.",
        "`v0.8.1` is not above `v0.9.0`, and versions only grow: write `v0.9.1`, `v0.10.0` or `v1.0.0`.",
      ]);
      expect(world.pull(last).state).toBe("open");
      await rita.says(last, "/promote v1.0.0");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      return undefined;
    },
    TAGGED_BY_HAND,
  );

  story(
    "that somebody takes while it is being released is passed over",
    async (world) => {
      const last = await release(world);
      const { github } = world;
      // Between the look at the tags and the making of its own.
      github.faults.add({
        on: "request",
        method: "POST",
        path: /\/git\/tags$/,
        times: 1,
        does: { kind: "latency", milliseconds: 400 },
      });
      await world.person("rita").says(last, "/promote");
      const asked = () => github.requests.all().map(({ method, path, status }) => `${status} ${method} ${path}`);
      const merge = `200 PUT /repos/acme/api/pulls/${last}/merge`;
      await until(
        () =>
          asked().includes(merge) &&
          asked()
            .slice(asked().indexOf(merge))
            .some((one) => /\/tags(\?|$)/.test(one)),
      );
      const taken = { name: "v1.0.0", at: "development", message: "mine" };
      must(await makeTag(github, github.as("ada"), world.repository(), taken));
      await world.quiet();
      expect(asked()).toContain("422 POST /repos/acme/api/git/refs");
      expect(releases(world)).toMatchObject([{ tagName: "v1.1.0", draft: false }]);
      expect(answers(world, last)).toEqual([
        `It carries 1 pull request, not yours. #${last} is in master as ${merged(world, last)}. v1.1.0 is released.`,
      ]);
      return undefined;
    },
    TAGGED_BY_HAND,
  );
});

describe("A head that moves", () => {
  story(
    "between the comment and the merge is not merged",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const number = await feature(world);
      const before = head(world, number);
      const reads = new RegExp(`/pulls/${number}$`);
      world.github.faults.add({
        on: "request",
        method: "PUT",
        path: new RegExp(`/pulls/${number}/merge$`),
        times: 1,
        does: { kind: "latency", milliseconds: 500 },
      });
      await rita.says(number, "/promote");
      await until(() => world.github.requests.all().some(({ method, path }) => method === "GET" && reads.test(path)));
      await dora.pushes("feature/login");
      await world.quiet();
      for (let waits = 0; waits < 5 && answers(world, number).length === 0; waits++) await world.skip(10_000);
      expect(answers(world, number)).toEqual([
        `It was asked for ${before}, and the head is ${head(world, number)} now: look at that one, and say it again.`,
      ]);
      expect(world.pull(number).state).toBe("open");
      await promoted(world, number);
      expect(world.pull(number).mergeCommitSha).not.toBeNull();
      return undefined;
    },
    PROMOTING,
  );

  story(
    "on after it was pinned is taken along by /promote refresh",
    async (world) => {
      const rita = world.person("rita");
      const promotion = await promoted(world, await feature(world));
      const second = await feature(world, "units");
      await promoted(world, second);
      expect(answers(world, second)).toEqual([
        `#${second} is in development as ${merged(world, second)}. #${promotion} is open into staging already, pinned at ${head(world, promotion)}: \`/promote refresh\` there moves it on.`,
      ]);
      await rita.says(promotion, "/promote refresh");
      await world.quiet();
      expect(answers(world, promotion)).toEqual([
        `#${promotion} is at ${merged(world, second)} now, and is judged anew.`,
      ]);
      expect(head(world, promotion)).toBe(merged(world, second));
      expect(seen(world, promotion)?.is).toBe("success");
      await rita.says(promotion, "/promote refresh");
      await world.quiet();
      expect(answers(world, promotion).at(-1)).toBe(
        `#${promotion} is where development is: at ${merged(world, second)}.`,
      );
      return undefined;
    },
    PROMOTING,
  );
});

describe("/promote when ready", () => {
  const waits = (world: World, number: number) =>
    expect.stringMatching(
      new RegExp(
        `^${head(world, number)} is promoted as soon as its gates pass, until .* UTC\\. \`/hold\` stops it\\.`,
      ),
    );

  story(
    "waits until what holds it is lifted",
    async (world) => {
      const rita = world.person("rita");
      const number = await feature(world);
      await rita.says(number, "/hold because the vendor has to look first\n/promote when ready");
      await world.quiet();
      expect(answers(world, number)).toEqual([
        expect.stringMatching(
          new RegExp(
            `^- \`/hold because the vendor has to look first\`: #${number} is held: .*\\n- \`/promote when ready\`: ${head(world, number)} is promoted as soon as its gates pass, `,
          ),
        ),
      ]);
      await world.skip(HOUR);
      await rita.says(number, "/unhold");
      await world.quiet();
      expect(answers(world, number).slice(1).toSorted()).toEqual(
        [
          `#${number} is not held any more.`,
          `#${number} is in development as ${merged(world, number)}. #${number + 1} takes it on to staging.`,
        ].toSorted(),
      );
      return undefined;
    },
    PROMOTING,
  );

  story(
    "gives up after a day, and when somebody may no longer",
    async (world) => {
      const [rita, ada] = [world.person("rita"), world.person("ada")];
      const number = await feature(world);
      await rita.says(number, "/hold");
      await rita.says(number, "/promote when ready");
      await world.quiet();
      await world.skip(24 * HOUR + 1_000);
      expect(answers(world, number).at(-1)).toMatch(
        /^It was not ready within a day, until .* UTC: say it again if it is still wanted\.\n\n\| gate/,
      );
      await rita.says(number, "/promote when ready");
      await world.quiet();
      await ada.takesFromTeam("release-managers", "rita");
      await ada.addsToTeam("release-managers", "devin");
      await rita.says(number, "/unhold");
      await world.quiet();
      expect(answers(world, number)).toContain("This needs a release manager; you have `maintain` here. @devin could.");
      expect(world.pull(number).state).toBe("open");
      return undefined;
    },
    PROMOTING,
  );

  story(
    "ends where its comment is deleted, or edited",
    async (world) => {
      const rita = world.person("rita");
      const number = await feature(world);
      await rita.says(number, "/hold");
      await world.quiet();
      const ENDS = "Its comment was edited or deleted before anything was merged, so it ends. It can be written again.";
      for (const undo of [
        async (comment: number) => void must(deleteComment(world.github, rita.actor, world.repository(), comment)),
        (comment: number) => rita.corrects(comment, "Not yet."),
      ]) {
        const asked = await rita.says(number, "/promote when ready");
        await world.quiet();
        expect(answers(world, number).at(-1)).toEqual(waits(world, number));
        await undo(asked);
        await world.quiet();
        expect(answers(world, number).at(-1)).toBe(ENDS);
      }
      const so = commentsOn(world, number);
      await rita.says(number, "/unhold");
      await world.quiet();
      await world.skip(25 * HOUR);
      // The command itself, and its answer: nothing more comes of what was taken back.
      expect(commentsOn(world, number)).toBe(so + 2);
      expect(world.pull(number).state).toBe("open");
      return undefined;
    },
    PROMOTING,
  );
});
