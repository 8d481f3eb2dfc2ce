import type { z } from "zod";
import type { Answers } from "../flow/facts.ts";
import { found, isAbsent, type Outcome } from "./failure.ts";
import { type Repository, repositoryShape } from "./parse.ts";
import { runShape } from "./parse-actions.ts";
import type { Read } from "./read.ts";
import { type Place, root } from "./repository.ts";

type Asked = { readonly repository: string; readonly id: number; readonly attempt: number | null };

/**
 * A run of a workflow in a repository of the component's owner; of the last attempt where none is named. Null where there
 * is none, where the App may not see it, and where the repository is somebody else's: nobody else is asked.
 *
 * https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run and #get-a-workflow-run-attempt,
 * https://docs.github.com/rest/repos/repos#get-a-repository
 */
export async function runOf(
  read: Read,
  place: Place,
  { repository, id, attempt }: Asked,
): Promise<Outcome<Answers["run"]>> {
  if (!isName(repository) || ownerOf(repository) !== ownerOf(place.name)) return found(null);
  const address = `${root({ name: repository })}/actions/runs/${id}${attempt === null ? "" : `/attempts/${attempt}`}`;
  const seen = await read.one(place, address, runShape);
  if (isAbsent(seen)) return found(null);
  if (!seen.ok) return seen;
  const { run } = seen.value;
  // Of a repository that was given away, GitHub answers for its new owner.
  if (!isName(run.repository) || ownerOf(run.repository) !== ownerOf(place.name)) return found(null);
  const shape: z.ZodType<Repository> = repositoryShape.refine((home) => home.id === seen.value.repository, {
    message: "is another repository by now",
  });
  const home = await read.one(place, root({ name: run.repository }), shape);
  if (isAbsent(home)) return found(null);
  return home.ok ? found({ ...run, defaultBranch: home.value.default_branch }) : home;
}

/** Whether it is `owner/name` as GitHub allows it, and no way around to another address. */
const isName = (repository: string): boolean =>
  /^[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/.test(repository) && !/^\.{1,2}\//.test(repository);
const ownerOf = (repository: string): string => (repository.split("/")[0] ?? "").toLowerCase();
