import { mayWrite } from "../branches.ts";
import { isAncestor } from "../git/history.ts";
import { kindOf, parseTag, printTag, type TreeEntry } from "../git/objects.ts";
import { pushRefs } from "../landing.ts";
import { presentGitCommit } from "../present/commits.ts";
import { repositoryUrl } from "../present/repositories.ts";
import { refAt, refsOf, resolveCommit } from "../refs.ts";
import { type Answer, type Call, created, listed, missing, noContent, ok, type Route, refusal, route } from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";

async function presentRef(call: Call, ref: string, sha: string) {
  const { github, repository } = call;
  const api = repositoryUrl(github, repository);
  const type = (await github.git.read(repository.id, sha))?.type ?? "commit";
  const objects = { commit: "commits", tag: "tags", tree: "trees", blob: "blobs" }[type];
  return { ref, node_id: ref, url: `${api}/git/${ref}`, object: { sha, type, url: `${api}/git/${objects}/${sha}` } };
}

async function getRef(call: Call): Promise<Answer> {
  const ref = `refs/${call.params["ref"]}`;
  const sha = refAt(call.github, call.repository.id, ref);
  return sha ? ok(await presentRef(call, ref, sha)) : missing;
}

function matchingRefs(call: Call): Promise<Answer> {
  const prefix = `refs/${call.params["ref"]}`;
  const found = Object.entries(refsOf(call.github, call.repository.id)).filter(([ref]) => ref.startsWith(prefix));
  return listed(call, found.sort(), ([ref, sha]) => presentRef(call, ref, sha));
}

async function createRef(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { ref: "string", sha: "string" });
  if (!input.done) return refusal(input.refusal);
  const { ref, sha } = input.value;
  if (!/^refs\/[^/]+\/.+/.test(ref))
    return refusal({ status: 422, message: "Reference name must start with 'refs/'." });
  if (!(await github.git.read(repository.id, sha))) return refusal({ status: 422, message: "Object does not exist" });
  return github.exclusively(repository.id, async () => {
    if (refAt(github, repository.id, ref)) return refusal({ status: 422, message: "Reference already exists" });
    const moved = await pushRefs(github, by, repository, [{ ref, before: null, after: sha }]);
    return moved.done ? created(await presentRef(call, ref, sha)) : refusal(moved.refusal);
  });
}

async function updateRef(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { sha: "string", force: "boolean?" });
  if (!input.done) return refusal(input.refusal);
  const ref = `refs/${call.params["ref"]}`;
  const { sha, force } = input.value;
  return github.exclusively(repository.id, async () => {
    const before = refAt(github, repository.id, ref);
    if (!before) return refusal({ status: 422, message: "Reference does not exist" });
    if (!(await github.git.read(repository.id, sha))) return refusal({ status: 422, message: "Object does not exist" });
    if (!force && !(await isAncestor(github.git, repository.id, before, sha))) {
      return refusal({ status: 422, message: "Update is not a fast forward" });
    }
    const moved = await pushRefs(github, by, repository, [{ ref, before, after: sha }]);
    return moved.done ? ok(await presentRef(call, ref, sha)) : refusal(moved.refusal);
  });
}

async function deleteRef(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const ref = `refs/${call.params["ref"]}`;
  return github.exclusively(repository.id, async () => {
    const before = refAt(github, repository.id, ref);
    if (!before) return refusal({ status: 422, message: "Reference does not exist" });
    const moved = await pushRefs(github, by, repository, [{ ref, before, after: null }]);
    return moved.done ? noContent : refusal(moved.refusal);
  });
}

async function getCommit(call: Call): Promise<Answer> {
  const commit = await call.github.git.commit(call.repository.id, call.params["sha"] ?? "");
  return commit ? ok(presentGitCommit(call.github, call.repository, commit)) : missing;
}

async function getBlob(call: Call): Promise<Answer> {
  const { github, repository, params } = call;
  const sha = params["sha"] ?? "";
  const object = await github.git.read(repository.id, sha);
  if (object?.type !== "blob") return missing;
  const url = `${repositoryUrl(github, repository)}/git/blobs/${sha}`;
  return ok({
    sha,
    node_id: sha,
    size: object.content.length,
    url,
    content: object.content.toString("base64"),
    encoding: "base64",
  });
}

