import { folderOf, HOLE } from "./paths.ts";
import {
  foldersOf,
  inContext,
  type Known,
  NOTHING,
  needsOf,
  type Recipe,
  type Setting,
  together,
  type Variables,
  valuesOf,
} from "./recipe.ts";
import { pieces, type Step, stepsOf, type Word } from "./shell.ts";

/** Words that stand before a command and leave it what it is. */
const BEFORE =
  /^([!{]|then|do|else|elif|if|while|until|sudo|exec|time|env|command|nice|nohup|timeout|xargs|run|try|retry)$/;
/** Options of `docker build` and its kin that take the next word; what is missing here must be written with `=`. */
const TAKES =
  /^--(add-host|allow|annotation|arch|attest|authfile|build-arg|build-context|builder|cache-from|cache-to|call|cgroup-parent|cpu-period|cpu-quota|cpu-shares|cpuset-cpus|cpuset-mems|creds|env|file|format|from|ignorefile|iidfile|isolation|jobs|label|manifest|memory|memory-swap|metadata-file|network|no-cache-filter|os|output|platform|progress|provenance|sbom|secret|security-opt|shm-size|ssh|tag|target|ulimit|volume)$|^-[a-zA-Z]*[fotmcv]$/;
const GLOBAL =
  /^(-c|-H|-l|--context|--host|--config|--log-level|--tls(cacert|cert|key)|--connection|--url|--root|--builder)$/;
/** Loops over folders are followed for so many of them. */
const MOST_FOLDERS = 16;
const DOCKER = ["Dockerfile", "dockerfile"];
const PODMAN = ["Containerfile", "Dockerfile", "dockerfile"];

type Place = {
  readonly variables: Map<string, Known>;
  /** The folders that it may be run from: the root of the repository, and its own. */
  readonly home: readonly string[];
};

/** What a shell script builds, wherever in the repository it is run from. */
export function readShell(path: string, text: string): Recipe {
  const home = [...new Set(["", folderOf(path)])];
  return readCommands(text, { here: home, home, variables: new Map() });
}

/** Commands that are run from `here`. What they set is added to the variables. */
export function readCommands(text: string, place: Place & { readonly here: readonly string[] }, make = false): Recipe {
  const found: Recipe[] = [];
  const before: (readonly string[])[] = [];
  let { here } = place;
  for (const step of stepsOf(text, make)) {
    if (!("bracket" in step)) {
      const come = command(step, here, place);
      found.push(come.recipe);
      here = come.here;
    } else if (step.bracket === "(") before.push(here);
    else here = before.pop() ?? here;
  }
  return together(found);
}

/**
 * What the recipes of a Makefile build. Variables are those of the file, wherever they stand in it; it does not know
 * conditions, functions other than plain variables, `define`, `include`, or variables of one target.
 */
export function readMakefile(path: string, text: string): Recipe {
  const lines = text
    .replaceAll("\r\n", "\n")
    .replace(/\\\n(?!\t)/g, " ")
    .split(/(?<!\\)\n/);
  const variables = new Map<string, Known>();
  for (const line of lines) {
    const [, name, value] = /^(?:export +)?([A-Za-z_]\w*)[ ]*[:?+]{0,3}=(.*)$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined) assign(name, pieces(value.trim(), true), variables);
  }
  const home = [...new Set(["", folderOf(path)])];
  const commands = lines.flatMap((line) => (line.startsWith("\t") ? [line.replace(/^[\t @+-]+/, "")] : []));
  return together(commands.map((line) => readCommands(line, { here: home, home, variables }, true)));
}

type Came = { readonly recipe: Recipe; readonly here: readonly string[] };

