import { describe, expect } from "@jest/globals";
import { RUN_BOOK, RUN_BOOK_PATH, type World } from "../world.ts";
import { lands, open, seen, story, summary, toCopy } from "./telling.ts";

const STANDARD = `enforcement: managed
merge_by: anyone
roles:
  release-manager: ["@acme/release-managers"]
  operations: ["@acme/operations"]
  quality: ["@acme/quality"]
  engineering: ["@acme/engineering"]
checks: { required: [build] }
`;
const WITHOUT_RUN_BOOK = `${STANDARD}runbook: { required: false }\nbackup: { when: data }\n`;
/** The line of a body that links the run-book that came with the feature. */
const LINK = `Run-book: ${RUN_BOOK_PATH}`;

/** Each gate's check is a write, and GitHub's budget for writes would make the stories wait. */
const QUICK = { budget: { points: 1_000_000, inFlight: 64 } };

const head = (world: World, number: number) => world.pull(number).head.sha.slice(0, 7);

/** dora's feature is on development, with its run-book. */
async function developed(world: World): Promise<void> {
  const dora = world.person("dora");
  const files = { "src/login.ts": "export {};\n", [RUN_BOOK_PATH]: RUN_BOOK };
  await dora.pushes("feature/login", "development", { files });
  await lands(world, dora, "feature/login", "development");
}

