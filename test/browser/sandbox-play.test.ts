import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Where the pull request is that was merged into development, and the one into production that Flowgate opened. */
let feature = "";
let release = "";

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
  feature = new URL(page.url()).pathname;
}, 60_000);

/** What the README's tour says, in one line. */
const tour = readFileSync(join(root, "README.md"), "utf8").replace(/\s+/g, " ");

/** Somebody writes a comment, and the page shows what comes of it. */
async function says(login: string, address: string, words: string, comes: string): Promise<void> {
  const page = await open(login, address);
  await page.locator("textarea:visible").last().fill(words);
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await page.getByText(comes).first().waitFor();
}

/** The same, of a command that stands in the tour. */
async function asTold(login: string, address: string, words: string, comes: string): Promise<void> {
  expect(tour).toContain(`\`${words}\``);
  await says(login, address, words, comes);
}

/** The pull request that the last answer there links as the one that takes it on. */
async function takenOnBy(address: string, stage: string): Promise<string> {
  const page = await open("rita", address);
  const takesOn = new RegExp(`#(\\d+) takes it on to ${stage}\\.`);
  const [, number] = takesOn.exec((await page.locator("main").textContent()) ?? "") ?? [];
  return address.replace(/\d+$/, number ?? "none");
}

async function approves(login: string, address: string): Promise<Page> {
  const page = await open(login, address);
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByText(`✓ approved`).first().waitFor();
  return page;
}

/** rita has Flowgate merge what passed. */
async function promotes(address: string, comes: string): Promise<Page> {
  const page = await open("rita", address);
  await page
    .getByText(/All \d+ gates passed\./)
    .first()
    .waitFor();
  await asTold("rita", address, "/promote", comes);
  await page.reload();
  expect(await page.locator("#verdict").textContent()).toBe("Merged by flowgate[bot]");
  return page;
}

test("the tour goes on into staging by one word, with an approval", async () => {
  await asTold("rita", feature, "/promote", "takes it on to staging.");
  const address = await takenOnBy(feature, "staging");
  const waits = "1 of 10 gates open. Waits for operations to approve.";
  expect(tour).toContain(waits);
  const page = await open("otto", address);
  await page.getByText(waits).first().waitFor();
  await page.getByText("Run-book: docs/runbooks/release.md").first().waitFor();
  await approves("otto", address);
  await promotes(address, "takes it on to master.");
  release = await takenOnBy(address, "master");
}, 60_000);

test("and ends with a release: rehearsed, backed up, approved, walked to its end", async () => {
  const address = release;
  const page = await open("dora", address);
  expect(tour).toContain("3 of 12 gates open.");
  await page.getByText("3 of 12 gates open.").first().waitFor();
  await asTold("rita", address, "/promote dry run", "would answer: It cannot be promoted yet.");
  await page.getByRole("heading", { name: "Rehearsal in staging" }).waitFor();
  await page.getByRole("checkbox").first().click();
  await page
    .getByText(/S1 .*— dora, /)
    .first()
    .waitFor();
  await asTold("otto", address, "/done S1-S7", "Done: S1, S2, S4, S5, S6, S7.");
  await asTold("quinn", address, '/done S8 note="told apart in words"', "Done: S8.");
  await page.getByText("Rehearsal: 7 of 7 done.").first().waitFor();

  expect(tour).toContain("`/attest backup system=preferences-db id=snap-1 at=TIME`");
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  await says(
    "otto",
    address,
    `/attest backup system=preferences-db id=snap-1 at=${time}`,
    "claimed by otto. It counts until",
  );
  for (const login of ["devin", "otto", "quinn"]) await approves(login, address);
  expect(tour).toContain("*All 12 gates passed*");
  await asTold("otto", address, "/done P1-P2", "All 12 gates passed.");
  await promotes(address, "is in master as");

  await asTold("otto", address, "/done P4-P7", "Done: P4, P5, P6, P7.");
  await says("quinn", address, "/fail P8 because 69 looks like 70", "failed: 69 looks like 70");
  await says("quinn", address, '/done P8 note="mended"', "Production: 7 of 7 done.");
  await page.goto(`${playing.sandbox}/glucolabs/glucose-web/releases`);
  while (!(await page.getByText("Latest").isVisible())) await page.reload();
  await page.getByRole("link", { name: "v1.0.0" }).click();
  await page.getByRole("heading", { name: "4 files" }).waitFor();
}, 120_000);

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
  // A busy machine says where it is before Flowgate has looked at everything.
  while (!(await page.getByText("flowgate: master", { exact: true }).isVisible())) await page.reload();
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
