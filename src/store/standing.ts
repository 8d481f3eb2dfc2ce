import type { Ended } from "../flow/ended.ts";
import type { KnownOwed, MadeRelease, Spent } from "../flow/facts.ts";
import type { LedgerEntry, Withheld } from "../flow/ledger.ts";
import type { Branch, Instant, RepositoryId } from "../flow/names.ts";
import { overridesOf } from "../flow/override.ts";
import { owedOf } from "../flow/owed.ts";
import { type MergedRollback, releaseKey, type Standing, type StandingOf } from "../flow/standing.ts";
import type { Connection } from "./database.ts";
import { parsed } from "./rows.ts";
import type { Tables } from "./schema.ts";

/**
 * What an entry of the ledger opens or closes, as rows to search. Doing it for a whole ledger makes all rows anew, but for what
 * entries without their text opened or closed: its key stands in the entry that took the text out.
 */
export async function project(
  on: Connection,
  { what, says, at, hash }: Pick<LedgerEntry | Withheld, "what" | "says" | "at" | "hash">,
): Promise<void> {
  if (says === null) return;
  if (what === "opened") {
    const standing = says as unknown as Standing;
    const { key, ...rest } = rowOf(standing, hash);
    await on
      .insertInto("standing")
      .values({ key, ...rest })
      .onConflict((conflict) => conflict.column("key").doUpdateSet(rest))
      .execute();
  } else if (what === "closed") {
    const { key, because, ended } = says as unknown as Closed;
    await on
      .updateTable("standing")
      .set({ closed_by: hash, closed_at: at, closed_because: because, ended: ended ? JSON.stringify(ended) : null })
      .where("key", "=", key)
      .where("closed_by", "is", null)
      .execute();
  }
}

type Closed = { readonly key: string; readonly because: string; readonly ended?: Ended };

function rowOf(standing: Standing, hash: string): Tables["standing"] {
  const { kind } = standing;
  const of =
    kind === "freeze"
      ? standing.of
      : kind === "train"
        ? { installation: standing.installation }
        : { repository: standing.repository };
  return {
    key: standing.key,
    kind,
    repository: "repository" in of ? of.repository : null,
    installation: "installation" in of ? of.installation : null,
    stage: kind === "freeze" || kind === "deviation" || kind === "closed-back-merge" ? standing.stage : null,
    number: ownOf(standing),
    standing: JSON.stringify(standing),
    opened_by: hash,
    closed_by: null,
    closed_at: null,
    closed_because: null,
    ended: null,
  };
}

/** The pull request that it concerns alone. */
function ownOf(standing: Standing): number | null {
  switch (standing.kind) {
    case "link":
    case "execution":
    case "item":
    case "landed":
    case "accepted":
    case "on-word":
    case "promotion":
    case "rolling-back":
      return standing.number;
    case "attestation":
      return standing.served ?? null;
    default:
      return null;
  }
}

/**
 * What stands in a repository or in all that the installation has, oldest first.
 *
 * @param number with what concerns that pull request alone; null: with no such.
 */
export async function standingFor(
  on: Connection,
  repository: RepositoryId,
  installation: number,
  number: number | null,
): Promise<readonly Standing[]> {
  const open = on.selectFrom("standing").select("standing").where("closed_by", "is", null);
  const here = open.where("repository", "=", repository);
  // A search by an index each; asked for together SQLite goes through all that is open anywhere.
  const rows = await here
    .where("number", "is", null)
    .unionAll(open.where("installation", "=", installation))
    .unionAll(here.where("number", "=", number ?? 0))
    .execute();
  return rows
    .map(({ standing }) => JSON.parse(standing) as Standing)
    .toSorted((a, b) => (`${a.at} ${a.key}` < `${b.at} ${b.key}` ? -1 : 1));
}

/** What was attested for releases that are merged, whether it still counts for them or not. */
export async function spentIn(on: Connection, repository: RepositoryId): Promise<readonly Spent[]> {
  const rows = await on
    .selectFrom("standing")
    .select(["standing", "closed_because"])
    .where("repository", "=", repository)
    .where("kind", "=", "attestation")
    .where("number", "is not", null)
    .orderBy("key")
    .execute();
  return rows.map(({ standing, closed_because }) => ({
    standing: JSON.parse(standing) as StandingOf<"attestation">,
    closed: closed_because,
  }));
}

