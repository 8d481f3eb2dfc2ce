import { createHash } from "node:crypto";
import { type Sha, sha, short } from "../../flow/names.ts";
import type { Evidence } from "../evidence/record.ts";
import { type Check, failed, ok, unknown } from "./check.ts";

/** An object of git, its content as `git cat-file` gives it. */
export type GitObject = { readonly type: "commit" | "tree" | "blob" | "tag"; readonly bytes: Uint8Array };
/** What was read of a clone. Nothing of it is believed before its content was found to have its id. */
export type Clone = {
  /** Where `refs/tags/…` of the release points; null: there is no such tag. */
  readonly tag: Sha | null;
  /** Null: it is not there. Not in the map: it was not looked for yet. */
  readonly objects: ReadonlyMap<Sha, GitObject | null>;
};

/** Which objects have to be read before a clone can be checked, as far as can be told by those that were. */
export function lacking(evidence: Evidence, clone: Clone): readonly Sha[] {
  const lacks = new Set<Sha>();
  checksOf(evidence, clone, (id) => lacks.add(id));
  return [...lacks];
}

/** Whether a clone has what the evidence says was released: commit, tree, tag with its message, run-book. */
export const cloneChecks = (evidence: Evidence, clone: Clone | null): readonly Check[] =>
  clone === null
    ? [unknown("repository", "No clone was given, so commit, tag and run-book were not looked at.")]
    : checksOf(evidence, clone, () => {});

type Found = { readonly bytes: Buffer } | { readonly not: string };

function checksOf(evidence: Evidence, { tag, objects }: Clone, lacks: (id: Sha) => void): readonly Check[] {
  const { release, ledger, runBook } = evidence;
  const { name } = release.tag;

  /** An object whose content has its id, which git does not look at each time it reads. */
  function read(type: GitObject["type"], id: Sha): Found {
    const object = objects.get(id);
    if (object === undefined) lacks(id);
    if (!object) return { not: `The clone has no ${type} ${id}: fetch it, or it is a clone of another repository.` };
    const bytes = Buffer.from(object.bytes);
    const hash = createHash("sha1").update(`${object.type} ${bytes.length}\0`).update(bytes).digest("hex");
    if (hash !== id)
      return { not: `The ${object.type} ${id} in the clone was changed: its content does not have its id.` };
    return object.type === type ? { bytes } : { not: `${id} is a ${object.type} in the clone, and no ${type}.` };
  }

  function commitCheck(): Check {
    const commit = read("commit", release.commit);
    if ("not" in commit) return failed("commit", commit.not);
    const tree = /^tree ([0-9a-f]{40})\n/.exec(commit.bytes.toString("latin1"))?.[1];
    return tree === release.tree
      ? ok("commit", `The clone has the commit ${short(release.commit)} with the tree that was released.`)
      : failed("commit", `The commit ${short(release.commit)} has the tree ${tree}, and not ${release.tree}.`);
  }

  function tagCheck(): Check {
    if (tag === null)
      return failed(
        "tag",
        `The clone has no tag ${name}: fetch the tags (\`git fetch --tags\`), or it was taken away.`,
      );
    if (tag !== release.tag.object) return failed("tag", `The tag ${name} was changed: ${changed(tag)}.`);
    const object = read("tag", tag);
    if ("not" in object) return failed("tag", object.not);
    const said = tagIn(object.bytes);
    if (said.object !== release.commit || said.type !== "commit" || said.tag !== name)
      return failed(
        "tag",
        `The tag ${name} is of ${said.type} ${said.object}, and not of the commit ${release.commit}.`,
      );
    if (!said.message.includes(ledger.merged.hash))
      return failed(
        "tag",
        `The message of the tag ${name} does not name the ledger's entry of the merge, ${ledger.merged.hash}.`,
      );
    return ok(
      "tag",
      `The tag ${name} is the one that was made: it is of that commit, and its message names the ledger's entry of the merge.`,
    );
  }

  /** How a tag differs from the one that was made. */
  function changed(id: Sha): string {
    const object = objects.get(id);
    if (object === undefined) lacks(id);
    if (object?.type !== "tag") return `it points to ${id} itself, and was an object with a message`;
    const said = tagIn(Buffer.from(object.bytes));
    if (said.object !== release.commit) return `it is of ${said.object}, and was of ${release.commit}`;
    return said.message.includes(ledger.merged.hash)
      ? `it is the object ${id}, and was ${release.tag.object}, so its message, name, date or author differs`
      : `its message does not name the ledger's entry of the merge, ${ledger.merged.hash}`;
  }

  function runBookCheck(): Check {
    if (runBook === null) return ok("run-book", "There was no run-book.");
    let at: { readonly sha: Sha; readonly isFile: boolean } = { sha: release.tree, isFile: false };
    for (const part of runBook.path.split("/")) {
      const tree = read("tree", at.sha);
      if ("not" in tree) return failed("run-book", tree.not);
      const entry = entryOf(tree.bytes, part);
      if (entry === null) return failed("run-book", `There is no ${runBook.path} in what was released.`);
      at = entry;
    }
    if (!at.isFile || at.sha !== runBook.blob)
      return failed(
        "run-book",
        `${runBook.path} in what was released is ${at.sha}, and not the run-book that was walked through, ${runBook.blob}.`,
      );
    const blob = read("blob", at.sha);
    return "not" in blob
      ? failed("run-book", blob.not)
      : ok("run-book", `${runBook.path} in what was released is the run-book that was walked through.`);
  }

  return [commitCheck(), tagCheck(), runBookCheck()];
}

/** https://git-scm.com/docs/git-mktag#_tag_format */
function tagIn(bytes: Buffer) {
  const text = bytes.toString("utf8");
  const [headers = "", ...message] = text.split("\n\n");
  const header = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(headers)?.[1] ?? "nothing";
  return { object: header("object"), type: header("type"), tag: header("tag"), message: message.join("\n\n") };
}

/** Entries stand one after the other: mode, a blank, the name, NUL and twenty bytes of the id. */
function entryOf(tree: Buffer, name: string): { readonly sha: Sha; readonly isFile: boolean } | null {
  for (let at = 0, end = 0; at < tree.length; at = end + 21) {
    end = tree.indexOf(0, at);
    if (end === -1) return null;
    const [mode = "", ...called] = tree.toString("utf8", at, end).split(" ");
    if (called.join(" ") === name)
      return { sha: sha(tree.toString("hex", end + 1, end + 21)), isFile: /^100(?:644|755)$/.test(mode) };
  }
  return null;
}
