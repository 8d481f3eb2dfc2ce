import { createHash } from "node:crypto";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  dora = place.as("dora");
});
afterAll(() => place.stop());

type File = { readonly content: string; readonly encoding: string; readonly sha: string; readonly size: number };
type Commit = { readonly sha: string; readonly commit: { readonly message: string } };
type Comparison = {
  readonly status: string;
  readonly ahead_by: number;
  readonly behind_by: number;
  readonly total_commits: number;
  readonly merge_base_commit: { readonly sha: string };
  readonly commits: readonly Commit[];
  readonly files?: readonly { readonly filename: string }[];
};

describe("contents", () => {
  it("are the bytes in Base64, under the name git has for them", async () => {
    const { status, body } = await dora.get<File>(`${API}/contents/README.md`);
    expect({ status, body }).toMatchObject({ status: 200, body: { type: "file", size: 6, encoding: "base64" } });
    expect(Buffer.from(body.content, "base64").toString()).toBe("# api\n");
    expect(body.sha).toBe(createHash("sha1").update("blob 6\0# api\n").digest("hex"));
  });

  it("come as they are when raw is asked for", async () => {
    const raw = await dora.get(`${API}/contents/README.md`, { accept: "application/vnd.github.raw+json" });
    expect(raw.text).toBe("# api\n");
    expect(raw.headers.get("content-type")).toMatch(/^application\/vnd\.github\.raw/);
  });

  it("over 1 MB are empty but for raw", async () => {
    const long = Buffer.alloc(1024 * 1024 + 2, "ä");
    await place.commit("dora", "main", { "long.txt": long });
    const { body } = await dora.get<File>(`${API}/contents/long.txt`);
    expect(body).toMatchObject({ content: "", encoding: "none", size: long.length });
    const raw = await dora.get(`${API}/contents/long.txt`, { accept: "application/vnd.github.raw+json" });
    expect(Buffer.byteLength(raw.text)).toBe(long.length);
    const { body: blob } = await dora.get<File>(`${API}/git/blobs/${body.sha}`);
    expect(Buffer.from(blob.content, "base64").equals(long)).toBe(true);
  });

  it("of a folder are a list", async () => {
    await place.commit("dora", "main", { "src/deep/a.ts": "1", "src/b.ts": "2" });
    expect((await dora.get(`${API}/contents/src`)).body).toMatchObject([
      { type: "file", path: "src/b.ts", size: 1 },
      { type: "dir", path: "src/deep", size: 0 },
    ]);
  });

  it("are of the default branch unless another ref is named: a branch, a tag or a commit", async () => {
    const sha = await place.commit("dora", "release/1.0", { "README.md": "# old\n" }, "main");
    await dora.post(`${API}/git/refs`, { ref: "refs/tags/v1", sha });
    await place.commit("dora", "release/1.0", { "README.md": "# older\n" });
    const at = async (ref: string) => {
      const { body } = await dora.get<File>(`${API}/contents/README.md${ref}`);
      return Buffer.from(body.content, "base64").toString();
    };
    expect(await Promise.all(["", "?ref=release/1.0", "?ref=v1", `?ref=${sha}`].map(at))).toEqual([
      "# api\n",
      "# older\n",
      "# old\n",
      "# old\n",
    ]);
  });

  it("that are not there, or of a ref that is not there, are 404", async () => {
    expect((await dora.get(`${API}/contents/none.txt`)).status).toBe(404);
    expect((await dora.get(`${API}/contents/README.md?ref=none`)).status).toBe(404);
    expect((await dora.get(`${API}/contents/README.md/`)).status).toBe(404);
  });
});

