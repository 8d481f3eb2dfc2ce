import { z } from "zod";
import { askedAnew } from "./flow/asked-anew.ts";
import { listSeen } from "./flow/carried-list.ts";
import { DRY_RUN, RECHECK } from "./flow/check-buttons.ts";
import { CONFIG_PATH } from "./flow/config.ts";
import { type News, NO_NEWS } from "./flow/decision.ts";
import type { Self } from "./flow/facts.ts";
import {
  bodyThatCounts,
  branchText,
  bumpIn,
  checkRunShape,
  DATA_LABEL,
  listedPull,
  pullShape,
  shaText,
  statusShape,
} from "./flow/listed.ts";
import type { Lesson, Origin } from "./flow/memory.ts";
import { type Branch, branch, type Instant, installationId, repositoryId, sha } from "./flow/names.ts";
import type { Push } from "./flow/provenance.ts";
import { stageOf } from "./flow/ruleset.ts";
import type { Priority } from "./flow/subject.ts";
import { comment, commentEvent, review, reviewEvent } from "./intake/comments.ts";
import { dryRun } from "./intake/dry-run.ts";
import { id, newsOf, type Place, place } from "./intake/place.ts";
import { release, releaseEvent, tag } from "./intake/releases.ts";

/** A webhook delivery as it came, its signature verified. */
export type Delivery = { readonly id: string; readonly event: string; readonly payload: unknown; readonly at: Instant };

/**
 * What a delivery teaches and whom it makes us look at again: one table, event by event.
 *
 * Events that are not listed bring no news. Throws where a payload lacks what its event must have: then the delivery
 * is kept unread.
 *
 * @param self who we are, so that our own acts bring no news; null while GitHub has not told us yet.
 */
export function intake(delivery: Delivery, self: Self | null): News {
  const news = heard(delivery, self);
  return news === NO_NEWS ? news : { ...news, cause: causeOf(delivery) };
}

/** As GitHub names it. */
function causeOf({ event, payload }: Delivery): string {
  const { action } = anyEvent.parse(payload);
  return action === undefined ? event : `${event} ${action}`;
}
const anyEvent = z.object({ action: z.string().optional().catch(undefined) });

function heard(delivery: Delivery, self: Self | null): News {
  const { event, payload, at } = delivery;
  switch (event) {
    case "pull_request":
      return pullRequest(pullEvent.parse(payload));
    case "push":
      return push(pushEvent.parse(payload), at, self);
    case "merge_group":
      return mergeGroup(groupEvent.parse(payload), at);
    case "check_run":
    case "check_suite":
      return check(payload, at, self);
    case "status":
      return status(payload);
    case "issue_comment":
      return comment(commentEvent.parse(payload), at, delivery.id, self);
    case "pull_request_review":
      return review(reviewEvent.parse(payload), at);
    case "issues":
      return issue(issueEvent.parse(payload));
    case "member":
      return people(place.parse(payload));
    case "membership":
    case "team":
    case "organization":
      return peopleAnywhere(anywhere.parse(payload));
    case "repository":
      return repository(repositoryEvent.parse(payload));
    case "release":
      return release(releaseEvent.parse(payload), at, self);
    case "repository_ruleset":
      return ruleset(rulesetEvent.parse(payload), self);
    case "installation":
      return installation(installationEvent.parse(payload));
    case "installation_repositories":
      return repositories(repositoriesEvent.parse(payload));
    default:
      return NO_NEWS;
  }
}

const sender = z.object({ login: z.string() }).nullish();

const pullEvent = place.extend({
  action: z.string(),
  pull_request: pullShape,
  before: z.string().nullish(),
  changes: z
    .object({
      title: z.object({ from: z.string() }).nullish(),
      base: z.object({ ref: z.object({ from: branchText }) }).nullish(),
      body: z.object({ from: z.string().nullish() }).nullish(),
    })
    .nullish(),
  label: z.object({ name: z.string() }).nullish(),
});

/** Actions that can change a verdict, and how urgent they are: somebody is looking at the page just then. */
const TURNS: { readonly [action: string]: Priority } = {
  opened: "person",
  reopened: "person",
  synchronize: "person",
  edited: "person",
  closed: "bulk",
};

