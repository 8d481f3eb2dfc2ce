import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { startWithLogin, type WithLogin } from "../http/with-login.ts";
import { openBrowser, openPage, overflow, violations } from "./browser.ts";

let room: WithLogin;
let browser: Browser;
beforeAll(async () => {
  [room, browser] = await Promise.all([startWithLogin(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await room.stop();
});

const looks = [
  { width: 320, colorScheme: "dark", javaScriptEnabled: false },
  { width: 1280, colorScheme: "light", javaScriptEnabled: true },
] as const;

test.each(looks)("One has a pull request judged afresh on its page, once: %j", async (look) => {
  room.world.clock.skip(60_000);
  const { app, path } = room;
  const asked = () => room.logged.filter((line) => line.includes("asked on the board")).length;
  const before = asked();
  const page = await openPage(browser, room.world.sandbox.url, { ...look, cookies: { "sandbox-person": "dora" } });
  await page.goto(`${app.url}${path}`);
  await page.getByRole("button", { name: "Authorise flowgate" }).click();
  await page.waitForURL(`${app.url}${path}`);
  const button = page.getByRole("button", { name: "Re-check" });
  if (look.javaScriptEnabled) expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  const posted = page.waitForRequest((request) => request.method() === "POST");
  const loaded = page.waitForEvent("load");
  await button.focus();
  await page.keyboard.press("Enter");
  expect((await posted).url()).toBe(`${app.url}${path}/recheck`);
  await loaded;
  expect(page.url()).toBe(`${app.url}${path}`);
  expect(asked()).toBe(before + 1);
  await page.reload();
  await room.quiet();
  expect(asked()).toBe(before + 1);
  expect(await button.count()).toBe(1);
  // What a tab that was left open sends after its session ended is told, and not done.
  const other = await page.context().newPage();
  await other.goto(`${app.url}/logout`);
  await other.getByRole("main").getByRole("button", { name: "Log out" }).click();
  await other.waitForURL(`${app.url}/logout`);
  await button.click();
  await page.getByRole("heading", { name: "Nothing was done: you are not logged in." }).waitFor();
  expect(asked()).toBe(before + 1);
  if (look.javaScriptEnabled) expect(await violations(page)).toEqual([]);
  await page.context().close();
});
