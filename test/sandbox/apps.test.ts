import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { acceptPermissions, changeApp, createApp, install, suspend, uninstall } from "../../sandbox/installing.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { API, EVERYTHING, jwtOf, type Place, startPlace } from "./github.ts";

let place: Place;

beforeAll(async () => {
  place = await startPlace();
  const branches = [{ name: "main", commits: [{ message: "Begin", files: { a: "1" } }] }];
  await createRepository(place.github, { owner: "acme", name: "secret", private: true, branches });
  await createRepository(place.github, { owner: "olaf", name: "diary", private: true, branches });
});
afterAll(() => place.stop());

const now = () => Math.floor(Date.now() / 1000);
const tokens = () => `/app/installations/${place.installation().id}/access_tokens`;
const notAccessible = "Resource not accessible by integration";

describe("an App's JWT", () => {
  it("proves which App asks, by its id or its client id", async () => {
    expect(await place.jwt.get("/app")).toMatchObject({ status: 200, body: { id: place.app.id, slug: "gate" } });
    const byClient = place.bearing(`Bearer ${jwtOf({ iss: place.app.clientId }, place.app.privateKey)}`);
    expect(await byClient.get("/app")).toMatchObject({ status: 200 });
  });

  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const foreign = other.export({ type: "pkcs1", format: "pem" }) as string;
  it.each([
    ["has run out", () => jwtOf({ iss: place.app.id, exp: now() - 1 }, place.app.privateKey), 401, /'exp'/],
    [
      "lives over ten minutes",
      () => jwtOf({ iss: place.app.id, exp: now() + 720 }, place.app.privateKey),
      401,
      /too far/,
    ],
    [
      "was made in the future",
      () => jwtOf({ iss: place.app.id, iat: now() + 300 }, place.app.privateKey),
      401,
      /'iat'/,
    ],
    ["is signed with another key", () => jwtOf({ iss: place.app.id }, foreign), 401, /could not be decoded/],
    ["is not signed at all", () => jwtOf({ iss: place.app.id }, foreign, { alg: "none" }), 401, /could not be decoded/],
    ["names no App", () => jwtOf({ iss: 1 }, place.app.privateKey), 404, /Integration not found/],
  ])("is refused when it %s", async (_why, jwt, status, message) => {
    const answer = await place.bearing(`Bearer ${jwt()}`).get("/app");
    expect(answer).toMatchObject({ status, body: { message: expect.stringMatching(message) } });
  });

  it("opens the App's own routes and no others", async () => {
    expect((await place.jwt.get(API)).status).toBe(401);
    expect((await (await place.bot()).get("/app")).status).toBe(401);
    expect((await place.as("ada").get("/app")).status).toBe(401);
  });

  it("reaches the App's own installations only", async () => {
    const app = createApp(place.github, { owner: "olaf", name: "other", permissions: {}, events: [] });
    const foreignInstallation = install(place.github, app, "olaf", "all");
    expect(await place.jwt.get(`/app/installations/${foreignInstallation.id}`)).toMatchObject({ status: 404 });
    expect(await place.jwt.post(`/app/installations/${foreignInstallation.id}/access_tokens`)).toMatchObject({
      status: 404,
    });
    expect(await place.jwt.get("/app/installations")).toMatchObject({ body: [{ id: place.installation().id }] });
  });
});

