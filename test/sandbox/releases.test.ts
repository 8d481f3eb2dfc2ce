import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Delivery, type Place, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;
let dora: Caller;
let bot: Caller;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
  dora = place.as("dora");
  bot = await place.bot();
});
afterAll(() => place.stop());

type Release = {
  readonly id: number;
  readonly tag_name: string;
  readonly html_url: string;
  readonly created_at: string;
  readonly name: string;
  readonly body: string;
};
const all = `${API}/releases`;
let count = 0;
/** A name no tag has yet. */
const fresh = () => {
  count += 1;
  return `v1.${count}.0`;
};
const make = async (more: object = {}, by = bot) => {
  const made = await by.post<Release>(all, { tag_name: fresh(), name: "A release", ...more });
  if (made.status !== 201) throw new Error(made.text);
  return made.body;
};
const draft = (more: object = {}) => make({ draft: true, ...more });
const publish = (id: number, more: object = {}) => bot.patch<Release>(`${all}/${id}`, { draft: false, ...more });
const tagAt = async (tag: string) => {
  const { status, body } = await bot.get<{ object: { sha: string; type: string } }>(`${API}/git/ref/tags/${tag}`);
  return status === 200 ? body.object : null;
};
const says = (status: number, message: string) => ({ status, body: { message } });
const invalid = (...errors: readonly object[]) => ({ status: 422, body: { message: "Validation Failed", errors } });
const told = (heard: readonly Delivery[]) =>
  heard.map(({ event, payload }) => [event, payload.action].filter(Boolean).join(" "));

describe("a draft", () => {
  it("makes no tag, and is seen by those alone who may push", async () => {
    const { id, tag_name: tag } = await draft({ body: "Notes", target_commitish: "main" });
    expect(await tagAt(tag)).toBeNull();
    const seen = await dora.get(`${all}/${id}`);
    expect(seen).toMatchObject({
      status: 200,
      body: {
        tag_name: tag,
        target_commitish: "main",
        name: "A release",
        body: "Notes",
        draft: true,
        prerelease: false,
        immutable: false,
        published_at: null,
        author: { login: "gate[bot]" },
        assets: [],
        html_url: expect.stringMatching(/\/acme\/api\/releases\/tag\/untagged-[0-9a-f]{20}$/),
        upload_url: `${place.sandbox.url}/api/uploads${API}/releases/${id}/assets{?name,label}`,
      },
    });
    const reader = await place.bot({ permissions: { contents: "read" } });
    for (const by of [place.as("tom"), place.as("olaf"), place.anonymous, reader]) {
      expect((await by.get(`${all}/${id}`)).status).toBe(404);
      expect((await by.get<Release[]>(all)).body.map((one) => one.id)).not.toContain(id);
    }
    expect((await dora.get<Release[]>(all)).body.map((one) => one.id)).toContain(id);
    expect((await bot.get(`${all}/tags/${tag}`)).status).toBe(404);
  });

  it("may be one of several for a tag, and is told of when it is saved, edited and deleted", async () => {
    const tag = fresh();
    const heard = await place.hears(async () => {
      const { id } = await draft({ tag_name: tag, body: "Old" });
      await draft({ tag_name: tag });
      await bot.patch(`${all}/${id}`, { body: "New" });
      expect((await bot.delete(`${all}/${id}`)).status).toBe(204);
      expect((await bot.delete(`${all}/${id}`)).status).toBe(404);
    });
    expect(told(heard)).toEqual(["release created", "release created", "release edited", "release deleted"]);
    expect(heard[2]?.payload).toMatchObject({
      changes: { body: { from: "Old" } },
      release: { body: "New", draft: true },
      sender: { login: "gate[bot]" },
    });
  });
});

