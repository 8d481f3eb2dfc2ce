import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { disableAutoMerge, enableAutoMerge } from "../../sandbox/auto-merge.ts";
import { requestAction } from "../../sandbox/checks.ts";
import { acceptPermissions, createApp, install, selectRepositories, suspend } from "../../sandbox/installing.ts";
import { dequeue, enqueue } from "../../sandbox/merge-queue.ts";
import { must } from "../../sandbox/outcome.ts";
import { convertToDraft, readyForReview } from "../../sandbox/pulls.ts";
import { routes } from "../../sandbox/rest/rest.ts";
import { createRepository, createTeam } from "../../sandbox/setup.ts";
import { rerunWorkflow, runWorkflow } from "../../sandbox/workflow-runs.ts";
import { type Answer, API, type Caller, type Delivery, EVERYTHING, type Place, startPlace } from "./github.ts";

type Schema = Readonly<Record<string, unknown>>;
type Published = {
  readonly source: string;
  readonly operations: Readonly<
    Record<string, { readonly request: Schema | null; readonly responses: Readonly<Record<string, Schema | null>> }>
  >;
  readonly webhooks: Readonly<Record<string, Schema>>;
  readonly schemas: Readonly<Record<string, Schema>>;
};
const published = JSON.parse(readFileSync(new URL("openapi.json", import.meta.url), "utf8")) as Published;

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true });
addFormats.default(ajv);
ajv.addFormat("repo.nwo", /^[^/\s]+\/[^/\s]+$/);
ajv.addSchema({ $id: "openapi", $defs: published.schemas });

/** Where the description and GitHub itself part ways, and the sandbox goes with GitHub. */
const exceptions: readonly { readonly of: RegExp; readonly says: RegExp; readonly because: string }[] = [
  {
    of: /^GET \/app\/installations 200$/,
    says: /^\/\*\/(account |account\/user_view_type |client_id |permissions\/merge_queues )/,
    because:
      "The list's own copy of the schema is old, and asks for an account that is a person and an enterprise at once.",
  },
  {
    of: /(^GET .*\/pulls 200|\/requested_reviewers 20[01])$/,
    says: /^(\/\*)?\/labels\/\*\/description must be string$/,
    because: "A label without a description has null there, which the schema of a label itself allows.",
  },
  {
    of: / (405|409|422)$/,
    says: /^\/status is unknown$/,
    because: "Every refusal repeats its status by now, and only the plainest schema knows.",
  },
  {
    of: /^(fork|status|team (added_to|removed_from)_repository)$/,
    says: /^\/(forkee\/has_discussions|commit\/author\/user_view_type|repository\/(has_discussions|web_commit_signoff_required)) is unknown$/,
    because: "Their own copies of a repository and of a person are old.",
  },
  {
    of: /^POST .*\/rulesets 422$/,
    says: /^\/errors\/\* must be object$/,
    because: "Of rulesets GitHub answers with sentences.",
  },
  {
    of: /^check_suite /,
    says: /^\/check_suite\/app\/events\/\* must be equal to one of the allowed values$/,
    because: "The list of events there is older than merge_group and repository_ruleset.",
  },
  {
    of: /^issues /,
    says: /^\/issue\/performed_via_github_app\/(events\/\* |client_id |permissions\/merge_queues )/,
    because: "The App of an issue is a copy as old.",
  },
  {
    of: /^(pull_request review_request(ed|_removed)|GET .*\/pulls\/\{number\} 200)$/,
    says: /\/requested_teams?(\/\*)?\/(notification_setting|type|parent) is unknown$/,
    because: "Of the several copies of a team only the newest knows all of it.",
  },
  {
    of: /(^release |\/releases)/,
    says: /\/state must be equal to one of the allowed values$/,
    because: "The states of a file leave out the starter that an upload may leave, as its own text says.",
  },
  {
    of: /\/releases\/\{release_id\}(\/assets)? 422$/,
    says: /^\/errors is unknown$/,
    because: "These two refusals have no schema, and say what is wrong like any other.",
  },
  {
    of: /^release /,
    says: /^\/release\/assets\/\*\/uploader\/user_view_type is unknown$/,
    because: "The person who uploaded a file is a copy as old.",
  },
  {
    of: /^push$/,
    says: /^\/pusher\/email must match format "email"$/,
    because: "A bot's address has the brackets of its login.",
  },
];

