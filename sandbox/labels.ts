import type { Actor } from "./actor.ts";
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

/** The label of that name, whatever its case; made where the repository has none. */
export function labelNamed(github: Github, repository: Repository, name: string): Label {
  const known = github.find.labelsOf(repository.id).find((one) => one.name.toLowerCase() === name.toLowerCase());
  return (
    known ??
    github.state.labels.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      name,
      color: "ededed",
      description: null,
    })
  );
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

/** Makes a label; 422 when the repository has one of that name. */
export function createLabel(
  github: Github,
  by: Actor,
  repository: Repository,
  input: {
    readonly name: string;
    readonly color?: string | undefined;
    readonly description?: string | null | undefined;
  },
): Outcome<Label> {
  const allowed = requireRole(github, by, repository, "write");
  if (!allowed.done) return allowed;
  const name = input.name.trim();
  if (name === "") return invalid({ resource: "Label", code: "missing_field", field: "name" });
  if (github.find.labelsOf(repository.id).some((label) => label.name.toLowerCase() === name.toLowerCase())) {
    return invalid({ resource: "Label", code: "already_exists", field: "name" });
  }
  const color = (input.color ?? "ededed").replace(/^#/, "");
  return done(
    github.state.labels.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      name,
      color,
      description: input.description ?? null,
    }),
  );
}

/** Adds labels by name; missing ones are created. Answers all labels the pull request or issue has then. */
export async function addLabels(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  names: readonly string[],
): Promise<Outcome<readonly Label[]>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "triage");
    if (!allowed.done) return allowed;
    const target = labelled(github, by, repository, number);
    if (!target) return notFound;
    let { labelIds } = target;
    for (const name of names) {
      const label = labelNamed(github, repository, name);
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
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "triage");
    if (!allowed.done) return allowed;
    const target = labelled(github, by, repository, number);
    if (!target) return notFound;
    const label = labelsOf(github, target).find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!label) return { done: false, refusal: { status: 404, message: "Label does not exist" } };
    const labelIds = target.labelIds.filter((id) => id !== label.id);
    await target.set(labelIds, "unlabeled", label);
    return done(labelsOf(github, { labelIds }));
  });
}
