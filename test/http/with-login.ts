import { pino } from "pino";
import { changeApp, install } from "../../sandbox/installing.ts";
import { sandboxPages } from "../../sandbox/pages/pages.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { type App, startApp } from "../../src/app.ts";
import { OWNER, STAGES, startWorld, type World } from "../world.ts";

/** The whole App with log-in, on a GitHub whose pages ask people. `acme/api` is private, `acme/site` public. */
export type WithLogin = {
  readonly world: World;
  readonly app: App;
  /** The page of a pull request in what is private, titled "A secret change". */
  readonly path: string;
  /** What was logged, every level, a line each. */
  readonly logged: readonly string[];
  quiet(): Promise<void>;
  stop(): Promise<void>;
};

export async function startWithLogin(): Promise<WithLogin> {
  const world = await startWorld({ private: true, started: false, pages: sandboxPages() });
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
    quiet,
    async stop() {
      await app.stop();
      await world.stop();
    },
  };
}
