import { describe, expect } from "@jest/globals";
import type { World } from "../world.ts";
import { commentsOn, feature, inTheWay, PROMOTING, promoted, release } from "./promoting.ts";
import { asRead, open, seen, short, story } from "./telling.ts";

const FIX = { "src/fix.ts": "export const fixed = true;\n" };

/** Dora's hotfix, which Rita promoted. */
async function hotfixed(world: World, files: Readonly<Record<string, string>> = FIX, name = "crash"): Promise<number> {
  const dora = world.person("dora");
  await dora.pushes(`hotfix/${name}`, "master", { files, message: "fix: crash" });
  const number = await dora.opens(`hotfix/${name}`, "master", { title: "fix: crash" });
  await world.quiet();
  await promoted(world, number);
  return number;
}
const pulls = (world: World) =>
  world.github.find.pullsOf(world.repository().id).map(({ number, title, state, mergedAt, base, head }) => ({
    number,
    title,
    is: mergedAt === null ? state : "merged",
    head: head.ref,
    base: base.ref,
  }));
const NONE = { number: 0, head: "" };
const bringing = (world: World) => pulls(world).filter(({ head }) => head.startsWith("back-merge/"));
/** The last thing that Flowgate said there. */
const said = (world: World, number: number) =>
  asRead(world.github.find.commentsOf(world.repository().id, number).at(-1)?.body ?? "");

/** Development is frozen, so that the hotfix is not merged back into it yet; the feature on which that was said. */
async function frozen(world: World): Promise<number> {
  const number = await feature(world);
  await world.person("rita").says(number, "/freeze development because we move");
  await world.quiet();
  await hotfixed(world);
  return number;
}

