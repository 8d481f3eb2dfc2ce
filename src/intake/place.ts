import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import type { Lesson } from "../flow/memory.ts";
import { branch, installationId, repositoryId } from "../flow/names.ts";

export const id = z.number().int().positive();

/** What every event about a repository says of where it happened. */
export const place = z.object({
  repository: z.object({ id, full_name: z.string(), default_branch: z.string().optional() }),
  installation: z.object({ id }).nullish(),
});
export type Place = z.output<typeof place>;

/** News of whoever has the repository, which says nothing yet. */
export const newsOf = ({ installation }: Place): News => ({
  ...NO_NEWS,
  installation: installation ? installationId(installation.id) : null,
});

/** The component that it happened in, as it is named now. */
export function componentIn({ repository, installation }: Place): Extract<Lesson, { of: "component" }> {
  return {
    of: "component",
    repository: repositoryId(repository.id),
    installation: installation ? installationId(installation.id) : null,
    name: repository.full_name,
    defaultBranch: repository.default_branch === undefined ? null : branch(repository.default_branch),
    look: false,
    branch: null,
  };
}
