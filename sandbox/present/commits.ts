import { type ChangedFile, changedFiles } from "../git/history.ts";
import type { Commit, Signature } from "../git/objects.ts";
import type { Github } from "../github.ts";
import type { Repository } from "../model.ts";
import { nodeId, presentAccount } from "./accounts.ts";
import { repositoryUrl } from "./repositories.ts";

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

function accountOf(github: Github, signature: Signature) {
  const found = github.state.accounts
    .all()
    .find((account) => account.email !== "" && account.email === signature.email);
  return found ? presentAccount(github, found) : null;
}

/** A commit as lists, comparisons and branches show it. */
export function presentCommit(github: Github, repository: Repository, commit: Commit) {
  const api = repositoryUrl(github, repository);
  const html = `${github.url}/${github.nameOf(repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId("C", repository.id) + commit.sha,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: accountOf(github, commit.author),
    committer: accountOf(github, commit.committer),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${html}/${sha}` })),
  };
}

/** A commit object as the Git database shows it. */
export function presentGitCommit(github: Github, repository: Repository, commit: Commit) {
  const shown = presentCommit(github, repository, commit);
  return {
    sha: commit.sha,
    node_id: shown.node_id,
    url: shown.commit.url,
    html_url: shown.html_url,
    author: commit.author,
    committer: commit.committer,
    tree: shown.commit.tree,
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repositoryUrl(github, repository)}/git/commits/${sha}`,
      html_url: `${github.url}/${github.nameOf(repository)}/commit/${sha}`,
    })),
    verification: unsigned,
  };
}

/** A commit as check suites and merge groups show it. */
export function presentSimpleCommit(commit: Commit) {
  const person = ({ name, email }: Signature) => ({ name, email });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** A commit as push webhooks show it, with the paths it touched when `withPaths`. */
export async function presentPushedCommit(github: Github, repository: Repository, commit: Commit, withPaths: boolean) {
  const files = withPaths ? await changedFiles(github.git, repository.id, commit.parents[0] ?? null, commit.sha) : [];
  const paths = (status: readonly ChangedFile["status"][]) =>
    files.filter((file) => status.includes(file.status)).map((file) => file.filename);
  const person = (signature: Signature) => {
    const account = accountOf(github, signature);
    return {
      name: signature.name,
      email: signature.email,
      date: signature.date,
      ...(account ? { username: account.login } : {}),
    };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${github.url}/${github.nameOf(repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    ...(withPaths
      ? { added: paths(["added"]), removed: paths(["removed"]), modified: paths(["modified", "changed", "renamed"]) }
      : {}),
  };
}

/** A changed file of a comparison, a commit or a pull request. */
export function presentFile(github: Github, repository: Repository, file: ChangedFile, at: string) {
  const path = file.filename.split("/").map(encodeURIComponent).join("/");
  const html = `${github.url}/${github.nameOf(repository)}`;
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${at}/${path}`,
    raw_url: `${html}/raw/${at}/${path}`,
    contents_url: `${repositoryUrl(github, repository)}/contents/${path}?ref=${at}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previous_filename === undefined ? {} : { previous_filename: file.previous_filename }),
  };
}
