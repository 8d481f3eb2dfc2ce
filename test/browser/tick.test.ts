import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { startWithRelease, type WithRelease } from "../http/with-login.ts";
import { runBookOf } from "../world.ts";
import { openBrowser, openPage, overflow, violations } from "./browser.ts";

let room: WithRelease;
let browser: Browser;
beforeAll(async () => {
  [room, browser] = await Promise.all([startWithRelease(), openBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await room.stop();
});

const item = (page: Page, label: string) => page.locator(`#${label}`);
/** Goes on by keyboard until something of this name has the focus. */
async function tabsTo(page: Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press("Tab");
    if (name.test(await page.evaluate<string>("document.activeElement.textContent"))) return;
  }
  throw new Error(`nothing called ${name} is reached by keyboard`);
}

const looks = [
  { width: 320, colorScheme: "dark", javaScriptEnabled: false },
  { width: 1280, colorScheme: "light", javaScriptEnabled: true },
] as const;

test.each(looks)("One walks a run-book on its page by keyboard: %j", async (look) => {
  room.world.clock.skip(11 * 60_000);
  const { app, path } = room;
  const page = await openPage(browser, room.world.sandbox.url, { ...look, cookies: { "sandbox-person": "dora" } });
  const isWell = async () => {
    expect(await overflow(page)).toBe(0);
    if (look.javaScriptEnabled) expect(await violations(page)).toEqual([]);
  };
  await page.goto(`${app.url}${path}`);
  await page.getByRole("button", { name: "Authorise flowgate" }).click();
  await page.waitForURL(`${app.url}${path}`);
  await isWell();
  await page.getByRole("link", { name: "Run-book", exact: true }).focus();
  await page.keyboard.press("Enter");

  // One press, and where it leads one goes on from there.
  await tabsTo(page, /^Done S1$/);
  await page.keyboard.press("Enter");
  await item(page, "S1").getByText("✓ done", { exact: true }).waitFor();
  expect(page.url()).toBe(`${app.url}${path}?from=S1#S1`);
  await tabsTo(page, /^What came out\?/);
  await page.keyboard.press("Enter");

  // What came out is typed, and sent by Enter; without it the browser sends nothing.
  const note = item(page, "S2").getByLabel("What came out");
  await note.focus();
  await page.keyboard.press("Enter");
  expect(await item(page, "S2").getByText("✓ done", { exact: true }).count()).toBe(0);
  await note.fill("31 rows <b>");
  await isWell();
  await page.keyboard.press("Enter");
  await item(page, "S2").getByText("31 rows <b>").waitFor();
  await isWell();

  // A refusal stands with its item.
  await page.getByRole("button", { name: "Done P1" }).press("Enter");
  await item(page, "P1").getByText("This needs somebody in operations").waitFor();
  await isWell();

  // All is taken back, so that it can be told once more.
  for (const label of ["S1", "S2"]) {
    await item(page, label).getByRole("link", { name: label }).click();
    await item(page, label).getByRole("button", { name: "Open it again" }).press("Enter");
    await item(page, label).getByText("○ open").waitFor();
  }
  await room.quiet();
  expect(runBookOf(room.world.github, room.world.repository(), room.number)?.body).toContain("- [ ] **S1** ");
  await page.context().close();
});
