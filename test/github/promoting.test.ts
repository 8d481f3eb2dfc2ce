import { describe, expect, test } from "@jest/globals";
import type nock from "nock";
import { withList } from "../../src/flow/carried-list.ts";
import type { Effect, Receipt } from "../../src/flow/effect.ts";
import { type Branch, branch, type Hash, later, type Sha, type Slot } from "../../src/flow/names.ts";
import { connected, HEAD, LEASE, NAME, NOW, OTHER, pullBody, REPOSITORY, signedIn } from "./api.ts";

const R = "/repos/org/api";
const common = {
  does: "set",
  slot: "s" as Slot,
  fingerprint: "f" as Hash,
  repository: REPOSITORY,
  name: NAME,
} as const;
const MERGE: Effect = { ...common, thing: "merge", number: 12, head: HEAD as Sha, method: "merge" };
const PINNED: Branch = branch("release/2026-11-24-1234567");
const PROMOTION: Extract<Effect, { thing: "promotion" }> = {
  ...common,
  thing: "promotion",
  branch: PINNED,
  base: branch("staging"),
  pinned: HEAD as Sha,
  title: "Promote development to staging",
  body: "Why",
};
const TAG: Effect = { ...common, thing: "tag", tag: "v1.4.0", commit: HEAD as Sha, message: "v1.4.0\n" };
const MARK = "<!-- flowgate:release 12 -->";
const RELEASE: Extract<Effect, { thing: "release" }> = {
  ...common,
  thing: "release",
  tag: "v1.4.0",
  commit: HEAD as Sha,
  title: "v1.4.0",
  mark: MARK,
  body: `Notes\n\n${MARK}`,
  draft: true,
  over: null,
};

const BRANCH: Effect = { ...common, thing: "branch", branch: PINNED, to: OTHER as Sha };

const list = (...lines: readonly string[]) => withList({ before: "Hello.\n\n", after: "" }, lines.join("\n"));
const BODY: Extract<Effect, { thing: "pull-body" }> = {
  ...common,
  thing: "pull-body",
  number: 12,
  list: "- #1 a",
  adds: false,
  title: { from: "Release v1.4.0", to: "Release v1.5.0" },
};
const ADDS: Effect = { ...BODY, adds: true, title: null };
const REVIEWERS: Effect = { ...common, thing: "reviewers", number: 12, people: ["otto"], teams: ["quality"] };
const says = (title: string, body: string | null): Call => [
  "GET",
  `${R}/pulls/12`,
  "",
  200,
  { ...pullBody(12), title, body },
];
const rewrites = (sent: object, status = 200): Call => ["PATCH", `${R}/pulls/12`, sent, status, { number: 12 }];
const asksFor = (status: number, answer: object): Call => [
  "POST",
  `${R}/pulls/12/requested_reviewers`,
  { reviewers: ["otto"], team_reviewers: ["quality"] },
  status,
  answer,
];

type Call = readonly [method: string, path: string, sent: object | string, status: number, answer?: object];
const said = (message: string) => ({ message });
const TAKEN = said("Reference already exists");

const merges = (status: number, answer: object = {}): Call => [
  "PUT",
  `${R}/pulls/12/merge`,
  { sha: HEAD, merge_method: "merge" },
  status,
  answer,
];
const made: Call = ["POST", `${R}/git/refs`, { ref: `refs/heads/${PINNED}`, sha: HEAD }, 201, {}];
const OPENING = { head: PINNED, base: "staging", title: PROMOTION.title, body: "Why" };
const opens = (status: number, answer: object = {}): Call => ["POST", `${R}/pulls`, OPENING, status, answer];
const FROM = `${R}/pulls?state=open&head=org%3Arelease%2F2026-11-24-1234567&base=staging&per_page=100&page=1`;
const moves = (status: number, answer: object = {}): Call => [
  "PATCH",
  `${R}/git/refs/heads/${PINNED}`,
  { sha: OTHER, force: false },
  status,
  answer,
];
const OBJECT: Call = [
  "POST",
  `${R}/git/tags`,
  { tag: "v1.4.0", message: "v1.4.0\n", object: HEAD, type: "commit" },
  201,
  { sha: OTHER },
];
const names = (status: number, answer: object = {}): Call => [
  "POST",
  `${R}/git/refs`,
  { ref: "refs/tags/v1.4.0", sha: OTHER },
  status,
  answer,
];
/** A tag object that was made before. */
const EARLIER = "e".repeat(40);
const REF = `${R}/git/ref/tags/v1.4.0`;
const SAID = { tag_name: "v1.4.0", target_commitish: HEAD, name: "v1.4.0", body: RELEASE.body, draft: true };
const FILES = "https://uploads.github.com/repos/org/api/releases/900/assets{?name,label}";
const shown = { id: 900, tag_name: "v1.4.0", name: "v1.4.0", body: RELEASE.body, draft: true, upload_url: FILES };