describe("a release that is published", () => {
  it("is of the tag that is there, whatever its target", async () => {
    const sha = place.head("main");
    const tag = fresh();
    const object = { tag, message: "Annotated", object: sha, type: "commit" };
    const annotated = (await bot.post<{ sha: string }>(`${API}/git/tags`, object)).body.sha;
    await bot.post(`${API}/git/refs`, { ref: `refs/tags/${tag}`, sha: annotated });
    await place.commit("dora", "main", { [tag]: "1" });
    const { id } = await draft({ tag_name: tag });
    const heard = await place.hears(() => publish(id));
    expect(told(heard)).toEqual(["release published", "release released"]);
    expect(await tagAt(tag)).toEqual(expect.objectContaining({ sha: annotated, type: "tag" }));
    const { body } = await place.anonymous.get<Release>(`${all}/tags/${tag}`);
    const commit = await bot.get<{ commit: { committer: { date: string } } }>(`${API}/commits/${sha}`);
    expect(body).toMatchObject({
      id,
      draft: false,
      published_at: expect.any(String),
      created_at: commit.body.commit.committer.date,
      html_url: `${place.sandbox.url}/acme/api/releases/tag/${tag}`,
    });
  });

  it("makes its tag where there is none: a lightweight one at its target", async () => {
    const side = await place.branch("side");
    const { id, tag_name: tag } = await draft({ target_commitish: "side" });
    const heard = await place.hears(() => publish(id));
    expect(told(heard)).toEqual(["create", "push", "release published", "release released"]);
    expect(await tagAt(tag)).toMatchObject({ type: "commit", sha: side });
    const atOnce = await make({ target_commitish: side });
    expect(await tagAt(atOnce.tag_name)).toMatchObject({ sha: side });
    const plain = await make();
    expect(await tagAt(plain.tag_name)).toMatchObject({ sha: place.head("main") });
  });

  it("without having been a draft is told of as made, too, and a prerelease as one", async () => {
    const heard = await place.hears(() => make({ prerelease: true }), "release");
    expect(told(heard)).toEqual(["release created", "release published", "release prereleased"]);
    const { id } = (heard[0]?.payload["release"] ?? {}) as Partial<Release>;
    const full = await place.hears(() => bot.patch(`${all}/${id}`, { prerelease: false }), "release");
    expect(told(full)).toEqual(["release released"]);
  });

  it("is one for its tag", async () => {
    const { tag_name: tag } = await make();
    const twice = invalid({ resource: "Release", code: "already_exists", field: "tag_name" });
    expect(await bot.post(all, { tag_name: tag })).toMatchObject(twice);
    const { id } = await draft({ tag_name: tag });
    expect(await publish(id)).toMatchObject(twice);
  });

  it("can be edited, and be made a draft again", async () => {
    const { id, tag_name: tag } = await make({ body: "Old" });
    const heard = await place.hears(async () => {
      expect(await bot.patch(`${all}/${id}`, { name: "Better", body: "New" })).toMatchObject({
        status: 200,
        body: { name: "Better", body: "New", tag_name: tag },
      });
      expect(await bot.patch(`${all}/${id}`, { draft: true })).toMatchObject({ body: { draft: true } });
    });
    expect(told(heard)).toEqual(["release edited", "release unpublished"]);
    expect(heard[0]?.payload).toMatchObject({ changes: { name: { from: "A release" }, body: { from: "Old" } } });
    expect(await tagAt(tag)).not.toBeNull();
  });

  it("becomes a draft when its tag is deleted, also by git", async () => {
    const { id, tag_name: tag } = await make();
    const clone = await place.clone("dora");
    const heard = await place.hears(() => clone.git("push", "--quiet", "origin", `:refs/tags/${tag}`));
    expect(told(heard)).toEqual(["push", "delete", "release unpublished"]);
    expect((await bot.get(`${all}/${id}`)).body).toMatchObject({ draft: true, published_at: null });
  });

  it("leaves its tag when it is deleted", async () => {
    const { id, tag_name: tag } = await make();
    await bot.delete(`${all}/${id}`);
    expect(await tagAt(tag)).not.toBeNull();
    expect((await bot.get(`${all}/tags/${tag}`)).status).toBe(404);
  });
});