describe("From a feature to production", () => {
  story(
    "with the standard team: each person sees what is theirs, and GitHub waits for all of them",
    async (world) => {
      const [dora, devin] = [world.person("dora"), world.person("devin")];
      const [rita, otto, quinn] = [world.person("rita"), world.person("otto"), world.person("quinn")];
      await developed(world);

      const promotion = await rita.opens("development", "staging", { body: LINK });
      await world.quiet();
      expect(seen(world, promotion)).toEqual({
        name: "flowgate: staging",
        is: "in_progress",
        title: "2 of 10 gates open. Waits for operations to approve.",
      });
      expect(open(world, promotion)).toEqual({
        approvals: "in_progress: Waits for operations to approve.",
        checks: `in_progress: build has not reported yet on ${head(world, promotion)}.`,
      });
      expect(summary(world, promotion)).toContain(`otto (operations) can approve ${head(world, promotion)}.`);
      expect(summary(world, promotion)).toContain("<summary>Not asked: backup, readiness, change-order</summary>");
      expect(await rita.merges(promotion)).toMatchObject({ status: 405 });

      await world.reports(promotion, "build", null);
      await world.quiet();
      expect(open(world, promotion)).toMatchObject({
        checks: `in_progress: build has not ended on ${head(world, promotion)}.`,
      });
      await world.reports(promotion, "build", "failure");
      await world.quiet();
      expect(seen(world, promotion)).toEqual({
        name: "flowgate: staging",
        is: "failure",
        title: `2 of 10 gates open. build ended in failure on ${head(world, promotion)}.`,
      });
      await world.reports(promotion, "build", "success");
      await otto.approves(promotion);
      await world.quiet();
      expect(seen(world, promotion)).toEqual({
        name: "flowgate: staging",
        is: "success",
        title: "development goes into staging: the next stage. All 10 gates passed.",
      });
      expect(open(world, promotion)).toEqual({});
      expect(await rita.merges(promotion)).toBeNull();

      const release = await rita.opens("staging", "master", { body: LINK });
      await world.reports(release, "build", "success");
      await world.quiet();
      expect(open(world, release)).toEqual({
        approvals: "in_progress: Waits for engineering, operations and quality to approve.",
        backup: "in_progress: Waiting for operations: no backup is attested.",
        "run-book": "in_progress: Rehearsal in staging: 5 items open, next S1 “Tell the hospitals”.",
      });
      expect(summary(world, release)).toContain("Whoever may write ticks the items in the comment with the run-book");
      await dora.ticks(release, "S1");
      await world.quiet();
      expect(open(world, release)["run-book"]).toBe(
        "in_progress: Rehearsal in staging: 4 items open, next S2 “Dry run of the migration”.",
      );
      await devin.says(release, '/done S2 note="31 rows"\n/done S3-S5');
      await world.quiet();
      expect(open(world, release)["run-book"]).toBe(
        "in_progress: Before the merge: 2 items open, next P1 “Tell the hospitals”.",
      );
      await otto.says(
        release,
        `/attest backup system=postgres-main id=snap-8f31 at=${world.clock.now().toISOString()}`,
      );
      await otto.ticks(release, "P1");
      await otto.says(release, '/done P2 note="31 rows"');
      await world.quiet();
      expect(seen(world, release)?.title).toBe(
        "1 of 12 gates open. Waits for engineering, operations and quality to approve.",
      );
      await dora.approves(release);
      await otto.approves(release);
      await world.quiet();
      expect(seen(world, release)?.title).toBe("1 of 12 gates open. Waits for quality to approve.");
      expect(await rita.merges(release)).toMatchObject({ status: 405 });
      await quinn.approves(release);
      await world.quiet();
      expect(seen(world, release)?.is).toBe("success");
      await otto.dismisses(release);
      await world.quiet();
      const said = world.github.find
        .commentsOf(world.repository().id, release)
        .filter(({ body }) => body.includes("not any more"));
      expect(said.map(({ body }) => body.split("\n")[0])).toEqual([
        `\`flowgate: master\` was green on \`${head(world, release)}\` and is not any more.`,
      ]);
      expect(seen(world, release)).toMatchObject({
        is: "in_progress",
        title: "1 of 12 gates open. Waits for engineering, operations and quality to approve.",
      });
      expect(await rita.merges(release)).toMatchObject({ status: 405 });
      for (const person of [devin, otto, quinn]) await person.approves(release);
      await world.quiet();
      expect(await rita.merges(release)).toBeNull();
      return undefined;
    },
    { config: STANDARD, settings: QUICK },
  );

  story(
    "with a small team one colleague is enough",
    async (world) => {
      const [dora, devin] = [world.person("dora"), world.person("devin")];
      await developed(world);
      const promotion = await dora.opens("development", "staging", { body: LINK });
      await world.quiet();
      await devin.approves(promotion);
      await world.quiet();
      // devin wrote nothing of it; dora, who wrote all of it, opened it.
      expect(await dora.merges(promotion)).toBeNull();
      const release = await dora.opens("staging", "master", { body: LINK });
      await world.quiet();
      expect(seen(world, release)?.title).toBe("2 of 11 gates open. Waits for operations and quality to approve.");
      // Both walks by one person: whoever may write rehearses, and dora is in operations too.
      await dora.ticks(release, "S1");
      await dora.says(release, '/done S2 note="31 rows"\n/done S3-S5');
      await world.quiet();
      await dora.says(release, '/done P1-P2 note="31 rows"');
      await world.quiet();
      expect(seen(world, release)?.title).toBe("1 of 11 gates open. Waits for operations and quality to approve.");
      expect(summary(world, release)).toContain("devin (operations)");
      await devin.approves(release);
      await world.quiet();
      expect(seen(world, release)?.is).toBe("success");
      expect(await dora.merges(release)).toBeNull();
      return undefined;
    },
    {
      config:
        "team: small\nmerge_by: anyone\nroles: { operations: [dora, devin], quality: [dora, devin] }\nchecks: { allow_none: true }\n",
      settings: QUICK,
    },
  );

  story(
    "in a regulated team a release waits for its change order and for the verdict of quality",
    async (world) => {
      const rita = world.person("rita");
      await developed(world);
      const promotion = await rita.opens("development", "staging", {
        title: "Promote",
        body: `For ECO-0042.\n\n${LINK}`,
      });
      await world.quiet();
      expect(await rita.merges(promotion)).toBeNull();
      const release = await rita.opens("staging", "master", { title: "Release the log-in", body: LINK });
      await world.quiet();
      expect(open(world, release)).toEqual({
        "change-order": "failure: It names no change order.",
        backup: "in_progress: Waiting for operations: no backup is attested.",
        readiness: `in_progress: Waits for the verdict of quality on ${head(world, release)}.`,
        "run-book": "in_progress: Rehearsal in staging: 5 items open, next S1 “Tell the hospitals”.",
      });
      expect(summary(world, release)).toContain("quinn says `/attest readiness because …`.");
      expect(seen(world, release)).toMatchObject({ is: "failure" });
      await rita.retitles(release, "Release the log-in (ECO-0042)");
      const now = world.clock.now().toISOString();
      // A regulated team asks that its restore was tried of late.
      const untried = await rita.says(release, `/attest backup system=postgres-main id=snap-8f31 at=${now}`);
      await world.quiet();
      expect(world.github.find.reactionsOf(untried).map(({ content }) => content)).toEqual(["-1"]);
      const tried = `restore-tested=${now.slice(0, 10)}`;
      await rita.says(release, `/attest backup system=postgres-main id=snap-8f31 at=${now} ${tried}`);
      await world.person("dora").ticks(release, "S1");
      await world.person("dora").says(release, '/done S2 note="31 rows"\n/done S3-S5');
      await world.quiet();
      expect(open(world, release)).toEqual({
        readiness: `in_progress: Waits for the verdict of quality on ${head(world, release)}.`,
        "run-book": "in_progress: Before the merge: 2 items open, next P1 “Tell the hospitals”.",
      });
      // No role of operations is set: who maintains the repository does it.
      await rita.ticks(release, "P1");
      await rita.says(release, '/done P2 note="31 rows"');
      await world.quiet();
      expect(open(world, release)).toEqual({
        readiness: `in_progress: Waits for the verdict of quality on ${head(world, release)}.`,
      });
      const quinn = world.person("quinn");
      const said = await quinn.says(release, "/attest readiness because the log-in was tested on two phones");
      await world.quiet();
      expect(open(world, release)).toEqual({});
      expect(seen(world, release)?.is).toBe("success");
      await quinn.corrects(said, "I am not so sure.");
      await world.quiet();
      expect(open(world, release)).toHaveProperty("readiness");
      await quinn.says(release, "/attest readiness because it was a cloud on the lens");
      await world.quiet();
      expect(await rita.merges(release)).toBeNull();
      return undefined;
    },
    {
      config:
        'team: regulated\nmerge_by: anyone\nroles: { quality: ["@acme/quality"] }\napprovals: { staging: [], master: [] }\nchecks: { allow_none: true }\n',
      settings: QUICK,
    },
  );
});