async function did(effect: Effect, calls: readonly Call[]): Promise<Receipt> {
  const scope = signedIn();
  for (const [method, path, sent, status, answer] of calls)
    scope.intercept(path, method, sent as nock.DataMatcherMap).reply(status, answer);
  const receipt = await connected().github.perform(LEASE, effect);
  scope.done();
  return receipt;
}

describe("What promotes", () => {
  test.each<[string, Effect, readonly Call[], object]>([
    ["a merge, at its head", MERGE, [merges(200, { sha: OTHER, merged: true })], { came: "done", id: 12 }],
    [
      "a merge that GitHub's rules forbid",
      MERGE,
      [merges(405, said("Required status check “flowgate: staging” is expected."))],
      { came: "refused", because: expect.stringContaining("Required status check") },
    ],
    ...(
      [
        [
          "Repository rule violations found\n\nCannot update this protected ref.\n\n",
          "an admin lets the App bypass it",
        ],
        [
          "refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission",
          "give the App the permission Workflows: write",
        ],
        ["Changes must be made through the merge queue", "somebody presses *Merge when ready* on it"],
        ["Merge commits are not allowed on this repository.", "An admin allows this way of merging"],
        [
          "At least 1 approving review is required by reviewers with write access.",
          "a rule beside Flowgate's: meet it",
        ],
      ] as const
    ).map(([words, cure]): [string, Effect, readonly Call[], object] => [
      `a merge that GitHub refuses with a cure: ${words}`,
      MERGE,
      [merges(405, said(words))],
      { came: "refused", because: expect.stringContaining(cure) },
    ]),
    [
      "a merge that GitHub refuses for a reason of its own",
      MERGE,
      [merges(405, said("Pull Request is still a draft"))],
      { because: "GitHub answered 405 (Pull Request is still a draft) when asked to merge #12 in org/api." },
    ],
    [
      "a merge beside somebody else's: it is looked at again",
      MERGE,
      [merges(405, said("Base branch was modified. Review and try the merge again."))],
      { came: "unsure" },
    ],
    [
      "a merge of a head that moved: it is looked at again",
      MERGE,
      [merges(409, said("Head branch was modified. Review and try the merge again."))],
      { came: "unsure" },
    ],
    ["a merge that GitHub may have done", MERGE, [merges(502)], { came: "unsure" }],
    [
      "a merge without the permission",
      MERGE,
      [merges(403, said("Resource not accessible by integration"))],
      { came: "refused", because: expect.stringContaining("Contents: write") },
    ],
    ["a branch and its pull request", PROMOTION, [made, opens(201, { id: 1, number: 13 })], { came: "done", id: 13 }],
    [
      "a pull request from a branch that is there",
      PROMOTION,
      [
        ["POST", `${R}/git/refs`, { ref: `refs/heads/${PINNED}`, sha: HEAD }, 422, TAKEN],
        opens(201, { id: 1, number: 13 }),
      ],
      { came: "done", id: 13 },
    ],
    [
      "a branch that GitHub does not make",
      PROMOTION,
      [["POST", `${R}/git/refs`, { ref: `refs/heads/${PINNED}`, sha: HEAD }, 502]],
      { came: "unsure" },
    ],
    [
      "a pull request from the stage itself",
      { ...PROMOTION, pinned: null },
      [opens(201, { id: 1, number: 13 })],
      { came: "done", id: 13 },
    ],
    [
      "a pull request that is open already",
      PROMOTION,
      [
        made,
        opens(422, said("A pull request already exists for org:release/x.")),
        ["GET", FROM, "", 200, [pullBody(9)]],
      ],
      { came: "done", id: 9 },
    ],
    [
      "one that is said to be open and is in no list",
      PROMOTION,
      [made, opens(422, said("A pull request already exists for org:release/x.")), ["GET", FROM, "", 200, []]],
      { came: "refused" },
    ],
    [
      "one that is open while the list is silent",
      PROMOTION,
      [made, opens(422, said("A pull request already exists for org:release/x.")), ["GET", FROM, "", 502]],
      { came: "unsure" },
    ],
    [
      "a pull request that brings nothing",
      PROMOTION,
      [made, opens(422, said("No commits between staging and release/x"))],
      { came: "refused", because: expect.stringContaining("No commits between") },
    ],
    [
      "a list and a title, around what people wrote",
      BODY,
      [says("Release v1.4.0", list("- #0 old")), rewrites({ title: "Release v1.5.0", body: list("- #1 a") })],
      { came: "done", id: 12 },
    ],
    [
      "a list, and not the title that people gave it",
      BODY,
      [says("The big one", list("- #0 old")), rewrites({ body: list("- #1 a") })],
      { came: "done", id: 12 },
    ],
    ["a list that is there", BODY, [says("The big one", list("- #1 a"))], { came: "done", id: 12 }],
    ["a list that people took away", BODY, [says("The big one", "Hello.")], { came: "done", id: 12 }],
    [
      "a title where people left no room",
      BODY,
      [
        says("Release v1.4.0", withList({ before: "x".repeat(65_470), after: "" }, "- #0 old")),
        rewrites({ title: "Release v1.5.0" }),
      ],
      { came: "done", id: 12 },
    ],
    [
      "a list below what people wrote",
      ADDS,
      [says("Ship it", "Hello."), rewrites({ body: list("- #1 a") })],
      { came: "done", id: 12 },
    ],
    [
      "a list where nobody wrote anything",
      ADDS,
      [says("Ship it", null), rewrites({ body: withList({ before: "", after: "" }, "- #1 a") })],
      { came: "done", id: 12 },
    ],
    ["a list while GitHub is silent", BODY, [["GET", `${R}/pulls/12`, "", 502]], { came: "unsure" }],
    [
      "a list without the permission",
      ADDS,
      [
        says("Ship it", "Hello."),
        ["PATCH", `${R}/pulls/12`, { body: list("- #1 a") }, 403, said("Resource not accessible by integration")],
      ],
      {
        came: "refused",
        because: expect.stringContaining("pull requests in org/api: give the App the permission Pull"),
      },
    ],
    [
      "a list that GitHub may have written",
      ADDS,
      [says("Ship it", "Hello."), rewrites({ body: list("- #1 a") }, 502)],
      { came: "unsure", because: expect.stringContaining("bring the list of #12 in org/api up to date") },
    ],
    ["requests for reviews", REVIEWERS, [asksFor(201, pullBody(12))], { came: "done", id: 12 }],
    [
      "requests for reviews of those who may not read it",
      REVIEWERS,
      [asksFor(422, said("Reviews may only be requested from collaborators."))],
      {
        came: "refused",
        because:
          "GitHub answered 422 (Reviews may only be requested from collaborators.) when asked to request reviews of #12 in org/api.",
      },
    ],
    ["a branch that is moved on", BRANCH, [moves(200, { ref: PINNED })], { came: "done", id: 0 }],
    [
      "a branch that is somewhere else",
      BRANCH,
      [moves(422, said("Update is not a fast forward"))],
      { came: "refused", because: expect.stringContaining("Update is not a fast forward") },
    ],
    [
      "a branch that is gone",
      BRANCH,
      [moves(422, said("Reference does not exist"))],
      { came: "refused", because: expect.stringContaining("Reference does not exist") },
    ],
    [
      "a branch without the permission",
      BRANCH,
      [moves(403, said("Resource not accessible by integration"))],
      {
        came: "refused",
        because: expect.stringContaining("branches in org/api: give the App the permission Contents: write"),
      },
    ],
    ["a branch that GitHub may have moved", BRANCH, [moves(502)], { came: "unsure" }],
    [
      "a branch whose name is written in the address",
      { ...BRANCH, branch: branch("release/a#1") } as Effect,
      [["PATCH", `${R}/git/refs/heads/release/a%231`, { sha: OTHER, force: false }, 200, {}]],
      { came: "done" },
    ],
    ["a tag: the object, then its name", TAG, [OBJECT, names(201)], { came: "done", id: 0, told: OTHER }],
    ["a tag object that is none", TAG, [[...OBJECT.slice(0, 4), {}] as unknown as Call], { came: "unsure" }],
    [
      "a tag object that GitHub does not make",
      TAG,
      [[...OBJECT.slice(0, 3), 502] as unknown as Call],
      { came: "unsure" },
    ],
    ["a tag whose name GitHub does not give", TAG, [OBJECT, names(502)], { came: "unsure" }],
    [
      "a tag that is there for the same commit",
      TAG,
      [
        OBJECT,
        names(422, TAKEN),
        ["GET", REF, "", 200, { object: { type: "tag", sha: EARLIER } }],
        ["GET", `${R}/git/tags/${EARLIER}`, "", 200, { object: { type: "commit", sha: HEAD } }],
      ],
      { came: "done", id: 0, told: EARLIER },
    ],
    [
      "a tag that is there for another commit",
      TAG,
      [OBJECT, names(422, TAKEN), ["GET", REF, "", 200, { object: { type: "commit", sha: OTHER } }]],
      { came: "refused", because: expect.stringContaining("Reference already exists") },
    ],
    [
      "a tag that is there while GitHub is silent",
      TAG,
      [OBJECT, names(422, TAKEN), ["GET", REF, "", 502]],
      { came: "unsure" },
    ],
    ["a draft", RELEASE, [["POST", `${R}/releases`, SAID, 201, shown]], { came: "done", id: 900, told: FILES }],
    [
      "a draft that is published",
      { ...RELEASE, draft: false, over: 900 },
      [["PATCH", `${R}/releases/900`, { ...SAID, draft: false }, 200, { ...shown, draft: false }]],
      { came: "done", id: 900 },
    ],
    [
      "a draft that was deleted by hand, anew",
      { ...RELEASE, over: 900 },
      [
        ["PATCH", `${R}/releases/900`, SAID, 404, said("Not Found")],
        ["POST", `${R}/releases`, SAID, 201, { ...shown, id: 901 }],
      ],
      { came: "done", id: 901 },
    ],
    [
      "a draft that was deleted by hand, while GitHub is silent",
      { ...RELEASE, over: 900 },
      [
        ["PATCH", `${R}/releases/900`, SAID, 404, said("Not Found")],
        ["POST", `${R}/releases`, SAID, 502],
      ],
      { came: "unsure" },
    ],
    [
      "a draft that GitHub may have changed",
      { ...RELEASE, draft: false, over: 900 },
      [["PATCH", `${R}/releases/900`, { ...SAID, draft: false }, 502]],
      { came: "unsure" },
    ],
    [
      "a release that was deleted by hand before it is published",
      { ...RELEASE, draft: false, over: 900 },
      [["PATCH", `${R}/releases/900`, { ...SAID, draft: false }, 404, said("Not Found")]],
      {
        came: "refused",
        because:
          "GitHub does not show the release v1.4.0 any more when asked to publish the release v1.4.0 of org/api.",
      },
    ],
    ["a draft of which GitHub says nothing", RELEASE, [["POST", `${R}/releases`, SAID, 201, {}]], { came: "unsure" }],
  ])("%s", async (_what, effect, calls, came) => {
    expect(await did(effect, calls)).toMatchObject(came);
  });
});

