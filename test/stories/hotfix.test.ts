import { describe, expect } from "@jest/globals";
import { LANES_ONLY, RUN_BOOK, RUN_BOOK_PATH, type World, type WorldOptions } from "../world.ts";
import { answers, asRead, seen, story } from "./telling.ts";

const DAY = 24 * 3_600_000;
const OPTIONS: WorldOptions = {
  config: `${LANES_ONLY.replace("merge_by: anyone\n", "").replace("runbook: { required: false }\n", "")}roles:
  release-manager: ["@acme/release-managers"]
  operations: ["@acme/operations"]
  quality: ["@acme/quality"]
  engineering: ["@acme/engineering"]
`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};
const LINK = { body: `Run-book: ${RUN_BOOK_PATH}` };

const timeless = (text: string | null | undefined) =>
  text?.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "…").replaceAll("\\", "");
/** The one issue about what a hotfix owes. */
function owedIssue(world: World) {
  const all = world.github.find.issuesOf(world.repository().id).filter(({ title }) => title.includes("owed"));
  expect(all).toHaveLength(1);
  return all as [(typeof all)[number]];
}
function owed(world: World) {
  return owedIssue(world).map(({ title, state, body }) => ({
    title,
    state,
    body: timeless(asRead(body ?? "")),
  }))[0] as {
    readonly title: string;
    readonly state: string;
    readonly body: string;
  };
}
const openInto = (world: World, base: string) =>
  world.github.find.pullsInto(world.repository().id, base).findLast(({ state }) => state === "open")?.number ?? 0;

describe("A hotfix", () => {
  story(
    "owes what a release has before, says so in an issue, and holds the next release once that is overdue",
    async (world) => {
      const [dora, devin, rita] = [world.person("dora"), world.person("devin"), world.person("rita")];
      const [otto, quinn] = [world.person("otto"), world.person("quinn")];
      const says = async (number: number, body: string) => {
        await rita.says(number, body);
        await world.quiet();
      };
      const walked = async (number: number, items: string) => {
        await otto.says(number, items);
        await world.quiet();
      };

      // The crash is mended in production at once, without anybody's approval and without a rehearsal.
      await dora.pushes("hotfix/crash", "master", { files: { "src/crash.ts": "1\n", [RUN_BOOK_PATH]: RUN_BOOK } });
      const hotfix = await dora.opens("hotfix/crash", "master", LINK);
      await world.quiet();
      await walked(hotfix, '/done P1\n/done P2 note="none"');
      await says(hotfix, "/promote dry run");
      const follows =
        "Flowgate merges it back into development and staging by itself; an approval of engineering, an approval of quality and its rehearsal are owed";
      expect(answers(world, hotfix).at(-1)).toContain(
        ` because it is the first release. Once it is merged, ${follows} within 2 working days. Nothing was done.`,
      );
      await says(hotfix, "/promote");
      expect(world.pull(hotfix).merged).toBe(true);
      expect(timeless(answers(world, hotfix).at(-1))).toContain(
        ` and its release is a draft until it is deployed and tested. ${follows} until …, see #${owedIssue(world)[0].number}.`,
      );
      expect(owed(world)).toMatchInlineSnapshot(`
{
  "body": "#1 went into \`master\` as a hotfix at …. What a release gets before it goes out, this one is to have by **…**:

- **engineering**: an approving review of #1. @devin can give it.
- **quality**: an approving review of #1. @quinn can give it.
- **the rehearsal in staging**: whoever may write ticks the \`S\` items in the comment with the run-book on #1, or writes \`/done\` there.

GitHub takes a review of a merged pull request as of any other: *Files changed* on #1, *Review changes*, *Approve*. It counts from somebody in the role who neither opened it nor pushed to its branch; one person fills one role. After that time what is owed holds the next release, never a hotfix. Closing this issue alone changes nothing.",
  "state": "open",
  "title": "Reviews owed for hotfix #1",
}
`);
      await walked(hotfix, "/done P3-P5");
      expect(world.github.find.releasesOf(world.repository().id)).toMatchObject([{ name: "v1.0.0", draft: false }]);

      // It goes back to where the next release comes from, unless it is there already, and one more feature joins it.
      const back = await dora.opens("hotfix/crash", "development").catch(() => null);
      await world.quiet();
      if (back !== null) await says(back, "/promote");
      await dora.pushes("feature/login", "development");
      const feature = await dora.opens("feature/login", "development");
      await world.quiet();
      await says(feature, "/promote");
      await says(openInto(world, "staging"), "/promote");
      const release = openInto(world, "master");
      await walked(release, '/done S1 S3-S5 P1\n/done S2 P2 note="none"');
      await world.skip(DAY);
      expect(seen(world, release)?.is).toBe("success");

      // Two working days are over, whatever the day it is today.
      await world.skip(3 * DAY + 1_000);
      expect(seen(world, release)).toMatchObject({ is: "in_progress" });
      expect(timeless(seen(world, release)?.title)).toMatchInlineSnapshot(
        `"1 of 11 gates open. The hotfix #1 was to have an approval of engineering, an approval of quality and its rehearsal by …."`,
      );
      await says(release, "/promote");
      expect(world.pull(release).merged).toBe(false);
      expect(timeless(answers(world, release).at(-1))).toContain(
        "It cannot be promoted yet. The hotfix #1 was to have",
      );
      expect(owed(world).body).toContain("That time is over: what is owed holds the next release, never a hotfix.");
      // The next crash can be mended all the same.
      await dora.pushes("hotfix/again", "master");
      const another = await dora.opens("hotfix/again", "master", LINK);
      await world.quiet();
      expect(seen(world, another)?.title).toMatchInlineSnapshot(
        `"1 of 8 gates open. Before the merge: 2 items open, next P1 “Tell the hospitals”."`,
      );
      await dora.closes(another);

      // Each gives what they owe; otto is in neither of the two roles.
      await otto.approves(hotfix);
      await devin.approves(hotfix);
      await world.quiet();
      expect(timeless(seen(world, release)?.title)).toMatchInlineSnapshot(
        `"1 of 11 gates open. The hotfix #1 was to have an approval of quality and its rehearsal by …."`,
      );
      await quinn.approves(hotfix);
      await walked(hotfix, '/done S1 S3-S4\n/done S2 note="none"');
      expect(owed(world).state).toBe("open");
      await dora.ticks(hotfix, "S5");
      await world.quiet();
      expect(owed(world)).toMatchInlineSnapshot(`
{
  "body": "#1 went into \`master\` as a hotfix at …. What a release gets before it goes out, this one is to have by **…**:

- **engineering**: devin approved it.
- **quality**: quinn approved it.
- **the rehearsal in staging**: its run-book was walked through there.

Nothing is owed any more.",
  "state": "closed",
  "title": "Reviews owed for hotfix #1",
}
`);
      expect(seen(world, release)?.is).toBe("success");
      await says(release, "/promote");
      expect(world.pull(release).merged).toBe(true);
      expect(owed(world).state).toBe("closed");
      return undefined;
    },
    OPTIONS,
  );
});
