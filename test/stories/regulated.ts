import { expect } from "@jest/globals";
import { RUN_BOOK_PATH, type World } from "../world.ts";
import { answers, releases, sentence } from "./promoting.ts";
import { asRead, seen, shown } from "./telling.ts";

/** A component that is released by all that its people have to say to it, and by hand. */
export const REGULATED = `enforcement: managed
roles:
  release-manager: ["@acme/release-managers", "ada"]
  operations: ["@acme/operations"]
  quality: ["@acme/quality"]
  engineering: ["@acme/engineering"]
checks: { allow_none: true }
backup: { systems: [postgres-main] }
release: { publish: by-hand }
trains: { city: [database, api, web] }
`;

/** All pull requests, oldest first, and the number of the newest. */
export const pulls = (world: World) => world.github.find.pullsOf(world.repository().id);
export const last = (world: World): number => pulls(world).at(-1)?.number ?? 0;
/** What Flowgate answered there, without times. */
export const told = (world: World, number: number): readonly string[] =>
  answers(world, number).map((text) =>
    text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, "…").replace(/`snap-\d+`/, "`snap`"),
  );
/** How far its run-book is, and what is next. */
export const next = (world: World, number: number) => sentence(shown(world, number));
/** The title of a pull request of ours, and what it lists. */
export const opened = (world: World, number: number): readonly string[] => {
  const { title, body } = world.pull(number);
  const lines = asRead((body ?? "").replaceAll("<!---->", "")).split("\n");
  return [title, ...lines.filter((line) => line.startsWith("- "))];
};
export const issues = (world: World): readonly string[] =>
  world.github.find.issuesOf(world.repository().id).map(({ state, title }) => `${state}: ${title}`);
/** Whether a release is a draft, and its files. */
export function assets(world: World, tag: string): readonly string[] {
  const found = releases(world).find(({ tagName }) => tagName === tag);
  const names = found === undefined ? [] : world.github.find.assetsOf(found.id).map(({ name }) => name);
  return [found?.draft === false ? "published" : "draft", ...names.toSorted()];
}
export const backMerges = (world: World): readonly string[] =>
  pulls(world)
    .filter((pull) => pull.head.ref.startsWith("back-merge/"))
    .map(({ title, head, state, mergedAt }) => `${title} (${head.ref}): ${mergedAt === null ? state : "merged"}`)
    .toSorted();
/** Comments with a command that have no answer, and what Flowgate wrote beside answers and run-books. */
export const unanswered = (world: World): readonly string[] =>
  pulls(world).flatMap(({ number }) => {
    const comments = world.github.find.commentsOf(world.repository().id, number);
    const isAnswered = (id: number) => comments.some(({ body }) => body.includes(`<!-- flowgate:reply comment:${id} `));
    return comments
      .filter(({ id, body, viaAppId }) =>
        viaAppId === world.registered.id ? !/<!-- flowgate:(reply|execution) /.test(body) : !isAnswered(id),
      )
      .map(({ body }) => `#${number}: ${body}`);
  });
/** What a file says in a branch. */
export async function file({ github, repository, head }: World, branch: string, path: string): Promise<string> {
  return (await github.git.run(repository().id, ["show", `${head(branch)}:${path}`])).stdout.toString();
}
/** The teams that are asked to review it. */
export const reviewers = (world: World, number: number): readonly string[] =>
  world.github.find
    .teamsOf(world.repository().ownerId)
    .flatMap(({ id, slug }) => (world.pull(number).requestedTeamIds?.includes(id) ? [slug] : []))
    .toSorted();

/** What the people do again and again; each answers the check of the pull request then. */
export function tellers(world: World) {
  let backups = 0;
  const title = (number: number): string => {
    const run = seen(world, number);
    return `${run?.is}: ${run?.title}`;
  };
  const says = async (who: string, number: number, words: string): Promise<string> => {
    await world.person(who).says(number, words);
    await world.quiet();
    return title(number);
  };
  const approves = async (number: number, ...all: readonly string[]): Promise<string> => {
    for (const who of all) await world.person(who).approves(number);
    await world.quiet();
    return title(number);
  };
  /** The rehearsal, or what comes before the merge. */
  const walks = (who: string, number: number, walk: "S" | "P"): Promise<string> =>
    says(who, number, `/done ${walk}1${walk === "S" ? " S3-S5" : ""}\n/done ${walk}2 note="none"`);
  const backsUp = (number: number): Promise<string> => {
    backups += 1;
    const at = world.clock.now().toISOString();
    return says("otto", number, `/attest backup system=postgres-main id=snap-${backups} at=${at}`);
  };
  return {
    title,
    says,
    approves,
    walks,
    backsUp,
    /** Dora's pull request from a branch of one commit. */
    async opens(branch: string, base: string, files: Readonly<Record<string, string>>): Promise<number> {
      const dora = world.person("dora");
      const message = branch.replace("feature", "feat").replace("hotfix", "fix").replace("/", ": ");
      await dora.pushes(branch, base, { message, files });
      const number = await dora.opens(branch, base, {
        title: message,
        ...(base === "master" && { body: `Run-book: ${RUN_BOOK_PATH}` }),
      });
      await world.quiet();
      return number;
    },
    /** A feature goes up to the release that brings it; answers that one's number. */
    async readies(number: number): Promise<number> {
      await says("rita", number, "/promote");
      const promotion = last(world);
      await approves(promotion, "otto");
      await says("rita", promotion, "/promote");
      return last(world);
    },
    /** All that a release needs before it is merged. */
    async prepares(number: number): Promise<string> {
      await walks("dora", number, "S");
      await backsUp(number);
      await walks("otto", number, "P");
      return approves(number, "devin", "otto", "quinn");
    },
    /** From there on until it is published; what it still needs before is done first. */
    async releases(number: number): Promise<void> {
      if (!title(number).startsWith("success")) expect(await this.prepares(number)).toMatch(/^success/);
      await says("rita", number, "/promote");
      await says("otto", number, "/done P3-P5");
      await says("rita", number, "/promote");
      expect(world.github.find.releasesOf(world.repository().id).at(-1)).toMatchObject({ draft: false });
    },
  };
}
