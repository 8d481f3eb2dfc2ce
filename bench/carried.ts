import { signatureOf } from "../sandbox/branches.ts";
import { LANES_ONLY, OWNER, startWorld, type World } from "../test/world.ts";
import { counted } from "./requests.ts";

/** What each `/promote` on the way of a feature into the last stage asks of GitHub. */
export type CarriedCost = {
  readonly step: string;
  /** All requests but those for further pages, with what differs from world to world taken out; in no order. */
  readonly calls: readonly string[];
  /** Further pages of the lists of what is carried. */
  readonly pages: number;
};
/**
 * A feature of so many commits. Its merge and that of the promotion are carried as well: a release of 1,000 commits, of which
 * Flowgate lists a hundred a page, and more than 1,000 it does not list.
 */
export const FEW = 1;
export const MANY = 998;
const PAGES = 10;

/** A release manager's word is enough on the whole way. */
const BY_PROMOTE = `${LANES_ONLY.replace("merge_by: anyone\n", "")}roles: { release-manager: ["@${OWNER}/release-managers"] }\n`;

/**
 * Takes a feature of so many commits into the last stage by three `/promote`.
 *
 * @param commits of the feature; each merge on the way adds one to what the next step carries.
 */
export async function measureCarried(commits: number): Promise<readonly CarriedCost[]> {
  const world = await startWorld({ config: BY_PROMOTE });
  try {
    const [dora, rita] = [world.person("dora"), world.person("rita")];
    await pushed(world, commits);
    let number = await dora.opens("feature/large", "development");
    await world.quiet();
    const costs: CarriedCost[] = [];
    for (const step of ["a feature", "a promotion", "a release"]) {
      // GitHub's times have whole seconds, and people take longer than that.
      world.clock.skip(2_000);
      world.github.requests.reset();
      await rita.says(number, "/promote");
      await world.quiet();
      // What is looked at again a moment later, as GitHub may not show all at once, belongs to it.
      world.clock.skip(2_000);
      await world.quiet();
      if (!world.pull(number).merged) throw new Error(`/promote on ${step} did not merge #${number}`);
      costs.push({ step: `/promote on ${step}`, ...told(counted(world).calls) });
      number = world.github.find.pullsOf(world.repository().id).at(-1)?.number ?? 0;
    }
    return costs;
  } finally {
    await world.stop();
  }
}

/** The commits are written beside each other and pushed at once: one by one they would be a delivery each. */
async function pushed({ github, repository, person, head }: World, commits: number): Promise<void> {
  const dora = person("dora");
  const { id } = repository();
  const first = await dora.pushes("feature/large", "development", { message: "feat: large" });
  const tree = (await github.git.commit(id, first))?.tree as string;
  const signature = signatureOf(github, dora.actor);
  let tip = head("feature/large");
  for (let n = 1; n < commits; n++)
    tip = await github.git.writeCommit(id, {
      tree,
      parents: [tip],
      author: signature,
      committer: signature,
      message: `fix: step ${n}`,
    });
  if (commits > 1) await dora.forces("feature/large", tip);
}

/** Without what differs from world to world: ids, and reads that are free or that GitHub's news may come too late to spare. */
function told(calls: readonly string[]): Pick<CarriedCost, "calls" | "pages"> {
  const paid = calls.flatMap((call) => (call.startsWith("304 ") ? [] : [call.slice("200 ".length)]));
  const isAgain = (call: string, place: number) => paid.indexOf(call) < place;
  const pages = paid.filter((call, place) => isList(call) && isAgain(call, place));
  const others = paid.filter((call, place) => !((isList(call) || isPull(call)) && isAgain(call, place)));
  return { calls: others.map(named).toSorted(), pages: pages.length };
}

const isList = (call: string): boolean => call.includes("/compare/");
const isPull = (call: string): boolean => /^GET .*\/pulls\/\d+$/.test(call);
const named = (call: string): string => call.replace(/\b[0-9a-f]{40}\b/g, "SHA").replace(/\b\d{4,}\b/g, "ID");

/** Whether a step costs the same whatever it carries, but for the pages that list that. */
export const isFlat = (few: CarriedCost, many: CarriedCost): boolean =>
  JSON.stringify(few.calls) === JSON.stringify(many.calls) &&
  few.pages === 0 &&
  many.pages <= (PAGES - 1) * few.calls.filter(isList).length;