/** What keeps a value from fitting a schema, and what the schema does not know of it, a line each. */
function misfits(schema: Schema, value: unknown): readonly string[] {
  const fits = ajv.compile(schema);
  const errors = fits(value) ? [] : (fits.errors ?? []);
  const lines = errors.map(({ instancePath, message }) => `${instancePath.replace(/\/\d+(?=\/|$)/g, "/*")} ${message}`);
  return [...new Set([...lines, ...unknownIn(partsOf(schema), value)])];
}

/** A schema with all that it refers to or is made of. */
function partsOf(schema: Schema): readonly Schema[] {
  const named =
    typeof schema["$ref"] === "string" ? published.schemas[schema["$ref"].slice("openapi#/$defs/".length)] : null;
  const inner = ["allOf", "anyOf"].flatMap((key) => (schema[key] ?? []) as readonly Schema[]);
  return [schema, ...(named ? partsOf(named) : []), ...inner.flatMap(partsOf)];
}

/** Where a value has a property that no schema knows. */
function unknownIn(schemas: readonly Schema[], value: unknown, at = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) {
    const items = schemas.flatMap((schema) => (schema["items"] ? partsOf(schema["items"] as Schema) : []));
    return value.flatMap((entry) => unknownIn(items, entry, `${at}/*`));
  }
  const open = schemas.some((schema) => Boolean(schema["additionalProperties"]));
  if (open || !schemas.some((schema) => schema["properties"])) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const known = schemas.flatMap((schema) => {
      const property = (schema["properties"] as Readonly<Record<string, Schema>> | undefined)?.[name];
      return property ? [property] : [];
    });
    return known.length === 0
      ? [`${at}/${name} is unknown`]
      : unknownIn(known.flatMap(partsOf), inner, `${at}/${name}`);
  });
}

type Exchange = {
  readonly route: string;
  readonly status: number;
  readonly sent: unknown;
  readonly body: unknown;
  readonly by: "App" | "bot" | "person";
};
const exchanges: Exchange[] = [];
let deliveries: readonly Delivery[] = [];
let place: Place;

/** The same caller, with every exchange noted. */
function noted(caller: Caller, by: Exchange["by"]): Caller {
  const note = async <T>(method: string, sent: unknown, answer: Promise<Answer<T>>): Promise<Answer<T>> => {
    const { status, body, headers, text } = await answer;
    const route = place.github.requests.all().at(-1)?.route ?? "";
    exchanges.push({ route: `${method} ${route}`, status, sent, body, by });
    return { status, body, headers, text };
  };
  return {
    get: (path, headers) => note("GET", undefined, caller.get(path, headers)),
    post: (path, body, headers) => note("POST", body, caller.post(path, body, headers)),
    put: (path, body, headers) => note("PUT", body, caller.put(path, body, headers)),
    patch: (path, body, headers) => note("PATCH", body, caller.patch(path, body, headers)),
    delete: (path, body, headers) => note("DELETE", body, caller.delete(path, body, headers)),
  };
}

type Made = { readonly id: number; readonly sha: string; readonly number: number };

/** Calls every route there is, so that it has something to tell. */
async function play(): Promise<void> {
  const jwt = noted(place.jwt, "App");
  const bot = noted(await place.bot(), "bot");
  const dora = noted(place.as("dora"), "person");
  const rita = noted(place.as("rita"), "person");
  const ada = noted(place.as("ada"), "person");
  const olaf = noted(place.as("olaf"), "person");
  await people(ada, bot, olaf, noted(place.appFor("ada"), "person"));
  await teams(ada, dora, rita);
  await issues(dora, bot, olaf);
  await changes(ada, dora, bot, rita, olaf);
  await releases(ada, bot, dora);
  await workflows(bot);
  await rules(ada, bot, dora);
  await protection(ada, dora);
  await settings(ada, dora);
  await appRoutes(jwt, bot, dora);
}