function pullRequest(event: z.output<typeof pullEvent>): News {
  const { number, asOf, facts, mergedAs } = listedPull(event.pull_request);
  const repository = repositoryId(event.repository.id);
  const priority = event.label?.name === DATA_LABEL ? "person" : TURNS[event.action];
  return {
    ...newsOf(event),
    lessons: [
      component(event),
      { of: "pull", repository, number, asOf, from: originOf(event), facts },
      ...(mergedAs === undefined
        ? []
        : [{ of: "merge", repository, branch: facts.base, merge: { number, ...mergedAs } } as const]),
    ],
    nudges: [
      ...(priority ? [{ priority, subject: { kind: "pull", repository, number } } as const] : []),
      ...(facts.merged && mayBeListed(event)
        ? [{ priority: "bulk", openPulls: { repository, lists: true } } as const]
        : []),
    ],
  };
}

/** Whether what promotions list of a merged pull request is another now: that it is merged, its title, the label of its version. */
const mayBeListed = ({ action, changes, label }: z.output<typeof pullEvent>): boolean =>
  action === "closed" || changes?.title != null || (label != null && bumpIn([label.name]) !== null);

/** What the labels said before one was put on or taken off. */
function labelsBefore(action: string, label: string, labels: readonly string[]): Origin {
  if (label === DATA_LABEL) return { dataLabel: action === "unlabeled" };
  const before = action === "unlabeled" ? [...labels, label] : labels.filter((one) => one !== label);
  return bumpIn([label]) === null ? {} : { bump: bumpIn(before) };
}

/** What a body said that was edited; of our list only where that was. */
function bodyBefore(before: string, body: string): Origin {
  const list = listSeen(before);
  return { body: bodyThatCounts(before), ...(list !== listSeen(body) && { list }) };
}

function originOf({
  action,
  before,
  changes,
  label,
  pull_request: { draft, labels, body },
}: z.output<typeof pullEvent>): Origin {
  switch (action) {
    case "synchronize":
      return before ? { head: sha(before) } : {};
    case "edited":
      return {
        ...(changes?.title && { title: changes.title.from }),
        ...(changes?.base && { base: changes.base.ref.from }),
        ...(changes?.body && bodyBefore(changes.body.from ?? "", body ?? "")),
      };
    case "labeled":
    case "unlabeled":
      return labelsBefore(
        action,
        label?.name ?? "",
        (labels ?? []).map(({ name }) => name),
      );
    case "closed":
      return { state: "open", merged: false };
    case "reopened":
      return { state: "closed" };
    case "ready_for_review":
    case "converted_to_draft":
      return { draft: !draft };
    default:
      return {};
  }
}

const pushEvent = place.extend({
  ref: z.string(),
  before: z.string(),
  after: z.string(),
  sender: z.object({ id, login: z.string(), type: z.string().nullish() }).nullish(),
  created: z.boolean(),
  deleted: z.boolean(),
  forced: z.boolean(),
  commits: z
    .array(
      z.object({
        added: z.string().array().nullish(),
        modified: z.string().array().nullish(),
        removed: z.string().array().nullish(),
      }),
    )
    .nullish(),
});
/** GitHub lists no more commits than this, and no more files of one commit. */
const LISTED_COMMITS = 2048;
const LISTED_FILES = 3000;
const TAGS = "refs/tags/";

function push(event: z.output<typeof pushEvent>, at: Instant, self: Self | null): News {
  if (event.ref.startsWith(TAGS)) return tag(event, event.ref.slice(TAGS.length), at, self);
  if (!event.ref.startsWith("refs/heads/")) return NO_NEWS;
  const name = branch(event.ref.slice("refs/heads/".length));
  if (isQueueBranch(name)) return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const look = name === event.repository.default_branch && mayTouch(CONFIG_PATH, event);
  return {
    ...newsOf(event),
    lessons: [
      {
        ...component(event),
        look,
        branch: { name, before: sha(event.before), at: event.deleted ? null : sha(event.after) },
      },
      // One that is made anew came by no push; that it was deleted is what counts.
      ...(event.created ? [] : [{ of: "push", repository, branch: name, push: pushOf(event, at) } as const]),
    ],
    nudges: [
      ...(look || event.created || event.deleted
        ? [{ priority: "bulk", subject: { kind: "component", repository } } as const]
        : []),
      { priority: "bulk", openPulls: { repository, compared: name } },
    ],
  };
}

