import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";

/** Which rooms of src a room may import, besides itself. A room is a folder of src, or a file that lies in src itself. */
const pure = ["flow", "release", "report", "gates", "commands", "decide", "intake"];
/** What puts the rooms together: these may use each other and every room. */
const house = ["sweep", "pipeline", "worker", "metrics", "trace", "server", "console", "app"];
const rooms = [...pure, "github", "reader", "store", "outage", "verifier", "signer", "board", ...house];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  flow: [],
  release: ["flow"],
  report: ["flow", "release"],
  gates: ["flow", "release"],
  commands: ["flow", "release"],
  decide: pure,
  intake: pure,
  github: ["flow"],
  store: ["flow"],
  outage: ["flow"],
  verifier: ["flow"],
  signer: ["flow"],
  board: ["flow", "release", "report", "store"],
  reader: ["flow", "release"],
  ...Object.fromEntries(house.map((room) => [room, rooms])),
  environment: rooms,
  main: [...rooms, "environment", "cli"],
  cli: [...rooms, "environment", "main"],
};
/** The one door between the sandbox and src, each way. */
const bridge = "sandbox/play.ts";
/** The libraries that are one room's secret. What a room hides can be replaced. */
const secrets: readonly { readonly library: RegExp; readonly knownTo: readonly string[] }[] = [
  { library: /^(probot|@octokit)(\/|$)/, knownTo: ["github", "app", "cli"] },
  { library: /^(kysely|pg|node:sqlite)(\/|$)/, knownTo: ["store"] },
  { library: /^(mdast|micromark)(-|\/|$)/, knownTo: ["release", "commands"] },
  { library: /^node:worker_threads$/, knownTo: ["reader"] },
  { library: /^standardwebhooks$/, knownTo: ["verifier"] },
];

type Import = { readonly from: string; readonly to: string; readonly dynamic: boolean };
type Source = { readonly path: string; readonly code: string; readonly imports: readonly Import[] };

/** What comments hide in and what looks like one: strings, templates and regular expressions stay, comments go. */
const literal = [
  /"(?:\\.|[^"\\\n])*"/,
  /'(?:\\.|[^'\\\n])*'/,
  /`(?:\\.|[^`\\])*`/,
  /(?<=[=(,:;!&|?{}[>\n]\s*|\breturn\s+)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//,
].map(({ source }) => source);
const literalOrComment = new RegExp(`(${literal.join("|")})|/\\*[\\s\\S]*?\\*/|//[^\\n]*`, "g");

function withoutComments(text: string): string {
  return text.replace(literalOrComment, (_, kept: string | undefined) => kept ?? " ");
}