async function people(ada: Caller, bot: Caller, olaf: Caller, appForAda: Caller) {
  createTeam(place.github, "acme", "Quality", ["rita"]);
  await createRepository(place.github, {
    owner: "acme",
    name: "web",
    private: true,
    description: "The front",
    roles: { "@quality": "maintain" },
    branches: [{ name: "main", commits: [{ message: "Begin", files: { a: "1" } }] }],
  });
  for (const path of [
    "/user",
    "/users/dora",
    "/users/acme",
    "/users/none",
    "/orgs/acme",
    "/orgs/none",
    "/orgs/acme/repos",
    "/orgs/acme/teams",
    "/orgs/acme/teams/quality",
    "/orgs/acme/teams/quality/members",
    "/orgs/acme/teams/quality/memberships/rita",
    "/orgs/acme/teams/quality/memberships/dora",
    "/apps/gate",
    API,
    "/repos/acme/web",
    "/repos/acme/web/teams",
    `${API}/collaborators`,
    `${API}/collaborators/rita`,
    `${API}/collaborators/olaf`,
    `${API}/collaborators/rita/permission`,
    "/user/installations",
    `/user/installations/${place.installation().id}/repositories`,
  ]) {
    await ada.get(path);
    await bot.get(path);
    await appForAda.get(path);
  }
  await ada.put(`${API}/collaborators/olaf`, { permission: "triage" });
  await ada.put(`${API}/collaborators/olaf`, { permission: "maintain" });
  await ada.delete(`${API}/collaborators/olaf`);
  await olaf.post(`${API}/forks`, {});
  await olaf.get(`${API}/forks`);
  await olaf.get("/repos/olaf/api");
}

async function teams(ada: Caller, dora: Caller, rita: Caller) {
  const all = "/orgs/acme/teams";
  const parent = (await ada.post<Made>(all, { name: "Night shift" })).body.id;
  await ada.post(all, { name: "Night shift" });
  await ada.post(all, { name: "Pager", parent_team_id: parent });
  await dora.post(all, { name: "Mine" });
  await ada.get(`${all}/pager`);
  await ada.get(all);
  await ada.put(`${all}/pager/memberships/rita`, { role: "maintainer" });
  await rita.put(`${all}/pager/memberships/dora`, { role: "member" });
  await dora.put(`${all}/pager/memberships/dora`, { role: "maintainer" });
  await rita.put(`${all}/pager/memberships/olaf`);
  await ada.get(`${all}/night-shift/members`);
  await ada.put(`${all}/pager/repos/acme/api`, { permission: "maintain" });
  await dora.put(`${all}/pager/repos/acme/api`, { permission: "admin" });
  await ada.put(`${all}/pager/repos/acme/api`, { permission: "king" });
  await ada.get(`${API}/teams`);
  await ada.delete(`${all}/pager/repos/acme/api`);
  await rita.delete(`${all}/pager/memberships/dora`);
  await rita.delete(`${all}/pager/memberships/dora`);
  await ada.delete(`${all}/pager`);
  await ada.delete(`${all}/pager`);
  await dora.delete(`${all}/night-shift`);
  await ada.put(`${all}/night-shift/memberships/tom`);
  await dora.delete("/orgs/acme/members/tom");
  await ada.delete("/orgs/acme/members/tom");
  await ada.delete("/orgs/acme/members/tom");
}

async function issues(dora: Caller, bot: Caller, olaf: Caller) {
  const all = `${API}/issues`;
  const { number } = (await dora.post<Made>(all, { title: "It falls over", body: "See", labels: ["severity-1"] })).body;
  const by = (await bot.post<Made>(all, { title: "It stands" })).body;
  await dora.post(all, { title: "" });
  await dora.post(all, { body: "Without a title" });
  await dora.patch(`${all}/${number}`, { title: "It fell over", body: "Look", labels: ["severity-2"] });
  await dora.patch(`${all}/${number}`, { state: "closed", state_reason: "not_planned" });
  await bot.get(`${all}/${number}`);
  await bot.get(`${all}?state=all`);
  await dora.patch(`${all}/${number}`, { state: "open" });
  await dora.patch(`${all}/${number}`, { state: "ajar" });
  await olaf.patch(`${all}/${number}`, { state: "closed" });
  await olaf.post(all, { title: "Help" });
  await bot.get(`${all}?labels=severity-2`);
  await bot.get(`${all}/${number}/labels`);
  await bot.get(`${all}/${by.number}`);
  await bot.get(`${all}/999`);
  await bot.delete(`${all}/${number}/labels/severity-2`);
}

