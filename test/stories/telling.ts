import { expect, it } from "@jest/globals";
import type { MergeMethod } from "../../sandbox/model.ts";
import { must } from "../../sandbox/outcome.ts";
import { editRuleset } from "../../sandbox/rulesets.ts";
import { type Person, runBookOf, startWorld, type World, type WorldOptions } from "../world.ts";

/**
 * One story in a world of its own. However it went, it ends with nothing due, the ledger intact, and no warning or error
 * in the log but those it tells of.
 *
 * @param milliseconds that it may take, for a long one.
 */
export function story(
  name: string,
  tell: (world: World) => Promise<undefined | readonly string[]>,
  options: WorldOptions = {},
  timeoutMs = 30_000,
): void {
  it(
    name,
    async () => {
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
    },
    timeoutMs,
  );
}

/** What people see of a pull request's check: its name, GitHub's word, and the title. */
export function seen(world: World, number: number) {
  const run = world.check(number);
  return run && { name: run.name, is: run.conclusion ?? run.status, title: run.title };
}

/** What is open of a pull request by the checks of its gates, each with GitHub's word and its title. */
export function open(world: World, number: number): { readonly [gate: string]: string } {
  const { head, base } = world.pull(number);
  const prefix = `flowgate: ${base.ref} / `;
  const newest = new Map(world.runs(head.sha).map((run) => [run.name, run]));
  return Object.fromEntries(
    [...newest].flatMap(([name, { conclusion, status, title }]) =>
      name.startsWith(prefix) && conclusion !== "success"
        ? [[name.slice(prefix.length), `${conclusion ?? status}: ${title}`]]
        : [],
    ),
  );
}

/** What Flowgate answered people on a pull request or an issue, oldest first, as it is read. */
export const answers = (world: World, number: number): readonly string[] =>
  world.github.find
    .commentsOf(world.repository().id, number)
    .filter(({ viaAppId, body }) => viaAppId === world.registered.id && body.includes("<!-- flowgate:reply "))
    .map(({ body }) => asRead(body));

/** The comment that shows a run-book, as it is read, without the time and the commit of what it tells. */
export const shown = (world: World, number: number): string =>
  asRead(runBookOf(world.github, world.repository(), number)?.body ?? "")
    .replace(/\(`[\da-f]{7}`\)/, "(`…`)")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "…");

/** A comment without its marks, which nobody sees, and without what keeps a name from being a mention. */
export const asRead = (body: string): string =>
  body
    .replace(/^<!--.*-->\n*/gm, "")
    .replaceAll("\u200b", "")
    .trim();

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

/** All that Flowgate keeps on the three stages, where GitHub's button merges too. */
export const RULESETS: readonly string[] = [
  "flowgate: development",
  "flowgate: master",
  "flowgate: staging",
  "flowgate: tags",
  "flowgate: tags are final",
];
/** The same where only Flowgate merges past the first stage. */
export const RULESETS_BY_PROMOTE: readonly string[] = [
  ...RULESETS,
  "flowgate: master merges",
  "flowgate: staging merges",
].sort();

export const short = (sha: string): string => sha.slice(0, 7);
