import { expect, it } from "@jest/globals";
import type { MergeMethod } from "../../sandbox/model.ts";
import { must } from "../../sandbox/outcome.ts";
import { editRuleset } from "../../sandbox/rulesets.ts";
import { type Person, startWorld, type World, type WorldOptions } from "../world.ts";

/**
 * One story in a world of its own. However it went, it ends with nothing due, the ledger intact, and no warning or error
 * in the log but those it tells of.
 */
export function story(
  name: string,
  tell: (world: World) => Promise<undefined | readonly string[]>,
  options: WorldOptions = {},
): void {
  it(name, async () => {
    const world = await startWorld(options);
    try {
      const complaints = (await tell(world)) ?? [];
      await world.quiet();
      expect(world.warnings.map(({ msg }) => msg)).toEqual(complaints);
      expect(await world.app().idle()).toBe(true);
      expect(await world.app().ledgerFlaw()).toBeNull();
    } finally {
      await world.stop();
    }
  }, 30_000);
}

/** What people see of a pull request's check: its name, GitHub's word, and the title. */
export function seen(world: World, number: number) {
  const run = world.check(number);
  return run && { name: run.name, is: run.conclusion ?? run.status, title: run.title };
}

/** The summary of a pull request's check. */
export const summary = (world: World, number: number): string => world.check(number)?.summary ?? "";

/** The lines of the summary to copy. */
export const toCopy = (world: World, number: number): string | undefined =>
  /^To copy:\n\n```sh\n([\s\S]*?)\n```$/m.exec(summary(world, number))?.[1];

/** GitHub's words where it refuses what somebody does; null where it is done. */
export const refusal = (act: Promise<unknown>): Promise<string | null> =>
  act.then(
    () => null,
    (error: Error) => error.message,
  );

/** Opens a pull request, waits for its check, merges it, and waits again. */
export async function lands(
  world: World,
  person: Person,
  head: string,
  base: string,
  method?: MergeMethod,
): Promise<number> {
  const number = await person.opens(head, base);
  await world.quiet();
  expect(await person.merges(number, method)).toBeNull();
  await world.quiet();
  return number;
}

/** An admin edits the ruleset of a stage by hand. */
export function edits(world: World, stage: string, change: Parameters<typeof editRuleset>[4]): void {
  const { id } = rulesetOf(world, stage);
  must(editRuleset(world.github, world.person("ada").actor, world.repository(), id, change));
}

export const rulesetOf = (world: World, stage: string) => {
  const found = world.github.find.rulesetsOf(world.repository().id).find(({ name }) => name === `flowgate: ${stage}`);
  if (!found) throw new Error(`there is no ruleset for ${stage}`);
  return found;
};

/** Names and states of the rulesets there are. */
export const rulesets = (world: World): readonly string[] =>
  world.github.find
    .rulesetsOf(world.repository().id)
    .map(({ name, enforcement }) => (enforcement === "active" ? name : `${name} (${enforcement})`))
    .sort();

export const short = (sha: string): string => sha.slice(0, 7);
