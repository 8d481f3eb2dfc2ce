import { describe, expect } from "@jest/globals";
import type { Want } from "../../src/flow/facts.ts";
import { type Answer, next, R, type Row, testEach } from "./answers.ts";
import { HEAD } from "./api.ts";

const want: Want = { want: "checks", head: HEAD };
const runsAt = (page: number) => `${R}/commits/${HEAD}/check-runs?filter=latest&per_page=100&page=${page}`;
const statusAt = (page: number) => `${R}/commits/${HEAD}/status?per_page=100&page=${page}`;

const run = (id: number, more: object = {}) => ({
  id,
  name: "build",
  head_sha: HEAD,
  status: "completed",
  conclusion: "success",
  app: { id: 15368, slug: "github-actions" },
  ...more,
});
const status = (id: number, more: object = {}) => ({
  id,
  context: "ci/jenkins",
  state: "success",
  ...more,
});
const runs = (list: readonly object[], total = list.length) => ({ total_count: total, check_runs: list });
const statuses = (list: readonly object[]) => ({ state: "pending", total_count: list.length, statuses: list });
const none: Answer = [statusAt(1), 200, statuses([])];

const seen = {
  name: "build",
  app: 15368,
  ended: "success",
};

const rows: readonly Row[] = [
  {
    what: "check runs and statuses in one list",
    want,
    answers: [
      [runsAt(1), 200, runs([run(1)])],
      [statusAt(1), 200, statuses([status(2, { state: "error" })])],
    ],
    gives: [
      { ...seen, id: 1 },
      { name: "ci/jenkins", app: null, ended: "error", id: 2 },
    ],
  },
  {
    what: "no checks at all",
    want,
    answers: [[runsAt(1), 200, runs([])], none],
    gives: [],
  },
  {
    what: "runs that have not ended, in whatever state GitHub has for that",
    want,
    answers: [
      [
        runsAt(1),
        200,
        runs([
          run(1, { name: "a", status: "in_progress", conclusion: null }),
          run(2, { name: "b", status: "waiting", conclusion: null }),
        ]),
      ],
      none,
    ],
    gives: [
      { ...seen, id: 1, name: "a", ended: "pending" },
      { ...seen, id: 2, name: "b", ended: "pending" },
    ],
  },
  {
    what: "of two runs of one App and name, in two suites, the newest, and of another App its own",
    want,
    answers: [[runsAt(1), 200, runs([run(3, { conclusion: "failure" }), run(7), run(5, { app: { id: 9 } })])], none],
    gives: expect.arrayContaining([
      { ...seen, id: 7 },
      { ...seen, id: 5, app: 9 },
    ]),
  },
  {
    what: "runs of several pages",
    want,
    answers: [
      [runsAt(1), 200, runs([run(1, { name: "a" })], 2), next("/2")],
      [runsAt(2), 200, runs([run(2, { name: "b" })], 2)],
      none,
    ],
    gives: [
      { ...seen, id: 1, name: "a" },
      { ...seen, id: 2, name: "b" },
    ],
  },
  {
    what: "statuses of several pages, of each context the newest, whatever its case",
    want,
    answers: [
      [runsAt(1), 200, runs([])],
      [statusAt(1), 200, statuses([status(4, { context: "CI/Jenkins", state: "pending" })]), next("/2")],
      [statusAt(2), 200, statuses([status(3)])],
    ],
    gives: [{ name: "CI/Jenkins", app: null, ended: "pending", id: 4 }],
  },
  {
    what: "a run of an App that was deleted, which no App is taken for",
    want,
    answers: [[runsAt(1), 200, runs([run(1, { app: null })])], none],
    gives: [{ ...seen, id: 1, app: 0 }],
  },
  {
    what: "fewer runs than GitHub counts: one slipped between two pages",
    want,
    answers: [[runsAt(1), 200, runs([run(1)], 2), next("/2")], [runsAt(2), 200, runs([run(1)], 2)], none],
    gives: /^The list moved between two pages of the answer when asked for the checks of aaaaaaa of org\/api\.$/,
  },
  {
    what: "a run that ended without a conclusion",
    want,
    answers: [[runsAt(1), 200, runs([run(1, { conclusion: null })])], none],
    gives: /not as documented \(check_runs\.0: ended without a conclusion\)/,
  },
  {
    what: "a conclusion that nobody has heard of",
    want,
    answers: [[runsAt(1), 200, runs([run(1, { conclusion: "blessed" })])], none],
    gives: /not as documented/,
  },
  {
    what: "a status in a state that nobody has heard of",
    want,
    answers: [
      [runsAt(1), 200, runs([])],
      [statusAt(1), 200, statuses([status(1, { state: "blessed" })])],
    ],
    gives: /not as documented \(statuses\.0\.state/,
  },
  {
    what: "check runs without the statuses, which is half an answer",
    want,
    answers: [
      [runsAt(1), 200, runs([run(1)])],
      [statusAt(1), 502],
    ],
    gives: /^GitHub answered 502 when asked for the checks of aaaaaaa/,
  },
  {
    what: "a commit that is not there",
    want,
    answers: [[runsAt(1), 422, { message: `No commit found for SHA: ${HEAD}` }], none],
    gives: /^GitHub answered 422 \(No commit found for SHA/,
  },
];

describe("the checks of a commit", () => testEach(rows));