async function changes(ada: Caller, dora: Caller, bot: Caller, rita: Caller, olaf: Caller) {
  const sha = await place.branch("topic", { "topic.txt": "1\n" });
  const opened = await dora.post<Made>(`${API}/pulls`, { title: "Topic", head: "topic", base: "main", body: "Why" });
  const pull = `${API}/pulls/${opened.body.number}`;
  const issue = `${API}/issues/${opened.body.number}`;
  await dora.post(`${API}/pulls`, { title: "Topic", head: "topic", base: "main" });
  await dora.post(`${API}/pulls`, { title: "None", head: "none", base: "main" });
  await place.commit("dora", "topic", { "more.txt": "1\n" });
  await place.commit("dora", "other", { "other.txt": "1\n" }, "main");
  await dora.patch(pull, { title: "The topic", body: "Why not" });
  await dora.patch(pull, { base: "other" });
  await dora.patch(pull, { base: "main", state: "closed" });
  await dora.patch(pull, { state: "open" });
  await convertToDraft(place.github, place.github.as("dora"), place.repository(), opened.body.number);
  await readyForReview(place.github, place.github.as("dora"), place.repository(), opened.body.number);

  await bot.post(`${issue}/labels`, { labels: ["one", "two"] });
  await bot.get(`${issue}/labels`);
  await bot.delete(`${issue}/labels/one`);
  await bot.delete(`${issue}/labels/none`);
  await bot.put(`${issue}/labels`, { labels: ["two", "three"] });
  await bot.delete(`${issue}/labels`);
  await bot.post(`${issue}/labels`, { labels: ["two"] });
  await labels(bot);
  const reviewers = { reviewers: ["rita"], team_reviewers: ["quality"] };
  await dora.put("/orgs/acme/teams/quality/repos/acme/api", { permission: "pull" });
  await bot.post(`${pull}/requested_reviewers`, { reviewers: ["olaf"] });
  await ada.get("/orgs/acme/teams/quality/repos/acme/api");
  await ada.put("/orgs/acme/teams/quality/repos/acme/api", { permission: "pull" });
  await ada.get("/orgs/acme/teams/quality/repos/acme/api");
  await bot.post(`${pull}/requested_reviewers`, reviewers);
  await bot.get(`${pull}/requested_reviewers`);
  await bot.get(pull);
  await bot.delete(`${pull}/requested_reviewers`, reviewers);
  const comment = (await bot.post<Made>(`${issue}/comments`, { body: "Hello" })).body;
  await olaf.post(`${issue}/comments`, { body: "From outside" });
  const at = `${API}/issues/comments/${comment.id}`;
  await bot.post(`${issue}/comments`, { body: "x".repeat(65_537) });
  await bot.patch(at, { body: "Hello all" });
  const reaction = (await bot.post<Made>(`${at}/reactions`, { content: "eyes" })).body;
  await bot.post(`${at}/reactions`, { content: "eyes" });
  await bot.get(`${at}/reactions`);
  await bot.get(at);
  await bot.delete(`${at}/reactions/${reaction.id}`);
  await bot.post(`${issue}/reactions`, { content: "heart" });
  await bot.get(`${issue}/comments`);
  await bot.delete(at);
  await bot.get(at);
  await rita.post(`${pull}/reviews`, { event: "APPROVE" });
  const review = (await rita.post<Made>(`${pull}/reviews`, { event: "REQUEST_CHANGES", body: "No." })).body;
  await dora.put(`${pull}/reviews/${review.id}/dismissals`, { message: "Settled." });
  await dora.put(`${pull}/reviews/${review.id}/dismissals`, { message: "Settled." });
  await bot.get(`${pull}/reviews`);

  const head = place.head("topic");
  const run = await bot.post<Made>(`${API}/check-runs`, { name: "gate", head_sha: head, status: "in_progress" });
  await bot.patch(`${API}/check-runs/${run.body.id}`, {
    conclusion: "failure",
    details_url: "https://example.com/why",
    output: { title: "No", summary: "Because.", annotations: [annotation] },
    actions: [{ label: "Again", description: "Judge anew", identifier: "again" }],
  });
  requestAction(place.github, place.github.as("dora"), place.repository(), run.body.id, "again");
  await bot.get(`${API}/check-runs/${run.body.id}`);
  await bot.get(`${API}/check-runs/${run.body.id}/annotations`);
  await bot.get(`${API}/commits/topic/check-runs`);
  const suites = await bot.get<{ check_suites: Made[] }>(`${API}/commits/topic/check-suites`);
  await dora.post(`${API}/check-runs/${run.body.id}/rerequest`);
  await dora.post(`${API}/check-suites/${suites.body.check_suites[0]?.id}/rerequest`);
  await bot.post(`${API}/statuses/${head}`, { context: "ci", state: "success", description: "Built" });
  await bot.get(`${API}/commits/topic/status`);
  await bot.get(`${API}/commits/topic/statuses`);

  for (const path of [
    `${API}/pulls?state=all`,
    pull,
    `${pull}/commits`,
    `${pull}/files`,
    `${pull}/merge`,
    `${API}/compare/main...topic`,
    `${API}/compare/main...none`,
    `${API}/commits`,
    `${API}/commits/${sha}`,
    `${API}/commits/${"0".repeat(40)}`,
    `${API}/commits/${sha}/pulls`,
    `${API}/contents`,
    `${API}/contents/README.md`,
    `${API}/contents/none`,
    `${API}/branches`,
    `${API}/branches/topic`,
    `${API}/branches/none`,
    `${API}/activity`,
    `${API}/activity?ref=topic&activity_type=push&direction=asc&per_page=1`,
    `${API}/activity?activity_type=walk`,
  ])
    await bot.get(path);
  await dora.put(`${pull}/merge`, { sha });
  await dora.put(`${pull}/merge`, { merge_method: "merge" });
  await dora.put(`${pull}/merge`, {});
  await bot.get(pull);
  await bot.get(`${pull}/merge`);
  await dora.post(`${API}/merges`, { base: "other", head: "main" });
  await dora.post(`${API}/merges`, { base: "other", head: "main" });
  await references(bot, dora, head);
  await olaf.delete("/repos/olaf/api");
}

