import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { changeApp, selectRepositories } from "../../sandbox/installing.ts";
import { createRepository } from "../../sandbox/setup.ts";
import { type Answer, API, type Delivery, EVERYTHING, type Place, SECRET, startPlace } from "./github.ts";

let place: Place;
let number: number;

beforeAll(async () => {
  place = await startPlace();
  number = await place.pull("talk");
});
afterEach(() => {
  place.github.faults.clear();
  place.receive(202);
});
afterAll(() => place.stop());

type Logged = {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly status_code: number;
  readonly redelivery: boolean;
};
const say = (body: string) => place.as("dora").post(`${API}/issues/${number}/comments`, { body });
const bodies = (heard: readonly Delivery[]) =>
  heard.map(({ payload }) => (payload["comment"] as { readonly body: string }).body);
const log = async (query = "") => (await place.jwt.get<Logged[]>(`/app/hook/deliveries${query}`)).body;
const one = async (id: number) => (await place.jwt.get(`/app/hook/deliveries/${id}`)).body;
const again = (id: number) => place.jwt.post(`/app/hook/deliveries/${id}/attempts`);

describe("a delivery", () => {
  it("is signed over the bytes of its body with the App's secret, in both ways", async () => {
    const [heard] = await place.hears(() => say("Signed, with ünïcode"));
    const signed = (algorithm: string) =>
      `${algorithm}=${createHmac(algorithm, SECRET)
        .update(heard?.text ?? "")
        .digest("hex")}`;
    expect(heard?.headers).toMatchObject({
      "x-hub-signature-256": signed("sha256"),
      "x-hub-signature": signed("sha1"),
      "x-github-event": "issue_comment",
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
    });
  });

  it("has a GUID of its own, and says which installation and repository it is about", async () => {
    const heard = await place.hears(async () => {
      await say("One");
      await say("Two");
    });
    expect(new Set(heard.map(({ guid }) => guid)).size).toBe(2);
    for (const { guid, payload } of heard) {
      expect(guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(payload).toMatchObject({
        installation: { id: place.installation().id },
        repository: { id: place.repository().id, full_name: "acme/api" },
        organization: { login: "acme" },
        sender: { login: "dora" },
      });
    }
  });

  it("comes in the order in which things happened", async () => {
    const said = Array.from({ length: 10 }, (_, n) => `${n}`);
    const heard = await place.hears(async () => {
      for (const body of said) await say(body);
    });
    expect(bodies(heard)).toEqual(said);
  });

  it("comes only for events that the App asked for and may see", async () => {
    const id = place.installation().id;
    const { events, permissions } = place.installation();
    const set = (change: object) => place.github.state.installations.change(id, change);
    set({ events: [] });
    expect(await place.hears(() => say("Unasked"))).toEqual([]);
    set({ events, permissions: { metadata: "read" } });
    expect(await place.hears(() => say("Unseen"))).toEqual([]);
    set({ events, permissions });
    expect(await place.hears(() => say("Heard"))).toHaveLength(1);
  });

  it("of checks comes unasked to an App that may write them", async () => {
    const id = place.installation().id;
    const { events } = place.installation();
    place.github.state.installations.change(id, { events: [] });
    const heard = await place.hears(() => place.commit("dora", "talk", { more: "1" }));
    expect(heard.map(({ event }) => event)).toEqual(["check_suite"]);
    place.github.state.installations.change(id, { events });
  });

  it("of repositories that are added or taken away comes unasked, without what they are", async () => {
    const { permissions } = place.installation();
    place.github.state.installations.change(place.installation().id, { events: [], permissions: { metadata: "read" } });
    const branches = [{ name: "main", commits: [{ message: "Begin", files: { a: "1" } }] }];
    const heard = await place.hears(async () => {
      await createRepository(place.github, { owner: "acme", name: "web", branches });
      selectRepositories(place.github, place.installation().id, ["api"]);
      selectRepositories(place.github, place.installation().id, "all");
    });
    expect(heard).toMatchObject([
      { event: "installation_repositories", payload: { action: "added", repositories_added: [{ name: "web" }] } },
      { event: "installation_repositories", payload: { action: "removed", repositories_removed: [{ name: "web" }] } },
      { event: "installation_repositories", payload: { action: "added", repositories_added: [{ name: "web" }] } },
    ]);
    const { id, node_id } = (await place.as("ada").get<{ id: number; node_id: string }>("/repos/acme/web")).body;
    expect(heard[0]?.payload["repositories_added"]).toEqual([
      { id, node_id, name: "web", full_name: "acme/web", private: false },
    ]);
    place.github.state.installations.change(place.installation().id, { events: place.app.events, permissions });
  });
});

describe("the delivery log", () => {
  it("has every attempt, the newest first, with what was sent and answered", async () => {
    const [heard] = await place.hears(() => say("Logged"));
    const [entry] = await log("?per_page=1");
    expect(entry).toMatchObject({
      guid: heard?.guid,
      event: "issue_comment",
      action: "created",
      status: "OK",
      status_code: 202,
      redelivery: false,
      installation_id: place.installation().id,
      repository_id: place.repository().id,
    });
    expect(await one(entry?.id ?? 0)).toMatchObject({
      request: { headers: { "x-github-delivery": heard?.guid }, payload: { comment: { body: "Logged" } } },
      response: { payload: "heard" },
    });
  });

  it("is read page by page with a cursor, each attempt once", async () => {
    for (const body of ["a", "b", "c"]) await say(body);
    await place.github.settled();
    const all = (await log("?per_page=100")).map(({ id }) => id);
    const seen: number[] = [];
    let next: string | undefined = "/app/hook/deliveries?per_page=4";
    while (next !== undefined) {
      const page: Answer<Logged[]> = await place.jwt.get<Logged[]>(next);
      seen.push(...page.body.map(({ id }) => id));
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual(all);
  });

  it("tells failures from successes by the status", async () => {
    place.receive(503);
    await place.hears(() => say("Failed"));
    place.receive(202);
    const [failed] = await log("?status=failure");
    expect(failed).toMatchObject({ status_code: 503, status: "Invalid HTTP Response: 503" });
    expect((await log("?status=success")).every(({ status_code }) => status_code === 202)).toBe(true);
  });

  it("forgets what is older than three days", async () => {
    const [old] = await log("?per_page=1");
    place.clock.skip(3 * 86_400_000 + 1_000);
    await place.hears(() => say("Later"));
    expect((await log("?per_page=100")).map(({ id }) => id)).not.toContain(old?.id);
    expect((await again(old?.id ?? 0)).status).toBe(404);
  });

  it("is each App's own", async () => {
    const [entry] = await log("?per_page=1");
    place.github.state.deliveries.change(entry?.id ?? 0, { appId: 1 });
    expect((await place.jwt.get(`/app/hook/deliveries/${entry?.id}`)).status).toBe(404);
    place.github.state.deliveries.change(entry?.id ?? 0, { appId: place.app.id });
  });
});

describe("a delivery that failed", () => {
  it("is not sent again by itself; asked for, it comes with the same GUID and the same bytes", async () => {
    place.receive(500);
    const heard = await place.hears(() => say("Please"));
    expect(heard).toHaveLength(1);
    place.receive(202);
    const [failed] = await log("?per_page=1");
    const resent = await place.hears(async () => expect(await again(failed?.id ?? 0)).toMatchObject({ status: 202 }));
    expect(resent.map(({ guid, text }) => [guid, text])).toEqual(heard.map(({ guid, text }) => [guid, text]));
    const attempts = (await log("?per_page=2")).map(({ guid, redelivery, status_code }) => ({
      guid,
      redelivery,
      status_code,
    }));
    expect(attempts).toEqual([
      { guid: failed?.guid, redelivery: true, status_code: 202 },
      { guid: failed?.guid, redelivery: false, status_code: 500 },
    ]);
  });

  it("for want of a receiver is in the log without a status", async () => {
    const url = place.app.webhookUrl;
    changeApp(place.github, place.app.id, { webhookUrl: "http://127.0.0.1:1/", permissions: EVERYTHING });
    await place.hears(() => say("Nobody there"));
    expect((await log("?per_page=1"))[0]).toMatchObject({ status_code: 0, status: "failed to connect to host" });
    changeApp(place.github, place.app.id, { webhookUrl: url });
  });
});

describe("on demand a delivery", () => {
  const goesWrong = (does: Parameters<Place["github"]["faults"]["add"]>[0] & { on: "delivery" }) =>
    place.github.faults.add(does);

  it("is dropped, and can be asked for later", async () => {
    goesWrong({ on: "delivery", event: "issue_comment", does: { kind: "drop" }, times: 1 });
    expect(bodies(await place.hears(() => say("Dropped")))).toEqual([]);
    const [dropped] = await log("?per_page=1");
    expect(dropped).toMatchObject({ status_code: 0 });
    expect(bodies(await place.hears(() => again(dropped?.id ?? 0)))).toEqual(["Dropped"]);
  });

  it("comes twice under one GUID", async () => {
    goesWrong({ on: "delivery", does: { kind: "double" }, times: 1 });
    const heard = await place.hears(() => say("Doubled"));
    expect(bodies(heard)).toEqual(["Doubled", "Doubled"]);
    expect(heard[0]?.guid).toBe(heard[1]?.guid);
  });

  it("comes after the next one", async () => {
    goesWrong({ on: "delivery", does: { kind: "reorder" }, times: 1 });
    const heard = await place.hears(async () => {
      await say("First");
      await say("Second");
      await say("Third");
    });
    expect(bodies(heard)).toEqual(["Second", "First", "Third"]);
  });

  it("comes late, and those behind it wait", async () => {
    goesWrong({ on: "delivery", does: { kind: "delay", milliseconds: 100 }, times: 1 });
    const started = performance.now();
    const heard = await place.hears(async () => {
      await say("Late");
      await say("Behind");
    });
    expect(bodies(heard)).toEqual(["Late", "Behind"]);
    expect(performance.now() - started).toBeGreaterThanOrEqual(95);
  });
});
