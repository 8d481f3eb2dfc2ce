import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { machineClock, type SkippableClock } from "../../sandbox/clock.ts";
import { createComment } from "../../sandbox/comments.ts";
import { fillDemo } from "../../sandbox/demo.ts";
import { openIssue } from "../../sandbox/issues.ts";
import { must } from "../../sandbox/outcome.ts";
import { sandboxPages } from "../../sandbox/pages/pages.ts";
import { attach } from "../../sandbox/release-assets.ts";
import { createRelease, editRelease } from "../../sandbox/releases.ts";
import { createRuleset } from "../../sandbox/rulesets.ts";
import { type Sandbox, startSandbox } from "../../sandbox/server.ts";
import { makeTag } from "../../sandbox/tags.ts";
import { openBrowser, openPage, overflow, violations } from "./browser.ts";

let browser: Browser;
let sandbox: Sandbox;
let clock: SkippableClock;

beforeAll(async () => {
  clock = machineClock();
  const pages = sandboxPages({
    links: () => [{ text: "The board", href: "http://127.0.0.1:1/" }],
    tries: () => [{ title: "Try this", text: "And see.", href: "/glucolabs/glucose-api" }],
    skip: (milliseconds) => clock.skip(milliseconds),
    startAfresh: async () => {},
  });
  sandbox = await startSandbox({ folder: null, host: "127.0.0.1", port: 0, clock, log: () => {}, pages });
  await fillDemo(sandbox.github);
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  await sandbox?.stop();
});

function as(login: string, javaScriptEnabled = false, width = 1280, colorScheme: "light" | "dark" = "light") {
  const look = { width, colorScheme, javaScriptEnabled, cookies: { "sandbox-person": login } };
  return openPage(browser, sandbox.url, look);
}

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(`${sandbox.url}${path}`);
}

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const said = (page: Page) => page.locator(".said").textContent();