describe("What a hotfix brought", () => {
  story(
    "is merged back into the earlier stages, and the next release loses nothing",
    async (world) => {
      // Staging is ahead of production, so that what is merged back there is nobody's tree.
      const waits = await release(world);
      const hotfix = await hotfixed(world);
      const live = short(world.head("master"));
      expect(bringing(world).toSorted((a, b) => (a.base < b.base ? -1 : 1))).toMatchObject([
        { title: "Merge master back into development", is: "merged", head: `back-merge/development-${live}` },
        { title: "Merge master back into staging", is: "merged", head: `back-merge/staging-${live}` },
      ]);
      const [first] = bringing(world);
      expect(world.pull(first?.number ?? 0).body).toContain("`master` has 1 commit that");
      expect(world.pull(first?.number ?? 0).body).toContain(`${short(world.pull(hotfix).head.sha)} fix: crash`);
      for (const stage of ["development", "staging"]) expect(await holds(world, stage, "src/fix.ts")).toBe(true);

      const next = await promoted(world, await feature(world, "units"));
      expect(seen(world, next)).toMatchObject({ is: "success" });
      expect(open(world, next)).toEqual({});
      await promoted(world, next);
      await promoted(world, waits);
      expect(world.pull(waits).mergedAt).not.toBeNull();
      expect(bringing(world)).toHaveLength(2);
      return undefined;
    },
    PROMOTING,
  );

  story(
    "and conflicts waits for somebody, who is told how, once",
    async (world) => {
      const [dora, devin] = [world.person("dora"), world.person("devin")];
      await dora.pushes("feature/ours", "development", { files: { "src/fix.ts": "ours\n" } });
      const ours = await dora.opens("feature/ours", "development");
      await world.quiet();
      await promoted(world, ours);
      await hotfixed(world);
      const { number, head } = bringing(world).find(({ base }) => base === "development") ?? NONE;
      expect(seen(world, number)).toMatchObject({ is: "success" });
      expect(world.pull(number).state).toBe("open");
      expect(commentsOn(world, number)).toBe(0);
      await world.skip(31_000);
      expect(said(world, number)).toContain(`git switch ${head}\ngit merge origin/development\n`);
      await world.skip(2 * 3_600_000);
      expect(commentsOn(world, number)).toBe(1);

      await devin.joins(head, "development", { "src/fix.ts": "both\n" });
      await world.quiet();
      expect(seen(world, number)).toMatchObject({
        is: "in_progress",
        title: expect.stringContaining("Waits for somebody who may write to approve"),
      });
      await dora.approves(number);
      await world.quiet();
      expect(world.pull(number).mergedAt).not.toBeNull();
      expect(bringing(world).map(({ is }) => is)).toEqual(["merged", "merged"]);
      return undefined;
    },
    PROMOTING,
  );

  story(
    "and conflicts in staging goes on into development as it was resolved there",
    async (world) => {
      const [dora, devin, rita] = [world.person("dora"), world.person("devin"), world.person("rita")];
      await dora.pushes("feature/ours", "development", { files: { "src/fix.ts": "ours\n" } });
      const ours = await dora.opens("feature/ours", "development");
      await world.quiet();
      await promoted(world, await promoted(world, ours));
      await hotfixed(world);
      for (const stage of ["development", "staging"]) {
        const { number, head } = bringing(world).find(({ base, is }) => base === stage && is === "open") ?? NONE;
        await devin.joins(head, stage, { "src/fix.ts": "both\n" });
        await world.quiet();
        await (stage === "staging" ? rita : dora).approves(number);
        await world.quiet();
        await world.skip(31_000);
      }
      expect(
        bringing(world)
          .map(({ title, is }) => `${title}: ${is}`)
          .toSorted(),
      ).toEqual([
        "Merge master back into development: merged",
        "Merge master back into staging: merged",
        "Merge staging back into development: merged",
      ]);
      const next = await promoted(world, await feature(world, "units"));
      expect(open(world, next)).toEqual({});
      return undefined;
    },
    PROMOTING,
  );

  story(
    "waits while an older one is open, and is brought back after it",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const feature_ = await frozen(world);
      const older = bringing(world).find(({ base }) => base === "development")?.number ?? 0;
      expect(seen(world, older)?.is).toBe("in_progress");
      await hotfixed(world, { "src/other.ts": "1\n" }, "other");
      const into = (stage: string) => bringing(world).flatMap(({ base, is }) => (base === stage ? [is] : []));
      expect(into("staging")).toEqual(["merged", "merged"]);
      expect(into("development")).toEqual(["open"]);
      await dora.closes(older);
      await world.quiet();
      expect(into("development")).toEqual(["closed", "open"]);
      await rita.says(feature_, "/unfreeze development");
      await world.quiet();
      expect(into("development")).toEqual(["closed", "merged"]);
      for (const path of ["src/fix.ts", "src/other.ts"]) expect(await holds(world, "development", path)).toBe(true);
      return undefined;
    },
    PROMOTING,
  );
});

describe("A back-merge that somebody closes", () => {
  story(
    "is owed until its branch is merged by hand, and nobody is told twice",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const feature_ = await frozen(world);
      const { number, head } = bringing(world).find(({ base }) => base === "development") ?? NONE;
      await dora.closes(number);
      await world.quiet();
      expect(said(world, number)).toContain("This was closed, so `development` lacks what it brings: ");
      const owed = `#${number} was to bring back what development lacks, and was closed: reopen it, or merge its branch into development by another pull request`;
      expect(await inTheWay(world)).toContain(owed);
      await dora.says(number, "It can wait.");
      await rita.says(feature_, "/unfreeze development");
      await world.quiet();
      expect(await inTheWay(world)).toEqual([owed]);

      const byHand = await dora.opens(head, "development");
      await world.quiet();
      await promoted(world, byHand);
      expect(await holds(world, "development", "src/fix.ts")).toBe(true);
      expect(await inTheWay(world)).toEqual([]);
      expect(commentsOn(world, number)).toBe(2);
      return undefined;
    },
    PROMOTING,
  );
});

describe("An ordinary release", () => {
  story(
    "leaves nothing to bring back",
    async (world) => {
      await promoted(world, await release(world));
      expect(pulls(world).map(({ is }) => is)).toEqual(["merged", "merged", "merged"]);
      return undefined;
    },
    PROMOTING,
  );
});

async function holds(world: World, branch: string, path: string): Promise<boolean> {
  const { git } = world.github;
  const listed = await git.run(world.repository().id, ["ls-tree", "--name-only", world.head(branch), path]);
  return listed.stdout.toString().trim() === path;
}
