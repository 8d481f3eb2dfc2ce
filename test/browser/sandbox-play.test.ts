import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage, overflow, violations } from "./browser.ts";

const run = promisify(execFile);
const root = new URL("../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "flowgate-play-"));

type Playing = {
  readonly process: ChildProcess;
  readonly output: string;
  readonly sandbox: string;
  readonly board: string;
};

let browser: Browser;
let playing: Playing;

/** `npm start` without credentials, once it has said where it is. */
async function play(...args: string[]): Promise<Playing> {
  const child = spawn(process.execPath, ["src/main.ts", "--port", "43100", ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", DATA_DIR: join(folder, "data") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes("Ctrl+C")) break;
  }
  const [sandbox = "", board = ""] = output.match(/http:\/\/\S+/g) ?? [];
  return { process: child, output, sandbox, board };
}

async function end({ process: child }: Playing): Promise<number | null> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = (await ended) as [number | null];
  return code;
}

async function open(login: string, path: string): Promise<Page> {
  const look = {
    width: 1280,
    colorScheme: "light",
    javaScriptEnabled: true,
    cookies: { "sandbox-person": login },
  } as const;
  const page = await openPage(browser, playing.sandbox, look);
  await page.goto(playing.sandbox + path);
  return page;
}

beforeAll(async () => {
  browser = await openBrowser();
  playing = await play();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  if (playing) await end(playing);
  rmSync(folder, { recursive: true, force: true });
});

test("it prints two links and three things to try", () => {
  expect(playing.output.match(/http:\/\//g)).toHaveLength(2);
  expect(playing.output.match(/^ {2}\d\. /gm)).toEqual(["  1. ", "  2. ", "  3. "]);
});

test("the first thing to try is refused by GitHub, and the check says where the branch may go", async () => {
  const page = await open("dora", "/");
  await page.getByRole("link", { name: "Skip a stage" }).click();
  await page.getByRole("button", { name: "Open the pull request" }).click();
  await page.getByText("flowgate: master", { exact: true }).first().waitFor();
  await page.locator(".verdict .rows").getByText("development").first().waitFor();
  await page.getByRole("button", { name: "Create a merge commit" }).click();
  expect(await page.locator(".said").textContent()).toMatch(/^405 /);
}, 60_000);

test("the second is allowed and goes through", async () => {
  const page = await open("dora", "/");
  await page.getByRole("link", { name: "Go the allowed way" }).click();
  await page.getByRole("button", { name: "Open the pull request" }).click();
  await page.getByRole("heading", { name: "This branch can be merged" }).waitFor();
  await page.getByRole("button", { name: "Create a merge commit" }).click();
  expect(await page.locator("#verdict").textContent()).toBe("Merged by dora");
}, 60_000);

test("a check, a ruleset and a delivery each have a page without a violation", async () => {
  const page = await open("ada", "/glucolabs/glucose-worker/pull/1");
  const reached = [
    page.getByRole("link", { name: "flowgate: master", exact: true }),
    page.getByRole("link", { name: "flowgate: master", exact: true }),
    page.locator("main .rows a").first(),
  ];
  const starts = ["/glucolabs/glucose-worker/pull/1", "/glucolabs/glucose-worker/rules", "/-/deliveries"];
  for (const [index, link] of reached.entries()) {
    await page.goto(`${playing.sandbox}${starts[index]}`);
    await link.click();
    await page.waitForURL(/\d+$/);
    expect({ from: starts[index], overflow: await overflow(page), violations: await violations(page) }).toEqual({
      from: starts[index],
      overflow: 0,
      violations: [],
    });
  }
}, 60_000);

test("the third is refused as well", async () => {
  const page = await open("dora", "/glucolabs/glucose-api");
  const line = (await page.locator("#clone + pre").textContent()) ?? "";
  const clone = join(folder, "clone");
  const git = (...args: string[]) =>
    run("git", ["-C", clone, "-c", "user.name=Dora", "-c", "user.email=dora@example.org", ...args]);
  await run("git", [...line.split(" ").slice(1), clone]);
  await git("switch", "--quiet", "master");
  writeFileSync(join(clone, "note.md"), "past it\n");
  await git("add", "note.md");
  await git("commit", "--quiet", "--message", "Go past it");
  await expect(git("push", "origin", "master")).rejects.toThrow(/rule violations/);
}, 60_000);

test("what happened is kept over a restart, and a local repository can be brought in later", async () => {
  expect(await end(playing)).toBe(0);
  playing = await play("--import", join(folder, "clone"));
  expect(playing.output).toContain("glucolabs/clone is imported.");
  const page = await open("dora", "/glucolabs/glucose-web/pulls");
  expect(await page.locator(".rows").textContent()).toContain("Merged");
  await page.goto(`${playing.sandbox}/glucolabs/clone/rules`);
  await expect(page.locator(".rows").textContent()).resolves.toContain("flowgate: master");
}, 60_000);

test("a second one on the same folder is told so", async () => {
  const second = spawn(process.execPath, ["src/main.ts"], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", DATA_DIR: join(folder, "data") },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  second.stderr.on("data", (chunk) => {
    words += String(chunk);
  });
  const [code] = (await once(second, "exit")) as [number];
  expect(code).toBe(1);
  expect(words).toMatch(/^Flowgate did not start: Another process is at work in /);
}, 60_000);

test("starting afresh forgets what was done", async () => {
  const page = await open("ada", "/-/afresh");
  await page.getByRole("button", { name: "Forget everything and start afresh" }).click();
  await page.getByText("Everything is as on the first day.").waitFor({ timeout: 45_000 });
  await page.goto(`${playing.sandbox}/glucolabs/glucose-web/rules`);
  await expect(page.locator(".rows").textContent()).resolves.toContain("flowgate: master");
}, 60_000);
