import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createApp, install } from "../../sandbox/installing.ts";
import { createOrganisation, createRepository, createTeam } from "../../sandbox/setup.ts";
import { API, type Caller, EVERYTHING, jwtOf, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;
let ada: Caller;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
  ada = place.as("ada");
  createTeam(place.github, "acme", "Operations", ["rita"]);
  createTeam(place.github, "acme", "Night shift", ["tom"], "operations");
  createTeam(place.github, "acme", "Pager", ["dora", "tom"], "night-shift");
  createOrganisation(place.github, "other", { owners: ["olaf"] });
  createTeam(place.github, "other", "Secret", ["olaf"]);
});
afterAll(() => place.stop());

const teams = "/orgs/acme/teams";
const members = async (slug: string, query = "") =>
  (await bot.get<{ login: string }[]>(`${teams}/${slug}/members${query}`)).body.map(({ login }) => login).toSorted();
const heard = async (act: () => Promise<unknown>) =>
  (await place.hears(act)).map(({ event, payload }) => `${event} ${payload.action}`);

describe("a team", () => {
  it("has the members of the teams below it, each once", async () => {
    expect(await members("operations")).toEqual(["dora", "rita", "tom"]);
    expect(await members("night-shift")).toEqual(["dora", "tom"]);
    expect(await members("pager")).toEqual(["dora", "tom"]);
    expect(await members("operations", "?per_page=2&page=2")).toHaveLength(1);
    expect((await bot.get(`${teams}/pager`)).body).toMatchObject({ parent: { slug: "night-shift" } });
    expect((await bot.get(`${teams}/operations`)).body).toMatchObject({ parent: null });
  });

  it("is hidden from those outside, and from Apps of another organisation or without the permission", async () => {
    expect((await bot.get(`${teams}/none/members`)).status).toBe(404);
    expect((await bot.get("/orgs/other/teams/secret/members")).status).toBe(404);
    expect((await place.as("olaf").get(`${teams}/operations/members`)).status).toBe(404);
    expect((await place.as("tom").get(`${teams}/operations/members`)).status).toBe(200);
    const narrow = await place.bot({ permissions: { contents: "read" } });
    expect((await narrow.get(`${teams}/operations/members`)).status).toBe(403);
  });

  it("takes and loses people, and the App hears of it", async () => {
    const path = `${teams}/operations/memberships/dora`;
    expect(await heard(() => ada.put(path, { role: "maintainer" }))).toEqual(["membership added"]);
    expect((await bot.get(path)).body).toMatchObject({ role: "maintainer", state: "active" });
    expect(await heard(() => ada.put(path))).toEqual([]);
    const [told] = await place.hears(() => ada.delete(path));
    expect(told).toMatchObject({
      event: "membership",
      payload: {
        action: "removed",
        scope: "team",
        member: { login: "dora" },
        team: { slug: "operations" },
        organization: { login: "acme" },
        sender: { login: "ada" },
        installation: { id: place.installation().id },
      },
    });
    expect((await ada.delete(path)).status).toBe(404);
    expect((await ada.put(`${teams}/operations/memberships/olaf`)).status).toBe(422);
    expect((await place.as("tom").put(path)).status).toBe(403);
    expect((await place.as("rita").delete(`${teams}/operations/memberships/rita`)).status).toBe(204);
    await ada.put(`${teams}/operations/memberships/rita`);
  });

  it("is made by an owner, given a repository, and deleted with those below it", async () => {
    const make = (body: object) => ada.post<{ id: number; slug: string }>(teams, body);
    const made = await make({ name: "Short lived" });
    expect(made).toMatchObject({ status: 201, body: { slug: "short-lived", parent: null } });
    const below = { name: "Below", parent_team_id: made.body.id };
    expect(await heard(() => make(below))).toEqual(["team created"]);
    expect((await make({ name: "Short lived" })).status).toBe(422);
    expect((await place.as("tom").post(teams, { name: "Mutiny" })).status).toBe(403);
    await ada.put(`${teams}/below/memberships/tom`);
    const give = () => ada.put(`${teams}/short-lived${API}`, { permission: "maintain" });
    expect(await heard(give)).toEqual(["team added_to_repository"]);
    const role = async () =>
      (await ada.get<{ role_name: string }>(`${API}/collaborators/tom/permission`)).body.role_name;
    expect(await role()).toBe("maintain");
    expect(await heard(() => ada.delete(`${teams}/short-lived${API}`))).toEqual(["team removed_from_repository"]);
    expect(await role()).toBe("triage");
    await give();
    expect(await heard(() => ada.delete(`${teams}/short-lived`))).toEqual(["team deleted", "team deleted"]);
    expect(await role()).toBe("triage");
    expect((await ada.get(`${teams}/below`)).status).toBe(404);
  });
});

