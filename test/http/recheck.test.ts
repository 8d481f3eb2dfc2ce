import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { requestAction } from "../../sandbox/checks.ts";
import type { Role } from "../../sandbox/model.ts";
import type { App } from "../../src/app.ts";
import type { World } from "../world.ts";
import { type Browser, startWithLogin, type WithLogin } from "./with-login.ts";

let room: WithLogin;
let world: World;
let app: App;
let path: string;

beforeAll(async () => {
  room = await startWithLogin();
  ({ world, app, path } = room);
});
afterAll(() => room.stop());
// Each test is a while after the one before: neither the last press nor what GitHub said of rights counts any more.
beforeEach(() => world.clock.skip(60_000));

const wordOn = (text: string) => /name="word" value="([\w-]+)"/.exec(text)?.[1] ?? "";
const hasButton = (text: string) => text.includes(`action="${path}/recheck"`);
const presses = (browser: Browser, word: string, headers = {}) => browser.go(`${path}/recheck`, { word }, headers);

/** What the App asked GitHub for until it had nothing left to do, itself and in somebody's name. */
async function askedFor(act: () => Promise<unknown>) {
  await room.quiet();
  world.github.requests.reset();
  await act();
  await room.quiet();
  const all = world.github.requests.all().map(({ method, route, installationId }) => ({
    call: `${method} ${route}`,
    own: installationId !== null,
  }));
  return { own: all.filter(({ own }) => own).map(({ call }) => call), all: all.map(({ call }) => call) };
}

function gives(login: string, role: Role | null) {
  const { github } = world;
  const userId = github.as(login).account.id;
  const others = world.repository().collaborators.filter((one) => one.userId !== userId);
  github.state.repositories.change(world.repository().id, {
    collaborators: role === null ? others : [...others, { userId, role }],
  });
}

