import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect } from "@jest/globals";
import { must } from "../../sandbox/outcome.ts";
import { deleteRuleset } from "../../sandbox/rulesets.ts";
import { manifest, type World } from "../world.ts";
import { edits, lands, RULESETS, refusal, rulesetOf, rulesets, seen, story, summary } from "./telling.ts";

const HOUR = 3_600_000;
const run = promisify(execFile);

/** Whether the board says that GitHub enforces what Flowgate says. */
async function enforced(world: World): Promise<boolean> {
  const board = (await (await fetch(`${world.app().url}/index.json`)).json()) as {
    readonly components: readonly { readonly enforced: boolean }[];
  };
  return board.components[0]?.enforced ?? false;
}

describe("Enforcement is switched on", () => {
  story(
    "once the pull requests that were there before the installation have their checks",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/login", "development");
      const [allowed, refused] = [
        await dora.opens("feature/login", "development"),
        await dora.opens("feature/login", "master"),
      ];
      const { faults } = world.github;
      faults.add({ on: "request", method: "POST", path: /\/check-runs/, does: { kind: "latency", milliseconds: 300 } });
      await world.start();
      await world.quiet();
      faults.clear();
      await world.skip(2_000);
      expect([seen(world, allowed)?.is, seen(world, refused)?.is]).toEqual(["success", "failure"]);
      expect(rulesets(world)).toEqual(RULESETS);
      const written = (path: RegExp) =>
        world.github.requests
          .all()
          .flatMap(({ method, path: at }, place) => (method === "POST" && path.test(at) ? [place] : []));
      // The ruleset of staging waits for nothing; those of development and master wait for these two checks.
      const [, second, third] = written(/\/rulesets$/);
      expect(Math.max(...written(/\/check-runs$/))).toBeLessThan(Math.min(second as number, third as number));
      expect(await enforced(world)).toBe(true);
    },
    { started: false },
  );

  story(
    "is said only after the branch's rules were read back",
    async (world) => {
      expect(rulesets(world)).toEqual([]);
      world.github.faults.add({
        on: "request",
        method: "GET",
        path: /\/rules\/branches\//,
        does: { kind: "502", effect: false },
      });
      await world.start();
      await world.quiet();
      expect(rulesets(world)).toEqual(RULESETS);
      expect(await enforced(world)).toBe(false);
      world.github.faults.clear();
      await world.skip(10 * 60_000);
      expect(await enforced(world)).toBe(true);
    },
    { started: false },
  );
});

describe("GitHub itself refuses", () => {
  story("a direct push, a force-push and a deletion of a stage", async (world) => {
    const [ada, dora] = [world.person("ada"), world.person("dora")];
    await dora.pushes("feature/login", "development");
    for (const person of [ada, dora]) {
      expect(await refusal(person.pushes("staging"))).toMatch(
        /^409 Repository rule violations found\n\nChanges must be made through a pull request\./,
      );
      expect(await refusal(person.forces("staging", "feature/login"))).toContain(
        "Changes must be made through a pull request.",
      );
      expect(await refusal(person.deletes("staging"))).toMatch(
        /^422 Repository rule violations found\n\nCannot delete this branch/,
      );
    }
    await lands(world, dora, "feature/login", "development");
    expect(await refusal(ada.forces("development", "staging"))).toContain("Cannot force-push to this branch");
    expect(await refusal(ada.deletes("master"))).toBe("422 Cannot delete the default branch []");
  });

  story("a git push, in the words that git shows", async (world) => {
    const folder = await mkdtemp(join(tmpdir(), "flowgate-clone-"));
    const git = (...args: string[]) =>
      run("git", ["-c", "user.name=Dora", "-c", "user.email=dora@example.com", ...args], { cwd: folder });
    try {
      const url = new URL(`${world.sandbox.url}/acme/api.git`);
      url.username = "dora";
      url.password = world.github.tokenOf("dora");
      await git("clone", "--quiet", url.href, ".");
      await git("switch", "--quiet", "-c", "feature/login", "origin/development");
      await git("commit", "--quiet", "--allow-empty", "-m", "Add a login");
      await git("push", "--quiet", "origin", "feature/login");
      const said = await git("push", "origin", "HEAD:master").then(
        () => "pushed",
        (error: { readonly stderr: string }) => error.stderr,
      );
      expect(said).toContain("GH013: Repository rule violations found for refs/heads/master");
      expect(said).toContain("Changes must be made through a pull request");
      const number = await world.person("dora").opens("feature/login", "development");
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ is: "success" });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  story("a merge before there is a check, and one by squash past the first stage", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    await world.stopApp();
    const number = await dora.opens("feature/login", "development");
    expect(await dora.merges(number)).toEqual({
      status: 405,
      message: expect.stringContaining('Required status check "flowgate: development" is expected'),
    });
    await world.start();
    await world.quiet();
    expect(await dora.merges(number, "squash")).toBeNull();
    const promotion = await dora.opens("development", "staging");
    await world.quiet();
    for (const method of ["squash", "rebase"] as const)
      expect(await dora.merges(promotion, method)).toMatchObject({ status: 405 });
    expect(await dora.merges(promotion)).toBeNull();
  });

  story("a check of the same name that somebody else wrote", async (world) => {
    const { find, state } = world.github;
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "master");
    await world.quiet();
    const ours = world.check(number);
    if (!ours) throw new Error("there is no check");
    state.runs.put({ ...ours, id: state.nextId(), appId: 15_368, conclusion: "success" });
    expect(find.runsAt(world.repository().id, ours.headSha)).toHaveLength(2);
    expect(await dora.merges(number)).toMatchObject({ status: 405 });
  });
});

