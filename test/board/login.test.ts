import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Acts } from "../../src/board/acts.ts";
import { cookiesOf, returnPath } from "../../src/board/cookies.ts";
import { loginWith } from "../../src/board/login.ts";
import { boardRoute } from "../../src/board/routes.ts";
import { sealsOf } from "../../src/board/seal.ts";
import type { GithubAsUser, Grant, Readable, Told } from "../../src/flow/as-user.ts";
import { type Instant, later, type RepositoryId, repositoryId } from "../../src/flow/names.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { board, NOW, stories, viewsOf } from "./samples.ts";

const SECRET = "the client secret";
const AT = "https://flowgate.example";
const SESSION = "__Host-flowgate-session";
const HOUR = 3_600_000;
const PULL = "/glucose/api/pull/42";
const components = board();
const API = components.find(({ memory }) => memory.name === "glucose/api")?.repository ?? repositoryId(0);
const views = viewsOf({ 42: { ...stories.refused(), repository: API } }, components);

let now: Instant;
let store: Store;
let asked: string[];
let warnings: unknown[];
let github: Played;
const clock = { now: () => now };
/** Nobody acts here. */
const nobody = () => Promise.reject(new Error("nobody asked for it"));
const acts: Acts = { recheck: nobody, dryRun: nobody, tick: nobody };
const readable = (name: string, repository: RepositoryId): Readable => ({ name, repository, right: "read" });

beforeEach(async () => {
  now = NOW;
  asked = [];
  warnings = [];
  store = await openStore({ url: null, folder: null, clock, leaseMs: 60_000, log: { warn: () => {} } });
  github = played();
});
afterEach(() => store.stop());

type Played = GithubAsUser & {
  /** What a question comes to instead, until it is taken out. */
  readonly instead: Partial<Record<"exchange" | "refresh" | "person" | "repositories" | "repository", Told<never>>>;
  /** Ends the token in use, as when somebody takes their authorisation back. */
  revoke(): void;
  /** What the person was let into. */
  listed: readonly Readable[];
  /** What everybody may read. */
  open: readonly Readable[];
  /** Milliseconds that an answer takes. */
  wait: number;
};

/** GitHub as it behaves: a code is good once and with its verifier, and a refresh ends the tokens before it. */
function played(): Played {
  const challenges = new Map<string, string>();
  let made = 0;
  let good: Grant | null = null;
  const give = (): Told<Grant> => {
    made += 1;
    good = { token: `ghu_${made}`, until: later(now, 8 * HOUR), refresh: `ghr_${made}` };
    return { came: "told", value: good };
  };
  const refused = (because: string) => ({ came: "refused", because }) as const;
  const slowly = () => new Promise((resolve) => setTimeout(resolve, them.wait));
  const as = async <T>(what: keyof Played["instead"], token: string, value: () => T): Promise<Told<T>> => {
    asked.push(what);
    await slowly();
    return them.instead[what] ?? (token === good?.token ? { came: "told", value: value() } : refused("401"));
  };
  const them: Played = {
    instead: {},
    wait: 0,
    listed: [readable("glucose/api", API)],
    open: [],
    revoke() {
      good = null;
    },
    authorizeUrl({ state, challenge }) {
      challenges.set(state, challenge);
      return `https://github.example/login/oauth/authorize?${new URLSearchParams({ state })}`;
    },
    // A code has the name of the state that it was asked for with.
    async exchange({ code, verifier, redirectUri }) {
      asked.push("exchange");
      if (them.instead.exchange) return them.instead.exchange;
      const challenge = createHash("sha256").update(verifier).digest("base64url");
      const fits = redirectUri === `${AT}/login/callback` && challenges.get(code) === challenge;
      challenges.delete(code);
      return fits ? give() : refused("bad_verification_code");
    },
    async refresh(token) {
      asked.push(`refresh ${token}`);
      await slowly();
      return them.instead.refresh ?? (token === good?.refresh ? give() : refused("bad_refresh_token"));
    },
    person: (token) => as("person", token, () => ({ id: 3, login: "dora" })),
    repositories: (token) => as("repositories", token, () => them.listed),
    repository: (token, name) =>
      as("repository", token, () => {
        const may = [...them.listed, ...them.open].find((one) => one.name === name.toLowerCase());
        return may ?? null;
      }),
  };
  return them;
}

