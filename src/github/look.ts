import { type Answers, type AnswerTo, type Fact, type Facts, wantKey } from "../flow/facts.ts";
import type { Look, WantOfGithub } from "../flow/look.ts";
import { type Instant, isSha, later, type Sha, short } from "../flow/names.ts";
import type { Lease } from "../flow/subject.ts";
import { runOf } from "./actions.ts";
import { checksOn, comparison, entriesOf, foldersIn, parentsOf, rootFilesOf, touchedBy, treeAt } from "./commits.ts";
import { type Outcome, sentence } from "./failure.ts";
import { broughtByShape } from "./parse.ts";
import { accessOf, collaboratorsOf, membersOf, pushersTo, userAt } from "./people.ts";
import { issueAt, issuesWith, mergedPulls, openPulls, pullAt, reviewsOf, textOf } from "./pulls.ts";
import type { Read } from "./read.ts";
import { tagAt, taggedOf, tagsOf } from "./releasing.ts";
import {
  blobOf,
  bytesOf,
  documentAt,
  headOf,
  type Place,
  repositoryAt,
  root,
  rulesetsAt,
  rulesOn,
} from "./repository.ts";

const UNNAMED_MS = 60_000;

/** What the App may do at a place. */
type Permissions = (place: Place) => Promise<Outcome<Answers["permissions"]>>;

/** Reads everything that a judgement wants of GitHub, all at once. Each want gets its answer, or why there is none. */
export function looker(read: Read, clock: { now(): Instant }, permissions: Permissions): Look<WantOfGithub> {
  const answers = answersFrom(read, clock, permissions);

  return async (lease, facts, wants) => {
    const place = placeOf(lease, facts);
    const answered = wants.map(async (want): Promise<[string, Fact<unknown>]> => {
      if (place === null) return [wantKey(want), unnamed(clock.now())];
      const outcome = await answers(place, want);
      const of = elsewhere(want) ?? place.name;
      return [wantKey(want), factOf(outcome, `asked for ${inWords(want)} of ${of}`, clock.now())];
    });
    return new Map(await Promise.all(answered));
  };
}

/** The other repository that a want is about. */
function elsewhere(want: WantOfGithub): string | undefined {
  if (want.want === "run") return want.repository;
  return want.want === "collaborators" ? want.of : undefined;
}

/** A file of the repository by its content; null: it is larger than anybody here reads. */
export type Bytes = (
  lease: Lease,
  facts: Facts,
  file: { readonly path: string; readonly sha: Sha },
) => Promise<Fact<Uint8Array | null>>;

/** Reads files as they are stored. */
export function fetcher(read: Read, clock: { now(): Instant }): Bytes {
  return async (lease, facts, { path, sha }) => {
    const place = placeOf(lease, facts);
    if (place === null) return unnamed(clock.now());
    const outcome = await bytesOf(read, place, sha);
    return factOf(outcome, `asked for the file ${path} (${short(sha)}) of ${place.name}`, clock.now());
  };
}

function placeOf({ installation, priority, subject }: Lease, facts: Facts): Place | null {
  const name = nameOf(facts);
  return name === null ? null : { installation, priority, repository: subject.repository, name };
}

const unnamed = (now: Instant): Fact<never> => ({
  known: false,
  because: "Flowgate has not heard the name of this repository yet.",
  retryAt: later(now, UNNAMED_MS),
});

/** @param asked what was asked, such as "asked for the branch staging of org/api". */
export function factOf<T>(outcome: Outcome<T>, asked: string, at: Instant): Fact<T> {
  if (outcome.ok) return { known: true, value: outcome.value, at };
  return { known: false, because: sentence(outcome.failure, asked), retryAt: outcome.failure.until };
}

const nameOf = (facts: Facts): string | null => {
  if (facts.component !== null) return facts.component.name;
  return "memory" in facts && facts.memory?.kind === "component" ? facts.memory.name : null;
};

type Answering = <W extends WantOfGithub>(place: Place, want: W) => Promise<Outcome<AnswerTo<W>>>;

