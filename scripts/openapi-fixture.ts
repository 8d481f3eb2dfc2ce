import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routes } from "../sandbox/rest/rest.ts";

// `node scripts/openapi-fixture.ts [VERSION]` cuts what the sandbox answers and sends out of GitHub's OpenAPI description
// and writes it to test/sandbox/openapi.json. The description is some 400 MB unpacked, so it is no dependency.

const source = "@octokit/openapi";
const version = process.argv[2] ?? "23.0.2";
const root = join(import.meta.dirname, "..");
const fixture = join(root, "test", "sandbox", "openapi.json");

/** The webhooks that the sandbox sends, by event. */
const webhooks: Readonly<Record<string, readonly string[]>> = {
  check_run: ["created", "completed", "rerequested", "requested_action"],
  check_suite: ["requested", "rerequested"],
  create: [],
  delete: [],
  fork: [],
  installation: ["created", "deleted", "new_permissions_accepted", "suspend", "unsuspend"],
  installation_repositories: ["added", "removed"],
  issue_comment: ["created", "edited", "deleted"],
  issues: ["opened", "edited", "closed", "reopened", "labeled", "unlabeled"],
  label: ["created", "edited", "deleted"],
  member: ["added", "edited", "removed"],
  membership: ["added", "removed"],
  merge_group: ["checks_requested", "destroyed"],
  organization: ["member_removed"],
  pull_request: [
    "opened",
    "edited",
    "synchronize",
    "closed",
    "reopened",
    "converted_to_draft",
    "ready_for_review",
    "labeled",
    "unlabeled",
    "review_requested",
    "review_request_removed",
    "auto_merge_enabled",
    "auto_merge_disabled",
    "enqueued",
    "dequeued",
  ],
  pull_request_review: ["submitted", "dismissed"],
  push: [],
  release: ["created", "edited", "published", "unpublished", "released", "prereleased", "deleted"],
  repository: ["created", "renamed", "edited", "privatized", "publicized", "archived", "unarchived", "deleted"],
  repository_ruleset: ["created", "edited", "deleted"],
  status: [],
  team: ["created", "deleted", "added_to_repository", "removed_from_repository"],
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schema = { readonly [key: string]: Json };
type Content = { readonly content?: { readonly "application/json"?: { readonly schema: Schema } } };
type Operation = { readonly requestBody?: Content; readonly responses: Readonly<Record<string, Content>> };
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly "x-webhooks": Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Schema>>>>;
};

/** Says nothing about which values fit. */
const silent = new Set([
  "default",
  "deprecated",
  "description",
  "discriminator",
  "example",
  "examples",
  "externalDocs",
  "readOnly",
  "title",
]);
const mark = "#/components/";

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An OpenAPI 3.0 schema as plain JSON Schema. GitHub's alternatives overlap, so one that fits is enough. */
function plain(schema: Schema, used: Set<string>): Schema {
  const kept: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (silent.has(key) || key.startsWith("x-") || key === "nullable") continue;
    if (key === "$ref") {
      const name = String(value).slice(String(value).lastIndexOf("/") + 1);
      used.add(String(value));
      kept[key] = `openapi#/$defs/${name}`;
    } else if (key === "properties" && isSchema(value)) {
      kept[key] = Object.fromEntries(
        Object.entries(value).map(([name, one]) => [name, isSchema(one) ? plain(one, used) : one]),
      );
    } else if (Array.isArray(value)) {
      kept[key === "oneOf" ? "anyOf" : key] = value.map((one) => (isSchema(one) ? plain(one, used) : one));
    } else kept[key] = isSchema(value) ? plain(value, used) : value;
  }
  return schema["nullable"] === true ? orNull(kept) : kept;
}

function orNull(schema: Record<string, Json>): Schema {
  const { type, enum: words } = schema;
  if (typeof type !== "string") return { anyOf: [schema, { type: "null" }] };
  return { ...schema, type: [type, "null"], ...(Array.isArray(words) ? { enum: [...words, null] } : {}) };
}

function download(): Description {
  const folder = mkdtempSync(join(tmpdir(), "openapi-"));
  const run = (command: string, args: readonly string[]) => {
    const { status, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr}`);
  };
  try {
    run("npm", ["pack", `${source}@${version}`, "--silent"]);
    const file = "package/generated/api.github.com.json";
    run("tar", ["xzf", `${source.slice(1).replace("/", "-")}-${version}.tgz`, file]);
    return JSON.parse(readFileSync(join(folder, file), "utf8")) as Description;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const description = download();
const used = new Set<string>();
const component = (ref: string) => {
  const [kind = "", name = ""] = ref.slice(mark.length).split("/");
  const found = description.components[kind]?.[name];
  if (!found) throw new Error(`the description has no ${ref}`);
  return found;
};
const schemaOf = (content: Content | undefined): Schema | null => {
  const there = content as (Content & { readonly $ref?: string }) | undefined;
  const resolved = there?.$ref === undefined ? there : (component(there.$ref) as Content);
  const schema = resolved?.content?.["application/json"]?.schema;
  return schema ? plain(schema, used) : null;
};

const nameless = (path: string) => path.replace(/\{[^}]+\}/g, "{}");
const published = new Map(
  Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => [`${method.toUpperCase()} ${nameless(path)}`, operation]),
  ),
);
const operations = routes.flatMap(({ method, path }) => {
  const operation = published.get(`${method} ${nameless(path)}`);
  if (!operation) return [];
  const request = schemaOf(operation.requestBody);
  const responses = Object.entries(operation.responses).map(([status, content]) => [status, schemaOf(content)]);
  return [[`${method} ${path}`, { request, responses: Object.fromEntries(responses) }]];
});
const payloads = Object.entries(webhooks).flatMap(([event, actions]) =>
  (actions.length === 0 ? [null] : actions).map((action) => {
    const key = [event, action].filter((word) => word !== null).join("_");
    const webhook = description["x-webhooks"][key.replaceAll("_", "-")];
    if (!webhook) throw new Error(`the description has no webhook ${key}`);
    return [action === null ? event : `${event} ${action}`, schemaOf(webhook.post.requestBody)];
  }),
);

const schemas: Record<string, Schema> = {};
for (const ref of used) {
  if (ref.startsWith(`${mark}schemas/`)) schemas[ref.slice(`${mark}schemas/`.length)] = plain(component(ref), used);
}
const text = JSON.stringify({
  source: `${source} ${version}`,
  operations: Object.fromEntries(operations),
  webhooks: Object.fromEntries(payloads),
  schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
});
writeFileSync(fixture, text);
spawnSync(join(root, "node_modules", ".bin", "biome"), ["format", "--write", fixture], { stdio: "inherit" });
console.log(`${fixture}: ${operations.length} operations and ${payloads.length} webhooks of ${source} ${version}`);
