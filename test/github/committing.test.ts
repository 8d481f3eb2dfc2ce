import { describe, expect, test } from "@jest/globals";
import type nock from "nock";
import type { Effect, Receipt } from "../../src/flow/effect.ts";
import type { Want } from "../../src/flow/facts.ts";
import type { WantOfGithub } from "../../src/flow/look.ts";
import { branch, type Hash, later, type Sha, type Slot } from "../../src/flow/names.ts";
import { type Row, repository, testEach } from "./answers.ts";
import { connected, HEAD, LEASE, NAME, NOW, OTHER, pullBody, REPOSITORY, signedIn } from "./api.ts";

const R = "/repos/org/api";
const [TREE, MADE, COMMIT] = ["1", "2", "3"].map((digit) => digit.repeat(40)) as [Sha, Sha, Sha];
const BRANCH = branch("hotfix/rollback-to-v1.0.0-aaaaaaa");
const ROLLBACK: Extract<Effect, { thing: "commit" }> = {
  does: "set",
  slot: "s" as Slot,
  fingerprint: "f" as Hash,
  repository: REPOSITORY,
  name: NAME,
  thing: "commit",
  branch: BRANCH,
  base: branch("master"),
  parents: [HEAD as Sha],
  tree: TREE,
  folders: [
    { path: ".github", tree: OTHER as Sha },
    { path: "docs/runbooks", tree: null },
  ],
  message: "Roll back",
  title: "Roll back to v1.0.0",
  body: "Why",
};

type Call = readonly [method: string, path: string, sent: object | string, status: number, answer?: object];
const said = (message: string) => ({ message });
const folder = { mode: "040000", type: "tree" };
const TREES = {
  base_tree: TREE,
  tree: [
    { path: ".github", ...folder, sha: OTHER },
    { path: "docs/runbooks", ...folder, sha: null },
  ],
};
const tree = (status = 201, answer: object = { sha: MADE }): Call => ["POST", `${R}/git/trees`, TREES, status, answer];
const commit = (of: Sha = MADE, status = 201, answer: object = { sha: COMMIT }): Call => [
  "POST",
  `${R}/git/commits`,
  { message: "Roll back", tree: of, parents: [HEAD] },
  status,
  answer,
];
const ref = (status = 201, answer: object = {}): Call => [
  "POST",
  `${R}/git/refs`,
  { ref: `refs/heads/${BRANCH}`, sha: COMMIT },
  status,
  answer,
];
const TAKEN = ref(422, said("Reference already exists"));
const at = (status: number, answer: object = {}): Call => [
  "GET",
  `${R}/branches/${encodeURIComponent(BRANCH)}`,
  "",
  status,
  answer,
];
const THERE = at(200, { name: BRANCH, commit: { sha: OTHER }, protected: false });
const shows = (of: Sha, parents: readonly string[], status = 200): Call => [
  "GET",
  `${R}/git/commits/${OTHER}`,
  "",
  status,
  { tree: { sha: of }, parents: parents.map((sha) => ({ sha })) },
];
const opens = (status = 201, answer: object = { id: 1, number: 20 }): Call => [
  "POST",
  `${R}/pulls`,
  { head: BRANCH, base: "master", title: ROLLBACK.title, body: "Why" },
  status,
  answer,
];
const FROM = `${R}/pulls?state=open&head=org%3A${encodeURIComponent(BRANCH)}&base=master&per_page=100&page=1`;

async function did(effect: Effect, calls: readonly Call[]): Promise<Receipt> {
  const scope = signedIn();
  for (const [method, path, sent, status, answer] of calls)
    scope.intercept(path, method, sent as nock.DataMatcherMap).reply(status, answer);
  const receipt = await connected().github.perform(LEASE, effect);
  scope.done();
  return receipt;
}
const done = { came: "done", id: 20 };

