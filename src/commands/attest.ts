import { closes, type Entry, opens } from "../flow/ledger.ts";
import { type Branch, between, short } from "../flow/names.ts";
import type { Standing, StandingOf } from "../flow/standing.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { code, listed, minute } from "../flow/words.ts";
import {
  type AttestedBackup,
  attestedAnywhere,
  backupIn,
  type Claim,
  durationWords,
  type Measure,
  maxAge,
  measured,
  RIGHT_LINE,
  spanned,
} from "../release/attestation.ts";
import { type Affected, affectedBy } from "./affected.ts";
import { type Made, madeOf } from "./backup.ts";
import {
  type Asked,
  type Came,
  type Command,
  type May,
  type Misread,
  mayByRole,
  NEEDS_REASON,
  type OnPull,
} from "./command.ts";
import type { Written } from "./grammar.ts";

export const attest: Command = {
  name: "attest",
  on: "pull",
  usage: "/attest WHAT …",
  who: "somebody in operations; `readiness` somebody in quality",
  does: `Puts on record what a person answers for, while the comment stays as it is: a backup, as in \`${RIGHT_LINE}\` or with \`run=\` and a link to the run that made it; \`no-data-impact\`, \`no-data-transition\` or \`readiness\`, each with \`because …\`; \`revoke id=snap-8f31 because …\` takes a backup back.`,
  allows: (asked) => mayByRole(asked, ["operations", "quality"]),
  read(written, now) {
    const [what, ...words] = written.words;
    switch (what?.toLowerCase()) {
      case "backup": {
        const claim = backupIn(words, now);
        return "not" in claim
          ? { ...claim, rightly: RIGHT_LINE }
          : { allows: byOperations, act: (asked) => backedUp(asked, claim, written.because || null) };
      }
      case "revoke":
        return toRevoke(words, written);
      case "readiness":
        return withReason(words, written, "readiness", (because) => ({
          allows: (asked) => mayByRole(asked, ["quality"]),
          act: (asked) => ready(asked, because),
        }));
      case "no-data-impact":
        return withReason(words, written, "no-data-impact", (because) => ({
          allows: byOperations,
          act: (asked) => waived(asked, "no-data-impact", because),
        }));
      case "no-data-transition":
        return withReason(words, written, "no-data-transition", (because) => ({
          allows: byOperations,
          act: (asked) => waived(asked, "no-data-transition", because),
        }));
      default:
        return {
          not: `What is attested? It knows \`backup\`, \`no-data-impact\`, \`no-data-transition\`, \`readiness\` and \`revoke\`${what === undefined ? "" : `, and no “${what}”`}.`,
        };
    }
  },
};

const byOperations = (asked: Asked): May => mayByRole(asked, ["operations"]);

function withReason<T>(
  [more]: readonly string[],
  { because }: Written,
  what: string,
  then: (because: string) => T,
): T | Misread {
  const rightly = `/attest ${what} because …`;
  if (more !== undefined) return { not: `\`/attest ${what}\` takes no “${more}”.`, rightly };
  return because ? then(because) : { not: NEEDS_REASON, rightly };
}

function toRevoke([id, more]: readonly string[], { because }: Written) {
  const named = /^id=(.+)$/i.exec(id ?? "")?.[1];
  const rightly = "/attest revoke id=snap-8f31 because …";
  if (named === undefined || more !== undefined) return { not: "`revoke` takes the `id` of a backup.", rightly };
  return because
    ? { allows: byOperations, act: (asked: OnPull) => revoked(asked, named, because) }
    : { not: NEEDS_REASON, rightly };
}