async function labels(bot: Caller) {
  const all = `${API}/labels`;
  await bot.post(all, { name: "minor", color: "0e8a16", description: "A feature" });
  await bot.post(all, { name: "minor" });
  await bot.get(all);
  await bot.get(`${all}/minor`);
  await bot.get(`${all}/none`);
  await bot.patch(`${all}/minor`, { new_name: "feature", color: "c5def5", description: "Something new" });
  await bot.delete(`${all}/feature`);
}

async function references(bot: Caller, dora: Caller, sha: string) {
  const tag = { tag: "v1", message: "First", object: sha, type: "commit" };
  const object = (await bot.post<Made>(`${API}/git/tags`, tag)).body;
  await bot.get(`${API}/git/tags/${object.sha}`);
  await bot.post(`${API}/git/refs`, { ref: "refs/tags/v1", sha: object.sha });
  await bot.post(`${API}/git/refs`, { ref: "refs/heads/made", sha });
  await bot.post(`${API}/git/refs`, { ref: "refs/heads/made", sha });
  await bot.patch(`${API}/git/refs/heads/made`, { sha: place.head("main"), force: true });
  await bot.get(`${API}/git/ref/heads/made`);
  await bot.get(`${API}/git/ref/heads/none`);
  await bot.get(`${API}/git/matching-refs/heads/ma`);
  await bot.get(`${API}/tags`);
  await bot.get(`${API}/git/commits/${sha}`);
  const readme = (await bot.get<Made>(`${API}/contents/README.md`)).body;
  const content = Buffer.from("Made\n").toString("base64");
  await dora.put(`${API}/contents/docs/made.md`, { branch: "made", message: "Make it", content });
  await dora.put(`${API}/contents/docs/made.md`, { branch: "made", message: "Make it", content });
  await bot.get(`${API}/git/blobs/${readme.sha}`);
  await bot.get(`${API}/git/trees/main?recursive=1`);
  const blob = (await bot.post<Made>(`${API}/git/blobs`, { content: "Made\n" })).body;
  const entry = { path: "made.md", mode: "100644", type: "blob", sha: blob.sha };
  await bot.post(`${API}/git/trees`, { tree: [{ ...entry, sha: "0".repeat(40) }] });
  await bot.post(`${API}/git/trees`, { base_tree: readme.sha, tree: [entry] });
  await bot.post(`${API}/git/trees`, { base_tree: "main", tree: [{ ...entry, sha: null }] });
  const tree = (await bot.post<Made>(`${API}/git/trees`, { base_tree: "main", tree: [entry] })).body;
  const folder = { path: "folder", mode: "040000", type: "tree", sha: tree.sha };
  await bot.post(`${API}/git/trees`, { base_tree: "main", tree: [folder] });
  await bot.post(`${API}/git/commits`, { message: "Make it", tree: tree.sha, parents: [sha] });
  await bot.post(`${API}/git/commits`, { message: "Make it", tree: blob.sha });
  await bot.get(`${API}/git/trees/${"0".repeat(40)}`);
  await bot.delete(`${API}/git/refs/heads/made`);
  await bot.delete(`${API}/git/refs/heads/made`);
}

