import type { ChangedFile, TreeEntry } from "../../flow/facts.ts";
import type { Look } from "../../flow/looking.ts";
import { code, count } from "../../flow/words.ts";
import type { Case } from "../gate.ts";
import { readCompose } from "./compose.ts";
import { parametersOf } from "./dockerfile.ts";
import { lackingIn, setBy, type Takes } from "./parameters.ts";
import { folderOf, isCompose, isDockerfile, isEnvFile, isMakefile, means, nameOf } from "./paths.ts";
import { firstOf, isFile, maySay, type Problem, recipeIn, type Tree, textIn } from "./reading.ts";
import type { Recipe } from "./recipe.ts";

/** Of files that are removed so many are looked at for what they built; beyond, every Dockerfile is asked about. */
const MOST_REMOVED = 20;
/** Of the files that may build an image so many bytes are read in all: they are taken to pieces at every judgement. */
const MOST_BYTES = 300_000;

type Where = { readonly path: string; readonly recipe: Recipe };
/** What a pull request changes, the files of its head, and those where it parted from its base, where they count. */
export type Brought = { readonly changed: readonly ChangedFile[]; readonly tree: Tree; readonly before: Tree };
/** What is wrong, and else what is so, each in a few words. */
type Seen = { readonly problems: readonly Problem[]; readonly said: readonly string[] };

/** Whether a change touches an image: a Dockerfile or compose file that it brings, or a build command that it takes. */
export const touchesImage = (file: ChangedFile, declared: readonly string[]): boolean =>
  (file.blob !== null && isImage(file.path, declared)) || takesCommand(file);

/** Whether a file goes, or goes elsewhere, that may have built an image. */
export const takesCommand = (file: ChangedFile): boolean => {
  const path = takenAway(file);
  return path !== null && maySay(path, true);
};

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
export function ofImages({ look, policy }: Case, { changed, tree, before }: Brought, budget: number): Seen | null {
  const { build: declared, secrets } = policy.artifacts;
  const keys = Object.keys(declared);
  const named = Object.values(declared);
  const all = changed.flatMap(({ path, blob }) =>
    blob !== null && isImage(path, keys) && tree.get(path)?.kind !== "submodule" ? [path] : [],
  );
  const images = all.slice(0, budget);
  const read = readImages(look, images, tree);
  const orphans = orphanedBy(look, changed, tree, before);
  if (orphans === null || look.missing() !== null) return null;

  const dockerfiles = [...new Set([...images.filter((path) => !isCompose(path)), ...orphans])];
  const undeclared = dockerfiles.filter((path) => !Object.hasOwn(declared, path));
  const open = (one: Takes) => one.parameters.filter((name) => !secrets.includes(name));
  const envFiles = read.takes.flatMap((one) => one.envFiles);
  const parameters = new Set(read.takes.flatMap(open));
  const asksScripts = undeclared.length > 0 || read.takes.some((one) => !isCompose(one.path) && open(one).length > 0);
  const candidates = [...tree.values()].filter((entry) => {
    const { path, kind } = entry;
    if (!isFile(entry) || images.includes(path)) return false;
    const says = asksScripts && (maySay(path, kind === "executable") || named.includes(path));
    const sets = isCompose(path) || isEnvFile(path) || envFiles.some((file) => means(file, path));
    return says || (parameters.size > 0 && sets);
  });
  const likeliest = likeliestOf(candidates, undeclared, named, budget - images.length);
  const said = readRecipes(look, likeliest, tree, envFiles);
  if (look.missing() !== null) return null;

  const where = [...read.where, ...said.where];
  const notes = [
    ...said.notes,
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
  const commands = Object.entries(declared).filter(([path]) => tree.has(path));
  return {
    problems: [
      ...(images.length === all.length ? [] : [tooMany(all.length, budget)]),
      ...read.problems,
      ...commands.flatMap(([path, command]) => (isFile(tree.get(command)) ? [] : [noCommand(path, command)])),
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
function readImages(look: Look, images: readonly string[], tree: Tree) {
  const problems: Problem[] = [];
  const takes: Takes[] = [];
  const where: Where[] = [];
  for (const path of images) {
    const text = textIn(look, tree, path);
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

function readRecipes(look: Look, paths: readonly string[], tree: Tree, envFiles: readonly string[]) {
  const where: Where[] = [];
  const notes: string[] = [];
  for (const path of paths) {
    const text = textIn(look, tree, path);
    if (text === null) continue;
    const setsVariables = envFiles.some((file) => means(file, path));
    const recipe = "unread" in text ? text : recipeIn(path, text.text, setsVariables);
    if ("unread" in recipe) notes.push(`${code(path)} cannot be read: ${recipe.unread}`);
    else where.push({ path, recipe });
  }
  return { where, notes };
}

/** The Dockerfiles whose build command this removes or renames; null: it is still to be read. */
function orphanedBy(look: Look, changed: readonly ChangedFile[], tree: Tree, before: Tree): readonly string[] | null {
  const gone = changed.flatMap((file) => {
    const path = takenAway(file);
    return path !== null && maySay(path, before.get(path)?.kind === "executable") ? [path] : [];
  });
  const files = [...tree.values()].flatMap((entry) => (isFile(entry) ? [entry.path] : []));
  if (gone.length > MOST_REMOVED) return files.filter(isDockerfile);
  const built = gone.flatMap((path) => {
    const text = textIn(look, before, path);
    const recipe = text === null || "unread" in text ? null : recipeIn(path, text.text);
    return recipe === null || "unread" in recipe ? [] : recipe.builds;
  });
  if (look.missing() !== null) return null;
  return files.filter((path) => built.some((one) => means(one, path)));
}

/** Of several hundred scripts only the likeliest are read, while neither their number nor their length is too much. */
function likeliestOf(
  files: readonly TreeEntry[],
  dockerfiles: readonly string[],
  declared: readonly string[],
  most: number,
): readonly string[] {
  const folders = dockerfiles.map(folderOf);
  const rank = ({ path }: TreeEntry) => {
    if (declared.includes(path)) return 0;
    if (isEnvFile(path) || isCompose(path)) return 1;
    if (isMakefile(path) || /build|docker|image|container|release|publish/i.test(nameOf(path))) return 2;
    return folders.includes(folderOf(path)) ? 3 : 4;
  };
  const ranked = files
    .map((file) => ({ ...file, rank: rank(file) }))
    .toSorted((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1));
  let bytes = 0;
  return ranked.slice(0, most).flatMap(({ path, size }) => {
    bytes += size;
    return bytes <= MOST_BYTES ? [path] : [];
  });
}

const tooMany = (all: number, budget: number): Problem => ({
  because: `It touches ${all} Dockerfiles and compose files, and no more than ${budget} are read`,
  cure: "Promote it in smaller steps",
});
const unreadable = (path: string, why: string): Problem => ({
  because: `${code(path)} cannot be read: ${why}`,
  cure: `Correct ${code(path)}, or take it out`,
});
const noCommand = (path: string, command: string): Problem => ({
  because: `${code(command)}, which \`artifacts.build\` names for ${code(path)}, is not in the repository`,
  cure: `Commit ${code(command)}, or correct \`artifacts.build\` in the config`,
});
const unbuilt = (path: string, also: string): Problem => ({
  because: `${code(path)} has no build command in the repository${also}`,
  cure: `Commit a script or a Makefile that runs \`docker build\` for ${code(path)}, or a compose file or workflow that builds it, or name its command in \`artifacts.build\``,
});