/** GitHub lists no more entries of a tree than this. */
const mostEntries = 100_000;

/** A tree, by its own name or by that of a commit, a branch or a tag; with `recursive`, whatever it says, all that is below it. */
async function getTree(call: Call): Promise<Answer> {
  const { github, repository, params, query } = call;
  const name = params["tree_sha"] ?? "";
  const commit = await resolveCommit(github, repository.id, name);
  const sha = commit ? ((await github.git.commit(repository.id, commit))?.tree ?? "") : name;
  if ((await github.git.read(repository.id, sha))?.type !== "tree") return missing;
  const entries = await entriesBelow(call, sha, "", query.has("recursive"));
  const api = `${repositoryUrl(github, repository)}/git`;
  const tree = entries.slice(0, mostEntries).map(async ({ mode, name: path, sha }) => {
    const type = kindOf(mode);
    const size = type === "blob" ? { size: (await github.git.read(repository.id, sha))?.content.length ?? 0 } : {};
    const url = type === "commit" ? {} : { url: `${api}/${type}s/${sha}` };
    return { path, mode, type, sha, ...size, ...url };
  });
  return ok({
    sha,
    url: `${api}/trees/${sha}`,
    tree: await Promise.all(tree),
    truncated: entries.length > mostEntries,
  });
}

/** The entries of a tree, each by its path; a folder comes before what it holds. */
async function entriesBelow(call: Call, tree: string, path: string, recursive: boolean): Promise<TreeEntry[]> {
  const { github, repository } = call;
  const entries = (await github.git.tree(repository.id, tree)) ?? [];
  const found = entries.map(async (entry) => {
    const named = { ...entry, name: `${path}${entry.name}` };
    if (!recursive || kindOf(entry.mode) !== "tree") return [named];
    return [named, ...(await entriesBelow(call, entry.sha, `${named.name}/`, true))];
  });
  return (await Promise.all(found)).flat();
}

async function presentTagObject(call: Call, sha: string): Promise<Answer> {
  const { github, repository } = call;
  const object = await github.git.read(repository.id, sha);
  if (object?.type !== "tag") return missing;
  const { tag, object: target, type, message, tagger } = parseTag(sha, object.content);
  const api = repositoryUrl(github, repository);
  return ok({
    node_id: sha,
    tag,
    sha,
    url: `${api}/git/tags/${sha}`,
    message,
    tagger,
    object: { type, sha: target, url: `${api}/git/commits/${target}` },
    verification: { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null },
  });
}

async function createTag(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { tag: "string", message: "string", object: "string", type: "string" });
  if (!input.done) return refusal(input.refusal);
  const { tag, message, object, type } = input.value;
  const target = await github.git.read(repository.id, object);
  if (!target || target.type !== type) return refusal({ status: 422, message: "Object does not exist" });
  const tagger = { name: by.account.name, email: by.account.email, date: github.time() };
  const content = printTag({ tag, object, type: target.type, message, tagger });
  const sha = await github.git.write(repository.id, "tag", content);
  return { ...(await presentTagObject(call, sha)), status: 201 };
}

export const gitRoutes: readonly Route[] = [
  route(`GET ${repo}/git/ref/{ref*}`, { contents: "read" }, getRef),
  route(`GET ${repo}/git/matching-refs/{ref*}`, { contents: "read" }, matchingRefs),
  route(`POST ${repo}/git/refs`, { contents: "write" }, createRef),
  route(`PATCH ${repo}/git/refs/{ref*}`, { contents: "write" }, updateRef),
  route(`DELETE ${repo}/git/refs/{ref*}`, { contents: "write" }, deleteRef),
  route(`GET ${repo}/git/commits/{sha}`, { contents: "read" }, getCommit),
  route(`GET ${repo}/git/blobs/{sha}`, { contents: "read" }, getBlob),
  route(`GET ${repo}/git/trees/{tree_sha}`, { contents: "read" }, getTree),
  route(`GET ${repo}/git/tags/{sha}`, { contents: "read" }, (call) => presentTagObject(call, call.params["sha"] ?? "")),
  route(`POST ${repo}/git/tags`, { contents: "write" }, createTag),
];
