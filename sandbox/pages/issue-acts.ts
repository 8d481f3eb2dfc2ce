import { createComment } from "../comments.ts";
import { editIssue, openIssue } from "../issues.ts";
import { type Answer, go, type IssueVisit, type RepositoryVisit, unixLines } from "./visit.ts";

/** Opens an issue from the form. */
export async function openFromForm({ github, by, repository, fullName, form }: RepositoryVisit): Promise<Answer> {
  const body = unixLines(form.get("body") ?? "");
  const opened = await openIssue(github, by, repository, { title: form.get("title") ?? "", body });
  return go(`/${fullName}/issues${opened.done ? `/${opened.value.number}` : ""}`, opened, "Opened.");
}

/** What the forms of an issue's page send; null when there is nothing of the kind. */
export async function actOnIssue(visit: IssueVisit, act: string): Promise<Answer | null> {
  const { github, by, repository, issue, home, form } = visit;
  if (act === "comment")
    return go(home, createComment(github, by, repository, issue.number, form.get("body") ?? ""), "Commented.");
  if (act !== "state") return null;
  const state = form.get("state") === "open" ? "open" : "closed";
  const changed = await editIssue(github, by, repository, issue.number, { state });
  return go(home, changed, state === "open" ? "Reopened." : "Closed.");
}
