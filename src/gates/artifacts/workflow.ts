import { HOLE } from "./paths.ts";
import { foldersOf, inContext, type Known, NOTHING, type Recipe, type Setting, together } from "./recipe.ts";
import { readCommands } from "./script.ts";
import { list, mapping, plain, readYaml } from "./yaml.ts";

/**
 * What a workflow of GitHub Actions builds: by docker/build-push-action, and in the lines that it runs. Of expressions
 * it knows `matrix.x` and `env.x`; it does not follow actions and workflows that are called.
 */
export function readWorkflow(text: string): Recipe | { readonly unread: string } {
  const read = readYaml(text);
  if ("unread" in read) return read;
  const { jobs, env, defaults } = mapping(read.content);
  const all = Object.values(mapping(jobs)).flatMap((job) => {
    const { steps, strategy, env: ofJob, defaults: inJob } = mapping(job);
    const names = new Map([...environment(env), ...matrixOf(strategy), ...environment(ofJob)]);
    const folder = folderIn(inJob) ?? folderIn(defaults) ?? ".";
    return list(steps).map((step) => ofStep(mapping(step), folder, names));
  });
  return together(all);
}

const folderIn = (defaults: unknown) => plain(mapping(mapping(defaults)["run"])["working-directory"]);

const environment = (env: unknown): readonly (readonly [string, Known])[] =>
  Object.entries(mapping(env)).map(([name, value]) => [name, { values: [withHoles(plain(value) ?? HOLE)], needs: [] }]);

/** The values of a matrix, of its lists and of what it includes, under names that no shell variable has by chance. */
function matrixOf(strategy: unknown): readonly (readonly [string, Known])[] {
  const { include, ...lists } = mapping(mapping(strategy)["matrix"]);
  const values = new Map<string, string[]>();
  const add = (name: string, value: unknown) => {
    const text = plain(value);
    if (text !== null) values.set(name, [...(values.get(name) ?? []), withHoles(text)]);
  };
  for (const [name, all] of Object.entries(lists)) for (const value of list(all)) add(name, value);
  for (const one of list(include)) for (const [name, value] of Object.entries(mapping(one))) add(name, value);
  return [...values].map(([name, all]) => [MATRIX + name.replaceAll("-", "_"), { values: all, needs: [] }]);
}

const MATRIX = "__matrix__";
/** Bounded, so that a text of nothing but beginnings takes no time. */
const EXPRESSION = /\$\{\{\s{0,9}(?:(matrix|env)\.([\w-]{1,100}))?((?:[^}]|\}(?!\})){0,500})\}\}/g;
const withHoles = (text: string) => text.replace(EXPRESSION, HOLE);

/** Expressions as variables of a shell, for lines that a shell runs. */
const asShell = (text: string) =>
  text.replace(EXPRESSION, (_, of: string | undefined, name: string, more: string) =>
    of === undefined || more.trim() !== "" ? HOLE : `\${${of === "matrix" ? MATRIX : ""}${name.replaceAll("-", "_")}}`,
  );

/** A text of an action's input, with each of the values that it can have. */
function texts(value: unknown, names: ReadonlyMap<string, Known>): readonly string[] {
  const text = plain(value);
  if (text === null) return [];
  const [expression, of, name = ""] = /\$\{\{\s{0,9}(matrix|env)\.([\w-]{1,100})\s{0,9}\}\}/.exec(text) ?? [];
  if (expression === undefined) return [withHoles(text)];
  const known = names.get((of === "matrix" ? MATRIX : "") + name.replaceAll("-", "_"));
  return (known?.values ?? [HOLE]).map((one) => withHoles(text.replaceAll(expression, () => one)));
}

function ofStep(step: ReturnType<typeof mapping>, folder: string, names: ReadonlyMap<string, Known>): Recipe {
  const { uses, run, env, "working-directory": own } = step;
  if (/^[\w.-]+\/build-push-action@/.test(plain(uses) ?? "")) return ofAction(mapping(step["with"]), names);
  const lines = plain(run);
  if (lines === null) return NOTHING;
  const here = texts(plain(own) ?? folder, names).flatMap((one) => foldersOf(one, [""], [""]));
  const variables = new Map([...names, ...environment(env)]);
  return readCommands(asShell(lines), { here, home: ["", ...here], variables });
}

/** https://github.com/docker/build-push-action#inputs */
function ofAction(given: ReturnType<typeof mapping>, names: ReadonlyMap<string, Known>): Recipe {
  const sets = (plain(given["build-args"]) ?? "").split("\n").flatMap((line): readonly Setting[] => {
    const [, name] = /^\s*([A-Za-z_]\w*)=/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, needs: [] }];
  });
  const files = texts(given["file"], names);
  if (files.length > 0) return { sets, builds: files.flatMap((file) => foldersOf(file, [""], [""])) };
  const contexts = texts(plain(given["context"]) ?? ".", names).map((one) =>
    one.replace(/^\{\{defaultContext\}\}:?/, "./"),
  );
  const folders = contexts.flatMap((one) => (one === HOLE ? [] : foldersOf(one, [""], [""])));
  return { sets, builds: inContext(folders, ["Dockerfile", "dockerfile"]) };
}
