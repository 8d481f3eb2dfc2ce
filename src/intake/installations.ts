import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import { installationId, repositoryId } from "../flow/names.ts";
import { id } from "./place.ts";

const listed = z.array(z.object({ id, full_name: z.string() }));
const account = z.object({ id, account: z.object({ login: z.string().optional() }).nullish() });
export const installationEvent = z.object({
  action: z.string(),
  installation: account,
  repositories: listed.nullish(),
});

export function installation({ action, installation, repositories }: z.output<typeof installationEvent>): News {
  const at = installationId(installation.id);
  const may = action === "deleted" || action === "suspend" ? "not work" : "work";
  return {
    ...arrived(at, may === "work" ? (repositories ?? []) : []),
    access: [{ installation: at, may, account: installation.account?.login ?? "" }],
  };
}

export const repositoriesEvent = z.object({
  installation: account,
  repositories_added: listed.nullish(),
  repositories_removed: listed.nullish(),
});

export function repositories(event: z.output<typeof repositoriesEvent>): News {
  const added = event.repositories_added ?? [];
  const news = arrived(installationId(event.installation.id), added);
  return {
    ...news,
    access: [
      ...added.map(({ id }) => ({ repository: repositoryId(id), may: "work" as const })),
      ...(event.repositories_removed ?? []).map(({ id }) => ({
        repository: repositoryId(id),
        may: "not work" as const,
      })),
    ],
  };
}

/** Repositories that the App may work on now: each is looked at. */
export function arrived(
  installation: ReturnType<typeof installationId>,
  list: readonly { id: number; full_name: string }[],
): News {
  return {
    ...NO_NEWS,
    installation,
    lessons: list.map(({ id, full_name }) => ({
      of: "component",
      repository: repositoryId(id),
      installation,
      name: full_name,
      defaultBranch: null,
      look: true,
      doubted: true,
      branch: null,
    })),
    nudges: list.map(({ id }) => ({ priority: "bulk", subject: { kind: "component", repository: repositoryId(id) } })),
  };
}
