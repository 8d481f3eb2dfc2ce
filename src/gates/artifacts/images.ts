import type { ChangedFile } from "../../flow/facts.ts";
import { count } from "../../flow/words.ts";
import type { Case } from "../gate.ts";
import { readCompose } from "./compose.ts";
import { parametersOf } from "./dockerfile.ts";
import { absent, type Tree } from "./given.ts";
import { lackingIn, setBy, type Takes } from "./parameters.ts";
import { folderOf, isCompose, isDockerfile, isEnvFile, isMakefile, means, nameOf } from "./paths.ts";
import { code, firstOf, maySay, type Problem, recipeIn, textAt } from "./reading.ts";
import type { Recipe } from "./recipe.ts";

/** Of files that are removed so many are looked at for what they built; beyond, every Dockerfile is asked about. */
const MOST_REMOVED = 20;

type Where = { readonly path: string; readonly recipe: Recipe };
/** What is wrong, and else what is so, each in a few words. */
type Seen = { readonly problems: readonly Problem[]; readonly said: readonly string[] };

/** Whether a change touches an image: a Dockerfile or compose file that it brings, or a build command that it takes. */
export const touchesImage = ({ path, before, blob }: ChangedFile, declared: readonly string[]): boolean =>
  (blob !== null && isImage(path, declared)) || maySay(takenAway({ path, before, blob }) ?? "", false);

const takenAway = ({ path, before, blob }: ChangedFile) => before ?? (blob === null ? path : null);
const isImage = (path: string, declared: readonly string[]) =>
  isDockerfile(path) || isCompose(path) || declared.includes(path);

/**
 * Each touched Dockerfile has its build command in the repository, also where it is the command that went; and what it
 * or a touched compose file takes from outside is set or named there. Null: something is still to be read.
 *
 * A file is found by its name: a Dockerfile that has another must stand in `artifacts.build`.
 *
 * @param budget how many files may be read.
 */
export function ofImages(
  of: Case,
  touched: readonly string[],
  changed: readonly ChangedFile[],
  tree: Tree,
  budget: number,
): Seen | null {
  const { build: declared, secrets } = of.policy.artifacts;
  const keys = Object.keys(declared);
  const all = touched.filter((path) => isImage(path, keys) && tree.entries.get(path)?.kind !== "submodule");
  const images = all.slice(0, budget);
  const read = readImages(of, images, tree);
  const orphans = orphanedBy(of, changed, tree);
  if (orphans === null || of.look.missing() !== null) return null;

  const dockerfiles = [...new Set([...images.filter((path) => !isCompose(path)), ...orphans])];
  const undeclared = dockerfiles.filter((path) => !Object.hasOwn(declared, path));
  const open = (one: Takes) => one.parameters.filter((name) => !secrets.includes(name));
  const envFiles = read.takes.flatMap((one) => one.envFiles);
  const parameters = new Set(read.takes.flatMap(open));
  const asksScripts = undeclared.length > 0 || read.takes.some((one) => !isCompose(one.path) && open(one).length > 0);
  const candidates = [...tree.entries.values()].flatMap(({ path, kind }) => {
    if (kind === "link" || kind === "submodule" || images.includes(path)) return [];
    const says = asksScripts && (maySay(path, kind === "executable") || Object.values(declared).includes(path));
    const sets = isCompose(path) || isEnvFile(path) || envFiles.some((file) => means(file, path));
    return says || (parameters.size > 0 && sets) ? [path] : [];
  });
  const likeliest = ranked(candidates, undeclared, Object.values(declared)).slice(0, budget - images.length);
  const said = readRecipes(of, likeliest, envFiles);
  if (of.look.missing() !== null) return null;

  const where = [...read.where, ...said.where];
  const notes = [
    ...said.notes,
    ...(tree.whole ? [] : ["GitHub cut off the list of files"]),
    ...(likeliest.length === candidates.length
      ? []
      : [`of ${candidates.length} files that may, the likeliest ${likeliest.length} were read`]),
  ];
  const also = notes.length === 0 ? "" : ` (${firstOf(notes)})`;
  const set = setBy(
    where.flatMap(({ recipe }) => recipe.sets),
    secrets,
  );
  const by = undeclared.map((path) => ({
    path,
    by: where.find(({ recipe }) => recipe.builds.some((one) => means(one, path)))?.path,
  }));
  const commands = Object.entries(declared).filter(([path]) => tree.entries.has(path));
  return {
    problems: [
      ...(images.length === all.length ? [] : [tooMany(all.length, budget)]),
      ...read.problems,
      ...commands.flatMap(([path, command]) => (isThere(tree, command) ? [] : [noCommand(path, command, tree)])),
      ...by.flatMap((one) => (one.by === undefined ? [unbuilt(one.path, also)] : [])),
      ...read.takes.flatMap((one) => lackingIn(one, set, tree, also)),
    ],
    said: saidOf(
      dockerfiles,
      [...by.map((one) => one.by), ...dockerfiles.map((path) => declared[path])],
      parameters.size,
      images.filter(isCompose).length,
    ),
  };
}

