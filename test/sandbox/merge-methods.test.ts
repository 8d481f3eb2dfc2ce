import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { API, type Caller, type Clone, type Place, startPlace } from "./github.ts";

let place: Place;
let rita: Caller;
let clone: Clone;

beforeAll(async () => {
  place = await startPlace();
  rita = place.as("rita");
  clone = await place.clone("dora");
});
afterAll(() => place.stop());

/** A pull request of two commits by dora. */
async function proposal(name: string) {
  const first = await place.branch(name, { [`${name}-1`]: "1" });
  const second = await place.commit("dora", name, { [`${name}-2`]: "2" });
  const opened = await place
    .as("dora")
    .post<{ number: number }>(`${API}/pulls`, { title: `Take ${name}`, head: name, base: "main" });
  place.clock.skip(1_000);
  return { number: opened.body.number, commits: [first, second], base: place.head("main") };
}

async function merge(number: number, body: object): Promise<string> {
  const answer = await rita.put<{ sha: string }>(`${API}/pulls/${number}/merge`, body);
  expect(answer).toMatchObject({ status: 200, body: { merged: true } });
  await clone.git("fetch", "--quiet");
  return answer.body.sha;
}

/** What git tells of a commit in a clone: parents, author, committer, message. */
async function told(sha: string) {
  const { out } = await clone.git("show", "--no-patch", "--format=%P%n%an <%ae>%n%cn <%ce>%n%B", sha);
  const [parents = "", author, committer, ...message] = out.split("\n");
  return { parents: parents.split(" "), author, committer, message: message.join("\n").trim() };
}
const tipOf = async (ref: string) => (await clone.git("rev-parse", ref)).out;
const github = "GitHub <noreply@github.com>";
const dora = "dora <dora@example.com>";

describe("merge", () => {
  it("makes one commit with two parents: the base as it was, and the head as it stays", async () => {
    const { number, commits, base } = await proposal("merged");
    const sha = await merge(number, { merge_method: "merge" });
    expect(await tipOf("origin/main")).toBe(sha);
    expect(await told(sha)).toEqual({
      parents: [base, commits[1]],
      author: "rita <rita@example.com>",
      committer: github,
      message: `Merge pull request #${number} from acme/merged\n\nTake merged`,
    });
    expect((await rita.get(`${API}/compare/main...merged`)).body).toMatchObject({ status: "behind", ahead_by: 0 });
  });

  it("is the way when none is named", async () => {
    const { number, commits, base } = await proposal("plain");
    expect((await told(await merge(number, {}))).parents).toEqual([base, commits[1]]);
  });
});

describe("squash", () => {
  it("makes one commit of the author's on the base, and the head stays ahead of it for good", async () => {
    const { number, base } = await proposal("squashed");
    const sha = await merge(number, { merge_method: "squash" });
    expect(await told(sha)).toEqual({
      parents: [base],
      author: dora,
      committer: github,
      message: `Take squashed (#${number})\n\n* Change squashed-1\n\n* Change squashed-2`,
    });
    expect((await rita.get(`${API}/compare/main...squashed`)).body).toMatchObject({ status: "diverged", ahead_by: 2 });
    expect(await tipOf("origin/main^{tree}")).toBe(await tipOf("origin/squashed^{tree}"));
  });

  it("of a single commit takes its message", async () => {
    const number = await place.pull("single");
    const sha = await merge(number, { merge_method: "squash" });
    expect((await told(sha)).message).toBe(`Change single.txt (#${number})`);
  });
});

describe("rebase", () => {
  it("makes each commit anew on the base, by its author, under a new SHA, also where it could go as it is", async () => {
    const { number, commits, base } = await proposal("rebased");
    const sha = await merge(number, { merge_method: "rebase" });
    const made = (await clone.git("rev-list", "--reverse", `${base}..origin/main`)).out.split("\n");
    expect(made).toHaveLength(2);
    expect(made.at(-1)).toBe(sha);
    for (const commit of commits) expect(made).not.toContain(commit);
    expect(await Promise.all(made.map(told))).toEqual([
      { parents: [base], author: dora, committer: github, message: "Change rebased-1" },
      { parents: [made[0]], author: dora, committer: github, message: "Change rebased-2" },
    ]);
  });

  it("drops merge commits of the head", async () => {
    const { number } = await proposal("tangled");
    await place.commit("dora", "main", { "meanwhile.txt": "1" });
    await rita.post(`${API}/merges`, { base: "tangled", head: "main" });
    const base = place.head("main");
    await merge(number, { merge_method: "rebase" });
    const subjects = (await clone.git("log", "--reverse", "--format=%s", `${base}..origin/main`)).out.split("\n");
    expect(subjects).toEqual(["Change tangled-1", "Change tangled-2"]);
  });
});

describe("every way", () => {
  it.each(["merge", "squash", "rebase"])(
    "of %s closes the pull request as merged by who merged, at the commit made",
    async (method) => {
      const { number, commits } = await proposal(`closed-by-${method}`);
      let sha = "";
      const heard = await place.hears(
        async () => {
          sha = await merge(number, { merge_method: method });
        },
        "pull_request",
        "push",
      );
      expect(heard).toMatchObject([
        {
          event: "pull_request",
          payload: {
            action: "closed",
            pull_request: {
              merged: true,
              merge_commit_sha: sha,
              merged_by: { login: "rita" },
              head: { sha: commits[1] },
              commits: 2,
            },
            sender: { login: "rita" },
          },
        },
        { event: "push", payload: { ref: "refs/heads/main", after: sha, forced: false, head_commit: { id: sha } } },
      ]);
    },
  );

  it.each(["merge", "squash"])("of %s takes the title and message that are given", async (method) => {
    const { number } = await proposal(`worded-${method}`);
    const words = { commit_title: "Title", commit_message: "And why." };
    expect((await told(await merge(number, { merge_method: method, ...words }))).message).toBe("Title\n\nAnd why.");
  });
});