function answersFrom(read: Read, clock: { now(): Instant }, permissions: Permissions): Answering {
  type Reading = {
    readonly [W in WantOfGithub["want"]]: (
      place: Place,
      want: WantOfGithub & { readonly want: W },
    ) => Promise<Outcome<Answers[W]>>;
  };
  const now = () => clock.now();
  const reading: Reading = {
    repository: (place) => repositoryAt(read, place),
    permissions,
    branch: (place, { branch }) => headOf(read, place, branch),
    document: (place, { path }) => documentAt(read, place, path, null),
    file: (place, { path, at }) => documentAt(read, place, path, at),
    pull: (place, { number }) => pullAt(read, place, number),
    "open-pulls": (place) => openPulls(read, place),
    "merged-pulls": (place) => mergedPulls(read, place),
    compare: (place, { base, head }) => comparison(read, place, { base, head, now }),
    "brought-by": (place, { commit }) =>
      read.all(place, `${root(place)}/commits/${commit}/pulls`, broughtByShape(place.repository)),
    reviews: (place, { number }) => reviewsOf(read, place, number),
    rulesets: (place, { titles }) => rulesetsAt(read, place, titles),
    rules: (place, { branch }) => rulesOn(read, place, branch),
    checks: (place, { head }) => checksOn(read, place, { head, now }),
    team: (place, { team }) => membersOf(read, place, team),
    "team-access": (place, { team }) => accessOf(read, place, team),
    collaborators: (place, { of = place.name }) => collaboratorsOf(read, { ...place, name: of }),
    issues: (place, { label }) => issuesWith(read, place, label),
    text: (place, { number }) => textOf(read, place, number),
    pushers: (place, { branch }) => pushersTo(read, place, branch),
    tags: (place) => tagsOf(read, place),
    tagged: (place) => taggedOf(read, place),
    issue: (place, { number }) => issueAt(read, place, number),
    folders: (place, { commit, paths }) => foldersIn(read, place, { commit, paths, now }),
    tag: (place, { tag }) => tagAt(read, place, tag),
    user: (place, want) => userAt(read, place, want),
    tree: (place, { commit }) => treeAt(read, place, commit),
    parents: (place, { commit }) => parentsOf(read, place, { commit, now }),
    entries: (place, { commit }) => entriesOf(read, place, { commit, now }),
    "root-files": (place, { commit }) => rootFilesOf(read, place, commit),
    blob: (place, { sha }) => blobOf(read, place, sha),
    run: (place, want) => runOf(read, place, want),
    touched: (place, want) => touchedBy(read, place, want),
  };

  return <W extends WantOfGithub>(place: Place, want: W) =>
    (reading[want.want] as (place: Place, want: W) => Promise<Outcome<AnswerTo<W>>>)(place, want);
}

/** @returns what a want asks for, as in "GitHub answered 502 when asked for …". */
function inWords(want: WantOfGithub): string {
  switch (want.want) {
    case "repository":
      return "the settings";
    case "permissions":
      return "the permissions";
    case "open-pulls":
      return "the open pull requests";
    case "merged-pulls":
      return "the pull requests merged last";
    case "branch":
      return `the branch ${want.branch}`;
    case "document":
      return `the file ${want.path}`;
    case "file":
      return `the file ${want.path} in ${short(want.at)}`;
    case "entries":
      return `the files of ${short(want.commit)}`;
    case "root-files":
      return `the files in the root of ${short(want.commit)}`;
    case "blob":
      return `the file ${want.path} (${short(want.sha)})`;
    case "pull":
      return `pull request #${want.number}`;
    case "compare":
      return `what ${short(want.head)} has over ${isSha(want.base) ? short(want.base) : want.base}`;
    case "brought-by":
      return `the pull requests that brought ${short(want.commit)}`;
    case "reviews":
      return `the reviews of #${want.number}`;
    case "rulesets":
      return want.titles.length === 1 ? `the ruleset ${want.titles[0]}` : `the rulesets ${want.titles.join(", ")}`;
    case "rules":
      return `the rules on ${want.branch}`;
    case "checks":
      return `the checks of ${short(want.head)}`;
    case "team":
      return `the members of ${want.team}`;
    case "team-access":
      return `the access of ${want.team}`;
    case "collaborators":
      return "the collaborators";
    case "issues":
      return `the open issues labelled ${want.label}`;
    case "text":
      return `the text of #${want.number}`;
    case "pushers":
      return `who pushed to ${want.branch}`;
    case "tags":
    case "tagged":
      return "the tags";
    case "issue":
      return `the issue #${want.number}`;
    case "folders":
      return `the folders ${want.paths.join(", ")} of ${short(want.commit)}`;
    case "tag":
      return `the tag ${want.tag}`;
    case "user":
      return `the account of ${want.login}`;
    case "tree":
      return `the tree of ${short(want.commit)}`;
    case "parents":
      return `the parents of ${short(want.commit)}`;
    case "run":
      return want.attempt === null ? `run ${want.id}` : `attempt ${want.attempt} of run ${want.id}`;
    case "touched":
      return `the commits up to ${short(want.head)} that touched ${want.path}`;
  }
}
