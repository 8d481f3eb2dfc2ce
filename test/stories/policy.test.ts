import { describe, expect } from "@jest/globals";
import { commitFiles } from "../../sandbox/branches.ts";
import { must } from "../../sandbox/outcome.ts";
import { openPull } from "../../sandbox/pulls.ts";
import { changeSettings } from "../../sandbox/repositories.ts";
import { submitReview } from "../../sandbox/reviews.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { LANES_ONLY, OWNER, type World } from "../world.ts";
import { edits, rulesets, seen, short, story, summary } from "./telling.ts";

const CONFIG = ".github/flowgate.yml";
const AS_IT_IS = `It leaves ${CONFIG} as it is.`;
const files = (text: string | null) => ({ files: { [CONFIG]: text } });
/** The config of these stories with something more in it. */
const withMore = (more: string) => `${LANES_ONLY}${more}`;
/** The line that what is added begins on. */
const ADDED = LANES_ONLY.split("\n").length;

/** The check that a change of the config has for itself. */
function own(world: World, number: number) {
  const run = world.check(number, `flowgate: ${world.pull(number).base.ref} / policy`);
  return run && { is: run.conclusion ?? run.status, title: run.title };
}
/** What the newest check marks, as line and message. */
const marks = (world: World, number: number, name?: string) =>
  world.check(number, name)?.annotations.map(({ start_line, message }) => `${start_line} ${message}`);

describe("A change of the config", () => {
  story(
    "is nobody's policy on another branch than the default one, and is asked about on its way there",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/config", "development", files(withMore("team: small\n")));
      const number = await dora.opens("feature/config", "development");
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ is: "success" });
      expect(own(world, number)).toBeUndefined();
      expect(await dora.merges(number)).toBeNull();
      const promotion = await dora.opens("development", "staging");
      await world.quiet();
      expect(own(world, promotion)).toEqual({
        is: "in_progress",
        title: "It changes the policy: severalRoles: false → true. Waits for a release manager to approve.",
      });
      await world.person("rita").approves(promotion);
      await world.quiet();
      expect(own(world, promotion)).toEqual({
        is: "success",
        title: `It changes the policy: severalRoles: false → true. rita approved it at ${short(world.pull(promotion).head.sha)}.`,
      });
      expect(await dora.merges(promotion)).toBeNull();
      // No word of a config that is not in force: the default branch still has the one that is.
      const other = await dora.opens("staging", "master");
      await world.quiet();
      expect(summary(world, other)).not.toContain("The newest config is not in force");
    },
  );

  story(
    "by a hotfix is marked where it is broken, waits for a release manager, and comes into force when it is merged",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await dora.pushes("feature/login", "development");
      const other = await dora.opens("feature/login", "development");
      await dora.pushes("hotfix/config", "master", files(withMore("teem: small\nflow: { forks: refused }\n")));
      const number = await dora.opens("hotfix/config", "master");
      await rita.approves(number);
      await world.quiet();
      const unknown = "`teem` is no key of the config. Did you mean `team`?";
      // A title is plain text.
      const first = `${CONFIG} line ${ADDED}, column 1: ${unknown.replaceAll("`", "")} And 1 more.`;
      expect(seen(world, number)).toMatchObject({ is: "failure", title: `1 of 7 gates open. ${first}` });
      expect(own(world, number)).toEqual({ is: "failure", title: first });
      const lines = [
        `${ADDED} ${unknown}`,
        `${ADDED + 1} \`flow.forks\` takes \`allow\`, \`refuse\`; did you mean \`refuse\`?`,
      ];
      expect(marks(world, number)).toEqual(lines);
      expect(marks(world, number, "flowgate: master / policy")).toEqual(lines);
      expect(await dora.merges(number)).toMatchObject({ status: 405 });

      await dora.pushes("hotfix/config", undefined, files(withMore("flow: { features: ['work/**'] }\n")));
      await world.quiet();
      expect(seen(world, number)?.is).toBe("in_progress");
      expect(own(world, number)).toMatchObject({
        is: "in_progress",
        title: expect.stringMatching(
          /^It changes the policy: features: feature\/\*\*, .* → work\/\*\*\. Waits for a release manager to approve\.$/,
        ),
      });
      expect(marks(world, number)).toEqual([]);
      expect(summary(world, number).replaceAll("\u200b", "")).toContain("@ada or @rita can approve");
      expect(await dora.merges(number)).toMatchObject({ status: 405 });

      await rita.approves(number);
      await world.quiet();
      expect([seen(world, number)?.is, own(world, number)?.is]).toEqual(["success", "success"]);
      expect(seen(world, other)?.is).toBe("success");
      expect(await dora.merges(number)).toBeNull();
      await world.quiet();
      expect(seen(world, other)).toMatchObject({ is: "failure" });
      expect(summary(world, other)).not.toContain("The newest config is not in force");
    },
  );

  story("that was mended on the very commit's base says so in the check it had", async (world) => {
    const [dora, rita] = [world.person("dora"), world.person("rita")];
    const text = withMore("team: small\n");
    await dora.pushes("hotfix/one", "master", files(text));
    await dora.pushes("hotfix/two", "master", files(text));
    const [one, two] = [await dora.opens("hotfix/one", "master"), await dora.opens("hotfix/two", "master")];
    await rita.approves(one);
    await world.quiet();
    expect(own(world, two)?.is).toBe("in_progress");
    expect(await dora.merges(one)).toBeNull();
    await world.quiet();
    expect(own(world, two)).toEqual({ is: "success", title: AS_IT_IS });
    expect(seen(world, two)?.is).toBe("success");
  });

  story("that is pushed past the gate does not come into force, until a release manager lets it in", async (world) => {
    const [dora, rita] = [world.person("dora"), world.person("rita")];
    await dora.pushes("feature/login", "development");
    const other = await dora.opens("feature/login", "development");
    await world.quiet();
    edits(world, "master", { enforcement: "disabled" });
    const commit = await dora.pushes("master", undefined, files("enforcement: observe\n"));
    await world.quiet();
    const told = `The newest config is not in force: The config on master was changed past its gate (commit ${short(commit)}); the last good one stays. A release manager brings it in by a pull request.`;
    expect(summary(world, other).replaceAll("\\", "")).toContain(told);
    expect(seen(world, other)?.is).toBe("success");
    expect(rulesets(world)).toContain("flowgate: development");
    // What comes after is measured by what is in force, not by what was slipped in.
    await dora.pushes("hotfix/config", "master", files("enforcement: observe\nteam: small\n"));
    const number = await dora.opens("hotfix/config", "master");
    await world.quiet();
    expect(own(world, number)?.title).toMatch(/^It changes the policy: enforcement: managed → observe; severalRoles/);
    await rita.approves(number);
    await world.quiet();
    expect(await dora.merges(number)).toBeNull();
    await world.quiet();
    expect(seen(world, other)?.is).toBe("neutral");
    expect(summary(world, other)).not.toContain("past its gate");
  });
});

