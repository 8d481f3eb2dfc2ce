import { describe, expect } from "@jest/globals";
import { deleteRef } from "../../sandbox/branches.ts";
import { must } from "../../sandbox/outcome.ts";
import type { ReleaseInput } from "../../sandbox/publishing.ts";
import { deleteRelease, editRelease } from "../../sandbox/releases.ts";
import { tagNamed } from "../../sandbox/tags.ts";
import { RUN_BOOK, RUN_BOOK_PATH, type World } from "../world.ts";
import { answers, feature, PROMOTING, promoted, release, releases } from "./promoting.ts";
import { asRead, seen, short, story } from "./telling.ts";

/** Releases are tested after the merge, by a run-book of which two items come before it. */
const TESTED = `${PROMOTING.config?.replace("runbook: { required: false }", `runbook: { default: ${RUN_BOOK_PATH} }`)}`;
const issues = (world: World) =>
  world.github.find.issuesOf(world.repository().id).map(({ number, title, state, body }) => ({
    number,
    title,
    state,
    says: asRead(body ?? "").replace(/\d{4}-\d\d-\d\d \d\d:\d\d/g, "THEN"),
  }));

const touching = (world: World, login: string) => {
  const { actor } = world.person(login);
  const only = () => {
    const [one] = releases(world);
    if (one === undefined) throw new Error("there is no release");
    return one.id;
  };
  return {
    async edits(change: ReleaseInput) {
      must(await editRelease(world.github, actor, world.repository(), only(), change));
      await world.quiet();
    },
    async deletes() {
      must(await deleteRelease(world.github, actor, world.repository(), only()));
      await world.quiet();
    },
  };
};

/** A release that is merged and drafted, and waits for its run-book. */
async function onItsWay(world: World): Promise<number> {
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  await dora.pushes("feature/run-book", "development", {
    message: "feat: readings",
    files: { [RUN_BOOK_PATH]: RUN_BOOK },
  });
  const number = await dora.opens("feature/run-book", "development", { title: "feat: readings" });
  await world.quiet();
  const last = await promoted(world, await promoted(world, number));
  await rita.says(last, '/done S1\n/done S2 note="3 rows"\n/done S3-S5\n/done P1\n/done P2 note="3 rows"');
  await world.quiet();
  await rita.says(last, "/promote");
  await world.quiet();
  return last;
}

