import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Clone, type Place, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;
let dora: Caller;
let bot: Caller;
let clone: Clone;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
  dora = place.as("dora");
  bot = await place.bot();
  clone = await place.clone("dora");
});
afterEach(async () => {
  const { body } = await ada.get<{ id: number }[]>(`${API}/rulesets`);
  for (const { id } of body) await ada.delete(`${API}/rulesets/${id}`);
});
afterAll(() => place.stop());

type Made = { readonly sha: string };
let count = 0;
/** A name no tag has yet. */
const fresh = () => {
  count += 1;
  return `v0.${count}.0`;
};
const annotate = async (tag: string, by = bot, more: object = {}) => {
  const body = { tag, message: `Release ${tag}`, object: place.head("main"), type: "commit", ...more };
  return by.post<Made>(`${API}/git/tags`, body);
};
const point = (tag: string, sha: string, by = bot) => by.post(`${API}/git/refs`, { ref: `refs/tags/${tag}`, sha });
/** An annotated tag as an App makes it: the object, then the ref. */
const tagged = async (tag = fresh(), by = bot) => {
  const { sha } = (await annotate(tag, by)).body;
  const made = await point(tag, sha, by);
  if (made.status !== 201) throw new Error(made.text);
  return { tag, sha };
};
const at = async (tag: string) =>
  (await dora.get<{ object: Made & { type: string } }>(`${API}/git/ref/tags/${tag}`)).body.object;
const says = (status: number, message: string) => ({ status, body: { message } });
const violation = (words: string) => says(422, `Repository rule violations found\n\n${words}\n\n`);

describe("an annotated tag", () => {
  it("is an object first, which nobody sees, and then a ref to it", async () => {
    const tag = fresh();
    const object = await annotate(tag);
    expect(object).toMatchObject({
      status: 201,
      body: {
        tag,
        message: `Release ${tag}`,
        object: { type: "commit", sha: place.head("main") },
        tagger: { name: "gate[bot]", email: expect.stringMatching(/gate\[bot\]@users\.noreply/) },
        verification: { verified: false, reason: "unsigned" },
      },
    });
    expect(await dora.get(`${API}/git/ref/tags/${tag}`)).toMatchObject(says(404, "Not Found"));
    await point(tag, object.body.sha);
    expect(await at(tag)).toMatchObject({ type: "tag", sha: object.body.sha });
    expect((await dora.get(`${API}/git/tags/${object.body.sha}`)).body).toEqual(object.body);
  });

  it("says who made it and when, where that is given, and keeps its message to the letter", async () => {
    const tagger = { name: "Rita", email: "rita@example.com", date: "2026-05-06T07:08:09Z" };
    const message = "Release\n\nledger: 1f2e3d\n  indented, \u00fcml\u00e4uts";
    const { body } = await annotate(fresh(), bot, { tagger, message });
    expect(body).toMatchObject({ tagger, message });
    expect((await dora.get(`${API}/git/tags/${body.sha}`)).body).toEqual(body);
  });

  it("is a tag to git, and of the commit it was made for", async () => {
    const { tag, sha } = await tagged();
    await clone.git("fetch", "--quiet", "--tags");
    expect((await clone.git("cat-file", "-t", tag)).out).toBe("tag");
    expect((await clone.git("rev-parse", tag)).out).toBe(sha);
    expect((await clone.git("rev-parse", `${tag}^{commit}`)).out).toBe(place.head("main"));
    expect((await clone.git("tag", "-l", "--format=%(contents)", tag)).out).toBe(`Release ${tag}`);
  });

  it("is among the tags by its commit, and found by how its name begins", async () => {
    const { tag, sha } = await tagged("found-1.0.0");
    const listed = await dora.get<{ name: string }[]>(`${API}/tags`);
    expect(listed.body.find(({ name }) => name === tag)).toMatchObject({ commit: { sha: place.head("main") } });
    expect((await dora.get(`${API}/git/matching-refs/tags/found-`)).body).toMatchObject([
      { ref: `refs/tags/${tag}`, object: { type: "tag", sha } },
    ]);
    expect((await dora.get(`${API}/git/matching-refs/tags/none-`)).body).toEqual([]);
    expect((await dora.get<Made>(`${API}/commits/${tag}`)).body.sha).toBe(place.head("main"));
  });

  it.each([
    [{ object: "0".repeat(40) }, "Object does not exist"],
    [{ type: "tree" }, "Object does not exist"],
  ])("of what is not there is refused: %j", async (more, message) => {
    expect(await annotate(fresh(), bot, more)).toMatchObject(says(422, message));
  });
});

