import { describe, expect } from "@jest/globals";
import { isAncestor } from "../../sandbox/git/history.ts";
import { editIssue } from "../../sandbox/issues.ts";
import { must } from "../../sandbox/outcome.ts";
import { makeTag } from "../../sandbox/tags.ts";
import { RUN_BOOK, RUN_BOOK_PATH, type World } from "../world.ts";
import { answers, feature, inTheWay, merged, PROMOTING, promoted, release, releases } from "./promoting.ts";
import { asRead, seen, short, story, summary } from "./telling.ts";

/** The files of a commit, with what they say. */
async function files(world: World, commit: string): Promise<string> {
  const { stdout } = await world.github.git.run(world.repository().id, ["ls-tree", "-r", commit]);
  return stdout.toString();
}
const has = (world: World, stage: string, commit: string): Promise<boolean> =>
  isAncestor(world.github.git, world.repository().id, commit, world.head(stage));
const issues = (world: World) => world.github.find.issuesOf(world.repository().id);

describe("/rollback", () => {
  story(
    "takes production back, and the change comes again once it is mended",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      // What ran before Flowgate came is a release too.
      const first = world.head("master");
      must(await makeTag(world.github, rita.actor, world.repository(), { name: "v1.0.0", at: "master", message: "" }));
      await world.start();
      await world.quiet();
      const second = await promoted(world, await promoted(world, await feature(world, "export")));
      await promoted(world, second);
      const live = world.head("master");
      const said = answers(world, second).length;
      await dora.says(second, "/rollback");
      await rita.says(second, "/rollback to v1.2.0");
      await rita.says(second, "/rollback to v1.1.0");
      await world.quiet();
      expect(answers(world, second).slice(said)).toEqual([
        "This needs a release manager; you have `write` here. @rita could.",
        "There is no release `v1.2.0`: there are `v1.1.0` and `v1.0.0`.",
        "`v1.1.0` is what runs: it is the newest release in master.",
      ]);

      await rita.says(second, "/rollback because exports are empty");
      await world.quiet();
      const before: Record<string, string> = {};
      for (const stage of ["staging", "development"]) before[stage] = await files(world, world.head(stage));
      const back = second + 1;
      expect(answers(world, second).at(-1)).toBe(
        `#${back} rolls master back to \`v1.0.0\` and withdraws \`v1.1.0\`: it is judged as a hotfix, and \`/promote\` there merges it.`,
      );
      expect(world.pull(back)).toMatchObject({
        title: "Roll back to v1.0.0",
        base: { ref: "master" },
        head: { ref: `hotfix/rollback-to-v1.0.0-${short(live)}` },
      });
      expect(await files(world, world.pull(back).head.sha)).toBe(await files(world, first));
      expect(seen(world, back)).toMatchObject({ is: "success" });

      await rita.says(back, "/promote");
      await world.quiet();
      expect(answers(world, back)).toEqual([
        `It carries 1 pull request, this one. #${back} is in master as ${merged(world, back)}. v1.1.1 is released. Flowgate takes it into the history of development and staging by itself, and leaves the files there as they are.`,
      ]);
      expect(await files(world, world.head("master"))).toBe(await files(world, first));
      expect(releases(world)).toMatchObject([
        {
          tagName: "v1.1.0",
          name: "v1.1.0 (withdrawn)",
          draft: false,
          body: expect.stringMatching(
            new RegExp(`^> \\*\\*Withdrawn\\*\\* by #${back}, which went back to \`v1.0.0\`\\.\n\n`),
          ),
        },
        {
          tagName: "v1.1.1",
          body: expect.stringMatching(/^Rolls back `v1\.1\.0` to `v1\.0\.0`\.\n\nAfter `v1\.1\.0`/),
        },
      ]);
      const [issue] = issues(world);
      expect(issue).toMatchObject({ title: "Fix before the next release", state: "open" });
      expect(asRead(issue?.body ?? "")).toContain(`#${back} took \`master\` back to \`v1.0.0\`: exports are empty.`);

      // The earlier stages have it in their history, and keep what they had.
      for (const stage of ["staging", "development"]) {
        expect(await files(world, world.head(stage))).toBe(before[stage]);
        expect(await has(world, stage, world.head("master"))).toBe(true);
      }
      await dora.pushes("fix/export", "development", { message: "fix: fill exports" });
      const fix = await dora.opens("fix/export", "development", { title: "fix: fill exports" });
      await world.quiet();
      const next = await promoted(world, await promoted(world, fix));
      expect(seen(world, next)).toMatchObject({ is: "in_progress" });
      expect(summary(world, next).replaceAll("\\", "")).toContain(
        `Whoever mended it or took it out closes #${issue?.number}.`,
      );
      await rita.says(next, "/promote");
      await world.quiet();
      expect(answers(world, next).at(-1)).toMatch(
        /^It cannot be promoted yet\. #\d+ rolled v1\.1\.0 back, and this would bring it again\. #\d+ is open\./,
      );
      must(await editIssue(world.github, dora.actor, world.repository(), issue?.number as number, { state: "closed" }));
      await world.quiet();
      expect(seen(world, next)).toMatchObject({ is: "success" });
      await rita.says(next, "/promote");
      await world.quiet();
      // It brings the feature again, and says so.
      expect(releases(world).at(-1)).toMatchObject({
        tagName: "v1.2.0",
        name: "v1.2.0",
        body: expect.stringMatching(
          /### Features\n\n- #1 feat: export \(dora\)\n\n### Fixes\n\n- #\d+ fix: fill exports/,
        ),
      });
      expect(await files(world, world.head("master"))).toBe(await files(world, world.head("staging")));
      expect(await files(world, world.head("master"))).not.toBe(await files(world, live));
      return undefined;
    },
    { ...PROMOTING, started: false },
  );

  story(
    "that somebody keeps from staging is owed there, which is said where people look until it is there",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await promoted(world, await release(world));
      const second = await promoted(world, await promoted(world, await feature(world, "export")));
      await promoted(world, second);
      // It does not go into staging by itself: that is frozen.
      await rita.says(second, "/freeze staging because we look");
      await rita.says(second, "/rollback");
      await world.quiet();
      await promoted(world, second + 1);
      const bringing = () =>
        world.github.find
          .pullsOf(world.repository().id)
          .filter(({ head }) => head.ref.startsWith("back-merge/"))
          .toSorted((a, b) => a.number - b.number)
          .map(({ number, title, head, mergedAt }) => ({ number, title, head: head.ref, isMerged: mergedAt !== null }));
      const [{ number, head } = { number: 0, head: "" }] = bringing();
      expect(bringing()).toEqual([{ number, title: "Merge master back into staging", head, isMerged: false }]);
      await dora.closes(number);
      await world.quiet();

      const said = () => world.github.find.commentsOf(world.repository().id, number).map(({ body }) => asRead(body));
      const comments = said();
      expect(comments).toEqual([
        `This was closed, so \`staging\` lacks what it brings: the gate \`back-merge\` holds promotions from there until it has that, and \`development\` waits for it as well. Reopen this, with *Restore branch* first where that is gone, and Flowgate merges it once its check is green; or merge its branch, \`${head}\`, into \`staging\` by another pull request, by a merge commit.`,
      ]);
      const owed = `#${number} was to bring back what staging lacks, and was closed: reopen it, or merge its branch into staging by another pull request; development waits for it as well`;
      expect(await inTheWay(world)).toContain(owed);
      // The next release says what it is that it waits for, and not to merge the rolled-back files into staging.
      await rita.says(second, "/unfreeze staging");
      await world.quiet();
      const next = await promoted(world, await promoted(world, await feature(world, "units")));
      expect(summary(world, next)).toContain(`#${number} was to bring it back and was closed: reopen it, or merge`);

      await dora.reopens(number);
      await world.quiet();
      expect(bringing().map(({ title, isMerged }) => `${title}: ${isMerged}`)).toEqual([
        "Merge master back into staging: true",
        "Merge staging back into development: true",
      ]);
      expect(await inTheWay(world)).not.toContain(owed);
      expect(said()).toEqual(comments);
      expect(summary(world, next)).not.toContain(`#${number}`);
      return undefined;
    },
    PROMOTING,
  );

  story(
    "withdraws what is still being tested, by the run-book as it is now",
    async (world) => {
      const [dora, otto, rita] = [world.person("dora"), world.person("otto"), world.person("rita")];
      must(await makeTag(world.github, rita.actor, world.repository(), { name: "v0.9.0", at: "master", message: "" }));
      await world.start();
      await dora.pushes("feature/export", "development", { files: { [RUN_BOOK_PATH]: RUN_BOOK, "src/export.ts": "" } });
      const number = await dora.opens("feature/export", "development", { title: "feat: export" });
      await world.quiet();
      const release = await promoted(world, await promoted(world, number));
      await otto.says(release, '/done S1-S5 note="fine"\n/done P1-P2 note="fine"');
      await world.quiet();
      await promoted(world, release);
      expect(releases(world)).toMatchObject([{ tagName: "v0.10.0", draft: true }]);

      await rita.says(release, "/rollback");
      await world.quiet();
      const back = release + 1;
      expect(world.pull(back).body).toMatch(new RegExp(`^Run-book: ${RUN_BOOK_PATH}\n\n`));
      expect(world.pull(back).body).toContain("**No data transition is run backwards.**");
      expect(await files(world, world.pull(back).head.sha)).toContain(RUN_BOOK_PATH);
      expect(await files(world, world.pull(back).head.sha)).not.toContain("src/export.ts");
      // The release that it withdraws does not hold it, and it is asked what a hotfix is asked.
      expect(seen(world, back)).toMatchObject({
        is: "in_progress",
        title: "1 of 8 gates open. Before the merge: 2 items open, next P1 “Tell the hospitals”.",
      });
      await otto.says(back, '/done P1-P2 note="fine"');
      await world.quiet();
      await promoted(world, back);
      expect(releases(world)).toMatchObject([
        { tagName: "v0.10.0", name: "v0.10.0 (withdrawn)", draft: true },
        { tagName: "v0.10.1", draft: true },
      ]);
      // What is left of its run-book publishes nothing any more.
      await otto.says(release, "/done P3-P5");
      await world.quiet();
      expect(releases(world)[0]).toMatchObject({ name: "v0.10.0 (withdrawn)", draft: true });
      return undefined;
    },
    {
      ...PROMOTING,
      config: (PROMOTING.config ?? "")
        .replace("runbook: { required: false }", "runbook: { required: true }")
        .replace("roles: {", 'roles: { operations: ["otto"],'),
      started: false,
    },
  );
});
