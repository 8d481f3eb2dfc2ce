import { folderOf, HOLE } from "./paths.ts";
import { foldersOf, inContext, type Recipe, type Setting } from "./recipe.ts";
import { assignments, list, mapping, plain, readYaml } from "./yaml.ts";

/** A compose file: what it builds and sets, and what it takes from outside. */
export type Composed = Recipe & {
  readonly parameters: readonly string[];
  /** The files with variables that must be there. Unknown parts are holes. */
  readonly envFiles: readonly string[];
};

/** What the shell that runs it sets, or compose itself. */
const AMBIENT = /^(PWD|HOME|USER|UID|GID|PATH|HOSTNAME|COMPOSE_\w+)$/;

/** Does not follow `include` and `extends` into other files; those are read for themselves. */
export function readCompose(path: string, text: string): Composed | { readonly unread: string } {
  const read = readYaml(text);
  if ("unread" in read) return read;
  const home = folderOf(path);
  const { services } = mapping(read.content);
  const found = Object.values(mapping(services)).map((service) => ofService(mapping(service), home));
  const named = textsIn(read.content).flatMap((one) => variablesIn(one).required);
  return {
    builds: found.flatMap(({ builds }) => builds),
    sets: found.flatMap(({ sets }) => sets),
    envFiles: found.flatMap(({ envFiles }) => envFiles),
    parameters: [...new Set([...named, ...found.flatMap(({ passed }) => passed)])].filter(
      (name) => !AMBIENT.test(name),
    ),
  };
}

function ofService({ build, environment, env_file }: ReturnType<typeof mapping>, home: string) {
  const { args } = mapping(build);
  const given = [...assignments(environment), ...assignments(args)];
  return {
    builds: buildsOf(build, home),
    sets: given.flatMap(([name, value]): readonly Setting[] =>
      value === null ? [] : [{ name, needs: variablesIn(value).required }],
    ),
    passed: given.flatMap(([name, value]) => (value === null && /^[A-Za-z_]\w*$/.test(name) ? [name] : [])),
    envFiles: (Array.isArray(env_file) ? list(env_file) : [env_file]).flatMap((file) => {
      if (mapping(file)["required"] === false) return [];
      const named = plain(file) ?? plain(mapping(file)["path"]);
      return named === null ? [] : foldersOf(variablesIn(named).text, [home], [home]);
    }),
  };
}

/** `build: folder`, or a mapping; a Dockerfile's path is taken from its context. */
function buildsOf(build: unknown, home: string): readonly string[] {
  const { context, dockerfile, dockerfile_inline } = mapping(build);
  if (build === undefined || build === null || dockerfile_inline !== undefined) return [];
  const folders = foldersOf(variablesIn(plain(build) ?? plain(context) ?? ".").text, [home], [home]);
  const file = plain(dockerfile);
  if (file === null) return inContext(folders, ["Dockerfile", "dockerfile"]);
  return foldersOf(variablesIn(file).text, folders, folders);
}

function textsIn(content: unknown): readonly string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const left = [content];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === "string") found.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const one of Object.values(value)) left.push(one);
  }
  return found;
}

/**
 * The variables of a text as compose takes them: `$X`, `${X}`, `${X:-text}`, `${X:?error}`; `$$` is a dollar.
 *
 * @returns the text with its defaults, the rest as holes, and the variables that have no default.
 */
export function variablesIn(text: string, depth = 0): { readonly text: string; readonly required: readonly string[] } {
  const required: string[] = [];
  let shown = "";
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf("$", at);
    const next = dollar < 0 ? text.length : dollar;
    shown += text.slice(at, next);
    VARIABLE.lastIndex = next;
    const [all, name, braced] = VARIABLE.exec(text) ?? [];
    at = next + (all ?? "$").length;
    if (name !== undefined) {
      required.push(name);
      shown += HOLE;
    } else if (braced === undefined) shown += dollar < 0 ? "" : "$";
    else {
      const from = at;
      for (let open = 1; at < text.length; at++) {
        if (text.startsWith("${", at)) open++;
        if (text[at] === "}" && --open === 0) break;
      }
      const [, operator, otherwise = ""] = /^(:?[-+])(.*)$/s.exec(text.slice(from, at++)) ?? [];
      const inside = operator === undefined || depth >= DEEPEST ? null : variablesIn(otherwise, depth + 1);
      required.push(...(inside?.required ?? [braced]));
      shown += inside !== null && operator?.endsWith("-") ? inside.text : HOLE;
    }
  }
  return { text: shown, required };
}

const VARIABLE = /\$\$|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)/y;
/** Defaults within defaults are read so deep; what lies below counts as without one. */
const DEEPEST = 8;
