import { z } from "zod";
import { CONFIG_PATH, configSchema } from "../src/flow/config.ts";

type Node = {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly type?: string;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
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

One YAML file on the default branch of each component, laid over the one on the default branch of the organisation's
repository \`.github\`, laid over the defaults: mappings key by key, lists instead of each other. It is read from there and from
nowhere else, so no pull request can change the rules that it is judged by. Every key may be left out; an empty file switches
enforcement on with the defaults. This is the shortest file that says what it does:

\`\`\`yaml
enforcement: managed
\`\`\`

- **No file, here or in the organisation:** the repository is observed. Its checks are neutral, their titles begin with “Would pass”, “Would refuse”
  or “Would wait”, and nothing is required.
- **A broken file:** the last good one stays in force, and every check names the line, the column and the key. Where no file
  was ever valid, nothing is enforced.
- **A change of the file** comes into force when it reaches the default branch by a pull request that a release manager
  approved who neither opened it nor pushed to it: the gate \`policy\` says what would hold then, and marks the lines at fault.
  What is pushed past it stays out of force, and every check says so. The first valid file needs one person with \`admin\`.
- **A key that is not listed here** is a mistake too, and the nearest key is named.
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

function takes(node: Node): string {
  const { enum: words, type, minItems, maxItems, items } = node;
  if (words) return words.map((word) => `\`${word}\``).join(", ");
  if (type === "array")
    return `${minItems === undefined ? `up to ${maxItems}` : `${minItems} to ${maxItems}`} ${items?.anyOf ? "entries" : "names"}, as a list`;
  if (type === "object")
    return `a mapping from names to ${typeof node.additionalProperties === "object" ? inEach(node.additionalProperties) : "values"}`;
  return type === "boolean" ? "`true`, `false`" : "text";
}

const inEach = ({ type, items }: Node): string =>
  type === "array" ? `lists of ${(items?.enum ?? []).map((word) => `\`${word}\``).join(", ") || "names"}` : "text";

function shown(value: unknown): string {
  if (value === undefined) return "see above";
  const values = Array.isArray(value) ? value : [value];
  return values.length === 0 ? "none" : values.map((one) => `\`${String(one)}\``).join(", ");
}
