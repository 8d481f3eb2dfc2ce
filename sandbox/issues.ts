import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import { announceIssue } from "./issue-events.ts";
import { labelNamed, labelsOf } from "./labels.ts";
import type { Issue, Repository } from "./model.ts";
import { done, invalid, notFound, type Outcome, refused } from "./outcome.ts";
import { presentLabel } from "./present/repositories.ts";
import { longestBody, takeNumber } from "./pulls.ts";
import { requireRole } from "./rights.ts";

const longestTitle = 256;

function textRefusal(title: string | undefined, body: string | null | undefined): Outcome<never> | null {
  const wrong = (field: string, code: string, message?: string) =>
    invalid({ resource: "Issue", code, field, ...(message === undefined ? {} : { message }) });
  if (title !== undefined && title.trim() === "") return wrong("title", "missing_field");
  if (title !== undefined && title.length > longestTitle)
    return wrong("title", "custom", `title is too long (maximum is ${longestTitle} characters)`);
  if ((body ?? "").length > longestBody)
    return wrong("body", "custom", `body is too long (maximum is ${longestBody} characters)`);
  return null;
}

/** Opens an issue. Whoever may read may open one; labels of somebody without triage are dropped without a word. */
export async function openIssue(
  github: Github,
  by: Actor,
  repository: Repository,
  input: {
    readonly title: string;
    readonly body?: string | null | undefined;
    readonly labels?: readonly string[] | undefined;
  },
): Promise<Outcome<Issue>> {
  return github.exclusively<Outcome<Issue>>(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "read");
    if (!allowed.done) return allowed;
    if (repository.archived) return refused(403, "Repository was archived so is read-only.");
    const wrong = textRefusal(input.title, input.body);
    if (wrong) return wrong;
    const named = requireRole(github, by, repository, "triage").done ? (input.labels ?? []) : [];
    const labels = [...new Set(named.map((name) => labelNamed(github, by, repository, name)))];
    const at = github.time();
    const issue = github.state.issues.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      number: takeNumber(github, repository.id),
      title: input.title,
      body: input.body ?? null,
      state: "open",
      stateReason: null,
      authorId: by.account.id,
      viaAppId: by.installation?.appId ?? null,
      labelIds: labels.map(({ id }) => id),
      createdAt: at,
      updatedAt: at,
      closedAt: null,
      closedById: null,
    });
    announceIssue(github, by, repository, issue, "opened");
    for (const label of labels)
      announceIssue(github, by, repository, issue, "labeled", { label: presentLabel(github, label) });
    return done(issue);
  });
}

export type IssueChange = {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly state?: "open" | "closed" | undefined;
  readonly stateReason?: Issue["stateReason"] | undefined;
  /** All that it has from now on. */
  readonly labels?: readonly string[] | undefined;
};

/** Changes an issue: its author may but for the labels, and anybody with triage. */
export async function editIssue(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  change: IssueChange,
): Promise<Outcome<Issue>> {
  return github.exclusively<Outcome<Issue>>(repository.id, async () => {
    const seen = requireRole(github, by, repository, "read");
    if (!seen.done) return seen;
    const before = github.find.issue(repository.id, number);
    if (!before) return notFound;
    const triage = requireRole(github, by, repository, "triage");
    if (!triage.done && before.authorId !== by.account.id) return triage;
    const wrong = textRefusal(change.title, change.body);
    if (wrong) return wrong;
    const edited = applyTexts(github, by, repository, before, change);
    const labelled = change.labels && triage.done ? applyLabels(github, by, repository, edited, change.labels) : edited;
    return done(applyState(github, by, repository, labelled, change));
  });
}

function applyTexts(github: Github, by: Actor, repository: Repository, issue: Issue, change: IssueChange): Issue {
  const { title = issue.title, body = issue.body } = change;
  const changes = {
    ...(title === issue.title ? {} : { title: { from: issue.title } }),
    ...(body === issue.body ? {} : { body: { from: issue.body ?? "" } }),
  };
  if (Object.keys(changes).length === 0) return issue;
  const edited = github.state.issues.change(issue.id, { title, body, updatedAt: github.time() });
  announceIssue(github, by, repository, edited, "edited", { changes });
  return edited;
}

function applyLabels(github: Github, by: Actor, repository: Repository, issue: Issue, names: readonly string[]): Issue {
  const before = labelsOf(github, issue);
  const after = [...new Set(names.map((name) => labelNamed(github, by, repository, name)))];
  const labelIds = after.map(({ id }) => id);
  const changed = github.state.issues.change(issue.id, { labelIds, updatedAt: github.time() });
  const tell = (action: string, label: (typeof after)[number]) =>
    announceIssue(github, by, repository, changed, action, { label: presentLabel(github, label) });
  for (const label of before) if (!labelIds.includes(label.id)) tell("unlabeled", label);
  for (const label of after) if (!issue.labelIds.includes(label.id)) tell("labeled", label);
  return changed;
}

function applyState(github: Github, by: Actor, repository: Repository, issue: Issue, change: IssueChange): Issue {
  const state = change.state ?? issue.state;
  if (state === issue.state) return issue;
  const at = github.time();
  const closed = state === "closed";
  const changed = github.state.issues.change(issue.id, {
    state,
    stateReason: closed ? (change.stateReason ?? "completed") : "reopened",
    closedAt: closed ? at : null,
    closedById: closed ? by.account.id : null,
    updatedAt: at,
  });
  announceIssue(github, by, repository, changed, closed ? "closed" : "reopened");
  return changed;
}
