import { randomUUID } from "node:crypto";
import { type Decision, type News, NO_NEWS } from "../../src/flow/decision.ts";
import { checkSlot, type Effect } from "../../src/flow/effect.ts";
import { digestOf, type Entry } from "../../src/flow/ledger.ts";
import type { Lesson, PullFacts } from "../../src/flow/memory.ts";
import { branch, installationId, type Sha } from "../../src/flow/names.ts";
import { checkName } from "../../src/flow/ruleset.ts";
import {
  type Lease,
  type Nudge,
  type Priority,
  type PullSubject,
  type Subject,
  subjectKey,
} from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { at, NOW, type PullOptions, pullFacts, REPOSITORY } from "../builders.ts";

type About<Of extends Lesson["of"]> = Extract<Lesson, { readonly of: Of }>;

export const INSTALLATION = installationId(1);
export const ALL = { limit: 100, perInstallation: 100, personsOnly: false };

export const pull = (number: number, repository = REPOSITORY): PullSubject => ({ kind: "pull", repository, number });
export const component: Subject = { kind: "component", repository: REPOSITORY };
export const stage: Subject = { kind: "stage", repository: REPOSITORY, branch: branch("development") };
export const group: Subject = { kind: "group", repository: REPOSITORY, head: at("queue") };

export const news = (more: Partial<News>): News => ({ ...NO_NEWS, installation: INSTALLATION, ...more });
export const nudge = (subject: Subject, priority: Priority = "bulk"): Nudge => ({ priority, subject });
export const nudged = (...subjects: readonly Subject[]): News => news({ nudges: subjects.map((one) => nudge(one)) });

export const pullLesson = (
  { number, repository }: PullSubject,
  options: PullOptions = {},
  facts: Partial<PullFacts> = {},
  asOf = NOW,
): About<"pull"> => ({ of: "pull", repository, number, asOf, from: {}, facts: { ...pullFacts(options), ...facts } });
export const componentLesson = (more: Partial<About<"component">> = {}): About<"component"> => ({
  of: "component",
  repository: REPOSITORY,
  installation: INSTALLATION,
  name: "acme/api",
  defaultBranch: branch("master"),
  look: false,
  branch: null,
  ...more,
});
export const stageLesson: About<"stage"> = {
  of: "stage",
  repository: REPOSITORY,
  branch: branch("development"),
  changedBy: "olga",
};
export const groupLesson = (more: Partial<About<"group">> = {}): About<"group"> => ({
  of: "group",
  repository: REPOSITORY,
  head: at("queue"),
  base: branch("development"),
  number: 12,
  asOf: NOW,
  destroyed: false,
  ...more,
});

/** Pull requests that were opened: remembered, and to be looked at. */
export const opened = (...pulls: readonly PullSubject[]): News =>
  news({ lessons: pulls.map((one) => pullLesson(one)), nudges: pulls.map((one) => nudge(one)) });

export const delivery = (given: News | null, id: string = randomUUID()) => ({
  id,
  event: "pull_request",
  body: "{}",
  news: given,
});

/** The lease of the one subject, which must be due. Others that are due are taken as well. */
export async function take(store: Store, subject: Subject): Promise<Lease> {
  const leases = await store.claim(ALL);
  const lease = leases.find((one) => subjectKey(one.subject) === subjectKey(subject));
  if (lease === undefined) throw new Error(`${subjectKey(subject)} is not to be had`);
  return lease;
}
export const keysOf = (leases: readonly Lease[]): readonly string[] => leases.map(({ subject }) => subjectKey(subject));

export const entry = (more: Partial<Entry> = {}): Entry => ({
  what: "judged",
  actor: "app",
  about: subjectKey(pull(12)),
  says: { because: "It may enter development." },
  ...more,
});
export const decision = (more: Partial<Decision> = {}): Decision => ({
  because: "It may enter development.",
  entries: [],
  effects: [],
  news: NO_NEWS,
  lookAgainAt: null,
  ...more,
});
/** The check on a head, saying what its title says. */
export const check = (title = "passed", tip: Sha = at("login"), repository = REPOSITORY): Effect => {
  const name = checkName(branch("development"));
  return {
    does: "set",
    thing: "check-run",
    slot: checkSlot(repository, tip, name),
    fingerprint: digestOf(title),
    repository,
    name: "acme/api",
    head: tip,
    content: { name, status: "completed", conclusion: "success", title, summary: "", detailsUrl: null },
    over: null,
  };
};

/** Makes a subject due, takes it, has it decide so, with all its effects done, and gives it back. */
export async function decides(store: Store, subject: Subject, given: Partial<Decision>): Promise<void> {
  await store.learn(nudged(subject));
  const lease = await take(store, subject);
  const recalled = await store.recall(lease, NOW);
  const came = await store.commit(lease, recalled, decision(given), NOW);
  if (came !== "written") throw new Error(`the decision was ${came}`);
  for (const effect of given.effects ?? []) await store.record(lease, { effect, at: NOW, came: "done", id: 7 });
  await store.release(lease, recalled.nudges, null);
}