describe("a ref to a tag", () => {
  it("is made once, moved by force, and gone when deleted", async () => {
    const { tag, sha } = await tagged();
    expect(await point(tag, sha)).toMatchObject(says(422, "Reference already exists"));
    const later = await place.commit("dora", "main", { [tag]: "1" });
    const ref = `${API}/git/refs/tags/${tag}`;
    await place.branch(`side-${tag}`);
    const side = await place.commit("dora", `side-${tag}`, { side: tag });
    expect((await bot.patch(ref, { sha: later })).status).toBe(200);
    expect(await bot.patch(ref, { sha: side })).toMatchObject({ status: 200 });
    expect(await bot.patch(ref, { sha: later })).toMatchObject(says(422, "Update is not a fast forward"));
    expect((await bot.patch(ref, { sha: later, force: true })).status).toBe(200);
    expect(await at(tag)).toMatchObject({ type: "commit", sha: later });
    expect((await bot.delete(ref)).status).toBe(204);
    expect(await bot.delete(ref)).toMatchObject(says(422, "Reference does not exist"));
    expect(await bot.patch(ref, { sha })).toMatchObject(says(422, "Reference does not exist"));
  });

  it.each([
    ["refs/tags/two..dots", "refs/tags/two..dots is not a valid ref name."],
    ["v1", "Reference name must start with 'refs/'."],
  ])("of the name %s is refused", async (ref, message) => {
    const sha = place.head("main");
    expect(await bot.post(`${API}/git/refs`, { ref, sha })).toMatchObject(says(422, message));
  });

  it("to nothing is refused", async () => {
    expect(await point(fresh(), "0".repeat(40))).toMatchObject(says(422, "Object does not exist"));
  });

  it("is told of as a tag when it comes and when it goes", async () => {
    const tag = fresh();
    const { sha } = (await annotate(tag)).body;
    const came = await place.hears(() => point(tag, sha));
    expect(came).toMatchObject([
      { event: "create", payload: { ref: tag, ref_type: "tag", sender: { login: "gate[bot]" } } },
      {
        event: "push",
        payload: {
          ref: `refs/tags/${tag}`,
          before: "0".repeat(40),
          after: sha,
          created: true,
          commits: [],
          head_commit: { id: place.head("main") },
        },
      },
    ]);
    const went = await place.hears(() => bot.delete(`${API}/git/refs/tags/${tag}`));
    expect(went).toMatchObject([
      { event: "push", payload: { ref: `refs/tags/${tag}`, deleted: true, head_commit: null } },
      { event: "delete", payload: { ref: tag, ref_type: "tag" } },
    ]);
  });
});

describe("git push of tags", () => {
  it("brings a tag object, and is told of; more than three at once are silent", async () => {
    const tag = fresh();
    await clone.git("tag", "--annotate", "--message", "By hand", tag);
    const heard = await place.hears(() => clone.git("push", "--quiet", "origin", tag), "create", "push");
    expect(heard.map(({ event, payload }) => [event, payload["ref"]])).toEqual([
      ["create", tag],
      ["push", `refs/tags/${tag}`],
    ]);
    const { sha, type } = await at(tag);
    expect(type).toBe("tag");
    expect((await dora.get(`${API}/git/tags/${sha}`)).body).toMatchObject({
      message: "By hand",
      tagger: { name: "dora" },
    });
    const many = [fresh(), fresh(), fresh(), fresh()];
    for (const one of many) await clone.git("tag", one);
    expect(await place.hears(() => clone.git("push", "--quiet", "origin", ...many))).toEqual([]);
    expect((await at(many[3] ?? "")).type).toBe("commit");
  });
});

describe("a ruleset for tags", () => {
  const protect = (types: readonly string[], bypass: readonly object[] = []) =>
    ada.post(`${API}/rulesets`, {
      name: "tags",
      target: "tag",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
      rules: types.map((type) => ({ type })),
      bypass_actors: bypass,
    });
  const ourApp = () => [{ actor_type: "Integration", actor_id: place.app.id, bypass_mode: "always" }];

  it.each([
    ["creation", "Cannot create ref due to creations being restricted."],
    ["update", "Cannot update this protected ref."],
    ["deletion", "Cannot delete this tag"],
  ] as const)("refuses %s by REST and by git to everybody but the App that bypasses it", async (type, words) => {
    const there = type === "creation" ? fresh() : (await tagged()).tag;
    const next = await place.commit("dora", "main", { [there]: "1" });
    const act = (by: Caller) => {
      if (type === "creation") return point(there, next, by);
      const ref = `${API}/git/refs/tags/${there}`;
      return type === "update" ? by.patch(ref, { sha: next, force: true }) : by.delete(ref);
    };
    await clone.git("fetch", "--quiet", "--tags", "--force");
    const spec = type === "deletion" ? `:refs/tags/${there}` : `+origin/main:refs/tags/${there}`;
    await protect([type], ourApp());
    const before = await dora.get(`${API}/git/ref/tags/${there}`);
    expect(await act(dora)).toMatchObject(violation(words));
    expect(await act(ada)).toMatchObject(violation(words));
    expect(await clone.git("push", "--quiet", "origin", spec)).toMatchObject({
      code: 1,
      said: expect.stringMatching(new RegExp(`GH013.*refs/tags/${there}.*- ${words}.*remote rejected`, "s")),
    });
    expect((await dora.get(`${API}/git/ref/tags/${there}`)).body).toEqual(before.body);
    expect((await act(bot)).status).toBe({ creation: 201, update: 200, deletion: 204 }[type]);
  });

  it("leaves tags of other names and branches alone", async () => {
    await protect(["creation", "update", "deletion"]);
    const { tag } = await tagged("other-1");
    expect((await bot.delete(`${API}/git/refs/tags/${tag}`)).status).toBe(204);
    expect(await point(fresh(), place.head("main"))).toMatchObject({ status: 422 });
    expect((await place.branch("v-branch")).length).toBe(40);
  });
});
