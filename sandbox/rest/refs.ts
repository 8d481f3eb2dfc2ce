import { deleteRef, mayWrite } from "../branches.ts";
import { isAncestor } from "../git/history.ts";
import { pushRefs } from "../landing.ts";
import { repositoryUrl } from "../present/repositories.ts";
import { isBranchName, refAt, refsOf } from "../refs.ts";
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
  // Git holds tags to the same form of names as branches.
  if (!isBranchName(ref.replace(/^refs\/[^/]+\//, "")))
    return refusal({ status: 422, message: `${ref} is not a valid ref name.` });
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

async function deletesRef({ github, by, repository, params }: Call): Promise<Answer> {
  const deleted = await deleteRef(github, by, repository, `refs/${params["ref"]}`);
  return deleted.done ? noContent : refusal(deleted.refusal);
}

/** https://docs.github.com/rest/git/refs */
export const refRoutes: readonly Route[] = [
  route(`GET ${repo}/git/ref/{ref*}`, { contents: "read" }, getRef),
  route(`GET ${repo}/git/matching-refs/{ref*}`, { contents: "read" }, matchingRefs),
  route(`POST ${repo}/git/refs`, { contents: "write" }, createRef),
  route(`PATCH ${repo}/git/refs/{ref*}`, { contents: "write" }, updateRef),
  route(`DELETE ${repo}/git/refs/{ref*}`, { contents: "write" }, deletesRef),
];
