import { describe, expect, test } from "@jest/globals";
import type { Effect } from "../../src/flow/effect.ts";
import { type Hash, later } from "../../src/flow/names.ts";
import {
  checkRun,
  comment,
  connected,
  HEAD,
  issue,
  LEASE,
  NOW,
  proposal,
  pullBody,
  reaction,
  ruleset,
  signedIn,
  WANTED,
} from "./api.ts";

const R = "/repos/org/api";
const RUNS = `${R}/commits/${HEAD}/check-runs?check_name=flowgate%3A%20staging&app_id=12345&filter=all&per_page=100&page=1`;
const RULESETS = `${R}/rulesets?includes_parents=false&per_page=100&page=1`;
const runs = (...found: readonly [id: number, mark: string | null][]) => ({
  total_count: found.length,
  check_runs: found.map(([id, external_id]) => ({ id, external_id, name: "flowgate: staging" })),
});
const live = { id: 42, ...WANTED };

type Row = {
  what: string;
  effect: Effect;
  answers: readonly (readonly [string, number, object?])[];
  id: number | null;
};
const COMMENTS = `${R}/issues/12/comments?per_page=100&page=1`;
const SAID = "It is not green any more. <!-- mark -->";
const comments = (...found: readonly [id: number, body: string | null, app: number | null][]) =>
  found.map(([id, body, app]) => ({ id, body, performed_via_github_app: app === null ? null : { id: app } }));
const longAgo = later(NOW, -12_000);
/** Ten minutes before it was decided: the clocks may differ. */
const ISSUES = `${R}/issues?state=all&since=${encodeURIComponent(later(longAgo, -600_000))}&per_page=100&page=1`;
const issues = (...found: readonly [number: number, body: string | null, app: number | null, more?: object][]) =>
  found.map(([number, body, app, more]) => ({
    number,
    title: "Unreviewed push to staging",
    state: "open",
    body,
    performed_via_github_app: app === null ? null : { id: app },
    ...more,
  }));
