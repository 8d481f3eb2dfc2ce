import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { suspend } from "../../sandbox/installing.ts";
import { revoke } from "../../sandbox/oauth.ts";
import type { App } from "../../src/app.ts";
import type { World } from "../world.ts";
import { startWithLogin, type WithLogin } from "./with-login.ts";

let room: WithLogin;
let world: World;
let app: App;
let path: string;

beforeAll(async () => {
  room = await startWithLogin();
  ({ world, app, path } = room);
});
afterAll(() => room.stop());

describe("the board where people log in", () => {
  it("sends dora to GitHub, back to the page she came for, and shows it", async () => {
    const dora = room.browserOf("dora");
    const page = await dora.open(path);
    expect(page).toMatchObject({ status: 200, url: `${app.url}${path}` });
    expect(page.text).toContain("A secret change");
    expect((await dora.go("/")).text).toContain("acme/site");
    expect(JSON.parse((await dora.go(`${path}.json`)).text)).toMatchObject({ pull: { title: "A secret change" } });
  });

  it("shows olaf nothing of a private repository, not even that it is there", async () => {
    const olaf = room.browserOf("olaf");
    const page = await olaf.open(path);
    expect(page).toMatchObject({ status: 404, url: `${app.url}${path}` });
    const nowhere = await olaf.go(path.replace("api", "xyz"));
    expect(page.text.replaceAll("acme/api", "acme/xyz")).toBe(nowhere.text);
    for (const one of ["/", "/index.json"]) {
      const { status, text } = await olaf.go(one);
      expect(status).toBe(200);
      expect(text).toContain("acme/site");
      expect(text).not.toContain("acme/api");
      expect(text).not.toContain("secret");
    }
    expect((await olaf.go(`${path}.json`)).status).toBe(404);
  });

  it("shows what one was let into within a minute, and no longer what one was shut out from", async () => {
    const olaf = room.browserOf("olaf");
    expect((await olaf.open(path)).status).toBe(404);
    const { github } = world;
    const before = world.repository().collaborators;
    const collaborators = [...before, { userId: github.as("olaf").account.id, role: "read" as const }];
    github.state.repositories.change(world.repository().id, { collaborators });
    world.clock.skip(60_000);
    expect((await olaf.go(path)).status).toBe(200);
    github.state.repositories.change(world.repository().id, { collaborators: before });
    world.clock.skip(60_000);
    expect((await olaf.go(path)).status).toBe(404);
  });

  it("stays open over the hours, with a token that is refreshed once by many requests", async () => {
    const dora = room.browserOf("dora");
    await dora.open(path);
    world.github.requests.reset();
    world.clock.skip(9 * 3_600_000);
    const pages = await Promise.all([path, "/", `${path}.json`, "/index.json"].map((one) => dora.go(one)));
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const refreshed = world.github.requests.all().filter(({ route }) => route === "/login/oauth/access_token");
    expect(refreshed).toHaveLength(1);
  });

  it("asks to log in again when the authorisation was taken back, and comes back to the page", async () => {
    const dora = room.browserOf("dora");
    await dora.open(path);
    revoke(world.github, world.registered, world.github.as("dora").account);
    world.clock.skip(60_000);
    expect(await dora.go(path)).toMatchObject({
      status: 303,
      to: `${app.url}/login?to=${encodeURIComponent(path)}`,
    });
    expect(await dora.open(path)).toMatchObject({ status: 200, url: `${app.url}${path}` });
  });

  it("shows nothing while GitHub does not answer, and the page once it does", async () => {
    const dora = room.browserOf("dora");
    await dora.open(path);
    world.clock.skip(60_000);
    world.github.faults.add({
      on: "request",
      path: /^\/user\/installations/,
      does: { kind: "502", effect: false },
    });
    const page = await dora.go(path);
    expect(page.status).toBe(503);
    expect(page.text).not.toContain("secret");
    world.github.faults.clear();
    expect((await dora.go(path)).status).toBe(200);
  });

  it("shows a member nothing of what is private while the installation is suspended", async () => {
    const dora = room.browserOf("dora");
    await dora.open(path);
    const { id } = world.github.find.installationsOfApp(world.registered.id)[0] ?? { id: 0 };
    suspend(world.github, id, true);
    world.clock.skip(60_000);
    expect((await dora.go(path)).status).toBe(404);
    suspend(world.github, id, false);
    world.clock.skip(60_000);
    expect((await dora.go(path)).status).toBe(200);
    await room.quiet();
  });

  it("logs out by its form, and not by another's", async () => {
    const dora = room.browserOf("dora");
    const { text } = await dora.open(path);
    expect((await dora.go("/logout", { word: "x" })).status).toBe(403);
    expect((await dora.go(path)).status).toBe(200);
    const word = /name="word" value="([\w-]+)"/.exec(text)?.[1] ?? "";
    expect((await dora.go("/logout", { word })).to).toBe(`${app.url}/logout`);
    expect((await dora.go(path)).status).toBe(303);
    expect((await fetch(`${app.url}/logout`, { method: "POST", body: "x".repeat(40_000) })).status).toBe(413);
  });

  it("takes no for an answer", async () => {
    const dora = room.browserOf("dora");
    const github = await dora.go((await dora.go("/login")).to);
    const token = /name="token" value="(\w+)"/.exec(github.text)?.[1] ?? "";
    const back = await dora.go((await dora.go(github.url, { answer: "no", token })).to);
    expect(back.status).toBe(403);
    expect(back.text).toContain("You did not let Flowgate see with your eyes.");
  });

  it("writes no secret to its log", () => {
    const text = room.logged.join("");
    expect(text).toContain("Flowgate listens.");
    expect(text).not.toMatch(/gh[ur]_/);
    expect(text).not.toContain(world.registered.clientSecret);
  });
});
