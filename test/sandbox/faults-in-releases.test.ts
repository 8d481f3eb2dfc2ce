import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { nameOf } from "../../sandbox/git/objects.ts";
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

describe("every call of a release", () => {
  let count = 0;
  const fresh = (what: string) => {
    count += 1;
    return `${what}-${count}`;
  };
  const exists = async (path: string) => (await dora.get(path)).status < 300;
  const list = async <T>(path: string) => (await dora.get<T[]>(path)).body;
  type Release = {
    readonly id: number;
    readonly upload_url: string;
    readonly tag_name: string;
    readonly draft: boolean;
  };
  const draft = async () => {
    const made = await bot.post<Release>(`${API}/releases`, { tag_name: fresh("v"), draft: true });
    return made.body;
  };
  const upload = ({ upload_url }: Release, name: string) =>
    bot.post(upload_url.replace("{?name,label}", `?name=${name}`), "x", { "content-type": "text/plain" });

  /** A call, the requests it is, and whether it has had its effect. */
  type Step = {
    readonly name: string;
    readonly method: string;
    readonly path: RegExp | string;
    readonly begin: () => Promise<{
      readonly act: () => Promise<{ readonly status: number }>;
      readonly done: () => Promise<boolean>;
    }>;
  };
  const steps: readonly Step[] = [
    {
      name: "a tag object",
      method: "POST",
      path: /\/git\/tags$/,
      async begin() {
        const tag = fresh("object");
        const message = "Of a fault";
        const tagger = { name: "Gate", email: "gate@example.com", date: "2026-01-02T03:04:05Z" };
        const body = { tag, message, object: place.head("main"), type: "commit", tagger };
        const text = `object ${body.object}\ntype commit\ntag ${tag}\ntagger Gate <gate@example.com> 1767323045 +0000\n\n${message}\n`;
        const sha = nameOf("tag", Buffer.from(text));
        return { act: () => bot.post(`${API}/git/tags`, body), done: () => exists(`${API}/git/tags/${sha}`) };
      },
    },
    {
      name: "a ref",
      method: "POST",
      path: "/git/refs",
      async begin() {
        const tag = fresh("ref");
        const body = { ref: `refs/tags/${tag}`, sha: place.head("main") };
        return { act: () => bot.post(`${API}/git/refs`, body), done: () => exists(`${API}/git/ref/tags/${tag}`) };
      },
    },
    {
      name: "a ref that moves",
      method: "PATCH",
      path: "/git/refs/heads/",
      async begin() {
        const branch = fresh("moves");
        const sha = await place.branch(branch);
        await bot.patch(`${API}/git/refs/heads/${branch}`, { sha: place.head("main"), force: true });
        return {
          act: () => bot.patch(`${API}/git/refs/heads/${branch}`, { sha }),
          done: async () => place.head(branch) === sha,
        };
      },
    },
    {
      name: "a draft",
      method: "POST",
      path: /\/releases$/,
      async begin() {
        const tag_name = fresh("draft");
        return {
          act: () => bot.post(`${API}/releases`, { tag_name, draft: true }),
          done: async () =>
            (await list<Release>(`${API}/releases?per_page=100`)).some((one) => one.tag_name === tag_name),
        };
      },
    },
    {
      name: "a publication",
      method: "PATCH",
      path: /\/releases\/\d+$/,
      async begin() {
        const { id, tag_name: tag } = await draft();
        return {
          act: () => bot.patch(`${API}/releases/${id}`, { draft: false }),
          done: () => exists(`${API}/releases/tags/${tag}`),
        };
      },
    },
    {
      name: "a file",
      method: "POST",
      path: "/assets?name=",
      async begin() {
        const release = await draft();
        return {
          act: () => upload(release, "a.txt"),
          done: async () => (await list(`${API}/releases/${release.id}/assets`)).length === 1,
        };
      },
    },
    {
      name: "a file that is deleted",
      method: "DELETE",
      path: "/releases/assets/",
      async begin() {
        const release = await draft();
        await upload(release, "a.txt");
        const [asset] = await list<{ id: number }>(`${API}/releases/${release.id}/assets`);
        return {
          act: () => bot.delete(`${API}/releases/assets/${asset?.id}`),
          done: async () => (await list(`${API}/releases/${release.id}/assets`)).length === 0,
        };
      },
    },
    {
      name: "a merge",
      method: "PUT",
      path: /\/pulls\/\d+\/merge$/,
      async begin() {
        const path = `${API}/pulls/${await place.pull(fresh("merged"))}/merge`;
        return { act: () => bot.put(path), done: () => exists(path) };
      },
    },
    {
      name: "a merge back",
      method: "POST",
      path: /\/merges$/,
      async begin() {
        const [base, head] = [fresh("base"), fresh("head")];
        const before = await place.branch(base);
        await place.branch(head);
        return {
          act: () => bot.post(`${API}/merges`, { base, head }),
          done: async () => place.head(base) !== before,
        };
      },
    },
    {
      name: "a pull request",
      method: "POST",
      path: /\/pulls$/,
      async begin() {
        const head = fresh("opened");
        await place.branch(head);
        return {
          act: () => bot.post(`${API}/pulls`, { title: "T", head, base: "main" }),
          done: async () => (await list(`${API}/pulls?head=acme:${head}`)).length === 1,
        };
      },
    },
    {
      name: "reviewers",
      method: "POST",
      path: "/requested_reviewers",
      async begin() {
        const path = `${API}/pulls/${await place.pull(fresh("asked"))}/requested_reviewers`;
        return {
          act: () => bot.post(path, { reviewers: ["rita"] }),
          done: async () => (await dora.get<{ users: object[] }>(path)).body.users.length === 1,
        };
      },
    },
  ];

  describe.each(steps)("$name", ({ method, path, begin }) => {
    it.each([
      ["502 before its effect", { kind: "502", effect: false }, 502, false],
      ["502 after its effect", { kind: "502", effect: true }, 502, true],
      ["a connection that breaks before it", { kind: "reset", effect: false }, null, false],
      ["a connection that breaks after it", { kind: "reset", effect: true }, null, true],
      ["a secondary limit", { kind: "secondary", retryAfter: 1 }, 403, false],
    ] as const)("fails once by %s, and the next one says what is so", async (_how, does, status, happened) => {
      const { act, done } = await begin();
      place.github.faults.add({ on: "request", method, path, times: 1, does });
      const answer = await act().then(
        (one) => one.status,
        () => null,
      );
      expect([answer, await done()]).toEqual([status, happened]);
      const again = (await act()).status;
      expect(happened || again < 300).toBe(true);
      expect(await done()).toBe(true);
    });
  });

  it("and the storage of files fail as they are told, always until it is taken back", async () => {
    const release = await draft();
    await upload(release, "a.txt");
    const [asset] = await list<{ id: number }>(`${API}/releases/${release.id}/assets`);
    const get = async () => {
      const led = await bot.get(`${API}/releases/assets/${asset?.id}`, { accept: "application/octet-stream" });
      return (await place.anonymous.get(led.headers.get("location") ?? "")).status;
    };
    const end = place.github.faults.add({
      on: "request",
      path: "/release-assets/",
      does: { kind: "502", effect: false },
    });
    expect([await get(), await get()]).toEqual([502, 502]);
    end();
    place.github.faults.add({
      on: "request",
      path: "/release-assets/",
      times: 1,
      does: { kind: "reset", effect: false },
    });
    await expect(get()).rejects.toThrow("fetch failed");
    expect(await get()).toBe(200);
  });
});
