import { describe, expect } from "@jest/globals";
import { LANES_ONLY, RUN_BOOK, RUN_BOOK_PATH, runBookOf, type World, type WorldOptions } from "../world.ts";
import { answers, lands, seen, story } from "./telling.ts";

/** A component whose releases need a backup, however young it has to be. */
const options = (backup: string): WorldOptions => ({
  config: `${LANES_ONLY.replace("backup: { when: data }", `backup: ${backup}`)}roles: { operations: ["@acme/operations"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
});
const now = (world: World): string => world.clock.now().toISOString();

/** A feature on staging, and the release of it. */
async function release(world: World, files: Record<string, string> = { "src/login.ts": "1" }): Promise<number> {
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  await dora.pushes("feature/login", "development", { files });
  await lands(world, dora, "feature/login", "development");
  await lands(world, rita, "development", "staging");
  const number = await rita.opens("staging", "master");
  await world.quiet();
  return number;
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe("A backup", () => {
  story(
    "lets a release through while it is young, and holds it before it is too old, without being told",
    async (world) => {
      const [otto, rita] = [world.person("otto"), world.person("rita")];
      const number = await release(world);
      expect(seen(world, number)).toMatchObject({ is: "in_progress" });
      const finished = world.clock.now().getTime();
      await otto.says(number, `/attest backup system=postgres-main id=snap-8f31 at=${now(world)}`);
      await until(() => seen(world, number)?.is === "success");
      await until(() => seen(world, number)?.is === "in_progress");
      expect(world.clock.now().getTime() - finished).toBeLessThan(3_000);
      expect(await rita.merges(number)).toMatchObject({ status: 405 });
      return undefined;
    },
    options("{ when: always, max_age: 3s }"),
  );

  story(
    "is attested by operations for the data as it is, and counts while its comment stays",
    async (world) => {
      const [dora, otto] = [world.person("dora"), world.person("otto")];
      const number = await release(world);
      await dora.says(number, `/attest backup system=postgres-main id=snap-8f31 at=${now(world)}`);
      await world.quiet();
      expect(answers(world, number).at(-1)).toContain("This needs somebody in operations");
      await otto.says(number, "/attest backup system=postgres-main id=snap-8f31 at=2026-11-22");
      await world.quiet();
      expect(answers(world, number).at(-1)).toContain("`at`");
      const said = await otto.says(number, `/attest backup system=postgres-main id=snap-8f31 at=${now(world)}`);
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      await otto.corrects(said, "I meant another one.");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("in_progress");
      await otto.says(number, "/attest no-data-impact because only the log-in page changes");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      return undefined;
    },
    options("{ when: always }"),
  );

  story(
    "is asked for where data is affected, and its migration has to be in the run-book or waived",
    async (world) => {
      const [dora, otto, rita] = [world.person("dora"), world.person("otto"), world.person("rita")];
      const files = { "db/migrate/1_drop.sql": "alter table readings drop column unit;\n" };
      await dora.pushes("feature/unit", "development", { files });
      await lands(world, dora, "feature/unit", "development");
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      expect(seen(world, promotion)).toMatchInlineSnapshot(`
{
  "is": "in_progress",
  "name": "flowgate: staging",
  "title": "1 of 9 gates open. The run-book that is to name db/migrate/1_drop.sql is not linked. No run-book is linked, and there is none in docs/runbooks/.",
}
`);
      await otto.says(promotion, "/attest no-data-transition because the column is empty everywhere");
      await world.quiet();
      expect(await rita.merges(promotion)).toBeNull();
      // What was attested on the promotion is kept for its release.
      const number = await rita.opens("staging", "master");
      await world.quiet();
      expect(seen(world, number)).toMatchInlineSnapshot(`
{
  "is": "in_progress",
  "name": "flowgate: master",
  "title": "1 of 11 gates open. Waiting for operations: no backup is attested.",
}
`);
      await otto.says(number, `/attest backup system=postgres-main id=snap-8f31 at=${now(world)}`);
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      // What destroys data wants a younger backup.
      await world.skip(5 * 3_600_000);
      expect(seen(world, number)).toMatchInlineSnapshot(`
{
  "is": "in_progress",
  "name": "flowgate: master",
  "title": "1 of 11 gates open. Waiting for operations: the newest backup of postgres-main is 5 h old, and 4 h is the limit.",
}
`);
      return undefined;
    },
    options("{ when: data }"),
  );

  story(
    "is used up by its release, and looked at once more when that is deployed",
    async (world) => {
      const [ada, dora] = [world.person("ada"), world.person("dora")];
      const [otto, rita] = [world.person("otto"), world.person("rita")];
      await ada.addsToTeam("operations", "rita");
      const attests = (number: number, id: string) =>
        otto.says(number, `/attest backup system=postgres-main id=${id} at=${now(world)}`);
      const walks = async (number: number) => {
        await otto.says(number, '/done S1 S3-S5 P1\n/done S2 P2 note="31 rows"');
        await world.quiet();
      };
      await dora.pushes("feature/login", "development", { files: { "src/login.ts": "1", [RUN_BOOK_PATH]: RUN_BOOK } });
      await lands(world, dora, "feature/login", "development");
      const body = `Run-book: ${RUN_BOOK_PATH}`;
      const promotion = await rita.opens("development", "staging", { body });
      await world.quiet();
      // Kept from the promotion for the release that carries it.
      await attests(promotion, "snap-1");
      await world.quiet();
      expect(await rita.merges(promotion)).toBeNull();
      const first = await rita.opens("staging", "master", { body });
      await world.quiet();
      await walks(first);
      expect(seen(world, first)).toMatchObject({ is: "success" });
      expect(await rita.merges(first)).toBeNull();
      await world.quiet();

      // A day later it is too old to deploy by.
      await world.skip(25 * 3_600_000);
      await otto.ticks(first, "P3");
      await world.quiet();
      expect(answers(world, first).at(-1)).toMatchInlineSnapshot(
        `"otto's click on \`P3\` is taken back. Stop: \`P3\` begins the deployment, and there is no valid backup to go back to: the newest backup of \`postgres-main\` is 25 h old, and 24 h is the limit. @otto or @rita makes one and writes \`/attest backup system=postgres-main id=BACKUP-ID at=YYYY-MM-DDTHH:MM:SSZ\` here; then it is ticked again. Where no data is affected they say \`/attest no-data-impact because …\`."`,
      );
      await attests(first, "snap-2");
      await world.quiet();
      const revoked = await otto.says(first, "/attest revoke id=snap-2 because wrong cluster");
      await world.quiet();
      await otto.says(first, "/done P3");
      await world.quiet();
      expect(answers(world, first).slice(-2)).toEqual([
        "Backup `snap-2` does not count any more: wrong cluster.",
        expect.stringContaining("Stop: `P3` begins the deployment"),
      ]);
      await otto.corrects(revoked, "Never mind.");
      await attests(first, "snap-3");
      await world.quiet();
      await otto.ticks(first, "P3");
      await world.quiet();
      expect(runBookOf(world.github, world.repository(), first)?.body).toContain("- [x] **P3** ");
      // One release at a time: it is published before the next one.
      await otto.says(first, "/done P4-P5");
      await world.quiet();

      // None of them serves another release.
      await dora.pushes("feature/logout", "development", { files: { "src/logout.ts": "1" } });
      await lands(world, dora, "feature/logout", "development");
      const next = await rita.opens("development", "staging", { body });
      await world.quiet();
      expect(await rita.merges(next)).toBeNull();
      const second = await rita.opens("staging", "master", { body });
      await world.quiet();
      await attests(second, "snap-1");
      await attests(second, "snap-2");
      await world.quiet();
      const once = "and one backup serves one release: make another.";
      expect(answers(world, second)).toEqual([
        `\`id\` \`snap-1\` served \\#${first} already, ${once}`,
        `\`id\` \`snap-2\` served \\#${first} already, ${once}`,
      ]);
      await attests(second, "snap-4");
      await world.quiet();
      await walks(second);
      expect(seen(world, second)).toMatchObject({ is: "success" });
      return undefined;
    },
    {
      ...options("{ when: always }"),
      config: `${LANES_ONLY.replace("runbook: { required: false }\n", "").replace("backup: { when: data }", "backup: { when: always }")}roles: { operations: ["@acme/operations"] }\n`,
    },
  );
});
