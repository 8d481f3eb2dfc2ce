import { describe, expect, test } from "@jest/globals";
import nock from "nock";
import type { Fact } from "../../src/flow/facts.ts";
import type { WantOfGithub } from "../../src/flow/look.ts";
import { branch, sha } from "../../src/flow/names.ts";
import { type Answer, next, R, type Row, repository, testEach } from "./answers.ts";
import { API, connected, FACTS, HEAD, LEASE, listed, OTHER, pullBody, pullFacts, signedIn } from "./api.ts";

const TREE = sha("7".repeat(40));
const staging = branch("staging");
const file = (content: string, more: object = {}) => ({
  type: "file",
  encoding: "base64",
  size: content.length,
  name: "flowgate.yml",
  content: Buffer.from(content).toString("base64").replace(/.{60}/g, "$&\n"),
  sha: OTHER,
  ...more,
});
const document: WantOfGithub = { want: "document", path: ".github/flow gate.yml" };
const DOCUMENT = `${R}/contents/.github/flow%20gate.yml`;
const inCommit: WantOfGithub = { want: "file", path: "my scripts/build#1.sh", at: HEAD };
const IN_COMMIT = `${R}/contents/my%20scripts/build%231.sh?ref=${HEAD}`;
const entries: WantOfGithub = { want: "entries", commit: HEAD };
const ENTRIES = `${R}/git/trees/${HEAD}?recursive=1`;
const tree = (files: readonly (readonly [path: string, mode: string])[]) => ({
  sha: TREE,
  tree: files.map(([path, mode]) => ({ path, mode, type: "blob", sha: OTHER, size: 3 })),
  truncated: false,
});

const commit = (sha: string, more: object = {}) => ({
  sha,
  parents: [{ sha: OTHER, url: "…" }],
  commit: { message: "Title\n\nBody", author: { name: "Dora" }, tree: { sha: TREE, url: "…" } },
  author: { id: 3, login: "dora", type: "User" },
  ...more,
});
const changed = (filename: string, more: object = {}) => ({ sha: OTHER, filename, status: "modified", ...more });
const comparison = (commits: readonly object[], more: object = {}) => ({
  ahead_by: commits.length,
  behind_by: 3,
  total_commits: commits.length,
  base_commit: { sha: OTHER },
  merge_base_commit: { sha: TREE, commit: { tree: { sha: OTHER } } },
  commits,
  files: [changed("a")],
  ...more,
});
const compare: WantOfGithub = { want: "compare", base: branch("release/1.2"), head: HEAD };
const COMPARE = `${R}/compare/release%2F1.2...${HEAD}?per_page=100`;
const commits = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => commit((from + index).toString(16).padStart(40, "0")));

const review = (state: string, more: object = {}) => ({
  id: 1,
  user: { id: 4, login: "rita", type: "User" },
  state,
  commit_id: HEAD,
  submitted_at: "2026-11-24T10:00:00Z",
  ...more,
});
const kept = { id: 1, by: { id: 4, login: "rita", bot: false }, commit: HEAD, at: "2026-11-24T10:00:00.000Z" };