async function releases(ada: Caller, bot: Caller, dora: Caller) {
  type Release = Made & { readonly upload_url: string };
  const all = `${API}/releases`;
  const upload = ({ upload_url }: Release, name: string, content = "{}") =>
    bot.post<Made>(upload_url.replace("{?name,label}", `?name=${name}`), content, {
      "content-type": "application/json",
    });
  const draft = (await bot.post<Release>(all, { tag_name: "v1", name: "One", body: "First", draft: true })).body;
  const asset = (await upload(draft, "evidence.json")).body;
  await upload(draft, "evidence.json");
  await upload(draft, "empty.json", "");
  place.github.faults.add({ on: "request", path: /name=half\.json$/, times: 1, does: { kind: "half" } });
  await upload(draft, "half.json");
  await bot.get(`${all}/${draft.id}/assets`);
  await bot.patch(`${all}/assets/${asset.id}`, { name: "proof.json", label: "Proof" });
  await bot.get(`${all}/assets/${asset.id}`);
  await bot.get(`${all}/assets/${asset.id}`, { accept: "application/octet-stream" });
  await bot.get(`${all}/assets/1`);
  await bot.patch(`${all}/${draft.id}`, { body: "The first" });
  await bot.patch(`${all}/${draft.id}`, { draft: false, make_latest: "true" });
  for (const path of ["", "/latest", "/tags/v1", `/${draft.id}`, "/tags/none", "/1"]) await bot.get(`${all}${path}`);
  await dora.get(all);
  await dora.patch(`${all}/${draft.id}`, { draft: true });
  await bot.delete(`${all}/assets/${asset.id}`);
  const early = (await bot.post<Release>(all, { tag_name: "v2-rc", prerelease: true })).body;
  await bot.post(all, { tag_name: "v2-rc" });
  await bot.patch(`${all}/${early.id}`, { prerelease: false });
  await bot.post(`${all}/generate-notes`, { tag_name: "v3", target_commitish: "main", previous_tag_name: "v1" });
  await bot.delete(`${all}/${early.id}`);
  await bot.delete(`${all}/${early.id}`);
  const setting = `${API}/immutable-releases`;
  await ada.get(setting);
  await dora.put(setting);
  await ada.put(setting);
  await ada.get(setting);
  const locked = (await bot.post<Release>(all, { tag_name: "v3" })).body;
  await upload(locked, "late.json");
  await bot.patch(`${all}/${locked.id}`, { draft: true });
  await ada.delete(setting);
}

async function workflows(bot: Caller) {
  const { github } = place;
  const workflow = ".github/workflows/backup.yml";
  await place.commit("dora", "main", { [workflow]: "on: workflow_dispatch\n" });
  const failed = { workflow, branch: "main", conclusion: "failure" };
  const { id } = must(await runWorkflow(github, github.as("dora"), place.repository(), failed));
  must(rerunWorkflow(github, github.as("dora"), place.repository(), id, { conclusion: null }));
  for (const path of [`${id}`, `${id}/attempts/1`, `${id}/attempts/2`, "1"])
    await bot.get(`${API}/actions/runs/${path}`);
  await bot.get(`${API}/commits?sha=main&path=${encodeURIComponent(workflow)}`);
}

