import { describe, expect, test } from "@jest/globals";
import type { Want } from "../../src/flow/facts.ts";
import { branch, sha } from "../../src/flow/names.ts";
import { next, R, type Row, repository, testEach } from "./answers.ts";
import { connected, FACTS, HEAD, LEASE, listed, OTHER, pullBody, signedIn } from "./api.ts";

const issues: Want = { want: "issues", label: "blocks release" };
const ISSUES = (page: number) => `${R}/issues?state=open&labels=blocks%20release&per_page=100&page=${page}`;
const issue = (number: number, more: object = {}) => ({ id: number, number, title: `Bug ${number}`, ...more });

const text: Want = { want: "text", number: 5 };
const COMMIT = { sha: HEAD, tree: { sha: OTHER, url: "…" }, parents: [{ sha: OTHER }, { sha: HEAD, url: "…" }] };

const rows: readonly Row[] = [
  {
    what: "open issues of all pages, without the pull requests among them, each once",
    want: issues,
    answers: [
      [ISSUES(1), 200, [issue(9), issue(8, { pull_request: { url: "…" } })], next("/2")],
      [ISSUES(2), 200, [issue(9), issue(3)]],
    ],
    gives: [
      { number: 9, title: "Bug 9" },
      { number: 3, title: "Bug 3" },
    ],
  },
  { what: "no issue", want: issues, answers: [[ISSUES(1), 200, []]], gives: [] },
  {
    what: "issues of a repository without any",
    want: issues,
    answers: [[ISSUES(1), 410, { message: "Issues has been disabled in this repository." }]],
    gives: /^GitHub answered 410 .* when asked for the open issues labelled blocks release of org\/api\.$/,
  },
  {
    what: "an issue without a title",
    want: issues,
    answers: [[ISSUES(1), 200, [issue(1, { title: null })]]],
    gives: /not as documented \(0\.title/,
  },
  {
    what: "what a pull request says",
    want: text,
    answers: [[`${R}/pulls/5`, 200, pullBody(5)]],
    gives: { title: "Change 5", body: "Words" },
  },
  {
    what: "a pull request that says nothing",
    want: text,
    answers: [[`${R}/pulls/5`, 200, pullBody(5, { body: null })]],
    gives: { title: "Change 5", body: "" },
  },
  {
    what: "the text of another repository's pull request",
    want: text,
    answers: [[`${R}/pulls/5`, 200, pullBody(5, { base: { ref: "main", repo: { id: 7 } } })]],
    gives: /is of another repository/,
  },
  {
    what: "the text of no pull request",
    want: text,
    answers: [[`${R}/pulls/5`, 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the text of #5 of org\/api\.$/,
  },
  {
    what: "the tree of a commit",
    want: { want: "tree", commit: HEAD },
    answers: [[`${R}/git/commits/${HEAD}`, 200, { ...COMMIT, message: "Title", parents: [] }]],
    gives: OTHER,
  },
  {
    what: "the tree of a commit that is not there",
    want: { want: "tree", commit: HEAD },
    answers: [[`${R}/git/commits/${HEAD}`, 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the tree of aaaaaaa of org\/api\.$/,
  },
  {
    what: "the parents of a commit",
    want: { want: "parents", commit: HEAD },
    answers: [[`${R}/git/commits/${HEAD}`, 200, COMMIT]],
    gives: [OTHER, HEAD],
  },
  {
    what: "the parents of the first commit of all",
    want: { want: "parents", commit: HEAD },
    answers: [[`${R}/git/commits/${HEAD}`, 200, { ...COMMIT, parents: [] }]],
    gives: /^The commit was made on no other when asked for the parents of aaaaaaa of org\/api\.$/,
  },
  {
    what: "a commit that has neither",
    want: { want: "parents", commit: HEAD },
    answers: [[`${R}/git/commits/${HEAD}`, 200, { sha: HEAD }]],
    gives: /not as documented/,
  },
  {
    what: "the parents of a commit that is not there",
    want: { want: "parents", commit: HEAD },
    answers: [[`${R}/git/commits/${HEAD}`, 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the parents of aaaaaaa of org\/api\.$/,
  },
  {
    what: "a comparison with a commit",
    want: { want: "compare", base: OTHER, head: HEAD },
    answers: [[`${R}/compare/${OTHER}...${HEAD}?per_page=100&page=1`, 502]],
    gives: /^GitHub answered 502 when asked for what aaaaaaa has over bbbbbbb of org\/api\.$/,
  },
];

const want: Want = { want: "rules", branch: branch("main") };
const RULES = `${R}/rules/branches/main?per_page=100&page=1`;
const BRANCH = `${R}/branches/main`;
const shown = (protection?: object) => ({
  name: "main",
  commit: { sha: HEAD },
  protected: true,
  ...(protection === undefined ? {} : { protection }),
});
const requiring = (required_status_checks: object) => shown({ enabled: true, required_status_checks });
const deletion = { type: "deletion", checks: [] };
const rule = (...checks: readonly { context: string; app: number | null }[]) => ({
  type: "required_status_checks",
  checks,
});

const protections: readonly Row[] = [
  {
    what: "checks that it requires of an App or of any, beside a ruleset's rules",
    want,
    answers: [
      [RULES, 200, [{ type: "deletion" }]],
      [
        BRANCH,
        200,
        requiring({
          enforcement_level: "everyone",
          contexts: ["ci", "scan", "lint"],
          checks: [
            { context: "ci", app_id: 15368 },
            { context: "scan", app_id: null },
            { context: "lint", app_id: -1 },
          ],
        }),
      ],
    ],
    gives: [
      deletion,
      rule({ context: "ci", app: 15368 }, { context: "scan", app: null }, { context: "lint", app: null }),
    ],
  },
  {
    what: "checks by their name only, as older servers tell them",
    want,
    answers: [
      [RULES, 200, []],
      [BRANCH, 200, requiring({ enforcement_level: "everyone", contexts: ["ci"] })],
    ],
    gives: [rule({ context: "ci", app: null })],
  },
  {
    what: "none that it requires",
    want,
    answers: [
      [RULES, 200, [{ type: "deletion" }]],
      [BRANCH, 200, requiring({ enforcement_level: "off", contexts: [], checks: [] })],
    ],
    gives: [deletion],
  },
  {
    what: "no protection",
    want,
    answers: [
      [RULES, 200, []],
      [BRANCH, 200, shown()],
    ],
    gives: [],
  },
  {
    what: "no branch yet, for which rulesets speak already",
    want,
    answers: [
      [RULES, 200, [{ type: "deletion" }]],
      [BRANCH, 404, { message: "Branch not found" }],
      [R, 200, repository],
    ],
    gives: [deletion],
  },
  {
    what: "a protection that cannot be read",
    want,
    answers: [
      [RULES, 200, [{ type: "deletion" }]],
      [BRANCH, 502],
    ],
    gives: /^GitHub answered 502 when asked for the rules on main of org\/api\.$/,
  },
  {
    what: "a protection whose checks have no names",
    want,
    answers: [
      [RULES, 200, []],
      [BRANCH, 200, requiring({ contexts: [], checks: [{ app_id: 5 }] })],
    ],
    gives: /not as documented/,
  },
];

describe("what pull requests, issues and commits hold", () => testEach(rows));
describe("what a classic protection requires", () => testEach(protections));

test("a pull request's text and its facts are kept apart, though they stand at one address", async () => {
  const scope = signedIn();
  const pull: Want = { want: "pull", number: 5 };
  const { github } = connected();
  // The second is asked without the ETag of the first, since what was kept of it has no text.
  scope.get(`${R}/pulls/5`).twice().reply(200, pullBody(5), { etag: '"one"' });
  await github.look(LEASE, FACTS, [pull]);
  await github.look(LEASE, FACTS, [text]);
  // Both carry the same ETag now, so that they share one call.
  scope.get(`${R}/pulls/5`).reply(304);
  const read = await github.look(LEASE, FACTS, [text, pull]);
  expect(read.get("text 5")).toMatchObject({ value: { title: "Change 5", body: "Words" } });
  expect(read.get("pull 5")).toMatchObject({ value: listed(5) });
  scope.done();
});

test("an unchanged page of a list without page numbers leads on to the page it led to", async () => {
  const scope = signedIn();
  const address = `${R}/activity?ref=refs%2Fheads%2Fmain&per_page=100`;
  const push = (id: number, login: string) => [{ activity_type: "push", actor: { id, login } }];
  const link = { link: `<https://elsewhere.example/x?after=two>; rel="next"`, etag: '"one"' };
  scope.get(address).reply(200, push(3, "dora"), link);
  scope.get(`${address}&after=two`).twice().reply(200, push(4, "rita"));
  scope.get(address).matchHeader("if-none-match", '"one"').reply(304);
  const { github } = connected();
  const pushers: Want = { want: "pushers", branch: branch("main") };
  await github.look(LEASE, FACTS, [pushers]);
  const read = await github.look(LEASE, FACTS, [pushers]);
  expect(read.get("pushers main")).toMatchObject({ value: [{ login: "dora" }, { login: "rita" }] });
  scope.done();
});

test("a commit's own name is shortened for people, and a branch's is not", async () => {
  const scope = signedIn();
  scope.get(`${R}/compare/${"c".repeat(7)}...${HEAD}?per_page=100&page=1`).reply(502);
  const { github } = connected();
  const compare: Want = { want: "compare", base: branch("c".repeat(7)), head: sha(HEAD) };
  const read = await github.look(LEASE, FACTS, [compare]);
  expect([...read.values()]).toMatchObject([{ because: expect.stringContaining("over ccccccc of") }]);
  scope.done();
});
