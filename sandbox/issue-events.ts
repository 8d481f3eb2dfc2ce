import type { Actor } from "./actor.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import type { Issue, Repository } from "./model.ts";
import { presentToldIssue } from "./present/issues.ts";

/** Sends `issues` with this action. */
export function announceIssue(
  github: Github,
  by: Actor,
  repository: Repository,
  issue: Issue,
  action: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  announceNow(github, by, repository, { event: "issues", action }, () => ({
    issue: presentToldIssue(github, repository, issue),
    ...fields,
  }));
}
