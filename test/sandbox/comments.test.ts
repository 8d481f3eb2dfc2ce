import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { tickBox } from "../../sandbox/comments.ts";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;
let number: number;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
  number = await place.pull("talk");
});
afterAll(() => place.stop());

type Comment = { readonly id: number; readonly body: string };
const say = (by: Caller, body: string) => by.post<Comment>(`${API}/issues/${number}/comments`, { body });
const comment = (id: number) => `${API}/issues/comments/${id}`;
const hears = async (act: () => Promise<unknown>) => {
  const heard = await place.hears(act, "issue_comment");
  return heard.map(({ payload }) => payload);
};

describe("a comment", () => {
  it("is told of with the pull request as an issue, which does not say what its head is", async () => {
    const [payload] = await hears(() => say(place.as("olaf"), "Hello"));
    expect(payload).toMatchObject({
      action: "created",
      comment: { body: "Hello", user: { login: "olaf" }, author_association: "NONE", performed_via_github_app: null },
      issue: { number, state: "open", pull_request: { url: `${place.sandbox.apiUrl}${API}/pulls/${number}` } },
      sender: { login: "olaf" },
    });
    expect(payload?.["issue"]).not.toHaveProperty("head");
  });

  it("by an App shows the App, and the bot as sender", async () => {
    const [payload] = await hears(() => say(bot, "Beep"));
    expect(payload).toMatchObject({
      comment: { user: { login: "gate[bot]", type: "Bot" }, performed_via_github_app: { slug: "gate" } },
      sender: { login: "gate[bot]", type: "Bot" },
    });
  });

  it("that is edited tells what it said before, and by whom it was edited", async () => {
    const { id } = (await say(bot, "One")).body;
    const [payload] = await hears(() => place.as("dora").patch(comment(id), { body: "Two" }));
    expect(payload).toMatchObject({
      action: "edited",
      changes: { body: { from: "One" } },
      comment: { id, body: "Two", user: { login: "gate[bot]" } },
      sender: { login: "dora" },
    });
  });

  it("that is saved as it was changes nothing, and is told of without a change", async () => {
    const { id } = (await say(bot, "Same")).body;
    const [payload] = await hears(() => bot.patch(comment(id), { body: "Same" }));
    expect(payload).toMatchObject({ action: "edited" });
    expect(payload?.["changes"]).toEqual({});
  });

  it("with boxes is edited by whoever ticks one, each tick by itself", async () => {
    const { id } = (await say(bot, "- [ ] back up\n- [ ] migrate")).body;
    const tick = (login: string, box: number) =>
      tickBox(place.github, place.github.as(login), place.repository(), number, id, box, true);
    const heard = await hears(async () => {
      await tick("dora", 0);
      await tick("rita", 1);
    });
    expect(heard).toMatchObject([
      {
        changes: { body: { from: "- [ ] back up\n- [ ] migrate" } },
        comment: { body: "- [x] back up\n- [ ] migrate" },
        sender: { login: "dora" },
      },
      {
        changes: { body: { from: "- [x] back up\n- [ ] migrate" } },
        comment: { body: "- [x] back up\n- [x] migrate" },
        sender: { login: "rita" },
      },
    ]);
  });

  it("that is deleted is told of once more, and is gone", async () => {
    const { id } = (await say(bot, "Gone")).body;
    expect(await hears(() => place.as("dora").delete(comment(id)))).toMatchObject([
      { action: "deleted", comment: { id, body: "Gone" }, sender: { login: "dora" } },
    ]);
    expect((await bot.get(comment(id))).status).toBe(404);
    expect((await bot.patch(comment(id), { body: "Back" })).status).toBe(404);
  });

  it("is edited and deleted by its author and by those who may write, and by nobody else", async () => {
    const { id } = (await say(place.as("olaf"), "Mine")).body;
    const theirs = (await say(place.as("dora"), "Theirs")).body.id;
    expect((await place.as("olaf").patch(comment(id), { body: "Still mine" })).status).toBe(200);
    expect((await place.as("olaf").patch(comment(theirs), { body: "Mine now" })).status).toBe(403);
    expect((await place.as("olaf").delete(comment(theirs))).status).toBe(403);
    expect((await place.as("rita").delete(comment(id))).status).toBe(204);
  });

  it("has at most 65,536 characters, and some", async () => {
    expect((await say(bot, "x".repeat(65_536))).status).toBe(201);
    expect(await say(bot, "x".repeat(65_537))).toMatchObject({
      status: 422,
      body: { errors: [{ message: "Body is too long (maximum is 65536 characters)" }] },
    });
    expect((await say(bot, "  ")).status).toBe(422);
    expect((await bot.post(`${API}/issues/999/comments`, { body: "Where?" })).status).toBe(404);
  });

  it("stands in the list from the oldest to the newest, and counts in the pull request", async () => {
    const list = (await bot.get<Comment[]>(`${API}/issues/${number}/comments?per_page=100`)).body;
    expect(list.map(({ id }) => id)).toEqual(list.map(({ id }) => id).toSorted((a, b) => a - b));
    expect((await bot.get(`${API}/pulls/${number}`)).body).toMatchObject({ comments: list.length });
  });
});

