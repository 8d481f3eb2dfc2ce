import { commitFiles, mayWrite, signatureOf } from "../branches.ts";
import {
  aheadBehind,
  changedFiles,
  commitsBetween,
  commitsTouching,
  isAncestor,
  mergeBase,
  mergeTrees,
} from "../git/history.ts";
import { kindOf } from "../git/objects.ts";
import { entryAt } from "../git/trees.ts";
import { pushRefs } from "../landing.ts";
import type { Sha } from "../model.ts";
import { presentCommit, presentFile, presentGitCommit } from "../present/commits.ts";
import { presentPull } from "../present/pulls.ts";
import { repositoryUrl } from "../present/repositories.ts";
import { branchAt, resolveCommit } from "../refs.ts";
import {
  type Answer,
  type Call,
  created,
  linkHeader,
  listed,
  missing,
  noContent,
  ok,
  pageOf,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
/** How many commits a comparison shows when no page is asked for, and how many a page then has. */
const wholeComparison = 250;
const comparisonPage = 30;
/** What a comparison shows of its files, and a commit of its own. */
const mostComparedFiles = 300;

async function presented(call: Call, shas: readonly Sha[]) {
  const commits = await Promise.all(shas.map((sha) => call.github.git.commit(call.repository.id, sha)));
  return commits.flatMap((commit) => (commit ? [presentCommit(call.github, call.repository, commit)] : []));
}

async function compare(call: Call): Promise<Answer> {
  const { github, repository, params } = call;
  const [baseName = "", headName = ""] = (params["basehead"] ?? "").split("...");
  const own = (name: string) => name.slice(name.indexOf(":") + 1);
  const base = await resolveCommit(github, repository.id, own(baseName));
  const head = await resolveCommit(github, repository.id, own(headName));
  if (!base || !head) return missing;
  const { git } = github;
  const fork = await mergeBase(git, repository.id, base, head);
  if (!fork) return refusal({ status: 404, message: `No common ancestor between ${baseName} and ${headName}.` });
  const { ahead, behind } = await aheadBehind(git, repository.id, base, head);
  const shas = await commitsBetween(git, repository.id, base, head);
  const first = Number(call.query.get("page") ?? 1) <= 1;
  const files = first ? (await changedFiles(git, repository.id, fork, head)).slice(0, mostComparedFiles) : undefined;
  const [baseCommit, forkCommit] = await presented(call, [base, fork]);
  const api = repositoryUrl(github, repository);
  const html = `${github.url}/${github.nameOf(repository)}`;
  const size = call.query.has("page") || call.query.has("per_page") ? comparisonPage : wholeComparison;
  const link = linkHeader(call, shas.length, size);
  return {
    status: 200,
    ...(link === undefined ? {} : { headers: { link } }),
    body: {
      url: `${api}/compare/${params["basehead"]}`,
      html_url: `${html}/compare/${params["basehead"]}`,
      permalink_url: `${html}/compare/${base}...${head}`,
      diff_url: `${html}/compare/${params["basehead"]}.diff`,
      patch_url: `${html}/compare/${params["basehead"]}.patch`,
      base_commit: baseCommit,
      merge_base_commit: forkCommit ?? baseCommit,
      status: ahead === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: await presented(call, pageOf(call, shas, size)),
      ...(files ? { files: files.map((file) => presentFile(github, repository, file, head)) } : {}),
    },
  };
}

async function listCommits(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const from = await resolveCommit(github, repository.id, call.query.get("sha") ?? "HEAD");
  if (!from) return missing;
  const path = call.query.get("path") ?? "";
  const shas =
    path === ""
      ? [...(await commitsBetween(github.git, repository.id, null, from))].reverse()
      : await commitsTouching(github.git, repository.id, path, from);
  return listed(call, shas, async (sha) => (await presented(call, [sha]))[0]);
}

async function getCommit(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const sha = await resolveCommit(github, repository.id, call.params["ref"] ?? "");
  const commit = sha && (await github.git.commit(repository.id, sha));
  if (!commit) return refusal({ status: 422, message: `No commit found for SHA: ${call.params["ref"]}` });
  const files = await changedFiles(github.git, repository.id, commit.parents[0] ?? null, commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return ok({
    ...presentCommit(github, repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: files.slice(0, mostComparedFiles).map((file) => presentFile(github, repository, file, commit.sha)),
  });
}

/** The merged pull request that brought a commit into the default branch; for any other commit all that have it, merged or open. */
async function pullsOfCommit(call: Call): Promise<Answer> {
  const { github, repository } = call;
  const sha = await resolveCommit(github, repository.id, call.params["sha"] ?? "");
  if (!sha) return refusal({ status: 422, message: `No commit found for SHA: ${call.params["sha"]}` });
  const has = await Promise.all(
    github.find.pullsOf(repository.id).map(async (pull) => {
      if (pull.state === "closed" && !pull.merged) return null;
      if (pull.mergeCommitSha === sha && pull.merged) return pull;
      const before = await mergeBase(github.git, repository.id, pull.base.sha, pull.head.sha);
      const brought = await commitsBetween(github.git, repository.id, before, pull.head.sha);
      return brought.includes(sha) ? pull : null;
    }),
  );
  const found = has.flatMap((pull) => pull ?? []);
  const tip = branchAt(github, repository.id, repository.defaultBranch);
  const onDefault = tip !== undefined && (await isAncestor(github.git, repository.id, sha, tip));
  const into = found.filter((pull) => pull.merged && pull.base.ref === repository.defaultBranch);
  return listed(call, onDefault && into.length > 0 ? into : found, (pull) => presentPull(github, pull));
}

const largestWhole = 1024 * 1024;

async function contents(call: Call): Promise<Answer> {
  const { github, repository, params } = call;
  const name = call.query.get("ref") ?? repository.defaultBranch;
  const sha = await resolveCommit(github, repository.id, name);
  const commit = sha && (await github.git.commit(repository.id, sha));
  if (!commit) return refusal({ status: 404, message: `No commit found for the ref ${name}` });
  const path = (params["path"] ?? "").replace(/^\/+|\/+$/g, "");
  const entry =
    path === ""
      ? { mode: "040000", name: "", sha: commit.tree }
      : await entryAt(github.git, repository.id, commit.tree, path);
  if (!entry) return missing;
  if (kindOf(entry.mode) === "tree") {
    const entries = (await github.git.tree(repository.id, entry.sha)) ?? [];
    const shown = entries
      .slice(0, 1000)
      .map((one) => presentEntry(call, name, path === "" ? one.name : `${path}/${one.name}`, one.mode, one.sha));
    return ok(await Promise.all(shown));
  }
  const shown = await presentEntry(call, name, path, entry.mode, entry.sha);
  if (shown.type === "submodule") return ok({ ...shown, submodule_git_url: null });
  const content = (await github.git.read(repository.id, entry.sha))?.content ?? Buffer.alloc(0);
  if (call.accept.includes("raw"))
    return { status: 200, raw: { type: "application/vnd.github.raw; charset=utf-8", content } };
  if (shown.type === "symlink") return ok({ ...shown, target: content.toString() });
  const whole = content.length <= largestWhole;
  return ok({
    ...shown,
    content: whole ? `${content.toString("base64").replace(/.{60}/g, "$&\n")}\n` : "",
    encoding: whole ? "base64" : "none",
  });
}

const entryTypes: Readonly<Record<string, string>> = {
  "120000": "symlink",
  "160000": "submodule",
  "040000": "dir",
  "40000": "dir",
};

async function presentEntry(call: Call, ref: string, path: string, mode: string, sha: Sha) {
  const { github, repository } = call;
  const type = entryTypes[mode] ?? "file";
  const size =
    type === "file" || type === "symlink" ? ((await github.git.read(repository.id, sha))?.content.length ?? 0) : 0;
  const url = `${repositoryUrl(github, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(github, repository)}/git/${type === "dir" ? "trees" : "blobs"}/${sha}`;
  const html = `${github.url}/${github.nameOf(repository)}/blob/${ref}/${path}`;
  const download = type === "file" ? `${github.url}/${github.nameOf(repository)}/raw/${ref}/${path}` : null;
  return {
    type,
    name: path.split("/").at(-1) ?? "",
    path,
    sha,
    size,
    url,
    html_url: html,
    git_url: git,
    download_url: download,
    _links: { self: url, git, html },
  };
}

/** A merge of one branch into another without a pull request: a direct write to the base. */
async function merges(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { base: "string", head: "string", commit_message: "string?" });
  if (!input.done) return refusal(input.refusal);
  const { base, head, commit_message: message } = input.value;
  return github.exclusively(repository.id, async () => {
    const before = branchAt(github, repository.id, base);
    const theirs = await resolveCommit(github, repository.id, head);
    if (!before) return refusal({ status: 404, message: "Base does not exist" });
    if (!theirs) return refusal({ status: 404, message: "Head does not exist" });
    if (await isAncestor(github.git, repository.id, theirs, before)) return noContent;
    const tree = await mergeTrees(github.git, repository.id, before, theirs);
    if (!tree) return refusal({ status: 409, message: "Merge conflict" });
    const author = signatureOf(github, by);
    const sha = await github.git.writeCommit(repository.id, {
      tree,
      parents: [before, theirs],
      author,
      committer: author,
      message: message ?? `Merge ${head} into ${base}`,
    });
    const moved = await pushRefs(github, by, repository, [{ ref: `refs/heads/${base}`, before, after: sha }], 409);
    return moved.done ? created((await presented(call, [sha]))[0]) : refusal(moved.refusal);
  });
}

/** https://docs.github.com/rest/repos/contents#create-or-update-file-contents */
async function putContents(call: Call): Promise<Answer> {
  const { github, by, repository, params } = call;
  const input = read(call.body, { message: "string", content: "string", branch: "string?", sha: "string?" });
  if (!input.done) return refusal(input.refusal);
  const { message, content, sha } = input.value;
  const branch = input.value.branch ?? repository.defaultBranch;
  const path = params["path"] ?? "";
  const tip = branchAt(github, repository.id, branch);
  const before = tip && (await github.git.commit(repository.id, tip));
  if (!before) return refusal({ status: 404, message: `Branch ${branch} not found` });
  const there = await entryAt(github.git, repository.id, before.tree, path);
  if (there && sha === undefined)
    return refusal({ status: 422, message: 'Invalid request.\n\n"sha" wasn\'t supplied.' });
  if (sha !== undefined && there?.sha !== sha)
    return refusal({ status: 409, message: `${path} does not match ${sha}` });
  const files = { [path]: Buffer.from(content, "base64") };
  const committed = await commitFiles(github, by, repository, { branch, message, files });
  if (!committed.done) return refusal(committed.refusal);
  const commit = await github.git.commit(repository.id, committed.value);
  const entry = commit && (await entryAt(github.git, repository.id, commit.tree, path));
  if (!commit || !entry) return missing;
  return {
    ...ok({
      content: await presentEntry(call, branch, path, entry.mode, entry.sha),
      commit: presentGitCommit(github, repository, commit),
    }),
    status: there ? 200 : 201,
  };
}

export const commitRoutes: readonly Route[] = [
  route(`GET ${repo}/compare/{basehead*}`, { contents: "read" }, compare),
  route(`GET ${repo}/commits`, { contents: "read" }, listCommits),
  route(`GET ${repo}/commits/{sha}/pulls`, [{ pull_requests: "read" }, { contents: "read" }], pullsOfCommit),
  route(`GET ${repo}/commits/{ref*}`, { contents: "read" }, getCommit),
  route(`GET ${repo}/contents`, { contents: "read" }, contents),
  route(`GET ${repo}/contents/{path*}`, { contents: "read" }, contents),
  route(`PUT ${repo}/contents/{path*}`, { contents: "write" }, putContents),
  route(`POST ${repo}/merges`, { contents: "write" }, merges),
];
