import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startWorld, type World } from "../world.ts";
import { RULESETS } from "./telling.ts";

const run = promisify(execFile);

/** This project's own repository, taken over as a component and worked on with plain git. */
const project = fileURLToPath(new URL("../..", import.meta.url));

let world: World;
let folder: string;
let clone: string;

async function git(...args: readonly string[]): Promise<string> {
  const identity = ["-c", "user.name=Dora", "-c", "user.email=dora@example.com"];
  const { stdout } = await run("git", [...identity, ...args], {
    cwd: clone,
    env: { ...process.env, GIT_TERMINAL_PROMPT: "0" },
  });
  return stdout.trim();
}

/** Commits a change on a branch cut at `from` and pushes it, as a developer would. */
async function pushes(branch: string, from: string): Promise<void> {
  await git("switch", "--quiet", "--create", branch, from);
  writeFileSync(join(clone, `${branch.replaceAll("/", "-")}.txt`), `${branch}\n`);
  await git("add", ".");
  await git("commit", "--quiet", "--message", `Work on ${branch}`);
  await git("push", "--quiet", "origin", branch);
}

/** rita, who may approve, does, and the tests of this commit succeed. */
async function accepted(number: number): Promise<void> {
  await world.person("rita").approves(number);
  await world.reports(number, "test", "success");
  await world.quiet();
}

const titles = (numbers: readonly number[]) =>
  numbers.map((number) => [world.check(number)?.conclusion, world.check(number)?.title]);

describe("A real repository, imported and worked on with git", () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "flowgate-import-"));
    const source = join(folder, "source");
    clone = folder;
    await git("clone", "--quiet", project, source);
    clone = source;
    // Its lanes are what this is about.
    const lanes = "enforcement: managed\nmerge_by: anyone\nrunbook: { required: false }\nbackup: { when: data }\n";
    writeFileSync(join(source, ".github/flowgate.yml"), lanes);
    await git("commit", "--quiet", "--all", "--message", "Release without a run-book");
    world = await startWorld({ imported: source });
    clone = join(folder, "clone");
    await run("git", [
      "clone",
      "--quiet",
      `${world.sandbox.url.replace("http://", "http://dora:x@")}/acme/api.git`,
      clone,
    ]);
  }, 60_000);

  afterAll(async () => {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("brings its commits, has all stage branches, and is enforced", async () => {
    const count = Number(await git("rev-list", "--count", "HEAD"));
    expect(count).toBeGreaterThan(1);
    const branches = await git("branch", "--remotes");
    for (const stage of ["development", "staging", "master"]) expect(branches).toContain(`origin/${stage}`);
    const rulesets = world.github.find.rulesetsOf(world.repository().id).map(({ name }) => name);
    expect(rulesets.toSorted()).toEqual(RULESETS);
  });

  it("judges every lane, and GitHub refuses the merge that skips a stage", async () => {
    const dora = world.person("dora");
    await pushes("feature/from-git", "origin/development");
    await pushes("hotfix/from-git", "origin/master");
    await pushes("hotfix/wrong", "origin/development");
    const feature = await dora.opens("feature/from-git", "development");
    const skipping = await dora.opens("feature/from-git", "master");
    const hotfix = await dora.opens("hotfix/from-git", "master");
    await accepted(hotfix);
    expect(titles([feature, skipping, hotfix])).toEqual([
      ["success", expect.stringContaining("may enter development")],
      ["failure", expect.stringContaining("Open it into development instead")],
      ["success", expect.stringContaining("was cut from master")],
    ]);
    expect(await dora.merges(skipping)).toEqual({ status: 405, message: expect.stringContaining("flowgate: master") });
    expect(await dora.merges(feature)).toBeNull();
    await world.quiet();

    const promotion = await dora.opens("development", "staging");
    await accepted(promotion);
    expect(await dora.merges(promotion)).toBeNull();
    const release = await dora.opens("staging", "master");
    await accepted(release);
    expect(await dora.merges(release)).toBeNull();
    await world.quiet();
    const back = await dora.opens("master", "development");
    await world.quiet();
    expect(titles([back])).toEqual([["success", expect.stringContaining("later stage")]]);
    expect(await dora.merges(back)).toBeNull();
  }, 30_000);

  it("refuses a push to a stage, a force-push and a deletion, in GitHub's words", async () => {
    await git("fetch", "--quiet");
    await git("switch", "--quiet", "--create", "direct", "origin/master");
    await git("commit", "--quiet", "--allow-empty", "--message", "Straight to production");
    for (const push of [["direct:master"], ["--force", "direct~1:refs/heads/staging"], ["--delete", "development"]]) {
      await expect(git("push", "origin", ...push)).rejects.toThrow(/GH013|protected|Cannot delete/);
    }
  }, 30_000);
});
