import { describe, expect } from "@jest/globals";
import { LANES_ONLY, type World, type WorldOptions } from "../world.ts";
import { answers, lands, seen, story, summary } from "./telling.ts";

const ROLES = `roles: { release-manager: ["@acme/release-managers"], engineering: ["@acme/engineering"] }\n`;
const QUICK: WorldOptions = {
  config: `${LANES_ONLY}${ROLES}`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};
const MINUTE = 60_000;

const reactions = (world: World, comment: number) =>
  world.github.find.reactionsOf(comment).map(({ content }) => content);

async function feature(world: World): Promise<number> {
  await world.person("dora").pushes("feature/login", "development");
  const number = await world.person("dora").opens("feature/login", "development");
  await world.quiet();
  return number;
}

describe("A hold", () => {
  story(
    "keeps a pull request from being merged until it is lifted",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const number = await feature(world);
      const asked = await rita.says(number, "/hold because the vendor has to look first");
      await world.quiet();
      expect(answers(world, number)).toEqual([
        `#${number} is held: the vendor has to look first. \`/unhold\` lifts it.`.replace("#", "\\#"),
      ]);
      expect(reactions(world, asked)).toEqual(["rocket"]);
      expect(seen(world, number)).toEqual({
        name: "flowgate: development",
        is: "in_progress",
        title: "1 of 2 gates open. Held by @rita on #4: the vendor has to look first.".replace("#4", `#${number}`),
      });
      expect(await dora.merges(number)).toMatchObject({ status: 405 });
      // rita has `maintain`, dora only `write`.
      const tried = await dora.says(number, "Fine by now.\n\n/unhold");
      await world.quiet();
      expect(reactions(world, tried)).toEqual(["-1"]);
      expect(answers(world, number).at(-1)).toMatch(
        /^This needs `maintain` on the repository; you have `write`\. .*@rita/,
      );
      await rita.says(number, "/UNHOLD");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(`\\#${number} is not held any more.`);
      expect(seen(world, number)?.is).toBe("success");
      expect(await dora.merges(number)).toBeNull();
      return undefined;
    },
    QUICK,
  );
});

describe("A freeze", () => {
  story(
    "lets nothing into a stage until its end, which comes by itself",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const number = await feature(world);
      await dora.says(number, "/freeze development because I like it quiet");
      await world.quiet();
      expect(answers(world, number)).toEqual(["This needs a release manager; you have `write` here. @rita could."]);
      await rita.says(number, "/freeze development until 4h because quarter close");
      await world.quiet();
      expect(seen(world, number)?.title).toMatch(
        /^1 of 2 gates open\. development is frozen until .* UTC: quarter close\.$/,
      );
      expect(await dora.merges(number)).toMatchObject({ status: 405 });
      await world.skip(4 * 60 * MINUTE + 1_000);
      expect(seen(world, number)?.is).toBe("success");
      await rita.says(number, "/freeze development because again\n/unfreeze development");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      return undefined;
    },
    QUICK,
  );
});

describe("What came past the gates", () => {
  story(
    "is accepted on its issue by somebody who did not push it",
    async (world) => {
      const [devin, rita] = [world.person("devin"), world.person("rita")];
      const pushed = (await devin.pushes("development")).slice(0, 7);
      const promotion = await rita.opens("development", "staging");
      await world.quiet();
      await world.skip(10 * MINUTE);
      expect(seen(world, promotion)?.is).toBe("failure");
      const [issue] = world.github.find.issuesOf(world.repository().id);
      const number = issue?.number as number;
      await devin.says(number, `/accept ${pushed} because it was urgent`);
      await world.quiet();
      expect(answers(world, number)).toEqual(["Who did it does not accept it: somebody else has to."]);
      await rita.says(number, `/accept ${pushed} because it was urgent and is reviewed now`);
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(`${pushed} is accepted: it was urgent and is reviewed now.`);
      expect(world.github.find.issue(world.repository().id, number)).toMatchObject({ state: "closed" });
      expect(seen(world, promotion)?.is).toBe("success");
      await rita.says(number, `/accept ${pushed} because twice`);
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(`Nothing of ${pushed} waits to be accepted here.`);
      return undefined;
    },
    { ...QUICK, config: `${LANES_ONLY.replace("managed", "report")}${ROLES}` },
  );
});

describe("What is no command", () => {
  story(
    "is left alone, and what nearly is one is answered",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const number = await feature(world);
      for (const body of [
        "Please do not /hold this.",
        "> /hold",
        "- /hold",
        "`/hold`",
        "```\n/hold\n```",
        "    /hold",
        "<!--\n/hold\n-->",
        "# /hold",
        "/assign @devin",
      ])
        await rita.says(number, body);
      await world.bot("renovate").says(number, "/hold");
      await world.quiet();
      expect(answers(world, number)).toEqual([]);
      expect(seen(world, number)?.is).toBe("success");

      const wrong = await rita.says(number, "/hold now\n/freze development because x");
      await world.quiet();
      expect(reactions(world, wrong)).toEqual(["confused"]);
      expect(answers(world, number)).toEqual([
        "- `/hold now`: `/hold` takes no “now”. It is written `/hold [because …]`.\n- `/freze development because x`: There is no `/freze`. Did you mean `/freeze`?",
      ]);
      const half = await rita.says(number, "/hold\n/freeze nowhere because x");
      await world.quiet();
      expect(reactions(world, half)).toEqual(["-1"]);
      expect(answers(world, number).at(-1)).toContain("There is no stage of that name. The stages are `development`");
      expect(seen(world, number)?.is).toBe("success");

      const plain = await rita.says(number, "Looks good.");
      await rita.corrects(plain, "/hold");
      await world.quiet();
      expect(answers(world, number).at(-1)).toMatch(/^Only a new comment gives a command/);
      await dora.remarks(number, "I am not sure yet.\n\n/hold because of the numbers");
      await world.quiet();
      expect(seen(world, number)?.title).toContain(`Held by @dora on #${number}: of the numbers.`);
      return undefined;
    },
    QUICK,
  );

  story(
    "to ask for help or for the gates changes nothing",
    async (world) => {
      const [dora] = [world.person("dora")];
      await dora.pushes("feature/a", "development");
      await lands(world, dora, "feature/a", "development");
      const number = await feature(world);
      await dora.says(number, "/help");
      await dora.says(number, "/gates");
      await world.quiet();
      const [help, gates] = answers(world, number);
      expect(help).toContain(
        "| `/hold [because …]` | Holds this pull request until somebody lifts it. | whoever may write |",
      );
      expect(help).toContain("<details><summary>What else there is, and who may</summary>");
      expect(gates).toContain("| `flow` | ✓ passed |");
      expect(summary(world, number)).toContain("| `window` | ✓ passed | Nothing holds it. | nothing to do |");
      return undefined;
    },
    QUICK,
  );
});