/** Every module a file names: imports, re-exports and import() calls, type-only ones too. A relative one as its path from the root. */
function importsOf(path: string, code: string): readonly Import[] {
  const named = (pattern: RegExp, dynamic: boolean) =>
    [...code.matchAll(pattern)].map(([, name = ""]) => {
      const to = name.startsWith(".") ? normalize(join(dirname(path), name)) : name;
      return { from: path, to, dynamic };
    });
  return [
    ...named(/^\s*(?:import|export)\b[^;"'`=]*?\bfrom\s*["']([^"']+)["']/gm, false),
    ...named(/^\s*import\s*["']([^"']+)["']/gm, false),
    ...named(/\bimport\(\s*["'`]([^"'`]+)["'`]\s*\)/g, true),
  ];
}

function read(path: string): Source {
  const code = withoutComments(readFileSync(path, "utf8"));
  return { path, code, imports: importsOf(path, code) };
}

const sources = globSync("{src,sandbox}/**/*.ts").sort().map(read);
const others = globSync("{test,bench,scripts}/**/*.ts").sort().map(read);
const all = [...sources, ...others];
const source = new Set(sources.map(({ path }) => path));

/** The room of a path below src: its folder there, or its own name. Null elsewhere. */
function roomOf(path: string): string | null {
  const [top, room = ""] = path.split("/");
  return top === "src" ? room.replace(/\.ts$/, "") : null;
}

/** Why this import is not allowed, or null. */
function objection({ from, to, dynamic }: Import): string | null {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === null)
    return there === null || (from === bridge && there === "app") ? null : "the sandbox knows nothing of src";
  if (to.startsWith("sandbox/"))
    return to === bridge && dynamic && ["main", "cli"].includes(here) ? null : "src knows nothing of the sandbox";
  if (to.startsWith("test/") || to.startsWith("bench/")) return "what runs does not know its tests";
  if (there !== null)
    return there === here || mayImport[here]?.includes(there) ? null : `${here} may not import ${there}`;
  if (pure.includes(here) && to.startsWith("node:") && to !== "node:crypto") return `${here} is pure: no ${to}`;
  const secret = secrets.find(({ library }) => library.test(to));
  return secret === undefined || secret.knownTo.includes(here)
    ? null
    : `only ${secret.knownTo.join(", ")} may know ${to}`;
}

/** The circles of files that import each other, each once, as the files on the way round. */
function circles(files: readonly Source[]): readonly string[] {
  const imports = new Map(files.map(({ path, imports }) => [path, imports.map(({ to }) => to)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(" → "));
    if (done.has(path) || way.includes(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return found;
}

describe("the rooms", () => {
  test("every file of src lies in a room of the table, and every file was seen", () => {
    const homeless = sources.map(({ path }) => path).filter((path) => !((roomOf(path) ?? "main") in mayImport));
    expect(homeless).toEqual([]);
    const tops = new Set(all.map(({ path }) => path.split("/")[0]));
    expect([...tops].sort()).toEqual(["bench", "sandbox", "scripts", "src", "test"].filter((top) => existsSync(top)));
    expect(sources.length).toBeGreaterThan(40);
  });

  test("every relative import leads to a file that is there, and no import is computed", () => {
    const lost = sources.flatMap(({ imports }) =>
      imports
        .filter(({ to }) => /^(src|sandbox)\//.test(to) && !source.has(to))
        .map(({ from, to }) => `${from} → ${to}`),
    );
    expect(lost).toEqual([]);
    expect(all.filter(({ code }) => /\bimport\(\s*[^\s"'`]/.test(code)).map(({ path }) => path)).toEqual([]);
  });

  test("a room imports only what the table lets it", () => {
    const objections = sources.flatMap(({ imports }) =>
      imports.flatMap((one) => {
        const because = objection(one);
        return because === null ? [] : [`${one.from} imports ${one.to}: ${because}`];
      }),
    );
    expect(objections).toEqual([]);
  });

  test("no files import each other in a circle, not even for types", () => {
    expect(circles(all)).toEqual([]);
  });

  test("the environment is read in main and cli, and handed on as settings", () => {
    const reads = /\bprocess\s*\.\s*env\b|["']node:process["']|[=(]\s*process\s*[;,)]/;
    const rest = sources.filter(({ path }) => !["main", "cli", null].includes(roomOf(path)));
    expect(rest.filter(({ code }) => reads.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe("the names", () => {
  test("no file or folder is called after nothing in particular", () => {
    const vague = /(^|\/)(utils?|helpers?|common|services?|managers?|misc|index)(\.ts|\/)/;
    expect(all.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  test("what a file gives it gives by name, and it does not only pass on what others give", () => {
    expect(all.filter(({ code }) => /^\s*export\s+default\b/m.test(code)).map(({ path }) => path)).toEqual([]);
    const barrel = /^(\s*export\s+(type\s+)?(\*|\{)[^;]*\bfrom\b[^;]*;)+\s*$/;
    expect(all.filter(({ code }) => barrel.test(code)).map(({ path }) => path)).toEqual([]);
  });
});

describe("the reading of imports, by which all this stands", () => {
  test.each([
    ['import { a } from "./a.ts";', "src/flow/a.ts"],
    ['import type { A } from "../gates/gate.ts";', "src/gates/gate.ts"],
    ['import {\n  a,\n  type B,\n} from "pg";', "pg"],
    ['export { a } from "./a.ts";', "src/flow/a.ts"],
    ['export type * from "./a.ts";', "src/flow/a.ts"],
    ['import "./a.ts";', "src/flow/a.ts"],
    ['const a = await import("../../sandbox/play.ts");', "sandbox/play.ts"],
    ['type A = import("./a.ts").A;', "src/flow/a.ts"],
    ['const quote = /["/*]/; // "\nimport { a } from "./a.ts"; // */', "src/flow/a.ts"],
    ['const url = "https://example.com"; /* x */ // y\nimport { a } from "./a.ts";', "src/flow/a.ts"],
  ])("%j", (code, to) => {
    expect(importsOf("src/flow/x.ts", withoutComments(code)).map((one) => one.to)).toEqual([to]);
  });

  test.each(['// import { a } from "./a.ts";', '/*\nimport "./a.ts";\n*/', 'export const from = "./a.ts";'])(
    "not %j",
    (code) => {
      expect(importsOf("src/flow/x.ts", withoutComments(code))).toEqual([]);
    },
  );

  test.each([
    ["src/flow/x.ts", "src/store/commit.ts", "flow may not import store"],
    ["src/gates/x.ts", "node:fs", "gates is pure: no node:fs"],
    ["src/server.ts", "@octokit/core", "only github, app, cli may know @octokit/core"],
    ["src/board/x.ts", "pg", "only store may know pg"],
    ["src/report/x.ts", "mdast-util-from-markdown", "only release, commands may know mdast-util-from-markdown"],
    ["src/release/x.ts", "node:worker_threads", "release is pure: no node:worker_threads"],
    ["src/pipeline.ts", "node:worker_threads", "only reader may know node:worker_threads"],
    ["src/app.ts", "sandbox/play.ts", "src knows nothing of the sandbox"],
    ["sandbox/server.ts", "src/app.ts", "the sandbox knows nothing of src"],
    ["sandbox/play.ts", "src/store/commit.ts", "the sandbox knows nothing of src"],
  ])("%s must not import %s", (from, to, because) => {
    expect(objection({ from, to, dynamic: false })).toBe(because);
  });

  test("a circle is found, once", () => {
    const file = (path: string, ...tos: readonly string[]) => ({
      path,
      code: "",
      imports: tos.map((to) => ({ from: path, to, dynamic: false })),
    });
    expect(circles([file("a", "b"), file("b", "c", "d"), file("c", "a"), file("d")])).toEqual(["a → b → c → a"]);
  });
});
