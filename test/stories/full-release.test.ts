import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "@jest/globals";
import { read } from "../release/run-books.ts";
import type { World } from "../world.ts";
import { chainsIn, tale } from "./tale.ts";
import { answers, asRead, lands, open, seen, short, shown, story, summary, toCopy } from "./telling.ts";

const folder = mkdtempSync(join(tmpdir(), "flowgate-release-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const CONFIG = `enforcement: managed
merge_by: anyone
roles:
  release-manager: ["@acme/release-managers"]
  operations: ["@acme/operations", "rita"]
  quality: ["@acme/quality"]
  engineering: ["@acme/engineering"]
checks: { allow_none: true }
`;
const MIGRATION = "db/migrate/20261122_unit.sql";
const PATH = "docs/runbooks/1.4.0.md";
const LINK = { body: `Run-book: ${PATH}` };

/** A run-book of eight items; with the one that runs the migration. */
const RUN_BOOK = `# Readings with their unit

## Before

- [ ] Tell the hospitals
- [ ] Count the readings (result)
- [ ] Stop the import

## Deploy

- [ ] Run \`${MIGRATION}\`
- [ ] Run scripts/activate.sh

## Test

- [ ] Log in
- [ ] A reading shows its unit

## Rollback

Run scripts/activate.sh with the tag before; the new column may stay.

## Monitor

- [ ] Look at https://status.example.com for a day
`;
const WITHOUT_MIGRATION = RUN_BOOK.replace(`- [ ] Run \`${MIGRATION}\`\n`, "");

const issues = (world: World) =>
  world.github.find
    .issuesOf(world.repository().id)
    .map(({ number, title, state, body }) => ({ number, title, state, body: asRead(body ?? "") }));

story(
  "A whole release: a migration, a run-book walked twice, a backup that gets too old, and a test that fails",
  async (world) => {
    const [dora, devin, quinn] = [world.person("dora"), world.person("devin"), world.person("quinn")];
    const [otto, rita] = [world.person("otto"), world.person("rita")];
    const began = world.clock.now().getTime();

    // dora brings a migration, and forgets it in the run-book: the promotion says so, and what to write there.
    const files = { "src/unit.ts": "export {};\n", [MIGRATION]: "alter table readings add column unit text;\n" };
    await dora.pushes("feature/unit", "development", { files: { ...files, [PATH]: WITHOUT_MIGRATION } });
    await lands(world, dora, "feature/unit", "development");
    const promotion = await rita.opens("development", "staging", LINK);
    await world.quiet();
    expect(seen(world, promotion)).toEqual({
      name: "flowgate: staging",
      is: "failure",
      title: `2 of 10 gates open. No *before* or *deploy* item of ${PATH} that has to be done names ${MIGRATION}.`,
    });
    expect(open(world, promotion)).toEqual({
      approvals: "in_progress: Waits for operations to approve.",
      "data-transition": `failure: No *before* or *deploy* item of ${PATH} that has to be done names ${MIGRATION}.`,
    });
    expect(toCopy(world, promotion)).toBe(`- [ ] Run \`${MIGRATION}\``);
    await dora.pushes("feature/run-book", "development", { files: { [PATH]: RUN_BOOK } });
    await lands(world, dora, "feature/run-book", "development");
    await otto.approves(promotion);
    await world.quiet();
    expect(seen(world, promotion)).toEqual({
      name: "flowgate: staging",
      is: "success",
      title: "development goes into staging: the next stage. All 10 gates passed.",
    });
    expect(await rita.merges(promotion)).toBeNull();

    // The release asks for a rehearsal, a backup, and three approvals; its script is found.
    const release = await rita.opens("staging", "master", LINK);
    await world.quiet();
    const head = short(world.pull(release).head.sha);
    const title = () => seen(world, release)?.title;
    const gate = (name: string) => world.check(release, `flowgate: master / ${name}`)?.title;
    const answer = () => answers(world, release).at(-1);
    const APPROVALS = "Waits for engineering, operations and quality to approve.";
    expect(title()).toBe(`3 of 12 gates open. ${APPROVALS}`);
    expect(open(world, release)).toEqual({
      approvals: `in_progress: ${APPROVALS}`,
      "run-book": "in_progress: Rehearsal in staging: 7 items open, next S1 “Tell the hospitals”.",
      backup: "in_progress: Waiting for operations: no backup is attested.",
    });
    expect(gate("data-transition")).toMatch(new RegExp(`^Item 4 of ${PATH} names ${MIGRATION} \\([\\da-f]{7}\\)\\.$`));

    // The rehearsal: whoever may write.
    await dora.ticks(release, "S1");
    await world.quiet();
    expect(gate("run-book")).toBe("Rehearsal in staging: 6 items open, next S2 “Count the readings”.");
    await devin.says(release, '/done S2 note="48,112"\n/done S3-S5');
    await world.quiet();
    expect(answer()).toBe('- `/done S2 note="48,112"`: Done: `S2`.\n- `/done S3-S5`: Done: `S3`, `S4`, `S5`.');
    await quinn.ticks(release, "S6");
    await world.quiet();
    await quinn.ticks(release, "S7");
    await world.quiet();
    expect(gate("run-book")).toBe("Before the merge: 3 items open, next P1 “Tell the hospitals”.");

    // Production is for operations.
    await dora.ticks(release, "P1");
    await world.quiet();
    expect(answer()).toBe(
      "dora's click on `P1` is taken back. This needs somebody in operations; you have `write` here. @otto or @rita could.",
    );
    expect(shown(world, release)).toContain("\n- [ ] **P1** Tell the hospitals\n");
    await otto.ticks(release, "P1");
    await world.quiet();
    expect(shown(world, release)).toContain("\n- [x] **P1** Tell the hospitals — otto, …\n");

    // What is left out before the merge is agreed by two.
    await otto.says(release, '/done P2 note="51,730"\n/skip P3 because nothing is imported on Sundays');
    await world.quiet();
    expect(gate("run-book")).toBe(
      "Before the merge: 1 item open, next P3 “Stop the import”. P3 waits for somebody else's /confirm.",
    );
    expect(summary(world, release)).toContain("Somebody else writes `/confirm P3`.");
    await otto.says(release, "/confirm P3");
    await world.quiet();
    expect(answer()).toBe("You asked to skip `P3` yourself; somebody else confirms it.");
    await dora.says(release, "/confirm P3");
    await world.quiet();
    expect(answer()).toBe("This needs somebody in operations; you have `write` here. @otto or @rita could.");
    await rita.says(release, "/confirm P3");
    await world.quiet();
    expect(answer()).toBe("Skipped, as agreed: `P3`.");
    expect(gate("run-book")).toMatch(
      new RegExp(
        `^Rehearsed by ${PATH} \\([\\da-f]{7}\\), and what comes before the merge is done\\. 1 item skipped\\.$`,
      ),
    );

    // A backup counts for a day, and a little less: nobody merges on one that is just too old.
    const attests = async (id: string) => {
      const finished = world.clock.now();
      await otto.says(release, `/attest backup system=postgres-main id=${id} at=${finished.toISOString()}`);
      await world.quiet();
      return finished.getTime();
    };
    const finished = await attests("snap-8f31");
    expect(answer()).toMatch(
      /^Backup `snap-8f31` of `postgres-main`, finished at .* UTC, claimed by otto\. It counts until .* UTC, and while the files that affect data and this comment stay as they are\.$/,
    );
    expect(gate("backup")).toMatch(
      /^snap-8f31 of postgres-main was finished at .* UTC \(claimed by otto\)\. Counts until .* UTC\.$/,
    );
    for (const person of [devin, otto, quinn]) await person.approves(release);
    await world.quiet();
    const GREEN = "staging goes into master: the next stage. All 12 gates passed, 1 item skipped.";
    expect(seen(world, release)).toEqual({ name: "flowgate: master", is: "success", title: GREEN });
    const isOld = (age: number) => world.skip(finished + age - world.clock.now().getTime());
    await isOld(24 * HOUR - 2 * MINUTE);
    expect(title()).toBe(GREEN);
    await isOld(24 * HOUR - MINUTE / 2);
    expect(world.clock.now().getTime() - finished).toBeLessThan(24 * HOUR);
    const OLD = "Waiting for operations: the newest backup of postgres-main is 24 h old, and 24 h is the limit.";
    expect(seen(world, release)).toEqual({
      name: "flowgate: master",
      is: "in_progress",
      title: `1 of 12 gates open, 1 item skipped. ${OLD}`,
    });
    expect(await rita.merges(release)).toEqual({
      status: 405,
      message: 'Repository rule violations found\n\nRequired status check "flowgate: master" is in progress.\n\n',
    });
    await attests("snap-9a02");
    expect(title()).toBe(GREEN);
    expect(toldOfTurning(world, release)).toEqual([
      `\`flowgate: master\` was green on \`${head}\` and is not any more.\n\n- \`backup\`: ${OLD.replace("postgres-main", "`postgres-main`")} @otto or @rita makes a backup and copies the line with its id and when it was finished, or names the run that made it. Where no data is affected they say \`/attest no-data-impact because …\`.`,
    ]);
    expect(await rita.merges(release)).toBeNull();
    await world.quiet();

    // What comes after the merge: one test fails, which opens an issue until it is done after all.
    await otto.ticks(release, "P4");
    await world.quiet();
    await otto.says(release, "/done P5");
    await world.quiet();
    await otto.says(release, "/fail P7 because the unit reads undefined");
    await world.quiet();
    expect(answer()).toBe(
      "Failed: `P7`. The release waits until it is done after all: `/done` says so; what to do when it cannot be, the run-book's rollback section tells.",
    );
    expect(shown(world, release)).toContain(
      "**1 item skipped (P3). ❌ 1 item failed (P7). Rehearsal: 7 of 7 done. Production: 5 of 7 done.** Next, after the merge: **P6** Log in\n",
    );
    expect(shown(world, release)).toContain(
      "- **P7** A reading shows its unit — ❌ failed: the unit reads undefined (otto, …); `/done P7` once it is repaired\n",
    );
    const failed = { number: release + 1, title: `P7 of the run-book failed on #${release}: A reading shows its unit` };
    expect(issues(world)).toEqual([
      {
        ...failed,
        state: "open",
        body: expect.stringMatching(
          /^\*\*P7\*\* A reading shows its unit\n\notto says at .* UTC: the unit reads undefined\n\nThe release waits until the item is done after all: `\/done P7` on #\d+ says so\. /,
        ),
      },
    ]);
    await otto.ticks(release, "P6");
    await world.quiet();
    await rita.says(release, '/done P7 note="the cache was old"');
    await world.quiet();
    expect(answer()).toBe("Done: `P7`.");
    expect(issues(world)).toEqual([
      {
        ...failed,
        state: "closed",
        body: expect.stringMatching(/\n\nBy now it is done: the cache was old \(rita, .* UTC\)\.$/),
      },
    ]);
    expect(shown(world, release)).toContain("Next, and nothing waits for it: **P8** Look at");
    await world.skip(24 * HOUR);
    await otto.ticks(release, "P8");
    await world.quiet();
    expect(shown(world, release)).toMatchInlineSnapshot(`
"**1 item skipped (P3). Rehearsal: 7 of 7 done. Production: 7 of 7 done.** Nothing is left to do.

Run-book: \`docs/runbooks/1.4.0.md\` (\`…\`).

### Rehearsal in staging

#### Before

- [x] **S1** Tell the hospitals — dora, …
- [x] **S2** Count the readings — devin, …: "48,112"
- [x] **S3** Stop the import — devin, …

#### Deploy

- [x] **S4** Run \`db/migrate/20261122_unit.sql\` — devin, …
- [x] **S5** Run scripts/activate.sh — devin, …

#### Test

- [x] **S6** Log in — quinn, …
- [x] **S7** A reading shows its unit — quinn, …

#### Monitor

- [ ] **S8** Look at https://status.example.com for a day

### Production

#### Before

- [x] **P1** Tell the hospitals — otto, …
- [x] **P2** Count the readings — otto, …: "51,730"
- **P3** Stop the import — skipped: nothing is imported on Sundays (otto, …, confirmed by rita)

#### Deploy

- [x] **P4** Run \`db/migrate/20261122_unit.sql\` — otto, …
- [x] **P5** Run scripts/activate.sh — otto, …

#### Test

- [x] **P6** Log in — otto, …
- [x] **P7** A reading shows its unit — rita, …: "the cache was old"

#### Monitor

- [x] **P8** Look at https://status.example.com for a day — otto, …"
`);

    // Somebody reads it up a year later.
    await world.stopApp();
    const told = tale(chainsIn(folder), { pull: release, stage: "master", began, items: read(RUN_BOOK).items });
    expect(told).toMatchInlineSnapshot(`
"0 h, app: judged pending, approvals, run-book, backup
0 h, dora: S1 done: dora ticked its box
0 h, devin: S2 done: 48,112
0 h, devin: S3 done: devin did it
0 h, devin: S4 done: devin did it
0 h, devin: S5 done: devin did it
0 h, quinn: S6 done: quinn ticked its box
0 h, quinn: S7 done: quinn ticked its box
0 h, dora: dora changed the comment
0 h, dora: was refused P1
0 h, otto: P1 done: otto ticked its box
0 h, otto: P2 done: 51,730
0 h, otto: P3 skip-asked: nothing is imported on Sundays
0 h, otto: was refused /confirm P3
0 h, dora: was refused /confirm P3
0 h, rita: P3 skipped: nothing is imported on Sundays (otto, confirmed by rita)
0 h, app: judged pending, approvals, backup
0 h, otto: attested snap-8f31
0 h, app: judged pending, approvals
0 h, app: judged passed
24 h, app: judged pending, backup
24 h, otto: attested snap-9a02
24 h, app: judged passed
24 h, app: it was merged as it had passed
24 h, app: used up snap-9a02 for #4
24 h, app: v1.0.0: \`v1.0.0\`, because it is the first release
24 h, rita: brought #4
24 h, app: v1.0.0: its preliminary evidence was made
24 h, otto: P4 done: otto ticked its box
24 h, app: v1.0.0: its deployment has begun
24 h, otto: P5 done: otto did it
24 h, otto: P7 failed: the unit reads undefined
24 h, app: reported in an issue
24 h, otto: P6 done: otto ticked its box
24 h, rita: P7 done: the cache was old
24 h, app: reported in an issue
24 h, app: v1.0.0: its final evidence was made
24 h, app: v1.0.0 is released
48 h, otto: P8 done: otto ticked its box"
`);
    await world.start();
    return undefined;
  },
  { config: CONFIG, settings: { databaseUrl: null, folder, budget: { points: 1_000_000, inFlight: 64 } } },
);

/** What Flowgate says where it turns back from green, in comments of their own. */
const toldOfTurning = (world: World, number: number) =>
  world.github.find
    .commentsOf(world.repository().id, number)
    .flatMap(({ body }) => (body.includes("not any more") ? [asRead(body)] : []));
