import { coerce, compare, compareBuild, inc, parse, type SemVer } from "semver";
import { BUMPS, type Bump } from "../flow/memory.ts";
import { short } from "../flow/names.ts";
import type { VersionAsked } from "../flow/version-asked.ts";
import { code, listed } from "../flow/words.ts";
import { type Carried, messageOf } from "./carried.ts";
import { type Kind, strongest } from "./conventional.ts";
import { type VersionFile, versionIn } from "./version-files.ts";

/**
 * The version that a word of a command asks for: `v1.4.0`, with or without the `v`.
 *
 * @returns `not`: what to write instead, in a sentence; null where the word is meant as no version.
 */
export function askedIn(word: string): { readonly version: string } | { readonly not: string } | null {
  if (!/^v?\d/i.test(word)) return null;
  const version = parse(word.replace(/^V/, "v"));
  const near = coerce(word);
  const cure = near === null ? "write it as `v1.4.0`" : `write \`v${near.version}\``;
  if (version === null) return { not: `${code(word)} is no version of three numbers: ${cure}.` };
  if (version.prerelease.length > 0)
    return { not: `${code(word)} is a pre-release, and what goes into the last stage is none: ${cure}.` };
  if (version.build.length > 0) return { not: `${code(word)} has build metadata, by which no version grows: ${cure}.` };
  return { version: version.version };
}

/** All that a version is chosen from. */
export type Releasing = {
  /** All tags of the repository, as they are called. */
  readonly tags: readonly string[];
  /** Null: the command leaves it open. */
  readonly asked: VersionAsked | null;
  /** Since the last version. */
  readonly carried: Carried;
  /** Those of `VERSION_FILES` that the commit has. */
  readonly files: readonly VersionFile[];
};

export type Chosen = {
  /** As SemVer writes it, `1.4.0`. */
  readonly version: string;
  /** `v1.4.0`. */
  readonly tag: string;
  /** Without a full stop, such as `minor, because #12 brings a feature`. */
  readonly because: string;
  /** The tag of the version before; null: this is the first. */
  readonly previous: string | null;
  /** What does not hold the release and should be seen, each in a sentence. */
  readonly remarks: readonly string[];
  /** What else is worth saying before it is made, each in a sentence. */
  readonly advice: readonly string[];
};
type Refused = { readonly refused: string };

/**
 * The version of a release: what the command asks for, else the strongest label `release:…` on what is carried, else what
 * Conventional Commits say, else a patch. The first is 1.0.0, beside which the tags are named that are no versions. It is greater than every tag that is a version, with or without
 * `v`, by SemVer's precedence: a pre-release leads to its own version, and build metadata does not count. Tags that are no
 * versions are left alone. https://semver.org
 *
 * The order of tags, pull requests, commits and files makes no difference.
 *
 * @returns `refused` in one sentence that says what to write instead.
 */
export function versionOf({ tags, asked, carried, files }: Releasing): Chosen | Refused {
  const last = lastOf(tags);
  const said = byCommits(carried, last);
  const found = last === null ? first(asked) : following(last, asked, byLabel(carried) ?? said, tags);
  if ("refused" in found) return found;
  const { version, because } = found;
  const byItself = last === null ? null : next(last, said.bump);
  const disagree = files
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => disagreement(file, version, last));
  return {
    version,
    tag: `v${version}`,
    because,
    previous: last?.tag ?? null,
    remarks: [
      ...found.remarks,
      ...(last === null ? tagsLeftAlone(tags) : []),
      ...(byItself !== null && compare(byItself, version) > 0
        ? [`${said.why}, which by itself would make it \`v${byItself}\`.`]
        : []),
      ...(carried.whole
        ? []
        : ["GitHub does not list all that is carried, and what it leaves out has no say in this."]),
      ...disagree.flatMap(({ remark = [] }) => remark),
    ],
    advice: [
      ...disagree.flatMap(({ advice = [] }) => advice),
      // Behind a version they are nobody's surprise.
      ...(last === null ? [] : tagsLeftAlone(tags)),
    ],
  };
}

type Found = Pick<Chosen, "version" | "because" | "remarks">;

function first(asked: VersionAsked | null): Found {
  if (asked !== null && "version" in asked) return { ...named(asked.version), remarks: [] };
  const remarks = asked === null ? [] : [`There is no version yet whose ${asked.bump} could be raised.`];
  return { version: "1.0.0", because: "`v1.0.0`, because it is the first release", remarks };
}

function following(
  last: Last,
  asked: VersionAsked | null,
  otherwise: Reason,
  tags: readonly string[],
): Found | Refused {
  if (asked !== null && "version" in asked) {
    const { version } = asked;
    return compare(version, last.version) > 0
      ? { ...named(version), remarks: [] }
      : { refused: notAbove(version, last, tags) };
  }
  const { bump, why } = asked === null ? otherwise : { bump: asked.bump, why: "the command says so" };
  const version = next(last, bump);
  if (version === null) return { refused: `There is no ${bump} version after ${code(last.tag)}: ${cure(last)}.` };
  const { prerelease, major, minor, patch } = last.version;
  const isReleased = prerelease.length > 0 && version === `${major}.${minor}.${patch}`;
  const remarks = isReleased
    ? [`${code(last.tag)} is a pre-release, and \`v${version}\` the release that it leads to.`]
    : [];
  return { version, because: `${bump}, because ${why}`, remarks };
}

