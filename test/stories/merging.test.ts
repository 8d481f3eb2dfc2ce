import { describe, expect } from "@jest/globals";
import { pushRefs } from "../../sandbox/landing.ts";
import { must } from "../../sandbox/outcome.ts";
import { refAt } from "../../sandbox/refs.ts";
import { deleteRuleset } from "../../sandbox/rulesets.ts";
import { LANES_ONLY, type World, type WorldOptions } from "../world.ts";
import {
  answers,
  edits,
  lands,
  RULESETS,
  RULESETS_BY_PROMOTE,
  refusal,
  rulesetOf,
  rulesets,
  seen,
  short,
  story,
  summary,
  toCopy,
} from "./telling.ts";

const HOUR = 3_600_000;
const BY_PROMOTE = `${LANES_ONLY.replace("merge_by: anyone\n", "")}roles: { release-manager: ["@acme/release-managers"] }\n`;
/** As it is where the config says nothing of it. */
const DEFAULT: WorldOptions = { config: BY_PROMOTE, settings: { budget: { points: 1_000_000, inFlight: 64 } } };
const REFUSED = { status: 405, message: "Repository rule violations found\n\nCannot update this protected ref.\n\n" };

/** dora's feature is on development, and rita has opened its promotion, which passes. */
async function promotion(world: World): Promise<number> {
  await world.person("dora").pushes("feature/login", "development");
  await lands(world, world.person("dora"), "feature/login", "development");
  const number = await world.person("rita").opens("development", "staging");
  await world.quiet();
  expect(seen(world, number)?.is).toBe("success");
  return number;
}

/** What a tag points to. */
const tagged = (world: World, tag: string) => refAt(world.github, world.repository().id, `refs/tags/${tag}`);

/** Pushes a tag to where a branch is, with force; without a branch the tag is deleted. Rejects with GitHub's refusal. */
async function tags(world: World, login: string, tag: string, branch: string | null): Promise<void> {
  const { github } = world;
  const change = {
    ref: `refs/tags/${tag}`,
    before: tagged(world, tag) ?? null,
    after: branch === null ? null : world.head(branch),
  };
  const { actor } = world.person(login);
  must(await github.exclusively(world.repository().id, () => pushRefs(github, actor, world.repository(), [change])));
}

describe("Past the first stage only /promote merges", () => {
  story(
    "GitHub's button is refused to everybody, and only Flowgate tags what was released",
    async (world) => {
      expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
      const number = await promotion(world);
      for (const login of ["dora", "rita", "ada"]) expect(await world.person(login).merges(number)).toEqual(REFUSED);
      expect(toCopy(world, number)).toBe("/promote");
      await world.person("dora").says(number, "/promote");
      await world.quiet();
      expect(answers(world, number)).toEqual(["This needs a release manager; you have `write` here. @rita could."]);
      await world.person("rita").says(number, "/promote");
      await world.quiet();
      const staged = short(world.pull(number).mergeCommitSha as string);
      expect(answers(world, number).at(-1)).toContain(`#${number} is in staging as ${staged}.`);

      const release = number + 1;
      expect(await world.person("ada").merges(release)).toEqual(REFUSED);
      for (const login of ["dora", "ada"])
        expect(await refusal(tags(world, login, "v9.9.9", "master"))).toMatch(
          /^422 Repository rule violations found\n\nCannot create ref due to creations being restricted\./,
        );
      await world.person("rita").says(release, "/promote");
      await world.quiet();
      const tag = tagged(world, "v1.0.0");
      expect(tag).toBeDefined();
      expect(await refusal(tags(world, "ada", "v1.0.0", "development"))).toContain("Cannot update this protected ref.");
      expect(await refusal(tags(world, "ada", "v1.0.0", null))).toContain("Cannot delete this tag");
      expect(tagged(world, "v1.0.0")).toBe(tag);
      // Tags of other names are nobody's business.
      expect(await refusal(tags(world, "dora", "nightly", "development"))).toBeNull();
      return undefined;
    },
    DEFAULT,
  );

  story(
    "a ruleset that somebody takes away or lets others pass is put right, and who did what is said",
    async (world) => {
      const { github } = world;
      const { actor } = world.person("ada");
      const app = [{ actor_id: world.registered.id, actor_type: "Integration", bypass_mode: "always" }] as const;
      for (const name of ["master merges", "tags", "tags are final"])
        must(deleteRuleset(github, actor, world.repository(), rulesetOf(world, name).id));
      edits(world, "staging merges", {
        bypass_actors: [...app, { actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }],
      });
      await world.quiet();
      expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
      expect(rulesetOf(world, "staging merges").bypassActors).toEqual(app);
      edits(world, "master merges", { bypass_actors: [] });
      edits(world, "tags", { target: "branch" });
      await world.quiet();
      expect(rulesetOf(world, "master merges").bypassActors).toEqual(app);
      expect(rulesetOf(world, "tags").target).toBe("tag");
      const said = world.said.join("\n");
      for (const change of [
        "“flowgate: master merges” was changed by @ada (was deleted) and is put right again.",
        "“flowgate: tags are final” was changed by @ada (was deleted) and is put right again.",
        "“flowgate: staging merges” was changed by @ada (who has `admin` may bypass it) and is put right again.",
        "“flowgate: master merges” was changed by @ada (Flowgate may not bypass it) and is put right again.",
        "“flowgate: tags” was changed by @ada (its target is branch",
      ])
        expect(said).toContain(change);
      return undefined;
    },
    DEFAULT,
  );

  story(
    "an admin who switches it off opens the button for four hours, and the checks say so",
    async (world) => {
      const number = await promotion(world);
      edits(world, "staging merges", { enforcement: "disabled" });
      edits(world, "tags", { enforcement: "disabled" });
      await world.quiet();
      expect(summary(world, number).replaceAll("\u200b", "")).toMatch(
        /^\*\*GitHub's button merges into staging, too: the ruleset “flowgate: staging merges” was disabled by \\?@ada; Flowgate switches it on again at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\*\*/,
      );
      expect(await (await fetch(`${world.app().url}/`)).text()).toContain("✗ enforced in part");
      expect(await world.person("ada").merges(number)).toBeNull();
      await world.quiet();
      await world.skip(4 * HOUR + 60_000);
      expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
      expect(await (await fetch(`${world.app().url}/`)).text()).toContain("✓ enforced");
      return undefined;
    },
    DEFAULT,
  );

  story(
    "the config leaves the button to anyone, and other stages keep what is for tags",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      const changes = async (branch: string, text: string) => {
        await dora.pushes(branch, "master", { files: { ".github/flowgate.yml": text } });
        const number = await dora.opens(branch, "master");
        await rita.approves(number);
        await world.quiet();
        await rita.says(number, "/promote");
        await world.quiet();
        expect(world.pull(number).merged).toBe(true);
      };
      await changes("hotfix/anyone", `${BY_PROMOTE}merge_by: anyone\n`);
      expect(rulesets(world)).toEqual(RULESETS);
      const number = await promotion(world);
      expect(toCopy(world, number)).toBeUndefined();
      expect(await rita.merges(number)).toBeNull();
      await changes("hotfix/promote", BY_PROMOTE);
      expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE);
      await changes("hotfix/short", BY_PROMOTE.replace("staging, master", "staging").replace("master: [], ", ""));
      expect(rulesets(world)).toEqual(RULESETS_BY_PROMOTE.filter((name) => !name.includes("master")));
      return undefined;
    },
    DEFAULT,
  );
});