describe("A commit of ours is", () => {
  test.each<[string, Effect, readonly Call[], object]>([
    ["a tree, a commit, a branch and a pull request", ROLLBACK, [tree(), commit(), ref(), opens()], done],
    [
      "of the release's own tree where nothing differs",
      { ...ROLLBACK, folders: [] },
      [commit(TREE), ref(), opens()],
      done,
    ],
    [
      "gone on with where its branch is there",
      ROLLBACK,
      [tree(), commit(), TAKEN, THERE, shows(MADE, [HEAD]), opens()],
      done,
    ],
    [
      "the one that is open",
      ROLLBACK,
      [
        tree(),
        commit(),
        ref(),
        opens(422, said("A pull request already exists for org:hotfix/x.")),
        ["GET", FROM, "", 200, [pullBody(9)]],
      ],
      { came: "done", id: 9 },
    ],
    ...(
      [
        ["another tree", shows(TREE, [HEAD])],
        ["another parent", shows(MADE, [OTHER])],
        ["no parent", shows(MADE, [])],
        ["two parents", shows(MADE, [HEAD, OTHER])],
      ] as const
    ).map(([what, shown]): [string, Effect, readonly Call[], object] => [
      `refused where a branch of that name has ${what}`,
      ROLLBACK,
      [tree(), commit(), TAKEN, THERE, shown],
      { came: "refused", because: expect.stringContaining("asked to open “Roll back to v1.0.0” in org/api") },
    ]),
    [
      "refused where the branch is gone by then",
      ROLLBACK,
      [tree(), commit(), TAKEN, at(404, said("Not Found")), ["GET", R, "", 200, repository]],
      { came: "refused" },
    ],
    ["unsure where the branch cannot be read", ROLLBACK, [tree(), commit(), TAKEN, at(502)], { came: "unsure" }],
    [
      "unsure where its commit cannot be read",
      ROLLBACK,
      [tree(), commit(), TAKEN, THERE, shows(MADE, [HEAD], 502)],
      { came: "unsure" },
    ],
    ["unsure where GitHub may have made the tree", ROLLBACK, [tree(502)], { came: "unsure" }],
    ["unsure where GitHub names no tree", ROLLBACK, [tree(201, {})], { came: "unsure" }],
    ["unsure where GitHub may have made the commit", ROLLBACK, [tree(), commit(MADE, 502)], { came: "unsure" }],
    ["unsure where GitHub may have made the branch", ROLLBACK, [tree(), commit(), ref(502)], { came: "unsure" }],
    [
      "refused without the permission",
      ROLLBACK,
      [tree(403, said("Resource not accessible by integration"))],
      { came: "refused", because: expect.stringContaining("Contents: write and Pull requests: write") },
    ],
  ])("%s", async (_what, effect, calls, came) => {
    expect(await did(effect, calls)).toMatchObject(came);
  });

  test.each<[string, readonly object[], object | null]>([
    ["found by its branch", [pullBody(20)], done],
    ["not there without a pull request", [], null],
  ])("%s after a crash", async (_what, pulls, came) => {
    const scope = signedIn();
    scope.get(FROM).reply(200, pulls);
    const receipt = await connected().github.find(LEASE, ROLLBACK, later(NOW, -12_000));
    if (came === null) expect(receipt).toBeNull();
    else expect(receipt).toMatchObject(came);
    scope.done();
  });

  test("not known while GitHub does not answer", async () => {
    signedIn().get(FROM).reply(503);
    expect(await connected().github.find(LEASE, ROLLBACK, later(NOW, -12_000))).toMatchObject({
      came: "unsure",
      because: `GitHub answered 503 when asked whether the pull request from ${BRANCH} in org/api is there.`,
    });
  });
});

const tagged: Want = { want: "tagged" };
const TAGS = `${R}/tags?per_page=100&page=1`;
const folders: WantOfGithub = {
  want: "folders",
  commit: HEAD as Sha,
  paths: [".github", "docs/runbooks", "none/there"],
};
const below = (of: string) => `${R}/git/trees/${of}`;
const lists = (...all: readonly (readonly [path: string, sha: string, mode?: string])[]) => ({
  tree: all.map(([path, sha, mode = "040000"]) => ({ path, mode, sha })),
  truncated: false,
});
const issue: Want = { want: "issue", number: 21 };
const ISSUE = `${R}/issues/21`;

const rows: readonly Row[] = [
  {
    what: "tags with the commits that they name",
    want: tagged,
    answers: [
      [
        TAGS,
        200,
        [
          { name: "v1.0.0", commit: { sha: HEAD } },
          { name: "latest", commit: { sha: OTHER } },
        ],
      ],
    ],
    gives: [
      { tag: "v1.0.0", commit: HEAD },
      { tag: "latest", commit: OTHER },
    ],
  },
  {
    what: "tags that name nothing",
    want: tagged,
    answers: [[TAGS, 200, [{ name: "v1.0.0" }]]],
    gives: /not as documented .* when asked for the tags of org\/api/,
  },
  {
    what: "folders, each tree read once",
    want: folders,
    answers: [
      [below(HEAD), 200, lists([".github", TREE], ["docs", MADE], ["none", OTHER, "100644"])],
      [below(MADE), 200, lists(["runbooks", COMMIT])],
    ],
    gives: [TREE, COMMIT, null],
  },
  {
    what: "folders of a tree that is cut off",
    want: folders,
    answers: [[below(HEAD), 200, { ...lists([".github", TREE]), truncated: true }]],
    gives:
      /^The folder has more files than GitHub lists when asked for the folders \.github, docs\/runbooks, none\/there of aaaaaaa of/,
  },
  { what: "folders that cannot be read", want: folders, answers: [[below(HEAD), 502]], gives: /^GitHub answered 502/ },
  {
    what: "an issue that is open",
    want: issue,
    answers: [[ISSUE, 200, { state: "open", closed_by: null }]],
    gives: { open: true, closedBy: null },
  },
  {
    what: "an issue and who closed it",
    want: issue,
    answers: [[ISSUE, 200, { state: "closed", closed_by: { id: 5, login: "dora" } }]],
    gives: { open: false, closedBy: { id: 5, login: "dora" } },
  },
  {
    what: "an issue that was deleted",
    want: issue,
    answers: [[ISSUE, 410, said("This issue was deleted")]],
    gives: null,
  },
  {
    what: "an issue that is not there",
    want: issue,
    answers: [
      [ISSUE, 404, said("Not Found")],
      [R, 200, repository],
    ],
    gives: null,
  },
  {
    what: "an issue of a repository that cannot be seen",
    want: issue,
    answers: [
      [ISSUE, 404, said("Not Found")],
      [R, 404, said("Not Found")],
    ],
    gives: /404 .* when asked for the issue #21 of org\/api/,
  },
];

describe("what a rollback asks for", () => testEach(rows));
