import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
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

  await page.goto(board + refused);
  await take(page, "explained", "main");
  await page.goto(board);
  await take(page, "board", "main");
} finally {
  await browser.close();
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  rmSync(data, { recursive: true, force: true });
}

/** The page from its top to the end of `last`. */
async function take(page: Page, name: string, last: string): Promise<void> {
  await page.evaluate("document.fonts.ready");
  const box = await page.locator(last).boundingBox();
  if (box === null) throw new Error(`${last} is not to be seen at ${page.url()}`);
  const clip = { x: 0, y: 0, width: WIDTH, height: Math.ceil(box.y + box.height) + MARGIN };
  await page.screenshot({ path: join(pictures, `${name}.png`), clip, fullPage: true });
}