function saidOf(
  dockerfiles: readonly string[],
  by: readonly (string | undefined)[],
  parameters: number,
  composed: number,
): readonly string[] {
  const commands = [...new Set(by.flatMap((path) => (path === undefined ? [] : [code(path)])))];
  return [
    ...(dockerfiles.length > 0 || composed === 0 ? [] : [`${count(composed, "compose file")} touched`]),
    ...(dockerfiles.length === 0 ? [] : [`${firstOf(commands)} builds ${firstOf(dockerfiles.map(code))}`]),
    ...(parameters === 0 ? [] : [`${count(parameters, "parameter")} from outside can be looked up`]),
  ];
}

/** The touched files themselves: what they take, and what compose files build and set. */
function readImages({ look, pull }: Case, images: readonly string[], tree: Tree) {
  const problems: Problem[] = [];
  const takes: Takes[] = [];
  const where: Where[] = [];
  for (const path of images) {
    const isLink = tree.entries.get(path)?.kind === "link";
    const text = isLink ? { unread: "it is a link" } : textAt(look, path, pull.head.sha);
    if (text === null) continue;
    if ("unread" in text) problems.push(unreadable(path, text.unread));
    else if (isCompose(path)) {
      const composed = readCompose(path, text.text);
      if ("unread" in composed) problems.push(unreadable(path, composed.unread));
      else {
        takes.push({ ...composed, path });
        where.push({ path, recipe: composed });
      }
    } else {
      const found = parametersOf(text.text);
      if ("unread" in found) problems.push(unreadable(path, found.unread));
      else takes.push({ ...found, path, envFiles: [] });
    }
  }
  return { problems, takes, where };
}

function readRecipes({ look, pull }: Case, paths: readonly string[], envFiles: readonly string[]) {
  const where: Where[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const text = textAt(look, path, pull.head.sha);
    if (text === null) continue;
    const setsVariables = envFiles.some((file) => means(file, path));
    const recipe = "unread" in text ? text : recipeIn(path, text.text, setsVariables);
    if ("unread" in recipe) notes.push(`${code(path)} cannot be read: ${recipe.unread}`);
    else where.push({ path, recipe });
  }
  return { where, notes };
}

/** The Dockerfiles whose build command this removes or renames; null: it is still to be read. */
function orphanedBy(
  { look, component, pull }: Case,
  changed: readonly ChangedFile[],
  tree: Tree,
): readonly string[] | null {
  const gone = changed.flatMap((file) => takenAway(file) ?? []).filter((path) => maySay(path, false));
  if (gone.length > MOST_REMOVED) return [...tree.entries.keys()].filter(isDockerfile);
  const base = component.stages?.[pull.base] ?? null;
  if (base === null) throw new Error(`${pull.base} is a stage of a component and has no head`);
  const built = gone.flatMap((path) => {
    const text = textAt(look, path, base);
    const recipe = text === null || "unread" in text ? null : recipeIn(path, text.text);
    return recipe === null || "unread" in recipe ? [] : recipe.builds;
  });
  if (look.missing() !== null) return null;
  return built.length === 0
    ? []
    : [...tree.entries.values()].flatMap(({ path, kind }) =>
        kind !== "submodule" && built.some((one) => means(one, path)) ? [path] : [],
      );
}

/** The likeliest first: of several hundred scripts of a repository only so many are read. */
function ranked(
  paths: readonly string[],
  dockerfiles: readonly string[],
  declared: readonly string[],
): readonly string[] {
  const folders = dockerfiles.map(folderOf);
  const rank = (path: string) => {
    if (declared.includes(path)) return 0;
    if (isEnvFile(path) || isCompose(path)) return 1;
    if (isMakefile(path) || /build|docker|image|container|release|publish/i.test(nameOf(path))) return 2;
    return folders.includes(folderOf(path)) ? 3 : 4;
  };
  return paths
    .map((path) => ({ path, rank: rank(path) }))
    .toSorted((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

const isThere = ({ entries }: Tree, path: string) => /^(file|executable)$/.test(entries.get(path)?.kind ?? "");

const tooMany = (all: number, budget: number): Problem => ({
  because: `It touches ${all} Dockerfiles and compose files, and no more than ${budget} are read`,
  cure: "Promote it in smaller steps",
});
const unreadable = (path: string, why: string): Problem => ({
  because: `${code(path)} cannot be read: ${why}`,
  cure: `Correct ${code(path)}, or take it out`,
});
const noCommand = (path: string, command: string, tree: Tree): Problem => ({
  because: `${code(command)}, which \`artifacts.build\` names for ${code(path)}, ${absent(tree)}`,
  cure: `Commit ${code(command)}, or correct \`artifacts.build\` in the config`,
});
const unbuilt = (path: string, also: string): Problem => ({
  because: `${code(path)} has no build command in the repository${also}`,
  cure: `Commit a script or a Makefile that runs \`docker build\` for ${code(path)}, or a compose file or workflow that builds it, or name its command in \`artifacts.build\``,
});
