import { describe, expect } from "@jest/globals";
import { LANES_ONLY, RUN_BOOK_PATH as PATH, RUN_BOOK, runBookOf, type World, type WorldOptions } from "../world.ts";
import { promoted, releases } from "./promoting.ts";
import { answers, lands, open, seen, short, shown, story, summary } from "./telling.ts";

const OPTIONS: WorldOptions = {
  config: `${LANES_ONLY.replace(/^(runbook|report): .*\n/gm, "")}roles: { operations: ["@acme/operations"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
  started: false,
};
const LINK = { body: `Run-book: ${PATH}` };

/** A pull request that brings files from development into staging, as all is brought there. */
async function promotion(world: World, files: Record<string, string>): Promise<number> {
  const dora = world.person("dora");
  await dora.pushes("feature/next", "development", { files });
  await lands(world, dora, "feature/next", "development");
  const number = await dora.opens("development", "staging", LINK);
  await world.quiet();
  return number;
}
async function merged(world: World, number: number): Promise<void> {
  expect(await world.person("dora").merges(number)).toBeNull();
  await world.quiet();
}

/** A release by a run-book that is the same in production already, rehearsed, and with all done that comes before the merge. */
async function walked(world: World): Promise<number> {
  const [dora, otto, rita] = [world.person("dora"), world.person("otto"), world.person("rita")];
  await dora.pushes("master", undefined, { files: { [PATH]: RUN_BOOK } });
  for (const stage of ["staging", "development"]) await dora.forces(stage, "master");
  await world.start();
  await world.quiet();
  await merged(world, await promotion(world, { "src/login.ts": "1" }));
  const release = await rita.opens("staging", "master", LINK);
  await world.quiet();
  await dora.says(release, '/done S2 note="31 rows"\n/done S1 S3-S5');
  await world.quiet();
  await otto.says(release, '/done P1\n/done P2 note="31 rows"');
  await world.quiet();
  expect(seen(world, release)).toEqual({
    name: "flowgate: master",
    is: "success",
    title: "staging goes into master: the next stage. All 11 gates passed.",
  });
  return release;
}
const bodyOf = (world: World, number: number): string =>
  runBookOf(world.github, world.repository(), number)?.body ?? "";
const fileOf = (body: string) => /^<!-- flowgate:run-book ([\da-f]{40}) /m.exec(body)?.[1] as string;

describe("After a rehearsal", () => {
  story(
    "another run-book is rehearsed anew, and keeps what was done in production of what is the same",
    async (world) => {
      const [dora, otto, rita] = [world.person("dora"), world.person("otto"), world.person("rita")];
      const release = await walked(world);
      const before = bodyOf(world, release);

      const changed = RUN_BOOK.replace("Dry run of the migration", "Dry run of both migrations")
        .replace("- [ ] Run scripts", "- [ ] Empty the cache\n- [ ] Run scripts")
        .replace("- [ ] Read a value\n", "");
      const number = await promotion(world, { [PATH]: changed });
      const less = (stage: string) =>
        `${PATH} asks for less than on ${stage}: “Dry run of the migration” reworded, “Read a value” removed`;
      expect(seen(world, number)).toEqual({
        name: "flowgate: staging",
        is: "in_progress",
        title: `1 of 10 gates open. ${less("staging")}.`,
      });
      expect(await dora.merges(number)).toMatchObject({ status: 405 });
      await otto.approves(number);
      await world.quiet();
      await merged(world, number);

      // The comment says what is to be done again, and what is not.
      const now = fileOf(bodyOf(world, release));
      expect(now).not.toBe(fileOf(before));
      expect(shown(world, release)).toMatchInlineSnapshot(`
"**Rehearsal: 0 of 5 done. Production: 1 of 5 done.** Next: **S1** Tell the hospitals

Tick the box of what you did, or write \`/done S1\` in a new comment; \`/skip S1 because …\` and \`/fail S1 because …\` say that it was not done.

To do again, since the run-book changed: S1, S4-S5. The run-book changed, and 1 item of production is kept (P1). 1 item that people dealt with is no longer in the run-book.

Run-book: \`docs/runbooks/release.md\` (\`…\`).

### Rehearsal in staging

#### Before

- [ ] **S1** Tell the hospitals
- **S2** Dry run of both migrations — what came out is to be written down: \`/done S2 note="…"\`

#### Deploy

- [ ] **S3** Empty the cache
- [ ] **S4** Run scripts/activate.sh

#### Test

- [ ] **S5** Log in

### Production

#### Before

- [x] **P1** Tell the hospitals — otto, …
- **P2** Dry run of both migrations — what came out is to be written down: \`/done P2 note="…"\`

#### Deploy

- [ ] **P3** Empty the cache
- [ ] **P4** Run scripts/activate.sh

#### Test

- [ ] **P5** Log in"
`);
      expect(open(world, release)).toEqual({ "run-book": `in_progress: ${less("master")}.` });
      expect(summary(world, release)).toContain(
        `Operations approve ${short(world.pull(release).head.sha)} on GitHub: @\u200botto can.`,
      );
      await otto.approves(release);
      await world.quiet();
      expect(open(world, release)).toEqual({
        "run-book":
          "in_progress: Rehearsal in staging: 5 items open, next S1 “Tell the hospitals”. 3 items to do again, since the run-book or the commit is another one.",
      });
      expect(await rita.merges(release)).toMatchObject({ status: 405 });

      // What somebody ticks on a page from before means what was read there.
      const shows = runBookOf(world.github, world.repository(), release)?.id as number;
      await otto.corrects(shows, before.replace("[ ] **P3** ", "[x] **P3** "));
      await world.quiet();
      expect(shown(world, release)).toContain("\n- [ ] **P3** Empty the cache\n");
      expect(shown(world, release)).toContain("\n- [x] **P4** Run scripts/activate.sh — otto, …\n");
      await otto.corrects(shows, before.replace("[ ] **P5** ", "[x] **P5** "));
      await world.quiet();
      expect(answers(world, release).at(-1)).toBe(
        "otto's click on `P5` is taken back. The run-book has changed since that was shown: tick it in the one that is shown now.",
      );
      expect(fileOf(bodyOf(world, release))).toBe(now);

      await dora.ticks(release, "S1");
      await world.quiet();
      await dora.says(release, '/done S2 note="62 rows"\n/done S3-S5');
      await world.quiet();
      expect(open(world, release)).toEqual({
        "run-book": "in_progress: Before the merge: 1 item open, next P2 “Dry run of both migrations”.",
      });
      await otto.says(release, '/done P2 note="62 rows"');
      await world.quiet();
      expect(world.check(release, "flowgate: master / run-book")?.title).toBe(
        `Rehearsed by ${PATH} (${short(now)}), and what comes before the merge is done. ${less("master")}; otto approved that.`,
      );
      expect(await rita.merges(release)).toBeNull();
      return undefined;
    },
    OPTIONS,
  );

  story(
    "a staging that moves is rehearsed anew, but for what comes before",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const release = await walked(world);
      await merged(world, await promotion(world, { "src/logout.ts": "1" }));
      expect(open(world, release)).toEqual({
        "run-book":
          "in_progress: Rehearsal in staging: 3 items open, next S3 “Run scripts/activate.sh”. 3 items to do again, since the run-book or the commit is another one.",
      });
      expect(shown(world, release)).toMatchInlineSnapshot(`
"**Rehearsal: 2 of 5 done. Production: 2 of 5 done.** Next: **S3** Run scripts/activate.sh

Tick the box of what you did, or write \`/done S3\` in a new comment; \`/skip S3 because …\` and \`/fail S3 because …\` say that it was not done.

To do again, since staging moved: S3-S5.

Run-book: \`docs/runbooks/release.md\` (\`…\`).

### Rehearsal in staging

#### Before

- [x] **S1** Tell the hospitals — dora, …
- [x] **S2** Dry run of the migration — dora, …: "31 rows"

#### Deploy

- [ ] **S3** Run scripts/activate.sh

#### Test

- [ ] **S4** Log in
- [ ] **S5** Read a value

### Production

#### Before

- [x] **P1** Tell the hospitals — otto, …
- [x] **P2** Dry run of the migration — otto, …: "31 rows"

#### Deploy

- [ ] **P3** Run scripts/activate.sh

#### Test

- [ ] **P4** Log in
- [ ] **P5** Read a value"
`);
      expect(await rita.merges(release)).toMatchObject({ status: 405 });

      await dora.ticks(release, "S3");
      await world.quiet();
      await dora.says(release, "/done S4 S5");
      await world.quiet();
      expect(shown(world, release)).toContain(
        "**Rehearsal: 5 of 5 done. Production: 2 of 5 done.** Next, after the merge:",
      );
      expect(shown(world, release)).not.toContain("To do again");
      expect(seen(world, release)?.is).toBe("success");
      expect(await rita.merges(release)).toBeNull();
      return undefined;
    },
    OPTIONS,
  );
});

