import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import { installationId, repositoryId } from "../flow/names.ts";
import { id, newsOf, type Place, place } from "./place.ts";

export const issueEvent = place.extend({ issue: z.object({ pull_request: z.unknown().optional() }) });

/** An issue may hold a release, by its label. */
export function issue(event: z.output<typeof issueEvent>): News {
  if (event.issue.pull_request != null) return NO_NEWS;
  return people(event);
}

/** Who may do what in a repository has changed. */
export function people(event: Place): News {
  const repository = repositoryId(event.repository.id);
  return { ...newsOf(event), nudges: [{ priority: "bulk", openPulls: { repository } }] };
}

export const anywhere = z.object({ installation: z.object({ id }).nullish() });

/** Who is in which team has changed: it may fill roles in any repository. */
export function peopleAnywhere({ installation }: z.output<typeof anywhere>): News {
  if (!installation) return NO_NEWS;
  const at = installationId(installation.id);
  return { ...NO_NEWS, installation: at, nudges: [{ priority: "bulk", installation: at }] };
}
