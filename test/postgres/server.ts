import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages } from "../../scripts/debian.ts";

/** A throw-away PostgreSQL. `url` is that of its maintenance database; a suite makes a database of its own beside it. */
export type Postgres = { readonly url: string; readonly stop: () => Promise<void> };

const secondsToStart = 30;
/** PostgreSQL refuses to run as root, so root runs it as `nobody`. */
const nobody = 65534;

/**
 * Starts an empty PostgreSQL that listens on a unix socket in a temporary folder only we may enter, without fsync.
 * Missing programs are installed from Debian's package when we are root.
 * The server ends with `stop()`, and by force when this process exits.
 * Throws a sentence that says what to install when there is no PostgreSQL, or with the server's log when it does not start.
 */
export async function startPostgres(): Promise<Postgres> {
  const programs = findPrograms() ?? installPrograms();
  const root = process.getuid?.() === 0;
  const user = root ? { uid: nobody, gid: nobody } : {};
  const folder = mkdtempSync(join(tmpdir(), "flowgate-postgres-"));
  chmodSync(folder, 0o700);
  if (root) chownSync(folder, nobody, nobody);

  const options = { ...user, cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8" } };
  const data = join(folder, "data");
  const made = spawnSync(
    join(programs, "initdb"),
    ["--no-sync", "--auth=trust", "--username=flowgate", "--encoding=UTF8", "--locale=C.UTF-8", `--pgdata=${data}`],
    { ...options, encoding: "utf8" },
  );
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
  }

  const settings = [
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "listen_addresses=",
    `unix_socket_directories=${folder}`,
  ];
  const server = spawn(join(programs, "postgres"), ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = () => {
    server.kill("SIGQUIT");
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", end);

  const stop = async () => {
    await ended(server);
    process.off("exit", end);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgresql://flowgate@localhost/postgres?host=${encodeURIComponent(folder)}`, stop };
}

/** The folder with initdb and postgres in it: the newest of Debian's, else that on PATH, else null. */
function findPrograms(): string | null {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(":"),
  ];
  return folders.find((folder) => ["initdb", "postgres"].every((program) => existsSync(join(folder, program)))) ?? null;
}

function installPrograms(): string {
  installPackages("postgresql");
  const programs = findPrograms();
  if (programs === null)
    throw new Error("These tests need PostgreSQL: install Debian's package postgresql and run them again.");
  return programs;
}

/** Waits until the server accepts connections; throws with its log when it ends or stays silent. */
async function ready(server: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`PostgreSQL is not ready after ${secondsToStart} s:\n${log}`)),
      secondsToStart * 1000,
    );
    const settle = (how: () => void) => {
      clearTimeout(timer);
      how();
    };
    server.once("error", (error) => settle(() => reject(error)));
    server.once("exit", () => settle(() => reject(new Error(`PostgreSQL did not start:\n${log}`))));
    server.stderr?.on("data", (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-10_000);
      if (log.includes("ready to accept connections")) settle(resolve);
    });
  });
}

/** Asks the server to end without waiting for its clients, and makes it after five seconds. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return;
  await new Promise<void>((resolve) => {
    const force = setTimeout(() => server.kill("SIGQUIT"), 5000);
    server.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    server.kill("SIGINT");
  });
}
