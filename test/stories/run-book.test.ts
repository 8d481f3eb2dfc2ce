import { describe, expect } from "@jest/globals";
import { LANES_ONLY, RUN_BOOK_PATH as PATH, RUN_BOOK, type World, type WorldOptions } from "../world.ts";
import { answers, lands, seen, short, shown, story, summary, toCopy } from "./telling.ts";

const OPTIONS: WorldOptions = {
  config: `${LANES_ONLY.replace("runbook: { required: false }\n", "")}roles: { operations: ["@acme/operations"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};

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
"**Rehearsal: 0 of 5 done. Production: 0 of 5 done.** Next: **S1** Tell the hospitals

Tick the box of what you did, or write \`/done S1\` in a new comment; \`/skip S1 because …\` and \`/fail S1 because …\` say that it was not done.

Run-book: \`docs/runbooks/release.md\` (\`…\`).

### Rehearsal in staging

#### Before

- [ ] **S1** Tell the hospitals
- **S2** Dry run of the migration — what came out is to be written down: \`/done S2 note="…"\`

#### Deploy

- [ ] **S3** Run scripts/activate.sh

#### Test

- [ ] **S4** Log in
- [ ] **S5** Read a value

### Production

#### Before

- [ ] **P1** Tell the hospitals
- **P2** Dry run of the migration — what came out is to be written down: \`/done P2 note="…"\`

#### Deploy

- [ ] **P3** Run scripts/activate.sh

#### Test

- [ ] **P4** Log in
- [ ] **P5** Read a value"
`);

      await dora.ticks(number, "S1");
      await world.quiet();
      expect(shown(world, number)).toContain("- [x] **S1** Tell the hospitals — dora, ");
      // It has no box: its result has to be written down.
      await dora.says(number, "/done S2");
      await world.quiet();
      expect(answers(world, number).at(-1)).toContain('`S2` asks for its result: `/done S2 note="…"`.');
      await dora.says(number, '/done S2 note="31 rows"\n/done S3-S5');
      await world.quiet();
      expect(seen(world, number)?.title).toContain("Before the merge: 2 items open, next P1 “Tell the hospitals”.");
      // Production is for operations.
      await dora.ticks(number, "P1");
      await world.quiet();
      expect(answers(world, number).at(-1)).toContain(
        "dora's click on `P1` is taken back. This needs somebody in operations; you have `write` here. @otto could.",
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
"**1 item skipped (P2). ❌ 1 item failed (P4). Rehearsal: 5 of 5 done. Production: 3 of 5 done.** Next, after the merge: **P5** Read a value

Tick the box of what you did, or write \`/done P5\` in a new comment; \`/skip P5 because …\` and \`/fail P5 because …\` say that it was not done.

Run-book: \`docs/runbooks/release.md\` (\`…\`).

### Rehearsal in staging

#### Before

- [x] **S1** Tell the hospitals — dora, …
- [x] **S2** Dry run of the migration — dora, …: "31 rows"

#### Deploy

- [x] **S3** Run scripts/activate.sh — dora, …

#### Test

- [x] **S4** Log in — dora, …
- [x] **S5** Read a value — dora, …

### Production

#### Before

- [x] **P1** Tell the hospitals — otto, …
- **P2** Dry run of the migration — skipped: the rehearsal just did it (otto, …, confirmed by rita)

#### Deploy

- [x] **P3** Run scripts/activate.sh — otto, …

#### Test

- **P4** Log in — ❌ failed: nobody can log in (otto, …); \`/done P4\` once it is repaired
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

  story(
    "is found however it is linked, and where it is not, the check says what there is and which line links it",
    async (world) => {
      const dora = world.person("dora");
      const other = "docs/runbooks/hotfix.md";
      await dora.pushes("feature/other", "development", { files: { [other]: RUN_BOOK } });
      await lands(world, dora, "feature/other", "development");
      const then = world.head("development");
      await withRunBook(world);
      const number = await dora.opens("development", "staging");
      await world.quiet();
      const page = `${world.sandbox.url}/acme/api/blob`;
      const sha = world.head("development");
      const saysOf = async (body: string) => {
        await dora.rewrites(number, body);
        await world.quiet();
        return seen(world, number)?.title?.replace("1 of 10 gates open. ", "");
      };
      const GREEN = "development goes into staging: the next stage. All 10 gates passed.";

      expect(seen(world, number)).toEqual({
        name: "flowgate: staging",
        is: "failure",
        title: `1 of 10 gates open. No run-book is linked. There are ${other} and ${PATH}.`,
      });
      expect(summary(world, number)).toContain(
        "Whoever may write names one with `/runbook PATH`, or with a line `Run-book: PATH` in the body.",
      );
      expect(toCopy(world, number)).toBe(`/runbook ${other}`);

      expect(await saysOf(`Run-book: [how](../blob/development/${PATH})`)).toBe(GREEN);
      expect(await saysOf("Nothing more.")).toMatch(/^No run-book is linked\./);
      expect(await saysOf(`Run-book: ${page}/development/${PATH}`)).toBe(GREEN);
      expect(await saysOf(`Run-book: ${page}/${sha}/${PATH}`)).toBe(GREEN);
      expect(await saysOf(`Run-book: ${page}/${then}/${PATH}`)).toBe(
        `The link shows ${PATH} as it is in ${short(then)}, which is not what ${short(sha)} brings.`,
      );
      expect(toCopy(world, number)).toBe(`/runbook ${PATH}`);
      expect(await saysOf(`Run-book: ${page.replace("api", "ops")}/main/${PATH}`)).toMatch(
        / leads out of acme\/api; a run-book lies in the repository itself\.$/,
      );
      expect(await saysOf("Run-book: docs/runbooks/Release.md")).toBe(
        `There is no docs/runbooks/Release.md, but there is ${PATH}: case counts.`,
      );

      // What a command names counts until the body says something else.
      await dora.says(number, `/runbook ${PATH}`);
      await world.quiet();
      expect(answers(world, number)).toEqual([`The run-book of \\#${number} is \`${PATH}\`.`]);
      expect(seen(world, number)?.title).toBe(GREEN);
      expect(await saysOf("Run-book: docs/runbooks/nothing.md")).toBe(
        "The run-book docs/runbooks/nothing.md is not in this commit.",
      );
      await dora.says(number, "/runbook ../ops/release.md");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(
        "`../ops/release.md` leads out of acme/api; a run-book lies in the repository itself.",
      );
      return undefined;
    },
    OPTIONS,
  );
});
