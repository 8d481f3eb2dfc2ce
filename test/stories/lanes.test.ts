import { describe, expect } from "@jest/globals";
import { createApp } from "../../sandbox/installing.ts";
import { must } from "../../sandbox/outcome.ts";
import { readyForReview } from "../../sandbox/pulls.ts";
import { deleteRepository, setRole } from "../../sandbox/repositories.ts";
import { lanesOnly, OWNER, type World } from "../world.ts";
import { lands, refusal, seen, short, story, summary, toCopy } from "./telling.ts";

/** development gets ahead of the other stages by a feature that was merged. */
async function developmentMoves(world: World, branch = "feature/login", files = {}): Promise<string> {
  const dora = world.person("dora");
  const options = Object.keys(files).length > 0 ? { files } : {};
  const sha = await dora.pushes(branch, "development", { message: "Add a login", ...options });
  await lands(world, dora, branch, "development");
  return sha;
}

describe("A hotfix", () => {
  story("goes into master when it was cut from there, and nowhere else", async (world) => {
    await developmentMoves(world);
    const dora = world.person("dora");
    await dora.pushes("hotfix/crash", "master");
    const number = await dora.opens("hotfix/crash", "master");
    const elsewhere = await dora.opens("hotfix/crash", "staging");
    await world.quiet();
    expect(seen(world, elsewhere)).toEqual({
      name: "flowgate: staging",
      is: "failure",
      title: "hotfix/crash is a hotfix and goes into master, not into staging.",
    });
    expect(toCopy(world, elsewhere)).toBe(`gh pr edit ${elsewhere} --base master`);
    expect(seen(world, number)).toEqual({
      name: "flowgate: master",
      is: "success",
      title: "hotfix/crash was cut from master and may go back into it. All 7 gates passed.",
    });
    expect(await dora.merges(number)).toBeNull();
  });

  story("cut from development is refused, and names the commit that came along", async (world) => {
    const login = await developmentMoves(world);
    const dora = world.person("dora");
    await dora.pushes("hotfix/crash", "development");
    const number = await dora.opens("hotfix/crash", "master");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: master",
      is: "failure",
      title: `hotfix/crash was not cut from master: it brings commit ${short(login)} “Add a login” of development.`,
    });
    expect(toCopy(world, number)).toBe("git switch -c hotfix/crash-2 origin/master");
    expect(await dora.merges(number)).toMatchObject({ status: 405 });
  });

  story("may bring a commit of development by cherry-pick, since that is a new commit", async (world) => {
    const login = await developmentMoves(world);
    const dora = world.person("dora");
    await dora.branches("hotfix/login", "master");
    await dora.picks("hotfix/login", login);
    const number = await lands(world, dora, "hotfix/login", "master");
    expect(seen(world, number)).toMatchObject({ is: "success" });
  });

  story(
    "is refused once development has its commit before master has it, and allowed again when it has not",
    async (world) => {
      const dora = world.person("dora");
      const fix = await dora.pushes("hotfix/crash", "master", { message: "Mend the crash" });
      const number = await dora.opens("hotfix/crash", "master");
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ is: "success" });
      await dora.branches("fix/crash", "hotfix/crash");
      await lands(world, dora, "fix/crash", "development");
      expect(seen(world, number)).toMatchObject({
        is: "failure",
        title: `hotfix/crash was not cut from master: it brings commit ${short(fix)} “Mend the crash” of development.`,
      });
      await lands(world, dora, "development", "staging");
      await lands(world, dora, "staging", "master");
      expect(world.pull(number)).toMatchObject({ state: "closed", merged: true });
    },
  );

  story("keeps its green check while other work moves the stages", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("hotfix/crash", "master");
    const number = await dora.opens("hotfix/crash", "master");
    await world.quiet();
    const runs = world.runs(world.pull(number).head.sha).length;
    await developmentMoves(world);
    expect(seen(world, number)).toMatchObject({ is: "success" });
    expect(world.runs(world.pull(number).head.sha)).toHaveLength(runs);
  });
});

