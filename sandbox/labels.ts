import type { Actor } from "./actor.ts";
import type { Github } from "./github.ts";
import type { Label, Pull, Repository } from "./model.ts";
import { done, invalid, notFound, type Outcome } from "./outcome.ts";
import { presentLabel } from "./present/repositories.ts";
import { announcePull } from "./pull-events.ts";
import { requireRole } from "./rights.ts";

/** Labels of a pull request. */
export function labelsOf(github: Github, pull: Pull): readonly Label[] {
  return pull.labelIds.flatMap((id) => github.state.labels.get(id) ?? []);
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

/** Adds labels by name; missing ones are created. Answers all labels the pull request has then. */
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
    let pull = github.find.pull(repository.id, number);
    if (!pull) return notFound;
    for (const name of names) {
      const known = github.find.labelsOf(repository.id).find((one) => one.name.toLowerCase() === name.toLowerCase());
      const label =
        known ??
        github.state.labels.put({
          id: github.state.nextId(),
          repositoryId: repository.id,
          name,
          color: "ededed",
          description: null,
        });
      if (pull.labelIds.includes(label.id)) continue;
      pull = github.state.pulls.change(pull.id, { labelIds: [...pull.labelIds, label.id], updatedAt: github.time() });
      await announcePull(github, by, pull, "labeled", { label: presentLabel(github, label) });
    }
    return done(labelsOf(github, pull));
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
    const pull = github.find.pull(repository.id, number);
    if (!pull) return notFound;
    const label = labelsOf(github, pull).find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!label) return { done: false, refusal: { status: 404, message: "Label does not exist" } };
    const labelIds = pull.labelIds.filter((id) => id !== label.id);
    const changed = github.state.pulls.change(pull.id, { labelIds, updatedAt: github.time() });
    await announcePull(github, by, changed, "unlabeled", { label: presentLabel(github, label) });
    return done(labelsOf(github, changed));
  });
}
