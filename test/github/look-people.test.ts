import { describe } from "@jest/globals";
import type { Want } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import { next, R, type Row, repository, testEach } from "./answers.ts";

const person = (id: number, login: string) => ({ id, login, type: "User", site_admin: false });
const dora = person(3, "dora");
const rita = person(4, "rita");
const kept = { dora: { id: 3, login: "dora" }, rita: { id: 4, login: "rita" } };

const team: Want = { want: "team", team: "@acme/release-managers" };
const members = (page: number) => `/orgs/acme/teams/release-managers/members?per_page=100&page=${page}`;

const teams: readonly Row[] = [
  {
    what: "members of all pages, each once",
    want: team,
    answers: [
      [members(1), 200, [dora, rita], next("/2")],
      [members(2), 200, [rita]],
    ],
    gives: [kept.dora, kept.rita],
  },
  { what: "nobody", want: team, answers: [[members(1), 200, []]], gives: [] },
  {
    what: "no such team, of a repository that is there",
    want: team,
    answers: [
      [members(1), 404, { message: "Not Found" }],
      [R, 200, repository],
    ],
    gives: null,
  },
  {
    what: "a 404 while the repository cannot be seen either",
    want: team,
    answers: [
      [members(1), 404, { message: "Not Found" }],
      [R, 404, { message: "Not Found" }],
    ],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the members of @acme\/release-managers of org\/api\.$/,
  },
  {
    what: "a team that the App may not look into",
    want: team,
    answers: [[members(1), 403, { message: "Resource not accessible by integration" }]],
    gives: /403/,
  },
  { what: "what is no team's name, without asking", want: { want: "team", team: "@acme" }, answers: [], gives: null },
  {
    what: "a member without an id",
    want: team,
    answers: [[members(1), 200, [{ login: "dora" }]]],
    gives: /not as documented/,
  },
];

const access: Want = { want: "team-access", team: "@acme/release-managers" };
const ACCESS = `/orgs/acme/teams/release-managers${R}`;
const accesses: readonly Row[] = [
  { what: "one that was let in", want: access, answers: [[ACCESS, 204]], gives: true },
  {
    what: "one that was not",
    want: access,
    answers: [
      [ACCESS, 404, { message: "Not Found" }],
      [R, 200, repository],
    ],
    gives: false,
  },
  {
    what: "a 404 while the repository cannot be seen either",
    want: access,
    answers: [
      [ACCESS, 404, { message: "Not Found" }],
      [R, 404, { message: "Not Found" }],
    ],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the access of @acme\/release-managers of org\/api\.$/,
  },
  {
    what: "what is no team's name, without asking",
    want: { want: "team-access", team: "@acme" },
    answers: [],
    gives: false,
  },
];

const collaborators: Want = { want: "collaborators" };
const COLLABORATORS = (page: number) => `${R}/collaborators?affiliation=all&per_page=100&page=${page}`;
const may = (more: object) => ({ admin: false, maintain: false, push: false, triage: false, pull: true, ...more });
const withRole = (role_name: string | undefined, permissions: object | undefined) => ({
  ...dora,
  ...(role_name === undefined ? {} : { role_name }),
  ...(permissions === undefined ? {} : { permissions }),
});
const right = (role: string, given: object): Row => ({
  what: `${role}, from an organisation's own role`,
  want: collaborators,
  answers: [[COLLABORATORS(1), 200, [withRole("auditor", may(given))]]],
  gives: [{ person: kept.dora, right: role }],
});

