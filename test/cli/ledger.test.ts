import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createSocket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { type App, startApp } from "../../src/app.ts";
import { openConsole } from "../../src/console.ts";
import { readExport } from "../../src/flow/ledger-export.ts";
import { instant } from "../../src/flow/names.ts";
import { auditOf } from "../../src/store/audit.ts";
import { openDatabase } from "../../src/store/database.ts";
import { openStore } from "../../src/store/store.ts";
import { linesOf } from "../release/verifying.ts";
import { component, componentLesson, decides, entry, news, nudge, pull } from "../store/told.ts";
import { runs } from "./runs.ts";

const PRIVATE_KEY = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  type: "pkcs1",
  format: "pem",
}) as string;

let folder: string;
let logged: string[];
let app: App | null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flowgate-cli-"));
  logged = [];
  app = null;
  await filled();
});
afterEach(async () => {
  await app?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const clock = { now: () => instant(Date.now()) };
const at = (name: string) => join(folder, name);
const socket = () => at("flowgate.sock");
const log = () => pino({ level: "warn" }, { write: (line: string) => void logged.push(line) });

/** Two entries of acme/api. */
async function filled(): Promise<void> {
  const store = await openStore({ url: null, folder, clock, leaseMs: 60_000, log: { warn: () => {} } });
  await store.learn(news({ lessons: [componentLesson()], nudges: [nudge(component)] }));
  const entries = ["Erika Mustermann, born 1964", "b"].map((because) => entry({ says: { because } }));
  await decides(store, pull(12), { entries });
  await store.stop();
}
async function started(): Promise<void> {
  app = await startApp({
    appId: 1,
    privateKey: PRIVATE_KEY,
    webhookSecret: "secret",
    apiUrl: "http://127.0.0.1:1",
    host: "127.0.0.1",
    port: 0,
    links: null,
    board: { kind: "loopback" },
    databaseUrl: null,
    folder,
    log: log(),
    clock,
    inFlightGraceMs: 0,
    sweepEveryMs: 3_600_000,
  });
}
async function asked(...words: string[]) {
  const { code, text } = await runs(["ledger", ...words], { DATA_DIR: folder });
  return { code, says: text };
}
const whole = (text: string) => expect(readExport(linesOf(text))).toHaveProperty("chains");

describe.each([
  ["while a server runs", started],
  ["while none runs", async () => {}],
])("flowgate ledger, %s,", (_when, begin) => {
  beforeEach(begin);

  it("verifies the ledger", async () => {
    expect(await asked("verify")).toEqual({ code: 0, says: "The ledger is whole.\n" });
  });

  it("exports it, to the output or to a file for its user alone", async () => {
    const { code, says } = await asked("export");
    expect(code).toBe(0);
    whole(says);
    expect(await asked("export", at("all.jsonl"))).toEqual({
      code: 0,
      says: `The ledger was written to ${at("all.jsonl")}.\n`,
    });
    expect(readFileSync(at("all.jsonl"), "utf8")).toBe(says);
    expect(statSync(at("all.jsonl")).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(await asked("verify", at("all.jsonl"))).toEqual({
      code: 0,
      says: expect.stringMatching(/^repository:42: 2 entries, up to the hash [0-9a-f]{64}\.\nThe export is whole\.\n$/),
    });
  });

  it("exports a component by its name", async () => {
    const all = await asked("export");
    expect(await asked("export", "--component", "Acme/API")).toEqual(all);
    expect(await asked("export", "--component", "acme/web", at("none.jsonl"))).toEqual({
      code: 1,
      says: "No component acme/web is known here; it is called as on GitHub, owner/name.\n",
    });
    expect(existsSync(at("none.jsonl"))).toBe(false);
  });

  it("takes a text out, and says by whose command", async () => {
    const { code, says } = await asked("redact", "acme/api#1", "because", "it", "names", "a patient");
    expect(says).toMatch(/^The text of entry 1 of chain repository:42 was taken out; entry 3 says so/);
    expect(code).toBe(0);
    const lines = (await asked("export")).says;
    expect(lines).not.toContain("Mustermann");
    whole(lines);
    const last = JSON.parse(JSON.parse(lines.trimEnd().split("\n").at(-1) ?? "").body);
    expect(last).toMatchObject({
      what: "redacted",
      actor: `cli:${userInfo().username}`,
      says: { because: "it names a patient" },
    });
    expect(await asked("redact", "repository:42#1", "because", "again")).toEqual({
      code: 1,
      says: "The text of entry 1 of chain repository:42 was taken out before.\n",
    });
    expect(await asked("verify")).toMatchObject({ code: 0 });
  });

  it.each([
    [["redact", "acme/web#1", "because", "x"], 1, "No component acme/web is known here"],
    [["redact", "acme/api#9", "because", "x"], 1, "There is no entry 9 of chain repository:42."],
    [
      ["redact", "acme/api", "because", "x"],
      2,
      "“acme/api” names no entry; write `acme/api#12` or `repository:42#12`.",
    ],
    [["redact", "everything#1", "because", "x"], 2, "“everything#1” names no entry"],
    [["redact", "acme/api#0", "because", "x"], 2, "names no entry"],
    [["redact", "acme/api#1", "because", "x".repeat(501)], 2, "The reason is longer than 500 characters"],
  ])("refuses %j", async (words, code, says) => {
    expect(await asked(...words)).toEqual({ code, says: expect.stringContaining(says) });
  });

  it("leaves a file as it was where it cannot write it whole", async () => {
    mkdirSync(at("taken"));
    expect(await asked("export", at("taken"))).toMatchObject({ code: 2 });
    expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
    expect(await asked("export", at("no/such/folder"))).toEqual({ code: 2, says: expect.stringContaining("ENOENT") });
  });
});

describe("An export of the ledger", () => {
  it("that was changed is found out", async () => {
    const lines = (await asked("export")).says;
    writeFileSync(at("changed.jsonl"), lines.replace("Erika", "Elisa"));
    expect(await asked("verify", at("changed.jsonl"))).toEqual({
      code: 1,
      says: "Entry 1 of chain repository:42 was changed: its content does not have its digest.\n",
    });
    writeFileSync(at("cut.jsonl"), lines.slice(0, -1));
    expect(await asked("verify", at("cut.jsonl"))).toMatchObject({
      code: 1,
      says: expect.stringContaining("Line 2 is"),
    });
    writeFileSync(at("empty.jsonl"), "");
    expect(await asked("verify", at("empty.jsonl"))).toEqual({ code: 1, says: "There is no entry in it.\n" });
  });

  it("is read however long it and its lines are", async () => {
    writeFileSync(at("long.jsonl"), `${"x".repeat(33 * 1024 * 1024)}\n`);
    expect(await asked("verify", at("long.jsonl"))).toMatchObject({
      code: 1,
      says: expect.stringContaining("Line 1 is"),
    });
    const store = await openStore({ url: null, folder, clock, leaseMs: 60_000, log: { warn: () => {} } });
    const many = Array.from({ length: 300 }, (_, n) => entry({ says: { because: "ü".repeat(n * 7) } }));
    await decides(store, pull(12), { entries: many });
    await store.stop();
    await asked("export", at("many.jsonl"));
    expect(await asked("verify", at("many.jsonl"))).toMatchObject({
      code: 0,
      says: expect.stringContaining("302 entries"),
    });
  });

  it("that is not there cannot be looked at", async () => {
    expect(await asked("verify", at("gone.jsonl"))).toEqual({
      code: 2,
      says: `There is no file ${at("gone.jsonl")}.\n`,
    });
    expect(await asked("verify", folder)).toEqual({ code: 2, says: `There is no file ${folder}.\n` });
  });
});

describe("The ledger that is asked", () => {
  it("must be somewhere, and none is made", async () => {
    const { code, text } = await runs(["ledger", "verify"], { DATA_DIR: at("nowhere") });
    expect(code).toBe(2);
    expect(text).toContain(`There is no ledger in ${at("nowhere")}: set DATA_DIR`);
    expect(existsSync(at("nowhere"))).toBe(false);
  });

  it("that somebody changed by hand is told", async () => {
    const database = openDatabase(null, folder);
    await database.db.schema.dropTable("chain").execute();
    await database.stop();
    const broken = await asked("verify");
    expect(broken.code).toBe(2);
    expect(broken.says).toContain("chain");
  });

  it("whose head was set back is told", async () => {
    const database = openDatabase(null, folder);
    await database.db.updateTable("chain").set({ sequence: 1 }).execute();
    await database.stop();
    expect(await asked("verify")).toEqual({
      code: 1,
      says: "Chain repository:42 has 2 entries where its head says 1.\n",
    });
  });

  it("is not to be had while a process has the database that cannot be asked", async () => {
    const database = openDatabase(null, folder);
    expect(await asked("verify")).toEqual({
      code: 2,
      says: expect.stringContaining("another process has the database"),
    });
    await database.stop();
  });

  it("is the database's where a server was killed and left its socket", async () => {
    const killed = createSocket();
    await new Promise<void>((resolve) => killed.listen(socket(), resolve));
    // Its end without a clean-up, as far as a process can have that of itself.
    const kept = at("kept.sock");
    renameSync(socket(), kept);
    await new Promise<void>((resolve) => killed.close(() => resolve()));
    renameSync(kept, socket());
    expect(await asked("verify")).toMatchObject({ code: 0 });
    await started();
    expect(await asked("verify")).toMatchObject({ code: 0 });
    expect(logged.join("")).not.toContain("socket could not be made");
  });
});

describe("The socket of the command line", () => {
  it("may be opened by the server's user alone, and goes with the server", async () => {
    await started();
    expect(statSync(socket()).mode & 0o777).toBe(0o600);
    await app?.stop();
    app = null;
    expect(existsSync(socket())).toBe(false);
  });

  it("that cannot be made is told, and Flowgate works without it", async () => {
    writeFileSync(socket(), "a file of somebody's");
    await started();
    expect(logged.join("")).toContain("The command line cannot reach this server");
    expect(readFileSync(socket(), "utf8")).toBe("a file of somebody's");
    expect((await asked("verify")).says).toContain("another process has the database");
  });

  it("says that another user's server is not to be asked", async () => {
    if (process.getuid?.() === 0) return;
    await started();
    chmodSync(socket(), 0);
    expect(await asked("verify")).toEqual({ code: 2, says: expect.stringContaining("only that user may open") });
  });

  it("answers what it does not understand with a sentence", async () => {
    const server = createServer((_, response) => {
      response.writeHead(404, { "content-type": "application/json" });
      response.end(JSON.stringify({ problem: "Both must be of one version." }));
    });
    await new Promise<void>((resolve) => server.listen(socket(), resolve));
    expect(await asked("verify")).toEqual({ code: 2, says: "Both must be of one version.\n" });
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  describe("by itself", () => {
    let console: { stop(): Promise<void> };
    let broken = false;
    beforeEach(async () => {
      broken = false;
      const database = openDatabase(null, folder);
      const audit = auditOf(database, clock);
      const stopped = await openConsole(
        folder,
        {
          ...audit,
          async flaw() {
            throw new Error("the disk is gone");
          },
          async *lines(chain) {
            yield* audit.lines(chain);
            if (broken) throw new Error("the disk is gone");
          },
        },
        log(),
      );
      console = {
        async stop() {
          await stopped.stop();
          await database.stop();
        },
      };
    });
    afterEach(() => console.stop());

    const post = (path: string, body: string, method = "POST") =>
      new Promise<{ status: number; text: string }>((resolve, reject) => {
        const asking = request({ socketPath: socket(), path, method }, (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
        });
        asking.once("error", reject);
        asking.end(body);
      });

    it.each([
      ["no JSON", "{"],
      ["something else", '{"chain":"repository:42"}'],
      ["too much", `"${"x".repeat(200_000)}"`],
    ])("takes %s for no redaction", async (_what, body) => {
      expect(await post("/ledger/redact", body)).toMatchObject({ status: 400 });
    });

    it("knows nothing else", async () => {
      expect(await post("/ledger/burn", "")).toMatchObject({
        status: 404,
        text: expect.stringContaining("one version"),
      });
      expect(await post("/ledger/redact", "", "DELETE")).toMatchObject({ status: 404 });
    });

    it("says that something went wrong, and what in the log", async () => {
      expect(await asked("verify")).toEqual({
        code: 2,
        says: "Something went wrong in the server; its log tells what.\n",
      });
      expect(logged.join("")).toContain("the disk is gone");
    });

    it("leaves no half export that looks whole", async () => {
      broken = true;
      expect(await asked("export", at("half.jsonl"))).toMatchObject({ code: 2 });
      expect(existsSync(at("half.jsonl"))).toBe(false);
    });
  });
});