/** Of the commit that was judged when the comment was written; another head is another release. */
function ready(asked: OnPull, because: string): Came {
  const { by, pull, judged, policy } = asked;
  const last = policy.stages.at(-1);
  if (pull.base !== last)
    return {
      came: "refused",
      says: `It counts on a release: a pull request into \`${last}\`. This one goes into \`${pull.base}\`.`,
    };
  if (judged === null)
    return { came: "refused", says: `${short(pull.head)} was not judged yet when you wrote it; write it again.` };
  if (judged !== pull.head)
    return {
      came: "refused",
      says: `You saw ${short(judged)}, and by now the head is ${short(pull.head)}: look at that, and write it again.`,
    };
  return done(
    asked,
    { ...common(asked, "readiness"), because, what: "readiness" },
    `${short(pull.head)} is ready by ${by.login}'s word: ${because}. It counts for this commit, and while the comment stays as it is.`,
  );
}

/** Whether nothing that is attested here could count; a promotion's word is kept for the release that carries it. */
function countsNowhere({ pull, policy }: OnPull): Came | null {
  const [first] = policy.stages;
  if (pull.baseHead !== null && pull.base !== first && pull.lane !== "feature") return null;
  return {
    came: "refused",
    says: `It counts on a release or a hotfix, and on a promotion for the release that follows. This one goes into \`${pull.base}\`: write it on the pull request that takes it on from there.`,
  };
}

function waived(asked: OnPull, what: "no-data-impact" | "no-data-transition", because: string): Came | null {
  const nowhere = countsNowhere(asked);
  if (nowhere !== null) return nowhere;
  const affected = affectedBy(asked);
  if (affected === null) return null;
  const { data, because: so } = affected.impact;
  const that = what === "no-data-impact" ? "no data is affected" : "no data has to be carried over";
  return done(
    asked,
    { ...common(asked, what), because, what, data },
    `${asked.by.login} attests that ${that}: ${because}. It counts while the files that affect data stay as they are. What Flowgate sees: ${so}`,
  );
}

function backedUp(asked: OnPull, claim: Claim, because: string | null): Came | null {
  const nowhere = countsNowhere(asked);
  if (nowhere !== null) return nowhere;
  const { systems, restoreTest } = asked.policy.backup;
  const refused = (says: string): Came => ({ came: "refused", says });
  if (systems.length > 0 && !systems.includes(claim.system))
    return refused(
      `\`system\` is none that \`backup.systems\` names: ${listed(
        systems.map((one) => code(one)),
        "or",
      )}.`,
    );
  if (restoreTest !== null && claim.restoreTested === null)
    return refused(
      `It needs \`restore-tested\`, the day of the last restore that was tried, no longer ago than ${durationWords(restoreTest)}: \`restore-tested=2026-10-30\`.`,
    );
  const affected = affectedBy(asked);
  const made = madeOf(asked, claim, affected);
  if (made === null || affected === null) return null;
  if ("came" in made) return made;
  const used = usedBy(asked, made.id, affected);
  if (used !== null) return refused(used);
  const { impact } = affected;
  const measure = {
    policy: asked.policy.backup,
    data: impact.data,
    destructive: impact.destructive !== null,
    now: asked.now,
  };
  return recorded(asked, claim, made, measure, because);
}

/**
 * In a sentence, where an id serves another release; null: nowhere. What was said on a promotion may be said again on the
 * release that carries it.
 */
function usedBy({ repository, pull, standing, spent }: OnPull, id: string, { comparison }: Affected): string | null {
  const isBackup = (one: Standing): one is AttestedBackup =>
    one.kind === "attestation" && one.what === "backup" && one.repository === repository && one.id === id;
  const of = `\`id\` ${code(id)}`;
  const once = "and one backup serves one release: make another";
  const release = spent.map((one) => one.standing).find((one) => isBackup(one) && one.served !== pull.number);
  if (release !== undefined) return `${of} served #${release.served} already, ${once}.`;
  const carried = new Set(comparison.commits.map(({ sha }) => sha));
  const elsewhere = standing.find(
    (one): one is AttestedBackup =>
      isBackup(one) && one.served === undefined && one.number !== pull.number && !carried.has(one.head),
  );
  return elsewhere === undefined
    ? null
    : `${of} was attested for #${elsewhere.number} already, ${once}, or take it back there first: \`/attest revoke id=${id} because …\`.`;
}

