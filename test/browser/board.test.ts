import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { boardRoute } from "../../src/board/routes.ts";
import { board, NOW, stories, viewsOf } from "../board/samples.ts";
import { openBrowser, violations } from "./browser.ts";

const WIDTHS = [320, 375, 768, 1280, 1920];

/** Finds what reaches beyond the window or out of its own box; what only screen readers see may. */
const CUT_OFF = `[...document.querySelectorAll("main *:not(.unseen, .unseen *, thead, thead *)")]
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 ||
    (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline"))
  .map((element) => element.outerHTML.slice(0, 80))`;

const names = Object.keys(stories) as (keyof typeof stories)[];
const pulls = Object.fromEntries(names.map((name, place) => [place + 1, stories[name]()]));
const addressOf = (name: keyof typeof stories) => `/glucose/api/pull/${names.indexOf(name) + 1}`;
const PAGES = [
  ...names.map((name) => [name, addressOf(name)] as const),
  ["the board", "/"] as const,
  ["an unknown pull request", "/glucose/api/pull/999"] as const,
];

let server: Server;
let browser: Browser;
let site: string;

beforeAll(async () => {
  const views = viewsOf(pulls, board());
  server = createServer((request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    boardRoute(
      { method, path, host: headers.host ?? null, ifNoneMatch: null, at: NOW },
      views,
      { kind: "loopback" },
      "https://github.com",
    ).then(
      (page) => response.writeHead(page.status, { ...page.headers, "content-type": page.type }).end(page.body),
      (error: unknown) => response.destroy(error as Error),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

type Eyes = { readonly scripts?: boolean };

/** Opens pages as somebody sees them; what is asked of other hosts or goes wrong in the page fails the test. */
async function seenBy({ scripts = false }: Eyes, look: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 375, height: 800 },
    javaScriptEnabled: scripts,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const wrong: string[] = [];
  await context.route(
    (url) => url.hostname !== "127.0.0.1",
    (route) => {
      wrong.push(`asks ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("status of 404")) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("dialog", (dialog) => {
    wrong.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await look(page);
  await context.close();
  expect(wrong).toEqual([]);
}

test.each(PAGES)("nobody is shut out of %s, in light and in dark", async (_, path) => {
  await seenBy({ scripts: true }, async (page) => {
    await page.goto(site + path);
    for (const summary of await page.locator("summary").all()) await summary.click();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect({ colorScheme, found: await violations(page) }).toEqual({ colorScheme, found: [] });
    }
  });
});

test("from 320 to 1920 pixels no page scrolls sideways, and nothing is cut off", async () => {
  await seenBy({}, async (page) => {
    for (const [name, path] of PAGES) {
      await page.goto(site + path);
      for (const summary of await page.locator("summary").all()) await summary.click();
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        expect({ name, width, cut: await page.evaluate(CUT_OFF) }).toEqual({ name, width, cut: [] });
      }
    }
  });
});

describe("without JavaScript", () => {
  test("the answer is the largest text and stands before all else, with what to do and the line to copy", async () => {
    await seenBy({}, async (page) => {
      await page.goto(site + addressOf("refused"));
      expect(await page.locator("h1").textContent()).toBe(
        "feature/login enters at development, not at master. Open it into development instead.",
      );
      const largest = await page.evaluate(
        `Math.max(...[...document.querySelectorAll("main *")].map((element) => parseFloat(getComputedStyle(element).fontSize)))`,
      );
      expect(await page.evaluate(`parseFloat(getComputedStyle(document.querySelector("h1")).fontSize)`)).toBe(largest);
      expect(await page.locator("pre.copy").textContent()).toBe("gh pr edit 42 --base development");
      const box = await page.locator("pre.copy").boundingBox();
      expect(box?.y).toBeLessThan(600);
    });
  });

  test("a gate opens by keyboard, and the skip link is the first stop", async () => {
    await seenBy({}, async (page) => {
      await page.goto(site + addressOf("refused"));
      await page.keyboard.press("Tab");
      expect(await page.locator(":focus").textContent()).toBe("Skip to the content");
      await page.locator("summary").focus();
      await page.keyboard.press("Enter");
      expect(await page.getByText("What was read").isVisible()).toBe(true);
    });
  });

  test("one comes from the board to a pull request and back", async () => {
    await seenBy({}, async (page) => {
      await page.goto(site);
      await page.getByRole("link", { name: "#7 Release 3.2" }).click();
      expect(new URL(page.url()).pathname).toBe("/glucose/web/pull/7");
      await page.getByRole("link", { name: "Flowgate" }).click();
      expect(await page.getByRole("row").count()).toBe(7);
    });
  });

  test("text of others does nothing but stand there", async () => {
    await seenBy({ scripts: true }, async (page) => {
      await page.goto(site + addressOf("hostile"));
      expect(await page.locator("main script, main img").count()).toBe(0);
      expect(await page.locator(".title").textContent()).toContain('<script>alert("1")</script>');
    });
  });
});

test("with JavaScript a button copies the line", async () => {
  await seenBy({ scripts: true }, async (page) => {
    await page.goto(site + addressOf("refused"));
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("gh pr edit 42 --base development");
  });
});