describe("collaborators", () => {
  type Listed = { login: string; role_name: string; permissions: Record<string, boolean> }[];
  const list = async (query = "", by = bot) =>
    (await by.get<Listed>(`${API}/collaborators${query}`)).body.map(({ login, role_name }) => `${login} ${role_name}`);

  it("are those who were let in, with their highest role, and not everybody who may read", async () => {
    expect(await list()).toEqual(["ada admin", "dora write", "rita maintain", "tom triage"]);
    const { body } = await bot.get<Listed>(`${API}/collaborators`);
    expect(body[2]?.permissions).toEqual({ admin: false, maintain: true, push: true, triage: true, pull: true });
    expect((await ada.get(`${API}/collaborators/olaf`)).status).toBe(404);
    expect((await ada.get(`${API}/collaborators/tom`)).status).toBe(204);
  });

  it("are told apart by how they came in, and come page by page", async () => {
    const told = await place.hears(() => ada.put(`${API}/collaborators/olaf`, { permission: "push" }), "member");
    expect(told).toMatchObject([{ payload: { action: "added", member: { login: "olaf" } } }]);
    expect(await list("?affiliation=outside")).toEqual(["olaf write"]);
    expect(await list("?affiliation=direct")).toEqual(["dora write", "rita maintain", "tom triage", "olaf write"]);
    expect(await list("?affiliation=all&per_page=2&page=3")).toEqual(["olaf write"]);
    expect(await heard(() => ada.delete(`${API}/collaborators/olaf`))).toEqual(["member removed"]);
  });

  it("are shown to those who may write, and to Apps", async () => {
    expect((await place.as("dora").get(`${API}/collaborators`)).status).toBe(200);
    expect((await place.as("tom").get(`${API}/collaborators`)).status).toBe(403);
  });

  it("of an organisation are members too, by what it lets all of them do", async () => {
    await createRepository(place.github, {
      owner: "acme",
      name: "secret",
      private: true,
      branches: [{ name: "main", commits: [{ message: "Begin", files: { a: "1" } }] }],
    });
    const { body } = await bot.get<Listed>("/repos/acme/secret/collaborators");
    expect(body.map(({ login, role_name }) => `${login} ${role_name}`)).toEqual([
      "ada admin",
      "dora read",
      "rita read",
      "tom read",
    ]);
  });

  it("lose what they had when they leave the organisation", async () => {
    const events = await heard(() => ada.delete("/orgs/acme/members/tom"));
    expect(events.toSorted()).toEqual(["membership removed", "membership removed", "organization member_removed"]);
    expect(await members("operations")).toEqual(["dora", "rita"]);
    expect(await list()).toEqual(["ada admin", "dora write", "rita maintain"]);
    expect((await ada.delete("/orgs/acme/members/tom")).status).toBe(404);
    expect((await place.as("dora").delete("/orgs/acme/members/rita")).status).toBe(403);
  });
});

describe("an App that may write members", () => {
  it("changes the teams of its own organisation", async () => {
    const app = createApp(place.github, {
      owner: "acme",
      name: "roster",
      permissions: { ...EVERYTHING, members: "write" },
      events: [],
    });
    const { id } = install(place.github, app, "acme", "all");
    const jwt = place.bearing(`Bearer ${jwtOf({ iss: app.id }, app.privateKey)}`);
    const { body } = await jwt.post<{ token: string }>(`/app/installations/${id}/access_tokens`);
    const roster = place.bearing(`token ${body.token}`);
    expect((await roster.put(`${teams}/operations/memberships/dora`)).status).toBe(200);
    expect((await bot.put(`${teams}/operations/memberships/dora`)).status).toBe(403);
    expect((await roster.delete("/orgs/other/teams/secret")).status).toBe(404);
  });
});
