import type { Answers, ListedPull, Review } from "../flow/facts.ts";
import type { Branch } from "../flow/names.ts";
import { found, type Outcome } from "./failure.ts";
import * as shapes from "./parse.ts";
import type { Read } from "./read.ts";
import { absentOr, type Place, root } from "./repository.ts";

export const pullAt = (read: Read, place: Place, number: number): Promise<Outcome<Answers["pull"]>> =>
  read.one(place, `${root(place)}/pulls/${number}`, shapes.pullShape(place.repository));

export const textOf = (read: Read, place: Place, number: number): Promise<Outcome<Answers["text"]>> =>
  read.one(place, `${root(place)}/pulls/${number}`, shapes.textShape(place.repository), { part: "text" });

/** The open pull requests of a repository, each once. */
export async function openPulls(read: Read, place: Place): Promise<Outcome<Answers["open-pulls"]>> {
  const outcome = await read.all(place, `${root(place)}/pulls?state=open`, shapes.pullsShape(place.repository));
  if (!outcome.ok) return outcome;
  return found([...new Map(outcome.value.map((pull) => [pull.number, pull])).values()]);
}

/**
 * Pull requests from a branch of the repository itself, newest first; base null: into any.
 * https://docs.github.com/rest/pulls/pulls#list-pull-requests
 */
export function pullsFrom(
  read: Read,
  place: Place,
  { branch, base, state }: { readonly branch: Branch; readonly base: Branch | null; readonly state: "open" | "all" },
): Promise<Outcome<readonly ListedPull[]>> {
  const owner = place.name.split("/")[0] ?? "";
  const head = encodeURIComponent(`${owner}:${branch}`);
  const into = base === null ? "" : `&base=${encodeURIComponent(base)}`;
  return read.all(
    place,
    `${root(place)}/pulls?state=${state}&head=${head}${into}`,
    shapes.pullsShape(place.repository),
  );
}

/** So many of those merged last say what a policy would have meant. */
const MERGED = 30;

/**
 * The pull requests that were merged last, of the hundred that were touched last.
 * https://docs.github.com/rest/pulls/pulls#list-pull-requests
 */
export async function mergedPulls(read: Read, place: Place): Promise<Outcome<Answers["merged-pulls"]>> {
  const address = `${root(place)}/pulls?state=closed&sort=updated&direction=desc&per_page=100`;
  const outcome = await read.one(place, address, shapes.pullsShape(place.repository));
  return outcome.ok ? found(outcome.value.filter(({ facts }) => facts.merged).slice(0, MERGED)) : outcome;
}

export async function reviewsOf(read: Read, place: Place, number: number): Promise<Outcome<Answers["reviews"]>> {
  const outcome = await read.all(place, `${root(place)}/pulls/${number}/reviews`, shapes.reviewsShape);
  return outcome.ok ? found(outcome.value.filter((review): review is Review => review !== null)) : outcome;
}

/** The open issues with a label, each once. */
export async function issuesWith(read: Read, place: Place, label: string): Promise<Outcome<Answers["issues"]>> {
  const address = `${root(place)}/issues?state=open&labels=${encodeURIComponent(label)}`;
  const outcome = await read.all(place, address, shapes.issuesShape);
  if (!outcome.ok) return outcome;
  const issues = outcome.value.filter(({ pull }) => !pull).map(({ number, title }) => ({ number, title }));
  return found([...new Map(issues.map((issue) => [issue.number, issue])).values()]);
}

/**
 * Whether an issue is open; null where it was deleted or moved to another repository.
 * https://docs.github.com/rest/issues/issues#get-an-issue
 */
export async function issueAt(read: Read, place: Place, number: number): Promise<Outcome<Answers["issue"]>> {
  const outcome = await read.one(place, `${root(place)}/issues/${number}`, shapes.issueShape);
  if (!outcome.ok && outcome.failure.status === 410) return found(null);
  return absentOr<Answers["issue"]>(read, place, outcome, null);
}