const ruleset = {
  id: 42,
  name: "flowgate: staging",
  target: "branch",
  source_type: "Repository",
  enforcement: "active",
  conditions: { ref_name: { include: ["refs/heads/staging"], exclude: [] } },
  rules: [{ type: "deletion" }, { type: "pull_request", parameters: { allowed_merge_methods: ["merge"] } }],
};
const live = {
  id: 42,
  name: "flowgate: staging",
  target: "branch",
  enforcement: "active",
  bypassActors: null,
  include: ["refs/heads/staging"],
  exclude: [],
  rules: [
    { type: "deletion", parameters: {} },
    { type: "pull_request", parameters: { allowed_merge_methods: ["merge"] } },
  ],
};
const ofTitle: WantOfGithub = { want: "rulesets", titles: ["flowgate: staging"] };
const ofTitles: WantOfGithub = { want: "rulesets", titles: ["flowgate: tags", "flowgate: staging"] };
const BYPASSES = [
  { actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" },
  { actor_type: "DeployKey", bypass_mode: "exempt" },
];
const RULESETS = `${R}/rulesets?includes_parents=false&per_page=100&page=1`;
const rules: WantOfGithub = { want: "rules", branch: branch("release/1.2") };
const RULES = `${R}/rules/branches/release%2F1.2?per_page=100&page=1`;
const RULED = `${R}/branches/release%2F1.2`;
const ruled = { name: "release/1.2", commit: { sha: HEAD }, protected: false };

const rows: readonly Row[] = [
  {
    what: "the repository",
    want: { want: "repository" },
    answers: [[R, 200, repository]],
    gives: { name: "org/api", defaultBranch: "master", methods: ["merge"] },
  },
  {
    what: "the repository under its new name",
    want: { want: "repository" },
    answers: [
      [R, 301, { message: "Moved Permanently" }, { location: `${API}/repositories/100` }],
      ["/repositories/100", 200, { ...repository, full_name: "org/new" }],
    ],
    gives: { name: "org/new", defaultBranch: "master", methods: ["merge"] },
  },
  {
    what: "another repository that took the name",
    want: { want: "repository" },
    answers: [[R, 200, { ...repository, id: 101 }]],
    gives: /another repository/,
  },
  {
    what: "a branch",
    want: { want: "branch", branch: branch("release/1.2") },
    answers: [[`${R}/branches/release%2F1.2`, 200, { name: "release/1.2", commit: { sha: HEAD }, protected: true }]],
    gives: HEAD,
  },
  {
    what: "a branch that is not there, of a repository that is",
    want: { want: "branch", branch: staging },
    answers: [
      [`${R}/branches/staging`, 404, { message: "Branch not found" }],
      [R, 200, repository],
    ],
    gives: null,
  },
  {
    what: "a branch of a repository that we may not see",
    want: { want: "branch", branch: staging },
    answers: [
      [`${R}/branches/staging`, 404, { message: "Not Found" }],
      [R, 404, { message: "Not Found" }],
    ],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the branch staging of org\/api\.$/,
  },
  {
    what: "a branch that was renamed",
    want: { want: "branch", branch: staging },
    answers: [
      [`${R}/branches/staging`, 301, {}, { location: `${API}${R}/branches/stage` }],
      [`${R}/branches/stage`, 200, { name: "stage", commit: { sha: HEAD } }],
    ],
    gives: null,
  },
  {
    what: "a file",
    want: document,
    answers: [[DOCUMENT, 200, file("enforcement: managed # ä\n")]],
    gives: { found: true, blob: OTHER, text: "enforcement: managed # ä\n" },
  },
  {
    what: "a file over 1 MB",
    want: document,
    answers: [
      [DOCUMENT, 200, file("", { encoding: "none", content: "" })],
      [`${R}/git/blobs/${OTHER}`, 200, { encoding: "base64", content: Buffer.from("long").toString("base64") }],
    ],
    gives: { found: true, blob: OTHER, text: "long" },
  },
  {
    what: "no file",
    want: document,
    answers: [
      [DOCUMENT, 404, { message: "Not Found" }],
      [R, 200, repository],
    ],
    gives: { found: false },
  },
  {
    what: "a folder in place of a file",
    want: document,
    answers: [[DOCUMENT, 200, [file("x")]]],
    gives: { found: false },
  },
  {
    what: "a submodule in place of a file",
    want: document,
    answers: [[DOCUMENT, 200, { type: "submodule", sha: OTHER }]],
    gives: { found: false },
  },
  {
    what: "a file without its content",
    want: document,
    answers: [[DOCUMENT, 200, { type: "file", sha: OTHER }]],
    gives: /not as documented/,
  },
  {
    what: "a file as it is in a commit",
    want: inCommit,
    answers: [[IN_COMMIT, 200, file("docker build .\n")]],
    gives: { found: true, blob: OTHER, text: "docker build .\n" },
  },
  {
    what: "a file over 1 MB in a commit",
    want: inCommit,
    answers: [
      [IN_COMMIT, 200, file("", { encoding: "none", content: "" })],
      [`${R}/git/blobs/${OTHER}`, 200, { encoding: "base64", content: Buffer.from("long").toString("base64") }],
    ],
    gives: { found: true, blob: OTHER, text: "long" },
  },
  {
    what: "a file that a commit has not",
    want: inCommit,
    answers: [
      [IN_COMMIT, 404, { message: "Not Found" }],
      [R, 200, repository],
    ],
    gives: { found: false },
  },
  {
    what: "a link to nowhere in a commit",
    want: inCommit,
    answers: [[IN_COMMIT, 200, { type: "symlink", target: "../elsewhere", sha: OTHER }]],
    gives: { found: false },
  },
  {
    what: "a file of a repository that we may not see",
    want: inCommit,
    answers: [
      [IN_COMMIT, 404, { message: "Not Found" }],
      [R, 404, { message: "Not Found" }],
    ],
    gives: /404/,
  },
  {
    what: "a file by its content",
    want: { want: "blob", path: "build.sh", sha: OTHER },
    answers: [
      [`${R}/git/blobs/${OTHER}`, 200, { encoding: "base64", content: Buffer.from("bäse").toString("base64") }],
    ],
    gives: "bäse",
  },
  {
    what: "a file by a content that is not there",
    want: { want: "blob", path: "build.sh", sha: OTHER },
    answers: [[`${R}/git/blobs/${OTHER}`, 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the file build\.sh \(bbbbbbb\) of org\/api\.$/,
  },
  {
    what: "the files of a commit, by what they are",
    want: entries,
    answers: [
      [
        ENTRIES,
        200,
        tree([
          ["a b/run.sh", "100755"],
          ["a b", "040000"],
          ["README.md", "100644"],
          ["link", "120000"],
          ["module", "160000"],
          ["old", "100664"],
        ]),
      ],
    ],
    gives: [
      { path: "a b/run.sh", kind: "executable", blob: OTHER, size: 3 },
      { path: "README.md", kind: "file", blob: OTHER, size: 3 },
      { path: "link", kind: "link", blob: OTHER, size: 3 },
      { path: "module", kind: "submodule", blob: OTHER, size: 3 },
      { path: "old", kind: "file", blob: OTHER, size: 3 },
    ],
  },
  {
    what: "the files of a commit, cut off",
    want: entries,
    answers: [[ENTRIES, 200, { ...tree([["README.md", "100644"]]), truncated: true }]],
    gives: /^The commit has more files than GitHub lists when asked for the files of aaaaaaa of org\/api\.$/,
  },
  {
    what: "the files of a commit, with nothing said of whether that is all",
    want: entries,
    answers: [[ENTRIES, 200, { tree: [] }]],
    gives: /not as documented \(truncated/,
  },
  {
    what: "the files in the root of a commit, as far as they are listed",
    want: { want: "root-files", commit: HEAD },
    answers: [
      [
        `${R}/git/trees/${HEAD}`,
        200,
        {
          ...tree([
            ["src", "040000"],
            ["package.json", "100644"],
          ]),
          truncated: true,
        },
      ],
    ],
    gives: [{ path: "package.json", kind: "file", blob: OTHER, size: 3 }],
  },
  {
    what: "the files in the root of a commit that GitHub fails to show",
    want: { want: "root-files", commit: HEAD },
    answers: [[`${R}/git/trees/${HEAD}`, 502]],
    gives: /^GitHub answered 502 when asked for the files in the root of aaaaaaa of org\/api\.$/,
  },
  {
    what: "the files of a commit that is not there",
    want: entries,
    answers: [[ENTRIES, 404, { message: "Not Found" }]],
    gives: /404/,
  },
  {
    what: "a pull request",
    want: { want: "pull", number: 5 },
    answers: [[`${R}/pulls/5`, 200, pullBody(5, { merged: true, merged_at: "2026-11-24T11:00:00Z", state: "closed" })]],
    gives: {
      ...listed(5),
      facts: { ...pullFacts(5), merged: true, mergedAt: "2026-11-24T11:00:00.000Z", state: "closed" },
    },
  },
  {
    what: "a pull request of a deleted account, by a bot's fork that is gone",
    want: { want: "pull", number: 5 },
    answers: [[`${R}/pulls/5`, 200, pullBody(5, { user: null, head: { sha: HEAD, ref: "feature/x", repo: null } })]],
    gives: {
      ...listed(5),
      facts: {
        ...pullFacts(5),
        author: { id: 0, login: "ghost", bot: false },
        head: { sha: HEAD, ref: "feature/x", repository: null },
      },
    },
  },
  {
    what: "a pull request of another repository under this name",
    want: { want: "pull", number: 5 },
    answers: [[`${R}/pulls/5`, 200, pullBody(5, { base: { ref: "development", repo: { id: 101 } } })]],
    gives: /another repository/,
  },
  {
    what: "a pull request with a head that is no commit",
    want: { want: "pull", number: 5 },
    answers: [[`${R}/pulls/5`, 200, pullBody(5, { head: { sha: "main", ref: "feature/x", repo: null } })]],
    gives: /^GitHub's answer was not as documented \(head\.sha: .*\) when asked for pull request #5 of org\/api\.$/,
  },
  {
    what: "open pull requests, page by page, each once",
    want: { want: "open-pulls" },
    answers: [
      [`${R}/pulls?state=open&per_page=100&page=1`, 200, [pullBody(2), pullBody(1)], next("/2")],
      [`${R}/pulls?state=open&per_page=100&page=2`, 200, [pullBody(1)]],
    ],
    gives: [listed(2), listed(1)],
  },
  {
    what: "open pull requests of which one is malformed",
    want: { want: "open-pulls" },
    answers: [[`${R}/pulls?state=open&per_page=100&page=1`, 200, [pullBody(2), pullBody(1, { title: null })]]],
    gives: /1\.title/,
  },
  {
    what: "open pull requests whose second page fails",
    want: { want: "open-pulls" },
    answers: [
      [`${R}/pulls?state=open&per_page=100&page=1`, 200, [pullBody(2)], next("/2")],
      [`${R}/pulls?state=open&per_page=100&page=2`, 502],
    ],
    gives: /^GitHub answered 502 when asked for the open pull requests of org\/api\.$/,
  },
  {
    what: "a comparison",
    want: compare,
    answers: [[`${COMPARE}&page=1`, 200, comparison([commit(HEAD), commit(OTHER, { author: null })])]],
    gives: {
      ahead: 2,
      behind: 3,
      mergeBase: TREE,
      mergeBaseTree: OTHER,
      whole: true,
      commits: [
        { sha: HEAD, parents: [OTHER], tree: TREE, title: "Title", author: { id: 3, login: "dora" } },
        { sha: OTHER, parents: [OTHER], tree: TREE, title: "Title", author: null },
      ],
      changes: { files: [{ path: "a", before: null, blob: OTHER }], whole: true },
    },
  },
  {
    what: "a comparison of what a commit breaks, as a footer of its message says, and no more of that",
    want: compare,
    answers: [
      [
        `${COMPARE}&page=1`,
        200,
        comparison([
          commit(HEAD, {
            commit: { tree: { sha: TREE }, message: "fix: x\n\nWhy.\n\nBREAKING CHANGE: anew\nRefs: #1" },
          }),
          commit(OTHER, { commit: { tree: { sha: TREE }, message: "fix: y\n\nNo BREAKING CHANGE: at all" } }),
        ]),
      ],
    ],
    gives: expect.objectContaining({
      commits: [
        expect.objectContaining({ title: "fix: x", breaking: "BREAKING CHANGE: anew\nRefs: #1" }),
        expect.not.objectContaining({ breaking: expect.anything() }),
      ],
    }),
  },
  {
    what: "a comparison by which files are changed, removed and renamed",
    want: compare,
    answers: [
      [
        `${COMPARE}&page=1`,
        200,
        comparison([], {
          files: [
            changed("a"),
            changed("b", { status: "removed" }),
            changed("d", { status: "renamed", previous_filename: "c" }),
          ],
        }),
      ],
    ],
    gives: expect.objectContaining({
      changes: {
        files: [
          { path: "a", before: null, blob: OTHER },
          { path: "b", before: null, blob: null },
          { path: "d", before: "c", blob: OTHER },
        ],
        whole: true,
      },
    }),
  },
  ...(
    [
      ["as many files as GitHub lists at most, which may not be all", 300, {}],
      ["a file that is changed and has no content", 1, { sha: null }],
      ["a file changed in a way that nobody has heard of", 1, { status: "blessed" }],
    ] as const
  ).map(
    ([what, count, more]): Row => ({
      what: `a comparison with ${what}`,
      want: compare,
      answers: [
        [
          `${COMPARE}&page=1`,
          200,
          comparison([], { files: Array.from({ length: count }, (_, n) => changed(`${n}`, more)) }),
        ],
      ],
      gives: expect.objectContaining({ changes: expect.objectContaining({ whole: false }) }),
    }),
  ),
  {
    what: "a comparison by what its new lines may destroy",
    want: compare,
    answers: [
      [
        `${COMPARE}&page=1`,
        200,
        comparison([], {
          files: [
            changed("a.sql", {
              additions: 2,
              patch: "@@ -1,2 +1,3 @@\n-DROP TABLE was;\n a\n+DROP TABLE users;\n+b\n\\ No newline",
            }),
            changed("b.sql", { status: "added", additions: 1, patch: "@@ -0,0 +1 @@\n+select 1;" }),
            changed("c.sql", { patch: "@@ -0,0 +1 @@\n+DELETE FROM users;" }),
            changed("cut-off.sql", { additions: 2, patch: "@@ -0,0 +1,2 @@\n+select 1;" }),
            changed("large.sql", { additions: 90_000 }),
            changed("gone.sql", { status: "removed", additions: 0, patch: "@@ -1 +0,0 @@\n-DROP TABLE was;" }),
          ],
        }),
      ],
    ],
    gives: expect.objectContaining({
      changes: {
        files: [
          { path: "a.sql", before: null, blob: OTHER, destructive: ["DROP TABLE users"] },
          { path: "b.sql", before: null, blob: OTHER, destructive: [] },
          { path: "c.sql", before: null, blob: OTHER, destructive: ["DELETE FROM users"] },
          { path: "cut-off.sql", before: null, blob: OTHER },
          { path: "large.sql", before: null, blob: OTHER },
          { path: "gone.sql", before: null, blob: null },
        ],
        whole: true,
      },
    }),
  },
  {
    what: "a comparison without files",
    want: compare,
    answers: [[`${COMPARE}&page=1`, 200, comparison([], { files: undefined })]],
    gives: expect.objectContaining({ changes: { files: [], whole: false } }),
  },
  {
    what: "a comparison of a commit by an address that no account has",
    want: compare,
    answers: [[`${COMPARE}&page=1`, 200, comparison([commit(HEAD, { author: {} })])]],
    gives: expect.objectContaining({ commits: [expect.objectContaining({ author: null })] }),
  },
  {
    what: "a comparison in two pages",
    want: compare,
    answers: [
      [`${COMPARE}&page=1`, 200, comparison(commits(0, 100), { ahead_by: 130, total_commits: 130 }), next("/2")],
      [`${COMPARE}&page=2`, 200, comparison(commits(100, 30), { ahead_by: 130, total_commits: 130 })],
    ],
    gives: {
      ahead: 130,
      behind: 3,
      mergeBase: TREE,
      mergeBaseTree: OTHER,
      whole: true,
      commits: commits(0, 130).map(({ sha }) => expect.objectContaining({ sha })),
      changes: { files: [{ path: "a", before: null, blob: OTHER }], whole: true },
    },
  },
  {
    what: "a comparison of more commits than are read",
    want: compare,
    answers: Array.from({ length: 10 }, (_, page): Answer => {
      const body = comparison(commits(page * 100, 100), { ahead_by: 1200, total_commits: 1200 });
      return [`${COMPARE}&page=${page + 1}`, 200, body, next("/next")];
    }),
    gives: expect.objectContaining({ ahead: 1200, whole: false }),
  },
  {
    what: "a comparison that GitHub cut short",
    want: compare,
    answers: [[`${COMPARE}&page=1`, 200, comparison(commits(0, 10), { ahead_by: 300, total_commits: 300 })]],
    gives: expect.objectContaining({ ahead: 300, whole: false }),
  },
  {
    what: "a comparison whose base moved between two pages",
    want: compare,
    answers: [
      [`${COMPARE}&page=1`, 200, comparison(commits(0, 100), { total_commits: 130 }), next("/2")],
      [`${COMPARE}&page=2`, 200, comparison(commits(100, 30), { total_commits: 130, base_commit: { sha: HEAD } })],
    ],
    gives:
      /^release\/1\.2 moved between two pages of the answer when asked for what aaaaaaa has over release\/1\.2 of org\/api\.$/,
  },
  {
    what: "a comparison with a base that is not there",
    want: compare,
    answers: [[`${COMPARE}&page=1`, 404, { message: "Not Found" }]],
    gives: /404/,
  },
  {
    what: "who brought a commit, without pull requests of a parent repository",
    want: { want: "brought-by", commit: HEAD },
    answers: [
      [
        `${R}/commits/${HEAD}/pulls?per_page=100&page=1`,
        200,
        [
          pullBody(1, { state: "closed", merged_at: "2026-11-24T11:00:00Z" }),
          pullBody(2),
          pullBody(3, { base: { ref: "main", repo: { id: 7 } } }),
        ],
      ],
    ],
    gives: [
      { number: 1, author: { id: 3, login: "dora" }, merged: true, base: "development", head: HEAD },
      { number: 2, author: { id: 3, login: "dora" }, merged: false, base: "development", head: HEAD },
    ],
  },
  {
    what: "who brought a commit that GitHub does not have",
    want: { want: "brought-by", commit: HEAD },
    answers: [[`${R}/commits/${HEAD}/pulls?per_page=100&page=1`, 422, { message: `No commit found for SHA: ${HEAD}` }]],
    gives: /^GitHub answered 422 \(No commit found for SHA: a+\) when asked for the pull requests that brought aaaaaaa/,
  },
  {
    what: "reviews in their order, without drafts",
    want: { want: "reviews", number: 5 },
    answers: [
      [
        `${R}/pulls/5/reviews?per_page=100&page=1`,
        200,
        [
          review("COMMENTED"),
          review("PENDING", { submitted_at: undefined }),
          review("CHANGES_REQUESTED", { commit_id: null }),
        ],
        next("/2"),
      ],
      [
        `${R}/pulls/5/reviews?per_page=100&page=2`,
        200,
        [review("APPROVED", { user: { id: 5, login: "bot[bot]", type: "Bot" } }), review("DISMISSED", { user: null })],
      ],
    ],
    gives: [
      { ...kept, state: "commented" },
      { ...kept, state: "changes-requested", commit: null },
      { ...kept, state: "approved", by: { id: 5, login: "bot[bot]", bot: true } },
      { ...kept, state: "dismissed", by: { id: 0, login: "ghost", bot: false } },
    ],
  },
  {
    what: "a review in a state that nobody has heard of",
    want: { want: "reviews", number: 5 },
    answers: [[`${R}/pulls/5/reviews?per_page=100&page=1`, 200, [review("BLESSED")]]],
    gives: /not as documented/,
  },
  {
    what: "a ruleset, found by its title",
    want: ofTitle,
    answers: [
      [
        RULESETS,
        200,
        [{ id: 41, name: "other", target: "branch" }, { id: 43, name: "flowgate: staging", target: "tag" }, ruleset],
      ],
      [`${R}/rulesets/42`, 200, ruleset],
    ],
    gives: [live],
  },
  {
    what: "a tag with a message",
    want: { want: "tag", tag: "v1.4.0+1" },
    answers: [
      [`${R}/git/ref/tags/v1.4.0%2B1`, 200, { object: { type: "tag", sha: HEAD } }],
      [`${R}/git/tags/${HEAD}`, 200, { object: { type: "commit", sha: OTHER } }],
    ],
    gives: { object: HEAD, commit: OTHER },
  },
  {
    what: "a tag without one",
    want: { want: "tag", tag: "v1.4.0" },
    answers: [[`${R}/git/ref/tags/v1.4.0`, 200, { object: { type: "commit", sha: HEAD } }]],
    gives: { object: HEAD, commit: HEAD },
  },
  {
    what: "no such tag",
    want: { want: "tag", tag: "v1.4.0" },
    answers: [[`${R}/git/ref/tags/v1.4.0`, 404, { message: "Not Found" }]],
    gives: null,
  },
  {
    what: "the name that somebody gave",
    want: { want: "user", id: 4, login: "rita" },
    answers: [["/users/rita", 200, { id: 4, login: "rita", name: " Rita R. " }]],
    gives: { name: "Rita R." },
  },
  {
    what: "somebody who gave none",
    want: { want: "user", id: 4, login: "rita" },
    answers: [["/users/rita", 200, { id: 4, login: "rita", name: "" }]],
    gives: { name: null },
  },
  {
    what: "somebody else, who has the login now",
    want: { want: "user", id: 4, login: "rita" },
    answers: [["/users/rita", 200, { id: 5, login: "rita", name: "Another Rita" }]],
    gives: { name: null },
  },
  {
    what: "an account that is gone",
    want: { want: "user", id: 4, login: "rita" },
    answers: [["/users/rita", 404, { message: "Not Found" }]],
    gives: { name: null },
  },
  {
    what: "a name that GitHub does not tell",
    want: { want: "user", id: 4, login: "rita" },
    answers: [["/users/rita", 500, { message: "Oops" }]],
    gives: /500/,
  },
  {
    what: "several rulesets by one list, also where somebody made one for something else",
    want: ofTitles,
    answers: [
      [RULESETS, 200, [ruleset, { id: 43, name: "flowgate: tags", target: null }]],
      [`${R}/rulesets/43`, 200, { ...ruleset, id: 43, name: "flowgate: tags" }],
      [`${R}/rulesets/42`, 200, ruleset],
    ],
    gives: [{ ...live, id: 43, name: "flowgate: tags" }, live],
  },
  {
    what: "a ruleset with people who may bypass it",
    want: ofTitle,
    answers: [
      [RULESETS, 200, [ruleset]],
      [`${R}/rulesets/42`, 200, { ...ruleset, conditions: null, bypass_actors: BYPASSES }],
    ],
    gives: [
      {
        ...live,
        include: [],
        bypassActors: [
          { actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" },
          { actor_id: null, actor_type: "DeployKey", bypass_mode: "exempt" },
        ],
      },
    ],
  },
  { what: "no ruleset", want: ofTitle, answers: [[RULESETS, 200, []]], gives: [] },
  {
    what: "a ruleset that was deleted meanwhile",
    want: ofTitle,
    answers: [
      [RULESETS, 200, [ruleset]],
      [`${R}/rulesets/42`, 404, { message: "Not Found" }],
    ],
    gives: [],
  },
  {
    what: "rulesets of which one cannot be read",
    want: ofTitles,
    answers: [
      [RULESETS, 200, [ruleset]],
      [`${R}/rulesets/42`, 403, { message: "Resource not accessible by integration" }],
    ],
    gives: /when asked for the rulesets flowgate: tags, flowgate: staging/,
  },
  {
    what: "a ruleset where we may not look",
    want: ofTitle,
    answers: [[RULESETS, 403, { message: "Resource not accessible by integration" }]],
    gives:
      /^GitHub answered 403 \(Resource not accessible by integration\) when asked for the ruleset flowgate: staging/,
  },
  {
    what: "the rules of a branch",
    want: rules,
    answers: [
      [
        RULES,
        200,
        [
          { type: "deletion", ruleset_id: 42 },
          {
            type: "required_status_checks",
            parameters: {
              required_status_checks: [{ context: "flowgate: staging", integration_id: 12345 }, { context: "ci" }],
            },
          },
        ],
      ],
      [RULED, 200, ruled],
    ],
    gives: [
      { type: "deletion", checks: [] },
      {
        type: "required_status_checks",
        checks: [
          { context: "flowgate: staging", app: 12345 },
          { context: "ci", app: null },
        ],
      },
    ],
  },
  {
    what: "rules that do not say which checks they require",
    want: rules,
    answers: [
      [RULES, 200, [{ type: "required_status_checks" }]],
      [RULED, 200, ruled],
    ],
    gives: /not as documented/,
  },
];

describe("an answer to each want", () => {
  testEach(rows);
});

test("wants are answered together, each under its own key, and one that fails spoils no other", async () => {
  const scope = signedIn();
  scope.get(R).reply(200, repository).get(`${R}/branches/staging`).reply(502, "<html>");
  const { github } = connected();
  const wants: WantOfGithub[] = [{ want: "repository" }, { want: "branch", branch: staging }];
  const read = await github.look(LEASE, FACTS, wants);
  expect([...read].map(([key, fact]) => [key, (fact as Fact<unknown>).known])).toEqual([
    ["repository", true],
    ["branch staging", false],
  ]);
  scope.done();
});

test("without a name nothing is asked", async () => {
  const { github } = connected();
  nock.disableNetConnect();
  const read = await github.look(LEASE, { ...FACTS, component: null }, [{ want: "repository" }]);
  expect(read.get("repository")).toMatchObject({ known: false, because: expect.stringContaining("name") });
});

describe("what has not changed is not sent again", () => {
  const branchWant: WantOfGithub = { want: "branch", branch: staging };
  const body = { name: "staging", commit: { sha: HEAD } };

  test("a second look carries the ETag, and 304 gives the value that was kept", async () => {
    const { github, skip } = connected();
    signedIn().get(`${R}/branches/staging`).reply(200, body, { etag: '"one"' });
    await github.look(LEASE, FACTS, [branchWant]);
    skip(60_000);
    const scope = nock(API, { reqheaders: { "if-none-match": '"one"' } });
    scope.get(`${R}/branches/staging`).reply(304);
    const read = await github.look(LEASE, FACTS, [branchWant]);
    expect(read.get("branch staging")).toEqual({ known: true, value: HEAD, at: "2026-11-24T12:01:00.000Z" });
    scope.done();
  });

  test("another answer replaces what was kept", async () => {
    const { github, kept: cache } = connected();
    const scope = signedIn();
    scope.get(`${R}/branches/staging`).reply(200, body, { etag: '"one"' });
    scope.get(`${R}/branches/staging`).reply(200, { name: "staging", commit: { sha: OTHER } }, { etag: '"two"' });
    await github.look(LEASE, FACTS, [branchWant]);
    const read = await github.look(LEASE, FACTS, [branchWant]);
    expect(read.get("branch staging")).toMatchObject({ value: OTHER });
    expect([...cache.values()].map(({ etag }) => etag)).toEqual(['"two"']);
  });

  test("an unchanged page that is full, or had a next one, does not end a list", async () => {
    const { github } = connected();
    const scope = signedIn();
    const pulls = (page: number) => `${R}/pulls?state=open&per_page=100&page=${page}`;
    const full = Array.from({ length: 100 }, (_, index) => pullBody(index + 1));
    scope.get(pulls(1)).reply(200, full, { etag: '"full"' });
    await github.look(LEASE, FACTS, [{ want: "open-pulls" }]);
    scope
      .get(pulls(1))
      .reply(304)
      .get(pulls(2))
      .reply(200, [pullBody(101)]);
    const read = await github.look(LEASE, FACTS, [{ want: "open-pulls" }]);
    expect((read.get("open-pulls") as { value: unknown[] }).value).toHaveLength(101);
    scope.done();
  });

  test("what an earlier version of Flowgate kept is not used", async () => {
    const first = connected();
    signedIn().get(`${R}/branches/staging`).reply(200, body, { etag: '"one"' });
    await first.github.look(LEASE, FACTS, [branchWant]);
    const cache = { get: async (url: string) => first.kept.get(url) ?? null, keep: async () => undefined };
    const second = connected({ version: "1.2.4", cache });
    const scope = nock(API, { badheaders: ["if-none-match"] });
    scope.get(`${R}/branches/staging`).reply(200, body);
    await second.github.look(LEASE, FACTS, [branchWant]);
    scope.done();
  });
});

describe("what can never change is asked for once", () => {
  const of = (base: string): WantOfGithub => ({ want: "compare", base: sha(base), head: HEAD });
  const address = (base: string, page: number) => `${R}/compare/${base}...${HEAD}?per_page=100&page=${page}`;
  const total = { ahead_by: 130, total_commits: 130 };
  const etag = { etag: '"one"' };
  /** Looks twice, a minute apart: `scope` answers the first time only. */
  async function twice(want: WantOfGithub, scope: nock.Scope) {
    const { github, skip } = connected();
    const first = (await github.look(LEASE, FACTS, [want])).values().next().value as Fact<unknown>;
    scope.done();
    skip(60_000);
    const second = (await github.look(LEASE, FACTS, [want])).values().next().value as Fact<unknown>;
    return { first, second };
  }

  test("the tree of a commit", async () => {
    const scope = signedIn();
    scope.get(`${R}/git/commits/${HEAD}`).reply(200, { sha: HEAD, tree: { sha: TREE }, parents: [] }, etag);
    const { second } = await twice({ want: "tree", commit: HEAD }, scope);
    expect(second).toEqual({ known: true, value: TREE, at: "2026-11-24T12:01:00.000Z" });
  });

  test("the parents of a commit and its tree, one after the other", async () => {
    const scope = signedIn();
    const address = `${R}/git/commits/${HEAD}`;
    scope.get(address).reply(200, { sha: HEAD, tree: { sha: TREE }, parents: [{ sha: OTHER }] }, etag);
    const { github } = connected();
    const told = async (want: WantOfGithub) =>
      [...(await github.look(LEASE, FACTS, [want])).values()].map((fact) => fact.known && fact.value);
    expect(await told({ want: "parents", commit: HEAD })).toEqual([[OTHER]]);
    scope.done();
    expect(await told({ want: "tree", commit: HEAD })).toEqual([TREE]);
  });

  test("a comparison of two commits, with all its pages", async () => {
    const scope = signedIn();
    scope.get(address(OTHER, 1)).reply(200, comparison(commits(0, 100), total), { ...etag, ...next("/2") });
    scope.get(address(OTHER, 2)).reply(200, comparison(commits(100, 30), total), etag);
    const { first, second } = await twice(of(OTHER), scope);
    expect(first).toMatchObject({ known: true, value: { ahead: 130, whole: true } });
    expect(second).toEqual({ ...first, at: "2026-11-24T12:01:00.000Z" });
  });

  test("of pages that GitHub did not answer for, only those", async () => {
    const { github } = connected();
    const scope = signedIn();
    scope.get(address(OTHER, 1)).reply(200, comparison(commits(0, 100), total), { ...etag, ...next("/2") });
    scope.get(address(OTHER, 2)).reply(502);
    scope.get(address(OTHER, 2)).reply(200, comparison(commits(100, 30), total), etag);
    const known = async () =>
      ((await github.look(LEASE, FACTS, [of(OTHER)])).values().next().value as Fact<unknown>).known;
    expect([await known(), await known(), await known()]).toEqual([false, true, true]);
    scope.done();
  });

  test.each(["staging", OTHER.slice(0, 39), OTHER.toUpperCase()])(
    "but not a comparison with %s, which is no full id",
    async (base) => {
      const { github } = connected();
      const scope = signedIn();
      scope.get(address(base, 1)).reply(200, comparison([commit(HEAD)]), etag);
      await github.look(LEASE, FACTS, [of(base)]);
      scope.get(address(base, 1)).reply(304);
      await github.look(LEASE, FACTS, [of(base)]);
      scope.done();
    },
  );
});
