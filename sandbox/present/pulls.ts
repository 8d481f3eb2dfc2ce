import type { Github } from "../github.ts";
import type { AutoMerge, Pull, Repository, Sha } from "../model.ts";
import { apiOf, nodeId, presentAccountOf, presentTeam } from "./accounts.ts";
import { presentLabel, presentMergeSettings, presentRepository, repositoryUrl } from "./repositories.ts";

/** What is known of a pull request only after looking into git. */
export type PullNumbers = {
  readonly mergeable: boolean | null;
  readonly mergeableState: string;
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
};

function side(github: Github, repository: Repository | undefined, owner: string, ref: string, sha: Sha) {
  const ownerAccount = repository ? github.state.accounts.get(repository.ownerId) : github.account(owner);
  return {
    label: `${ownerAccount?.login ?? owner}:${ref}`,
    ref,
    sha,
    user: ownerAccount ? presentAccountOf(github, ownerAccount.id) : null,
    repo: repository ? { ...presentRepository(github, repository), ...presentMergeSettings(repository) } : null,
  };
}

/** How an author stands to the repository, in GitHub's words. */
export function associationOf(github: Github, accountId: number, repository: Repository): string {
  if (repository.ownerId === accountId) return "OWNER";
  if (github.find.membershipsOf(repository.ownerId).some((one) => one.userId === accountId)) return "MEMBER";
  return repository.collaborators.some((one) => one.userId === accountId) ? "COLLABORATOR" : "NONE";
}

/** A pull request as it stands in lists. */
export function presentPull(github: Github, pull: Pull) {
  const { state, url } = github;
  const repository = state.repositories.get(pull.repositoryId);
  if (!repository) throw new Error(`pull request ${pull.id} has no repository`);
  const api = repositoryUrl(github, repository);
  const self = `${api}/pulls/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  const html = `${url}/${github.nameOf(repository)}/pull/${pull.number}`;
  const links = {
    review_comments_url: `${self}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    commits_url: `${self}/commits`,
    statuses_url: `${api}/statuses/${pull.head.sha}`,
  };
  const headRepository = state.repositories.get(pull.head.repositoryId ?? -1);
  return {
    url: self,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: presentAccountOf(github, pull.authorId),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: pull.assigneeIds[0] ? presentAccountOf(github, pull.assigneeIds[0]) : null,
    assignees: pull.assigneeIds.map((id) => presentAccountOf(github, id)),
    requested_reviewers: pull.requestedReviewerIds.map((id) => presentAccountOf(github, id)),
    requested_teams: (pull.requestedTeamIds ?? []).flatMap((id) => {
      const team = state.teams.get(id);
      return team ? [presentTeam(github, team)] : [];
    }),
    labels: pull.labelIds.flatMap((id) => {
      const label = state.labels.get(id);
      return label ? [presentLabel(github, label)] : [];
    }),
    milestone: null,
    draft: pull.draft,
    ...links,
    head: side(github, headRepository, pull.head.owner, pull.head.ref, pull.head.sha),
    base: side(github, repository, "", pull.base.ref, pull.base.sha),
    _links: {
      self: { href: self },
      html: { href: html },
      issue: { href: issue },
      comments: { href: links.comments_url },
      review_comments: { href: links.review_comments_url },
      review_comment: { href: links.review_comment_url },
      commits: { href: links.commits_url },
      statuses: { href: links.statuses_url },
    },
    author_association: associationOf(github, pull.authorId, repository),
    auto_merge: pull.autoMerge ? presentAutoMerge(github, pull.autoMerge) : null,
    active_lock_reason: null,
  };
}

function presentAutoMerge(github: Github, { enabledById, method, title, message }: AutoMerge) {
  return {
    enabled_by: presentAccountOf(github, enabledById),
    merge_method: method,
    commit_title: title,
    commit_message: message,
  };
}

/** One pull request, with what only a look into git can tell. */
export function presentFullPull(github: Github, pull: Pull, numbers: PullNumbers) {
  return {
    ...presentPull(github, pull),
    merged: pull.merged,
    mergeable: pull.merged ? null : numbers.mergeable,
    rebaseable: pull.merged ? null : numbers.mergeable,
    mergeable_state: numbers.mergeableState,
    merged_by: pull.mergedById === null ? null : presentAccountOf(github, pull.mergedById),
    comments: github.find.commentsOf(pull.repositoryId, pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: numbers.commits,
    additions: numbers.additions,
    deletions: numbers.deletions,
    changed_files: numbers.changedFiles,
  };
}

/** The same pull request as the issue it also is, as webhooks show that. */
export function presentIssue(github: Github, pull: Pull) {
  const shown = presentPull(github, pull);
  const repository = github.state.repositories.get(pull.repositoryId);
  const { issue_url: api, html_url: html } = shown;
  return {
    url: api,
    repository_url: repository ? repositoryUrl(github, repository) : apiOf(github),
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    html_url: html,
    id: pull.id + 1_000_000_000,
    node_id: shown.node_id,
    number: pull.number,
    title: pull.title,
    user: shown.user,
    labels: shown.labels,
    state: pull.state,
    locked: false,
    assignee: shown.assignee,
    assignees: shown.assignees,
    milestone: null,
    comments: github.find.commentsOf(pull.repositoryId, pull.number).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: shown.author_association,
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: {
      url: shown.url,
      html_url: html,
      diff_url: shown.diff_url,
      patch_url: shown.patch_url,
      merged_at: pull.mergedAt,
    },
    body: pull.body,
    reactions: presentReactionCounts(`${api}/reactions`, github.find.reactionsOfPull(pull.repositoryId, pull.number)),
    timeline_url: `${api}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  };
}

/** How often each reaction was given. */
export function presentReactionCounts(url: string, reactions: readonly { readonly content: string }[]) {
  const count = (content: string) => reactions.filter((one) => one.content === content).length;
  return {
    url,
    total_count: reactions.length,
    "+1": count("+1"),
    "-1": count("-1"),
    laugh: count("laugh"),
    hooray: count("hooray"),
    confused: count("confused"),
    heart: count("heart"),
    rocket: count("rocket"),
    eyes: count("eyes"),
  };
}