describe("While nobody listens", () => {
  story(
    "a check that ends is found by the next sweep",
    async (world) => {
      const dora = world.person("dora");
      await dora.pushes("hotfix/crash", "master");
      const number = await dora.opens("hotfix/crash", "master");
      await world.reports(number, "build", null);
      await world.person("rita").approves(number);
      await world.quiet();
      world.github.faults.add({ on: "delivery", event: "check_run", does: { kind: "drop" } });
      await world.reports(number, "build", "success");
      await world.quiet();
      // GitHub's log of deliveries goes back three days only.
      const log = world.github.find.deliveriesOf(world.registered.id);
      for (const { id, event } of log) if (event === "check_run") world.github.state.deliveries.remove(id);
      expect(seen(world, number)).toMatchObject({ is: "in_progress" });
      await world.app().sweep();
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ is: "success" });
      return undefined;
    },
    { config: WITHOUT_RUN_BOOK, settings: QUICK },
  );
});

describe("What does not count", () => {
  story(
    "an approval of what was there before a push",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await dora.pushes("hotfix/crash", "master");
      const number = await dora.opens("hotfix/crash", "master");
      await world.reports(number, "build", "success");
      await rita.approves(number);
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      const before = head(world, number);
      await dora.pushes("hotfix/crash");
      await world.reports(number, "build", "success");
      await world.quiet();
      expect(seen(world, number)).toEqual({
        name: "flowgate: master",
        is: "in_progress",
        title: "1 of 7 gates open. Waits for a release manager to approve.",
      });
      expect(summary(world, number)).toContain(`rita approved ${before}, which is not the head any more.`);
      expect(await dora.merges(number)).toMatchObject({ status: 405 });
      return undefined;
    },
    { config: WITHOUT_RUN_BOOK, settings: QUICK },
  );

  story(
    "an approval of somebody who pushed to the branch, and of somebody who has left the team",
    async (world) => {
      const [dora, rita, ada] = [world.person("dora"), world.person("rita"), world.person("ada")];
      await dora.pushes("hotfix/crash", "master");
      const number = await dora.opens("hotfix/crash", "master");
      await rita.pushes("hotfix/crash");
      await world.reports(number, "build", "success");
      await rita.approves(number);
      await world.quiet();
      expect(seen(world, number)).toMatchObject({
        is: "failure",
        title:
          "1 of 7 gates open. Nobody is left who could approve as a release manager. Who opened it or pushed to it does not count.",
      });
      await ada.addsToTeam("release-managers", "otto");
      await world.quiet();
      expect(seen(world, number)?.title).toBe("1 of 7 gates open. Waits for a release manager to approve.");
      await world.person("otto").approves(number);
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      await ada.takesFromTeam("release-managers", "otto");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("failure");
      expect(await dora.merges(number)).toMatchObject({ status: 405 });
      return undefined;
    },
    { config: WITHOUT_RUN_BOOK, settings: QUICK },
  );

  story(
    "a check that its author renamed, and one that another App posts in our name",
    async (world) => {
      const [dora, rita] = [world.person("dora"), world.person("rita")];
      await dora.pushes("hotfix/crash", "master");
      const number = await dora.opens("hotfix/crash", "master");
      await rita.approves(number);
      await world.reports(number, "build (skipped)", "success");
      await world.reports(number, "flowgate: master", "success");
      await world.quiet();
      expect(seen(world, number)?.title).toBe(
        `1 of 7 gates open. build has not reported yet on ${head(world, number)}.`,
      );
      expect(await dora.merges(number)).toMatchObject({ status: 405 });
      await world.skip(31 * 60_000);
      expect(seen(world, number)?.title).toContain("build has not reported for 31 minutes");
      expect(summary(world, number)).toContain("limited to other branches or paths");
      return undefined;
    },
    { config: WITHOUT_RUN_BOOK, settings: QUICK },
  );

  story(
    "a promotion that would lose what the next stage has",
    async (world) => {
      const rita = world.person("rita");
      // From before Flowgate was there, which would have brought it back.
      await world.person("dora").pushes("master");
      await world.start();
      await world.quiet();
      await developed(world);
      const promotion = await rita.opens("development", "staging");
      await world.reports(promotion, "build", "success");
      await world.person("otto").approves(promotion);
      await world.quiet();
      expect(await rita.merges(promotion)).toBeNull();
      const release = await rita.opens("staging", "master");
      await world.reports(release, "build", "success");
      await world.quiet();
      expect(open(world, release)["back-merge"]).toMatch(
        /^failure: master has 1 commit that staging lacks: [0-9a-f]{7} “Change/,
      );
      expect(toCopy(world, release)).toContain("gh pr create --head master --base staging");
      await lands(world, rita, "master", "staging");
      await world.reports(release, "build", "success");
      await world.quiet();
      expect(open(world, release)).not.toHaveProperty("back-merge");
      return undefined;
    },
    { config: WITHOUT_RUN_BOOK, settings: QUICK, started: false },
  );

  story(
    "an image that nothing in the repository builds, and a key",
    async (world) => {
      const dora = world.person("dora");
      const files = { "web/Dockerfile": "FROM nginx\nARG VERSION\nRUN echo $VERSION\n", "web/key.pem": "secret" };
      await dora.pushes("hotfix/image", "master", { files });
      const number = await dora.opens("hotfix/image", "master");
      await world.quiet();
      expect(open(world, number)["artifacts"]).toBe(
        "failure: web/Dockerfile has no build command in the repository, and 2 more.",
      );
      expect(summary(world, number)).toContain("`web/key.pem` matches `**/*.pem`");
      const build = "docker build --build-arg VERSION=$(git describe) web\n";
      await dora.pushes("hotfix/image", undefined, { files: { "web/build.sh": build, "web/key.pem": null } });
      await world.quiet();
      expect(open(world, number)).not.toHaveProperty("artifacts");
      expect(world.check(number, "flowgate: master / artifacts")?.title).toMatch(
        /^web\/build\.sh builds web\/Dockerfile/,
      );
      return undefined;
    },
    { config: `${WITHOUT_RUN_BOOK}artifacts: { forbidden: ["**/*.pem"] }\n`, settings: QUICK },
  );
});
