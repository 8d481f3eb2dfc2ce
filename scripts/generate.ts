import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandReference } from "./command-reference.ts";
import { completeLock } from "./complete-lock.ts";
import { configReference, configSchemaFile } from "./config-reference.ts";
import { gateIndex, gatePages } from "./gate-pages.ts";

/** What each generated file has to hold, given what it holds now. One line a file. */
const generated: Readonly<Record<string, (now: string) => string>> = {
  "package-lock.json": completeLock,
  "schema/flowgate.schema.json": configSchemaFile,
  "docs/config.md": configReference,
  "docs/commands.md": commandReference,
  "docs/gates/README.md": gateIndex,
  ...gatePages,
};

// `npm run generate` writes the files; `npm run generate -- --check` only says which are stale.
const check = process.argv.includes("--check");
for (const [path, make] of Object.entries(generated)) {
  const file = join(import.meta.dirname, "..", path);
  const now = readIfThere(file);
  const wanted = make(now);
  if (wanted === now) continue;
  if (check) {
    console.error(`${path} is stale: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, wanted);
    console.log(`${path} written`);
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
