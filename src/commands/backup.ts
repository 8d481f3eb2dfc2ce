import type { WorkflowRun } from "../flow/facts.ts";
import type { Backup } from "../flow/standing.ts";
import { code, listed, minute } from "../flow/words.ts";
import type { Claim } from "../release/attestation.ts";
import { type Affected, authorsOf } from "./affected.ts";
import type { Came, OnPull } from "./command.ts";

/** A backup as it goes on record, and whether we checked it. */
export type Made = Pick<Backup, "id" | "finished" | "level">;
type Refused = Extract<Came, { readonly came: "refused" }>;

/**
 * What is known of a backup that somebody names: what the run that made it says, or the verifier of the config, else the
 * person's word, if they wrote nothing of what it is to save.
 *
 * @param affected null: still to be read. @returns null while something is.
 */
export function madeOf(asked: OnPull, claim: Claim, affected: Affected | null): Made | Refused | null {
  if ("run" in claim) return ofRun(asked, claim);
  const { system, id, finished } = claim;
  if (asked.policy.backup.verifier === null) return affected && claimed(asked, claim, affected);
  const verified = asked.look.at({ want: "verified", system, id, finished });
  if (verified === null) return null;
  return verified.is
    ? { level: "checked", id, finished: verified.finished }
    : refused(`\`id\` ${code(id)} is not confirmed by the verifier of \`backup.verifier\`: ${verified.because}`);
}

const refused = (says: string): Refused => ({ came: "refused", says });

function claimed(asked: OnPull, claim: Claim & Pick<Backup, "id" | "finished">, affected: Affected) {
  const wrote = authorsOf(asked, affected);
  if (wrote === null) return null;
  if ("unclear" in wrote)
    return refused(
      "GitHub does not list all commits that this carries, so nobody can tell who wrote what affects data. Promote in smaller steps, or name the run that made the backup: `run=https://github.com/acme/ops/actions/runs/123456`.",
    );
  if (wrote.authors.some(({ id }) => id === asked.by.id))
    return refused(
      "You wrote some of what affects data here, so somebody else in operations has to see to its backup. A run that made it counts whoever names it: `run=https://github.com/acme/ops/actions/runs/123456`.",
    );
  return { level: "claimed", id: claim.id, finished: claim.finished } as const;
}

/** A run of a workflow of the same owner, in whose word nobody has to trust. */
function ofRun(asked: OnPull, { run: link, system }: Claim & { readonly run: string }): Made | Refused | null {
  const { web, name, look, policy, lastRelease } = asked;
  const named = runIn(link, web);
  if (named === null) return refused(`\`run\` is no link to a run, such as \`${web}/acme/ops/actions/runs/123456\`.`);
  const owner = ownerOf(name);
  const elsewhere = `\`run\` has to be of a repository of ${owner}, as this one is.`;
  if (ownerOf(named.repository) !== owner) return refused(elsewhere);
  const { workflows } = policy.backup;
  const run = look.at({ want: "run", ...named });
  if (look.missing() !== null) return null;
  if (run === null)
    return refused(
      `There is no run ${named.id} of ${named.repository}, or the App may not see it: an owner of the organisation lets it read the Actions of that repository.`,
    );
  if (ownerOf(run.repository) !== owner) return refused(elsewhere);
  const path = `${run.repository}/${run.workflow}`;
  const backsUp = Object.entries(workflows).find(([one]) => one.toLowerCase() === path.toLowerCase())?.[1] ?? [];
  if (!backsUp.includes(system))
    return refused(
      `\`run\` is of ${code(path)}, which ${backsUp.length === 0 ? "`backup.workflows` does not list" : `backs up ${listed(backsUp.map(code))}`}: name a run that backs up ${code(system)}.`,
    );
  const flaw = flawOf(run);
  if (flaw !== null) return refused(`\`run\` ${run.id} ${flaw} Name one that did, or run the workflow again.`);
  if (lastRelease !== null && run.started <= lastRelease)
    return refused(
      `\`run\` ${run.id} began at ${minute(run.started)}, before the last release at ${minute(lastRelease)}: run the workflow again.`,
    );
  return { level: "checked", id: `run-${run.id}.${run.attempt}`, finished: run.finished };
}

function flawOf({ branch, defaultBranch, foreign, conclusion }: WorkflowRun): string | null {
  if (foreign) return "ran on a commit of a fork, not on the default branch.";
  if (branch !== defaultBranch) return `did not run on the default branch \`${defaultBranch}\`.`;
  if (conclusion === null) return "has not ended.";
  return conclusion === "success" ? null : `ended in \`${conclusion}\`, not in \`success\`.`;
}

/** A run as its page is linked, with an attempt or a job of it. */
function runIn(
  link: string,
  web: string,
): { readonly repository: string; readonly id: number; readonly attempt: number | null } | null {
  if (!link.toLowerCase().startsWith(`${web.toLowerCase()}/`)) return null;
  const [, repository, id, attempt] =
    /^([\w-]+\/[\w.-]+)\/actions\/runs\/(\d{1,15})(?:\/attempts\/(\d{1,4}))?(?:\/job\/\d+)?\/?(?:[?#].*)?$/.exec(
      link.slice(web.length + 1),
    ) ?? [];
  if (repository === undefined) return null;
  return { repository, id: Number(id), attempt: attempt === undefined ? null : Number(attempt) };
}

/** Of `owner/name`; case does not count. */
const ownerOf = (repository: string): string => (repository.split("/", 1)[0] as string).toLowerCase();