describe("a tree", () => {
  type Tree = { readonly sha: string; readonly truncated: boolean; readonly tree: readonly object[] };
  const tree = (name: string) => dora.get<Tree>(`${API}/git/trees/${name}`);

  it("has its entries, and with `recursive` all that is below them, with their modes", async () => {
    const sha = await place.commit("dora", "trees", { "bin/run": "#!/bin/sh\n", "bin/deep/a.txt": "12" }, "main");
    const { body } = await tree(`${sha}?recursive=1`);
    expect(body.truncated).toBe(false);
    expect(body.tree).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: "bin", mode: "040000", type: "tree" }),
        expect.objectContaining({ path: "bin/deep", mode: "040000", type: "tree" }),
        expect.objectContaining({ path: "bin/deep/a.txt", mode: "100644", type: "blob", size: 2 }),
        expect.objectContaining({ path: "bin/run", mode: "100644", type: "blob", size: 10 }),
      ]),
    );
    const flat = (await tree("trees")).body;
    expect(flat.sha).toBe(body.sha);
    expect(flat.tree).toEqual(expect.arrayContaining([expect.objectContaining({ path: "bin", type: "tree" })]));
    expect(JSON.stringify(flat.tree)).not.toContain("bin/");
    expect((await tree(body.sha)).body).toEqual(flat);
  });

  it("that is not there, or is none, is 404", async () => {
    expect((await tree("0".repeat(40))).status).toBe(404);
    expect((await tree("none")).status).toBe(404);
    const { body } = await dora.get<File>(`${API}/contents/README.md`);
    expect((await tree(body.sha)).status).toBe(404);
  });
});

describe("what is no ordinary file", () => {
  it("is told by its mode, and by its type among contents", async () => {
    const clone = await place.clone("dora");
    const module = place.head("main");
    await clone.git("checkout", "-q", "-b", "odd");
    await symlink("../README.md", join(clone.folder, "link"));
    await writeFile(join(clone.folder, "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await clone.git("add", "link", "run.sh");
    await clone.git("update-index", "--add", "--cacheinfo", `160000,${module},vendor`);
    await clone.commits("Odd ones");
    await clone.git("push", "-q", "origin", "odd");
    const { body } = await dora.get<{ tree: readonly { path: string }[] }>(`${API}/git/trees/odd?recursive=1`);
    const entry = (path: string) => body.tree.find((one) => one.path === path);
    expect(entry("link")).toMatchObject({ mode: "120000", type: "blob", size: 12 });
    expect(entry("run.sh")).toMatchObject({ mode: "100755", type: "blob" });
    expect(entry("vendor")).toEqual({ path: "vendor", mode: "160000", type: "commit", sha: module });
    const at = async (path: string) => (await dora.get(`${API}/contents${path}?ref=odd`)).body;
    expect(await at("/link")).toMatchObject({ type: "symlink", target: "../README.md" });
    expect(await at("/vendor")).toMatchObject({ type: "submodule", sha: module, submodule_git_url: null });
    expect(await at("")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "link", type: "symlink" }),
        expect.objectContaining({ name: "vendor", type: "submodule" }),
      ]),
    );
  });
});

describe("the commits that touched a path", () => {
  it("are those of the branch that changed it, newest first", async () => {
    const first = await place.commit("dora", "touching", { "docs/a b.md": "1", other: "1" }, "main");
    await place.commit("dora", "touching", { other: "2" });
    const last = await place.commit("dora", "touching", { "docs/a b.md": "2" });
    const gone = await place.commit("dora", "touching", { "docs/a b.md": null });
    const touching = async (sha: string, path: string, rest = "") =>
      (await dora.get<Commit[]>(`${API}/commits?sha=${sha}&path=${encodeURIComponent(path)}${rest}`)).body.map(
        (commit) => commit.sha,
      );
    expect(await touching("touching", "docs/a b.md")).toEqual([gone, last, first]);
    expect(await touching(last, "docs/a b.md")).toEqual([last, first]);
    expect(await touching(last, "docs")).toEqual([last, first]);
    expect(await touching("touching", "docs/a b.md", "&per_page=1&page=2")).toEqual([last]);
    for (const none of ["none", "docs/*", ":(glob)docs/*"]) expect(await touching("touching", none)).toEqual([]);
  });
});

