import { mayWrite, signatureOf } from "../branches.ts";
import { kindOf, parseTag, printTag, type Signature, type TreeEntry } from "../git/objects.ts";
import { entryAt, type Placed, writeEntries } from "../git/trees.ts";
import { done, notFound, type Outcome, refused } from "../outcome.ts";
import { presentGitCommit } from "../present/commits.ts";
import { repositoryUrl } from "../present/repositories.ts";
import { resolveCommit } from "../refs.ts";
import {
  type Answer,
  answerLater,
  type Body,
  type Call,
  created,
  missing,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const unprocessable = (message: string) => refused(422, message);

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

/** The tree of this name: its own, or that of a commit, a branch or a tag; null when there is none. */
async function treeNamed({ github, repository }: Call, name: string): Promise<string | null> {
  const commit = await resolveCommit(github, repository.id, name);
  const sha = commit ? ((await github.git.commit(repository.id, commit))?.tree ?? "") : name;
  return (await github.git.read(repository.id, sha))?.type === "tree" ? sha : null;
}

/** A tree; with `recursive`, whatever it says, all that is below it. */
async function presentTree(call: Call, sha: string): Promise<unknown> {
  const { github, repository, query } = call;
  const entries = await entriesBelow(call, sha, "", query.has("recursive"));
  const api = `${repositoryUrl(github, repository)}/git`;
  const tree = entries.slice(0, mostEntries).map(async ({ mode, name: path, sha }) => {
    const type = kindOf(mode);
    const size = type === "blob" ? { size: (await github.git.read(repository.id, sha))?.content.length ?? 0 } : {};
    const url = type === "commit" ? {} : { url: `${api}/${type}s/${sha}` };
    return { path, mode, type, sha, ...size, ...url };
  });
  return {
    sha,
    url: `${api}/trees/${sha}`,
    tree: await Promise.all(tree),
    truncated: entries.length > mostEntries,
  };
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

/** Who a body says made an object, else `otherwise`. The date may be left out: now. */
function signatureIn(call: Call, field: string, otherwise: Signature): Outcome<Signature> {
  const given = read(call.body, { [field]: "object?" });
  if (!given.done) return given;
  const value = given.value[field];
  if (value === undefined) return done(otherwise);
  const signed = read(value as Body, { name: "string", email: "string", date: "string?" });
  if (!signed.done) return signed;
  const { name, email, date = call.github.time() } = signed.value;
  if (Number.isNaN(Date.parse(date))) {
    return unprocessable(
      `Invalid request.\n\nFor 'properties/date', ${JSON.stringify(date)} is not a valid date-time.`,
    );
  }
  return done({ name, email, date });
}

/** Whether an object of this type is there. */
async function isThere({ github, repository }: Call, sha: string, type: string): Promise<boolean> {
  return /^[0-9a-f]{40}$/.test(sha) && (await github.git.read(repository.id, sha))?.type === type;
}

async function createTag(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { tag: "string", message: "string", object: "string", type: "string" });
  if (!input.done) return refusal(input.refusal);
  const tagger = signatureIn(call, "tagger", signatureOf(github, by));
  if (!tagger.done) return refusal(tagger.refusal);
  const { tag, message, object, type } = input.value;
  if (!(await isThere(call, object, type))) return refusal({ status: 422, message: "Object does not exist" });
  const content = printTag({ tag, object, type, message, tagger: tagger.value });
  const sha = await github.git.write(repository.id, "tag", content);
  return { ...(await presentTagObject(call, sha)), status: 201 };
}

async function createCommit(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { message: "string", tree: "string", parents: "strings?" });
  if (!input.done) return refusal(input.refusal);
  const author = signatureIn(call, "author", signatureOf(github, by));
  if (!author.done) return refusal(author.refusal);
  const committer = signatureIn(call, "committer", author.value);
  if (!committer.done) return refusal(committer.refusal);
  const { message, tree, parents = [] } = input.value;
  if (!(await isThere(call, tree, "tree"))) return refusal({ status: 422, message: "Tree SHA does not exist" });
  for (const parent of parents) {
    if (await isThere(call, parent, "commit")) continue;
    return refusal({ status: 422, message: "Parent SHA does not exist or is not a commit object" });
  }
  const written = { tree, parents, author: author.value, committer: committer.value, message };
  const sha = await github.git.writeCommit(repository.id, written);
  const commit = await github.git.commit(repository.id, sha);
  return commit ? created(presentGitCommit(github, repository, commit)) : missing;
}

