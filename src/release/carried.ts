import type { Stages } from "../flow/config.ts";
import type { Commit, Comparison, MergedPull } from "../flow/facts.ts";
import type { PullFacts } from "../flow/memory.ts";
import type { Person, RepositoryId, Sha } from "../flow/names.ts";
import { matches } from "../flow/pattern.ts";
import { count } from "../flow/words.ts";

/** A pull request that a promotion carries. */
export type CarriedPull = {
  readonly number: number;
  readonly title: string;
  readonly author: PullFacts["author"];
  readonly labels: readonly string[];
  /** Of the commits that it brought: their titles, and what they break. */
  readonly messages: readonly string[];
  /** Who wrote them; left out: nobody but who opened it. */
  readonly writers?: readonly Person[];
};
/** A commit that no pull request brought that is known. */
export type LooseCommit = Pick<Commit, "sha" | "title" | "breaking" | "author">;
/** What a promotion carries. */
export type Carried = {
  /** By number. */
  readonly pulls: readonly CarriedPull[];
  /** Merges are none of them: they bring what others wrote. As GitHub lists them. */
  readonly loose: readonly LooseCommit[];
  /** False: GitHub does not list all commits, so more may be carried. */
  readonly whole: boolean;
};

/**
 * What a promotion carries: the pull requests whose merge it brings, and the commits that came otherwise. Promotions and
 * back-merges bring what others wrote, so they are not listed themselves.
 *
 * A merge brought what its first parent lacks; of pull requests that were merged into each other's branches a commit belongs
 * to the innermost. What was squashed is one commit. Of a rebased one only the last commit is known to be its own.
 *
 * @param comparison of the promotion's head with the stage that it goes into.
 */
export function carriedIn(
  { commits, whole }: Pick<Comparison, "commits" | "whole">,
  merged: readonly MergedPull[],
  of: { readonly stages: Stages; readonly repository: RepositoryId },
): Carried {
  const here: Here = new Map(commits.map((commit) => [commit.sha, commit]));
  const merges = merged.flatMap((pull) => {
    const commit = pull.mergeCommit === null ? undefined : here.get(pull.mergeCommit);
    if (commit === undefined || bringsOthers(pull, of)) return [];
    const [into, ...from] = commit.parents;
    const before = ancestors(into === undefined ? [] : [into], here);
    return [{ pull, commit, from, before, among: ancestors([commit.sha], here).size }];
  });
  const owned = new Set<Sha>();
  // What was merged into a branch has fewer ancestors than that branch's own merge.
  const pulls = merges
    .toSorted((a, b) => a.among - b.among || a.pull.number - b.pull.number)
    .map(({ pull, commit, from, before }) => {
      const brought = [...ancestors(from, here, before)].filter((sha) => !owned.has(sha));
      for (const sha of [...brought, commit.sha]) owned.add(sha);
      const { number, title, author, labels } = pull;
      const messages = [...brought, commit.sha].map((sha) => messageOf(here.get(sha) as Commit));
      return { number, title, author, labels, messages, ...writersOf(author, [...brought, commit.sha], here) };
    });
  const loose = commits.filter(({ sha, parents }) => parents.length < 2 && !owned.has(sha));
  return {
    pulls: pulls.toSorted((a, b) => a.number - b.number),
    loose: loose.map(({ parents: _, tree: __, ...commit }) => commit),
    whole,
  };
}

type Listed = Pick<Comparison, "commits" | "whole">;
/** What rollbacks of the last stage took away and a release brings again, and the rollbacks' own pull requests. */
export type Again = { readonly again: readonly Listed[]; readonly rollbacks: readonly number[] };

/**
 * What a release carries, with what it brings again: the last stage has the commits of that, and what they changed it has
 * not.
 */
export function carriedWithAgain(
  { comparison, again, rollbacks }: Again & { readonly comparison: Listed },
  merged: readonly MergedPull[],
  of: { readonly stages: Stages; readonly repository: RepositoryId },
): Carried {
  const all = [...again, comparison];
  const commits = new Map(all.flatMap(({ commits }) => commits.map((commit) => [commit.sha, commit] as const)));
  const whole = all.every(({ whole }) => whole);
  const { pulls, ...rest } = carriedIn({ commits: [...commits.values()], whole }, merged, of);
  return { ...rest, pulls: pulls.filter(({ number }) => !rollbacks.includes(number)) };
}