describe("Re-check on the page", () => {
  it("does what the button beside the check does on GitHub, for who may write", async () => {
    const button = await askedFor(async () => {
      const run = world.check(1);
      requestAction(world.github, world.github.as("dora"), world.repository(), run?.id ?? 0, "recheck");
    });
    expect(button.own).toContain("PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}");

    const dora = room.browserOf("dora");
    const page = await dora.open(path);
    expect(hasButton(page.text)).toBe(true);
    const press = await askedFor(async () => {
      expect(await presses(dora, wordOn(page.text))).toMatchObject({ status: 303, to: `${app.url}${path}` });
    });
    expect(press.own).toEqual(button.own);
    const lines = room.logged.filter((line) => line.includes("dora asked on the board to judge it afresh."));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ by: "dora", subject: `pull:${world.repository().id}:1` });
  });

  it("is one act when the page it leads to is loaded again, or when it is pressed twice", async () => {
    const dora = room.browserOf("dora");
    const word = wordOn((await dora.open(path)).text);
    // Ten seconds begin.
    world.clock.skip(10_000 - (world.clock.now().getTime() % 10_000));
    await presses(dora, word);
    await room.quiet();
    const again = await askedFor(async () => {
      expect((await dora.go(path)).status).toBe(200);
      expect((await dora.go(`${path}/recheck`)).to).toBe(`${app.url}${path}`);
      expect((await presses(dora, word)).status).toBe(303);
    });
    expect(again.own).toEqual([]);
  });

  type Refused = [how: string, press: (browser: Browser) => ReturnType<Browser["go"]>, status: number, words: string];
  const refusals: readonly Refused[] = [
    ["without a word", (dora) => dora.go(`${path}/recheck`, {}), 403, "not one of your session"],
    ["with a word made up", (dora) => presses(dora, "a".repeat(43)), 403, "not one of your session"],
    [
      "with another's word",
      async (dora) => presses(dora, wordOn((await room.browserOf("devin").open(path)).text)),
      403,
      "not one of your session",
    ],
    [
      "with the word of a session that ended",
      async (dora) => {
        const word = wordOn((await dora.open(path)).text);
        await dora.go("/logout", { word });
        await dora.open(path);
        return presses(dora, word);
      },
      403,
      "not one of your session",
    ],
    ...["cross-site", "same-site", "none"].map(
      (site): Refused => [
        `from another site, by the browser's word (${site})`,
        async (dora: Browser) => presses(dora, wordOn((await dora.open(path)).text), { "sec-fetch-site": site }),
        403,
        "not one of your session",
      ],
    ),
    [
      "from another site, which gets no cookie",
      async (dora) => presses(dora, wordOn((await dora.open(path)).text), { cookie: "" }),
      401,
      `href="/login?to=${encodeURIComponent("/acme/api/pull/1")}"`,
    ],
    [
      "after logging out in another tab",
      async (dora) => {
        const word = wordOn((await dora.open(path)).text);
        await dora.go("/logout", { word });
        return presses(dora, word);
      },
      401,
      "Nothing was done: you are not logged in.",
    ],
    ["by nobody", () => presses(room.browserOf("dora"), "x"), 401, "Nothing was done: you are not logged in."],
  ];
  it.each(refusals)("does nothing %s", async (_how, press, status, words) => {
    const dora = room.browserOf("dora");
    await dora.open(path);
    const asked = await askedFor(async () => {
      const refused = await press(dora);
      expect(refused.status).toBe(status);
      expect(refused.text).toContain(words);
    });
    expect(asked.own).toEqual([]);
  });

  it("is neither shown to nor done for who may only read, and names both rights", async () => {
    gives("olaf", "triage");
    const olaf = room.browserOf("olaf");
    const page = await olaf.open(path);
    expect(page.status).toBe(200);
    expect(hasButton(page.text)).toBe(false);
    const asked = await askedFor(async () => {
      const refused = await presses(olaf, wordOn(page.text));
      expect(refused.status).toBe(403);
      expect(refused.text).toContain("takes <code>write</code> in acme/api, and you have <code>triage</code>.");
    });
    expect(asked.own).toEqual([]);
    gives("olaf", null);
  });

  it("asks GitHub for the right at that moment, not a minute ago", async () => {
    gives("olaf", "write");
    const olaf = room.browserOf("olaf");
    const page = await olaf.open(path);
    expect(hasButton(page.text)).toBe(true);
    gives("olaf", "read");
    expect(hasButton((await olaf.go(path)).text)).toBe(true);
    expect((await presses(olaf, wordOn(page.text))).status).toBe(403);
    gives("olaf", null);
    const hidden = await presses(olaf, wordOn(page.text));
    const nowhere = await olaf.go(`${path.replace("api", "xyz")}/recheck`, { word: wordOn(page.text) });
    expect(hidden.status).toBe(404);
    expect(hidden.text.replaceAll("acme/api", "acme/xyz")).toBe(nowhere.text);
  });

  it("does nothing while GitHub does not say what one may", async () => {
    const dora = room.browserOf("dora");
    const word = wordOn((await dora.open(path)).text);
    world.github.faults.add({ on: "request", path: /^\/repos\/acme\/api$/, does: { kind: "502", effect: false } });
    const asked = await askedFor(async () => expect((await presses(dora, word)).status).toBe(503));
    expect(asked.own).toEqual([]);
    world.github.faults.clear();
    expect((await presses(dora, word)).status).toBe(303);
  });

  it("does nothing on what was closed since the page was loaded, nor on what is not there", async () => {
    const dora = room.browserOf("dora");
    const word = wordOn((await dora.open(path)).text);
    expect((await dora.go("/acme/api/pull/999/recheck", { word })).status).toBe(404);
    await world.person("dora").closes(1);
    await room.quiet();
    const refused = await presses(dora, word);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain("there is nothing to judge afresh");
    expect(hasButton((await dora.go(path)).text)).toBe(false);
    await world.person("dora").reopens(1);
    await room.quiet();
  });

  it("is a POST to its own address alone", async () => {
    const dora = room.browserOf("dora");
    const word = wordOn((await dora.open(path)).text);
    for (const address of [path, `${path}.json`, `${path}/recheck.json`, `${path}/recheck/`])
      expect((await dora.go(address, { word })).status).toBe(405);
  });
});
