import type { Github } from "../github.ts";
import type { Issue, Repository } from "../model.ts";
import { nodeId, presentAccountOf } from "./accounts.ts";
import { presentApp } from "./apps.ts";
import { associationOf, presentReactionCounts } from "./pulls.ts";
import { presentLabel, repositoryUrl } from "./repositories.ts";

/** An issue that is no pull request. https://docs.github.com/rest/issues/issues#get-an-issue */
export function presentPlainIssue(github: Github, repository: Repository, issue: Issue) {
  const closed_by = issue.closedById === null ? null : presentAccountOf(github, issue.closedById);
  return { ...presentToldIssue(github, repository, issue), closed_by };
}

/** The same as webhooks tell it, which do not say who closed it. */
export function presentToldIssue(github: Github, repository: Repository, issue: Issue) {
  const api = `${repositoryUrl(github, repository)}/issues/${issue.number}`;
  const app = github.state.apps.get(issue.viaAppId ?? -1);
  return {
    url: api,
    repository_url: repositoryUrl(github, repository),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: `${github.url}/${github.nameOf(repository)}/issues/${issue.number}`,
    id: issue.id,
    node_id: nodeId("I", issue.id),
    number: issue.number,
    title: issue.title,
    user: presentAccountOf(github, issue.authorId),
    labels: issue.labelIds.flatMap((id) => {
      const label = github.state.labels.get(id);
      return label ? [presentLabel(github, label)] : [];
    }),
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 0,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: associationOf(github, issue.authorId, repository),
    active_lock_reason: null,
    body: issue.body,
    reactions: presentReactionCounts(`${api}/reactions`, []),
    timeline_url: `${api}/timeline`,
    performed_via_github_app: app ? presentApp(github, app) : null,
    state_reason: issue.stateReason,
  };
}
