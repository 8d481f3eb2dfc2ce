import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Logger, pino } from "pino";
import { parse } from "yaml";
import { type App, instant, startApp } from "../src/app.ts";
import { machineClock, type SkippableClock } from "./clock.ts";
import { fillDemo } from "./demo.ts";
import { demoRoles, organisation, stages } from "./demo-data.ts";
import { forgetEverything } from "./forget.ts";
import { nextFreePort } from "./free-port.ts";
import type { Github } from "./github.ts";
import { acceptPermissions, changeApp, createApp, install } from "./installing.ts";
import type { Permissions } from "./model.ts";
import { sandboxPages } from "./pages/pages.ts";
import { type Sandbox, startSandbox } from "./server.ts";
import { importRepository } from "./setup.ts";

/** Where and how to play: DATA_DIR, HOST, PORT and LOG_LEVEL. */
export type PlaySettings = {
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
};

const filled = "example organisation";
const clockFile = "clock";
const longestWait = 15_000;

const tries = [
  {
    title: "Skip a stage",
    text: "Open feature/unit-switch of glucose-web into master and press a merge button: GitHub refuses, and the check says where the branch may go.",
    href: `/${organisation}/glucose-web/compare?base=master&head=feature/unit-switch`,
  },
  {
    title: "Go the allowed way",
    text: "Open the same branch into development: the check turns green, and the merge goes through.",
    href: `/${organisation}/glucose-web/compare?base=development&head=feature/unit-switch`,
  },
  {
    title: "Push past it with git",
    text: "Clone glucose-api with the line on its page, commit to master, and push: the push is refused.",
    href: `/${organisation}/glucose-api`,
  },
] as const;

/** What both sides share while they run. */
type Room = {
  readonly folder: string;
  readonly host: string;
  /** Where Flowgate listens. */
  readonly port: number;
  readonly log: Logger;
  readonly clock: SkippableClock;
  /** Told after the clock was moved. */
  readonly moved: Set<() => void>;
};

/**
 * Starts the sandbox with the example components and Flowgate at work on it, prints where they are, and ends both on
 * SIGINT and SIGTERM. What happened is kept in DATA_DIR/sandbox. Understands `--import PATH` and `--port N`.
 * Rejects with a sentence for people.
 */
export async function play(settings: PlaySettings, args: readonly string[]): Promise<void> {
  const chosen = choices(settings, args);
  const folder = resolve(settings.folder, "sandbox");
  mkdirSync(join(folder, "github"), { recursive: true });
  holdAlone(folder);
  const room: Room = {
    folder,
    host: settings.host,
    port: await nextFreePort(settings.host, chosen.port),
    log: pino({ level: settings.logLevel }, pino.destination({ dest: join(folder, "flowgate.log"), sync: true })),
    clock: keptClock(folder),
    moved: new Set(),
  };
  const playing = await open(room);
  let brought: string | null = null;
  try {
    if (chosen.imported !== null) brought = await playing.bring(chosen.imported);
    await playing.start();
  } catch (error) {
    await playing.stop();
    throw error;
  }
  await playing.quiet();
  process.stdout.write(greeting(playing, room, brought));
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void playing.stop().then(() => process.exit(0)));
}

/** The sandbox, and Flowgate on it once started. */
async function open(room: Room) {
  let app: App | null = null;
  let restart: Promise<void> | null = null;
  const sandbox: Sandbox = await startSandbox({
    folder: join(room.folder, "github"),
    host: room.host,
    port: await nextFreePort(room.host, room.port === 0 ? 0 : room.port + 1),
    clock: room.clock,
    log: (line) => room.log.info(line),
    pages: sandboxPages({
      links: () => (app === null ? [] : [{ text: "Flowgate's board", href: app.url }]),
      tries: () => tries,
      skip: (milliseconds) => skip(room, milliseconds),
      startAfresh() {
        restart ??= startAfresh().finally(() => {
          restart = null;
        });
        return restart;
      },
    }),
  });
  const { github } = sandbox;
  if (github.state.note(filled) === undefined) await fill();

  async function fill() {
    await forgetEverything(github);
    await fillDemo(github);
    github.state.setNote(filled, "yes");
  }

  async function start() {
    app = await startFlowgate(sandbox, room);
  }

  async function stopFlowgate() {
    await app?.stop();
    app = null;
    room.moved.clear();
  }

  async function startAfresh() {
    await stopFlowgate();
    rmSync(flowgateFolder(room), { recursive: true, force: true });
    await fill();
    await start();
    await quiet();
  }

  /** Waits until Flowgate has seen everything there is, so that the first page one opens is complete. */
  async function quiet() {
    const end = Date.now() + longestWait;
    do {
      await github.settled();
      if (await app?.idle()) return;
      await sleep(50);
    } while (Date.now() < end);
  }

  return {
    url: sandbox.url,
    boardUrl: () => app?.url ?? "",
    bring: (path: string) => bring(github, path),
    start,
    quiet,
    async stop() {
      await restart;
      await stopFlowgate();
      await sandbox.stop();
    },
  };
}