/** What a commit says of its change, as far as that is known. */
export const messageOf = ({ title, breaking }: Pick<Commit, "title" | "breaking">): string =>
  breaking === undefined ? title : `${title}\n\n${breaking}`;

/** What a hotfix carries: itself, with all the commits that it brings. */
export function carriedAlone(
  { commits, whole }: Pick<Comparison, "commits" | "whole">,
  { number, title, author, labels }: Omit<CarriedPull, "messages" | "writers">,
): Carried {
  const here: Here = new Map(commits.map((commit) => [commit.sha, commit]));
  return {
    pulls: [
      {
        number,
        title,
        author,
        labels,
        messages: commits.map(messageOf),
        ...writersOf(author, [...here.keys()], here),
      },
    ],
    loose: [],
    whole,
  };
}

/** Merges are nobody's writing. */
function writersOf(opener: Person, brought: readonly Sha[], here: Here): Pick<CarriedPull, "writers"> {
  const authors = brought.flatMap((sha) => {
    const { author, parents } = here.get(sha) as Comparison["commits"][number];
    return author === null || author.id === opener.id || parents.length > 1 ? [] : [author];
  });
  const writers = [...new Map(authors.map((author) => [author.id, author])).values()];
  return writers.length === 0 ? {} : { writers };
}

type Here = ReadonlyMap<Sha, Comparison["commits"][number]>;

/** Those of these commits and of all before them that are here, but for `without` and what is before only those. */
function ancestors(from: readonly Sha[], here: Here, without: ReadonlySet<Sha> = NONE): ReadonlySet<Sha> {
  const found = new Set<Sha>();
  const open = [...from];
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    const commit = here.get(sha);
    if (commit === undefined || found.has(sha) || without.has(sha)) continue;
    found.add(sha);
    open.push(...commit.parents);
  }
  return found;
}
const NONE: ReadonlySet<Sha> = new Set();

/** Of one that nobody judged the names tell, where they are this repository's. */
function bringsOthers(
  { lane, head, base }: MergedPull,
  { stages, repository }: { readonly stages: Stages; readonly repository: RepositoryId },
): boolean {
  if (lane !== null) return lane === "promotion" || lane === "release" || lane === "back-merge";
  const made = base === stages[0] ? "back-merge/**" : "release/**";
  return head.repository === repository && (stages.includes(head.ref) || matches(head.ref, made));
}

/** Pull requests by author: people first, then bots, each by login; of one author by number. */
export function authorsOf<Pull extends Pick<CarriedPull, "number" | "author">>(
  pulls: readonly Pull[],
): readonly { readonly author: CarriedPull["author"]; readonly pulls: readonly Pull[] }[] {
  const groups = new Map<number, { readonly author: CarriedPull["author"]; readonly pulls: Pull[] }>();
  for (const pull of pulls.toSorted((a, b) => a.number - b.number)) {
    const group = groups.get(pull.author.id);
    if (group === undefined) groups.set(pull.author.id, { author: pull.author, pulls: [pull] });
    else group.pulls.push(pull);
  }
  const place = ({ author: { bot, login, id } }: { readonly author: CarriedPull["author"] }) =>
    `${bot ? 1 : 0} ${login.toLowerCase()} ${id}`;
  return [...groups.values()].toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
}

/**
 * What is carried, for the beginning of an answer: `15 pull requests, yours and 14 others`.
 *
 * @param by who asked. @param on the pull request that they asked on, which may be among them.
 */
export function carriedWords({ pulls, whole }: Pick<Carried, "pulls" | "whole">, by: Person, on: number): string {
  const all = pulls.length;
  if (all === 0) return whole ? "no pull request" : "more than GitHub lists";
  const yours = pulls.filter(({ author }) => author.id === by.id).length;
  const isHere = pulls.some(({ number }) => number === on);
  const least = whole ? "" : "at least ";
  return `${least}${count(all, "pull request")}, ${whose(all, yours, isHere)}`;
}

function whose(all: number, yours: number, isHere: boolean): string {
  if (yours === 0 && !isHere) return all === 1 ? "not yours" : "none of them yours";
  if (yours === all) return all === 1 ? "yours" : "all yours";
  const first = yours === 0 ? "this one" : yours === 1 ? "yours" : `${yours} of yours`;
  const rest = all - Math.max(yours, 1);
  return rest === 0 ? first : `${first} and ${rest} ${rest === 1 ? "other" : "others"}`;
}