describe("What an earlier run promoted", () => {
  const AT = `${R}/branches/${encodeURIComponent(PINNED)}`;
  const LIST = `${R}/releases?per_page=100&page=1`;
  const merged = { ...pullBody(12), state: "closed", merged: true, merge_commit_sha: OTHER };
  test.each<[string, Effect, readonly (readonly [string, number, object?])[], number | null | "unsure"]>([
    ["a merge that was done", MERGE, [[`${R}/pulls/12`, 200, merged]], 12],
    ["a merge that was not", MERGE, [[`${R}/pulls/12`, 200, pullBody(12)]], null],
    [
      "a merge at another head",
      MERGE,
      [[`${R}/pulls/12`, 200, { ...merged, head: { ...merged.head, sha: OTHER } }]],
      null,
    ],
    ["a merge while GitHub is silent", MERGE, [[`${R}/pulls/12`, 502]], "unsure"],
    ["a pull request that is open", PROMOTION, [[FROM, 200, [pullBody(13)]]], 13],
    ["no pull request", PROMOTION, [[FROM, 200, []]], null],
    ["a pull request while GitHub is silent", PROMOTION, [[FROM, 502]], "unsure"],
    [
      "a list that was written",
      BODY,
      [[`${R}/pulls/12`, 200, { ...pullBody(12), title: "Release v1.5.0", body: list("- #1 a") }]],
      12,
    ],
    [
      "a list that was not",
      BODY,
      [[`${R}/pulls/12`, 200, { ...pullBody(12), title: "x", body: list("- #0 old") }]],
      null,
    ],
    ["a list while GitHub is silent", BODY, [[`${R}/pulls/12`, 502]], "unsure"],
    ["requests for reviews: asking again tells nobody twice", REVIEWERS, [], null],
    ["a branch that was moved on", BRANCH, [[AT, 200, { name: PINNED, commit: { sha: OTHER } }]], 0],
    ["a branch that was not", BRANCH, [[AT, 200, { name: PINNED, commit: { sha: HEAD } }]], null],
    [
      "a branch that is gone",
      BRANCH,
      [
        [AT, 404, said("Branch not found")],
        [R, 200, { id: REPOSITORY, full_name: NAME, default_branch: "master" }],
      ],
      null,
    ],
    ["a branch while GitHub is silent", BRANCH, [[AT, 502]], "unsure"],
    ["a tag at its commit", TAG, [[REF, 200, { object: { type: "commit", sha: HEAD } }]], 0],
    ["a tag at another commit", TAG, [[REF, 200, { object: { type: "commit", sha: OTHER } }]], null],
    ["no tag", TAG, [[REF, 404, said("Not Found")]], null],
    ["a tag while GitHub is silent", TAG, [[REF, 502]], "unsure"],
    [
      "a tag whose object GitHub does not show",
      TAG,
      [
        [REF, 200, { object: { type: "tag", sha: OTHER } }],
        [`${R}/git/tags/${OTHER}`, 502],
      ],
      "unsure",
    ],
    ["a draft by its mark", RELEASE, [[LIST, 200, [{ ...shown, id: 899, body: null }, shown]]], 900],
    ["no draft", RELEASE, [[LIST, 200, [{ ...shown, body: "Others'" }]]], null],
    ["a draft that was to be published", { ...RELEASE, draft: false, over: 900 }, [[LIST, 200, [shown]]], null],
    [
      "a release that is published",
      { ...RELEASE, draft: false, over: 900 },
      [[LIST, 200, [{ ...shown, draft: false }]]],
      900,
    ],
    ["a draft while GitHub is silent", RELEASE, [[LIST, 502]], "unsure"],
  ])("%s", async (_what, effect, answers, id) => {
    const scope = signedIn();
    for (const [path, status, body] of answers) scope.get(path).reply(status, body);
    const receipt = await connected().github.find(LEASE, effect, later(NOW, -60_000));
    scope.done();
    if (id === null) expect(receipt).toBeNull();
    else expect(receipt).toMatchObject(id === "unsure" ? { came: "unsure" } : { came: "done", id });
  });
});