describe("an installation token", () => {
  it("lives one hour and is longer than the 40 characters of old", async () => {
    const { status, body } = await place.jwt.post<{ token: string; expires_at: string }>(tokens());
    expect(status).toBe(201);
    expect(body.token).toMatch(/^ghs_[\w.-]{60,}$/);
    const life = Date.parse(body.expires_at) - place.clock.now().getTime();
    expect(Math.abs(life - 3_600_000)).toBeLessThan(2_000);
  });

  it("is refused once it has run out, in time and not before", async () => {
    const bot = await place.bot();
    place.clock.skip(59 * 60_000);
    expect((await bot.get(API)).status).toBe(200);
    place.clock.skip(60_000);
    expect(await bot.get(API)).toMatchObject({ status: 401, body: { message: "Bad credentials" } });
  });

  it("is narrowed to the repositories and permissions it was asked for", async () => {
    const { status, body } = await place.jwt.post<{ token: string }>(tokens(), {
      repositories: ["api"],
      permissions: { contents: "read" },
    });
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        repository_selection: "selected",
        permissions: { contents: "read", metadata: "read" },
        repositories: [{ full_name: "acme/api" }],
      },
    });
    const bot = place.bearing(`token ${body.token}`);
    expect((await bot.get(`${API}/contents/README.md`)).status).toBe(200);
    expect((await bot.get("/repos/acme/secret")).status).toBe(404);
    expect((await bot.post(`${API}/git/refs`, { ref: "refs/heads/x", sha: place.head("main") })).status).toBe(403);
  });

  it.each([
    ["a permission the installation lacks", { permissions: { workflows: "write" } }],
    ["more of a permission than it has", { permissions: { members: "write" } }],
    ["a repository of somebody else", { repositories: ["diary"] }],
  ])("is not given for %s", async (_what, body) => {
    expect(await place.jwt.post(tokens(), body)).toMatchObject({ status: 422 });
  });

  it("lists the repositories it reaches, which no person may ask that way", async () => {
    expect(await (await place.bot()).get("/installation/repositories")).toMatchObject({
      status: 200,
      body: { total_count: 2, repositories: [{ full_name: "acme/api" }, { full_name: "acme/secret" }] },
    });
    expect((await place.as("dora").get("/installation/repositories")).status).toBe(403);
  });

  it("is nobody: it has no user of its own", async () => {
    expect(await (await place.bot()).get("/user")).toMatchObject({ status: 403, body: { message: notAccessible } });
  });
});

describe("permissions", () => {
  it("missing on a public repository answer 403, and say what would do", async () => {
    const bot = await place.bot({ permissions: { contents: "read", pull_requests: "read" } });
    const merge = await bot.put(`${API}/pulls/1/merge`);
    expect(merge).toMatchObject({ status: 403, body: { message: notAccessible } });
    expect(merge.headers.get("x-accepted-github-permissions")).toBe("contents=write");
    const comment = await bot.post(`${API}/issues/1/comments`, { body: "hello" });
    expect(comment.headers.get("x-accepted-github-permissions")).toBe("issues=write; pull_requests=write");
  });

  it("missing on a private repository answer 404", async () => {
    const bot = await place.bot({ permissions: { issues: "read" } });
    expect(await bot.get("/repos/acme/secret/contents/a")).toMatchObject({ status: 404 });
  });

  it("of one kind do not stand for another: a comment may be written with either of two, a reaction with one", async () => {
    const bot = await place.bot({ permissions: { pull_requests: "write" } });
    const number = await place.pull("rights");
    const comment = await bot.post<{ id: number }>(`${API}/issues/${number}/comments`, { body: "hello" });
    expect(comment.status).toBe(201);
    const reaction = await bot.post(`${API}/issues/comments/${comment.body.id}/reactions`, { content: "+1" });
    expect(reaction).toMatchObject({ status: 403, body: { message: notAccessible } });
  });

  it("hide a private repository from everybody who may not see it", async () => {
    for (const caller of [place.as("olaf"), place.anonymous]) {
      expect(await caller.get("/repos/acme/secret")).toMatchObject({ status: 404, body: { message: "Not Found" } });
    }
    expect((await (await place.bot()).get("/repos/olaf/diary")).status).toBe(404);
    expect((await place.as("tom").get("/repos/acme/secret")).status).toBe(200);
  });

  it("let anybody read a public repository and nobody write without a name", async () => {
    expect((await place.anonymous.get(`${API}/pulls`)).status).toBe(200);
    expect((await place.anonymous.post(`${API}/pulls`, {})).status).toBe(401);
  });

  it("of a person follow the role", async () => {
    const rename = { name: "api2" };
    expect(await place.as("dora").patch(API, rename)).toMatchObject({ status: 403 });
    expect(
      await place.as("olaf").post(`${API}/git/refs`, { ref: "refs/heads/x", sha: place.head("main") }),
    ).toMatchObject({ status: 403 });
    const permission = (login: string) => place.as("dora").get(`${API}/collaborators/${login}/permission`);
    expect((await permission("rita")).body).toMatchObject({ permission: "write", role_name: "maintain" });
    expect((await permission("tom")).body).toMatchObject({ permission: "read", role_name: "triage" });
    expect((await permission("ada")).body).toMatchObject({ permission: "admin", role_name: "admin" });
    expect((await permission("olaf")).body).toMatchObject({ permission: "read", role_name: "read" });
  });

  it("that an App newly asks for hold only once the owner accepted them", async () => {
    const more = { ...EVERYTHING, workflows: "write" } as const;
    changeApp(place.github, place.app.id, { permissions: more });
    expect((await place.jwt.post(tokens(), { permissions: { workflows: "write" } })).status).toBe(422);
    const heard = await place.hears(async () => acceptPermissions(place.github, place.installation().id));
    expect(heard).toMatchObject([{ event: "installation", payload: { action: "new_permissions_accepted" } }]);
    expect((await place.jwt.post(tokens(), { permissions: { workflows: "write" } })).status).toBe(201);
  });
});

