import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { machineClock } from "../../sandbox/clock.ts";
import { type Sandbox, startSandbox } from "../../sandbox/server.ts";
import { API, type Caller, callerOf, type Place, startPlace } from "./github.ts";

let folder: string;
let before: Place;
let after: Sandbox;
let asked: ReadonlyMap<string, unknown>;
let comment: number;

const paths = [
  "",
  "/branches",
  "/pulls?state=all",
  "/pulls/1",
  "/pulls/1/commits",
  "/pulls/1/files",
  "/pulls/1/reviews",
  "/pulls/2",
  "/issues/1/comments",
  "/issues/1/labels",
  "/commits/one/check-runs",
  "/commits/one/check-suites",
  "/commits/one/status",
  "/rulesets",
  "/rules/branches/main",
  "/compare/main...one",
  "/contents/README.md",
  "/collaborators",
  "/teams",
  "/tags",
  "/releases",
  "/releases/tags/v1",
];
const tokenOf = (sandbox: Sandbox, login: string) => `token ${sandbox.github.tokenOf(login)}`;

/** What each path answers, with addresses that do not tell the port. */
async function tell(caller: Caller, url: string): Promise<ReadonlyMap<string, unknown>> {
  const told = new Map<string, unknown>();
  for (const path of paths) {
    const { status, text } = await caller.get(`${API}${path}`);
    told.set(path, { status, text: text.replaceAll(url.slice("http:".length), "//github") });
  }
  return told;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "restart-"));
  before = await startPlace({ folder });
  const dora = before.as("dora");
  const bot = await before.bot();
  await before.pull("one");
  await before.pull("two");
  comment = (await dora.post<{ id: number }>(`${API}/issues/1/comments`, { body: "Kept" })).body.id;
  await bot.post(`${API}/issues/comments/${comment}/reactions`, { content: "eyes" });
  await dora.post(`${API}/issues/1/labels`, { labels: ["kept"] });
  await before.as("rita").post(`${API}/pulls/1/reviews`, { event: "APPROVE" });
  const head_sha = before.head("one");
  const output = { title: "Fine", summary: "Because.", annotations: [] };
  await bot.post(`${API}/check-runs`, { name: "gate", head_sha, conclusion: "success", output });
  await bot.post(`${API}/statuses/${head_sha}`, { context: "ci", state: "success" });
  await before.as("ada").post(`${API}/rulesets`, {
    name: "kept",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    rules: [{ type: "deletion" }],
  });
  await dora.put(`${API}/pulls/2/merge`);
  const draft = { tag_name: "v1", draft: true };
  const release = (await dora.post<{ id: number; upload_url: string }>(`${API}/releases`, draft)).body;
  await dora.post(release.upload_url.replace("{?name,label}", "?name=kept.md"), "Kept", {
    "content-type": "text/markdown",
  });
  await dora.patch(`${API}/releases/${release.id}`, { draft: false });
  asked = await tell(before.as("ada"), before.sandbox.url);
  await before.github.settled();
  await before.stop();
  after = await startSandbox({ folder, host: "127.0.0.1", port: 0, clock: machineClock(), log: () => {} });
});
afterAll(async () => {
  await after.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("after a restart", () => {
  it("everything is told as before", async () => {
    expect(await tell(callerOf(after.apiUrl, tokenOf(after, "ada")), after.url)).toEqual(asked);
    for (const told of asked.values()) expect(told).toMatchObject({ status: 200 });
  });

  it("files of releases are there", async () => {
    const led = await callerOf(after.apiUrl, null).get(`${after.url}/acme/api/releases/download/v1/kept.md`);
    expect((await callerOf(after.apiUrl, null).get(led.headers.get("location") ?? "")).text).toBe("Kept");
  });

  it("tokens hold that were given before, and so does the App's key", async () => {
    expect(tokenOf(after, "dora")).toBe(tokenOf(before.sandbox, "dora"));
    const [token] = after.github.state.tokens.all().filter(({ installationId }) => installationId !== null);
    expect((await callerOf(after.apiUrl, `token ${token?.token}`).get(API)).status).toBe(200);
    expect(after.github.state.apps.get(before.app.id)).toEqual(before.app);
  });

  it("the delivery log goes on", async () => {
    const events = after.github.find.deliveriesOf(before.app.id).map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(["pull_request", "issue_comment", "check_run", "installation"]));
  });

  it("new things get numbers that nothing had", async () => {
    const dora = callerOf(after.apiUrl, tokenOf(after, "dora"));
    const { body } = await dora.post<{ id: number }>(`${API}/issues/1/comments`, { body: "New" });
    expect(body.id).toBeGreaterThan(comment);
    await dora.post(`${API}/git/refs`, { ref: "refs/heads/three", sha: (await headOf(dora, "one")) ?? "" });
    const opened = await dora.post(`${API}/pulls`, { title: "Three", head: "three", base: "main" });
    expect(opened).toMatchObject({ status: 201, body: { number: 3 } });
  });

  it("git has the last word where a kill came between git and memory", async () => {
    await after.stop();
    const { id } = before.repository();
    const { git } = after.github;
    const tip = (await git.run(id, ["rev-parse", "refs/heads/one"])).stdout.toString().trim();
    await git.run(id, ["update-ref", "refs/heads/late", tip]);
    after = await startSandbox({ folder, host: "127.0.0.1", port: 0, clock: machineClock(), log: () => {} });
    const dora = callerOf(after.apiUrl, tokenOf(after, "dora"));
    expect(await headOf(dora, "late")).toBe(tip);
  });
});

async function headOf(caller: Caller, branch: string): Promise<string | undefined> {
  const { body } = await caller.get<{ object?: { sha: string } }>(`${API}/git/ref/heads/${branch}`);
  return body.object?.sha;
}