describe("without JavaScript", () => {
  test("a merge is refused in GitHub's words while a required check is missing, and goes through once the rule is off", async () => {
    const web = sandbox.github.repository("glucolabs/glucose-web");
    if (!web) throw new Error("the example is missing");
    const check = { context: "gate", integration_id: null };
    must(
      await createRuleset(sandbox.github, sandbox.github.as("ada"), web, {
        name: "the gate",
        enforcement: "active",
        conditions: { ref_name: { include: ["refs/heads/master"], exclude: [] } },
        rules: [
          {
            type: "required_status_checks",
            parameters: { strict_required_status_checks_policy: false, required_status_checks: [check] },
          },
        ],
      }),
    );

    const dora = await as("dora");
    await visit(dora, "/glucolabs/glucose-web/compare?base=master&head=feature/unit-switch");
    await dora.getByLabel("Title").fill("Switch units");
    await press(dora, "Open the pull request");
    expect(await dora.locator("h1").textContent()).toContain("Switch units");
    expect(await dora.locator("#verdict").textContent()).toBe("Merging is blocked");
    expect(await dora.locator(".verdict .rows").textContent()).toContain("expected");

    await press(dora, "Create a merge commit");
    expect(await said(dora)).toMatch(/^405 .*Required status check "gate" is expected/s);

    const ada = await as("ada");
    await visit(ada, "/glucolabs/glucose-web/rules");
    await ada.getByRole("link", { name: "the gate" }).click();
    await press(ada, "Disable");
    await dora.reload();
    expect(await dora.locator("#verdict").textContent()).toBe("This branch can be merged");
    await press(dora, "Create a merge commit");
    expect(await dora.locator("#verdict").textContent()).toBe("Merged by dora");
  });

  test("auto-merge is enabled by a button, says what it waits for, and merges when a colleague has approved", async () => {
    const api = sandbox.github.repository("glucolabs/glucose-api");
    if (!api) throw new Error("the example is missing");
    const parameters = {
      required_approving_review_count: 1,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: false,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    };
    must(
      await createRuleset(sandbox.github, sandbox.github.as("ada"), api, {
        name: "four eyes",
        enforcement: "active",
        conditions: { ref_name: { include: ["refs/heads/staging"], exclude: [] } },
        rules: [{ type: "pull_request", parameters }],
      }),
    );
    const dora = await as("dora");
    await visit(dora, "/glucolabs/glucose-api/compare?base=staging&head=development");
    await press(dora, "Open the pull request");
    const narrow = await as("dora", true, 320);
    const flaws = async () => {
      await narrow.goto(dora.url());
      return { overflow: await overflow(narrow), violations: await violations(narrow) };
    };
    expect(await flaws()).toEqual({ overflow: 0, violations: [] });
    await dora.getByLabel("How it merges").selectOption("Squash and merge");
    await press(dora, "Enable auto-merge");
    expect(await said(dora)).toBe("Auto-merge is enabled.");
    const box = dora.locator(".verdict");
    expect(await box.textContent()).toContain("Auto-merge is enabled by dora: Squash and merge");
    expect(await box.textContent()).toContain("At least 1 approving review is required");
    expect(await flaws()).toEqual({ overflow: 0, violations: [] });
    await press(dora, "Disable auto-merge");
    expect(await said(dora)).toBe("Auto-merge is disabled.");
    await press(dora, "Enable auto-merge");

    await press(dora, "olga");
    expect(await dora.getByRole("button", { name: "Disable auto-merge" }).isDisabled()).toBe(true);
    await press(dora, "rita");
    await press(dora, "Approve");
    expect(await dora.locator("#verdict").textContent()).toBe("Merged by dora");

    await press(dora, "ada");
    await visit(dora, "/glucolabs/glucose-api");
    await dora.getByText("Settings", { exact: true }).click();
    await dora.getByLabel("allow auto-merge").uncheck();
    await press(dora, "Save");
    expect(sandbox.github.repository("glucolabs/glucose-api")?.merging.allowAutoMerge).toBe(false);
  });

  test("somebody without the right sees the button disabled, and why", async () => {
    const olga = await as("olga");
    await visit(olga, "/glucolabs/glucose-worker/pull/1");
    expect(await olga.getByRole("button", { name: "Create a merge commit" }).isDisabled()).toBe(true);
    expect(await olga.locator(".verdict").textContent()).toContain("Needs write access; olga has read.");
  });

  test("what one person writes another ticks, and the comment is changed", async () => {
    const dora = await as("dora");
    await visit(dora, "/glucolabs/glucose-api/pull/2");
    await dora.getByLabel("Comment or review as dora").fill("- [ ] tried on a phone\n- [ ] tried on a desktop");
    await press(dora, "Comment");
    await press(dora, "rita");
    const box = dora.getByRole("checkbox", { name: "tried on a desktop" });
    expect(await box.getAttribute("aria-checked")).toBe("false");
    await box.click();
    expect(await dora.getByRole("checkbox", { name: "tried on a desktop" }).getAttribute("aria-checked")).toBe("true");
    const comment = sandbox.github.state.comments.all().at(-1);
    expect(comment?.body.replace(/\r/g, "")).toBe("- [ ] tried on a phone\n- [x] tried on a desktop");
  });

  test("nobody may approve their own, and somebody else may", async () => {
    const page = await as("devin");
    await visit(page, "/glucolabs/glucose-api/pull/2");
    expect(await page.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);
    await press(page, "quinn");
    await press(page, "Approve");
    expect(await page.locator("main").textContent()).toMatch(/quinn\s+✓ approved/);
  });

  test("a review is asked of a person and of a team, who are shown until they answer", async () => {
    const page = await as("dora");
    await visit(page, "/glucolabs/glucose-api/pull/2");
    for (const name of ["otto", "@quality"]) {
      await page.getByRole("combobox", { name: "Ask" }).selectOption(name);
      await press(page, "Ask for a review");
    }
    const asked = page.getByRole("region", { name: "Reviews asked for" }).locator(".person");
    expect(await asked.allTextContents()).toEqual(["otto", "@quality"]);
    await page.getByRole("button", { name: "Ask no longer" }).first().click();
    expect(await asked.allTextContents()).toEqual(["@quality"]);
    await press(page, "quinn");
    await page.getByLabel("Comment or review as quinn").fill("Please say why.");
    await press(page, "Request changes");
    expect(await asked.allTextContents()).toEqual([]);
  });

  test("a file is changed on a new branch, which can be proposed at once", async () => {
    const page = await as("dora");
    await visit(page, "/glucolabs/glucose-api/blob/development/README.md");
    await page.getByLabel("Content").fill("# glucose-api\n");
    await page.getByLabel("Commit to").fill("docs/short-readme");
    await press(page, "Commit");
    expect(await said(page)).toMatch(/^Committed [0-9a-f]{7} to docs\/short-readme\.$/);
    expect(await page.getByLabel("From (head)").inputValue()).toBe("docs/short-readme");
    await press(page, "Show what it brings");
    expect(await page.locator("#brings").textContent()).toBe("It brings 1 commit, 1 changed file");
  });

  test("a release is drafted, given a file and published by hand, and its tag is there then", async () => {
    const page = await as("rita");
    await visit(page, "/glucolabs/glucose-worker/releases");
    await page.getByText("New release", { exact: true }).click();
    await page.getByRole("textbox", { name: "Tag" }).fill("v0.9.0");
    await page.getByLabel("Title").fill("Gaps are marked");
    await page.getByLabel("Notes").fill("## Notes\n\n- marks gaps");
    await press(page, "Save as a draft");
    expect(await said(page)).toBe("Saved as a draft.");
    const draft = new URL(page.url()).pathname;
    await page.getByText("Attach a file", { exact: true }).click();
    await page.getByLabel("File name").fill("check sums.txt");
    await page.getByLabel("What it holds").fill("sha256 of everything\n");
    await press(page, "Attach");
    const file = page.getByRole("link", { name: "check.sums.txt" });
    const bytes = await fetch(new URL((await file.getAttribute("href")) ?? "", sandbox.url));
    expect(await bytes.text()).toBe("sha256 of everything\n");

    await press(page, "olga");
    expect(await page.locator("h1").textContent()).toBe("There is nothing here");
    await press(page, "rita");
    await visit(page, draft);
    await press(page, "Publish");
    expect(await page.locator("header.title").textContent()).toMatch(/Gaps are marked\s+✓ Latest\s+v0\.9\.0/);
    expect(new URL(page.url()).pathname).toBe("/glucolabs/glucose-worker/releases/tag/v0.9.0");
    await press(page, "olga");
    expect(await page.getByRole("button", { name: "Make it a draft" }).isDisabled()).toBe(true);
    await visit(page, "/glucolabs/glucose-worker/tags");
    expect(await page.locator("main").textContent()).toContain("v0.9.0");

    await press(page, "rita");
    await visit(page, "/glucolabs/glucose-worker/releases/tag/v0.9.0");
    await page.getByText("Edit", { exact: true }).click();
    await page.getByLabel("Title").fill("Gaps");
    await press(page, "Save");
    expect(await page.locator("h1").textContent()).toBe("Gaps");
    await press(page, "Delete this release");
    expect(await said(page)).toBe("Release v0.9.0 is deleted. Its tag stays.");
  });

  test("an issue is opened, talked about, and closed by somebody who may; its number leads there from anywhere", async () => {
    const dora = await as("dora");
    await visit(dora, "/glucolabs/glucose-web/issues");
    await dora.getByText("New issue").click();
    await dora.getByLabel("Title").fill("The chart is cut off at noon");
    await dora.getByLabel("Description").fill("On **narrow** screens.");
    await press(dora, "Open the issue");
    const { pathname } = new URL(dora.url());
    expect(await said(dora)).toBe("Opened.");
    await dora.getByLabel("Comment as dora").fill("/freeze master because of that");
    await press(dora, "Comment");
    expect(await dora.locator("#content").textContent()).toContain("/freeze master because of that");
    const olga = await as("olga");
    await visit(olga, pathname.replace("issues", "pull"));
    expect(new URL(olga.url()).pathname).toBe(pathname);
    expect(await olga.getByRole("button", { name: "Close it" }).isDisabled()).toBe(true);
    await visit(dora, pathname);
    await press(dora, "Close it");
    expect(await said(dora)).toBe("Closed.");
    await visit(dora, "/glucolabs/glucose-web/issues/1");
    expect(new URL(dora.url()).pathname).toBe("/glucolabs/glucose-web/pull/1");
  });

  test("a tag is made with a message, which the list shows, and deleted", async () => {
    const page = await as("dora");
    await visit(page, "/glucolabs/glucose-worker/tags");
    await page.getByText("New tag", { exact: true }).click();
    await page.getByLabel("Name").fill("nightly");
    await page.getByLabel("Message").fill("Built at night");
    await press(page, "Make it");
    expect(await said(page)).toBe("Tag nightly is made.");
    expect(await page.locator("main pre").textContent()).toBe("Built at night");
    await press(page, "Delete nightly");
    expect(await said(page)).toBe("Tag nightly is deleted.");
  });

  test("a fault strikes the requests it is for, as often as it was told", async () => {
    const page = await as("dora");
    await visit(page, "/-/faults");
    await page.getByLabel("API answers 502 and does nothing").check();
    await page.getByRole("combobox", { name: "Which requests" }).selectOption("GET");
    await page.getByLabel("Where their address has").fill("/releases");
    await press(page, "Switch it on");
    expect(await said(page)).toBe("API answers 502 and does nothing: on.");
    const ask = async (path: string) => (await fetch(`${sandbox.apiUrl}/repos/glucolabs/glucose-api${path}`)).status;
    expect([await ask(""), await ask("/releases"), await ask("/releases")]).toEqual([200, 502, 200]);
  });

  test("the clock is moved with one click", async () => {
    const page = await as("dora");
    await visit(page, "/");
    await press(page, "Skip 25 hours");
    expect(clock.skipped()).toBe(25 * 60 * 60 * 1000);
    expect(await said(page)).toBe("It is 25 hours later.");
  });
});

