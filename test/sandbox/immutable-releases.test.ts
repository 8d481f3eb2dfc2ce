import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Clone, type Place, startPlace } from "./github.ts";

let place: Place;
let ada: Caller;
let bot: Caller;
let clone: Clone;

beforeAll(async () => {
  place = await startPlace();
  ada = place.as("ada");
  bot = await place.bot();
  expect(await ada.get(`${API}/immutable-releases`)).toMatchObject({ status: 404 });
  expect((await place.as("dora").put(`${API}/immutable-releases`)).status).toBe(403);
  expect((await ada.put(`${API}/immutable-releases`)).status).toBe(204);
  clone = await place.clone("ada");
});
afterAll(() => place.stop());

type Release = { readonly id: number; readonly upload_url: string; readonly tag_name: string };
const all = `${API}/releases`;
let count = 0;
const fresh = () => {
  count += 1;
  return `v3.${count}.0`;
};
const upload = (release: Release, name: string) =>
  bot.post<{ id: number }>(`${release.upload_url.replace(/\{.*$/, "")}?name=${name}`, name);
/** A release with one file that was published where releases are immutable. */
const published = async () => {
  const release = (await bot.post<Release>(all, { tag_name: fresh(), draft: true, body: "Notes" })).body;
  const asset = (await upload(release, "evidence.json")).body;
  const done = await bot.patch(`${all}/${release.id}`, { draft: false });
  expect(done).toMatchObject({ status: 200, body: { immutable: true, draft: false } });
  return { ...release, asset };
};
const invalid = (...errors: readonly object[]) => ({ status: 422, body: { message: "Validation Failed", errors } });
const violation = (words: string) => ({
  status: 422,
  body: { message: `Repository rule violations found\n\n${words}\n\n` },
});

describe("an immutable release", () => {
  it("is what is published while the setting is on, and stays one when it goes off", async () => {
    expect((await ada.get(`${API}/immutable-releases`)).body).toEqual({ enabled: true, enforced_by_owner: false });
    const { id } = await published();
    await ada.delete(`${API}/immutable-releases`);
    const later = (await bot.post<Release>(all, { tag_name: fresh() })).body;
    expect(later).toMatchObject({ immutable: false });
    expect((await bot.get(`${all}/${id}`)).body).toMatchObject({ immutable: true });
    await ada.put(`${API}/immutable-releases`);
  });

  it("takes no file and gives none up", async () => {
    const release = await published();
    expect(await upload(release, "late.md")).toMatchObject({
      status: 422,
      body: { message: "Cannot upload assets to an immutable release." },
    });
    const error = { resource: "ReleaseAsset", code: "custom" };
    expect(await bot.delete(`${all}/assets/${release.asset.id}`)).toMatchObject(
      invalid({ ...error, message: "Cannot delete asset from an immutable release" }),
    );
    expect(await bot.patch(`${all}/assets/${release.asset.id}`, { name: "x" })).toMatchObject(invalid(error));
  });

  it("keeps its tag, by REST and by git, also from an owner", async () => {
    const { tag_name: tag } = await published();
    const sha = await place.commit("dora", "main", { [tag]: "1" });
    const ref = `${API}/git/refs/tags/${tag}`;
    expect(await ada.patch(ref, { sha, force: true })).toMatchObject(violation("Cannot update this protected ref."));
    expect(await ada.delete(ref)).toMatchObject(violation("Cannot delete this tag"));
    expect(await clone.git("push", "--quiet", "origin", `:refs/tags/${tag}`)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`GH013: Repository rule violations found for refs/tags/${tag}`),
    });
  });

  it.each([
    ["draft", true, "state"],
    ["tag_name", "v9", "tag_name"],
    ["target_commitish", "other", "target_commitish"],
    ["prerelease", true, "prerelease"],
  ])("does not change its %s", async (name, value, field) => {
    await place.branch("other").catch(() => "it is there already");
    const { id } = await published();
    const message = `${field} cannot be changed when release is immutable`;
    expect(await bot.patch(`${all}/${id}`, { [name]: value })).toMatchObject(
      invalid({ resource: "Release", code: "custom", field, message }),
    );
  });

  it("may still be called and described otherwise", async () => {
    const { id } = await published();
    expect(await bot.patch(`${all}/${id}`, { name: "Other", body: "Better", draft: false })).toMatchObject({
      status: 200,
      body: { name: "Other", body: "Better", immutable: true },
    });
  });

  it("can be deleted, and its tag then too, but that name is never used again", async () => {
    const { id, tag_name: tag } = await published();
    const spent = { resource: "Release", code: "custom", field: "tag_name" };
    const words = "tag_name was used by an immutable release";
    expect((await bot.delete(`${all}/${id}`)).status).toBe(204);
    const again = await bot.post<Release>(all, { tag_name: tag, draft: true });
    expect(again.status).toBe(201);
    expect(await bot.patch(`${all}/${again.body.id}`, { draft: false })).toMatchObject(
      invalid({ ...spent, message: words }),
    );
    expect((await bot.delete(`${API}/git/refs/tags/${tag}`)).status).toBe(204);
    expect(await bot.post(all, { tag_name: tag })).toMatchObject(
      invalid(
        {
          resource: "Release",
          code: "custom",
          field: "pre_receive",
          message: expect.stringContaining("Cannot create ref due to creations being restricted."),
        },
        { ...spent, message: words },
        { resource: "Release", code: "custom", message: "Published releases must have a valid tag" },
      ),
    );
    expect(await ada.post(`${API}/git/refs`, { ref: `refs/tags/${tag}`, sha: place.head("main") })).toMatchObject(
      violation("Cannot create ref due to creations being restricted."),
    );
  });
});
