import { z } from "zod";
import { CONFIG_PATH, configSchema } from "../src/flow/config.ts";

type Node = {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Node>>;
};

const jsonSchema = z.toJSONSchema(configSchema, { io: "input" });

/** The schema of the config file as editors take it. */
export function configSchemaFile(): string {
  return `${JSON.stringify({ title: `Flowgate's config, ${CONFIG_PATH}`, ...jsonSchema }, null, 2)}\n`;
}

/** The reference page of the config file: every key, in the schema's order. */
export function configReference(): string {
  const keys = keysOf(jsonSchema as Node, "").map(section);
  return `# Config: \`${CONFIG_PATH}\`

<!-- Made by \`npm run generate\` from the schema in src/flow/config.ts: change it there. -->

One YAML file on the default branch of each component. It is read from there and from nowhere else, so no pull request
can change the rules that it is judged by. Every key may be left out; an empty file switches enforcement on with the
defaults. This is the shortest file that says what it does:

\`\`\`yaml
enforcement: managed
\`\`\`

- **No file:** the repository is observed. Its checks are neutral, their titles begin with “Would pass”, “Would refuse”
  or “Would wait”, and nothing is required.
- **A broken file:** the last good one stays in force, and every check names the line and the key. Where no file was ever
  valid, nothing is enforced.
- **A key that is not listed here** is an error; the message names the key that comes nearest.
- Editors complete and check the file where its first line is
  \`# yaml-language-server: $schema=PATH\` with the path or address of
  [\`schema/flowgate.schema.json\`](../schema/flowgate.schema.json).

${keys.join("\n")}`;
}

function keysOf(node: Node, path: string): readonly (readonly [string, Node])[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = path === "" ? name : `${path}.${name}`;
    return child.properties ? keysOf(child, key) : [[key, child] as const];
  });
}

function section([key, node]: readonly [string, Node]): string {
  return `## \`${key}\`

${node.description}

- **Takes:** ${takes(node)}.
- **Default:** ${shown(node.default)}
`;
}

function takes({ type, enum: words, minItems, maxItems }: Node): string {
  if (words) return words.map((word) => `\`${word}\``).join(", ");
  if (type === "array")
    return minItems === undefined ? `a list of up to ${maxItems}` : `a list of ${minItems} to ${maxItems}`;
  return { boolean: "`true`, `false`", object: "a mapping" }[type ?? ""] ?? "text";
}

function shown(value: unknown): string {
  if (value === undefined) return "not set";
  const all = Array.isArray(value) ? value : typeof value === "object" ? Object.keys(value ?? {}) : [value];
  return all.length === 0 ? "none" : all.map((one) => `\`${String(one)}\``).join(", ");
}
