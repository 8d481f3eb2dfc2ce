import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Place, startPlace } from "./github.ts";

let place: Place;
let bot: Caller;
let dora: Caller;

beforeAll(async () => {
  place = await startPlace();
  bot = await place.bot();
  dora = place.as("dora");
});
afterAll(() => place.stop());

type Made = { readonly sha: string };
type Tree = Made & { readonly tree: readonly { readonly path: string; readonly sha: string; readonly mode: string }[] };
const nowhere = "0".repeat(40);
const says = (status: number, message: string | RegExp) => ({
  status,
  body: { message: typeof message === "string" ? message : expect.stringMatching(message) },
});
const treeOf = async (name: string) => (await bot.get<Tree>(`${API}/git/trees/${name}?recursive=1`)).body;
const pathsOf = (tree: Tree) => tree.tree.filter(({ mode }) => mode !== "040000").map(({ path }) => path);

describe("a tree", () => {
  it("is made of files by content and by blob, folders among them", async () => {
    const blob = (await bot.post<Made>(`${API}/git/blobs`, { content: "aGk=", encoding: "base64" })).body;
    const made = await bot.post<Tree>(`${API}/git/trees`, {
      tree: [
        { path: "docs/a.md", mode: "100644", type: "blob", content: "A\n" },
        { path: "run.sh", mode: "100755", type: "blob", sha: blob.sha },
      ],
    });
    expect(made.status).toBe(201);
    const whole = await treeOf(made.body.sha);
    expect(pathsOf(whole)).toEqual(["docs/a.md", "run.sh"]);
    expect(whole.tree.find(({ path }) => path === "run.sh")).toMatchObject({ mode: "100755", sha: blob.sha, size: 2 });
  });

  it("is like another one, but for what is put there or taken away", async () => {
    await place.branch("based", { "keep.txt": "1", "old/gone.txt": "1", "old/kept.txt": "1" });
    const base = await treeOf("based");
    const made = await bot.post<Tree>(`${API}/git/trees`, {
      base_tree: base.sha,
      tree: [
        { path: "old/gone.txt", mode: "100644", type: "blob", sha: null },
        { path: "new/one.txt", mode: "100644", type: "blob", content: "1" },
      ],
    });
    expect(pathsOf(await treeOf(made.body.sha))).toEqual(["README.md", "keep.txt", "new/one.txt", "old/kept.txt"]);
    const same = await bot.post<Tree>(`${API}/git/trees`, { base_tree: base.sha, tree: [] });
    expect(same.body.sha).toBe(base.sha);
  });

  it("takes folders of another one, or leaves its own out, where there are such", async () => {
    await place.branch("then", { ".ci/run": "1", "docs/books/a.md": "1", "docs/b.md": "1" });
    await place.branch("now", { "docs/books/a.md": "2" });
    const [then, now] = [await treeOf("then"), await treeOf("now")];
    const books = now.tree.find(({ path }) => path === "docs/books")?.sha;
    const folder = { mode: "040000", type: "tree" };
    const made = await bot.post<Tree>(`${API}/git/trees`, {
      base_tree: then.sha,
      tree: [
        { path: ".ci", ...folder, sha: null },
        { path: "docs/books", ...folder, sha: books },
      ],
    });
    const whole = await treeOf(made.body.sha);
    expect(pathsOf(whole)).toEqual(["README.md", "docs/b.md", "docs/books/a.md"]);
    expect(whole.tree.find(({ path }) => path === "docs/books")?.sha).toBe(books);
    const gone = { base_tree: now.sha, tree: [{ path: ".ci", ...folder, sha: null }] };
    expect(await bot.post(`${API}/git/trees`, gone)).toMatchObject(says(422, "GitRPC::BadObjectState"));
  });

  it.each([
    [{ tree: [{ path: "a", mode: "100644", type: "blob", sha: nowhere }] }, 422, /is not a valid blob$/],
    [{ tree: [{ path: "a", mode: "100644", type: "blob" }] }, 422, /^Must supply either/],
    [{ tree: [{ path: "a", mode: "100600", type: "blob", content: "" }] }, 422, /^tree\.mode must be one of/],
    [{ tree: [{ path: "a/../b", mode: "100644", type: "blob", content: "" }] }, 422, /malformed path component/],
    [{ tree: [], base_tree: nowhere }, 404, /^Not Found$/],
    [{}, 422, /"tree" wasn't supplied/],
  ])("that cannot be is refused: %j", async (body, status, message) => {
    expect(await bot.post(`${API}/git/trees`, body)).toMatchObject(says(status, message));
  });
});

describe("a commit", () => {
  it("is made of a tree and parents, by its App unless somebody else is named", async () => {
    const { sha: tree } = await treeOf("main");
    const parents = [place.head("main")];
    const made = await bot.post(`${API}/git/commits`, { message: "Back to where it was", tree, parents });
    expect(made).toMatchObject({
      status: 201,
      body: { message: "Back to where it was", tree: { sha: tree }, parents: [{ sha: parents[0] }] },
    });
    expect(made.body).toMatchObject({ author: { name: "gate[bot]" }, committer: { name: "gate[bot]" } });
    const author = { name: "Dora", email: "dora@example.com", date: "2026-02-03T04:05:06Z" };
    const theirs = await bot.post(`${API}/git/commits`, { message: "Hers", tree, author });
    expect(theirs.body).toMatchObject({ author, committer: author, parents: [] });
  });

  it("becomes the head of a branch by moving its ref, and nothing of it is lost to git", async () => {
    const { sha: tree } = await treeOf("main");
    const parents = [place.head("main")];
    const message = "One line\n\nAnd more of it";
    const { sha } = (await bot.post<Made>(`${API}/git/commits`, { message, tree, parents })).body;
    await bot.post(`${API}/git/refs`, { ref: "refs/heads/back", sha });
    const clone = await place.clone("dora");
    expect((await clone.git("log", "-1", "--format=%B", "origin/back")).out).toBe(message);
    expect((await clone.git("rev-parse", "origin/back^")).out).toBe(parents[0]);
  });

  it.each([
    [{ tree: nowhere }, "Tree SHA does not exist"],
    [{ parents: [nowhere] }, "Parent SHA does not exist or is not a commit object"],
    [{ author: { name: "Dora", email: "d@example.com", date: "soon" } }, /is not a valid date-time/],
    [{ author: { name: "Dora" } }, /"email" wasn't supplied/],
  ])("that cannot be is refused: %j", async (more, message) => {
    const { sha: tree } = await treeOf("main");
    expect(await bot.post(`${API}/git/commits`, { message: "No", tree, ...more })).toMatchObject(says(422, message));
  });

  it("is made by those who may write", async () => {
    const { sha: tree } = await treeOf("main");
    const reader = await place.bot({ permissions: { contents: "read" } });
    const refused = { status: 403 };
    for (const by of [place.as("tom"), reader]) {
      expect(await by.post(`${API}/git/commits`, { message: "No", tree })).toMatchObject(refused);
      expect(await by.post(`${API}/git/trees`, { tree: [] })).toMatchObject(refused);
      expect(await by.post(`${API}/git/blobs`, { content: "" })).toMatchObject(refused);
    }
  });
});

describe("a merge without a pull request", () => {
  it("makes a merge commit on the base, and none where the base has it already", async () => {
    await place.branch("hotfix");
    await place.branch("develop");
    const made = await bot.post<Made>(`${API}/merges`, { base: "develop", head: "hotfix", commit_message: "Back" });
    expect(made).toMatchObject({ status: 201, body: { commit: { message: "Back" } } });
    expect(place.head("develop")).toBe(made.body.sha);
    expect(await bot.post(`${API}/merges`, { base: "develop", head: "hotfix" })).toMatchObject({ status: 204 });
  });

  it.each([
    ["none", "main", 404, "Base does not exist"],
    ["main", "none", 404, "Head does not exist"],
    ["ours", "theirs", 409, "Merge conflict"],
  ])("into %s of %s is refused with %i: %s", async (base, head, status, message) => {
    if (base === "ours") {
      await place.branch("ours", { same: "1" });
      await place.branch("theirs", { same: "2" });
    }
    expect(await dora.post(`${API}/merges`, { base, head })).toMatchObject(says(status, message));
  });
});
