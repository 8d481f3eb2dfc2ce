import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";
import type { Look } from "../flow/looking.ts";
import type { Sha } from "../flow/names.ts";

/** A file of the commit that is released; text null: it is too long to be read. */
export type VersionFile = { readonly path: string; readonly text: string | null };

type Tree = { readonly [key: string]: unknown };
type Reading = { readonly parse: (text: string) => unknown; readonly at: readonly (readonly [string, ...string[]])[] };

const plain = (text: string) => ({ line: text.trim().split(/[\r\n]/, 1)[0] });
const yaml = (text: string): unknown => parseYaml(text, { maxAliasCount: 0, uniqueKeys: false, logLevel: "silent" });

const READINGS: ReadonlyMap<string, Reading> = new Map(
  Object.entries<Reading>({
    "package.json": { parse: JSON.parse, at: [["version"]] },
    "composer.json": { parse: JSON.parse, at: [["version"]] },
    "pyproject.toml": {
      parse: parseToml,
      at: [
        ["project", "version"],
        ["tool", "poetry", "version"],
      ],
    },
    "Cargo.toml": {
      parse: parseToml,
      at: [
        ["package", "version"],
        ["workspace", "package", "version"],
      ],
    },
    "Chart.yaml": { parse: yaml, at: [["appVersion"]] },
    "pubspec.yaml": { parse: yaml, at: [["version"]] },
    VERSION: { parse: plain, at: [["line"]] },
    "version.txt": { parse: plain, at: [["line"]] },
  }),
);

/** Where a repository may say which version it is, in its root. */
export const VERSION_FILES: readonly string[] = [...READINGS.keys()];

/** In characters, of which bytes are never fewer; what is longer is not taken to pieces. */
const LONGEST = 200_000;

/** Those that a commit has: one read for which they are, and one for each. Null: still to be read. */
export function versionFilesAt(look: Look, commit: Sha): readonly VersionFile[] | null {
  const root = look.at({ want: "root-files", commit });
  const files = root?.filter(({ path, kind }) => READINGS.has(path) && (kind === "file" || kind === "executable"));
  const read = files?.map(({ path, blob, size }): VersionFile | null => {
    if (size > LONGEST) return { path, text: null };
    const text = look.at({ want: "blob", path, sha: blob });
    return text === null ? null : { path, text };
  });
  return read?.every((file) => file !== null) ? read : null;
}

/**
 * The version that a file says, as it is written there.
 *
 * @returns null where it says none, as in a package that is never published; `unreadable` where it is not what its name says.
 */
export function versionIn({ path, text }: VersionFile): { readonly says: string } | "unreadable" | null {
  const reading = READINGS.get(path);
  if (reading === undefined) return null;
  if (text === null || text.length > LONGEST) return "unreadable";
  let tree: unknown;
  try {
    tree = reading.parse(text);
  } catch {
    return "unreadable";
  }
  for (const keys of reading.at) {
    const value = keys.reduce<unknown>((of, key) => (isTree(of) ? of[key] : undefined), tree);
    if (typeof value === "string" && value !== "") return { says: value };
  }
  return null;
}

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;
