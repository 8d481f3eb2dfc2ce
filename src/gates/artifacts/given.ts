import type { Policy } from "../../flow/config.ts";
import type { TreeEntry } from "../../flow/facts.ts";
import { matches } from "../../flow/pattern.ts";
import { shell } from "../../flow/words.ts";
import { code, type Problem, type Texted } from "./reading.ts";

/** The files of the head commit. */
export type Tree = { readonly entries: ReadonlyMap<string, TreeEntry>; readonly whole: boolean };

/** What is said of a file that is not in the tree. */
export const absent = ({ whole }: Tree) =>
  whole
    ? "is not in the repository"
    : "is not among the files that GitHub lists of the head, and that list was cut off";

/** The one script that activates a release. */
export function ofActivation(path: string, tree: Tree): Problem | null {
  const named = `${code(path)}, which \`artifacts.activation\` names,`;
  const entry = tree.entries.get(path);
  if (entry === undefined)
    return { because: `${named} ${absent(tree)}`, cure: "Commit it, or correct `artifacts.activation` in the config" };
  switch (entry.kind) {
    case "executable":
      return null;
    case "file":
      return {
        because: `${named} is not executable`,
        cure: `Make ${code(path)} executable and commit that`,
        copy: `git update-index --chmod=+x ${shell(path)}`,
      };
    default:
      return { because: `${named} is a ${entry.kind}`, cure: "Commit the script itself in its place" };
  }
}

/** The procedure of a service. */
export function ofService(name: string, path: string, tree: Tree, text: Texted): Problem | null {
  const named = `${code(path)}, the procedure of ${code(name)},`;
  const cure = `Write down step by step how ${code(name)} is set up, in a file that \`artifacts.services\` names`;
  const kind = tree.entries.get(path)?.kind;
  if (!/\.md$/i.test(path)) return { because: `${named} does not end in \`.md\``, cure };
  if (kind === undefined) return { because: `${named} ${absent(tree)}`, cure };
  if (kind === "link" || kind === "submodule") return { because: `${named} is a ${kind}`, cure };
  if ("unread" in text) return { because: `${named} cannot be read: ${text.unread}`, cure };
  return text.text.replace(/<!--.*?(-->|$)/gs, "").trim() === "" ? { because: `${named} is empty`, cure } : null;
}

/** A file that must not be added. Case does not count, so that `KEY.PEM` is no way round. */
export function ofForbidden(path: string, { forbidden, allowed }: Policy["artifacts"]): Problem | null {
  // A pattern takes no line for more than one; a file may have a line break in its name.
  const plain = path.replace(/\p{C}/gu, "_");
  const pattern = forbidden.find((one) => matches(plain.toLowerCase(), one.toLowerCase()));
  if (pattern === undefined || allowed.some((one) => matches(plain, one))) return null;
  return {
    because: `${code(path)} matches ${code(pattern)}, which \`artifacts.forbidden\` lists`,
    cure: `Take ${code(path)} out, or list it in \`artifacts.allowed\`; a secret that was pushed is known and must be replaced`,
  };
}
