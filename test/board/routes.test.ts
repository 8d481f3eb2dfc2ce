import { describe, expect, test } from "@jest/globals";
import { type Access, type BoardRequest, boardRoute, isLoopback } from "../../src/board/routes.ts";
import { board, NOW, release, stories, viewsOf } from "./samples.ts";

const LOOPBACK: Access = { kind: "loopback" };
const views = viewsOf({ 42: stories.refused(), 43: release() }, board());

const ask = (path: string, given: Partial<BoardRequest> = {}, access: Access = LOOPBACK) =>
  boardRoute(
    { method: "GET", path, host: "127.0.0.1:3000", ifNoneMatch: null, at: NOW, ...given },
    views,
    access,
    "https://github.example",
  );

describe("what there is", () => {
  test.each([
    ["/", 200, "text/html; charset=utf-8", "glucose/api"],
    ["/?x=1", 200, "text/html; charset=utf-8", "glucose/api"],
    ["/index.json", 200, "application/json; charset=utf-8", '"name": "glucose/api"'],
    ["/glucose/api/pull/42", 200, "text/html; charset=utf-8", "Open it into development instead."],
    ["/GLUCOSE/API/pull/42", 200, "text/html; charset=utf-8", "Open it into development instead."],
    ["/glucose/api/pull/42.json?pretty", 200, "application/json; charset=utf-8", "Open it into development instead."],
    ["/board.css", 200, "text/css; charset=utf-8", "prefers-color-scheme: dark"],
    ["/board.js", 200, "text/javascript; charset=utf-8", "pre.copy"],
    ["/board.svg", 200, "image/svg+xml", "<svg"],
    ["/glucose/api/pull/9", 404, "text/html; charset=utf-8", "Flowgate has not heard of #9 in glucose/api."],
    [
      "/glucose/api/pull/9.json",
      404,
      "application/json; charset=utf-8",
      "Flowgate has not heard of #9 in glucose/api.",
    ],
    ["/glucose/api/pulls/9", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/nobody/here/pull/9", 404, "text/html; charset=utf-8", "Flowgate has not heard of nobody/here."],
    ["/glucose/api/pull/0", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/api/pull/042", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/api/pull/99999999999999999999", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/<b>/pull/1", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/%ff/pull/1", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/../pull/42", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/./pull/42", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/api/pull/42/run-book", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/glucose/api/pull/43", 200, "text/html; charset=utf-8", `<li id="P11"`],
    ["/glucose/api/pull/43?item=s2", 200, "text/html; charset=utf-8", "migrate.sh --dry-run"],
    ["/glucose/api/pull/43?item=<b>&from=S1-S9&item", 200, "text/html; charset=utf-8", `<li id="P11"`],
    ["/glucose/api/pull/43.json", 200, "application/json; charset=utf-8", '"label": "P11"'],
    ["/glucose/api/pull/42/recheck", 404, "text/html; charset=utf-8", "There is no such page."],
    ["/__proto__", 404, "text/html; charset=utf-8", "There is no such page."],
    ["", 404, "text/html; charset=utf-8", "There is no such page."],
  ])("%s", async (path, status, type, part) => {
    const page = await ask(path);
    expect({ status: page.status, type: page.type }).toEqual({ status, type });
    expect(page.body).toContain(part);
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s changes nothing and says so", async (method) => {
    for (const path of ["/", "/glucose/api/pull/42", "/glucose/api/pull/42/recheck", "/glucose/api/pull/43/run-book"]) {
      const page = await ask(path, { method });
      expect(page.status).toBe(405);
      expect(page.headers).toMatchObject({ allow: "GET, HEAD" });
    }
  });

  test("HEAD is answered as GET is", async () => {
    expect((await ask("/", { method: "HEAD" })).status).toBe(200);
  });
});

describe("who may see it", () => {
  test.each([
    ["127.0.0.1", true],
    ["127.0.0.1:3000", true],
    ["localhost:8080", true],
    ["LOCALHOST", true],
    ["[::1]:3000", true],
    ["[::1]", true],
    ["::1", false],
    ["flowgate.example.com", false],
    ["localhost.example.com", false],
    ["127.0.0.1.example.com", false],
    ["127.0.0.1:3000@example.com", false],
    ["example.com:127", false],
    ["0.0.0.0:3000", false],
    ["192.168.1.5", false],
    ["", false],
    [null, false],
  ])("Host %j: %j", async (host, seen) => {
    expect(isLoopback(host)).toBe(seen);
    const page = await ask("/glucose/api/pull/42", { host });
    expect(page.status).toBe(seen ? 200 : 403);
    expect(page.body.includes("feature/login")).toBe(seen);
    if (!seen) expect(page.body).toContain("<code>GITHUB_CLIENT_ID</code> and <code>GITHUB_CLIENT_SECRET</code>");
  });

  test("a closed board says why, in words and for programs, and shows nothing", async () => {
    const closed: Access = { kind: "refused", because: "HOST is no loopback address." };
    for (const path of ["/", "/index.json", "/glucose/api/pull/42", "/glucose/api/pull/9", "/nowhere"]) {
      const page = await ask(path, {}, closed);
      expect(page.status).toBe(403);
      expect(page.body).toContain("HOST is no loopback address.");
      expect(page.body).not.toContain("glucose");
    }
    expect((await ask("/board.css", {}, closed)).status).toBe(200);
  });
});

describe("how it is sent", () => {
  test("no inline script, no inline style, no foreign host", async () => {
    for (const path of ["/", "/glucose/api/pull/42", "/nowhere"]) {
      const { headers, body } = await ask(path);
      expect(headers["content-security-policy"]).toContain("default-src 'none'; style-src 'self'; script-src 'self'");
      expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "private, no-cache" });
      expect(body).not.toMatch(/<style|\sstyle=|<script(?! src="\/board\.js" defer><\/script>)|\son\w+="/);
      const foreign = [...body.matchAll(/(?:src|href)="(https?:[^"]*)"/g)].map(
        ([, address = ""]) => new URL(address).host,
      );
      expect(foreign.filter((host) => host !== "github.example")).toEqual([]);
    }
  });

  test("what has not changed is not sent again", async () => {
    const { headers, body } = await ask("/glucose/api/pull/42");
    const etag = headers["etag"] ?? "";
    expect(body).not.toBe("");
    for (const ifNoneMatch of [etag, `W/${etag}`, `"x", ${etag}`]) {
      expect(await ask("/glucose/api/pull/42", { ifNoneMatch })).toMatchObject({ status: 304, body: "" });
    }
    expect(await ask("/glucose/api/pull/42", { ifNoneMatch: '"x"' })).toMatchObject({ status: 200 });
    expect(await ask("/", { ifNoneMatch: etag })).toMatchObject({ status: 200 });
  });

  test("a store that cannot be read is not a page", async () => {
    const broken = {
      pullView: () => Promise.reject(new Error("down")),
      askedOnPage: () => Promise.reject(new Error("down")),
      triedOnPage: () => Promise.reject(new Error("down")),
      componentsView: () => Promise.reject(new Error("down")),
    };
    const request = { method: "GET", path: "/", host: "localhost", ifNoneMatch: null, at: NOW };
    await expect(boardRoute(request, broken, LOOPBACK)).rejects.toThrow("down");
  });
});