async function rules(ada: Caller, bot: Caller, dora: Caller) {
  const checks = {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context: "gate", integration_id: place.app.id }],
  };
  const queue = {
    check_response_timeout_minutes: 60,
    grouping_strategy: "ALLGREEN",
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    merge_method: "MERGE",
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
  };
  const ruleset = {
    name: "all",
    target: "branch",
    enforcement: "active",
    bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "pull_request" }],
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [
      { type: "deletion" },
      { type: "required_status_checks", parameters: checks },
      { type: "merge_queue", parameters: queue },
    ],
  };
  const { id } = (await ada.post<Made>(`${API}/rulesets`, ruleset)).body;
  await ada.post(`${API}/rulesets`, ruleset);
  await dora.post(`${API}/rulesets`, { ...ruleset, name: "other" });
  await bot.put(`${API}/rulesets/${id}`, { name: "renamed", bypass_actors: [] });
  await bot.get(`${API}/rulesets`);
  await bot.get(`${API}/rulesets/${id}`);
  await dora.get(`${API}/rulesets/${id}`);
  await bot.get(`${API}/rules/branches/main`);
  await bot.get(`${API}/branches/main`);

  const number = await place.pull("queued");
  await bot.post(`${API}/check-runs`, { name: "gate", head_sha: place.head("queued"), conclusion: "success" });
  await dora.put(`${API}/pulls/${number}/merge`, {});
  const by = place.github.as("dora");
  await enqueue(place.github, by, place.repository(), number);
  await dequeue(place.github, by, place.repository(), number);
  await bot.delete(`${API}/rulesets/${id}`);
  await bot.get(`${API}/rulesets/${id}`);

  await ada.patch(API, { allow_auto_merge: true });
  await ada.post(`${API}/rulesets`, { ...ruleset, rules: ruleset.rules.slice(0, 2) });
  const waiting = await place.pull("waiting");
  await enableAutoMerge(place.github, by, place.repository(), waiting, { method: "squash" });
  await bot.get(`${API}/pulls/${waiting}`);
  await bot.get(`${API}/pulls`);
  await disableAutoMerge(place.github, by, place.repository(), waiting);
}

async function protection(ada: Caller, dora: Caller) {
  const at = `${API}/branches/main/protection`;
  await ada.get(at);
  await ada.delete(at);
  const checks = [{ context: "gate", app_id: place.app.id }, { context: "build" }];
  const protect = {
    required_status_checks: { strict: true, contexts: [], checks },
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null,
  };
  await ada.put(at, protect);
  await dora.put(at, protect);
  await ada.put(`${API}/branches/none/protection`, protect);
  await ada.get(at);
  await ada.get(`${API}/branches/main`);
  await ada.get(`${API}/branches`);
  await ada.put(at, { ...protect, required_status_checks: null, enforce_admins: null });
  await ada.get(at);
  await dora.delete(at);
  await ada.delete(at);
  await ada.get(`${API}/branches/main`);
}

async function settings(ada: Caller, dora: Caller) {
  await dora.patch(API, { name: "mine" });
  await dora.post(`${API}/branches/other/rename`, { new_name: "another" });
  await dora.get(`${API}/branches/other`);
  await dora.post(`${API}/branches/none/rename`, { new_name: "another" });
  await ada.patch("/repos/acme/web", { name: "front", allow_squash_merge: false });
  await ada.get("/repos/acme/web");
  await ada.patch("/repos/acme/front", { private: false });
  await ada.patch("/repos/acme/front", { private: true });
  await ada.patch("/repos/acme/front", { archived: true });
  await ada.patch("/repos/acme/front", { archived: false });
  await ada.post("/repos/acme/front/branches/main/rename", { new_name: "trunk" });
  await ada.delete("/repos/acme/front");
  await ada.get("/repos/acme/front");
}

async function appRoutes(jwt: Caller, bot: Caller, dora: Caller) {
  const { id } = place.installation();
  await bot.get("/installation/repositories");
  await dora.get("/installation/repositories");
  await jwt.get("/app");
  await jwt.get("/app/installations");
  await jwt.get(`/app/installations/${id}`);
  await jwt.get("/app/installations/1");
  await jwt.post(`/app/installations/${id}/access_tokens`, {
    permissions: { contents: "read" },
    repositories: ["api"],
  });
  await jwt.post(`/app/installations/${id}/access_tokens`, { repositories: ["none"] });
  await jwt.get("/app/hook/config");
  await jwt.get(`${API}/installation`);
  await jwt.get("/orgs/acme/installation");
  await jwt.get("/users/acme/installation");
  await place.github.settled();
  const logged = await jwt.get<Made[]>("/app/hook/deliveries?per_page=5");
  await jwt.get(`/app/hook/deliveries/${logged.body[0]?.id}`);
  await jwt.post(`/app/hook/deliveries/${logged.body[0]?.id}/attempts`);
  acceptPermissions(place.github, id);
  suspend(place.github, id, true);
  suspend(place.github, id, false);
  selectRepositories(place.github, id, []);
  selectRepositories(place.github, id, "all");
  await jwt.put(`/app/installations/${id}/suspended`);
  await jwt.delete(`/app/installations/${id}/suspended`);
  await jwt.delete(`/app/installations/${id}`);
  install(place.github, place.app, "acme", "all");
}