const MARKED = "It was pushed. <!-- mark -->";
const over = { fingerprint: "f0" as Hash, id: 31, completed: false, at: NOW };
const PROPOSALS = `${R}/pulls?state=all&head=org%3Ahotfix%2Fflowgate&per_page=100&page=1`;
const rows: readonly Row[] = [
  {
    what: "a proposal by its branch, also where it was closed",
    effect: proposal(),
    answers: [[PROPOSALS, 200, [{ ...pullBody(12), state: "closed" }]]],
    id: 12,
  },
  { what: "no proposal", effect: proposal(), answers: [[PROPOSALS, 200, []]], id: null },
  {
    what: "no reaction: it is made again, which does nothing where it is there",
    effect: reaction(),
    answers: [],
    id: null,
  },
  {
    what: "an issue by its mark, also where people edited it",
    effect: issue(),
    answers: [[ISSUES, 200, issues([30, null, 12345], [31, `${MARKED} Edited.`, 12345, { title: "Hm" }])]],
    id: 31,
  },
  {
    what: "an issue that others quote",
    effect: issue(),
    answers: [[ISSUES, 200, issues([30, MARKED, null], [31, MARKED, 999])]],
    id: null,
  },
  {
    what: "an issue as it was to be",
    effect: issue({ over }),
    answers: [[ISSUES, 200, issues([31, MARKED, 12345])]],
    id: 31,
  },
  {
    what: "an issue that is still as it was before",
    effect: issue({ over, state: "closed" }),
    answers: [[ISSUES, 200, issues([31, MARKED, 12345])]],
    id: null,
  },
  {
    what: "a comment by its mark",
    effect: comment(),
    answers: [[COMMENTS, 200, comments([7, null, 12345], [8, "So. <!-- mark -->", 12345])]],
    id: 8,
  },
  {
    what: "a comment that others quote",
    effect: comment(),
    answers: [[COMMENTS, 200, comments([7, "> <!-- mark -->", null], [8, "<!-- mark -->", 999])]],
    id: null,
  },
  {
    what: "the newest comment with the mark",
    effect: comment(),
    answers: [[COMMENTS, 200, comments([7, SAID, 12345], [8, `${SAID} Edited.`, 12345], [9, SAID, null])]],
    id: 8,
  },
  {
    what: "a comment as it was to be",
    effect: comment(7),
    answers: [[COMMENTS, 200, comments([7, SAID, 12345])]],
    id: 7,
  },
  {
    what: "a comment that is still as it was before",
    effect: comment(7),
    answers: [[COMMENTS, 200, comments([7, "It is green. <!-- mark -->", 12345])]],
    id: null,
  },
  {
    what: "a comment that was deleted, and one that took its place",
    effect: comment(7),
    answers: [[COMMENTS, 200, comments([9, SAID, 12345])]],
    id: 9,
  },
  { what: "a check by its mark", effect: checkRun(), answers: [[RUNS, 200, runs([9, "f1"])]], id: 9 },
  {
    what: "a check among others",
    effect: checkRun(),
    answers: [[RUNS, 200, runs([9, "f1"], [7, "f0"], [8, null])]],
    id: 9,
  },
  { what: "no check at all", effect: checkRun(), answers: [[RUNS, 200, runs()]], id: null },
  { what: "a check with an earlier content", effect: checkRun(), answers: [[RUNS, 200, runs([9, "f0"])]], id: null },
  {
    what: "our content in a check that a newer one has replaced",
    effect: checkRun(),
    answers: [[RUNS, 200, runs([9, "f1"], [10, "f3"])]],
    id: null,
  },
  {
    what: "a ruleset as it should be",
    effect: ruleset(),
    answers: [
      [RULESETS, 200, [live]],
      [`${R}/rulesets/42`, 200, live],
    ],
    id: 42,
  },
  {
    what: "a ruleset that is not as it should be",
    effect: ruleset(),
    answers: [
      [RULESETS, 200, [live]],
      [`${R}/rulesets/42`, 200, { ...live, rules: WANTED.rules.slice(1) }],
    ],
    id: null,
  },
  { what: "no ruleset", effect: ruleset(), answers: [[RULESETS, 200, []]], id: null },
  { what: "a removed ruleset", effect: ruleset({ content: null }), answers: [[RULESETS, 200, []]], id: 0 },
  {
    what: "a ruleset that was to be removed",
    effect: ruleset({ content: null }),
    answers: [
      [RULESETS, 200, [live]],
      [`${R}/rulesets/42`, 200, live],
    ],
    id: null,
  },
];

describe("what an earlier run left", () => {
  test.each(rows)("$what", async ({ effect, answers, id }) => {
    const scope = signedIn();
    for (const [path, status, body] of answers) scope.get(path).reply(status, body);
    const receipt = await connected().github.find(LEASE, effect, longAgo);
    expect(receipt).toEqual(id === null ? null : { effect, at: NOW, came: "done", id });
    scope.done();
  });

  test("is not given up while GitHub may still be at it", async () => {
    signedIn().get(RUNS).reply(200, runs());
    const { github } = connected();
    expect(await github.find(LEASE, checkRun(), later(NOW, -11_999))).toMatchObject({
      came: "unsure",
      retryAt: later(NOW, 1),
      because: "GitHub may still be writing the check flowgate: staging in org/api.",
    });
  });

  test("is taken as done at once where it is there", async () => {
    signedIn()
      .get(RUNS)
      .reply(200, runs([9, "f1"]));
    expect(await connected().github.find(LEASE, checkRun(), NOW)).toMatchObject({ came: "done", id: 9 });
  });

  test("is not known where looking fails", async () => {
    signedIn().get(RUNS).reply(503);
    expect(await connected().github.find(LEASE, checkRun(), longAgo)).toMatchObject({
      came: "unsure",
      because: "GitHub answered 503 when asked whether the check flowgate: staging in org/api is there.",
      retryAt: later(NOW, 5_000),
    });
  });
});
