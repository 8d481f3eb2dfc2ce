import type { Actor } from "../actor.ts";
import type { Github } from "../github.ts";
import type { Label, Repository, Role } from "../model.ts";
import { atLeast, roleOf } from "../rights.ts";
import { apiOf, nodeId, presentAccountOf } from "./accounts.ts";

const paths: Readonly<Record<string, string>> = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

/** The address of a repository below the REST API's base. */
export function repositoryUrl(github: Github, repository: Repository): string {
  return `${apiOf(github)}/repos/${github.nameOf(repository)}`;
}

/** The few fields GitHub gives where a repository is only pointed at. */
export function presentMinimalRepository(github: Github, repository: Repository) {
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: github.nameOf(repository),
    private: repository.private,
  };
}

function permissionsOf(role: Role) {
  return {
    admin: atLeast(role, "admin"),
    maintain: atLeast(role, "maintain"),
    push: atLeast(role, "write"),
    triage: atLeast(role, "triage"),
    pull: atLeast(role, "read"),
  };
}

/** A repository as it stands in lists, in pull requests and in webhooks. `by` adds what the caller may do there. */
export function presentRepository(github: Github, repository: Repository, by?: Actor) {
  const api = repositoryUrl(github, repository);
  const html = `${github.url}/${github.nameOf(repository)}`;
  const forks = github.find.forksOf(repository.id).length;
  const numbered = [...github.find.pullsOf(repository.id), ...github.find.issuesOf(repository.id)];
  const open = numbered.filter((one) => one.state === "open").length;
  return {
    ...presentMinimalRepository(github, repository),
    owner: presentAccountOf(github, repository.ownerId),
    html_url: html,
    description: repository.description,
    fork: repository.forkParentId !== null,
    url: api,
    ...Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${api}${path}`])),
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    pushed_at: repository.pushedAt,
    git_url: `${html.replace(/^https?:/, "git:")}.git`,
    ssh_url: `git@sandbox:${github.nameOf(repository)}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? "private" : "public",
    forks,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
    ...(by && !by.installation ? { permissions: permissionsOf(roleOf(github, by.account.id, repository)) } : {}),
  };
}

/** `GET /repos/{owner}/{repo}`: everything, with merge settings and where a fork came from. */
export function presentFullRepository(github: Github, repository: Repository, by?: Actor) {
  const parent = github.state.repositories.get(repository.forkParentId ?? -1);
  const organisation = github.state.accounts.get(repository.ownerId);
  return {
    ...presentRepository(github, repository, by),
    ...presentMergeSettings(repository),
    network_count: 0,
    subscribers_count: 0,
    ...(organisation?.type === "Organization" ? { organization: presentAccountOf(github, repository.ownerId) } : {}),
    ...(parent ? { parent: presentRepository(github, parent), source: presentRepository(github, parent) } : {}),
  };
}

/** Which merges a repository allows, in GitHub's words. */
export function presentMergeSettings(repository: Repository) {
  return {
    allow_merge_commit: repository.merging.allowMergeCommit,
    allow_squash_merge: repository.merging.allowSquashMerge,
    allow_rebase_merge: repository.merging.allowRebaseMerge,
    allow_auto_merge: repository.merging.allowAutoMerge ?? false,
    allow_update_branch: false,
    delete_branch_on_merge: repository.merging.deleteBranchOnMerge,
    use_squash_pr_title_as_default: false,
    squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
    squash_merge_commit_message: "COMMIT_MESSAGES",
    merge_commit_title: "MERGE_MESSAGE",
    merge_commit_message: "PR_TITLE",
  };
}

/** A label of a repository. */
export function presentLabel(github: Github, label: Label) {
  const repository = github.state.repositories.get(label.repositoryId);
  return {
    id: label.id,
    node_id: nodeId("LA", label.id),
    url: repository ? `${repositoryUrl(github, repository)}/labels/${encodeURIComponent(label.name)}` : "",
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}