describe("A release branch", () => {
  story("that is pinned at a commit of a stage goes into the next one", async (world) => {
    await developmentMoves(world);
    const rita = world.person("rita");
    await rita.branches("release/1", "development");
    const early = await rita.opens("release/1", "master");
    await world.quiet();
    expect(seen(world, early)).toMatchObject({
      is: "failure",
      title: expect.stringMatching(/^release\/1 has commit [0-9a-f]{7} “.*” that staging lacks\.$/),
    });
    await developmentMoves(world, "feature/later");
    const promotion = await rita.opens("release/1", "staging");
    await world.quiet();
    expect(seen(world, promotion)).toEqual({
      name: "flowgate: staging",
      is: "success",
      title: "release/1 is pinned at a commit of development and goes into staging. All 9 gates passed.",
    });
    expect(await rita.merges(promotion)).toBeNull();
    await world.quiet();
    expect(seen(world, early)).toEqual({
      name: "flowgate: master",
      is: "success",
      title: "release/1 is pinned at a commit of staging and goes into master. All 10 gates passed.",
    });
    expect(await rita.merges(early)).toBeNull();
  });

  story("may have commits of its own by pull requests that somebody else approved", async (world) => {
    await developmentMoves(world);
    const [dora, rita] = [world.person("dora"), world.person("rita")];
    await rita.branches("release/1", "development");
    await dora.pushes("fix/typo", "release/1");
    const fix = await dora.opens("fix/typo", "release/1");
    await world.quiet();
    expect(world.runs(world.pull(fix).head.sha)).toEqual([]);
    await rita.approves(fix);
    expect(await rita.merges(fix)).toBeNull();
    const number = await rita.opens("release/1", "staging");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: staging",
      is: "success",
      title: "release/1 has 2 reviewed commits beyond development and goes into staging. All 9 gates passed.",
    });
    expect(await rita.merges(number)).toBeNull();
  });

  story("with a commit that nobody else approved is refused, and names the pull request", async (world) => {
    await developmentMoves(world);
    const [dora, rita] = [world.person("dora"), world.person("rita")];
    await rita.branches("release/1", "development");
    await dora.pushes("fix/typo", "release/1", { message: "Mend a typo" });
    const fix = await dora.opens("fix/typo", "release/1");
    expect(await dora.merges(fix, "rebase")).toBeNull();
    const number = await rita.opens("release/1", "staging");
    await world.quiet();
    const rebased = world.head("release/1");
    expect(seen(world, number)).toMatchObject({
      is: "failure",
      title: `release/1 has commit ${short(rebased)} “Mend a typo” of #${fix}, which nobody but its author approved.`,
    });
    expect(await rita.merges(number)).toMatchObject({ status: 405 });
  });

  story("that somebody pushed to is refused, and names the commit", async (world) => {
    await developmentMoves(world);
    const rita = world.person("rita");
    await rita.branches("release/1", "development");
    const pushed = await rita.pushes("release/1", undefined, { message: "Just this once" });
    const number = await rita.opens("release/1", "staging");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({
      is: "failure",
      title: `release/1 has commit ${short(pushed)} “Just this once”, which came by no pull request into it.`,
    });
    expect(await rita.merges(number)).toMatchObject({ status: 405 });
  });
});