/** One process's log-in; several share the store. */
const process_ = (clientSecret = SECRET, at = AT) =>
  loginWith({
    clientSecret,
    at,
    github,
    sessions: store.sessions,
    clock,
    log: { warn: (fields) => void warnings.push(fields) },
  });

type Went = { readonly status: number; readonly to: string; readonly body: string; readonly headers: object };

/** Somebody's browser: it keeps cookies, and goes where it is sent only when told. */
function browser(login = process_(), jar = new Map<string, string>()) {
  async function go(
    path: string,
    given: { readonly method?: string; readonly form?: string; readonly address?: string } = {},
  ): Promise<Went> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const request = { method: "GET", path, host: "flowgate.example", ifNoneMatch: null, cookie, at: now, ...given };
    const { status, headers, body, cookies = [] } = await boardRoute(request, views, { kind: "login", login, acts });
    for (const set of cookies) {
      const [, name = "", value = "", rest = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(set) ?? [];
      expect(rest).toMatch(/^; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
      if (rest.includes("Max-Age=0;")) jar.delete(name);
      else jar.set(name, value);
    }
    return { status, to: headers["location"] ?? "", body, headers };
  }
  const begins = async (to = "/login") => new URL((await go(to)).to).searchParams.get("state") ?? "";
  return {
    go,
    jar,
    /** Off to GitHub; answers the state it was sent with. */
    begins,
    /** From a page to GitHub, and back again. */
    async logsIn(path = PULL) {
      const state = await begins((await go(path)).to);
      return go(`/login/callback?code=${state}&state=${state}`);
    },
  };
}
type Browser = ReturnType<typeof browser>;

const stored = ({ jar }: Browser) =>
  store.sessions.find(
    createHash("sha256")
      .update(jar.get(SESSION) ?? "")
      .digest("hex"),
  );
const word = (page: Went) => /name="word" value="([\w-]+)"/.exec(page.body)?.[1] ?? "";
const refreshes = () => asked.filter((one) => one.startsWith("refresh"));

describe("logging in", () => {
  test("leads from a page to GitHub and back to it", async () => {
    const dora = browser();
    const away = await dora.go(`${PULL}?x=1`);
    expect([away.status, away.to]).toEqual([303, `/login?to=${encodeURIComponent(`${PULL}?x=1`)}`]);
    const state = await dora.begins(away.to);
    const back = await dora.go(`/login/callback?code=${state}&state=${state}`);
    expect([back.status, back.to]).toEqual([303, `${PULL}?x=1`]);
    const page = await dora.go(back.to);
    expect(page.status).toBe(200);
    expect(page.body).toContain("<span>dora</span>");
    expect([...dora.jar.keys()]).toEqual([SESSION]);
  });

  test("gives pages whose one form leads to the board, and which are nobody else's", async () => {
    const dora = browser();
    await dora.logsIn();
    for (const path of [PULL, "/", "/nowhere"]) {
      const { headers, body } = await dora.go(path);
      expect(headers).toMatchObject({
        vary: "cookie",
        "content-security-policy": expect.stringMatching(
          /^default-src 'none'; .*script-src 'self';.* form-action 'self';/,
        ),
      });
      expect(body.match(/<form [^>]*>/g)).toEqual(['<form class="who" method="post" action="/logout">']);
    }
  });

  test("is told to programs, who are sent nowhere", async () => {
    const away = await browser().go(`${PULL}.json`);
    expect([away.status, away.to]).toEqual([401, ""]);
    expect(JSON.parse(away.body)).toMatchObject({ message: "This board is for people who are logged in." });
  });

  test("is not needed for what everybody may have", async () => {
    expect((await browser().go("/board.css")).status).toBe(200);
    expect(asked).toEqual([]);
  });

  test("works in two tabs at once", async () => {
    const dora = browser();
    const states = [await dora.begins("/login?to=/a"), await dora.begins("/login?to=/b")];
    const ways = [];
    for (const state of states) ways.push((await dora.go(`/login/callback?code=${state}&state=${state}`)).to);
    expect(ways).toEqual(["/a", "/b"]);
  });

  test("begun over and over leaves few cookies", async () => {
    const dora = browser();
    for (let times = 0; times < 40; times++) await dora.begins();
    expect(dora.jar.size).toBeLessThanOrEqual(8);
  });

  test("from one address again and again is held up for a minute, which is said", async () => {
    // The limiter goes by the real clock.
    const real = jest.spyOn(Date, "now").mockReturnValue(0);
    const login = process_();
    const [crowd, dora] = [browser(login), browser(login)];
    const from = (place: number) => ({ address: `2001:db8:0:1::${place}` });
    for (let times = 0; times < 30; times++) expect((await crowd.go("/login", from(times))).status).toBe(303);
    real.mockReturnValue(10_500);
    for (let times = 0; times < 30; times++) {
      // A callback that nobody sent asks GitHub for nothing, and counts.
      expect((await crowd.go("/login/callback?code=x&state=x", from(times))).status).toBe(400);
    }
    for (const path of ["/login", "/login/callback?code=x&state=x"]) {
      const held = await crowd.go(path, from(60));
      expect([held.status, held.headers]).toMatchObject([429, { "retry-after": "50" }]);
      expect(held.body).toContain("<h1>Too many log-ins came from your address.</h1>");
      expect(held.body).toContain("Load this page again in 50 seconds.");
    }
    // Others, and whoever is logged in already, see nothing of it.
    expect((await dora.go("/login", { address: "2001:db8:0:2::1" })).status).toBe(303);
    expect((await crowd.go("/logout", from(1))).status).toBe(200);
    real.mockReturnValue(59_500);
    expect((await crowd.go("/login", from(1))).body).toContain("again in 1 second.");
    real.mockReturnValue(60_001);
    expect((await crowd.go("/login", from(1))).status).toBe(303);
    real.mockRestore();
  });

  test("of somebody who is logged in already leads on at once", async () => {
    const dora = browser();
    await dora.logsIn();
    expect((await dora.go(`/login?to=${PULL}`)).to).toBe(PULL);
  });

  test("makes a new key each time, and ends the session that was planted before", async () => {
    const [mallory, victim] = [browser(), browser()];
    await mallory.logsIn();
    const planted = mallory.jar.get(SESSION) ?? "";
    const state = await victim.begins();
    victim.jar.set(SESSION, planted);
    await victim.go(`/login/callback?code=${state}&state=${state}`);
    expect(victim.jar.get(SESSION)).toMatch(/^[\w-]{43}$/);
    expect(victim.jar.get(SESSION)).not.toBe(planted);
    expect((await mallory.go(PULL)).status).toBe(303);
  });

  test.each(["x", "a".repeat(43), "../..", ""])("takes no key that was made up: %j", async (key) => {
    expect((await browser(process_(), new Map([[SESSION, key]])).go(PULL)).status).toBe(303);
  });

  test("keeps neither key nor token in the database as it is", async () => {
    const dora = browser();
    await dora.logsIn();
    const session = await stored(dora);
    expect(session?.person.login).toBe("dora");
    expect(JSON.stringify(session)).not.toMatch(/gh[ur]_/);
    expect(JSON.stringify(session)).not.toContain(dora.jar.get(SESSION));
  });
});

describe("coming back from GitHub", () => {
  const cookieOf = (state: string) => `__Host-flowgate-login-${state.slice(0, 8)}`;
  const ways: readonly [string, (own: string, dora: Browser) => Promise<string> | string][] = [
    ["without a state", (own) => `code=${own}`],
    ["with a state made up", (own) => `code=${own}&state=${"a".repeat(43)}`],
    ["with another's state", async (own) => `code=${own}&state=${await browser().begins()}`],
    ["with a state that begins the same", (own) => `code=${own}&state=${own.slice(0, 40)}___`],
    [
      "too late",
      (own) => {
        now = later(now, 10 * 60_000);
        return `code=${own}&state=${own}`;
      },
    ],
    [
      "in another browser",
      (own, dora) => {
        dora.jar.clear();
        return `code=${own}&state=${own}`;
      },
    ],
    [
      "with a cookie that was changed",
      (own, dora) => {
        const value = dora.jar.get(cookieOf(own)) ?? "";
        dora.jar.set(cookieOf(own), value.slice(0, 30) + (value[30] === "A" ? "B" : "A") + value.slice(31));
        return `code=${own}&state=${own}`;
      },
    ],
    [
      "with the cookie of another log-in",
      async (own, dora) => {
        dora.jar.set(cookieOf(own), dora.jar.get(cookieOf(await dora.begins())) ?? "");
        return `code=${own}&state=${own}`;
      },
    ],
  ];
  test.each(ways)("%s is turned away, and GitHub is not even asked", async (_how, way) => {
    const dora = browser();
    const own = await dora.begins();
    const back = await dora.go(`/login/callback?${await way(own, dora)}`);
    expect(back.status).toBe(400);
    expect(back.body).toContain("This log-in was not begun in this browser");
    expect(dora.jar.has(SESSION)).toBe(false);
    expect(asked).toEqual([]);
  });

  test("a second time is turned away", async () => {
    const dora = browser();
    const state = await dora.begins();
    await dora.go(`/login/callback?code=${state}&state=${state}`);
    expect((await dora.go(`/login/callback?code=${state}&state=${state}`)).status).toBe(400);
    expect(asked).toEqual(["exchange", "person"]);
  });

  test("with the code of another log-in comes to nothing: the verifier does not fit", async () => {
    const [dora, mallory] = [browser(), browser()];
    const [own, others] = [await dora.begins(), await mallory.begins()];
    const back = await dora.go(`/login/callback?code=${others}&state=${own}`);
    expect(back.status).toBe(400);
    expect(back.body).toContain("GitHub does not take this log-in any more.");
    expect(dora.jar.size).toBe(0);
  });

  test.each([
    ["declined", "error=access_denied", 403, "You did not let Flowgate see with your eyes."],
    ["sent back for another reason", "error=redirect_uri_mismatch", 503, "<code>redirect_uri_mismatch</code>"],
    ["sent back with markup", "error=<script>", 503, "<code>script</code>"],
  ])("%s says so", async (_how, query, status, words) => {
    const dora = browser();
    const back = await dora.go(`/login/callback?${query}&state=${await dora.begins()}`);
    expect(back.status).toBe(status);
    expect(back.body).toContain(words);
    expect(dora.jar.size).toBe(0);
    expect(asked).toEqual([]);
  });

  const down = { came: "unanswered", because: "GitHub answered 502" } as const;
  const unknown = { came: "refused", because: "incorrect_client_credentials" } as const;
  test.each<[string, Played["instead"], string]>([
    ["gives no answer", { exchange: down }, "GitHub answered 502."],
    ["does not say who it is", { person: down }, "GitHub answered 502."],
    ["does not take its own token", { person: { came: "refused", because: "401" } }, "401."],
    ["does not know the App", { exchange: unknown }, "GITHUB_CLIENT_SECRET"],
  ])("logs nobody in where GitHub %s", async (_how, instead, words) => {
    Object.assign(github.instead, instead);
    const dora = browser();
    const back = await dora.logsIn();
    expect(back.status).toBe(503);
    expect(back.body).toContain(words);
    expect(dora.jar.size).toBe(0);
  });

  test("tells the operator what GitHub refused, and no secret", async () => {
    github.instead.exchange = unknown;
    await browser().logsIn();
    expect(warnings).toEqual([{ code: "incorrect_client_credentials" }]);
  });

  test.each(["HEAD", "POST"])("by %s does nothing", async (method) => {
    const dora = browser();
    const state = await dora.begins();
    expect((await dora.go(`/login/callback?code=${state}&state=${state}`, { method })).status).toBe(405);
    expect(asked).toEqual([]);
  });
});

describe("the way back", () => {
  test.each(["/", PULL, "/a/b/pull/1.json?x=1&y=%2F", "/loginpage/x/pull/1"])("%j is taken", (to) => {
    expect(returnPath(to)).toBe(to);
  });

  test.each([
    null,
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/.//evil.example",
    "/x/..//evil.example",
    "/%2e//evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    " /evil",
    "evil.example",
    "@evil.example",
    "/ü",
    "/login",
    "/login?to=/login",
    "/login/callback?code=1",
    "/x/../login",
    "/logout",
    `/${"x".repeat(1_000)}`,
  ])("%j leads to the first page", (to) => {
    expect(returnPath(to)).toBe("/");
  });

  test("is checked where one begins, and cannot be changed while one is away", async () => {
    const dora = browser();
    const state = await dora.begins("/login?to=//evil.example");
    expect((await dora.go(`/login/callback?code=${state}&state=${state}&to=//evil.example`)).to).toBe("/");
    expect((await dora.go("/login?to=//evil.example")).to).toBe("/");
  });
});

describe("what one sees", () => {
  const others = components.filter(({ repository }) => repository !== API).map(({ memory }) => memory.name);

  test.each(["/", "/index.json"])("is what one was let into: %s", async (path) => {
    const dora = browser();
    await dora.logsIn();
    const { status, body } = await dora.go(path);
    expect(status).toBe(200);
    expect(body).toContain("glucose/api");
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((name) => body.includes(`"${name}"`))).toEqual([]);
  });

  test("is nothing for whom GitHub shows nothing: the same answer as for what is not there", async () => {
    const olaf = browser();
    github.listed = [];
    await olaf.logsIn();
    const answer = async (path: string) => {
      const { status, body } = await olaf.go(path);
      return { status, body: body.replaceAll(/glucose\/(?:api|nowhere)/g, "NAME") };
    };
    for (const json of ["", ".json"]) {
      const hidden = await answer(`${PULL}${json}`);
      expect(hidden.status).toBe(404);
      expect(hidden).toEqual(await answer(`/glucose/nowhere/pull/42${json}`));
    }
    expect(JSON.parse((await olaf.go("/index.json")).body)).toMatchObject({ components: [], incomplete: [] });
    expect((await olaf.go("/")).body).not.toContain("glucose");
  });

  test("includes what everybody may read", async () => {
    const olaf = browser();
    [github.listed, github.open] = [[], github.listed];
    await olaf.logsIn();
    expect((await olaf.go(PULL)).status).toBe(200);
    expect((await olaf.go("/")).body).toContain("glucose/api");
  });

  test("is not what had the name before another repository took it", async () => {
    github.listed = [readable("glucose/api", repositoryId(999))];
    const dora = browser();
    await dora.logsIn();
    expect((await dora.go(PULL)).status).toBe(404);
  });

  test("is asked of GitHub once a minute, also by many pages at once", async () => {
    const dora = browser();
    await dora.logsIn();
    asked.length = 0;
    await Promise.all([dora.go(PULL), dora.go(PULL), dora.go(`${PULL}.json`)]);
    expect(asked).toEqual(["repositories"]);
    github.listed = [];
    now = later(now, 59_000);
    expect((await dora.go(PULL)).status).toBe(200);
    now = later(now, 1_000);
    expect((await dora.go(PULL)).status).toBe(404);
    const told = asked.length;
    expect((await dora.go(PULL)).status).toBe(404);
    expect(asked).toHaveLength(told);
    expect(asked.filter((one) => one === "repositories")).toHaveLength(2);
  });

  test("is not shared between people", async () => {
    const login = process_();
    const [dora, olaf] = [browser(login), browser(login)];
    await dora.logsIn();
    expect((await dora.go(PULL)).status).toBe(200);
    github.listed = [];
    await olaf.logsIn();
    expect((await olaf.go(PULL)).status).toBe(404);
  });

  test.each(["repositories", "repository"] as const)(
    "is nothing while GitHub does not answer about %s, and is asked for again",
    async (what) => {
      const dora = browser();
      await dora.logsIn();
      github.instead[what] = { came: "unanswered", because: "GitHub answered 502" };
      if (what === "repository") github.listed = [];
      for (const path of [PULL, "/", `${PULL}.json`]) {
        const { status, body } = await dora.go(path);
        expect(status).toBe(503);
        expect(body).toContain("GitHub answered 502");
        expect(body).not.toContain("glucose");
      }
      delete github.instead[what];
      expect((await dora.go("/")).status).toBe(200);
    },
  );
});