describe("the files of a comparison", () => {
  type Shown = { readonly filename: string; readonly patch?: string };

  it("come with what changed in their lines, but for binary and large ones, and with the name they had", async () => {
    const text = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join("");
    const from = await place.commit("dora", "patches", { "old.txt": text, "gone.sql": "select 1;\n" }, "main");
    const head = await place.commit("dora", "patches", {
      "old.txt": null,
      "new.txt": text.replace("line 7\n", "LINE 7\n"),
      "gone.sql": null,
      "add.sql": "DROP TABLE users;\n",
      "picture.png": Buffer.from([0, 1, 2, 0, 255]),
      "lines.txt": "x\n".repeat(20_001),
      "wide.txt": "x".repeat(500_001),
    });
    const { body } = await dora.get<{ files: readonly Shown[] }>(`${API}/compare/${from}...${head}`);
    const file = (name: string) => body.files.find(({ filename }) => filename === name);
    expect(file("add.sql")).toMatchObject({
      status: "added",
      additions: 1,
      patch: "@@ -0,0 +1 @@\n+DROP TABLE users;",
    });
    expect(file("gone.sql")).toMatchObject({ status: "removed", patch: "@@ -1 +0,0 @@\n-select 1;" });
    expect(file("new.txt")).toMatchObject({
      status: "renamed",
      previous_filename: "old.txt",
      additions: 1,
      deletions: 1,
    });
    expect(file("new.txt")?.patch).toMatch(/^@@ -5,7 \+5,7 @@.*\n line 4\n(?:.*\n)*-line 7\n\+LINE 7\n/);
    for (const name of ["picture.png", "lines.txt", "wide.txt"]) expect(file(name)).not.toHaveProperty("patch");
    expect(file("lines.txt")).toMatchObject({ status: "added", additions: 20_001 });
  });
});

