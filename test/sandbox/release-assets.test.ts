import { createHash } from "node:crypto";
import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;
let bot: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
  bot = await place.bot();
});
afterEach(() => place.github.faults.clear());
afterAll(() => place.stop());

type Release = { readonly id: number; readonly upload_url: string; readonly tag_name: string };
type Asset = { readonly id: number; readonly name: string; readonly browser_download_url: string };
const all = `${API}/releases`;
let count = 0;
const draft = async (more: object = {}) => {
  count += 1;
  return (await bot.post<Release>(all, { tag_name: `v2.${count}.0`, draft: true, ...more })).body;
};
const bytes = (text: string) => new TextEncoder().encode(text);
/** Sends a file to where a release says. */
const upload = (release: Release, name: string, body: Uint8Array, by = bot, query = "") =>
  by.post<Asset>(`${release.upload_url.replace(/\{.*$/, "")}?name=${encodeURIComponent(name)}${query}`, body, {
    "content-type": "text/markdown",
  });
const assetsOf = async ({ id }: Release) => (await bot.get<Asset[]>(`${all}/${id}/assets`)).body;
/** The bytes of a file as an App fetches them. */
const fetched = async ({ id }: Pick<Asset, "id">, by = bot) => {
  const led = await by.get(`${all}/assets/${id}`, { accept: "application/octet-stream" });
  expect(led.status).toBe(302);
  return place.anonymous.get(led.headers.get("location") ?? "");
};
const already = {
  status: 422,
  body: {
    message: "Validation Failed",
    errors: [{ resource: "ReleaseAsset", code: "already_exists", field: "name" }],
  },
};

describe("a file of a release", () => {
  it("goes to the upload host as it is, and is known by its digest and size", async () => {
    const release = await draft();
    const body = Buffer.from([0, 255, 10, 13, 128, 1]);
    const sent = await upload(release, "raw.bin", body, bot, "&label=Raw");
    const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
    expect(sent).toMatchObject({
      status: 201,
      body: {
        name: "raw.bin",
        label: "Raw",
        state: "uploaded",
        size: 6,
        digest,
        content_type: "text/markdown",
        uploader: { login: "gate[bot]" },
      },
    });
    expect((await bot.get(`${all}/${release.id}`)).body).toMatchObject({ assets: [{ digest }] });
    expect((await bot.get(`${all}/assets/${sent.body.id}`)).body).toEqual(sent.body);
  });

  it("comes back byte by byte, through an address that leads to the storage, and is counted", async () => {
    const release = await draft();
    const { body } = await upload(release, "evidence.md", bytes("# Evidence\n\u00fc\n"));
    const got = await fetched(body);
    expect(got).toMatchObject({ status: 200, text: "# Evidence\n\u00fc\n" });
    expect(got.headers.get("content-disposition")).toBe('attachment; filename="evidence.md"');
    expect((await bot.get(`${all}/assets/${body.id}`)).body).toMatchObject({ download_count: 1 });
  });

  it("is got by browsers at its address once it is published, a draft's only by those who may push", async () => {
    const release = await draft();
    const { body } = await upload(release, "a b.md", bytes("A"));
    expect(body.name).toBe("a.b.md");
    expect((await place.anonymous.get(body.browser_download_url)).status).toBe(404);
    expect((await place.as("tom").get(body.browser_download_url)).status).toBe(404);
    expect((await dora.get(body.browser_download_url)).status).toBe(302);
    await bot.patch(`${all}/${release.id}`, { draft: false });
    const address = `${place.sandbox.url}/acme/api/releases/download/${release.tag_name}/a.b.md`;
    expect((await place.anonymous.get<Asset>(`${all}/assets/${body.id}`)).body.browser_download_url).toBe(address);
    const led = await place.anonymous.get(address);
    expect((await place.anonymous.get(led.headers.get("location") ?? "")).text).toBe("A");
    expect((await place.anonymous.get(`${address}.none`)).status).toBe(404);
  });

  it("is given out by the storage at signed addresses alone, and for a while", async () => {
    const { body } = await upload(await draft(), "signed.md", bytes("S"));
    const led = await bot.get(`${all}/assets/${body.id}`, { accept: "application/octet-stream" });
    const location = led.headers.get("location") ?? "";
    expect((await place.anonymous.get(location.replace(/.$/, (last) => (last === "0" ? "1" : "0")))).status).toBe(404);
    place.clock.skip(301_000);
    expect((await place.anonymous.get(location)).status).toBe(404);
  });

  it("has a name of its own among those of its release", async () => {
    const release = await draft();
    const { body } = await upload(release, "one.md", bytes("1"));
    expect(await upload(release, "one.md", bytes("2"))).toMatchObject(already);
    const two = (await upload(release, "two.md", bytes("2"))).body;
    expect(await bot.patch(`${all}/assets/${two.id}`, { name: "one.md" })).toMatchObject(already);
    expect(await bot.patch(`${all}/assets/${two.id}`, { name: "three.md", label: "Three" })).toMatchObject({
      status: 200,
      body: { name: "three.md", label: "Three" },
    });
    expect((await bot.delete(`${all}/assets/${body.id}`)).status).toBe(204);
    expect((await bot.delete(`${all}/assets/${body.id}`)).status).toBe(404);
    expect((await upload(release, "one.md", bytes("2"))).status).toBe(201);
    expect((await assetsOf(release)).map(({ name }) => name)).toEqual(["three.md", "one.md"]);
  });

  it.each([
    ["two words (final)!.md", "two.words.final.md"],
    ["..hidden.", "hidden"],
    ["\u00e4/b\\c.md", "b.c.md"],
    ["v1+x_y-z.tar.gz", "v1+x_y-z.tar.gz"],
  ])("called %j is kept as %s", async (name, kept) => {
    expect((await upload(await draft(), name, bytes("x"))).body.name).toBe(kept);
  });

  it("without a name, without bytes, of no release, or by who may not write is refused", async () => {
    const release = await draft();
    expect((await upload(release, "", bytes("x"))).status).toBe(400);
    expect((await upload(release, "empty", bytes(""))).status).toBe(400);
    expect(
      (await upload({ ...release, upload_url: release.upload_url.replace(/\d+\/assets/, "1/assets") }, "x", bytes("x")))
        .status,
    ).toBe(404);
    for (const by of [place.as("tom"), await place.bot({ permissions: { contents: "read" } })])
      expect((await upload(release, "x", bytes("x"), by)).status).toBe(403);
    expect(await assetsOf(release)).toEqual([]);
  });

  it("is not taken where the API is, nor anything else where files are", async () => {
    const { id } = await draft();
    expect((await bot.post(`${all}/${id}/assets?name=x`, bytes("x"))).status).toBe(404);
    expect((await bot.get(`${place.sandbox.url}/api/uploads${all}/${id}`)).status).toBe(404);
  });

  it("goes with its release, and outlives what GitHub calls the release", async () => {
    const release = await draft();
    const { body } = await upload(release, "gone.md", bytes("x"));
    await bot.delete(`${all}/${release.id}`);
    expect((await bot.get(`${all}/assets/${body.id}`)).status).toBe(404);
  });
});

