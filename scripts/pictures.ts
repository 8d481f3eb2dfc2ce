import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { openBrowser } from "../test/browser/browser.ts";

const WIDTH = 820;
const MARGIN = 20;

/** Makes the pictures of the documents from the real thing: `node scripts/pictures.ts`. Needs Chromium. */
const root = join(import.meta.dirname, "..");
const pictures = join(root, "docs", "pictures");
const data = mkdtempSync(join(tmpdir(), "flowgate-pictures-"));
mkdirSync(pictures, { recursive: true });

const child = spawn(process.execPath, ["src/main.ts", "--port", "0"], {
  cwd: root,
  env: { PATH: process.env["PATH"] ?? "", DATA_DIR: data },
  stdio: ["ignore", "pipe", "inherit"],
});
let output = "";
for await (const chunk of child.stdout) {
  output += String(chunk);
  if (output.includes("Ctrl+C")) break;
}
const [sandbox = "", board = ""] = output.match(/http:\/\/\S+/g) ?? [];

const browser = await openBrowser();
try {
  const context = await browser.newContext({
    viewport: { width: WIDTH, height: 700 },
    deviceScaleFactor: 1.25,
    colorScheme: "light",
  });
  await context.addCookies([{ name: "sandbox-person", value: "dora", url: sandbox }]);
  const page = await context.newPage();

  const compare = `${sandbox}/glucolabs/glucose-web/compare?head=feature/unit-switch`;
  await page.goto(`${compare}&base=master`);
  await page.getByRole("button", { name: "Open the pull request" }).click();
  await page.locator(".verdict .rows").getByText("enters at development").first().waitFor();
  await page.getByRole("button", { name: "Create a merge commit" }).click();
  await page.locator(".said").waitFor();
  await take(page, "refused", ".verdict");
  const refused = new URL(page.url()).pathname;

  await page.goto(`${compare}&base=development`);
  await page.getByRole("button", { name: "Open the pull request" }).click();
  await page.getByRole("heading", { name: "This branch can be merged" }).waitFor();
  await take(page, "allowed", ".verdict");

  const feature = page.url();
  await page.getByRole("button", { name: "Create a merge commit" }).click();
  await page.goto(board + refused);
  await take(page, "explained", "main");
  await page.goto(board);
  await take(page, "board", "main");
  await released(page, feature);
} finally {
  await browser.close();
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  rmSync(data, { recursive: true, force: true });
}

/** Takes what was merged all the way to its release, as the tour of the README does. */
async function released(page: Page, feature: string): Promise<void> {
  await says("rita", feature, "/promote");
  const promotion = await linked("takes it on to staging");
  await approves("otto", promotion);
  await page.getByText("All 10 gates passed").first().waitFor();
  await says("rita", promotion, "/promote");
  const release = await linked("takes it on to master");

  await as("dora", release);
  await page.getByRole("heading", { name: "Rehearsal in staging" }).waitFor();
  await page.getByRole("checkbox").first().click();
  await page.getByText(/S1 .*— dora, /).waitFor();
  // The rehearsal is enough to see how it is: production goes on in the same way.
  const comment = page.locator("article").filter({ has: page.getByRole("heading", { name: "Rehearsal in staging" }) });
  await take(page, "run-book", { from: comment, to: page.getByRole("heading", { name: "Production" }) });

  await says("otto", release, "/done S1-S7");
  await says("quinn", release, '/done S8 note="told apart in words"');
  const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  await says("otto", release, `/attest backup system=preferences-db id=snap-1 at=${at}`);
  for (const login of ["devin", "otto", "quinn"]) await approves(login, release);
  await says("otto", release, "/done P1-P2");
  await page.getByText("All 12 gates passed").first().waitFor();

  await says("rita", release, "/promote");
  await says("otto", release, "/done P4-P7");
  await says("quinn", release, '/done P8 note="told apart in words"');
  await page.goto(`${sandbox}/glucolabs/glucose-web/releases`);
  await page.getByText("Latest").waitFor();
  await page.getByRole("link", { name: "v1.0.0" }).first().click();
  await page.waitForURL(/\/releases\/tag\//);
  await take(page, "released", { from: page.locator("header.title"), to: page.locator('[data-live="assets"]') });

  async function as(login: string, where: string) {
    await page.context().addCookies([{ name: "sandbox-person", value: login, url: sandbox }]);
    await page.goto(where);
  }
  /** Comments, and waits until that is answered. */
  async function says(login: string, where: string, words: string) {
    await as(login, where);
    const answers = page.getByRole("article").filter({ has: page.getByRole("heading", { name: "flowgate[bot]" }) });
    const before = await answers.count();
    await page.getByLabel(`Comment or review as ${login}`).fill(words);
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    while ((await answers.count()) === before) {
      await page.waitForTimeout(200);
      await page.reload();
    }
  }
  async function approves(login: string, where: string) {
    await as(login, where);
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    await page.locator(".said").waitFor();
  }
  /** The pull request that the last answer links. */
  async function linked(words: string): Promise<string> {
    const number = /#(\d+) takes it on/.exec((await page.getByText(words).last().textContent()) ?? "")?.[1];
    return `${sandbox}/glucolabs/glucose-web/pull/${number}`;
  }
}

/** The page from its top, or from the top of something, to the end of what is last. */
async function take(page: Page, name: string, part: string | { readonly from: Locator; readonly to: Locator }) {
  await page.evaluate("document.fonts.ready");
  // Boxes are measured from where the window is scrolled to.
  await page.evaluate("scrollTo(0, 0)");
  const [first, last] = typeof part === "string" ? [null, page.locator(part)] : [part.from, part.to];
  const [start, end] = [await first?.boundingBox(), await last.boundingBox()];
  if (start === null || end === null) throw new Error(`${name} is not to be seen at ${page.url()}`);
  const y = start === undefined ? 0 : Math.floor(start.y) - MARGIN;
  const clip = { x: 0, y, width: WIDTH, height: Math.ceil(end.y + end.height) + MARGIN - y };
  await page.screenshot({ path: join(pictures, `${name}.png`), clip, fullPage: true });
}
