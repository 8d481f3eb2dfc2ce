import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { changeApp, createApp, install, selectRepositories, suspend } from "../../sandbox/installing.ts";
import { authorise, revoke } from "../../sandbox/oauth.ts";
import { sandboxPages } from "../../sandbox/pages/pages.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { API, CALLBACK, type Place, startPlace } from "./github.ts";

const VERIFIER = "a-verifier-of-forty-three-characters-or-more";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

let place: Place;
beforeAll(async () => {
  place = await startPlace({ pages: sandboxPages() });
  const branches = [{ name: "main", commits: [{ message: "Begin", files: { a: "1" } }] }];
  await createRepository(place.github, { owner: "acme", name: "secret", private: true, branches });
  await createRepository(place.github, { owner: "acme", name: "beyond", private: true, branches });
  await createRepository(place.github, { owner: "olaf", name: "diary", private: true, branches });
});
afterAll(() => place.stop());

type Told = Readonly<Record<string, string | number>>;
const secrets = () => ({ client_id: place.app.clientId, client_secret: place.app.clientSecret });

async function ask(fields: Readonly<Record<string, string>>, accept = "application/json") {
  const response = await fetch(`${place.sandbox.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept },
    body: new URLSearchParams({ ...secrets(), ...fields }),
  });
  const text = await response.text();
  return { status: response.status, text, told: (accept.includes("json") ? JSON.parse(text) : {}) as Told };
}

const codeFor = (login: string, challenge: string | null = null) =>
  new URL(
    authorise(place.github, place.github.as(login).account, {
      app: place.app,
      redirectUri: CALLBACK,
      state: "s",
      challenge,
    }),
  ).searchParams.get("code") ?? "";

const person = (told: Told) => place.bearing(`Bearer ${told["access_token"]}`);

describe("a code", () => {
  it("is exchanged for a token of 8 hours and a refresh token of six months", async () => {
    const { status, told } = await ask({ code: codeFor("dora") });
    expect(status).toBe(200);
    expect(told).toEqual({
      access_token: expect.stringMatching(/^ghu_/),
      expires_in: 28_800,
      refresh_token: expect.stringMatching(/^ghr_/),
      refresh_token_expires_in: 15_897_600,
      scope: "",
      token_type: "bearer",
    });
    expect((await person(told).get("/user")).body).toMatchObject({ login: "dora" });
  });

  it("comes as a form where nobody asks for JSON", async () => {
    const { text } = await ask({ code: codeFor("dora") }, "*/*");
    expect(new URLSearchParams(text).get("access_token")).toMatch(/^ghu_/);
  });

  it("is good once", async () => {
    const code = codeFor("dora");
    expect((await ask({ code })).told).toHaveProperty("access_token");
    expect(await ask({ code })).toMatchObject({ status: 200, told: { error: "bad_verification_code" } });
  });

  it("runs out after ten minutes", async () => {
    const code = codeFor("dora");
    place.clock.skip(10 * 60_000);
    expect((await ask({ code })).told).toMatchObject({ error: "bad_verification_code" });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ["nobody gave", { code: "0" }, "bad_verification_code"],
    ["goes with another secret", { client_secret: "x" }, "incorrect_client_credentials"],
    ["goes with another App", { client_id: "Iv1" }, "incorrect_client_credentials"],
    ["was for another address", { redirect_uri: "https://evil.example/" }, "redirect_uri_mismatch"],
    ["is asked for in another way", { grant_type: "password" }, "unsupported_grant_type"],
    ["goes with another verifier", { code_verifier: `${VERIFIER}x` }, "bad_verification_code"],
    ["goes with no verifier", {}, "bad_verification_code"],
  ])("that %s is refused with status 200", async (_why, fields, error) => {
    expect(await ask({ code: codeFor("dora", CHALLENGE), ...fields })).toMatchObject({ status: 200, told: { error } });
  });

  it("asked for with a challenge takes its verifier", async () => {
    const { told } = await ask({ code: codeFor("dora", CHALLENGE), code_verifier: VERIFIER, redirect_uri: CALLBACK });
    expect(told).toHaveProperty("access_token");
  });
});

describe("a user token", () => {
  it("runs out after 8 hours, and is refreshed once: the old two end with it", async () => {
    const first = (await ask({ code: codeFor("dora") })).told;
    place.clock.skip(8 * 3_600_000);
    expect((await person(first).get("/user")).status).toBe(401);
    const refresh = { grant_type: "refresh_token", refresh_token: String(first["refresh_token"]) };
    const second = (await ask(refresh)).told;
    expect((await person(second).get("/user")).status).toBe(200);
    expect(await ask(refresh)).toMatchObject({ status: 200, told: { error: "bad_refresh_token" } });
    expect((await person(second).get("/user")).status).toBe(200);
  });

  it("that is refreshed early ends too", async () => {
    const first = (await ask({ code: codeFor("dora") })).told;
    await ask({ grant_type: "refresh_token", refresh_token: String(first["refresh_token"]) });
    expect((await person(first).get("/user")).status).toBe(401);
  });

  it("ends when the person takes it back, their own does not", async () => {
    const { told } = await ask({ code: codeFor("dora") });
    revoke(place.github, place.app, place.github.as("dora").account);
    expect((await person(told).get("/user")).status).toBe(401);
    expect((await place.as("dora").get("/user")).status).toBe(200);
  });

  it("sees what both the App and the person may see", async () => {
    selectRepositories(place.github, place.installation().id, ["api", "secret"]);
    const statuses = async (login: string) =>
      Promise.all(
        [API, "/repos/acme/secret", "/repos/acme/beyond", "/repos/olaf/diary"].map(
          async (path) => (await place.appFor(login).get(path)).status,
        ),
      );
    expect(await statuses("dora")).toEqual([200, 200, 404, 404]);
    expect(await statuses("olaf")).toEqual([200, 404, 404, 404]);
    expect((await place.as("olaf").get("/repos/olaf/diary")).status).toBe(200);
    selectRepositories(place.github, place.installation().id, "all");
  });

  it("does what both may do", async () => {
    const sha = place.head("main");
    const makes = (login: string, name: string) =>
      place.appFor(login).post(`${API}/git/refs`, { ref: `refs/heads/${name}`, sha });
    expect((await makes("dora", "by-dora")).status).toBe(201);
    expect((await makes("tom", "by-tom")).status).toBe(403);
    const weak = createApp(place.github, {
      owner: "acme",
      name: "weak",
      permissions: { contents: "read" },
      events: [],
      callbackUrls: [CALLBACK],
    });
    install(place.github, weak, "acme", "all");
    const code = new URL(
      authorise(place.github, place.github.as("dora").account, {
        app: weak,
        redirectUri: CALLBACK,
        state: "",
        challenge: null,
      }),
    ).searchParams.get("code");
    const { told } = await ask({ client_id: weak.clientId, client_secret: weak.clientSecret, code: code ?? "" });
    expect((await person(told).post(`${API}/git/refs`, { ref: "refs/heads/weak", sha })).status).toBe(403);
    expect((await person(told).get(`${API}/pulls`)).status).toBe(200);
    expect((await person(told).get("/repos/acme/secret/pulls")).status).toBe(404);
  });

  it("lists the App's installations and the repositories that the person was let into", async () => {
    const own = place.installation().id;
    const list = async (login: string) =>
      (await place.appFor(login).get<{ installations: { id: number }[] }>("/user/installations")).body.installations;
    const within = (login: string) => place.appFor(login).get(`/user/installations/${own}/repositories`);
    expect(await list("dora")).toMatchObject([{ id: own }]);
    expect(await list("olaf")).toEqual([]);
    expect((await within("dora")).body).toMatchObject({
      total_count: 3,
      repositories: [{ full_name: "acme/api" }, { full_name: "acme/secret" }, { full_name: "acme/beyond" }],
    });
    expect((await within("olaf")).status).toBe(404);
    expect((await place.as("dora").get("/user/installations")).status).toBe(403);
    suspend(place.github, own, true);
    expect((await within("dora")).status).toBe(404);
    suspend(place.github, own, false);
  });
});

describe("the page that asks", () => {
  const address = (fields: Readonly<Record<string, string>> = {}) =>
    `${place.sandbox.url}/login/oauth/authorize?${new URLSearchParams({
      client_id: place.app.clientId,
      redirect_uri: CALLBACK,
      state: "s",
      code_challenge: CHALLENGE,
      code_challenge_method: "S256",
      ...fields,
    })}`;
  const cookie = "sandbox-session=one; sandbox-person=rita";
  const tokenIn = (text: string) => /name="token" value="(\w+)"/.exec(text)?.[1] ?? "";
  const answers = async (answer: string, token: string) =>
    fetch(address(), {
      method: "POST",
      redirect: "manual",
      headers: { cookie },
      body: new URLSearchParams({ answer, token }),
    });

  it("says who one is, and lets a form lead on to the App and nowhere else", async () => {
    const page = await fetch(address(), { headers: { cookie } });
    const text = await page.text();
    expect(text).toContain("You are <strong>rita</strong>");
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self' https://gate.example;");
  });

  it("sends back with a code whoever authorises", async () => {
    const token = tokenIn(await (await fetch(address(), { headers: { cookie } })).text());
    const to = new URL((await answers("yes", token)).headers.get("location") ?? "");
    expect([to.origin + to.pathname, to.searchParams.get("state")]).toEqual([CALLBACK, "s"]);
    const { told } = await ask({ code: to.searchParams.get("code") ?? "", code_verifier: VERIFIER });
    expect((await person(told).get("/user")).body).toMatchObject({ login: "rita" });
  });

  it("sends back without one whoever does not", async () => {
    const token = tokenIn(await (await fetch(address(), { headers: { cookie } })).text());
    const to = new URL((await answers("no", token)).headers.get("location") ?? "");
    expect(Object.fromEntries(to.searchParams)).toMatchObject({ error: "access_denied", state: "s" });
  });

  it("takes no forged answer", async () => {
    const forged = await answers("yes", "0");
    expect([forged.status, forged.headers.get("location")]).toEqual([403, null]);
  });

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ["an unknown App", { client_id: "Iv1" }, 404],
    ["a callback that is not registered", { redirect_uri: "https://evil.example/" }, 400],
    ["a challenge in the clear", { code_challenge_method: "plain" }, 400],
  ])("is not shown for %s", async (_what, fields, status) => {
    expect((await fetch(address(fields), { headers: { cookie }, redirect: "manual" })).status).toBe(status);
  });

  it("takes the first callback where none is named, and none without any", async () => {
    const unnamed = address().replace(/redirect_uri=[^&]+&/, "");
    expect((await fetch(unnamed, { headers: { cookie } })).status).toBe(200);
    changeApp(place.github, place.app.id, { callbackUrls: [] });
    expect((await fetch(unnamed, { headers: { cookie } })).status).toBe(400);
  });
});