describe("A back-merge", () => {
  /** master gets a hotfix that the other stages lack. */
  async function hotfixed(world: World, files: Readonly<Record<string, string>> = { "fix.ts": "1\n" }) {
    const dora = world.person("dora");
    await dora.pushes("hotfix/crash", "master", { files });
    await lands(world, dora, "hotfix/crash", "master");
  }

  story(
    "brings master back into the earlier stages, by itself or by a branch at its tip",
    async (world) => {
      // From before Flowgate was there, which would have brought it back.
      await world.person("dora").pushes("master");
      await world.start();
      await world.quiet();
      const rita = world.person("rita");
      const itself = await rita.opens("master", "staging");
      await rita.branches("back-merge/development", "master");
      const branch = await rita.opens("back-merge/development", "development");
      await world.quiet();
      expect(seen(world, itself)).toEqual({
        name: "flowgate: staging",
        is: "success",
        title: "master is a later stage and may be merged back into staging.",
      });
      expect(seen(world, branch)).toEqual({
        name: "flowgate: development",
        is: "success",
        title: "The tip of back-merge/development is a commit of master and may be merged back into development.",
      });
      expect(await rita.merges(itself)).toBeNull();
      expect(await rita.merges(branch)).toBeNull();
      return undefined;
    },
    { started: false },
  );

  story("may have the merge commits that a conflict needs, and no work of its own", async (world) => {
    await developmentMoves(world, "feature/login", { "a.ts": "ours\n" });
    await hotfixed(world, { "a.ts": "theirs\n" });
    const rita = world.person("rita");
    const conflicting = await rita.opens("master", "development");
    await world.quiet();
    expect(seen(world, conflicting)).toMatchObject({ is: "success" });
    expect(await rita.merges(conflicting)).toEqual({ status: 405, message: "Pull Request is not mergeable" });
    await rita.branches("back-merge/development", "development");
    await rita.joins("back-merge/development", "master", { "a.ts": "both\n" });
    const number = await rita.opens("back-merge/development", "development");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: development",
      is: "in_progress",
      title: "1 of 6 gates open. Waits for somebody who may write to approve.",
    });
    await world.person("devin").approves(number);
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: development",
      is: "success",
      title:
        "back-merge/development merges staging and master back into development with 1 merge commit of its own. All 6 gates passed.",
    });
    const work = await rita.pushes("back-merge/development", undefined, { message: "And a small feature" });
    await world.quiet();
    expect(seen(world, number)).toMatchObject({
      is: "failure",
      title: `back-merge/development has commit ${short(work)} “And a small feature”, which is on no later stage: a back-merge brings only what staging and master has.`,
    });
    expect(await rita.merges(number)).toMatchObject({ status: 405 });
  });

  story("of somebody's own work alone is none", async (world) => {
    const dora = world.person("dora");
    const work = await dora.pushes("back-merge/sneak", "development", { message: "Sneak in" });
    const number = await dora.opens("back-merge/sneak", "development");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({
      is: "failure",
      title: expect.stringContaining(`back-merge/sneak has commit ${short(work)} “Sneak in”`),
    });
    expect(await dora.merges(number)).toMatchObject({ status: 405 });
  });
});

describe("A fork", () => {
  story("may enter development only, though its branch is called staging", async (world) => {
    const olaf = world.person("olaf");
    const fork = await olaf.forks();
    await fork.pushes("staging");
    const number = await olaf.opens("olaf:staging", "master");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: master",
      is: "failure",
      title: "A fork may only enter development, whatever its branch is called.",
    });
    expect(toCopy(world, number)).toBe(`gh pr edit ${number} --base development`);
    expect(await world.person("rita").merges(number)).toMatchObject({ status: 405 });
    await olaf.retargets(number, "development");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: development",
      is: "success",
      title: "A fork may enter development.",
    });
    expect(await world.person("rita").merges(number)).toBeNull();
  });

  story(
    "is not taken where the config refuses forks",
    async (world) => {
      const olaf = world.person("olaf");
      const fork = await olaf.forks();
      await fork.pushes("feature/gift", "master");
      const number = await olaf.opens("olaf:feature/gift", "development");
      await world.quiet();
      expect(seen(world, number)).toEqual({
        name: "flowgate: development",
        is: "failure",
        title: "Pull requests from forks are not taken here.",
      });
    },
    { config: `${lanesOnly()}flow: { forks: refuse }\n` },
  );

  story("that is deleted takes its pull request with it, and nothing is left to do", async (world) => {
    const olaf = world.person("olaf");
    const fork = await olaf.forks();
    await fork.pushes("feature/gift", "development");
    const number = await olaf.opens("olaf:feature/gift", "development");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
    const forked = world.github.repository("olaf/api");
    if (!forked) throw new Error("olaf has no fork");
    must(await deleteRepository(world.github, olaf.actor, forked));
    await world.quiet();
    expect(world.pull(number)).toMatchObject({ state: "closed", head: { repositoryId: null } });
    expect(await refusal(olaf.reopens(number))).toContain("has been deleted");
  });
});