const pushOf = (
  { before, after, deleted, forced, commits, sender }: z.output<typeof pushEvent>,
  at: Instant,
): Push => ({
  how: deleted ? "deletion" : forced ? "force-push" : "push",
  before: sha(before),
  after: deleted ? null : sha(after),
  by: sender ? { id: sender.id, login: sender.login, bot: sender.type === "Bot" } : null,
  commits: commits?.length ?? null,
  at,
});

/** Whether a push may have changed a file: it names it, or says too little to tell. */
function mayTouch(path: string, { commits, created, deleted, forced }: z.output<typeof pushEvent>): boolean {
  if (created || deleted || forced || !commits || commits.length === 0 || commits.length >= LISTED_COMMITS) return true;
  return commits.some(({ added, modified, removed }) => {
    const files = [...(added ?? []), ...(modified ?? []), ...(removed ?? [])];
    return files.includes(path) || files.length >= LISTED_FILES;
  });
}

const groupEvent = place.extend({
  action: z.string(),
  merge_group: z.object({ head_sha: shaText, base_sha: shaText, head_ref: z.string(), base_ref: z.string() }),
});
const isQueueBranch = (name: Branch) => name.startsWith("gh-readonly-queue/");

/** The queue branch ends in `pr-NUMBER-SHA`; the base's own name may hold slashes, so it is read from the right. */
function mergeGroup(event: z.output<typeof groupEvent>, at: Instant): News {
  const { head_sha: head, base_sha: from, head_ref, base_ref } = event.merge_group;
  const number = /\/pr-(\d+)-[0-9a-f]{40,64}$/.exec(head_ref)?.[1];
  if (number === undefined) throw new Error(`No pull request in the queue branch ${head_ref}.`);
  const repository = repositoryId(event.repository.id);
  const base = branch(base_ref.replace(/^refs\/heads\//, ""));
  const destroyed = event.action === "destroyed";
  return {
    ...newsOf(event),
    lessons: [
      component(event),
      { of: "group", repository, head, from, base, number: Number(number), asOf: at, destroyed },
    ],
    nudges: destroyed ? [] : [{ priority: "person", subject: { kind: "group", repository, head } }],
  };
}

const asked = z.object({ head_sha: shaText, name: z.string().nullish(), app: z.object({ id }).nullish() });
const checkEvent = place.extend({
  action: z.string(),
  check_run: asked.nullish(),
  check_suite: asked.nullish(),
  requested_action: z.object({ identifier: z.string() }).nullish(),
});

/**
 * Somebody pressed *Dry run* beside ours, which asks as a comment does; or *Re-run* or *Re-check*: GitHub only resets the suite, so the check is written again; all else
 * of ours is our echo. What others' check runs say is told to whoever waits for them.
 */
function check(payload: unknown, at: Instant, self: Self | null): News {
  const event = checkEvent.parse(payload);
  const run = event.check_run ?? event.check_suite;
  if (!run) return NO_NEWS;
  const ours = self === null || run.app?.id === self.app;
  const pressed = event.requested_action?.identifier;
  if (ours && event.check_run && pressed === DRY_RUN.identifier) return dryRun(payload, at);
  const asksAnew = event.action === "rerequested" || pressed === RECHECK.identifier;
  if (!ours || !asksAnew) return ours || !event.check_run ? NO_NEWS : checkOfOthers(payload);
  return askedAnew({
    installation: newsOf(event).installation,
    repository: repositoryId(event.repository.id),
    head: run.head_sha,
    check: event.check_run?.name ?? "",
  });
}

const otherEvent = place.extend({ check_run: checkRunShape });

function checkOfOthers(payload: unknown): News {
  const event = otherEvent.parse(payload);
  const { head, seen } = event.check_run;
  return { ...newsOf(event), lessons: [{ of: "checks", repository: repositoryId(event.repository.id), head, seen }] };
}

const statusEvent = place.extend({ sha: shaText });

function status(payload: unknown): News {
  const event = statusEvent.parse(payload);
  const repository = repositoryId(event.repository.id);
  const seen = statusShape.parse(payload);
  return { ...newsOf(event), lessons: [{ of: "checks", repository, head: event.sha, seen }] };
}

const issueEvent = place.extend({ issue: z.object({ pull_request: z.unknown().optional() }) });

/** An issue may hold a release, by its label. */
function issue(event: z.output<typeof issueEvent>): News {
  if (event.issue.pull_request != null) return NO_NEWS;
  return people(event);
}

/** Who may do what in a repository has changed. */
function people(event: Place): News {
  const repository = repositoryId(event.repository.id);
  return { ...newsOf(event), nudges: [{ priority: "bulk", openPulls: { repository } }] };
}

const anywhere = z.object({ installation: z.object({ id }).nullish() });

/** Who is in which team has changed: it may fill roles in any repository. */
function peopleAnywhere({ installation }: z.output<typeof anywhere>): News {
  if (!installation) return NO_NEWS;
  const at = installationId(installation.id);
  return { ...NO_NEWS, installation: at, nudges: [{ priority: "bulk", installation: at }] };
}

const repositoryEvent = place.extend({
  action: z.string(),
  changes: z.object({ default_branch: z.unknown() }).partial().nullish(),
});

function repository(event: z.output<typeof repositoryEvent>): News {
  const repository = repositoryId(event.repository.id);
  if (event.action === "deleted") return { ...newsOf(event), access: [{ repository, may: "not work" }] };
  return {
    ...newsOf(event),
    lessons: [{ ...component(event), look: true, doubted: true }],
    nudges: [
      { priority: "bulk", subject: { kind: "component", repository } },
      // The default branch is gated though it may be no stage, and the one before it not any more.
      ...(event.changes?.default_branch === undefined
        ? []
        : [{ priority: "bulk", openPulls: { repository } } as const]),
    ],
  };
}

const rulesetEvent = place.extend({
  repository_ruleset: z.object({ name: z.string() }),
  changes: z.object({ name: z.object({ from: z.string() }).nullish() }).nullish(),
  sender,
});

function ruleset(event: z.output<typeof rulesetEvent>, self: Self | null): News {
  if (self !== null && event.sender?.login === self.bot) return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const names = [event.repository_ruleset.name, event.changes?.name?.from ?? ""];
  const stages = [...new Set(names.flatMap((name) => stageOf(name) ?? []))];
  return {
    ...newsOf(event),
    lessons: stages.map(
      (stage): Lesson => ({
        of: "stage",
        repository,
        branch: stage === "every" ? null : stage,
        changedBy: event.sender?.login ?? null,
      }),
    ),
    nudges: stages.map((stage) =>
      stage === "every"
        ? { priority: "person", stagesOf: repository }
        : { priority: "person", subject: { kind: "stage", repository, branch: stage } },
    ),
  };
}

const listed = z.array(z.object({ id, full_name: z.string() }));
const account = z.object({ id, account: z.object({ login: z.string().optional() }).nullish() });
const installationEvent = z.object({ action: z.string(), installation: account, repositories: listed.nullish() });

function installation({ action, installation, repositories }: z.output<typeof installationEvent>): News {
  const at = installationId(installation.id);
  const may = action === "deleted" || action === "suspend" ? "not work" : "work";
  return {
    ...arrived(at, may === "work" ? (repositories ?? []) : []),
    access: [{ installation: at, may, account: installation.account?.login ?? "" }],
  };
}

const repositoriesEvent = z.object({
  installation: account,
  repositories_added: listed.nullish(),
  repositories_removed: listed.nullish(),
});

function repositories(event: z.output<typeof repositoriesEvent>): News {
  const added = event.repositories_added ?? [];
  const news = arrived(installationId(event.installation.id), added);
  return {
    ...news,
    access: [
      ...added.map(({ id }) => ({ repository: repositoryId(id), may: "work" as const })),
      ...(event.repositories_removed ?? []).map(({ id }) => ({
        repository: repositoryId(id),
        may: "not work" as const,
      })),
    ],
  };
}

/** Repositories that the App may work on now: each is looked at. */
export function arrived(
  installation: ReturnType<typeof installationId>,
  list: readonly { id: number; full_name: string }[],
): News {
  return {
    ...NO_NEWS,
    installation,
    lessons: list.map(({ id, full_name }) => ({
      of: "component",
      repository: repositoryId(id),
      installation,
      name: full_name,
      defaultBranch: null,
      look: true,
      doubted: true,
      branch: null,
    })),
    nudges: list.map(({ id }) => ({ priority: "bulk", subject: { kind: "component", repository: repositoryId(id) } })),
  };
}

function component({ repository, installation }: Place): Extract<Lesson, { of: "component" }> {
  return {
    of: "component",
    repository: repositoryId(repository.id),
    installation: installation ? installationId(installation.id) : null,
    name: repository.full_name,
    defaultBranch: repository.default_branch === undefined ? null : branch(repository.default_branch),
    look: false,
    branch: null,
  };
}
