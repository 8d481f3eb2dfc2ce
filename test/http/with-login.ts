import { pino } from "pino";
import { changeApp, install } from "../../sandbox/installing.ts";
import { sandboxPages } from "../../sandbox/pages/pages.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { type App, startApp } from "../../src/app.ts";
import { LANES_ONLY, OWNER, RUN_BOOK, RUN_BOOK_PATH, STAGES, startWorld, type World } from "../world.ts";

/** The whole App with log-in, on a GitHub whose pages ask people. `acme/api` is private, `acme/site` public. */
export type WithLogin = {
  readonly world: World;
  readonly app: App;
  /** The page of a pull request in what is private, titled "A secret change". */
  readonly path: string;
  /** What was logged, every level, a line each. */
  readonly logged: readonly string[];
  browserOf(login: string): Browser;
  quiet(): Promise<void>;
  stop(): Promise<void>;
};

/** @param config of `acme/api`; one that asks for nothing behind the lanes when left out. */
export async function startWithLogin(config = LANES_ONLY): Promise<WithLogin> {
  const world = await startWorld({ config, private: true, started: false, pages: sandboxPages() });
  const { github, registered, settings } = world;
  const [first = "master", ...rest] = [...STAGES].reverse();
  const begin = { message: "Begin", author: "ada", files: { "README.md": "# site\n" } };
  await createRepository(github, {
    owner: OWNER,
    name: "site",
    defaultBranch: first,
    branches: [{ name: first, commits: [begin] }, ...rest.map((name) => ({ name, from: first }))],
  });
  const logged: string[] = [];
  const { clientId, clientSecret } = registered;
  const app = await startApp({
    ...settings,
    log: pino({ level: "trace" }, { write: (line) => void logged.push(line) }),
    board: { kind: "login", clientId, clientSecret, at: "self" },
  });
  const webhookUrl = `${app.url}/api/github/webhooks`;
  changeApp(github, registered.id, { webhookUrl, callbackUrls: [`${app.url}/login/callback`] });
  install(github, registered, OWNER, "all");
  const dora = world.person("dora");
  await dora.pushes("feature/secret", "development");
  const number = await dora.opens("feature/secret", "development", { title: "A secret change" });
  const quiet = async () => {
    for (let calm = 0; calm < 2; ) {
      await github.settled();
      calm = (await app.idle()) ? calm + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await quiet();
  return {
    world,
    app,
    path: `/acme/api/pull/${number}`,
    logged,
    browserOf: (login) => browserIn(app, login),
    quiet,
    async stop() {
      await app.stop();
      await world.stop();
    },
  };
}

/** A browser, in which somebody is at the sandbox as this person. It knows both sites by their ports. */
export type Browser = {
  /** Asks for one page, or sends it a form. */
  go(
    to: string,
    form?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly to: string; readonly text: string; readonly url: string }>;
  /** Follows where it is sent, and says yes to what GitHub asks. */
  open(to: string): ReturnType<Browser["go"]>;
};

function browserIn(app: App, login: string): Browser {
  const jars = new Map<string, Map<string, string>>();
  async function go(...[to, form, headers]: Parameters<Browser["go"]>) {
    const url = new URL(to, app.url);
    const jar = jars.get(url.host) ?? new Map([["sandbox-person", login]]);
    jars.set(url.host, jar);
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "), ...headers },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = "", rest = ""] = /^([^=]+)=([^;]*)(.*)$/.exec(set) ?? [];
      if (/Max-Age=0\b/.test(rest)) jar.delete(name);
      else jar.set(name, value);
    }
    const next = response.headers.get("location");
    return {
      status: response.status,
      to: next === null ? "" : new URL(next, url).href,
      text: await response.text(),
      url: url.href,
    };
  }
  async function open(to: string) {
    let at = await go(to);
    for (let steps = 0; steps < 8; steps++) {
      if (at.to !== "") at = await go(at.to);
      else if (at.text.includes("Authorise flowgate?"))
        at = await go(at.url, { answer: "yes", token: /name="token" value="(\w+)"/.exec(at.text)?.[1] ?? "" });
      else break;
    }
    return at;
  }
  return { go, open };
}

/** Such an App, and a release whose run-book is to be walked: otto is its operations. */
export type WithRelease = Omit<WithLogin, "path"> & { readonly number: number; readonly path: string };

export async function startWithRelease(): Promise<WithRelease> {
  const config = LANES_ONLY.replace("runbook: { required: false }\n", "");
  const room = await startWithLogin(`${config}roles: { operations: ["@acme/operations"] }\n`);
  const { world, quiet } = room;
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  await dora.pushes("feature/login", "development", { files: { [RUN_BOOK_PATH]: RUN_BOOK } });
  const body = `Run-book: ${RUN_BOOK_PATH}`;
  for (const [head, base] of [
    ["feature/login", "development"],
    ["development", "staging"],
  ] as const) {
    const number = await dora.opens(head, base, { body });
    await quiet();
    const refusal = await dora.merges(number);
    if (refusal !== null) throw new Error(`${head} could not be merged: ${refusal.message}`);
    await quiet();
  }
  const number = await rita.opens("staging", "master", { body });
  await quiet();
  return { ...room, number, path: `/acme/api/pull/${number}` };
}