async function createBlob(call: Call): Promise<Answer> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return refusal(allowed.refusal);
  const input = read(call.body, { content: "string", encoding: "string?" });
  if (!input.done) return refusal(input.refusal);
  const bytes = Buffer.from(input.value.content, input.value.encoding === "base64" ? "base64" : "utf8");
  const sha = await github.git.write(repository.id, "blob", bytes);
  return created({ sha, url: `${repositoryUrl(github, repository)}/git/blobs/${sha}` });
}

const modes: Readonly<Record<string, string>> = {
  "100644": "blob",
  "100755": "blob",
  "120000": "blob",
  "040000": "tree",
  "160000": "commit",
};

/** What an entry of a new tree puts where: an object that is there, or a file of this content; null takes it away. */
async function placedBy(call: Call, entry: Body): Promise<Outcome<readonly [string, Placed]>> {
  const { github, repository } = call;
  const input = read(entry, { path: "string", mode: "string?", sha: "string|null?", content: "string?" });
  if (!input.done) return input;
  const { path, mode = "100644", sha, content } = input.value;
  const type = modes[mode];
  if (path.split("/").some((part) => ["", ".", "..", ".git"].includes(part))) {
    return unprocessable("tree.path contains a malformed path component");
  }
  if (type === undefined) return unprocessable("tree.mode must be one of 040000, 100644, 100755, 120000, or 160000");
  if (sha === null) return done([path, null]);
  if ((sha === undefined) === (content === undefined)) {
    return unprocessable("Must supply either tree.sha or tree.content.");
  }
  if (content !== undefined) {
    return done([path, { mode, sha: await github.git.write(repository.id, "blob", Buffer.from(content)) }]);
  }
  const there = sha !== undefined && (mode === "160000" || (await isThere(call, sha, type)));
  return there ? done([path, { mode, sha }]) : unprocessable(`tree.sha ${sha} is not a valid ${type}`);
}

async function writeTree(call: Call): Promise<Outcome<string>> {
  const { github, by, repository } = call;
  const allowed = mayWrite(github, by, repository);
  if (!allowed.done) return allowed;
  const input = read(call.body, { tree: "objects", base_tree: "string?" });
  if (!input.done) return input;
  const placed: Record<string, Placed> = {};
  for (const entry of input.value.tree) {
    const one = await placedBy(call, entry);
    if (!one.done) return one;
    placed[one.value[0]] = one.value[1];
  }
  const name = input.value.base_tree;
  if (name === undefined) return done(await writeEntries(github.git, repository.id, null, placed));
  const base = await treeNamed(call, name);
  if (base === null) return notFound;
  for (const [path, one] of Object.entries(placed)) {
    // GitHub does not take away what is not there.
    if (one === null && (await entryAt(github.git, repository.id, base, path)) === undefined)
      return unprocessable("GitRPC::BadObjectState");
  }
  return done(await writeEntries(github.git, repository.id, base, placed));
}

/** https://docs.github.com/rest/git */
export const gitObjectRoutes: readonly Route[] = [
  route(`GET ${repo}/git/commits/{sha}`, { contents: "read" }, getCommit),
  route(`POST ${repo}/git/commits`, { contents: "write" }, createCommit),
  route(`GET ${repo}/git/blobs/{sha}`, { contents: "read" }, getBlob),
  route(`POST ${repo}/git/blobs`, { contents: "write" }, createBlob),
  route(`GET ${repo}/git/trees/{tree_sha}`, { contents: "read" }, async (call) => {
    const sha = await treeNamed(call, call.params["tree_sha"] ?? "");
    return sha === null ? missing : ok(await presentTree(call, sha));
  }),
  route(`POST ${repo}/git/trees`, { contents: "write" }, async (call) =>
    answerLater(await writeTree(call), async (sha) => created(await presentTree(call, sha))),
  ),
  route(`GET ${repo}/git/tags/{sha}`, { contents: "read" }, (call) => presentTagObject(call, call.params["sha"] ?? "")),
  route(`POST ${repo}/git/tags`, { contents: "write" }, createTag),
];
