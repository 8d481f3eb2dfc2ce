import { compareBuild, parse, type SemVer } from "semver";
import type { Tagged } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { Branch, Sha } from "../flow/names.ts";
import type { RollingBack, Standing, StandingOf } from "../flow/standing.ts";
import { code, listed } from "../flow/words.ts";

/** Where the last stage goes back to, and what does not run any more then. */
export type Back = Pick<RollingBack, "head" | "to" | "withdraws">;

/** So many releases are named, and so many are looked at for the one before. */
const MOST_NAMED = 10;
const MOST_LOOKED_AT = 9;
const AT_ONCE = 3;

type Release = { readonly version: string; readonly semver: SemVer; readonly commit: Sha };
type At = { readonly stage: Branch; readonly head: Sha; readonly standing: readonly Standing[]; readonly look: Look };

/**
 * The release that the last stage goes back to: the one that is asked for, else the one before the newest that is in it, but for
 * those that were withdrawn. A release is a tag that is a version, and no pre-release.
 *
 * @param asked a version such as `1.3.0`; null: the one before.
 * @returns `refused` in a sentence or two. Null while something is still to be read: `look` knows what.
 */
export function rollbackTo(
  asked: string | null,
  { stage, standing, look }: Omit<At, "head">,
): Back | { readonly refused: string } | null {
  const tagged = look.at({ want: "tagged" });
  const head = look.at({ want: "branch", branch: stage });
  if (look.missing() !== null || tagged === null) return null;
  if (head === null) return { refused: `There is no branch ${stage}.` };
  const releases = releasesAmong(tagged, standing);
  const at = { stage, head, standing, look };
  const to = asked === null ? before(releases, at) : named(asked, releases);
  return to === null || "refused" in to ? to : backTo(to, releases, at);
}

/** Greatest first; a tag with `v` comes before its like without. One that is merged and not tagged yet is one too. */
function releasesAmong(tagged: readonly Tagged[], standing: readonly Standing[]): readonly Release[] {
  const tags = new Set(tagged.map(({ tag }) => tag));
  const untagged = standing
    .filter((one): one is StandingOf<"release"> => one.kind === "release" && !tags.has(one.version))
    .map(({ version, commit }) => ({ tag: version, commit }));
  return [...tagged, ...untagged]
    .flatMap(({ tag, commit }) => {
      const semver = parse(tag);
      return semver === null || semver.prerelease.length > 0 ? [] : [{ version: tag, semver, commit }];
    })
    .toSorted((one, other) => compareBuild(other.semver, one.semver) || (one.version > other.version ? -1 : 1));
}

function named(asked: string, releases: readonly Release[]): Release | { readonly refused: string } {
  return (
    releases.find(({ semver }) => semver.compare(asked) === 0) ?? {
      refused: `There is no release \`v${asked}\`: ${thereAre(releases)}.`,
    }
  );
}

function thereAre(releases: readonly Release[]): string {
  const more = releases.length - MOST_NAMED;
  const names = releases.slice(0, MOST_NAMED).map(({ version }) => code(version));
  if (names.length === 0) return "there is none yet";
  return `there ${releases.length === 1 ? "is" : "are"} ${listed(more > 0 ? [...names, `${more} more`] : names)}`;
}

/** The second newest that is in the stage and was not withdrawn, nor is what the newest one went back to. */
function before(releases: readonly Release[], at: At): Release | { readonly refused: string } | null {
  const rollbacks = at.standing.filter(
    (one) => one.kind === "rollback" && one.commit !== null,
  ) as StandingOf<"rollback">[];
  const withdrawn = new Set(rollbacks.flatMap(({ withdraws }) => withdraws));
  const candidates = releases
    .filter(({ version }) => !withdrawn.has(version))
    .filter((one, place, all) => all.findIndex(({ commit }) => commit === one.commit) === place)
    .slice(0, MOST_LOOKED_AT);
  const within: Release[] = [];
  for (let from = 0; from < candidates.length && within.length < 2; from += AT_ONCE) {
    const some = candidates.slice(from, from + AT_ONCE);
    const are = some.map((release) => isIn(release, at));
    if (are.includes(null)) return null;
    const runs = (within[0] ?? some.find((_, place) => are[place]))?.commit;
    const same = rollbacks.find(({ commit }) => commit === runs)?.version;
    within.push(...some.filter(({ version }, place) => are[place] && version !== same));
  }
  const [newest, second] = within;
  if (newest === undefined) return { refused: `No release is in ${at.stage}: ${thereAre(releases)}.` };
  return second ?? { refused: `Before ${code(newest.version)} there is no release to go back to.` };
}

function isIn({ commit }: Release, { head, look }: At): boolean | null {
  if (commit === head) return true;
  const since = look.at({ want: "compare", base: commit, head });
  return since && since.behind === 0;
}

function backTo(to: Release, releases: readonly Release[], at: At): Back | { readonly refused: string } | null {
  const { stage, head, standing, look } = at;
  const runs = { refused: `${code(to.version)} is what runs: it is the newest release in ${stage}.` };
  if (to.commit === head) return runs;
  const since = look.at({ want: "compare", base: to.commit, head });
  if (since === null) return null;
  if (since.behind > 0)
    return {
      refused: `${code(to.version)} was never in ${stage}, so that there is no way back to it. Name a release that was.`,
    };
  const came = new Set(since.commits.map(({ sha }) => sha));
  const later = releases.filter(
    ({ commit, semver }) => came.has(commit) || (!since.whole && compareBuild(semver, to.semver) > 0),
  );
  const [newest] = later;
  if (newest === undefined) return runs;
  const rollbacks = standing.filter((one): one is StandingOf<"rollback"> => one.kind === "rollback");
  if (rollbacks.some(({ commit, version }) => commit === newest.commit && version === to.version))
    return { refused: `${code(to.version)} is what runs: ${code(newest.version)} went back to it.` };
  const withdrawn = new Set(rollbacks.flatMap(({ commit, withdraws }) => (commit === null ? [] : withdraws)));
  return {
    head,
    to: { version: to.version, commit: to.commit },
    withdraws: later.map(({ version }) => version).filter((version) => !withdrawn.has(version)),
  };
}