const named = (version: string) => ({ version, because: `\`v${version}\`, because the command names it` });

function notAbove(version: string, last: Last, tags: readonly string[]): string {
  const taken = lastOf(tags.filter((tag) => parse(tag)?.compare(version) === 0));
  if (taken === null) return `\`v${version}\` is not above ${code(last.tag)}, and versions only grow: ${cure(last)}.`;
  const by = taken.tag === `v${version}` ? "" : ` by the tag ${code(taken.tag)}`;
  return `\`v${version}\` is taken${by}: ${cure(last)}.`;
}

/** What can be asked for after a version. */
function cure(last: Last): string {
  const ways = new Set(BUMPS.toReversed().flatMap((bump) => next(last, bump) ?? []));
  return ways.size === 0
    ? `remove the tag ${code(last.tag)}, after which no version comes`
    : `write ${listed(
        [...ways].map((version) => `\`v${version}\``),
        "or",
      )}`;
}

type Last = { readonly tag: string; readonly version: SemVer };

/** The tag of the greatest version. Of several that are equal it is the same one, however they are listed. */
function lastOf(tags: readonly string[]): Last | null {
  const versions = tags.flatMap((tag) => {
    const version = parse(tag);
    return version === null ? [] : [{ tag, version }];
  });
  const isAbove = (one: Last, other: Last) =>
    (compareBuild(one.version, other.version) || (one.tag > other.tag ? 1 : -1)) > 0;
  return versions.reduce<Last | null>((last, one) => (last === null || isAbove(one, last) ? one : last), null);
}

/** Null where its number would be greater than SemVer's readers take. */
const next = ({ version }: Last, bump: Bump): string | null => parse(inc(version, bump))?.version ?? null;

/** `why` in a sentence without a full stop. */
type Reason = { readonly bump: Bump; readonly why: string };

function byLabel({ pulls }: Carried): Reason | null {
  for (const bump of BUMPS) {
    const label = `release:${bump}`;
    const labelled = pulls.filter(({ labels }) => labels.some((one) => one.toLowerCase() === label));
    if (labelled.length > 0)
      return { bump, why: `#${Math.min(...labelled.map(({ number }) => number))} has the label \`${label}\`` };
  }
  return null;
}

/**
 * Before 1.0.0 what breaks raises the minor: only from there on does SemVer ask for a major (its rule 8), and to declare a
 * product's interface stable is for a person to do.
 */
function byCommits({ pulls, loose }: Carried, last: Last | null): Reason {
  const changes = [
    ...pulls
      .toSorted((a, b) => a.number - b.number)
      .map(({ number, title, messages }) => ({ of: `#${number}`, kind: strongest([title, ...messages]) })),
    ...loose
      .toSorted((a, b) => (a.sha < b.sha ? -1 : 1))
      .map((commit) => ({ of: short(commit.sha), kind: strongest([messageOf(commit)]) })),
  ];
  const of = (kind: Kind) => changes.find((change) => change.kind === kind)?.of;
  const [breaking, feature, fix] = [of("breaking"), of("feature"), of("fix")];
  if (breaking !== undefined)
    return last?.version.major === 0
      ? { bump: "minor", why: `${breaking} brings a breaking change, and before 1.0.0 that raises the minor` }
      : { bump: "major", why: `${breaking} brings a breaking change` };
  if (feature !== undefined) return { bump: "minor", why: `${feature} brings a feature` };
  return { bump: "patch", why: fix === undefined ? "nothing that is carried asks for more" : `${fix} brings a fix` };
}

type Disagreement = { readonly remark?: string; readonly advice?: string };

function disagreement(file: VersionFile, version: string, last: Last | null): Disagreement {
  const found = versionIn(file);
  if (found === null) return {};
  if (found === "unreadable") return { remark: `${code(file.path)} cannot be read for its version.` };
  const says = parse(found.says);
  // Where versions are made by releasing, the file holds none: `0.0.0`, or `0.0.0-development`.
  const isPlaceholder = says !== null && says.major + says.minor + says.patch === 0;
  if (isPlaceholder || says?.compare(version) === 0) return {};
  const isRelease = says !== null && says.prerelease.length + says.build.length === 0;
  const couldBe = isRelease && (last === null || says.compare(last.version) > 0);
  return {
    remark: `${code(file.path)} says ${code(found.says)}, and not ${version}.`,
    ...(couldBe && { advice: `\`/promote v${says.version}\` would agree with ${code(file.path)}.` }),
  };
}

/** So many are named. */
const MOST_NAMED = 10;

/** Which tags are no versions and so have no say, in a sentence for who asks; none where all are. */
export function tagsLeftAlone(tags: readonly string[]): readonly string[] {
  const others = tags.filter((tag) => parse(tag) === null).toSorted();
  if (others.length === 0) return [];
  const names = others.slice(0, MOST_NAMED).map(code);
  const more = others.length > MOST_NAMED ? [`${others.length - MOST_NAMED} more`] : [];
  return [`Left alone, since they are no versions: ${listed([...names, ...more])}.`];
}
