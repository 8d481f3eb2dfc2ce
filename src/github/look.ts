import type { z } from "zod";
import {
  type Answers,
  type AnswerTo,
  type Comparison,
  type Document,
  type Fact,
  type Facts,
  type Review,
  type Want,
  wantKey,
} from "../flow/facts.ts";
import { type Branch, type Instant, later, type RepositoryId, type Sha, short } from "../flow/names.ts";
import type { LiveRuleset } from "../flow/ruleset.ts";
import type { Lease } from "../flow/subject.ts";
import { failed, found, isAbsent, type Outcome, sentence } from "./failure.ts";
import * as shapes from "./parse.ts";
import { type As, PER_PAGE, type Read } from "./read.ts";

/** A comparison of more commits than this is not read to its end. */
const MOST_COMMITS = 1_000;
/** How soon a comparison is read anew whose base moved while its pages were read. */
const MOVED_MS = 1_000;
const UNNAMED_MS = 60_000;

/** A repository as an installation reaches it. */
export type Place = As & { readonly repository: RepositoryId; readonly name: string };

export type Look = (lease: Lease, facts: Facts, wants: readonly Want[]) => Promise<ReadonlyMap<string, Fact<unknown>>>;

/** Reads everything that a judgement wants, all at once. Each want gets its answer, or why there is none. */
export function looker(read: Read, clock: { now(): Instant }): Look {
  const answers = answersFrom(read, clock);

  return async (lease, facts, wants) => {
    const name = nameOf(facts);
    const answered = wants.map(async (want): Promise<[string, Fact<unknown>]> => {
      if (name === null) {
        const because = "Flowgate has not heard the name of this repository yet.";
        return [wantKey(want), { known: false, because, retryAt: later(clock.now(), UNNAMED_MS) }];
      }
      const { installation, priority, subject } = lease;
      const place = { installation, priority, repository: subject.repository, name };
      const outcome = await answers(place, want);
      return [wantKey(want), factOf(outcome, `asked for ${inWords(want)} of ${name}`, clock.now())];
    });
    return new Map(await Promise.all(answered));
  };
}

/** @param asked what was asked, such as "asked for the branch staging of org/api". */
export function factOf<T>(outcome: Outcome<T>, asked: string, at: Instant): Fact<T> {
  if (outcome.ok) return { known: true, value: outcome.value, at };
  return { known: false, because: sentence(outcome.failure, asked), retryAt: outcome.failure.until };
}

const nameOf = (facts: Facts): string | null => {
  if (facts.component !== null) return facts.component.name;
  return "memory" in facts && facts.memory?.kind === "component" ? facts.memory.name : null;
};

type Answering = <W extends Want>(place: Place, want: W) => Promise<Outcome<AnswerTo<W>>>;

function answersFrom(read: Read, clock: { now(): Instant }): Answering {
  type Reading = {
    readonly [W in Want["want"]]: (place: Place, want: Extract<Want, { want: W }>) => Promise<Outcome<Answers[W]>>;
  };
  const reading: Reading = {
    repository: (place) => repositoryAt(read, place),
    branch: async (place, { branch }) => {
      const outcome = await read.one(
        place,
        `${root(place)}/branches/${encodeURIComponent(branch)}`,
        shapes.branchShape,
      );
      // A renamed branch is answered for under its old name: there is none of that name any more.
      if (outcome.ok) return found(outcome.value.name === branch ? outcome.value.commit.sha : null);
      return absentOr(place, outcome, null);
    },
    document: (place, { path }) => documentAt(place, path),
    pull: (place, { number }) => pullAt(read, place, number),
    "open-pulls": (place) => openPulls(read, place),
    compare: (place, { base, head }) => comparison(place, base, head),
    "brought-by": (place, { commit }) =>
      read.all(place, `${root(place)}/commits/${commit}/pulls`, shapes.broughtByShape(place.repository)),
    reviews: async (place, { number }) => {
      const outcome = await read.all(place, `${root(place)}/pulls/${number}/reviews`, shapes.reviewsShape);
      return outcome.ok ? found(outcome.value.filter((review): review is Review => review !== null)) : outcome;
    },
    ruleset: (place, { title }) => rulesetAt(read, place, title),
    rules: (place, { branch }) =>
      read.all(place, `${root(place)}/rules/branches/${encodeURIComponent(branch)}`, shapes.branchRulesShape),
  };

  /**
   * GitHub answers 404 for what is not there and for what we may not see, so a thing is only taken to be missing
   * while its repository can be seen.
   */
  async function absentOr<T>(place: Place, outcome: Outcome<T>, absent: T): Promise<Outcome<T>> {
    if (!isAbsent(outcome)) return outcome;
    const repository = await repositoryAt(read, place);
    return repository.ok ? found(absent) : repository;
  }

  async function documentAt(place: Place, path: string): Promise<Outcome<Document>> {
    const address = `${root(place)}/contents/${path.split("/").map(encodeURIComponent).join("/")}`;
    const outcome = await read.one(place, address, shapes.contentShape);
    if (!outcome.ok) return absentOr<Document>(place, outcome, { found: false });
    const content = outcome.value;
    if (content.type !== "file") return found({ found: false });
    if (content.encoding === "base64") return found({ found: true, blob: content.sha, text: textOf(content.content) });
    const blob = await read.one(place, `${root(place)}/git/blobs/${content.sha}`, shapes.blobShape);
    return blob.ok ? found({ found: true, blob: content.sha, text: textOf(blob.value.content) }) : blob;
  }

  async function comparison(place: Place, base: Branch, head: Sha): Promise<Outcome<Comparison>> {
    const address = `${root(place)}/compare/${encodeURIComponent(base)}...${head}`;
    const outcome = await read.pages(
      place,
      address,
      shapes.comparisonShape,
      ({ commits }) => commits.length,
      MOST_COMMITS / PER_PAGE,
    );
    if (!outcome.ok) return outcome;
    const { pages, whole } = outcome.value;
    const first = pages[0];
    if (first === undefined || pages.some((page) => page.base !== first.base || page.total !== first.total)) {
      const how = `${base} moved between two pages of the answer`;
      return failed({ kind: "unclear", status: null, message: "", how, until: later(clock.now(), MOVED_MS) });
    }
    const commits = pages.flatMap((page) => page.commits);
    return found({ ahead: first.ahead, commits, whole: whole && commits.length === first.total });
  }

  return <W extends Want>(place: Place, want: W) =>
    (reading[want.want] as (place: Place, want: W) => Promise<Outcome<AnswerTo<W>>>)(place, want);
}