describe("a release that cannot be", () => {
  it.each([
    [{ tag_name: "" }, { code: "missing_field", field: "tag_name" }],
    [{ tag_name: "a..b" }, { code: "custom", field: "tag_name", message: "tag_name is not a valid tag" }],
    [{ target_commitish: "none" }, { code: "invalid", field: "target_commitish" }],
    [{ make_latest: "maybe" }, { code: "invalid", field: "make_latest" }],
    [{ body: "x".repeat(125_001) }, { message: "body is too long (maximum is 125000 characters)" }],
  ])("is refused: %#", async (more, error) => {
    expect(await bot.post(all, { tag_name: fresh(), ...more })).toMatchObject(
      invalid({ resource: "Release", ...error }),
    );
  });

  it("is made by those who may write", async () => {
    const reader = await place.bot({ permissions: { contents: "read" } });
    for (const by of [place.as("tom"), reader]) expect((await by.post(all, { tag_name: fresh() })).status).toBe(403);
    expect((await place.as("olaf").post(all, { tag_name: fresh() })).status).toBe(403);
  });

  it("needs a tag that the rules refuse to be made", async () => {
    const { body } = await ada.post<Release>(`${API}/rulesets`, {
      name: "tags",
      target: "tag",
      enforcement: "active",
      conditions: { ref_name: { include: ["refs/tags/held-*"], exclude: [] } },
      rules: [{ type: "creation" }],
    });
    const { id } = await draft({ tag_name: "held-1" });
    const words = "Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n";
    const refused = invalid(
      { resource: "Release", code: "custom", field: "pre_receive", message: `pre_receive ${words}` },
      { resource: "Release", code: "custom", message: "Published releases must have a valid tag" },
    );
    expect(await publish(id)).toMatchObject(refused);
    expect(await dora.post(all, { tag_name: "held-1" })).toMatchObject(refused);
    expect((await bot.get(`${all}/${id}`)).body).toMatchObject({ draft: true });
    await ada.delete(`${API}/rulesets/${body.id}`);
  });
});

describe("the latest release", () => {
  const latest = async () => (await place.anonymous.get<Release>(`${all}/latest`)).body.tag_name;

  it("is the one published last, unless that said otherwise", async () => {
    const one = await make();
    expect(await latest()).toBe(one.tag_name);
    await draft();
    await make({ prerelease: true });
    await make({ make_latest: "false" });
    const unsaid = await draft({ make_latest: "false" });
    await publish(unsaid.id);
    expect(await latest()).toBe(one.tag_name);
    await bot.patch(`${all}/${unsaid.id}`, { make_latest: "true" });
    expect(await latest()).toBe(unsaid.tag_name);
  });

  it("goes by the age of the commits among those that leave it to that", async () => {
    const published = (await bot.get<(Release & { draft: boolean })[]>(`${all}?per_page=100`)).body;
    for (const { id, draft: saved } of published) if (!saved) await bot.delete(`${all}/${id}`);
    expect(await place.anonymous.get(`${all}/latest`)).toMatchObject(says(404, "Not Found"));
    place.clock.skip(60_000);
    const old = place.head("main");
    await place.commit("dora", "main", { late: "1" });
    const newer = await make({ make_latest: "legacy" });
    await make({ make_latest: "legacy", target_commitish: old });
    expect(await latest()).toBe(newer.tag_name);
  });
});

describe("GitHub's own notes", () => {
  it("name what was merged since the release before, and whose first it was", async () => {
    await make({ tag_name: "n1" });
    const number = await place.pull("first-change");
    await dora.put(`${API}/pulls/${number}/merge`);
    const html = `${place.sandbox.url}/acme/api`;
    const asked = { tag_name: "n2", target_commitish: "main" };
    const body = `## What's Changed
* first-change by @dora in ${html}/pull/${number}

## New Contributors
* @dora made their first contribution in ${html}/pull/${number}

**Full Changelog**: ${html}/compare/n1...n2`;
    expect(await bot.post(`${all}/generate-notes`, asked)).toMatchObject({ status: 200, body: { name: "n2", body } });
    const made = await make({ tag_name: "n2", name: undefined, generate_release_notes: true, body: "Mind the gap." });
    expect(made).toMatchObject({ name: "n2", body: `Mind the gap.\n\n${body}` });
    const quiet = await bot.post<Release>(`${all}/generate-notes`, { tag_name: "n3", previous_tag_name: "n2" });
    expect(quiet.body.body).toBe(`**Full Changelog**: ${html}/compare/n2...n3`);
  });

  it.each([
    [{ previous_tag_name: "none" }, "previous_tag_name"],
    [{ target_commitish: "none" }, "target_commitish"],
  ])("of what is not there are refused: %j", async (more, field) => {
    const answer = await bot.post(`${all}/generate-notes`, { tag_name: "n9", ...more });
    expect(answer).toMatchObject(invalid({ resource: "Release", code: "invalid", field }));
  });
});