const rights: readonly Row[] = [
  {
    what: "everybody of all pages with GitHub's own roles, each once",
    want: collaborators,
    answers: [
      [
        COLLABORATORS(1),
        200,
        [withRole("maintain", may({ maintain: true, push: true })), { ...rita, role_name: "read" }],
        next("/2"),
      ],
      [COLLABORATORS(2), 200, [{ ...rita, role_name: "read" }]],
    ],
    gives: [
      { person: kept.dora, right: "maintain" },
      { person: kept.rita, right: "read" },
    ],
  },
  right("admin", { admin: true, maintain: true, push: true, triage: true }),
  right("maintain", { maintain: true, push: true, triage: true }),
  right("write", { push: true, triage: true }),
  right("triage", { triage: true }),
  right("read", {}),
  right("none", { pull: false }),
  {
    what: "a role of the organisation's own, without what it permits",
    want: collaborators,
    answers: [[COLLABORATORS(1), 200, [withRole("auditor", undefined)]]],
    gives: /not as documented/,
  },
  {
    what: "collaborators that the App may not see",
    want: collaborators,
    answers: [[COLLABORATORS(1), 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the collaborators of org\/api\.$/,
  },
  {
    what: "everybody of another repository",
    want: { want: "collaborators", of: "org/web" },
    answers: [
      ["/repos/org/web/collaborators?affiliation=all&per_page=100&page=1", 200, [{ ...rita, role_name: "read" }]],
    ],
    gives: [{ person: kept.rita, right: "read" }],
  },
  {
    what: "those of another repository that the App may not see",
    want: { want: "collaborators", of: "org/web" },
    answers: [["/repos/org/web/collaborators?affiliation=all&per_page=100&page=1", 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the collaborators of org\/web\.$/,
  },
];

const pushers: Want = { want: "pushers", branch: branch("feature/login") };
const ACTIVITY = `${R}/activity?ref=refs%2Fheads%2Ffeature%2Flogin&per_page=100`;
const activity = (activity_type: string, actor: object | null) => ({
  id: 1,
  before: "0".repeat(40),
  after: "a".repeat(40),
  ref: "refs/heads/feature/login",
  timestamp: "2026-11-24T10:00:00Z",
  activity_type,
  actor,
});
const after = (cursor: string) => ({
  link: `<https://api.github.com/repositories/100/activity?ref=refs%2Fheads%2Ffeature%2Flogin&per_page=100&after=${cursor}>; rel="next"`,
});

const pushes: readonly Row[] = [
  {
    what: "whoever pushed in any way, each once, and not who deleted it",
    want: pushers,
    answers: [
      [
        ACTIVITY,
        200,
        [
          activity("branch_deletion", person(9, "olaf")),
          activity("push", dora),
          activity("force_push", person(5, "tom")),
          activity("pr_merge", dora),
          activity("merge_queue_merge", null),
          activity("branch_creation", rita),
        ],
      ],
    ],
    gives: [kept.dora, { id: 5, login: "tom" }, kept.rita],
  },
  {
    what: "pages that follow one another by the cursor of their link",
    want: pushers,
    answers: [
      [ACTIVITY, 200, [activity("push", dora)], after("Y3Vyc29yOjE%3D")],
      [`${ACTIVITY}&after=Y3Vyc29yOjE%3D`, 200, [activity("push", rita)]],
    ],
    gives: [kept.dora, kept.rita],
  },
  {
    what: "a next page that nobody can ask for",
    want: pushers,
    answers: [[ACTIVITY, 200, [activity("push", dora)], next("/2")]],
    gives: /not as documented \(its link to the next page has no cursor\) when asked for who pushed to feature\/login/,
  },
  {
    what: "a second page that fails",
    want: pushers,
    answers: [
      [ACTIVITY, 200, [activity("push", dora)], after("two")],
      [`${ACTIVITY}&after=two`, 502],
    ],
    gives: /502/,
  },
  {
    what: "something done to a branch that nobody has heard of",
    want: pushers,
    answers: [[ACTIVITY, 200, [activity("blessing", dora)]]],
    gives: /not as documented/,
  },
  {
    what: "activity that the App may not see",
    want: pushers,
    answers: [[ACTIVITY, 404, { message: "Not Found" }]],
    gives: /404/,
  },
];

describe("the members of a team", () => testEach(teams));
describe("whether a team may see a repository", () => testEach(accesses));
describe("what people may do in a repository", () => testEach(rights));
describe("who pushed to a branch", () => testEach(pushes));