describe("compare", () => {
  const compare = (basehead: string, query = "") => dora.get<Comparison>(`${API}/compare/${basehead}${query}`);

  it("tells identical, ahead, behind and diverged, with the counts of both sides", async () => {
    const fork = place.head("main");
    await place.branch("left");
    await place.commit("dora", "left", { more: "1" });
    await place.branch("right");
    const standing = async (basehead: string) => {
      const { body } = await compare(basehead);
      return [body.status, body.ahead_by, body.behind_by, body.total_commits, body.merge_base_commit.sha];
    };
    expect(await standing("main...main")).toEqual(["identical", 0, 0, 0, fork]);
    expect(await standing("main...left")).toEqual(["ahead", 2, 0, 2, fork]);
    expect(await standing("left...main")).toEqual(["behind", 0, 2, 0, fork]);
    expect(await standing("right...left")).toEqual(["diverged", 2, 1, 2, fork]);
  });

  it("counts files from the merge base, so that what only the base changed does not show", async () => {
    await place.branch("topic", { "topic.txt": "1" });
    await place.commit("dora", "main", { "elsewhere.txt": "1" });
    expect((await compare("main...topic")).body.files).toMatchObject([
      { filename: "topic.txt", status: "added", additions: 1, deletions: 0, patch: expect.stringContaining("+1") },
    ]);
  });

  it("tells of files that were changed, removed and renamed", async () => {
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n}\n`).join("");
    await place.commit("dora", "files", { "moved.txt": lines, "gone.txt": "1\n", "kept.txt": "1\n2\n" }, "main");
    const before = place.head("files");
    await place.commit("dora", "files", {
      "moved.txt": null,
      "new.txt": lines,
      "gone.txt": null,
      "kept.txt": "1\n3\n4\n",
    });
    const { files } = (await compare(`${before}...files`)).body;
    expect(files).toMatchObject([
      { filename: "gone.txt", status: "removed" },
      { filename: "kept.txt", status: "modified", additions: 2, deletions: 1, changes: 3 },
      { filename: "new.txt", status: "renamed", previous_filename: "moved.txt" },
    ]);
  });

  it("takes branches with slashes, and says 404 to what is not there", async () => {
    await place.branch("feature/with/slashes");
    expect((await compare("main...feature/with/slashes")).body).toMatchObject({ ahead_by: 1 });
    expect((await compare(encodeURIComponent("main...feature/with/slashes"))).body).toMatchObject({ ahead_by: 1 });
    expect((await compare("main...none")).status).toBe(404);
  });

  it("shows 250 commits at once, or pages of which only the first has files; the counts stay whole", async () => {
    const { id } = place.repository();
    const author = { name: "dora", email: "dora@example.com", date: place.github.time() };
    let tip = place.head("main");
    const tree = (await place.github.git.commit(id, tip))?.tree ?? "";
    for (let n = 1; n <= 253; n++)
      tip = await place.github.git.writeCommit(id, {
        tree,
        parents: [tip],
        author,
        committer: author,
        message: `${n}`,
      });
    await dora.post(`${API}/git/refs`, { ref: "refs/heads/long", sha: tip });

    const whole = await compare("main...long");
    expect(whole.body).toMatchObject({ ahead_by: 253, total_commits: 253 });
    expect(whole.body.commits).toHaveLength(250);

    const pages = await Promise.all([1, 2, 3].map((page) => compare("main...long", `?per_page=100&page=${page}`)));
    expect(pages.map(({ body }) => [body.commits.length, body.total_commits, body.files !== undefined])).toEqual([
      [100, 253, true],
      [100, 253, false],
      [53, 253, false],
    ]);
    const messages = pages.flatMap(({ body }) => body.commits.map(({ commit }) => commit.message));
    expect(messages).toEqual(Array.from({ length: 253 }, (_, n) => `${n + 1}`));
    expect(pages[0]?.headers.get("link")).toMatch(/page=2>; rel="next".*page=3>; rel="last"/);
    expect((await compare("main...long", "?page=1")).body.commits).toHaveLength(30);
  });
});

describe("a commit", () => {
  it("is read by its SHA, a branch, or a shortened SHA, with its files", async () => {
    const sha = await place.branch("single", { "single.txt": "1\n" });
    for (const ref of [sha, "single", sha.slice(0, 10)]) {
      expect((await dora.get(`${API}/commits/${ref}`)).body).toMatchObject({
        sha,
        author: { login: "dora" },
        stats: { additions: 1, deletions: 0, total: 1 },
        files: [{ filename: "single.txt", status: "added" }],
      });
    }
    expect(await dora.get(`${API}/commits/${"0".repeat(40)}`)).toMatchObject({
      status: 422,
      body: { message: `No commit found for SHA: ${"0".repeat(40)}` },
    });
  });

  it("stands before its parents in the list of commits", async () => {
    const first = await place.branch("listed");
    const second = await place.commit("dora", "listed", { second: "1" });
    const { body } = await dora.get<Commit[]>(`${API}/commits?sha=listed&per_page=2`);
    expect(body.map(({ sha }) => sha)).toEqual([second, first]);
  });

  type Found = { readonly number: number }[];
  const pullsOf = async (ref: string) =>
    (await dora.get<Found>(`${API}/commits/${encodeURIComponent(ref)}/pulls`)).body.map(({ number }) => number);

  it("names every open pull request that brings it", async () => {
    await place.commit("dora", "other", { o: "1" }, "main");
    const number = await place.pull("asked");
    const second = await dora.post<{ number: number }>(`${API}/pulls`, { title: "2", head: "asked", base: "other" });
    const numbers = [number, second.body.number];
    expect((await pullsOf(place.head("asked"))).toSorted()).toEqual(numbers);
    expect((await pullsOf("asked")).toSorted()).toEqual(numbers);
    expect(await pullsOf(place.head("main"))).toEqual([]);
  });

  it("that is in the default branch names only the pull request that brought it there", async () => {
    const number = await place.pull("brought");
    await place.commit("dora", "aside", { aside: "1" }, "main");
    await dora.post(`${API}/pulls`, { title: "aside", head: "brought", base: "aside" });
    const commit = place.head("brought");
    expect(await pullsOf(commit)).toHaveLength(2);
    const { body } = await dora.put<{ sha: string }>(`${API}/pulls/${number}/merge`);
    expect(await pullsOf(commit)).toEqual([number]);
    expect(await pullsOf(body.sha)).toEqual([number]);
  });

  it("that was squashed is named by the new commit's pull request", async () => {
    const number = await place.pull("squashed");
    const { body } = await dora.put<{ sha: string }>(`${API}/pulls/${number}/merge`, { merge_method: "squash" });
    expect(await pullsOf(body.sha)).toEqual([number]);
  });
});

describe("a tag", () => {
  it("that is annotated takes two calls, and is found by its ref and peeled by its object", async () => {
    const sha = place.head("main");
    const tag = await dora.post<{ sha: string }>(`${API}/git/tags`, {
      tag: "v2",
      message: "Second",
      object: sha,
      type: "commit",
    });
    expect(tag).toMatchObject({ status: 201, body: { tag: "v2", object: { sha, type: "commit" } } });
    expect((await dora.get(`${API}/git/ref/tags/v2`)).status).toBe(404);
    expect((await dora.post(`${API}/git/refs`, { ref: "refs/tags/v2", sha: tag.body.sha })).status).toBe(201);
    expect((await dora.get(`${API}/git/ref/tags/v2`)).body).toMatchObject({
      object: { sha: tag.body.sha, type: "tag" },
    });
    expect((await dora.get(`${API}/git/tags/${tag.body.sha}`)).body).toMatchObject({
      object: { sha },
      message: "Second",
    });
    expect((await dora.get(`${API}/commits/v2`)).body).toMatchObject({ sha });
  });
});

describe("a ref", () => {
  it("is not made twice, nor moved back without force", async () => {
    const from = place.head("main");
    const sha = await place.branch("moving");
    const again = await dora.post(`${API}/git/refs`, { ref: "refs/heads/moving", sha });
    expect(again).toMatchObject({ status: 422, body: { message: "Reference already exists" } });
    const back = await dora.patch(`${API}/git/refs/heads/moving`, { sha: from });
    expect(back).toMatchObject({ status: 422, body: { message: "Update is not a fast forward" } });
    expect(await dora.patch(`${API}/git/refs/heads/moving`, { sha: from, force: true })).toMatchObject({ status: 200 });
    expect(place.head("moving")).toBe(from);
  });

  it("that is the default branch is not deleted", async () => {
    expect((await dora.delete(`${API}/git/refs/heads/main`)).status).toBe(422);
    expect((await dora.delete(`${API}/git/refs/heads/moving`)).status).toBe(204);
    expect((await dora.get(`${API}/git/ref/heads/moving`)).status).toBe(404);
  });
});

describe("merging a branch into another without a pull request", () => {
  const merge = (base: string, head: string) => dora.post<Commit>(`${API}/merges`, { base, head });

  it("makes a merge commit, says when there is nothing to do, and when both sides conflict", async () => {
    await place.branch("into", { "same.txt": "1" });
    await place.branch("from", { "from.txt": "1" });
    const parents = [place.head("into"), place.head("from")];
    expect(await merge("into", "from")).toMatchObject({
      status: 201,
      body: { parents: parents.map((sha) => ({ sha })), commit: { message: "Merge from into into" } },
    });
    expect((await merge("into", "from")).status).toBe(204);
    await place.branch("against", { "same.txt": "2" });
    expect(await merge("into", "against")).toMatchObject({ status: 409, body: { message: "Merge conflict" } });
    expect((await merge("into", "none")).status).toBe(404);
  });
});