describe("A ruleset of ours that is changed by hand", () => {
  story("is put right within moments, deleted it is made again", async (world) => {
    const rules = (stage: string) => rulesetOf(world, stage).rules.map(({ type }) => type);
    const wanted = rules("master");
    edits(world, "master", { rules: [{ type: "deletion" }] });
    edits(world, "staging", {
      bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" }],
    });
    await world.quiet();
    expect(rules("master")).toEqual(wanted);
    expect(rulesetOf(world, "staging").bypassActors).toEqual([]);
    const { id } = rulesetOf(world, "development");
    must(deleteRuleset(world.github, world.person("ada").actor, world.repository(), id));
    await world.quiet();
    expect(rulesets(world)).toEqual(RULESETS);
    expect(await enforced(world)).toBe(true);
    expect(world.said.join("\n")).toContain("The ruleset “flowgate: development” was changed by @ada (was deleted)");
  });

  story("three times within an hour is left for an hour, and the checks say so", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "master");
    await world.quiet();
    for (let time = 0; time < 4; time++) {
      edits(world, "master", { rules: [{ type: "deletion" }] });
      await world.quiet();
    }
    expect(rulesetOf(world, "master").rules).toEqual([{ type: "deletion" }]);
    const because =
      "GitHub will not block this merge because the ruleset “flowgate: master” was changed by \\@?\u200b?@\u200b?ada \\(.*\\) after 3 repairs within an hour; Flowgate leaves it for an hour: an admin has to settle who owns it";
    expect(summary(world, number)).toMatch(new RegExp(`^\\*\\*Advice only: ${because}`));
    expect(seen(world, number)).toMatchObject({ is: "failure" });
    expect(await enforced(world)).toBe(false);
    expect(world.said.join("\n")).toContain("after 3 repairs within an hour");
    await world.skip(HOUR + 60_000);
    expect(rulesetOf(world, "master").rules).toHaveLength(4);
    expect(summary(world, number)).not.toContain("Advice only");
    expect(await enforced(world)).toBe(true);
  });

  story("by an admin who disables it is left for four hours, and the checks say until when", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "master");
    await world.quiet();
    edits(world, "master", { enforcement: "disabled" });
    await world.quiet();
    expect(rulesets(world)).toContain("flowgate: master (disabled)");
    expect(summary(world, number)).toMatch(
      /^\*\*Advice only: GitHub will not block this merge because the ruleset “flowgate: master” was disabled by @\u200b?ada; Flowgate switches it on again at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\*\*/,
    );
    expect(await enforced(world)).toBe(false);
    await world.skip(3 * HOUR);
    expect(rulesets(world)).toContain("flowgate: master (disabled)");
    await world.skip(HOUR + 60_000);
    expect(rulesets(world)).toEqual(RULESETS);
    expect(summary(world, number)).not.toContain("Advice only");
  });

  story("by an admin who switches it on again is in order at once", async (world) => {
    edits(world, "master", { enforcement: "disabled" });
    await world.quiet();
    edits(world, "master", { enforcement: "active" });
    await world.quiet();
    expect(await enforced(world)).toBe(true);
    await world.skip(5 * HOUR);
    expect(await enforced(world)).toBe(true);
  });
});

describe("Where GitHub does not let us enforce", () => {
  const { administration: _, ...permissions } = manifest.default_permissions;

  story(
    "for want of the permission, the check is advice and says who can change that",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/login", "development");
      const number = await dora.opens("feature/login", "master");
      await world.quiet();
      expect(rulesets(world)).toEqual([]);
      expect(seen(world, number)).toMatchObject({ is: "failure" });
      expect(summary(world, number)).toContain(
        "**Advice only: GitHub will not block this merge because Flowgate may not write rulesets in acme/api: give the App the permission Administration: write",
      );
      expect(await enforced(world)).toBe(false);
      expect(await dora.merges(number)).toBeNull();
    },
    { permissions },
  );
});

describe("The config", () => {
  /** A change of the config by the only way there is: a hotfix that a release manager lets through. */
  async function configured(world: World, text: string): Promise<void> {
    const dora = world.person("dora");
    const branch = `hotfix/config-${world.github.find.pullsOf(world.repository().id).length}`;
    await dora.pushes(branch, "master", { files: { ".github/flowgate.yml": text } });
    const number = await dora.opens(branch, "master");
    await world.person("rita").approves(number);
    await world.quiet();
    expect(await dora.merges(number)).toBeNull();
    await world.quiet();
  }

  story("that says observe or report takes the rulesets away, and managed brings them back", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "staging");
    await configured(world, "enforcement: observe\n");
    expect(rulesets(world)).toEqual([]);
    expect(seen(world, number)).toEqual({
      name: "flowgate: staging",
      is: "neutral",
      title: "Would refuse: feature/login enters at development, not at staging. Open it into development instead.",
    });
    expect(summary(world, number)).toContain("Nothing is enforced here: `enforcement: observe` is set");
    await configured(world, "enforcement: report\n");
    expect(rulesets(world)).toEqual([]);
    expect(seen(world, number)).toMatchObject({
      is: "failure",
      title: "feature/login enters at development, not at staging. Open it into development instead.",
    });
    expect(summary(world, number)).toMatch(
      /^\*\*Advice only: GitHub will not block this merge because no rule of this repository requires “flowgate: staging”\.\*\*/,
    );
    await configured(world, "enforcement: managed\nmerge_by: anyone\n");
    expect(rulesets(world)).toEqual(RULESETS);
    expect(seen(world, number)).toMatchObject({ is: "failure" });
    expect(summary(world, number)).not.toContain("Advice only");
    expect(await dora.merges(number)).toMatchObject({ status: 405 });
  });
});
