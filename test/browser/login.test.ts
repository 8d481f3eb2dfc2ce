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
  { width: 320, colorScheme: "light", javaScriptEnabled: false },
  { width: 1280, colorScheme: "dark", javaScriptEnabled: true },
] as const;

test.each(looks)("One logs in by way of GitHub, sees the page one came for, and logs out: %j", async (look) => {
  const page = await openPage(browser, room.world.sandbox.url, { ...look, cookies: { "sandbox-person": "dora" } });
  await page.goto(`${room.app.url}${room.path}`);
  if (look.javaScriptEnabled) expect(await violations(page)).toEqual([]);
  // A browser holds also where a form's answer leads against the page's policy.
  await page.getByRole("button", { name: "Authorise flowgate" }).click();
  await page.waitForURL(`${room.app.url}${room.path}`);
  expect(await page.getByText("A secret change").count()).toBeGreaterThan(0);
  if (look.javaScriptEnabled) expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await page.goto(room.app.url);
  expect(await page.getByText("acme/api").count()).toBeGreaterThan(0);
  expect(await overflow(page)).toBe(0);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(`${room.app.url}/logout`);
  expect(await page.getByRole("heading").textContent()).toBe("You are logged out of Flowgate.");
  if (look.javaScriptEnabled) expect(await violations(page)).toEqual([]);
  await page.context().close();
});