/** The address of everything in a repository. */
export const root = ({ name }: { readonly name: string }): string =>
  `/repos/${name.split("/").map(encodeURIComponent).join("/")}`;

/** The repository, unless another one now has its name. */
async function repositoryAt(read: Read, place: Place): Promise<Outcome<Answers["repository"]>> {
  const shape: z.ZodType<shapes.Repository> = shapes.repositoryShape.refine(({ id }) => id === place.repository, {
    message: "is another repository by now",
  });
  const outcome = await read.one(place, root(place), shape);
  if (!outcome.ok) return outcome;
  return found({ name: outcome.value.full_name, defaultBranch: outcome.value.default_branch });
}

export const pullAt = (read: Read, place: Place, number: number): Promise<Outcome<Answers["pull"]>> =>
  read.one(place, `${root(place)}/pulls/${number}`, shapes.pullShape(place.repository));

/** The open pull requests of a repository, each once. */
export async function openPulls(read: Read, place: Place): Promise<Outcome<Answers["open-pulls"]>> {
  const outcome = await read.all(place, `${root(place)}/pulls?state=open`, shapes.pullsShape(place.repository));
  if (!outcome.ok) return outcome;
  return found([...new Map(outcome.value.map((pull) => [pull.number, pull])).values()]);
}

/** The repository's own ruleset of that title; null where there is none. */
export async function rulesetAt(read: Read, place: Place, title: string): Promise<Outcome<LiveRuleset | null>> {
  const list = await read.all(place, `${root(place)}/rulesets?includes_parents=false`, shapes.rulesetListShape);
  if (!list.ok) return list;
  const listed = list.value.find(({ name, target }) => name === title && (target ?? "branch") === "branch");
  if (listed === undefined) return found(null);
  const outcome = await read.one(place, `${root(place)}/rulesets/${listed.id}`, shapes.rulesetShape);
  return isAbsent(outcome) ? found(null) : outcome;
}

const textOf = (base64: string) => Buffer.from(base64, "base64").toString("utf8");

/** @returns what a want asks for, as in "GitHub answered 502 when asked for …". */
function inWords(want: Want): string {
  switch (want.want) {
    case "repository":
      return "the settings";
    case "open-pulls":
      return "the open pull requests";
    case "branch":
      return `the branch ${want.branch}`;
    case "document":
      return `the file ${want.path}`;
    case "pull":
      return `pull request #${want.number}`;
    case "compare":
      return `what ${short(want.head)} has over ${want.base}`;
    case "brought-by":
      return `the pull requests that brought ${short(want.commit)}`;
    case "reviews":
      return `the reviews of #${want.number}`;
    case "ruleset":
      return `the ruleset ${want.title}`;
    case "rules":
      return `the rules on ${want.branch}`;
  }
}
