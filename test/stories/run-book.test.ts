import { describe, expect } from "@jest/globals";
import { LANES_ONLY, RUN_BOOK_PATH as PATH, RUN_BOOK, runBookOf, type World, type WorldOptions } from "../world.ts";
import { lands, seen, story } from "./telling.ts";

const OPTIONS: WorldOptions = {
  config: `${LANES_ONLY.replace("runbook: { required: false }\n", "")}roles: { operations: ["@acme/operations"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};

/** The comment with the run-book, as people read it. */
const shown = (world: World, number: number): string =>
  (runBookOf(world.github, world.repository(), number)?.body ?? "")
    .replace(/^<!--.*-->\n/gm, "")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "THEN")
    .replaceAll("\u200b", "");
const answers = (world: World, number: number): readonly string[] =>
  world.github.find
    .commentsOf(world.repository().id, number)
    .filter(({ viaAppId, body }) => viaAppId === world.registered.id && body.includes("flowgate:reply"))
    .map(({ body }) => (body.split("\n\n<!--")[0] as string).replaceAll("\u200b", ""));

/** A feature with a run-book, on development. */
async function withRunBook(world: World, text = RUN_BOOK): Promise<void> {
  const dora = world.person("dora");
  await dora.pushes("feature/login", "development", { files: { "src/login.ts": "1", [PATH]: text } });
  await lands(world, dora, "feature/login", "development");
}
async function released(world: World): Promise<number> {
  const number = await world.person("rita").opens("staging", "master", { body: `Run-book: ${PATH}` });
  await world.quiet();
  return number;
}

describe("A run-book", () => {
  story(
    "is linked, rehearsed and walked, and holds the release until then",
    async (world) => {
      const [dora, otto, rita] = [world.person("dora"), world.person("otto"), world.person("rita")];
      await withRunBook(world);
      const promotion = await dora.opens("development", "staging");
      await world.quiet();
      expect(seen(world, promotion)).toMatchObject({
        is: "failure",
        title: expect.stringContaining("No run-book is linked. There is docs/runbooks/release.md."),
      });
      await dora.says(promotion, `/runbook ${PATH}`);
      await world.quiet();
      expect(answers(world, promotion)).toEqual([`The run-book of \\#${promotion} is \`${PATH}\`.`]);
      expect(seen(world, promotion)?.is).toBe("success");
      expect(await dora.merges(promotion)).toBeNull();
      await world.quiet();

      const number = await released(world);
      expect(seen(world, number)).toMatchObject({
        is: "in_progress",
        title: expect.stringContaining("Rehearsal in staging: 5 items open, next S1 “Tell the hospitals”."),
      });
      expect(shown(world, number)).toMatchInlineSnapshot(`
"
### Run-book \`docs/runbooks/release.md\`

Rehearsal in staging: 5 items open. Next: S1 Tell the hospitals.

Tick a box, or write \`/done S1\`, \`/done P1-P3 note="…"\`, \`/undo P1\`, \`/skip P1 because …\` or \`/fail P1 because …\` in a new comment.

#### Rehearsal in staging

**Before**

- [ ] **S1** Tell the hospitals
- [ ] **S2** Dry run of the migration

**Deploy**

- [ ] **S3** Run scripts/activate.sh

**Test**

- [ ] **S4** Log in
- [ ] **S5** Read a value

#### Production

**Before**

- [ ] **P1** Tell the hospitals
- [ ] **P2** Dry run of the migration

**Deploy**

- [ ] **P3** Run scripts/activate.sh

**Test**

- [ ] **P4** Log in
- [ ] **P5** Read a value"
`);

      await dora.ticks(number, "S1");
      await world.quiet();
      expect(shown(world, number)).toContain("- [x] **S1** Tell the hospitals — dora, ");
      // Its result has to be written down.
      await dora.ticks(number, "S2");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe('It asks for its result: write `/done S2 note="…"`.');
      expect(shown(world, number)).toContain("- [ ] **S2** ");
      await dora.says(number, '/done S2 note="31 rows"\n/done S3-S5');
      await world.quiet();
      expect(seen(world, number)?.title).toContain("Before the merge: 2 items open, next P1 “Tell the hospitals”.");
      // Production is for operations.
      await dora.ticks(number, "P1");
      await world.quiet();
      expect(answers(world, number).at(-1)).toContain(
        "This needs somebody in operations; you have `write` here. @otto could.",
      );
      expect(shown(world, number)).toContain("- [ ] **P1** ");
      await otto.ticks(number, "P1");
      await otto.says(number, "/skip P2 because the rehearsal just did it");
      await world.quiet();
      expect(seen(world, number)?.title).toContain("P2 waits for somebody else's /confirm");
      await otto.says(number, "/confirm P2");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe("You asked to skip `P2` yourself; somebody else confirms it.");
      await world.person("ada").addsToTeam("operations", "rita");
      await world.quiet();
      await rita.says(number, "/confirm P2");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      expect(await rita.merges(number)).toBeNull();
      await world.quiet();
      await otto.ticks(number, "P3");
      await otto.says(number, "/fail P4 because nobody can log in");
      await world.quiet();
      expect(shown(world, number)).toMatchInlineSnapshot(`
"
### Run-book \`docs/runbooks/release.md\`

**1 item skipped: P2.** Deploy and test: 2 items open. P4 failed. Next: P4 Log in.

Tick a box, or write \`/done S1\`, \`/done P1-P3 note="…"\`, \`/undo P1\`, \`/skip P1 because …\` or \`/fail P1 because …\` in a new comment.

#### Rehearsal in staging

**Before**

- [x] **S1** Tell the hospitals — dora, THEN
- [x] **S2** Dry run of the migration — dora, THEN: 31 rows

**Deploy**

- [x] **S3** Run scripts/activate.sh — dora, THEN

**Test**

- [x] **S4** Log in — dora, THEN
- [x] **S5** Read a value — dora, THEN

#### Production

**Before**

- [x] **P1** Tell the hospitals — otto, THEN
- [ ] **P2** Dry run of the migration — skipped: the rehearsal just did it (otto, THEN, confirmed by rita)

**Deploy**

- [x] **P3** Run scripts/activate.sh — otto, THEN

**Test**

- [ ] **P4** Log in — ❌ failed: nobody can log in (otto, THEN)
- [ ] **P5** Read a value"
`);
      const issues = () => [...world.github.state.issues.all()].map(({ title, state }) => ({ title, state }));
      expect(issues()).toEqual([{ title: `P4 of the run-book failed on #${number}: Log in`, state: "open" }]);
      await otto.says(number, "/done P4 P5");
      await world.quiet();
      expect(issues()).toMatchObject([{ state: "closed" }]);
      return undefined;
    },
    OPTIONS,
  );
});
