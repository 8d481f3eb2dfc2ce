import { describe, expect } from "@jest/globals";
import { LANES_ONLY, type World, type WorldOptions } from "../world.ts";
import { answers, asRead, lands, open, seen, short, story } from "./telling.ts";

const DAY = 24 * 3_600_000;
const ROLES = `roles: { release-manager: ["@acme/release-managers"], quality: ["@acme/quality"] }\n`;
const WITH_ROLES: WorldOptions = {
  config: `${LANES_ONLY.replace("gate_checks: false", "gate_checks: true")}${ROLES}`,
  settings: { budget: { points: 1_000_000, inFlight: 64 } },
};
const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d UTC/g;

const timeless = (text: string | null | undefined) => text?.replace(TIME, "…").replaceAll("\\", "");
const issues = (world: World) =>
  world.github.find
    .issuesOf(world.repository().id)
    .map(({ number, title, state, body }) => ({ number, title, state, body: timeless(asRead(body ?? "")) }));
const title = (world: World, number: number) => timeless(seen(world, number)?.title);

/** One more feature is on its way: rita takes it to the pull request that releases it. */
async function releasing(world: World, feature: string): Promise<number> {
  const [dora, rita] = [world.person("dora"), world.person("rita")];
  await dora.pushes(feature, "development");
  await lands(world, dora, feature, "development");
  const promotion = await dora.opens("development", "staging");
  await world.quiet();
  await rita.says(promotion, "/promote");
  await world.quiet();
  return world.github.find.pullsInto(world.repository().id, "master").at(-1)?.number ?? 0;
}

/** A release whose build is red, and devin as a release manager beside rita. */
async function redRelease(world: World): Promise<number> {
  await world.person("ada").addsToTeam("release-managers", "devin");
  const number = await releasing(world, "feature/login");
  await world.reports(number, "build", "failure");
  await world.quiet();
  return number;
}