/** Rollbacks of a repository that are merged. */
export async function rollbacksIn(on: Connection, repository: RepositoryId): Promise<readonly MergedRollback[]> {
  const rows = await on
    .selectFrom("standing")
    .select("standing")
    .where("repository", "=", repository)
    .where("kind", "=", "rollback")
    .orderBy("key")
    .execute();
  return rows
    .map(({ standing }) => JSON.parse(standing) as StandingOf<"rollback">)
    .filter((one): one is MergedRollback => one.commit !== null);
}

/** Whether the release that a pull request made was withdrawn. */
export async function isWithdrawn(on: Connection, repository: RepositoryId, number: number): Promise<boolean> {
  const row = await on
    .selectFrom("standing")
    .select("ended")
    .where("key", "=", releaseKey(repository, number))
    .executeTakeFirst();
  return parsed<Ended>(row?.ended)?.as === "withdrawn";
}

/** When a release or a hotfix other than this one went into the last stage last; null: never. */
export async function lastLanding(on: Connection, repository: RepositoryId, but: number): Promise<Instant | null> {
  const rows = await on
    .selectFrom("standing")
    .select("standing")
    .where("repository", "=", repository)
    .where("kind", "=", "landed")
    .where("number", "!=", but)
    .execute();
  const landed = rows.map(({ standing }) => (JSON.parse(standing) as StandingOf<"landed">).at);
  return landed.toSorted().at(-1) ?? null;
}

/** What came onto a stage past its gates: what is open, and what was closed since then. */
export async function deviationsOn(
  on: Connection,
  repository: RepositoryId,
  stage: Branch,
  since: Instant,
): Promise<readonly { readonly standing: StandingOf<"deviation">; readonly closed: string | null }[]> {
  const rows = await on
    .selectFrom("standing")
    .select(["standing", "closed_because"])
    .where("repository", "=", repository)
    .where("kind", "=", "deviation")
    .where("stage", "=", stage)
    .where((row) => row.or([row("closed_at", "is", null), row("closed_at", ">=", since)]))
    .orderBy("key")
    .execute();
  return rows.map(({ standing, closed_because }) => ({
    standing: JSON.parse(standing) as StandingOf<"deviation">,
    closed: closed_because,
  }));
}

/** What was to bring something back into a stage and was closed, while that is not there. */
export async function closedBackMergesInto(
  on: Connection,
  repository: RepositoryId,
  stage: Branch,
): Promise<readonly StandingOf<"closed-back-merge">[]> {
  const rows = await on
    .selectFrom("standing")
    .select("standing")
    .where("repository", "=", repository)
    .where("kind", "=", "closed-back-merge")
    .where("stage", "=", stage)
    .where("closed_by", "is", null)
    .orderBy("key")
    .execute();
  return rows.map(({ standing }) => JSON.parse(standing) as StandingOf<"closed-back-merge">);
}

/** The releases that were made of a repository, published or not. */
export async function releasesOf(on: Connection, repository: RepositoryId): Promise<readonly MadeRelease[]> {
  const rows = await on
    .selectFrom("standing")
    .select(["standing", "ended"])
    .where("repository", "=", repository)
    .where("kind", "=", "release")
    .orderBy("key")
    .execute();
  return rows.map(({ standing, ended }) => ({
    standing: JSON.parse(standing) as StandingOf<"release">,
    ended: parsed<Ended>(ended),
  }));
}

/** What was asked to be overridden on a pull request, at whatever commit: what is open, and what was closed since then. */
export async function overridesOn(
  on: Connection,
  repository: RepositoryId,
  number: number,
  since: Instant,
): Promise<readonly { readonly standing: StandingOf<"override">; readonly closed: string | null }[]> {
  const rows = await keyedFrom(on, overridesOf(repository, number))
    .where((row) => row.or([row("closed_at", "is", null), row("closed_at", ">=", since)]))
    .execute();
  return rows.map(({ standing, closed_because }) => ({
    standing: JSON.parse(standing) as StandingOf<"override">,
    closed: closed_because,
  }));
}

/** All that a hotfix owed, whether it still does or not. */
export async function owedOn(on: Connection, repository: RepositoryId, number: number): Promise<KnownOwed["all"]> {
  const rows = await keyedFrom(on, owedOf(repository, number)).execute();
  return rows.map(({ standing, closed_because }) => ({
    standing: JSON.parse(standing) as StandingOf<"owed">,
    closed: closed_because,
  }));
}

/** What ever stood whose keys begin so, by its key. */
const keyedFrom = (on: Connection, prefix: string) =>
  on
    .selectFrom("standing")
    .select(["standing", "closed_because"])
    .where("key", ">=", prefix)
    .where("key", "<", `${prefix}\u{10FFFF}`)
    .orderBy("key");