describe("A release touched by hand", () => {
  story(
    "on its way is put right as long as it is a draft; published too early it waits for its run-book all the same",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const last = await onItsWay(world);
      const commit = short(world.pull(last).mergeCommitSha as string);
      const [draft] = releases(world);
      expect(draft).toMatchObject({ tagName: "v1.0.0", draft: true });

      await touching(world, "rita").edits({ body: "Everything is better now.", name: "The big one" });
      expect(releases(world)).toMatchObject([{ id: draft?.id, name: "v1.0.0", body: draft?.body, draft: true }]);
      await touching(world, "rita").deletes();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", body: draft?.body, draft: true }]);
      expect(releases(world)[0]?.id).not.toBe(draft?.id);
      expect(issues(world)).toEqual([]);

      await touching(world, "rita").edits({ draft: false });
      const [issue] = issues(world);
      expect(issues(world)).toEqual([
        {
          number: issue?.number,
          title: "Release v1.0.0 was published by hand",
          state: "open",
          says: `Release v1.0.0 was published by hand, by rita at THEN UTC, before it was verified.\n\nWhat is left of its run-book is still to be done: then Flowgate releases it, and no other release goes in before. It is cleared when a release manager or somebody in engineering who did not do it accepts it here with \`/accept ${commit} because …\`. Closing this issue alone changes nothing.`,
        },
      ]);
      const next = await promoted(world, await promoted(world, await feature(world)));
      await rita.says(next, "/gates");
      await world.quiet();
      expect(answers(world, next).at(-1)).toContain(
        "v1.0.0 is merged and not released yet, though it was published by hand.",
      );
      const on = issue?.number ?? 0;
      await rita.says(on, `/accept ${commit} because the vendor waits`);
      await dora.says(on, `/accept ${commit} because the vendor waits`);
      await world.quiet();
      expect(answers(world, on)).toEqual([
        "Who did it does not accept it: somebody else has to.",
        `${commit} is accepted: the vendor waits.`,
      ]);
      expect(issues(world)).toMatchObject([{ state: "closed" }]);

      await rita.says(last, "/done P3-P5");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false, body: draft?.body }]);
      await rita.says(next, "/gates");
      await world.quiet();
      expect(answers(world, next).at(-1)).not.toContain("v1.0.0 is merged and not released yet");
      expect(issues(world)).toHaveLength(1);
      return undefined;
    },
    { ...PROMOTING, config: TESTED },
  );

  story(
    "after it was released is reported, and stays as it is",
    async (world) => {
      const rita = world.person("rita");
      const last = await release(world);
      await rita.says(last, "/promote");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      const commit = short(world.pull(last).mergeCommitSha as string);

      await touching(world, "rita").edits({ body: "Shorter." });
      await touching(world, "rita").edits({ body: "Even shorter." });
      expect(releases(world)).toMatchObject([{ body: "Even shorter." }]);
      await touching(world, "rita").deletes();
      expect(releases(world)).toEqual([]);
      expect(issues(world)).toMatchObject([
        { title: "Release v1.0.0 was edited by hand", state: "open" },
        { title: "Release v1.0.0 was deleted by hand", state: "open" },
      ]);
      expect(issues(world)[1]?.says).toContain("Flowgate does not make it anew.");
      await world.person("dora").says(issues(world)[0]?.number ?? 0, `/accept ${commit} because it was said twice`);
      await world.quiet();
      expect(issues(world)).toMatchObject([{ state: "closed" }, { state: "closed" }]);
      expect(releases(world)).toEqual([]);
      return undefined;
    },
    PROMOTING,
  );

  story(
    "and whose tag is deleted is tagged anew before it is out",
    async (world) => {
      const last = await onItsWay(world);
      const live = world.pull(last).mergeCommitSha;
      const { actor } = world.person("rita");
      must(await deleteRef(world.github, actor, world.repository(), "refs/tags/v1.0.0"));
      await world.quiet();
      expect(await tagNamed(world.github, world.repository().id, "v1.0.0")).toMatchObject({ commit: { sha: live } });
      expect(issues(world)).toMatchObject([{ title: "The tag v1.0.0 was deleted by hand", state: "open" }]);
      await world.person("rita").says(last, "/done P3-P5");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ tagName: "v1.0.0", draft: false }]);
      expect(await tagNamed(world.github, world.repository().id, "v1.0.0")).toMatchObject({ commit: { sha: live } });
      expect(seen(world, last)?.is).toBe("success");
      return undefined;
    },
    { ...PROMOTING, config: TESTED.replace("enforcement: managed", "enforcement: report") },
  );

  story(
    "each time it is put right is left alone for a while, is told of, and is released as it was decided all the same",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const last = await onItsWay(world);
      const commit = short(world.pull(last).mergeCommitSha as string);
      const [draft] = releases(world);
      const edits = async (times: number) => {
        for (let time = 0; time < times; time++)
          await touching(world, "rita").edits({ body: `Brought to you by bot ${time}.` });
      };

      await edits(5);
      expect(releases(world)).toMatchObject([{ body: draft?.body, draft: true }]);
      expect(issues(world)).toEqual([]);
      await edits(2);
      expect(releases(world)).toMatchObject([{ body: "Brought to you by bot 1.", draft: true }]);
      const [issue] = issues(world);
      expect(issues(world)).toEqual([
        {
          number: issue?.number,
          title: "The draft of v1.0.0 was edited by hand again and again",
          state: "open",
          says: `The draft of v1.0.0 was edited by hand again and again, by rita at THEN UTC.\n\nFlowgate puts it right five times in ten minutes at most, and then leaves it alone for a while. \`v1.0.0\` is published only as Flowgate wrote it, and not before that is put right. Whoever runs what changes it can stop that, and an admin of this repository can take its access away. It is cleared when a release manager or somebody in engineering who did not do it accepts it here with \`/accept ${commit} because …\`. Closing this issue alone changes nothing.`,
        },
      ]);

      await rita.says(last, "/done P3-P5");
      await world.quiet();
      expect(releases(world)).toMatchObject([{ body: "Brought to you by bot 1.", draft: true }]);
      await world.skip(10 * 60_000);
      expect(releases(world)).toMatchObject([{ name: "v1.0.0", body: draft?.body, draft: false }]);
      await dora.says(issue?.number ?? 0, `/accept ${commit} because the bot is off`);
      await world.quiet();
      expect(issues(world)).toMatchObject([{ state: "closed" }]);
      return undefined;
    },
    { ...PROMOTING, config: TESTED },
  );
});
