import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { LANES_ONLY } from "../world.ts";
import { type Browser, startWithLogin, type WithLogin } from "./with-login.ts";

let room: WithLogin;
/** The page of a promotion, and that of a feature. */
let promotion: string;
let feature: string;

beforeAll(async () => {
  room = await startWithLogin(`${LANES_ONLY}roles: { release-manager: ["@acme/release-managers"] }\n`);
  const dora = room.world.person("dora");
  expect(await dora.merges(1)).toBeNull();
  await room.quiet();
  const number = await dora.opens("development", "staging");
  await dora.pushes("feature/other", "development");
  feature = `/acme/api/pull/${await dora.opens("feature/other", "development")}`;
  await room.quiet();
  promotion = `/acme/api/pull/${number}`;
});
afterAll(() => room.stop());

const wordOn = (text: string) => /name="word" value="([\w-]+)"/.exec(text)?.[1] ?? "";
/** Presses *Dry run* on the page; where that leads, and the page then. */
async function presses(browser: Browser) {
  const page = await browser.open(promotion);
  expect(page.text).toContain(`action="${promotion}/dry-run"`);
  const press = await browser.go(`${promotion}/dry-run`, { word: wordOn(page.text) });
  await room.quiet();
  return { press, text: (await browser.open(promotion)).text };
}

it("A dry run on the page shows there what /promote would do, and writes nothing on GitHub", async () => {
  const { requests } = room.world.github;
  requests.reset();
  const { press, text } = await presses(room.browserOf("rita"));
  expect([press.status, press.to]).toEqual([303, `${room.app.url}${promotion}#dry-run`]);
  expect(text).toContain("It carries 1 pull request, not yours. <code>/promote</code> would merge #2 into staging at ");
  expect(text).toContain("<summary>What it carries</summary>");
  expect(text).toContain("<li><bdi>#1 A secret change</bdi></li>");
  const ours = requests.all().filter(({ method, installationId }) => method !== "GET" && installationId !== null);
  expect(ours.map(({ route }) => route).filter((route) => !route.endsWith("/access_tokens"))).toEqual([]);
  expect(room.world.pull(2).state).toBe("open");
});

it("A dry run on the page is a release manager's, as the command is", async () => {
  const { text } = await presses(room.browserOf("devin"));
  expect(text).toContain("✗ Not done.");
  expect(text).toContain("This needs a release manager; you have <code>write</code> here.");
});

it("A dry run is offered where there is something to try out", async () => {
  const rita = room.browserOf("rita");
  const page = await rita.open(feature);
  expect(page.text).not.toContain("/dry-run");
  const press = await rita.go(`${feature}/dry-run`, { word: wordOn(page.text) });
  expect([press.status, press.text.includes("there is nothing to try out")]).toEqual([409, true]);
  expect((await rita.go(`${promotion}/dry-run`)).to).toBe(`${room.app.url}${promotion}`);
  const olaf = room.browserOf("olaf");
  await olaf.open("/");
  const nowhere = await olaf.go(`${promotion}/dry-run`, { word: wordOn((await olaf.open("/")).text) });
  expect(nowhere.status).toBe(404);
});
