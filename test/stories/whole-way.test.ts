import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "@jest/globals";
import { editIssue } from "../../sandbox/issues.ts";
import { must } from "../../sandbox/outcome.ts";
import { tagNames } from "../../sandbox/tags.ts";
import { setTeamRole } from "../../sandbox/teams.ts";
import { RUN_BOOK, RUN_BOOK_PATH } from "../world.ts";
import { evidenceOf, verified } from "./downloading.ts";
import { another, feature, head, merged, promoted, release, releases, sentence, table } from "./promoting.ts";
import {
  assets,
  backMerges,
  file,
  issues,
  last,
  next,
  opened,
  pulls,
  REGULATED,
  reviewers,
  tellers,
  told,
  unanswered,
} from "./regulated.ts";
import { shown, story, summary } from "./telling.ts";

const folder = mkdtempSync(join(tmpdir(), "flowgate-whole-way-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const APPROVALS = "Waits for engineering, operations and quality to approve.";
const GREEN = "success: staging goes into master: the next stage. All 12 gates passed.";
const BEFORE = "Before the merge: 2 items open, next P1 “Tell the hospitals”.";
const CLAIMED =
  "Backup `snap` of `postgres-main`, finished at …, claimed by otto. It counts until …, and while the files that affect data and this comment stay as they are.";
const REHEARSED = '- `/done S1 S3-S5`: Done: `S1`, `S3`, `S4`, `S5`.\n- `/done S2 note="none"`: Done: `S2`.';
const PREPARED = '- `/done P1`: Done: `P1`.\n- `/done P2 note="none"`: Done: `P2`.';
const TESTED = "Done: `P3`, `P4`, `P5`.";
const DRAFT =
  "and its release is a draft until it is deployed and tested, and then a release manager says `/promote` here.";
const WALKED = "**Rehearsal: 5 of 5 done. Production: 5 of 5 done.** Nothing is left to do.";
const PUBLISHED = ["evidence.json", "evidence.md", "manifest.sha256", "svr.json"];

story(
  "The whole way: a release, a hotfix, a rollback, the release after it, and a train",
  async (world) => {
    const { github } = world;
    const team = tellers(world);
    const { says, approves, walks, opens, title } = team;
    for (const one of github.find.teamsOf(world.repository().ownerId))
      must(setTeamRole(github, github.as("ada"), one, world.repository(), "read"));

    // Dora brings a feature with the run-book of its release, and rita takes it on by one word a stage.
    const login = await opens("feature/login", "development", { "src/login.ts": "1\n", [RUN_BOOK_PATH]: RUN_BOOK });
    expect(title(login)).toBe("success: feature/login is a feature branch (feature/**) and may enter development.");
    await says("rita", login, "/promote");
    const first = login + 1;
    expect(told(world, login)).toEqual([
      `#${login} is in development as ${merged(world, login)}. #${first} takes it on to staging.`,
    ]);
    expect(opened(world, first)).toEqual(["Promote development to staging", `- #${login} feat: login`]);
    expect(reviewers(world, first)).toEqual(["operations"]);
    expect(title(first)).toBe("in_progress: 1 of 10 gates open. Waits for operations to approve.");
    expect(await approves(first, "otto")).toBe(
      `success: ${world.pull(first).head.ref} is pinned at a commit of development and goes into staging. All 10 gates passed.`,
    );
    await says("rita", first, "/promote");
    const v100 = first + 1;
    expect(told(world, first)).toEqual([
      `It carries 1 pull request, not yours. #${first} is in staging as ${merged(world, first)}. #${v100} takes it on to master.`,
    ]);
    expect(opened(world, v100)).toEqual(["Release v1.0.0", `- #${login} feat: login`]);

    expect(reviewers(world, v100)).toEqual(["engineering", "operations", "quality"]);

    // The rehearsal, the backup, the approvals, and what comes before the merge.
    expect(title(v100)).toBe(`in_progress: 3 of 12 gates open. ${APPROVALS}`);
    expect(next(world, v100)).toBe(
      "**Rehearsal: 0 of 5 done. Production: 0 of 5 done.** Next: **S1** Tell the hospitals",
    );
    expect(await walks("dora", v100, "S")).toBe(`in_progress: 3 of 12 gates open. ${APPROVALS}`);
    expect(next(world, v100)).toBe(
      "**Rehearsal: 5 of 5 done. Production: 0 of 5 done.** Next, before the merge: **P1** Tell the hospitals",
    );
    expect(await team.backsUp(v100)).toBe(`in_progress: 2 of 12 gates open. ${APPROVALS}`);
    expect(await approves(v100, "devin", "otto", "quinn")).toBe(`in_progress: 1 of 12 gates open. ${BEFORE}`);
    expect(await walks("otto", v100, "P")).toBe(GREEN);
    await says("rita", v100, "/promote");
    expect(assets(world, "v1.0.0")).toEqual(["draft", "evidence.json", "evidence.md", "manifest.sha256"]);

    // Deployed, tested and published.
    await says("otto", v100, "/done P3-P5");
    expect(shown(world, v100)).toContain(
      "**v1.0.0 is published as soon as a release manager writes `/promote` here.**",
    );
    await says("rita", v100, "/promote");
    expect(told(world, v100)).toEqual([
      REHEARSED,
      CLAIMED,
      PREPARED,
      `It carries 1 pull request, not yours. #${v100} is in master as ${merged(world, v100)}. v1.0.0 is tagged, ${DRAFT}`,
      TESTED,
      `#${v100} is in master as ${merged(world, v100)}. v1.0.0 is released.`,
    ]);
    expect(next(world, v100)).toBe(WALKED);
    expect(assets(world, "v1.0.0")).toEqual(["published", ...PUBLISHED]);

    // The next release goes the same way, and one more feature waits for a third.
    const exports = await opens("feature/export", "development", { "src/export.ts": "1\n" });
    const v110 = await team.readies(exports);
    expect(opened(world, v110)).toEqual(["Release v1.1.0", `- #${exports} feat: export`]);
    await team.releases(v110);
    const units = await opens("feature/units", "development", { "src/units.ts": "1\n" });
    await says("rita", units, "/promote");
    const waits = units + 1;

    // It crashes in production: the hotfix has one approval before, and two and the rehearsal afterwards.
    const hotfix = await opens("hotfix/crash", "master", { "src/crash.ts": "1\n" });
    expect(title(hotfix)).toBe("in_progress: 3 of 9 gates open. Waits for a release manager to approve.");
    expect(await team.backsUp(hotfix)).toBe("in_progress: 2 of 9 gates open. Waits for a release manager to approve.");
    expect(await approves(hotfix, "ada")).toBe(`in_progress: 1 of 9 gates open. ${BEFORE}`);
    expect(await walks("otto", hotfix, "P")).toBe(
      "success: hotfix/crash was cut from master and may go back into it. All 9 gates passed.",
    );
    await says("rita", hotfix, "/promote");
    const crashed = merged(world, hotfix);
    expect(backMerges(world)).toEqual([
      `Merge master back into development (back-merge/development-${crashed}): merged`,
      `Merge master back into staging (back-merge/staging-${crashed}): merged`,
    ]);
    // The promotion that waits lacks it, and is told how it comes to it.
    expect(title(waits)).toBe(
      `failure: 2 of 10 gates open. staging has 1 commit that ${world.pull(waits).head.ref} lacks: ${head(world, hotfix)} “fix: crash”.`,
    );
    expect(summary(world, waits)).toContain("development has it by now: `/promote refresh` here takes it along.");
    expect(issues(world)).toEqual([`open: Reviews owed for hotfix #${hotfix}`]);
    await says("otto", hotfix, "/done P3-P5");
    await says("rita", hotfix, "/promote");
    await approves(hotfix, "devin", "quinn");
    expect(issues(world)).toEqual([`open: Reviews owed for hotfix #${hotfix}`]);
    await walks("dora", hotfix, "S");
    expect(issues(world)).toEqual([`closed: Reviews owed for hotfix #${hotfix}`]);
    const withdrawing = told(world, hotfix);
    const owed = (what: string, title: string) => {
      const issue = github.find.issuesOf(world.repository().id).find((one) => one.title === title);
      return `${what} are owed until …, see #${issue?.number}.`;
    };
    expect(withdrawing).toEqual([
      CLAIMED,
      PREPARED,
      `It carries 1 pull request, this one. #${hotfix} is in master as ${crashed}. v1.1.1 is tagged, ${DRAFT} Flowgate merges it back into development and staging by itself; ${owed("an approval of engineering, an approval of quality and its rehearsal", `Reviews owed for hotfix #${hotfix}`)}`,
      TESTED,
      `#${hotfix} is in master as ${crashed}. v1.1.1 is released.`,
      REHEARSED,
    ]);

    // Exports turn out to be empty: production goes back to the first release, on another release manager's approval.
    await says("rita", hotfix, "/rollback to v1.0.0 because exports are empty");
    const back = last(world);
    expect(told(world, hotfix).slice(withdrawing.length)).toEqual([
      `#${back} rolls master back to \`v1.0.0\` and withdraws \`v1.1.1\` and \`v1.1.0\`: it is judged as a hotfix, and \`/promote\` there merges it.`,
    ]);
    expect(world.pull(back)).toMatchObject({
      title: "Roll back to v1.0.0",
      base: { ref: "master" },
      body: expect.stringMatching(
        /^Run-book: .*\n\n`master` goes back to what `v1\.0\.0` was, and `v1\.1\.1` and `v1\.1\.0` are withdrawn\./,
      ),
    });
    expect(title(back)).toBe("in_progress: 3 of 9 gates open. Waits for a release manager to approve.");
    await team.backsUp(back);
    await walks("otto", back, "P");
    expect(await approves(back, "rita")).toBe(
      "in_progress: 1 of 9 gates open. Waits for a release manager to approve.",
    );
    expect(await approves(back, "ada")).toBe(
      `success: hotfix/rollback-to-v1.0.0-${crashed} was cut from master and may go back into it. All 9 gates passed.`,
    );
    await says("rita", back, "/promote");
    const kept = backMerges(world).filter((one) => !one.includes(crashed));
    expect(kept).toEqual([
      `Merge master back into staging (back-merge/staging-${merged(world, back)}): merged`,
      expect.stringMatching(/^Merge staging back into development \(back-merge\/development-.{7}\): merged$/),
    ]);
    expect(issues(world).slice(1).toSorted()).toEqual([
      "open: Fix before the next release",
      `open: Reviews owed for rollback #${back}`,
    ]);
    await says("otto", back, "/done P3-P5");
    await says("rita", back, "/promote");
    expect(told(world, back)).toEqual([
      CLAIMED,
      PREPARED,
      `It carries 1 pull request, this one. #${back} is in master as ${merged(world, back)}. v1.1.2 is tagged, ${DRAFT} Flowgate takes it into the history of development and staging by itself, and leaves the files there as they are; ${owed("an approval of engineering and an approval of quality", `Reviews owed for rollback #${back}`)}`,
      TESTED,
      `#${back} is in master as ${merged(world, back)}. v1.1.2 is released.`,
    ]);
    const versions = ["v1.0.0", "v1.1.0 (withdrawn)", "v1.1.1 (withdrawn)", "v1.1.2"];
    expect(releases(world).map(({ name }) => name)).toEqual(versions);

    // Dora mends exports where development has them still, and the promotion that waits takes that along.
    const fix = await opens("fix/export", "development", { "src/export.ts": "2\n" });
    await says("rita", fix, "/promote");
    expect(told(world, fix)).toEqual([
      `#${fix} is in development as ${merged(world, fix)}. #${waits} is open into staging already, pinned at ${head(world, waits)}: \`/promote refresh\` there moves it on.`,
    ]);
    await says("rita", waits, "/promote refresh");
    expect(opened(world, waits)).toEqual([
      "Promote development to staging",
      `- #${units} feat: units`,
      `- #${fix} fix: export`,
    ]);
    await approves(waits, "otto");
    await says("rita", waits, "/promote");
    const v120 = last(world);
    expect(told(world, waits)).toEqual([
      `#${waits} is at ${merged(world, fix)} now, and is judged anew.`,
      `It carries 2 pull requests, none of them yours. #${waits} is in staging as ${merged(world, waits)}. #${v120} takes it on to master.`,
    ]);

    // The release that brings the work again names it again, and waits until somebody says that it is mended.
    expect(opened(world, v120)).toEqual([
      "Release v1.2.0",
      `- #${exports} feat: export`,
      `- #${units} feat: units`,
      `- #${hotfix} fix: crash`,
      `- #${fix} fix: export`,
    ]);
    const held =
      world.github.find.issuesOf(world.repository().id).find(({ title }) => title.startsWith("Fix"))?.number ?? 0;
    const AGAIN = `#${back} rolled v1.1.1 and v1.1.0 back, and this would bring them again. #${held} is open.`;
    expect(title(v120)).toBe(`in_progress: 4 of 12 gates open. ${AGAIN}`);
    expect(await team.prepares(v120)).toBe(`in_progress: 1 of 12 gates open. ${AGAIN}`);
    await says("rita", v120, "/promote");
    expect(sentence(told(world, v120).at(-1))).toBe(`It cannot be promoted yet. ${AGAIN}`);
    must(await editIssue(github, world.person("dora").actor, world.repository(), held, { state: "closed" }));
    await world.quiet();
    expect(title(v120)).toBe(GREEN);
    await team.releases(v120);
    expect(told(world, v120).slice(-3)).toEqual([
      `It carries 4 pull requests, none of them yours. #${v120} is in master as ${merged(world, v120)}. v1.2.0 is tagged, ${DRAFT}`,
      TESTED,
      `#${v120} is in master as ${merged(world, v120)}. v1.2.0 is released.`,
    ]);
    expect((await evidenceOf(world, "v1.2.0")).carried.map(({ number }) => number)).toEqual([
      exports,
      units,
      hotfix,
      fix,
    ]);
    for (const [path, says] of [
      ["src/export.ts", "2\n"],
      ["src/crash.ts", "1\n"],
    ] as const)
      expect(await file(world, "master", path)).toBe(says);

    // The rollback owes the same as a hotfix, and is given it before that is overdue.
    await approves(back, "devin", "quinn");
    await walks("dora", back, "S");
    expect(issues(world)).toEqual(issues(world).map((one) => one.replace("open", "closed")));

    // A train of three, of which one is not ready at first.
    const database = await another(world, "database");
    const web = await another(world, "web");
    await world.quiet();
    const printed = await opens("feature/print", "development", { "src/print.ts": "1\n" });
    const v130 = await team.readies(printed);
    await team.prepares(v130);
    const onDatabase = await release(database);
    const behind = await promoted(web, await feature(web));
    const walked = told(world, v130).length;
    await says("rita", v130, "/promote train city");
    expect(sentence(told(world, v130).at(-1))).toBe(
      "The train “city” does not leave, and nothing was merged: 1 of 3 components is not ready. `/promote train city` asks again.",
    );
    expect(table(told(world, v130).at(-1)).slice(1)).toEqual([
      `| acme/database | #${onDatabase} | It is ready. |`,
      `| acme/api | #${v130} | It is ready. |`,
      "| acme/web | none | It has no open release: `/promote` what is to be released up to the last stage. |",
    ]);
    const onWeb = await promoted(web, behind);
    await says("rita", v130, "/promote train city");
    const place = `For the train “city” (acme/api#${v130}): It carries 1 pull request, not yours.`;
    const [, , own, through] = told(world, v130).slice(walked - 1);
    expect(own).toBe(`${place} #${v130} is in master as ${merged(world, v130)}. v1.3.0 is tagged, ${DRAFT}`);
    expect(sentence(through)).toBe(
      "The train “city” is through: acme/database v1.0.0, acme/api v1.3.0 and acme/web v1.0.0.",
    );
    expect(table(through).slice(1)).toEqual([
      `| acme/database | v1.0.0 | ${merged(database, onDatabase)} | #${onDatabase} |`,
      `| acme/api | v1.3.0 | ${merged(world, v130)} | #${v130} |`,
      `| acme/web | v1.0.0 | ${merged(web, onWeb)} | #${onWeb} |`,
    ]);
    for (const [component, number] of [
      [database, onDatabase],
      [web, onWeb],
    ] as const)
      expect(told(component, number)).toEqual([
        `${place} #${number} is in master as ${merged(component, number)}. v1.0.0 is released.`,
      ]);
    await says("otto", v130, "/done P3-P5");
    await says("rita", v130, "/promote");
    expect(assets(world, "v1.3.0")).toEqual(["published", ...PUBLISHED]);

    // Nothing is left open, and anybody can check what was released last.
    expect(pulls(world).filter(({ mergedAt }) => mergedAt === null)).toEqual([]);
    expect(issues(world).filter((one) => one.startsWith("open"))).toEqual([]);
    expect(tagNames(github, world.repository().id).toSorted()).toEqual(releases(world).map(({ tagName }) => tagName));
    expect(releases(world).map(({ name }) => name)).toEqual([...versions, "v1.2.0", "v1.3.0"]);
    expect(unanswered(world)).toEqual([]);
    const { signer } = world.app();
    await world.stopApp();
    const { lines } = await verified(world, "v1.3.0", signer, folder);
    expect(lines.filter((line) => /^(failed|unknown)/.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe(`verified, signed by ${signer.keyid}`);
    await world.start();
    return undefined;
  },
  { config: REGULATED, settings: { databaseUrl: null, folder, budget: { points: 1_000_000, inFlight: 64 } } },
  120_000,
);