describe("A pull request", () => {
  story("is judged for each base that it is given", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "master");
    for (const [base, is] of [
      ["master", "failure"],
      ["staging", "failure"],
      ["development", "success"],
      ["master", "failure"],
    ] as const) {
      if (world.pull(number).base.ref !== base) await dora.retargets(number, base);
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ name: `flowgate: ${base}`, is });
    }
    expect(await dora.merges(number)).toMatchObject({ status: 405 });
  });

  story("of a branch that is no feature is told under which name to push it", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("login", "development");
    const number = await dora.opens("login", "development");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: development",
      is: "failure",
      title: "login matches no feature pattern. Push it as feature/login and open that into development.",
    });
    expect(toCopy(world, number)).toBe("git push origin HEAD:feature/login");
    expect(summary(world, number)).toContain("renaming the branch on GitHub would close this one");
    await dora.renames("login", "feature/login");
    await world.quiet();
    expect(world.pull(number).state).toBe("closed");
    const renamed = await dora.opens("feature/login", "development");
    await world.quiet();
    expect(seen(world, renamed)).toMatchObject({ is: "success" });
  });

  story("of a bot aiming too far is told what to set in the bot's config", async (world) => {
    const bot = createApp(world.github, { owner: OWNER, name: "dependabot", permissions: {}, events: [] });
    must(setRole(world.github, world.person("ada").actor, world.repository(), `${bot.slug}[bot]`, "write"));
    const dependabot = world.person(`${bot.slug}[bot]`);
    await dependabot.pushes("dependabot/npm_and_yarn/zod-4.1.0", "development");
    const number = await dependabot.opens("dependabot/npm_and_yarn/zod-4.1.0", "master");
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: master",
      is: "failure",
      title:
        "dependabot/npm_and_yarn/zod-4.1.0 enters at development, not at master. Set its target branch to development.",
    });
    expect(summary(world, number)).toContain("Dependabot's is `.github/dependabot.yml`");
    expect(toCopy(world, number)).toBe("target-branch: development");
    await dependabot.retargets(number, "development");
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ name: "flowgate: development", is: "success" });
  });

  story("into a branch that is no stage gets no check, until it is aimed at one", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/base", "development");
    await dora.pushes("feature/top", "feature/base");
    const number = await dora.opens("feature/top", "feature/base");
    await world.quiet();
    expect(world.runs(world.pull(number).head.sha)).toEqual([]);
    expect(await dora.merges(number)).toBeNull();
    await dora.pushes("feature/top");
    const again = await dora.opens("feature/top", "feature/base");
    await dora.retargets(again, "development");
    await world.quiet();
    expect(seen(world, again)).toMatchObject({ name: "flowgate: development", is: "success" });
  });

  story("that is a draft is judged like any other, and GitHub does not merge it before it is ready", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "development", { draft: true });
    await world.quiet();
    expect(seen(world, number)).toMatchObject({ is: "success" });
    expect(await dora.merges(number)).toEqual({ status: 405, message: "Pull Request is still a draft" });
    must(await readyForReview(world.github, dora.actor, world.repository(), number));
    await world.quiet();
    expect(world.runs(world.pull(number).head.sha)).toHaveLength(1);
    expect(await dora.merges(number)).toBeNull();
  });

  story("that is pushed to gets a check on its new head", async (world) => {
    const dora = world.person("dora");
    const first = await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "development");
    await world.quiet();
    const second = await dora.pushes("feature/login");
    await world.quiet();
    expect(world.runs(first)).toHaveLength(1);
    expect(world.runs(second)).toHaveLength(1);
    expect(await dora.merges(number, "merge", first)).toMatchObject({ status: 409 });
    expect(await dora.merges(number, "merge", second)).toBeNull();
  });
});