function command({ words, input }: Exclude<Step, { bracket: string }>, here: readonly string[], place: Place): Came {
  const { variables, home } = place;
  const said = words.map((word) => valuesOf(word, variables)[0] as string);
  let at = 0;
  for (let word = said[0]; word !== undefined; word = said[++at]) {
    const set = /^(\w+)=/.exec(word)?.[1];
    if (set !== undefined && /^[A-Za-z_]/.test(set)) assign(set, after(words[at] as Word, set), variables);
    else if (!BEFORE.test(word) && !(at > 0 && /^(-\S+|\d+[smh]?)$/.test(word))) break;
  }
  const [name = "", first, ...rest] = said.slice(at);
  const nothing = { recipe: NOTHING, here };
  switch (name.slice(name.lastIndexOf("/") + 1)) {
    case "export":
    case "local":
    case "readonly":
    case "declare":
      for (const word of words.slice(at + 1)) {
        const set = /^([A-Za-z_]\w*)=/.exec(valuesOf(word, variables)[0] as string)?.[1];
        if (set !== undefined) assign(set, after(word, set), variables);
      }
      return nothing;
    case "for": {
      const values = words.slice(at + 3).flatMap((word) => valuesOf(word, variables));
      if (first !== undefined && rest[0] === "in") variables.set(first, { values, needs: [] });
      return nothing;
    }
    case "cd":
    case "pushd":
      if (first === undefined) return nothing;
      return { recipe: NOTHING, here: pathsOf(words[at + 1] as Word, here, place).slice(0, MOST_FOLDERS) };
    case "popd":
      return { recipe: NOTHING, here: home };
    case "docker":
    case "nerdctl":
      return { recipe: build(words.slice(at + 1), input, DOCKER, here, place), here };
    case "podman":
    case "buildah":
      return { recipe: build(words.slice(at + 1), input, PODMAN, here, place), here };
    default:
      return nothing;
  }
}

function assign(name: string, value: Word, variables: Map<string, Known>): void {
  variables.set(name, { values: valuesOf(value, variables), needs: needsOf(value, variables) });
}

/** What stands right of the `=`. A name has no quotes in it, so it is the first letters of the word. */
function after(word: Word, name: string): Word {
  let left = name.length + 1;
  return word.flatMap((piece): Word => {
    if (typeof piece !== "string" || left === 0) return [piece];
    const cut = Math.min(left, piece.length);
    left -= cut;
    return [piece.slice(cut)];
  });
}

/** The Dockerfiles that a `docker build` and its kin mean, and the arguments it gives them. */
function build(
  words: readonly Word[],
  input: Word | null,
  names: readonly string[],
  here: readonly string[],
  place: Place,
): Recipe {
  const said = words.map((word) => valuesOf(word, place.variables)[0] as string);
  const pastOptions = (from: number) => {
    let next = from;
    while (said[next]?.startsWith("-")) next += GLOBAL.test(said[next] as string) ? 2 : 1;
    return next;
  };
  let at = pastOptions(0);
  if (/^(buildx|image|builder)$/.test(said[at] ?? "")) at = pastOptions(at + 1);
  if (!/^(build|b|bud|build-using-dockerfile)$/.test(said[at] ?? "")) return NOTHING;
  at++;

  const sets: Setting[] = [];
  const files: Word[] = [];
  let context: Word | null = null;
  for (; at < words.length; at++) {
    const word = words[at] as Word;
    const option = said[at] as string;
    if (option === "-" || !option.startsWith("-")) context = word;
    else if (/^-f[^=]/.test(option)) files.push(after(word, "f"));
    else {
      const [, long] = /^(--?[\w-]+)=/.exec(option) ?? [];
      const name = long ?? option;
      const value = long !== undefined ? after(word, long) : TAKES.test(option) ? words[++at] : undefined;
      if (value !== undefined && /^(--file|-\w*f)$/.test(name)) files.push(value);
      if (value !== undefined && name === "--build-arg") sets.push(argument(value, place.variables));
    }
  }
  const isInput = (word: Word) => valuesOf(word, place.variables)[0] === "-";
  if ([...files, ...(context !== null && files.length === 0 ? [context] : [])].some(isInput))
    return { sets, builds: input === null ? [] : pathsOf(input, here, place) };
  if (files.length > 0) return { sets, builds: files.flatMap((file) => pathsOf(file, here, place)) };
  const folders = context === null || isUnknown(context, place) ? [] : pathsOf(context, here, place);
  return { sets, builds: inContext(folders, names) };
}

const isUnknown = (word: Word, { variables }: Place) => valuesOf(word, variables).every((value) => value === HOLE);
const pathsOf = (word: Word, here: readonly string[], { variables, home }: Place) =>
  valuesOf(word, variables).flatMap((path) => foldersOf(path, here, home));

/** `X=value`; `X` alone passes on what is outside. */
function argument(value: Word, variables: Variables): Setting {
  const text = valuesOf(value, variables)[0] as string;
  const [, name = text] = /^(\w+)=/s.exec(text) ?? [];
  if (name === text) return { name, needs: variables.get(name)?.needs ?? [name] };
  return { name, needs: needsOf(after(value, name), variables) };
}
