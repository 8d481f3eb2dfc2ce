import { createRepository } from "../../sandbox/setup.ts";
import { LANES_ONLY, OWNER, STAGES, type World, type WorldOptions } from "../world.ts";
import { answers as answered, short } from "./telling.ts";

/** Releases need nothing but a release manager's word. */
export const PROMOTING: WorldOptions = {
  config: `${LANES_ONLY.replace("merge_by: anyone\n", "")}roles: { release-manager: ["@acme/release-managers"] }\n`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};

/** What Flowgate answered there, oldest first, without what keeps a number from being a link. */
export const answers = (world: World, number: number): readonly string[] =>
  answered(world, number).map((text) => text.replaceAll("\\", ""));
/** The sentence that an answer begins with, and the table below it, cell by cell, without where its links go. */
export const sentence = (answer: string | undefined): string | undefined => (answer ?? "").split("\n")[0];
export const table = (answer: string | undefined): readonly string[] =>
  (answer ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) => line.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"));
export const commentsOn = (world: World, number: number): number =>
  world.github.find.commentsOf(world.repository().id, number).length;
/** Where its head is, and what it was merged as. */
export const head = (world: World, number: number): string => short(world.pull(number).head.sha);
export const merged = (world: World, number: number): string => short(world.pull(number).mergeCommitSha as string);
export const releases = (world: World) => world.github.find.releasesOf(world.repository().id);

/** What the board says of the component. */
export const inTheWay = async (world: World): Promise<readonly string[]> => {
  const { components } = (await (await fetch(`${world.app().url}/index.json`)).json()) as {
    readonly components: readonly { readonly standing: readonly { readonly because: string }[] }[];
  };
  return components.flatMap(({ standing }) => standing.map(({ because }) => because));
};

/** A feature of Dora's that is judged. */
export async function feature(world: World, name = "login"): Promise<number> {
  const dora = world.person("dora");
  await dora.pushes(`feature/${name}`, "development", { message: `feat: ${name}` });
  const number = await dora.opens(`feature/${name}`, "development", { title: `feat: ${name}` });
  await world.quiet();
  return number;
}

/** Rita says `/promote` on it, and that is done; the number of the newest pull request then, which takes it on. */
export async function promoted(world: World, number: number): Promise<number> {
  await world.person("rita").says(number, "/promote");
  await world.quiet();
  return world.github.find.pullsOf(world.repository().id).at(-1)?.number ?? 0;
}

/** A release that waits for `/promote`. */
export const release = async (world: World): Promise<number> =>
  promoted(world, await promoted(world, await feature(world)));

/** Another component of the same owner, where the same people do the same. */
export async function another(world: World, name: string, config = PROMOTING.config as string): Promise<World> {
  const [oldest = "master", ...rest] = [...STAGES].reverse();
  const files = { ".github/flowgate.yml": config };
  return world.at(
    await createRepository(world.github, {
      owner: OWNER,
      name,
      defaultBranch: oldest,
      roles: { dora: "write", rita: "maintain" },
      branches: [
        { name: oldest, commits: [{ message: "Begin", author: "dora", files }] },
        ...rest.map((stage) => ({ name: stage, from: oldest })),
      ],
    }),
  );
}

/** Waits for something that comes while Flowgate is at work. */
export async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}
