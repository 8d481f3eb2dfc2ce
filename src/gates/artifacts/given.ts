import type { Policy } from "../../flow/config.ts";
import type { Look } from "../../flow/looking.ts";
import { matches, plainPath } from "../../flow/pattern.ts";
import { code, shell } from "../../flow/words.ts";
import { isFile, type Problem, type Tree, textIn } from "./reading.ts";

/** The one script that activates a release. */
export function ofActivation(path: string, tree: Tree): Problem | null {
  const named = `${code(path)}, which \`artifacts.activation\` names,`;
  const entry = tree.get(path);
  if (entry === undefined)
    return {
      because: `${named} is not in the repository`,
      cure: "Commit it, or correct `artifacts.activation` in the config",
    };
  if (!isFile(entry)) return { because: `${named} is a ${entry.kind}`, cure: "Commit the script itself in its place" };
  if (entry.kind === "executable") return null;
  return {
    because: `${named} is not executable`,
    cure: `Make ${code(path)} executable and commit that`,
    copy: `git update-index --chmod=+x ${shell(path)}`,
  };
}

/** The procedure of a service. Null as well while it is still to be read. */
export function ofService(look: Look, name: string, path: string, tree: Tree): Problem | null {
  const named = `${code(path)}, the procedure of ${code(name)},`;
  const cure = `Write down step by step how ${code(name)} is set up, in a file that \`artifacts.services\` names`;
  if (!/\.md$/i.test(path)) return { because: `${named} does not end in \`.md\``, cure };
  const text = textIn(look, tree, path);
  if (text === null) return null;
  if ("unread" in text) return { because: `${named} cannot be read: ${text.unread}`, cure };
  return text.text.replace(/<!--.*?(-->|$)/gs, "").trim() === "" ? { because: `${named} is empty`, cure } : null;
}

/** A file that must not be added. Case does not count, so that `KEY.PEM` is no way round. */
export function ofForbidden(path: string, { forbidden, allowed }: Policy["artifacts"]): Problem | null {
  const plain = plainPath(path);
  const pattern = forbidden.find((one) => matches(plain.toLowerCase(), one.toLowerCase()));
  if (pattern === undefined || allowed.some((one) => matches(plain, one))) return null;
  return {
    because: `${code(path)} matches ${code(pattern)}, which \`artifacts.forbidden\` lists`,
    cure: `Take ${code(path)} out, or list it in \`artifacts.allowed\`; a secret that was pushed is known and must be replaced`,
  };
}