describe("forgery", () => {
  test("a form that was not sent from one of these pages does nothing", async () => {
    const answer = await fetch(`${sandbox.url}/glucolabs/glucose-api/pull/2/state`, {
      method: "POST",
      headers: { cookie: "sandbox-person=ada; sandbox-session=guessed" },
      body: new URLSearchParams({ state: "closed", token: "guessed" }),
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("Nothing was done");
  });

  test("a foreign name that leads to this machine is not answered", async () => {
    const { port } = new URL(sandbox.url);
    const status = await new Promise((resolve) => {
      get({ port, host: "127.0.0.1", headers: { host: `evil.example:${port}` } }, (answer) =>
        resolve(answer.statusCode),
      );
    });
    expect(status).toBe(403);
  });

  test("going back after a switch of person leads to no other site", async () => {
    const page = await as("dora");
    await visit(page, "/");
    await page.locator('input[name="back"]').first().evaluate("(field) => { field.value = '//example.org/' }");
    await press(page, "rita");
    expect(page.url()).toBe(`${sandbox.url}/`);
  });
});

describe("every page", () => {
  const paths = [
    "/",
    "/glucolabs/glucose-api",
    "/glucolabs/glucose-api/pulls",
    "/glucolabs/glucose-api/pull/2",
    "/glucolabs/glucose-api/pull/2/files",
    "/glucolabs/glucose-web/compare?base=master&head=feature/unit-switch",
    "/glucolabs/glucose-api/tree/feature/low-alert",
    "/glucolabs/glucose-api/blob/development/docs/runbooks/release.md",
    "/glucolabs/glucose-web/rules",
    "/glucolabs/glucose-web/tags",
    "/glucolabs/glucose-web/issues",
    "/glucolabs/glucose-web/releases",
    "/glucolabs/glucose-web/releases/tag/v1.0.0-a-long-name-for-a-release-that-nobody-would-type",
    "/-/people",
    "/-/apps",
    "/-/deliveries",
    "/-/faults",
    "/-/afresh",
    "/nobody/nothing",
  ];

  beforeAll(async () => {
    const web = sandbox.github.repository("glucolabs/glucose-web");
    if (!web) throw new Error("the example is missing");
    const rita = sandbox.github.as("rita");
    const tagName = "v1.0.0-a-long-name-for-a-release-that-nobody-would-type";
    must(await makeTag(sandbox.github, rita, web, { name: tagName, at: "master", message: "Ledger 1f2e3d" }));
    const draft = must(await createRelease(sandbox.github, rita, web, { tagName, draft: true, body: "# Notes" }));
    const file = { name: "evidence.json", label: null, contentType: "application/json", bytes: Buffer.from("{}") };
    must(await attach(sandbox.github, rita, web, draft.id, { ...file, whole: true }));
    must(await attach(sandbox.github, rita, web, draft.id, { ...file, name: "half.json", whole: false }));
    must(await editRelease(sandbox.github, rita, web, draft.id, { draft: false }));
    const title = "Something with a name that is too long for a narrow screen, and AWordThatNobodyWouldTypeEither";
    const issue = must(await openIssue(sandbox.github, rita, web, { title, body: "| a | table |\n| --- | --- |\n" }));
    paths.push(`/glucolabs/glucose-web/issues/${issue.number}`);
  });

  test.each([
    [320, "light"],
    [1280, "dark"],
  ] as const)(
    "has no axe-core violation and needs no sideways scrolling at %d px, %s",
    async (width, colorScheme) => {
      const api = sandbox.github.repository("glucolabs/glucose-api");
      if (!api) throw new Error("the example is missing");
      const text =
        "# State\n\n| gate | why |\n| --- | --- |\n| `flow` | `averylongbranchname/that/nobody/would/wrap` |\n";
      must(await createComment(sandbox.github, sandbox.github.as("rita"), api, 2, text));
      const page = await as("dora", true, width, colorScheme);
      for (const path of paths) {
        await visit(page, path);
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })");
        const found = { path, overflow: await overflow(page), violations: await violations(page) };
        expect(found).toEqual({ path, overflow: 0, violations: [] });
      }
    },
    120_000,
  );

  test("shows what changed without a reload where there is JavaScript", async () => {
    const api = sandbox.github.repository("glucolabs/glucose-api");
    if (!api) throw new Error("the example is missing");
    const page = await as("dora", true);
    await visit(page, "/glucolabs/glucose-api/pull/2");
    must(await createComment(sandbox.github, sandbox.github.as("otto"), api, 2, "Seen from operations."));
    await page.getByRole("paragraph").filter({ hasText: "Seen from operations." }).waitFor();
  });
});