/** Starts Flowgate as an App of the sandbox: registered at the first start, then with what app.yml asks for by now. */
async function startFlowgate({ github, apiUrl }: Sandbox, room: Room): Promise<App> {
  const manifest = parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8")) as Manifest;
  const asks = { permissions: manifest.default_permissions, events: manifest.default_events };
  const known = github.state.apps.all().find((one) => one.name === manifest.name);
  const registered = known ?? createApp(github, { owner: organisation, name: manifest.name, ...asks });
  const app = await startApp({
    appId: registered.id,
    privateKey: registered.privateKey,
    webhookSecret: registered.webhookSecret,
    apiUrl,
    host: room.host,
    port: room.port,
    links: "self",
    board: { kind: "loopback" },
    databaseUrl: null,
    folder: flowgateFolder(room),
    log: room.log,
    clock: { now: () => instant(room.clock.now().getTime()), onMove: (listener) => void room.moved.add(listener) },
    inFlightGraceMs: 12_000,
    sweepEveryMs: 3_600_000,
  });
  const current = changeApp(github, registered.id, { ...asks, webhookUrl: `${app.url}/api/github/webhooks` });
  const [installation] = github.find.installationsOfApp(registered.id);
  if (!known) install(github, current, organisation, "all");
  else if (installation && asksForMore(current, installation)) acceptPermissions(github, installation.id);
  return app;
}

type Manifest = {
  readonly name: string;
  readonly default_permissions: Permissions;
  readonly default_events: readonly string[];
};
type Asking = { readonly permissions: Permissions; readonly events: readonly string[] };

function asksForMore(app: Asking, installation: Asking): boolean {
  const text = ({ permissions, events }: Asking) =>
    JSON.stringify([Object.entries(permissions).sort(), [...events].sort()]);
  return text(app) !== text(installation);
}

/** Takes a local repository over as a further component, with a config file that enforces. Says what came of it. */
async function bring(github: Github, path: string): Promise<string> {
  const name = basename(resolve(path))
    .replace(/\.git$/, "")
    .replace(/[^\w.-]+/g, "-");
  if (github.repository(`${organisation}/${name}`))
    return `${organisation}/${name} was imported before and is left as it is.`;
  const content = readFileSync(
    new URL(`../examples/${organisation}/glucose-api/.github/flowgate.yml`, import.meta.url),
    "utf8",
  );
  const file = { path: ".github/flowgate.yml", content };
  await importRepository(github, resolve(path), { owner: organisation, name, stages, file, roles: demoRoles });
  return `${organisation}/${name} is imported.`;
}

function skip(room: Room, milliseconds: number): void {
  room.clock.skip(milliseconds);
  writeFileSync(join(room.folder, clockFile), String(room.clock.skipped()));
  for (const tell of room.moved) tell();
}

function keptClock(folder: string): SkippableClock {
  const file = join(folder, clockFile);
  return machineClock(existsSync(file) ? Number(readFileSync(file, "utf8")) || 0 : 0);
}

/** Two on one folder would overwrite each other's state. The system lets go of the lock when the process ends, however it ends. */
function holdAlone(folder: string): void {
  try {
    lock = new DatabaseSync(join(folder, "lock"));
    lock.exec("begin exclusive");
  } catch {
    throw new Error(`Another process is at work in ${folder}; end it, or set DATA_DIR to another folder.`);
  }
}

/** Kept so that it is not collected, which would let go of it. */
let lock: DatabaseSync | null = null;

function flowgateFolder(room: Room): string {
  return join(room.folder, "flowgate");
}

function choices(
  settings: PlaySettings,
  args: readonly string[],
): { readonly port: number; readonly imported: string | null } {
  const { values } = parseArgs({
    args: [...args],
    options: { import: { type: "string" }, port: { type: "string" } },
    strict: true,
  });
  const port = values.port === undefined ? settings.port : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port is “${values.port}”; it must be a number from 0 to 65535.`);
  if (values.import !== undefined && !existsSync(values.import))
    throw new Error(`--import is “${values.import}”, and there is no such folder.`);
  return { port, imported: values.import ?? null };
}

function greeting(playing: { readonly url: string; boardUrl(): string }, room: Room, brought: string | null): string {
  const lines = tries.map(({ title, text }, index) => `  ${index + 1}. ${title}. ${text}`);
  return `
Flowgate is at work on a small GitHub of its own. Nothing leaves this machine.
${brought === null ? "" : `${brought}\n`}
  Sandbox           ${playing.url}
  Flowgate's board  ${playing.boardUrl()}

Three things to try:
${lines.join("\n")}

State and log are kept in ${room.folder}. Ctrl+C ends it.
`;
}
