import { code } from "../../flow/words.ts";
import { folderOf, HOLE, means, nameOf } from "./paths.ts";
import { firstOf, type Problem, type Tree } from "./reading.ts";
import type { Setting } from "./recipe.ts";

/** What a touched file takes from outside. */
export type Takes = {
  readonly path: string;
  readonly parameters: readonly string[];
  readonly envFiles: readonly string[];
};

/** How far values are followed that are made of other variables. */
const DEEPEST = 20;
const TEMPLATES = ["example", "template", "sample"] as const;

/** The names that are set, also by values that are made of names that are set. */
export function setBy(settings: readonly Setting[], secrets: readonly string[]): ReadonlySet<string> {
  const set = new Set(secrets);
  for (let round = 0, before = -1; round < DEEPEST && before < set.size; round++) {
    before = set.size;
    for (const { name, needs } of settings) if (needs.every((need) => set.has(need))) set.add(name);
  }
  return set;
}

/** What of it nothing sets. @param also what was not looked at, in brackets. */
export function lackingIn(
  { path, parameters, envFiles }: Takes,
  set: ReadonlySet<string>,
  tree: Tree,
  also: string,
): readonly Problem[] {
  const lacking = parameters.filter((name) => !set.has(name)).map(code);
  const it = lacking.length === 1 ? "it" : "them";
  const file = envFiles.find((one) => !isGiven(one, tree, set));
  return [
    ...(lacking.length === 0
      ? []
      : [
          {
            because: `${code(path)} takes ${firstOf(lacking)} from outside, and nothing in the repository sets ${it}${also}`,
            cure: `Set ${firstOf(lacking)} in a compose file, the build command or a workflow, or name ${it} in \`.env.example\`, or in \`artifacts.secrets\` if that is a secret`,
          },
        ]),
    ...(file === undefined
      ? []
      : [
          {
            because: `${code(path)} reads ${code(file)}, and the repository has neither that file nor a template of it`,
            cure: `Commit ${code(`${file}.example`)} with the names of its variables, or list ${code(file)} in \`artifacts.secrets\``,
          },
        ]),
  ];
}

/** A file of variables is there, or a template of it, or its path is listed as secret. */
function isGiven(file: string, tree: Tree, secrets: ReadonlySet<string>): boolean {
  const name = nameOf(file);
  const folder = folderOf(file);
  const names = [
    name,
    ...TEMPLATES.flatMap((end) => [`${name}.${end}`, name.replace(/\.env$/, `.${end}.env`)]),
    ...(name.startsWith(".env") ? TEMPLATES.map((end) => `.env.${end}`) : []),
  ].map((one) => (folder === "" ? one : `${folder}/${one}`));
  const isThere = (one: string) =>
    one.includes(HOLE) ? [...tree.keys()].some((path) => means(one, path)) : tree.has(one);
  return secrets.has(file) || names.some(isThere);
}
