import type { ZodType } from "zod";
import type { Effect } from "../flow/effect.ts";
import type { Instant, Sha } from "../flow/names.ts";
import type { Call, Send } from "./call.ts";
import { commitAt } from "./commits.ts";
import { failed, found, isThere, type Outcome } from "./failure.ts";
import { malformed, parsed, type Read } from "./read.ts";
import { madeShape } from "./releasing.ts";
import { headOf, type Place, root } from "./repository.ts";

type Commit = Extract<Effect, { thing: "commit" }>;

/**
 * Makes a commit and its branch: the tree and the commit, which nobody sees by themselves, and then their name. A branch of
 * that name is taken for it where its commit says the same.
 * https://docs.github.com/rest/git/trees#create-a-tree, https://docs.github.com/rest/git/commits#create-a-commit
 */
export function committer(send: Send, read: Read, clock: { now(): Instant }) {
  return async (place: Place, effect: Commit): Promise<Outcome<Sha>> => {
    const { branch, parents, message } = effect;
    const tree = await treeOf(place, effect);
    if (!tree.ok) return tree;
    const commit = await make(place, "commits", { message, tree: tree.value, parents });
    if (!commit.ok) return commit;
    const { installation, priority } = place;
    const body = { ref: `refs/heads/${branch}`, sha: commit.value };
    const named = await send({ installation, priority, method: "POST", path: `${root(place)}/git/refs`, body });
    if (named.ok) return commit;
    if (!isThere(named.failure)) return named;
    const there = await isAs(place, effect, tree.value);
    if (!there.ok) return there;
    return there.value ? commit : failed(named.failure);
  };

  /** GitHub makes no tree of no entries. */
  function treeOf(place: Place, { tree: base_tree, folders }: Commit): Promise<Outcome<Sha>> {
    if (folders.length === 0) return Promise.resolve(found(base_tree));
    const tree = folders.map(({ path, tree: sha }) => ({ path, mode: "040000", type: "tree", sha }));
    return make(place, "trees", { base_tree, tree });
  }

  /** Whether a branch of that name is at a commit of that tree with those parents. */
  async function isAs(place: Place, { branch, parents }: Commit, tree: Sha): Promise<Outcome<boolean>> {
    const at = await headOf(read, place, branch);
    if (!at.ok) return at;
    if (at.value === null) return found(false);
    const there = await commitAt(read, place, at.value);
    return there.ok ? found(there.value.tree === tree && there.value.parents.join() === parents.join()) : there;
  }

  async function make(place: Place, what: "trees" | "commits", body: NonNullable<Call["body"]>): Promise<Outcome<Sha>> {
    const { installation, priority } = place;
    const path = `${root(place)}/git/${what}`;
    const made = await send({ installation, priority, method: "POST", path, body });
    if (!made.ok) return made;
    const shape: ZodType<{ readonly sha: Sha }> = madeShape;
    const result = parsed(made.value.text, shape);
    return "value" in result ? found(result.value.sha) : malformed(result.flaw, made.value.status, clock.now());
  }
}
