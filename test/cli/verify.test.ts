import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { sha } from "../../src/flow/names.ts";
import type { Evidence } from "../../src/release/evidence/record.ts";
import { signer } from "../release/releases.ts";
import { EXPORT, filesOf, told } from "../release/verifying.ts";
import { runs } from "./runs.ts";

let folder: string;
let evidence: Evidence;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flowgate-verify-"));
  mkdirSync(at("clone"));
  evidence = released();
  for (const [name, bytes] of filesOf(evidence)) writeFileSync(at(name), bytes);
  writeFileSync(at("ledger.jsonl"), EXPORT.join(""));
  writeFileSync(at("key.pem"), publicPem());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const publicPem = (of = signer()) => `-----BEGIN PUBLIC KEY-----\n${of.publicKey}\n-----END PUBLIC KEY-----\n`;

function git(...args: readonly string[]): string {
  const env = {
    ...process.env,
    ...{ GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" },
    ...{ GIT_AUTHOR_NAME: "Rita", GIT_AUTHOR_EMAIL: "rita@example.org", GIT_AUTHOR_DATE: "2026-11-24T09:40:00Z" },
    ...{
      GIT_COMMITTER_NAME: "Rita",
      GIT_COMMITTER_EMAIL: "rita@example.org",
      GIT_COMMITTER_DATE: "2026-11-24T09:40:00Z",
    },
  };
  return execFileSync("git", ["-C", at("clone"), ...args], { env, encoding: "utf8", stdio: "pipe" }).trim();
}

/** A clone with a release in it, and the evidence that tells of it. */
function released(): Evidence {
  const { ledger } = told();
  git("init", "--quiet", "--initial-branch=master");
  mkdirSync(at("clone/docs/runbooks"), { recursive: true });
  writeFileSync(at("clone/docs/runbooks/release.md"), "# Release\n\n## Deploy\n- [ ] Run it\n");
  writeFileSync(at("clone/a file.txt"), "1\n");
  git("add", ".");
  git("commit", "--quiet", "--message=Release");
  git("tag", "--annotate", "v1.4.0", `--message=Release 1.4.0\n\nLedger: ${ledger.merged.hash}`);
  const id = (name: string) => sha(git("rev-parse", name));
  return told({
    release: {
      ...told().release,
      tag: { name: "v1.4.0", object: id("v1.4.0") },
      commit: id("HEAD"),
      tree: id("HEAD^{tree}"),
    },
    runBook: { path: "docs/runbooks/release.md", blob: id("HEAD:docs/runbooks/release.md"), walks: [] },
  });
}
/** Everything there is to be compared with. */
const ALL = () => ["--key", at("key.pem"), "--repo", at("clone"), "--ledger", at("ledger.jsonl")];
async function verified(...options: string[]) {
  const { code, text } = await runs(["verify", at("evidence.json"), ...options]);
  return { code, lines: text.trimEnd().split("\n") };
}

describe("flowgate verify", () => {
  it("says of each thing what came of it, and ends with who signed it", async () => {
    const { code, lines } = await verified(...ALL());
    expect(code).toBe(0);
    expect(lines.map((line) => line.split(" ")[0])).toEqual([...Array.from({ length: 10 }, () => "ok"), "verified,"]);
    expect(lines[0]).toBe("ok      evidence.json is whole: no byte was changed since it was signed.");
    expect(lines.at(-1)).toBe(`verified, signed by ${signer().keyid}`);
  });

  it("says no more than that it is intact where no key is given", async () => {
    const { code, lines } = await verified(...ALL().slice(2));
    expect(code).toBe(0);
    expect(lines.at(-1)).toBe("intact, signer unknown");
    const alone = await verified();
    expect(alone.lines.at(-1)).toBe("intact, signer unknown");
    expect(alone.lines.filter((line) => line.startsWith("unknown")).join("\n")).toMatch(
      /No key[\s\S]*No export[\s\S]*No clone/,
    );
  });

  it("takes the key by its digest too", async () => {
    expect(await verified("--key", signer().keyid.toUpperCase())).toMatchObject({ code: 0 });
  });

  it("refuses evidence that somebody else signed", async () => {
    writeFileSync(at("other.pem"), publicPem(signer("second")));
    const { code, lines } = await verified("--key", at("other.pem"));
    expect(code).toBe(1);
    expect(lines.at(-1)).toMatch(/^failed: evidence\.json is signed by another key/);
  });

  it.each(["evidence.json", "evidence.md", "svr.json", "manifest.sha256"])(
    "finds a byte changed in %s",
    async (name) => {
      const bytes = readFileSync(at(name));
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      writeFileSync(at(name), bytes);
      const { code, lines } = await verified(...ALL());
      expect(code).toBe(1);
      expect(lines.at(-1)).toContain(name);
    },
  );

  it("finds a byte changed in the export of the ledger", async () => {
    writeFileSync(at("ledger.jsonl"), EXPORT.join("").replace("the merge", "the Merge"));
    expect(await verified(...ALL())).toMatchObject({
      code: 1,
      lines: expect.arrayContaining([expect.stringMatching(/^failed {2}In the export of the ledger: Entry 3/)]),
    });
  });

  it("finds a tag that was moved, or taken away", async () => {
    git("tag", "--annotate", "--force", "v1.4.0", "--message=Release 1.4.0");
    expect((await verified(...ALL())).lines.at(-1)).toContain(
      "its message does not name the ledger's entry of the merge",
    );
    git("tag", "--force", "v1.4.0", "HEAD");
    expect((await verified(...ALL())).lines.at(-1)).toContain("was an object with a message");
    git("tag", "--delete", "v1.4.0");
    expect(await verified(...ALL())).toMatchObject({
      code: 1,
      lines: expect.arrayContaining([expect.stringContaining("has no tag v1.4.0")]),
    });
  });

  it("finds what was changed where the clone keeps it, which git does not", async () => {
    const { runBook } = evidence;
    const file = at(`clone/.git/objects/${runBook?.blob.slice(0, 2)}/${runBook?.blob.slice(2)}`);
    const other = git("hash-object", "-w", "a file.txt");
    chmodSync(file, 0o600);
    writeFileSync(file, readFileSync(at(`clone/.git/objects/${other.slice(0, 2)}/${other.slice(2)}`)));
    const { code, lines } = await verified(...ALL());
    expect(code).toBe(1);
    expect(lines.at(-1)).toContain(`The blob ${runBook?.blob} in the clone was changed`);
  });

  it("does not take another object for the one that was released", async () => {
    writeFileSync(at("clone/docs/runbooks/release.md"), "# Other\n");
    git("commit", "--quiet", "--all", "--message=Other");
    git("replace", evidence.release.commit, git("rev-parse", "HEAD"));
    expect(await verified(...ALL())).toMatchObject({ code: 0 });
  });

  it("runs nothing that the clone's own config names", async () => {
    const ran = at("ran");
    const run = `touch ${ran}; false`;
    git("config", "core.fsmonitor", run);
    git("config", "alias.cat-file", `!${run}`);
    git("config", "core.sshCommand", run);
    git("config", "extensions.partialClone", "origin");
    git("config", "remote.origin.url", `ext::sh -c touch% ${ran}`);
    git("config", "remote.origin.promisor", "true");
    git("config", "protocol.ext.allow", "always");
    const { runBook } = evidence;
    rmSync(at(`clone/.git/objects/${runBook?.blob.slice(0, 2)}/${runBook?.blob.slice(2)}`));
    const { code, lines } = await verified(...ALL());
    expect(code).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/The clone has no blob|cannot be read/);
    expect(existsSync(ran)).toBe(false);
  });

  it("reads a clone of bare objects, and says of another repository that it is one", async () => {
    execFileSync("git", ["clone", "--quiet", "--bare", at("clone"), at("bare.git")], { stdio: "pipe" });
    const bare = ["--key", at("key.pem"), "--repo", at("bare.git")];
    expect(await verified(...bare)).toMatchObject({ code: 0 });
    execFileSync("git", ["init", "--quiet", "--bare", at("empty.git")], { stdio: "pipe" });
    const { code, lines } = await verified("--repo", at("empty.git"));
    expect(code).toBe(1);
    expect(lines.at(-1)).toContain(`The clone has no commit ${evidence.release.commit}`);
  });

  it.each<[string, (() => string[]) | null, string]>([
    ["no clone", () => ["--repo", folder], "is no clone that can be read"],
    ["no folder", () => ["--repo", at("nowhere")], "is no clone that can be read"],
    ["no export", () => ["--ledger", at("nowhere")], "There is no file"],
    ["no key", () => ["--key", at("nowhere")], "is neither a file with a public key nor the SHA-256 of one"],
    ["something else as key", () => ["--key", at("evidence.md")], "holds no Ed25519 public key in PEM"],
    ["a key of RSA", () => ["--key", at("rsa.pem")], "holds no Ed25519 public key in PEM"],
    ["the private key", () => ["--key", at("private.pem")], "Give the public one: openssl pkey -in"],
    ["no evidence", null, "There is no file"],
  ])("cannot look where it is given %s", async (_what, options, says) => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 });
    writeFileSync(at("rsa.pem"), rsa.publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(at("private.pem"), rsa.privateKey.export({ type: "pkcs8", format: "pem" }));
    if (options === null) rmSync(at("evidence.json"));
    const { code, lines } = await verified(...(options?.() ?? []));
    expect({ code, lines }).toEqual({ code: 2, lines: [expect.stringContaining(says)] });
  });

  it("says so where there is no git", async () => {
    const { code, text } = await runs(["verify", at("evidence.json"), "--repo", at("clone")], { PATH: at("nothing") });
    expect({ code, text }).toEqual({ code: 2, text: expect.stringContaining("there is no `git` on this machine.") });
  });

  it("takes no file into memory that is far too large", async () => {
    execFileSync("truncate", ["--size=65M", at("evidence.json")]);
    expect(await verified()).toEqual({ code: 2, lines: [expect.stringContaining("is larger than 64 MiB")] });
  });

  it("sends a terminal no control characters of others", async () => {
    const path = "docs/\u001b[2Jrelease.md";
    const other = { ...evidence, runBook: { path, blob: evidence.release.tree, walks: [] } };
    for (const [name, bytes] of filesOf(other)) writeFileSync(at(name), bytes);
    const { code, lines } = await verified(...ALL());
    expect(code).toBe(1);
    expect(lines.at(-1)).toContain("There is no docs/\uFFFD[2Jrelease.md in what was released.");
  });
});
