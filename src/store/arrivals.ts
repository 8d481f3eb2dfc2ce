import type { GroupMemory, PullMemory } from "../flow/memory.ts";
import type { Branch, RepositoryId, Sha } from "../flow/names.ts";
import type { Arrivals, Records } from "../flow/provenance.ts";
import { subjectKey } from "../flow/subject.ts";
import { isPassed, type Verdict } from "../flow/verdict.ts";
import type { Connection } from "./database.ts";
import { parsed, rowOf } from "./rows.ts";

const NONE: Records = { merges: [], groups: new Map() };
/** A queue lands no more groups at once. https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository */
const MOST_GROUPS = 100;

/** What our own records say of the merges and merge groups that may have moved a stage. */
export async function recordsOf(
  on: Connection,
  repository: RepositoryId,
  branch: Branch,
  arrivals: Arrivals | null,
): Promise<Records> {
  if (arrivals === null || arrivals.pushes.length === 0) return NONE;
  const { merges, pushes } = arrivals;
  const heads = pushes.flatMap(({ after }) => after ?? []);
  const told = merges.filter(({ commit }) => heads.includes(commit));
  const [passed, groups] = await Promise.all([
    Promise.all(told.map(({ number }) => hasPassed(on, repository, number, branch))),
    groupsUnder(on, repository, heads),
  ]);
  return { merges: told.map((merge, place) => ({ ...merge, passed: passed[place] === true })), groups };
}

/** Whether the verdict of a pull request for its head and this base had passed when it was merged. */
async function hasPassed(on: Connection, repository: RepositoryId, number: number, branch: Branch): Promise<boolean> {
  const row = await rowOf(on, subjectKey({ kind: "pull", repository, number }));
  const verdict = parsed<Verdict>(row?.verdict);
  const pull = parsed<PullMemory>(row?.memory);
  return pull !== null && isPassed(verdict, pull.head.sha, branch);
}

async function groupsUnder(
  on: Connection,
  repository: RepositoryId,
  heads: readonly Sha[],
): Promise<Records["groups"]> {
  const groups = new Map<Sha, { readonly from: Sha; readonly number: number; readonly passed: boolean }>();
  for (const head of heads) {
    for (let commit = head, n = 0; n < MOST_GROUPS; n++) {
      const row = await rowOf(on, subjectKey({ kind: "group", repository, head: commit }));
      const group = parsed<GroupMemory>(row?.memory);
      if (group === null) break;
      const { from, number } = group;
      groups.set(commit, { from, number, passed: parsed<Verdict>(row?.verdict)?.outcome === "passed" });
      commit = from;
    }
  }
  return groups;
}