describe("an upload that breaks off", () => {
  it("half-way at GitHub is answered 502 and leaves a starter, which holds the name until it is deleted", async () => {
    const release = await draft();
    place.github.faults.add({ on: "request", path: /\/assets\?name=/, times: 1, does: { kind: "half" } });
    expect((await upload(release, "evidence.json", bytes("{}"))).status).toBe(502);
    const [starter] = await assetsOf(release);
    expect(starter).toMatchObject({ name: "evidence.json", state: "starter", size: 0, digest: null });
    const asked = { accept: "application/octet-stream" };
    expect((await bot.get(`${all}/assets/${starter?.id}`, asked)).status).toBe(404);
    expect(await upload(release, "evidence.json", bytes("{}"))).toMatchObject(already);
    await bot.delete(`${all}/assets/${starter?.id}`);
    expect((await upload(release, "evidence.json", bytes("{}"))).status).toBe(201);
  });

  it("at the one who sends it leaves a starter, too", async () => {
    const release = await draft();
    const address = new URL(release.upload_url.replace(/\{.*$/, "?name=cut.md"));
    await new Promise<void>((resolve) => {
      const socket = connect(Number(address.port), address.hostname, () => {
        const head = `POST ${address.pathname}${address.search} HTTP/1.1\r\nhost: x\r\nauthorization: token ${place.github.tokenOf("dora")}\r\ncontent-length: 100\r\n\r\n`;
        socket.write(`${head}half`, () => setTimeout(() => socket.destroy(), 50));
      });
      socket.on("close", () => resolve());
    });
    for (let n = 0; n < 100 && (await assetsOf(release)).length === 0; n++)
      await new Promise((go) => setTimeout(go, 10));
    expect(await assetsOf(release)).toMatchObject([{ name: "cut.md", state: "starter" }]);
  });

  it.each([
    ["502 before it", { kind: "502", effect: false }, 502, 0],
    ["502 after it", { kind: "502", effect: true }, 502, 1],
    ["a secondary limit", { kind: "secondary", retryAfter: 1 }, 403, 0],
  ] as const)("by %s is there or not, as for every other request", async (_what, does, status, left) => {
    const release = await draft();
    place.github.faults.add({ on: "request", method: "POST", path: /\/assets\?/, times: 1, does });
    expect((await upload(release, "a.md", bytes("a"))).status).toBe(status);
    expect((await assetsOf(release)).length).toBe(left);
  });
});
