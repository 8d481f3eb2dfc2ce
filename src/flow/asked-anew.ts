import { type News, NO_NEWS } from "./decision.ts";
import type { InstallationId, RepositoryId, Sha } from "./names.ts";

export type AskedAnew = {
  /** Null where whoever tells does not say: then by what is known of the repository. */
  readonly installation: InstallationId | null;
  readonly repository: RepositoryId;
  readonly head: Sha;
  /** The check beside which it was asked; those whose names begin so are written again. Empty: all of ours on this commit. */
  readonly check: string;
};

/**
 * Somebody who may write asks to have a commit judged afresh, by *Re-run* or *Re-check* on GitHub or by *Re-check* on
 * its page: others' checks are read again, all that is judged at this commit is judged, and our check is written again.
 */
export function askedAnew({ installation, repository, head, check }: AskedAnew): News {
  return {
    ...NO_NEWS,
    installation,
    cause: "Re-check",
    lessons: [{ of: "checks", repository, head, seen: null }],
    nudges: [
      { priority: "person", openPulls: { repository, head } },
      { priority: "person", subject: { kind: "group", repository, head } },
    ],
    forget: [`check:${repository}:${head}:${check}`],
  };
}
