import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import { announceIssue } from "./issue-events.ts";
import type { Issue, Label, Pull, Repository } from "./model.ts";
import { done, invalid, notFound, type Outcome } from "./outcome.ts";
import { presentLabel } from "./present/repositories.ts";
import { announcePull } from "./pull-events.ts";
import { requireRole } from "./rights.ts";

/** Labels of a pull request or an issue. */
export function labelsOf(github: Github, of: Pick<Pull | Issue, "labelIds">): readonly Label[] {
  return of.labelIds.flatMap((id) => github.state.labels.get(id) ?? []);
}

/** The label of that name, whatever its case; undefined when the repository has none. */
export function findLabel(github: Github, repositoryId: number, name: string): Label | undefined {
  return github.find.labelsOf(repositoryId).find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function announceLabel(
  github: Github,
  by: Actor,
  repository: Repository,
  label: Label,
  action: "created" | "edited" | "deleted",
  fields: Readonly<Record<string, unknown>> = {},
): void {
  announceNow(github, by, repository, { event: "label", action }, () => ({
    label: presentLabel(github, label),
    ...fields,
  }));
}

const usualColor = "ededed";

function make(github: Github, by: Actor, repository: Repository, fields: Omit<Label, "id" | "repositoryId">): Label {
  const label = github.state.labels.put({ id: github.state.nextId(), repositoryId: repository.id, ...fields });
  announceLabel(github, by, repository, label, "created");
  return label;
}

/** The label of that name; made where the repository has none. */
export function labelNamed(github: Github, by: Actor, repository: Repository, name: string): Label {
  const known = findLabel(github, repository.id, name);
  return known ?? make(github, by, repository, { name, color: usualColor, description: null });
}

/** What a number stands for, a pull request or an issue, as far as labels go. */
type Labelled = {
  readonly labelIds: readonly number[];
  readonly set: (labelIds: readonly number[], action: "labeled" | "unlabeled", label: Label) => Promise<void>;
};

function labelled(github: Github, by: Actor, repository: Repository, number: number): Labelled | null {
  const pull = github.find.pull(repository.id, number);
  if (pull) {
    return {
      labelIds: pull.labelIds,
      async set(labelIds, action, label) {
        const changed = github.state.pulls.change(pull.id, { labelIds, updatedAt: github.time() });
        await announcePull(github, by, changed, action, { label: presentLabel(github, label) });
      },
    };
  }
  const issue = github.find.issue(repository.id, number);
  if (!issue) return null;
  return {
    labelIds: issue.labelIds,
    async set(labelIds, action, label) {
      const changed = github.state.issues.change(issue.id, { labelIds, updatedAt: github.time() });
      announceIssue(github, by, repository, changed, action, { label: presentLabel(github, label) });
    },
  };
}

export type LabelInput = {
  readonly name?: string | undefined;
  readonly color?: string | undefined;
  readonly description?: string | null | undefined;
};

/** Why a label cannot be called or look so; null when it can. `except` may have the name already. */
function labelRefusal(
  github: Github,
  repository: Repository,
  { name, color }: LabelInput,
  except: number,
): Outcome<never> | null {
  const wrong = (field: string, code: string) => invalid({ resource: "Label", code, field });
  if (name !== undefined && name.trim() === "") return wrong("name", "missing_field");
  const twin = name === undefined ? undefined : findLabel(github, repository.id, name.trim());
  if (twin && twin.id !== except) return wrong("name", "already_exists");
  return color !== undefined && !/^#?[0-9a-f]{6}$/i.test(color) ? wrong("color", "invalid") : null;
}

/** Makes a label; 422 when the repository has one of that name. */
export function createLabel(
  github: Github,
  by: Actor,
  repository: Repository,
  input: LabelInput & { readonly name: string },
): Outcome<Label> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const wrong = labelRefusal(github, repository, input, -1);
  if (wrong) return wrong;
  const color = (input.color ?? usualColor).replace(/^#/, "");
  return done(make(github, by, repository, { name: input.name.trim(), color, description: input.description ?? null }));
}

/** Calls a label otherwise, or changes how it looks. What has it has it still. */
export function editLabel(
  github: Github,
  by: Actor,
  repository: Repository,
  name: string,
  input: LabelInput,
): Outcome<Label> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const before = findLabel(github, repository.id, name);
  if (!before) return notFound;
  const wrong = labelRefusal(github, repository, input, before.id);
  if (wrong) return wrong;
  const after = github.state.labels.change(before.id, {
    name: input.name?.trim() ?? before.name,
    color: input.color?.replace(/^#/, "") ?? before.color,
    description: input.description === undefined ? before.description : input.description,
  });
  const changes = {
    ...(after.name === before.name ? {} : { name: { from: before.name } }),
    ...(after.color === before.color ? {} : { color: { from: before.color } }),
    ...(after.description === before.description ? {} : { description: { from: before.description ?? "" } }),
  };
  announceLabel(github, by, repository, after, "edited", { changes });
  return done(after);
}

/** Deletes a label, and takes it off all that had it. */
export function deleteLabel(github: Github, by: Actor, repository: Repository, name: string): Outcome<null> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const label = findLabel(github, repository.id, name);
  if (!label) return notFound;
  const without = (labelIds: readonly number[]) => ({ labelIds: labelIds.filter((id) => id !== label.id) });
  for (const pull of github.find.pullsOf(repository.id)) {
    if (pull.labelIds.includes(label.id)) github.state.pulls.change(pull.id, without(pull.labelIds));
  }
  for (const issue of github.find.issuesOf(repository.id)) {
    if (issue.labelIds.includes(label.id)) github.state.issues.change(issue.id, without(issue.labelIds));
  }
  announceLabel(github, by, repository, label, "deleted");
  github.state.labels.remove(label.id);
  return done(null);
}