describe("a reaction", () => {
  it("is new once and there from then on, and no webhook tells of it", async () => {
    const { id } = (await say(place.as("dora"), "/promote")).body;
    const react = (by: Caller, content: string) => by.post<{ id: number }>(`${comment(id)}/reactions`, { content });
    const heard = await place.hears(async () => {
      expect((await react(bot, "rocket")).status).toBe(201);
      expect((await react(bot, "rocket")).status).toBe(200);
      expect((await react(place.as("olaf"), "rocket")).status).toBe(201);
      expect((await react(bot, "+1")).status).toBe(201);
    });
    expect(heard).toEqual([]);
    expect((await react(bot, "shrug")).status).toBe(422);
    expect((await bot.get(comment(id))).body).toMatchObject({ reactions: { total_count: 3, rocket: 2, "+1": 1 } });
  });

  it("is taken back by whoever gave it", async () => {
    const { id } = (await say(place.as("dora"), "/hold")).body;
    const made = await bot.post<{ id: number }>(`${comment(id)}/reactions`, { content: "eyes" });
    expect((await place.as("olaf").delete(`${comment(id)}/reactions/${made.body.id}`)).status).toBe(403);
    expect((await bot.delete(`${comment(id)}/reactions/${made.body.id}`)).status).toBe(204);
    expect((await bot.get(`${comment(id)}/reactions`)).body).toEqual([]);
  });

  it("may be given to the pull request itself", async () => {
    expect(await bot.post(`${API}/issues/${number}/reactions`, { content: "heart" })).toMatchObject({ status: 201 });
  });
});

describe("a review", () => {
  const path = () => `${API}/pulls/${number}/reviews`;
  const review = (login: string, body: object) => place.as(login).post<{ id: number }>(path(), body);

  it("is told of with the state in lower case, and answered with it in upper case", async () => {
    let answer: unknown;
    const [heard] = await place.hears(async () => {
      answer = (await review("rita", { event: "APPROVE" })).body;
    }, "pull_request_review");
    expect(answer).toMatchObject({ state: "APPROVED", commit_id: place.head("talk") });
    expect(heard?.payload).toMatchObject({
      action: "submitted",
      review: { state: "approved", commit_id: place.head("talk"), user: { login: "rita" } },
    });
  });

  it("is dismissed with a reason, once, and stays in the list as dismissed", async () => {
    const { id } = (await review("ada", { event: "REQUEST_CHANGES", body: "No." })).body;
    const dismiss = () => place.as("dora").put(`${path()}/${id}/dismissals`, { message: "Settled." });
    const [heard] = await place.hears(dismiss, "pull_request_review");
    expect(heard?.payload).toMatchObject({ action: "dismissed", review: { id, state: "dismissed" } });
    expect((await dismiss()).status).toBe(422);
    expect((await bot.get<object[]>(path())).body.at(-1)).toMatchObject({ id, state: "DISMISSED" });
  });

  it("needs words unless it approves, and is not of one's own", async () => {
    expect((await review("ada", { event: "COMMENT" })).status).toBe(422);
    expect(await review("dora", { event: "APPROVE" })).toMatchObject({
      status: 422,
      body: { errors: ["Can not approve your own pull request"] },
    });
    expect((await review("dora", { event: "COMMENT", body: "A word on it." })).status).toBe(200);
  });
});