describe("an installation", () => {
  it("may read what is public of repositories it does not cover, and write nothing there", async () => {
    const branches = [{ name: "main", commits: [{ message: "Begin", files: { a: "1" } }] }];
    await createRepository(place.github, { owner: "olaf", name: "blog", branches });
    const bot = await place.bot();
    expect((await bot.get("/repos/olaf/blog/contents/a")).status).toBe(200);
    const sha = (await bot.get<{ commit: { sha: string } }>("/repos/olaf/blog/branches/main")).body.commit.sha;
    const write = await bot.post("/repos/olaf/blog/git/refs", { ref: "refs/heads/x", sha });
    expect(write).toMatchObject({ status: 403, body: { message: notAccessible } });
  });

  it("that is suspended gives no tokens and takes none, until it is let go on", async () => {
    const bot = await place.bot();
    const heard = await place.hears(async () => suspend(place.github, place.installation().id, true));
    expect(heard).toMatchObject([{ event: "installation", payload: { action: "suspend" } }]);
    expect((await place.jwt.post(tokens())).status).toBe(403);
    expect(await bot.get(API)).toMatchObject({
      status: 403,
      body: { message: "This installation has been suspended" },
    });
    expect(await place.hears(() => place.branch("unheard"))).toEqual([]);
    suspend(place.github, place.installation().id, false);
    expect((await bot.get(API)).status).toBe(200);
  });

  it("that is removed takes its tokens with it", async () => {
    const app = createApp(place.github, { owner: "acme", name: "guest", permissions: EVERYTHING, events: [] });
    const { id } = install(place.github, app, "acme", ["api"]);
    const jwt = place.bearing(`Bearer ${jwtOf({ iss: app.id }, app.privateKey)}`);
    const { body } = await jwt.post<{ token: string }>(`/app/installations/${id}/access_tokens`);
    const bot = place.bearing(`token ${body.token}`);
    expect((await bot.get(API)).status).toBe(200);
    uninstall(place.github, id);
    expect((await bot.get(API)).status).toBe(401);
    expect((await jwt.post(`/app/installations/${id}/access_tokens`)).status).toBe(404);
  });

  it("is found by its organisation and by any repository it covers", async () => {
    const { id } = place.installation();
    expect((await place.jwt.get("/orgs/acme/installation")).body).toMatchObject({ id, app_slug: "gate" });
    expect((await place.jwt.get(`${API}/installation`)).body).toMatchObject({ id });
    expect((await place.jwt.get("/repos/olaf/diary/installation")).status).toBe(404);
  });
});