/** Changes the labels of a pull request or an issue. Needs triage. */
function onLabelled(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  change: (target: Labelled) => Promise<Outcome<readonly Label[]>>,
): Promise<Outcome<readonly Label[]>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "triage");
    if (!allowed.done) return allowed;
    const target = labelled(github, by, repository, number);
    return target ? change(target) : notFound;
  });
}

/** Adds labels by name; missing ones are created. Answers all labels the pull request or issue has then. */
export async function addLabels(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  names: readonly string[],
): Promise<Outcome<readonly Label[]>> {
  return onLabelled(github, by, repository, number, async (target) => {
    let { labelIds } = target;
    for (const name of names) {
      const label = labelNamed(github, by, repository, name);
      if (labelIds.includes(label.id)) continue;
      labelIds = [...labelIds, label.id];
      await target.set(labelIds, "labeled", label);
    }
    return done(labelsOf(github, { labelIds }));
  });
}

/** Takes one label off. */
export async function removeLabel(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  name: string,
): Promise<Outcome<readonly Label[]>> {
  return onLabelled(github, by, repository, number, async (target) => {
    const label = labelsOf(github, target).find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!label) return { done: false, refusal: { status: 404, message: "Label does not exist" } };
    const labelIds = target.labelIds.filter((id) => id !== label.id);
    await target.set(labelIds, "unlabeled", label);
    return done(labelsOf(github, { labelIds }));
  });
}

/** Leaves a pull request or an issue with these labels and no others; missing ones are created. */
export async function setLabels(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  names: readonly string[],
): Promise<Outcome<readonly Label[]>> {
  return onLabelled(github, by, repository, number, async (target) => {
    const wanted = [...new Set(names.map((name) => labelNamed(github, by, repository, name)))];
    let labelIds = target.labelIds;
    for (const label of labelsOf(github, target)) {
      if (wanted.includes(label)) continue;
      labelIds = labelIds.filter((id) => id !== label.id);
      await target.set(labelIds, "unlabeled", label);
    }
    for (const label of wanted) {
      if (labelIds.includes(label.id)) continue;
      labelIds = [...labelIds, label.id];
      await target.set(labelIds, "labeled", label);
    }
    return done(labelsOf(github, { labelIds }));
  });
}
