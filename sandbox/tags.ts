import type { Actor } from "./actor.ts";
import { deleteRef, mayWrite, signatureOf } from "./branches.ts";
import { type Commit, parseTag, printTag, type Tag } from "./git/objects.ts";
import type { Github } from "./github.ts";
import { pushRefs } from "./landing.ts";
import type { Repository, Sha } from "./model.ts";
import { done, type Outcome, refused } from "./outcome.ts";
import { isBranchName, peel, refAt, refsOf, resolveCommit } from "./refs.ts";

const prefix = "refs/tags/";

/** A tag with the commit it leads to, and what it says of itself where it is annotated. */
export type SeenTag = {
  readonly name: string;
  readonly commit: Commit | undefined;
  readonly annotation: Tag | null;
};

/** The names of all tags, as GitHub lists them: from Z to A. */
export function tagNames(github: Github, repositoryId: number): readonly string[] {
  const refs = Object.keys(refsOf(github, repositoryId)).filter((ref) => ref.startsWith(prefix));
  return refs
    .map((ref) => ref.slice(prefix.length))
    .sort()
    .reverse();
}

/** The tag of this name; undefined when there is none. */
export async function tagNamed(github: Github, repositoryId: number, name: string): Promise<SeenTag | undefined> {
  const sha = refAt(github, repositoryId, prefix + name);
  if (!sha) return undefined;
  const object = await github.git.read(repositoryId, sha);
  const commit = await github.git.commit(repositoryId, await peel(github, repositoryId, sha));
  return { name, commit, annotation: object?.type === "tag" ? parseTag(sha, object.content) : null };
}

/** Makes a tag at a branch or commit; an annotated one where there is a message. Needs write. */
export async function makeTag(
  github: Github,
  by: Actor,
  repository: Repository,
  input: { readonly name: string; readonly at: string; readonly message: string },
): Promise<Outcome<Sha>> {
  return github.exclusively(repository.id, async () => {
    const { name, at, message } = input;
    const allowed = mayWrite(github, by, repository);
    if (!allowed.done) return allowed;
    if (!isBranchName(name)) return refused(422, `${name} is not a valid ref name.`);
    const commit = await resolveCommit(github, repository.id, at);
    if (!commit) return refused(422, "Object does not exist");
    if (refAt(github, repository.id, prefix + name)) return refused(422, "Reference already exists");
    const content = printTag({ tag: name, object: commit, type: "commit", message, tagger: signatureOf(github, by) });
    const after = message === "" ? commit : await github.git.write(repository.id, "tag", content);
    const pushed = await pushRefs(github, by, repository, [{ ref: prefix + name, before: null, after }]);
    return pushed.done ? done(after) : pushed;
  });
}

export const deleteTag = (github: Github, by: Actor, repository: Repository, name: string): Promise<Outcome<null>> =>
  deleteRef(github, by, repository, prefix + name);