/** Where Flowgate merges what a release manager takes on. */
const BY_PROMOTE: WorldOptions = {
  config: `${LANES_ONLY.replace(/^(merge_by|runbook): .*\n/gm, "")}roles: { operations: ["@acme/operations"], release-manager: ["@acme/release-managers"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};

story(
  "A release whose run-book is another than that of the release before goes by /promote, too",
  async (world) => {
    const [dora, otto] = [world.person("dora"), world.person("otto")];
    for (const [release, book] of [RUN_BOOK, RUN_BOOK.replace("the tag before", "the one before")].entries()) {
      const name = `feature/${release}`;
      await dora.pushes(name, "development", { message: `feat: ${release}`, files: { [PATH]: book } });
      const feature = await dora.opens(name, "development");
      await world.quiet();
      const number = await promoted(world, await promoted(world, feature));
      await dora.says(number, '/done S2 note="31 rows"\n/done S1 S3-S5');
      await otto.says(number, '/done P1\n/done P2 note="31 rows"');
      await world.quiet();
      await promoted(world, number);
      await otto.says(number, "/done P3-P5");
      await world.quiet();
      expect(releases(world).at(release)).toMatchObject({ tagName: `v1.${release}.0`, draft: false });
    }
    return undefined;
  },
  BY_PROMOTE,
);