function recorded(asked: OnPull, claim: Claim, made: Made, measure: Measure, because: string | null): Came {
  const { by, pull, now } = asked;
  const { system, restoreTested } = claim;
  const { id, finished, level } = made;
  const backup = { what: "backup", level, system, id, finished, restoreTested, data: measure.data } as const;
  const standard = measured(backup, measure);
  if ("not" in standard)
    return {
      came: "refused",
      says:
        standard.not === "too old"
          ? `\`${"run" in claim ? "run" : "at"}\`: it was finished ${spanned(between(finished, now))} ago, and ${durationWords(maxAge(measure))} is the limit here. Make another, and attest that.`
          : `\`restore-tested\`: that is longer ago than ${durationWords(measure.policy.restoreTest as never)}. Try a restore, and attest it anew.`,
    };
  const fields = "run" in claim ? { ...claim.fields, run: claim.run } : claim.fields;
  const release = pull.base === asked.policy.stages.at(-1);
  return done(
    asked,
    {
      ...common(asked, "backup", system),
      because: because ?? `the backup ${id} of ${system} was finished at ${minute(finished)}`,
      ...backup,
      fields,
    },
    `Backup ${code(id)} of ${code(system)}, finished at ${minute(finished)}, ${level === "checked" ? "checked" : `claimed by ${by.login}`}. ${release ? "It counts" : "It is kept for the release that carries this, and counts"} until ${minute(standard.until)}, and while the files that affect data and this comment stay as they are.`,
  );
}

function revoked(asked: OnPull, id: string, because: string): Came {
  const { by, standing, spent, repository, pull, policy } = asked;
  const backups = attestedAnywhere(standing, spent).filter(
    (one): one is AttestedBackup => one.what === "backup" && one.repository === repository,
  );
  const found = backups.filter((one) => one.id === id);
  if (found.length === 0) {
    const known = [...new Set(backups.flatMap((one) => (one.served === undefined ? [code(one.id)] : [])))];
    return {
      came: "refused",
      says: `No backup ${code(id)} is attested here.${known.length === 0 ? "" : ` There is ${listed(known)}.`}`,
    };
  }
  return {
    came: "done",
    says: `Backup ${code(id)} does not count any more: ${because}.`,
    entries: found.map((one) => closes(aboutOf(asked), by.login, one.key, `revoked by ${by.login}: ${because}`)),
    // It may count for any release that is open, wherever that was written.
    nudges: [
      { priority: "person", openPulls: { repository, head: pull.head, base: pull.base } },
      { priority: "bulk", openPulls: { repository, base: policy.stages.at(-1) as Branch } },
    ],
  };
}

type Attested = StandingOf<"attestation">;

const aboutOf = ({ repository, pull }: OnPull) => subjectKey({ kind: "pull", repository, number: pull.number });

const common = ({ by, now, repository, pull, comment, review }: OnPull, what: Attested["what"], system?: string) =>
  ({
    kind: "attestation",
    key: `attestation:${what}:${repository}:${pull.number}${system === undefined ? "" : `:${system}`}`,
    by,
    at: now,
    repository,
    number: pull.number,
    head: pull.head,
    comment,
    ...(review !== null && { review }),
  }) as const;

function done(asked: OnPull, standing: Attested, says: string): Came {
  const entries: readonly Entry[] = [opens(aboutOf(asked), standing)];
  return { came: "done", says, entries, nudges: nudgesOf(asked) };
}

/** Those that share its check; and the release that may carry it already. */
function nudgesOf({ repository, pull: { head, base }, policy }: OnPull): readonly Nudge[] {
  const last = policy.stages.at(-1);
  const here: Nudge = { priority: "person", openPulls: { repository, head, base } };
  return last === undefined || base === last
    ? [here]
    : [here, { priority: "bulk", openPulls: { repository, base: last } }];
}