describe("An override", () => {
  story(
    "of two people lets a release go, is owed, holds the next one when it is overdue, and is closed by quality",
    async (world) => {
      const [rita, devin, quinn] = [world.person("rita"), world.person("devin"), world.person("quinn")];
      const release = await redRelease(world);
      const head = short(world.pull(release).head.sha);
      expect(seen(world, release)).toMatchObject({
        is: "failure",
        title: `1 of 10 gates open. build ended in failure on ${head}.`,
      });
      await rita.says(release, "/promote");
      await world.quiet();
      expect(answers(world, release).at(-1)).toContain("It cannot be promoted yet.");

      await rita.says(release, "/override checks because the runner is down");
      await world.quiet();
      expect(answers(world, release).at(-1)).toBe(
        `Nothing has changed yet: \`checks\` passes for ${head} once @devin writes \`/confirm checks\`.`,
      );
      expect(seen(world, release)?.is).toBe("failure");
      expect(issues(world)).toEqual([]);

      await devin.says(release, "/confirm checks");
      await world.quiet();
      const [issue] = issues(world);
      expect(issue).toEqual({
        number: release + 1,
        title: `checks was overridden on #${release}`,
        state: "open",
        body: `rita let the gate \`checks\` pass on #${release}, for \`${head}\` into \`master\` alone, at …; devin confirmed it.

- Why: the runner is down
- What the gate said: \`build\` ended in failure on ${head}.

To be made good and closed by **…**. Somebody in quality, or a release manager who took no part in it, closes it, here or on #${release}, with \`/override close N because …\`, where N is the number of this issue. After that time it holds the next release. Closing this issue alone changes nothing.`,
      });
      const number = release + 1;
      expect(timeless(answers(world, release).at(-1))).toBe(
        `\`checks\` is overridden for ${head}, and for that commit alone: the runner is down. #${number} tells of it. To be made good and closed by …: somebody in quality, or a release manager who took no part in it, writes \`/override close ${number} because …\`.`,
      );
      expect(seen(world, release)).toEqual({
        name: "flowgate: master",
        is: "success",
        title: "Overridden: checks (by rita, confirmed by devin). All other 9 gates passed.",
      });
      expect(open(world, release)).toEqual({});
      const gate = world.check(release, "flowgate: master / checks");
      expect(gate?.conclusion).toBe("success");
      expect(gate?.title).toBe(
        `Overridden by rita, confirmed by devin: the runner is down. The gate itself says: build ended in failure on ${head}.`,
      );

      await rita.says(release, "/promote");
      await world.quiet();
      expect(world.pull(release).merged).toBe(true);
      expect(issues(world)).toMatchObject([{ state: "open" }]);

      // The next one is ready, and held from the fifth day on.
      const next = await releasing(world, "feature/logout");
      await world.reports(next, "build", "success");
      await world.quiet();
      expect(seen(world, next)?.is).toBe("success");
      await world.skip(5 * DAY + 1_000);
      expect(title(world, next)).toBe(
        `1 of 10 gates open. The override of checks on #${release} was to be closed by …: the runner is down.`,
      );
      await rita.says(next, "/promote");
      await world.quiet();
      expect(world.pull(next).merged).toBe(false);

      await rita.says(number, `/override close ${number} because it is green by now`);
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(
        "You took part in it: somebody in quality, or a release manager who did not, closes it. @quinn could.",
      );
      await quinn.says(number, `/override close ${number} because the build is green on the same commit`);
      await world.quiet();
      expect(timeless(answers(world, number).at(-1))).toBe(
        `The override of \`checks\` on #${release} is closed: the build is green on the same commit. It lets nothing through any more.`,
      );
      expect(issues(world)).toMatchObject([
        { state: "closed", body: expect.stringContaining("No longer open: quinn closed it: the build is green") },
      ]);
      expect(seen(world, next)?.is).toBe("success");
      await rita.says(next, "/promote");
      await world.quiet();
      expect(world.pull(next).merged).toBe(true);
      return undefined;
    },
    WITH_ROLES,
  );

  story(
    "is nobody's alone: without a second release manager it takes somebody else who may write",
    async (world) => {
      const [rita, otto] = [world.person("rita"), world.person("otto")];
      const release = await releasing(world, "feature/login");
      await world.reports(release, "build", "failure");
      await world.quiet();
      await rita.says(release, "/override checks because the runner is down\n/confirm checks");
      await world.quiet();
      expect(answers(world, release).at(-1)).toContain("You asked for it yourself, and somebody else confirms it.");
      await rita.says(release, "/override checks because the runner is down");
      await rita.says(release, "/confirm checks");
      await world.quiet();
      expect(answers(world, release).at(-1)).toMatch(/^You asked for it yourself, .*@otto.* could\.$/);
      expect(seen(world, release)?.is).toBe("failure");
      await otto.says(release, "/confirm checks");
      await world.quiet();
      expect(seen(world, release)?.is).toBe("success");
      // A second word for it changes nothing, and nothing is opened twice.
      await world.person("dora").says(release, "/confirm checks");
      await world.quiet();
      expect(answers(world, release).at(-1)).toMatch(
        /^`checks` is overridden for \w{7} already, by rita, confirmed by otto\.$/,
      );
      expect(issues(world)).toHaveLength(1);
      return undefined;
    },
    WITH_ROLES,
  );

  story(
    "is of one commit: when the head moves it counts no more, and what nobody used ends by itself",
    async (world) => {
      const [dora, rita, devin] = [world.person("dora"), world.person("rita"), world.person("devin")];
      await world.person("ada").addsToTeam("release-managers", "devin");
      await dora.pushes("hotfix/login", "master");
      const number = await dora.opens("hotfix/login", "master");
      await world.reports(number, "build", "failure");
      await world.quiet();
      const before = short(world.pull(number).head.sha);
      await rita.says(number, "/override checks because the runner is down");
      await world.quiet();
      await devin.says(number, "/confirm checks");
      await world.quiet();
      expect(seen(world, number)?.is).toBe("success");
      await dora.pushes("hotfix/login");
      await world.reports(number, "build", "failure");
      await world.quiet();
      const after = short(world.pull(number).head.sha);
      expect(seen(world, number)?.is).toBe("failure");
      expect(await dora.merges(number)).not.toBeNull();
      expect(issues(world)).toMatchObject([
        {
          state: "closed",
          body: expect.stringContaining(`No longer open: the head is ${after} by now, and not ${before}.`),
        },
      ]);
      await devin.says(number, "/confirm checks");
      await world.quiet();
      expect(answers(world, number).at(-1)).toBe(
        `Nobody asked to override \`checks\` for ${after}: a release manager does, with \`/override checks because …\`.`,
      );
      return undefined;
    },
    WITH_ROLES,
  );

  story(
    "never lets a fork go where no lane leads, but a branch of one's own, with the approvals of a release",
    async (world) => {
      const [olaf, dora] = [world.person("olaf"), world.person("dora")];
      const [rita, devin] = [world.person("rita"), world.person("devin")];
      await world.person("ada").addsToTeam("release-managers", "devin");
      const fork = await olaf.forks();
      await fork.pushes("staging");
      const foreign = await olaf.opens("olaf:staging", "master");
      await world.quiet();
      await rita.says(foreign, "/override flow because he is trusted");
      await world.quiet();
      expect(answers(world, foreign).at(-1)).toBe(
        "Nobody lets a fork go where no lane leads; no gate can be overridden here now.",
      );

      await dora.pushes("feature/urgent", "master");
      const number = await dora.opens("feature/urgent", "master");
      await world.quiet();
      expect(open(world, number)).toEqual({});
      await rita.says(number, "/override flow because the hospital waits");
      await world.quiet();
      await devin.says(number, "/confirm flow");
      await world.quiet();
      expect(seen(world, number)).toMatchObject({ is: "in_progress" });
      expect(title(world, number)).toBe(
        "1 of 7 gates open, overridden: flow (by rita, confirmed by devin). Waits for quality to approve.",
      );
      await world.person("quinn").approves(number);
      await world.quiet();
      expect(title(world, number)).toBe("Overridden: flow (by rita, confirmed by devin). All other 6 gates passed.");
      return undefined;
    },
    {
      ...WITH_ROLES,
      config: `${LANES_ONLY.replace("master: []", "master: [quality]").replace("gate_checks: false", "gate_checks: true")}${ROLES}`,
    },
  );
});
