import { z } from "zod";
import type { WorkflowRun } from "../flow/facts.ts";
import { branchText, instantText } from "../flow/listed.ts";
import { id } from "./parse.ts";

/** A run, and the id of the repository it ran in; the default branch is that repository's to say. */
export type RunSeen = {
  readonly run: Omit<WorkflowRun, "defaultBranch">;
  readonly repository: number;
};

/**
 * A run of a workflow, or one attempt at it. GitHub says when it last changed, not when it ended: of one that has a
 * conclusion that is when it got it.
 * https://docs.github.com/rest/actions/workflow-runs#get-a-workflow-run
 */
export const runShape = z
  .object({
    id,
    run_attempt: z.number().int().positive().nullish(),
    path: z.string(),
    head_branch: branchText.nullish(),
    conclusion: z.string().nullish(),
    created_at: instantText,
    run_started_at: instantText.nullish(),
    updated_at: instantText,
    repository: z.object({ id, full_name: z.string().includes("/") }),
    /** Null where the fork was deleted. */
    head_repository: z.object({ id }).nullish(),
  })
  .transform(
    (seen): RunSeen => ({
      repository: seen.repository.id,
      run: {
        id: seen.id,
        attempt: seen.run_attempt ?? 1,
        repository: seen.repository.full_name,
        // GitHub adds the branch to the path of some, as in `.github/workflows/build.yml@main`.
        workflow: seen.path.replace(/@.*$/, ""),
        branch: seen.head_branch ?? null,
        foreign: seen.head_repository?.id !== seen.repository.id,
        conclusion: seen.conclusion ?? null,
        started: seen.run_started_at ?? seen.created_at,
        finished: seen.updated_at,
      },
    }),
  );
