import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTeam } from "../../sandbox/setup.ts";
import { setTeamRole } from "../../sandbox/teams.ts";
import { API, type Caller, type Delivery, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;

beforeAll(async () => {
  place = await startPlace();
  const { github } = place;
  const quality = createTeam(github, "acme", "Quality", ["rita"]);
  createTeam(github, "acme", "Testers", ["tom"], "quality");
  createTeam(github, "acme", "Elsewhere", ["tom"]);
  setTeamRole(github, github.as("ada"), quality, place.repository(), "write");
  bot = await place.bot();
});
afterAll(() => place.stop());

let count = 0;
const fresh = async () => {
  count += 1;
  return `${API}/pulls/${await place.pull(`asked-${count}`)}/requested_reviewers`;
};
const told = (heard: readonly Delivery[]) =>
  heard.map(({ payload }) => {
    const { requested_reviewer: person, requested_team: team } = payload as Readonly<
      Record<string, { login?: string; slug?: string }>
    >;
    return [payload.action, person?.login ?? team?.slug].join(" ");
  });
const whom = async (path: string) => {
  const { body } = await bot.get<{ users: { login: string }[]; teams: { slug: string }[] }>(path);
  return [...body.users.map(({ login }) => login), ...body.teams.map(({ slug }) => `@${slug}`)];
};

describe("a review", () => {
  it("is asked of people and teams, each told of once", async () => {
    const path = await fresh();
    const heard = await place.hears(async () => {
      const asked = await bot.post(path, { reviewers: ["rita"], team_reviewers: ["quality", "testers"] });
      expect(asked).toMatchObject({
        status: 201,
        body: {
          requested_reviewers: [{ login: "rita" }],
          requested_teams: [{ slug: "quality" }, { slug: "testers", parent: { slug: "quality" } }],
        },
      });
      await bot.post(path, { reviewers: ["rita"] });
    }, "pull_request");
    expect(told(heard)).toEqual(["review_requested rita", "review_requested quality", "review_requested testers"]);
    expect(await whom(path)).toEqual(["rita", "@quality", "@testers"]);
  });

  it("is asked no longer when that is taken back, or when they have answered", async () => {
    const path = await fresh();
    await bot.post(path, { reviewers: ["rita", "tom"], team_reviewers: ["testers"] });
    const heard = await place.hears(async () => {
      expect((await bot.delete(path, { reviewers: ["tom"], team_reviewers: ["testers"] })).status).toBe(200);
      await bot.delete(path, { reviewers: ["tom", "nobody"], team_reviewers: ["none"] });
    }, "pull_request");
    expect(told(heard)).toEqual(["review_request_removed tom", "review_request_removed testers"]);
    await bot.post(path, { team_reviewers: ["quality"] });
    await place.as("rita").post(path.replace("requested_reviewers", "reviews"), { event: "APPROVE" });
    expect(await whom(path)).toEqual([]);
  });

  it.each([
    ["somebody from outside", { reviewers: ["olaf"] }],
    ["nobody", { reviewers: ["nobody"] }],
    ["a bot", { reviewers: ["gate[bot]"] }],
    ["a team without access", { team_reviewers: ["elsewhere"] }],
    ["a team there is not", { team_reviewers: ["none"], reviewers: ["rita"] }],
  ])("asked of %s is refused as a whole", async (_whom, asked) => {
    const path = await fresh();
    const message =
      "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the acme/api repository.";
    expect(await bot.post(path, asked)).toMatchObject({ status: 422, body: { message } });
    expect(await whom(path)).toEqual([]);
  });

  it("asked of the author is refused", async () => {
    const message = "Review cannot be requested from pull request author.";
    expect(await bot.post(await fresh(), { reviewers: ["dora"] })).toMatchObject({ status: 422, body: { message } });
  });

  it("is asked for by those with triage, and by Apps that may write pull requests", async () => {
    const path = await fresh();
    const reader = await place.bot({ permissions: { pull_requests: "read" } });
    for (const by of [place.as("olaf"), reader])
      expect((await by.post(path, { reviewers: ["rita"] })).status).toBe(403);
    expect((await place.as("tom").post(path, { reviewers: ["rita"] })).status).toBe(201);
    expect((await bot.post(path.replace(/pulls\/\d+/, "pulls/999"), { reviewers: ["rita"] })).status).toBe(404);
  });

  it("is not asked of a team any more that is deleted", async () => {
    const path = await fresh();
    const team = (await place.as("ada").post<{ slug: string }>("/orgs/acme/teams", { name: "Brief" })).body.slug;
    await place.as("ada").put(`/orgs/acme/teams/${team}/repos/acme/api`, { permission: "pull" });
    await bot.post(path, { team_reviewers: [team] });
    expect(await whom(path)).toEqual(["@brief"]);
    await place.as("ada").delete(`/orgs/acme/teams/${team}`);
    expect(await whom(path)).toEqual([]);
  });
});