const annotation = {
  path: "a.ts",
  start_line: 1,
  end_line: 1,
  annotation_level: "warning",
  message: "Look here",
};

beforeAll(async () => {
  place = await startPlace();
  createApp(place.github, { owner: "acme", name: "other", permissions: EVERYTHING, events: [] });
  deliveries = await place.hears(play);
});
afterAll(() => place.stop());

const named = ({ route, status }: Exchange) => `${route} ${status}`;
const nameOf = ({ event, payload }: Delivery) => (payload.action === undefined ? event : `${event} ${payload.action}`);

const usedExceptions = new Set<string>();

/** What does not fit and is no exception, by what it is in. */
function gathered(
  list: readonly (readonly [string, readonly string[]])[],
): Readonly<Record<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  for (const [name, lines] of list) {
    for (const line of lines) {
      const exception = exceptions.find(({ of, says }) => of.test(name) && says.test(line));
      if (exception) usedExceptions.add(exception.because);
      else found.set(name, (found.get(name) ?? new Set()).add(line));
    }
  }
  return Object.fromEntries([...found].map(([name, lines]) => [name, [...lines].sort()]));
}

describe(`what the sandbox says, held against ${published.source}`, () => {
  it("is on routes that GitHub publishes", () => {
    const foreign = routes.map(({ method, path }) => `${method} ${path}`).filter((one) => !published.operations[one]);
    // The root folder is published with the folders below it.
    expect(foreign).toEqual(["GET /repos/{owner}/{repo}/contents"]);
  });

  it("is heard here from every route and of every webhook", () => {
    const heard = new Set(exchanges.filter(({ status }) => status < 300).map(({ route }) => route));
    expect(Object.keys(published.operations).filter((route) => !heard.has(route))).toEqual([]);
    const sent = new Set(deliveries.map(nameOf));
    expect(Object.keys(published.webhooks).filter((webhook) => !sent.has(webhook))).toEqual([]);
  });

  it("answers requests that GitHub would take", () => {
    const list = exchanges
      .filter(({ status }) => status < 300)
      .map((one) => {
        const schema = published.operations[one.route]?.request;
        return [one.route, schema ? misfits(schema, one.sent ?? {}) : []] as const;
      });
    expect(gathered(list)).toEqual({});
  });

  it("fits as an answer that was asked for", () => {
    const list = exchanges
      .filter(({ status }) => status < 300)
      .map((one) => {
        const responses = published.operations[one.route]?.responses ?? {};
        const schema = responses[String(one.status)];
        if (schema === undefined && published.operations[one.route])
          return [named(one), ["is no published status"]] as const;
        return [named(one), schema ? misfits(schema, one.body) : []] as const;
      });
    expect(gathered(list)).toEqual({});
  });

  it("fits as a refusal", () => {
    const list = exchanges
      .filter(({ status }) => status >= 400)
      .map((one) => {
        const schema = published.operations[one.route]?.responses[String(one.status)];
        return [named(one), misfits(schema ?? { $ref: "openapi#/$defs/basic-error" }, one.body)] as const;
      });
    expect(gathered(list)).toEqual({});
  });

  it("fits as a webhook", () => {
    const list = deliveries.map((one) => {
      const schema = published.webhooks[nameOf(one)];
      return [nameOf(one), schema ? misfits(schema, one.payload) : ["is no published webhook"]] as const;
    });
    expect(gathered(list)).toEqual({});
  });

  it("makes no exception that is not needed", () => {
    expect(exceptions.map(({ because }) => because).filter((because) => !usedExceptions.has(because))).toEqual([]);
  });
});