describe("A default branch that is no stage", () => {
  story(
    "has a check of its own: it says whether the config changes, and no ruleset asks for it",
    async (world) => {
      const [dora, ada, rita] = [world.person("dora"), world.person("ada"), world.person("rita")];
      await dora.branches("main", "master");
      must(await changeSettings(world.github, ada.actor, world.repository(), { defaultBranch: "main" }));
      await world.start();
      await world.quiet();
      await dora.pushes("anything", "main");
      const before = world.github.requests.all().length;
      const number = await dora.opens("anything", "main");
      await world.quiet();
      const asked = world.github.requests.all().slice(before);
      expect(asked.map(({ method, path }) => `${method} ${path.replace(/[?].*/, "")}`)).toEqual([
        `GET /repos/${OWNER}/api/contents/${CONFIG}`,
        `POST /repos/${OWNER}/api/check-runs`,
      ]);
      expect(seen(world, number)).toEqual({ name: "flowgate: main", is: "success", title: AS_IT_IS });
      expect(rulesets(world)).not.toContain("flowgate: main");

      await dora.pushes("anything", undefined, files("enforcement: observe\n"));
      await world.quiet();
      expect(seen(world, number)).toMatchObject({
        is: "in_progress",
        title: expect.stringMatching(
          /^It changes the policy: enforcement: managed → observe; .* Waits for a release manager/,
        ),
      });
      await rita.approves(number);
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      expect(await dora.merges(number)).toBeNull();
      await world.quiet();
      await dora.pushes("feature/login", "development");
      const next = await dora.opens("feature/login", "development");
      await world.quiet();
      expect(summary(world, next)).toContain("Nothing is enforced here: `enforcement: observe` is set");
    },
    { started: false },
  );

  story("of the organisation's own repository has one too, though that is no component", async (world) => {
    const { github } = world;
    const repository = await createRepository(github, {
      owner: OWNER,
      name: ".github",
      roles: { dora: "write", rita: "maintain" },
      branches: [
        { name: "main", commits: [{ message: "Begin", author: "dora", files: { [CONFIG]: "team: small\n" } }] },
      ],
    });
    const dora = github.as("dora");
    const input = {
      branch: "stricter",
      from: "main",
      message: "Refuse forks",
      files: { [CONFIG]: "flow: { forks: refuse }\n" },
    };
    must(await commitFiles(github, dora, repository, input));
    const { number, head } = must(
      await openPull(github, dora, repository, { title: "Refuse forks", head: "stricter", base: "main" }),
    );
    await world.quiet();
    const said = () => {
      const run = github.find.runsAt(repository.id, head.sha).findLast(({ name }) => name === "flowgate: main");
      return [run?.conclusion ?? run?.status, run?.title];
    };
    expect(said()).toEqual([
      "in_progress",
      "It changes the policy: severalRoles: true → false; forks: allow → refuse; backup.when: data → always. Waits for a release manager to approve.",
    ]);
    must(submitReview(github, github.as("rita"), repository, number, { event: "APPROVE" }));
    await world.quiet();
    expect(said()[0]).toBe("success");
    expect(github.find.rulesetsOf(repository.id)).toEqual([]);
  });
});