describe("a token", () => {
  test("that runs out is refreshed, and nobody notices", async () => {
    const dora = browser();
    await dora.logsIn();
    now = later(now, 8 * HOUR - 60_000);
    expect((await dora.go(PULL)).status).toBe(200);
    now = later(now, 8 * HOUR);
    expect((await dora.go(PULL)).status).toBe(200);
    expect(refreshes()).toEqual(["refresh ghr_1", "refresh ghr_2"]);
  });

  test.each([1, 2])("is refreshed once by requests that come at once to %d processes", async (processes) => {
    const dora = browser();
    await dora.logsIn();
    const logins = Array.from({ length: processes }, () => process_());
    now = later(now, 9 * HOUR);
    github.wait = 30;
    const went = await Promise.all(
      [PULL, "/", `${PULL}.json`, "/index.json"].map((path, place) =>
        browser(logins[place % processes], dora.jar).go(path),
      ),
    );
    expect(went.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(refreshes()).toEqual(["refresh ghr_1"]);
  });

  test("that another process refreshes just now is not taken for one that was taken back", async () => {
    const dora = browser();
    await dora.logsIn();
    const session = await stored(dora);
    if (session === null) throw new Error("nobody is logged in");
    expect(await store.sessions.claimRefresh(session, 30_000)).toBe(true);
    const fresh = await github.refresh("ghr_1");
    if (fresh.came !== "told") throw new Error(fresh.because);
    const asking = dora.go(PULL);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { seal } = sealsOf(SECRET);
    await store.sessions.refreshed(session.id, {
      token: seal(fresh.value.token, session.id),
      tokenUntil: fresh.value.until,
      refresh: seal(fresh.value.refresh ?? "", session.id),
    });
    expect((await asking).status).toBe(200);
    expect(refreshes()).toEqual(["refresh ghr_1"]);
  });

  test("that a faster process refreshed is used, though the slower one is told that it is too late", async () => {
    const dora = browser();
    await dora.logsIn();
    const { refresh } = github;
    const { seal } = sealsOf(SECRET);
    github.refresh = async (token) => {
      const [session, faster] = [await stored(dora), await refresh(token)];
      if (session === null || faster.came !== "told") throw new Error("it could not be refreshed");
      await store.sessions.refreshed(session.id, {
        token: seal(faster.value.token, session.id),
        tokenUntil: faster.value.until,
        refresh: seal(faster.value.refresh ?? "", session.id),
      });
      return { came: "refused", because: "bad_refresh_token" };
    };
    now = later(now, 9 * HOUR);
    expect((await dora.go(PULL)).status).toBe(200);
    expect(refreshes()).toEqual(["refresh ghr_1"]);
  });

  test("that the person took back leads to the log-in and back to the page", async () => {
    const dora = browser();
    await dora.logsIn();
    github.revoke();
    const away = await dora.go(PULL);
    expect([away.status, away.to]).toEqual([303, `/login?to=${encodeURIComponent(PULL)}`]);
    expect(await stored(dora)).toBeNull();
    expect((await dora.logsIn()).to).toBe(PULL);
    expect((await dora.go(PULL)).status).toBe(200);
  });

  test("that GitHub does not refresh any more leads there too; programs are told", async () => {
    const dora = browser();
    await dora.logsIn();
    now = later(now, 9 * HOUR);
    github.instead.refresh = { came: "refused", because: "bad_refresh_token" };
    expect((await dora.go(`${PULL}.json`)).status).toBe(401);
    expect((await dora.go(PULL)).status).toBe(303);
    expect(refreshes()).toHaveLength(1);
  });

  test("that could not be refreshed is used as long as it is good, and refreshed later", async () => {
    const dora = browser();
    await dora.logsIn();
    github.instead.refresh = { came: "unanswered", because: "GitHub answered 502" };
    now = later(now, 8 * HOUR - 60_000);
    expect((await dora.go(PULL)).status).toBe(200);
    now = later(now, 2 * 60_000);
    expect((await dora.go(PULL)).status).toBe(503);
    delete github.instead.refresh;
    expect((await dora.go(PULL)).status).toBe(200);
  });

  test("that was sealed with another secret ends the session", async () => {
    const dora = browser();
    await dora.logsIn();
    expect((await browser(process_("a new secret"), dora.jar).go(PULL)).status).toBe(303);
    expect(await stored(dora)).toBeNull();
  });

  test("is not asked with any more after 30 days", async () => {
    const dora = browser();
    await dora.logsIn();
    now = later(now, 30 * 24 * HOUR);
    asked.length = 0;
    expect((await dora.go(PULL)).status).toBe(303);
    expect(asked).toEqual([]);
  });
});

describe("logging out", () => {
  test("takes the form's word, and ends the session everywhere", async () => {
    const dora = browser();
    await dora.logsIn();
    const copy = browser(process_(), new Map(dora.jar));
    const out = await dora.go("/logout", { method: "POST", form: `word=${word(await dora.go(PULL))}` });
    expect([out.status, out.to]).toEqual([303, "/logout"]);
    expect(dora.jar.size).toBe(0);
    expect((await dora.go("/logout")).body).toContain("You are logged out of Flowgate.");
    expect((await copy.go(PULL)).status).toBe(303);
  });

  test.each<[string, (theirs: string) => string]>([
    ["no word", () => ""],
    ["an empty word", () => "word="],
    ["a word made up", () => `word=${"a".repeat(43)}`],
    ["another's word", (theirs) => `word=${theirs}`],
  ])("is not done for a form with %s", async (_what, form) => {
    const [dora, mallory] = [browser(), browser()];
    await mallory.logsIn();
    const theirs = word(await mallory.go("/logout"));
    expect(theirs).toMatch(/^[\w-]{43}$/);
    await dora.logsIn();
    const out = await dora.go("/logout", { method: "POST", form: form(theirs) });
    expect(out.status).toBe(403);
    expect(out.body).toContain("You are still logged in.");
    expect((await dora.go(PULL)).status).toBe(200);
  });

  test("by a link only asks", async () => {
    const dora = browser();
    await dora.logsIn();
    const page = await dora.go("/logout");
    expect(page.body).toContain("Log out, dora?");
    expect((await dora.go(PULL)).status).toBe(200);
    expect((await dora.go("/logout", { method: "POST", form: `word=${word(page)}` })).status).toBe(303);
  });

  test("of nobody does nothing", async () => {
    expect((await browser().go("/logout", { method: "POST", form: "word=x" })).to).toBe("/logout");
  });

  test.each([
    ["POST", PULL],
    ["POST", "/login"],
    ["PUT", "/logout"],
    ["DELETE", PULL],
  ])("is all that may be sent: not %s to %s", async (method, path) => {
    const dora = browser();
    await dora.logsIn();
    expect((await dora.go(path, { method })).status).toBe(405);
  });
});

describe("cookies and seals", () => {
  test("cookies are Secure however the operator wrote https", async () => {
    const { cookies = [] } = (await process_(SECRET, "HTTPS://flowgate.example").own({
      method: "GET",
      path: "/login",
      host: null,
      ifNoneMatch: null,
      at: now,
    })) ?? { cookies: [] };
    expect(cookies).toEqual([expect.stringMatching(/^__Host-flowgate-login-.*; Secure$/)]);
  });

  test("cookies by http are not Secure and have no prefix that asks for it", () => {
    const plain = cookiesOf(false);
    expect(plain.set("session", "x", 60)).toBe("flowgate-session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
    expect(plain.read("a=b; flowgate-session=x; __Host-flowgate-session=y", "session")).toBe("x");
    expect(cookiesOf(true).read("flowgate-session=x", "session")).toBeNull();
  });

  test("a seal opens for its own use, secret and text alone", () => {
    const seals = sealsOf(SECRET);
    const sealed = seals.seal("ghu_secret", "one");
    expect(seals.open(sealed, "one")).toBe("ghu_secret");
    expect(seals.seal("ghu_secret", "one")).not.toBe(sealed);
    const bytes = Buffer.from(sealed, "base64url");
    for (const place of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(seals.open(changed.toString("base64url"), "one")).toBeNull();
    }
    expect(seals.open(sealed, "two")).toBeNull();
    expect(sealsOf("another").open(sealed, "one")).toBeNull();
    for (const nothing of ["", "x", sealed.slice(0, 30)]) expect(seals.open(nothing, "one")).toBeNull();
  });
});