describe("Several pull requests on one commit", () => {
  story(
    "share one check: what no lane allows does not spoil what one does, and stands alone once that is closed",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("feature/login", "development");
      await dora.branches("login", "feature/login");
      const refused = await dora.opens("login", "development");
      await world.quiet();
      expect(seen(world, refused)).toMatchObject({ is: "failure" });
      const allowed = await dora.opens("feature/login", "development");
      await world.quiet();
      const sentence = "feature/login is a feature branch (feature/**) and may enter development.";
      expect(seen(world, refused)).toEqual({ name: "flowgate: development", is: "success", title: sentence });
      expect(summary(world, allowed)).toContain("2 open pull requests share this commit and base");
      await dora.closes(allowed);
      await world.quiet();
      expect(seen(world, refused)).toMatchObject({
        is: "failure",
        title: "login matches no feature pattern. Push it as feature/login and open that into development.",
      });
      expect(summary(world, refused)).not.toContain("share this commit");
      expect(await dora.merges(refused)).toMatchObject({ status: 405 });
      await dora.reopens(allowed);
      await world.quiet();
      expect(seen(world, allowed)).toMatchObject({ is: "success" });
      expect(world.runs(world.pull(allowed).head.sha)).toHaveLength(1);
    },
  );

  story("into different stages each have the check of their own base", async (world) => {
    const dora = world.person("dora");
    await dora.pushes("feature/login", "development");
    const numbers = await Promise.all(
      ["development", "staging", "master"].map((base) => dora.opens("feature/login", base)),
    );
    await world.quiet();
    expect(numbers.map((number) => seen(world, number)?.is)).toEqual(["success", "failure", "failure"]);
    expect(world.runs(world.pull(numbers[0] as number).head.sha)).toHaveLength(3);
  });
});

describe("Stages of other names", () => {
  story(
    "four of them are walked one by one",
    async (world) => {
      const rita = world.person("rita");
      await rita.pushes("feature/login", "dev");
      await lands(world, rita, "feature/login", "dev");
      const skipping = await rita.opens("dev", "uat");
      await world.quiet();
      expect(seen(world, skipping)).toEqual({
        name: "flowgate: uat",
        is: "failure",
        title: "dev goes into test, not into uat: no stage is skipped.",
      });
      expect(toCopy(world, skipping)).toBe("gh pr create --head dev --base test");
      await lands(world, rita, "dev", "test");
      await lands(world, rita, "test", "uat");
      const release = await lands(world, rita, "uat", "main");
      expect(seen(world, release)).toMatchObject({ name: "flowgate: main", is: "success" });
    },
    { stages: ["dev", "test", "uat", "main"] },
  );

  story(
    "two of them have no stage between",
    async (world) => {
      const rita = world.person("rita");
      await rita.pushes("feature/login", "develop");
      const skipping = await rita.opens("feature/login", "main");
      await world.quiet();
      expect(seen(world, skipping)).toMatchObject({
        is: "failure",
        title: "feature/login enters at develop, not at main. Open it into develop instead.",
      });
      await lands(world, rita, "feature/login", "develop");
      const release = await lands(world, rita, "develop", "main");
      expect(seen(world, release)).toEqual({
        name: "flowgate: main",
        is: "success",
        title: "develop goes into main: the next stage. All 10 gates passed.",
      });
    },
    { stages: ["develop", "main"] },
  );

  story("a stage that is renamed ends the component, until the config follows", async (world) => {
    const [ada, dora] = [world.person("ada"), world.person("dora")];
    await dora.pushes("feature/login", "development");
    const number = await dora.opens("feature/login", "development");
    await world.quiet();
    await ada.renames("development", "dev");
    await world.quiet();
    expect(world.pull(number).base.ref).toBe("dev");
    expect(seen(world, number)).toBeUndefined();
    await ada.pushes("master", undefined, { files: { ".github/flowgate.yml": "stages: [dev, staging, master]\n" } });
    await world.quiet();
    expect(seen(world, number)).toEqual({
      name: "flowgate: dev",
      is: "success",
      title: "feature/login is a feature branch (feature/**) and may enter dev.",
    });
    await world.skip(2_000);
    expect(await refusal(ada.pushes("dev"))).toContain("Changes must be made through a pull request");
  });
});
