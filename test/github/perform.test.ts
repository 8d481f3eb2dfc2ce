import { describe, expect, test } from "@jest/globals";
import type nock from "nock";
import type { Effect, Receipt, Written } from "../../src/flow/effect.ts";
import type { Hash } from "../../src/flow/names.ts";
import { cut } from "../../src/github/perform.ts";
import {
  checkRun,
  comment,
  connected,
  HEAD,
  issue,
  LEASE,
  NOW,
  proposal,
  reaction,
  ruleset,
  signedIn,
  WANTED,
} from "./api.ts";

const R = "/repos/org/api";
const RUNS = `${R}/check-runs`;
const RULESETS = `${R}/rulesets`;
const LIST = `${RULESETS}?includes_parents=false&per_page=100&page=1`;

const written = (completed: boolean, fingerprint = "f0"): Written => ({
  fingerprint: fingerprint as Hash,
  id: 77,
  completed,
  at: NOW,
});
const PATH = ".github/flowgate.yml";
/** Annotations as we keep them, and as GitHub takes them. */
const lines = (many: number) =>
  Array.from({ length: many }, (_, n) => ({ path: PATH, line: n + 1, message: `Line ${n + 1}.` }));
const sentLines = (many: number) =>
  lines(many).map(({ path, line, message }) => ({
    path,
    start_line: line,
    end_line: line,
    annotation_level: "failure",
    message,
  }));
const completed = {
  status: "completed",
  conclusion: "failure",
  external_id: "f1",
  details_url: "https://flowgate.example/org/api/1",
  output: { title: "Not from here", summary: "Because." },
  actions: [{ label: "Re-check", description: "Judge it afresh", identifier: "recheck" }],
};
const posted = { name: "flowgate: staging", head_sha: HEAD, ...completed };
const open = { status: "in_progress", conclusion: null, detailsUrl: null } as const;
const opened = { status: "in_progress", external_id: "f1", output: completed.output, actions: completed.actions };
const BRANCH = { ref: "refs/heads/hotfix/flowgate", sha: HEAD };
const FILE = {
  branch: "hotfix/flowgate",
  message: "Hold pull requests to their stages",
  content: Buffer.from("enforcement: managed\n").toString("base64"),
};
const PULL = { head: "hotfix/flowgate", base: "master", title: "Hold pull requests to their stages", body: "Why" };
const ISSUE = { title: "Unreviewed push to staging", body: "It was pushed. <!-- mark -->" };
const COMMENT = { body: "It is not green any more. <!-- mark -->" };
const live = { id: 42, ...WANTED, source_type: "Repository" };

type Call = readonly [
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE",
  path: string,
  sent: object | undefined,
  status: number,
  answer?: object,
  headers?: Record<string, string>,
];

async function did(effect: Effect, calls: readonly Call[], setUp = connected()): Promise<Receipt> {
  const scope = signedIn();
  for (const [method, path, sent, status, answer, headers] of calls) {
    // nock takes a body that is left out for any body, and an empty text for none.
    scope.intercept(path, method, sent as nock.DataMatcherMap).reply(status, answer, headers);
  }
  const receipt = await setUp.github.perform(LEASE, effect);
  scope.done();
  return receipt;
}

describe("what is sent", () => {
  const rows: readonly { what: string; effect: Effect; calls: readonly Call[]; id: number }[] = [
    {
      what: "a check of what can be promoted has a button that tries that out",
      effect: checkRun({ content: { dryRun: true } }),
      calls: [
        [
          "POST",
          RUNS,
          {
            ...posted,
            actions: [
              ...posted.actions,
              { label: "Dry run", description: "Show what /promote would do", identifier: "dry-run" },
            ],
          },
          201,
          { id: 5 },
        ],
      ],
      id: 5,
    },
    {
      what: "a config is proposed: a branch, the file, a pull request",
      effect: proposal(),
      calls: [
        ["POST", `${R}/git/refs`, BRANCH, 201, {}],
        ["PUT", `${R}/contents/.github/flowgate.yml`, FILE, 201, {}],
        ["POST", `${R}/pulls`, PULL, 201, { id: 9_900, number: 900 }],
      ],
      id: 900,
    },
    {
      what: "a config whose branch and file are there is proposed from them",
      effect: proposal(),
      calls: [
        ["POST", `${R}/git/refs`, BRANCH, 422, { message: "Reference already exists" }],
        [
          "PUT",
          `${R}/contents/.github/flowgate.yml`,
          FILE,
          422,
          { message: 'Invalid request.\n\n"sha" wasn\'t supplied.' },
        ],
        ["POST", `${R}/pulls`, PULL, 201, { id: 9_900, number: 900 }],
      ],
      id: 900,
    },
    {
      what: "somebody's comment gets a reaction, which GitHub keeps once",
      effect: reaction(),
      calls: [["POST", `${R}/issues/comments/900/reactions`, { content: "rocket" }, 200, { id: 55 }]],
      id: 55,
    },
    {
      what: "an issue is opened",
      effect: issue(),
      calls: [["POST", `${R}/issues`, ISSUE, 201, { id: 4_000, number: 31 }]],
      id: 31,
    },
    {
      what: "an issue is closed as done",
      effect: issue({ over: { ...written(false), id: 31 }, state: "closed" }),
      calls: [
        [
          "PATCH",
          `${R}/issues/31`,
          { ...ISSUE, state: "closed", state_reason: "completed" },
          200,
          { id: 4_000, number: 31 },
        ],
      ],
      id: 31,
    },
    {
      what: "an issue that was deleted is made anew",
      effect: issue({ over: { ...written(false), id: 31 } }),
      calls: [
        ["PATCH", `${R}/issues/31`, { ...ISSUE, state: "open" }, 404, { message: "Not Found" }],
        ["POST", `${R}/issues`, ISSUE, 201, { id: 4_001, number: 32 }],
      ],
      id: 32,
    },
    {
      what: "a comment is made",
      effect: comment(),
      calls: [["POST", `${R}/issues/12/comments`, { body: "It is not green any more. <!-- mark -->" }, 201, { id: 8 }]],
      id: 8,
    },
    {
      what: "a comment that is to be kept is made",
      effect: comment(null),
      calls: [["POST", `${R}/issues/12/comments`, COMMENT, 201, { id: 8 }]],
      id: 8,
    },
    {
      what: "a comment is written over",
      effect: comment(8),
      calls: [["PATCH", `${R}/issues/comments/8`, COMMENT, 200, { id: 8 }]],
      id: 8,
    },
    {
      what: "a comment that was deleted is made anew",
      effect: comment(8),
      calls: [
        ["PATCH", `${R}/issues/comments/8`, COMMENT, 404, { message: "Not Found" }],
        ["POST", `${R}/issues/12/comments`, COMMENT, 201, { id: 9 }],
      ],
      id: 9,
    },
    {
      what: "a first check is made",
      effect: checkRun(),
      calls: [["POST", RUNS, posted, 201, { id: 5 }]],
      id: 5,
    },
    {
      what: "a check in progress has a start and no conclusion",
      effect: checkRun({ content: open }),
      calls: [
        ["POST", RUNS, { name: "flowgate: staging", head_sha: HEAD, started_at: NOW, ...opened }, 201, { id: 5 }],
      ],
      id: 5,
    },
    {
      what: "a check in progress is completed",
      effect: checkRun({ over: written(false) }),
      calls: [["PATCH", `${RUNS}/77`, completed, 200, { id: 77 }]],
      id: 77,
    },
    {
      what: "a check in progress goes on",
      effect: checkRun({ over: written(false), content: open }),
      calls: [["PATCH", `${RUNS}/77`, opened, 200, { id: 77 }]],
      id: 77,
    },
    {
      what: "a completed check says something else",
      effect: checkRun({ over: written(true) }),
      calls: [["PATCH", `${RUNS}/77`, completed, 200, { id: 77 }]],
      id: 77,
    },
    {
      what: "a completed check is never opened again: a new one takes its place",
      effect: checkRun({ over: written(true), content: open }),
      calls: [
        ["POST", RUNS, { name: "flowgate: staging", head_sha: HEAD, started_at: NOW, ...opened }, 201, { id: 78 }],
      ],
      id: 78,
    },
    {
      what: "a check that is gone is made anew",
      effect: checkRun({ over: written(true) }),
      calls: [
        ["PATCH", `${RUNS}/77`, completed, 404, { message: "Not Found" }],
        ["POST", RUNS, posted, 201, { id: 80 }],
      ],
      id: 80,
    },
    {
      what: "a check brings its annotations",
      effect: checkRun({
        fingerprint: "f1:a1",
        content: { annotations: [{ path: PATH, line: 3, column: 5, message: "x".repeat(2_001) }, ...lines(1)] },
      }),
      calls: [
        [
          "POST",
          RUNS,
          {
            ...posted,
            external_id: "f1:a1",
            output: {
              ...completed.output,
              annotations: [
                {
                  path: PATH,
                  start_line: 3,
                  end_line: 3,
                  start_column: 5,
                  end_column: 5,
                  annotation_level: "failure",
                  message: "x".repeat(2_000),
                },
                ...sentLines(1),
              ],
            },
          },
          201,
          { id: 5 },
        ],
      ],
      id: 5,
    },
    {
      what: "a check brings no more annotations than GitHub takes",
      effect: checkRun({ fingerprint: "f1:a1", content: { annotations: lines(51) } }),
      calls: [
        [
          "POST",
          RUNS,
          { ...posted, external_id: "f1:a1", output: { ...completed.output, annotations: sentLines(50) } },
          201,
          { id: 5 },
        ],
      ],
      id: 5,
    },
    {
      what: "the same annotations are not added again where only the words changed",
      effect: checkRun({ over: written(true, "f0:a1"), fingerprint: "f1:a1", content: { annotations: lines(1) } }),
      calls: [["PATCH", `${RUNS}/77`, { ...completed, external_id: "f1:a1" }, 200, { id: 77 }]],
      id: 77,
    },
    ...[
      { from: "f0", to: "f1:a1", completedBefore: false, with: 1 },
      { from: "f0:a1", to: "f1:a2", completedBefore: true, with: 2 },
      { from: "f0:a1", to: "f1", completedBefore: true, with: 0 },
    ].map((row) => ({
      what: `changed annotations come with a new run: ${row.from} to ${row.to}`,
      effect: checkRun({
        over: written(row.completedBefore, row.from),
        fingerprint: row.to,
        content: { annotations: lines(row.with) },
      }),
      calls: [
        [
          "POST",
          RUNS,
          {
            ...posted,
            external_id: row.to,
            output: { ...completed.output, ...(row.with > 0 && { annotations: sentLines(row.with) }) },
          },
          201,
          { id: 79 },
        ],
      ] as const,
      id: 79,
    })),
    {
      what: "a first ruleset is made",
      effect: ruleset(),
      calls: [["POST", RULESETS, WANTED, 201, { id: 42 }]],
      id: 42,
    },
    {
      what: "a ruleset is replaced as a whole",
      effect: ruleset({ over: 42 }),
      calls: [["PUT", `${RULESETS}/42`, WANTED, 200, { id: 42 }]],
      id: 42,
    },
    {
      what: "a ruleset that is gone is made anew",
      effect: ruleset({ over: 42 }),
      calls: [
        ["PUT", `${RULESETS}/42`, WANTED, 404, { message: "Not Found" }],
        ["POST", RULESETS, WANTED, 201, { id: 43 }],
      ],
      id: 43,
    },
    {
      what: "a ruleset is removed",
      effect: ruleset({ over: 42, content: null }),
      calls: [["DELETE", `${RULESETS}/42`, undefined, 204]],
      id: 0,
    },
    {
      what: "a ruleset that somebody removed already",
      effect: ruleset({ over: 42, content: null }),
      calls: [
        ["DELETE", `${RULESETS}/42`, undefined, 404, { message: "Not Found" }],
        ["GET", LIST, undefined, 200, []],
      ],
      id: 0,
    },
    {
      what: "a ruleset of our name whose id we never heard is removed",
      effect: ruleset({ content: null }),
      calls: [
        ["GET", LIST, undefined, 200, [live]],
        ["GET", `${RULESETS}/42`, undefined, 200, live],
        ["DELETE", `${RULESETS}/42`, undefined, 204],
      ],
      id: 0,
    },
    {
      what: "a repository that was renamed is followed, with what was to be written",
      effect: checkRun(),
      calls: [
        ["POST", RUNS, posted, 307, {}, { location: "https://api.github.com/repositories/100/check-runs" }],
        ["POST", "/repositories/100/check-runs", posted, 201, { id: 5 }],
      ],
      id: 5,
    },
  ];
  test.each(rows)("$what", async ({ effect, calls, id }) => {
    expect(await did(effect, calls)).toEqual({ effect, at: NOW, came: "done", id });
  });
});

describe("what GitHub would refuse again", () => {
  const checks =
    "Flowgate may not write checks in org/api: give the App the permission Checks: write, and install it on this repository.";
  const rulesets = checks.replace("checks", "rulesets").replace("Checks", "Administration");
  const rows: readonly { what: string; effect: Effect; calls: readonly Call[]; because: string }[] = [
    {
      what: "checks without the permission",
      effect: checkRun(),
      calls: [["POST", RUNS, posted, 403, { message: "Resource not accessible by integration" }]],
      because: checks,
    },
    {
      what: "checks of a repository that is gone",
      effect: checkRun({ over: written(false) }),
      calls: [
        ["PATCH", `${RUNS}/77`, completed, 404, { message: "Not Found" }],
        ["POST", RUNS, posted, 404, { message: "Not Found" }],
      ],
      because: checks,
    },
    {
      what: "a commit that is not there",
      effect: checkRun(),
      calls: [["POST", RUNS, posted, 422, { message: `No commit found for SHA: ${HEAD}` }]],
      because: `GitHub answered 422 (No commit found for SHA: ${HEAD}) when asked to set the check flowgate: staging in org/api.`,
    },
    {
      what: "rulesets without the permission",
      effect: ruleset(),
      calls: [["POST", RULESETS, WANTED, 403, { message: "Resource not accessible by integration" }]],
      because: rulesets,
    },
    {
      what: "rulesets that the plan does not have",
      effect: ruleset(),
      calls: [["POST", RULESETS, WANTED, 403, { message: "Upgrade to GitHub Pro to enable this feature." }]],
      because:
        "GitHub answered 403 (Upgrade to GitHub Pro to enable this feature.) when asked to set the ruleset flowgate: staging in org/api.",
    },
    {
      what: "a ruleset that GitHub does not take, with all that is wrong",
      effect: ruleset({ over: 42 }),
      calls: [
        [
          "PUT",
          `${RULESETS}/42`,
          WANTED,
          422,
          { message: "Validation Failed", errors: ["Name must be unique", { field: "rules", code: "invalid" }] },
        ],
      ],
      because:
        "GitHub answered 422 (Validation Failed: Name must be unique: rules invalid) when asked to set the ruleset flowgate: staging in org/api.",
    },
    {
      what: "to remove a ruleset without the permission, which looks as if it were not there",
      effect: ruleset({ over: 42, content: null }),
      calls: [
        ["DELETE", `${RULESETS}/42`, undefined, 404, { message: "Not Found" }],
        ["GET", LIST, undefined, 200, [live]],
        ["GET", `${RULESETS}/42`, undefined, 200, live],
      ],
      because: rulesets,
    },
    {
      what: "to react without the permission",
      effect: reaction(),
      calls: [
        [
          "POST",
          `${R}/issues/comments/900/reactions`,
          undefined,
          403,
          { message: "Resource not accessible by integration" },
        ],
      ],
      because:
        "Flowgate may not write reactions in org/api: give the App the permission Issues: write, and install it on this repository.",
    },
    {
      what: "to react to a comment that is gone, where GitHub keeps failing",
      effect: reaction(),
      calls: [["POST", `${R}/issues/comments/900/reactions`, undefined, 422, { message: "Gone" }]],
      because: "GitHub answered 422 (Gone) when asked to react to a comment in org/api.",
    },
    {
      what: "to write over a comment without the permission",
      effect: comment(8),
      calls: [["PATCH", `${R}/issues/comments/8`, COMMENT, 403, { message: "Resource not accessible by integration" }]],
      because:
        "Flowgate may not write comments in org/api: give the App the permission Pull requests: write, and install it on this repository.",
    },
    {
      what: "to write over a comment of a repository that is gone",
      effect: comment(8),
      calls: [
        ["PATCH", `${R}/issues/comments/8`, COMMENT, 404, { message: "Not Found" }],
        ["POST", `${R}/issues/12/comments`, COMMENT, 404, { message: "Not Found" }],
      ],
      because:
        "Flowgate may not write comments in org/api: give the App the permission Pull requests: write, and install it on this repository.",
    },
    {
      what: "a text that GitHub does not take",
      effect: comment(8),
      calls: [["PATCH", `${R}/issues/comments/8`, COMMENT, 422, { message: "Validation Failed" }]],
      because: "GitHub answered 422 (Validation Failed) when asked to comment on #12 in org/api.",
    },
    {
      what: "to open an issue where there are none",
      effect: issue(),
      calls: [["POST", `${R}/issues`, ISSUE, 410, { message: "Issues has been disabled in this repository." }]],
      because:
        "GitHub answered 410 (Issues has been disabled in this repository.) when asked to set the issue “Unreviewed push to staging” in org/api.",
    },
    {
      what: "to remove a ruleset",
      effect: ruleset({ over: 42, content: null }),
      calls: [["DELETE", `${RULESETS}/42`, undefined, 403, { message: "Resource not accessible by integration" }]],
      because: rulesets,
    },
  ];
  test.each(rows)("$what", async ({ effect, calls, because }) => {
    expect(await did(effect, calls)).toEqual({ effect, at: NOW, came: "refused", because });
  });
});

describe("what may have happened, or is to be tried later", () => {
  const rows: readonly { what: string; calls: readonly Call[]; because: RegExp; waitMs: number }[] = [
    {
      what: "500",
      calls: [["POST", RUNS, posted, 500]],
      because: /^GitHub answered 500 when asked to set/,
      waitMs: 5_000,
    },
    { what: "502", calls: [["POST", RUNS, posted, 502]], because: /^GitHub answered 502 when/, waitMs: 5_000 },
    { what: "409", calls: [["POST", RUNS, posted, 409]], because: /^GitHub answered 409 when/, waitMs: 5_000 },
    {
      what: "an answer without the id",
      calls: [["POST", RUNS, posted, 201, { name: "flowgate: staging" }]],
      because: /^GitHub's answer was not as documented \(id: .*\) when asked to set the check/,
      waitMs: 60_000,
    },
    {
      what: "a secondary limit",
      calls: [
        ["POST", RUNS, posted, 403, { message: "You have exceeded a secondary rate limit" }, { "retry-after": "30" }],
      ],
      because:
        /^GitHub answered 403 \(You have exceeded a secondary rate limit\) and wants no calls until .* when asked to/,
      waitMs: 30_000,
    },
    {
      what: "a redirect to another host, which gets none of our secrets",
      calls: [["POST", RUNS, posted, 307, {}, { location: "https://evil.example/check-runs" }]],
      because: /^GitHub answered 307/,
      waitMs: 600_000,
    },
  ];
  test.each(rows)("$what", async ({ calls, because, waitMs }) => {
    const receipt = await did(checkRun(), calls);
    expect(receipt).toMatchObject({ came: "unsure", because: expect.stringMatching(because) });
    expect(Date.parse((receipt as { retryAt: string }).retryAt) - Date.parse(NOW)).toBe(waitMs);
  });

  test.each<readonly [string, readonly Call[]]>([
    ["502", [["PATCH", `${R}/issues/comments/8`, COMMENT, 502]]],
    [
      "502 for the new one",
      [
        ["PATCH", `${R}/issues/comments/8`, COMMENT, 404],
        ["POST", `${R}/issues/12/comments`, COMMENT, 502],
      ],
    ],
  ])("a comment that was to be written over: %s", async (_, calls) => {
    expect(await did(comment(8), calls)).toMatchObject({
      came: "unsure",
      because: "GitHub answered 502 when asked to comment on #12 in org/api.",
    });
  });

  test("a comment that was to be written over, without an answer in time: no other is made", async () => {
    const setUp = connected({ timeout: 50 });
    const scope = signedIn();
    scope.patch(`${R}/issues/comments/8`).delay(500).reply(200, { id: 8 });
    expect(await setUp.github.perform(LEASE, comment(8))).toMatchObject({ came: "unsure" });
    scope.done();
  });

  test("no answer in time: it is sent once and never again unasked", async () => {
    const setUp = connected({ timeout: 50 });
    const scope = signedIn();
    scope.post(RUNS).delay(500).reply(201, { id: 5 });
    const receipt = await setUp.github.perform(LEASE, checkRun());
    expect(receipt).toMatchObject({
      came: "unsure",
      because: expect.stringMatching(/^GitHub gave no answer within 0.05 s/),
    });
    scope.done();
  });

  test("a connection that breaks", async () => {
    const { github } = connected();
    const scope = signedIn();
    scope.post(RUNS).replyWithError(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
    expect(await github.perform(LEASE, checkRun())).toMatchObject({
      came: "unsure",
      because: "The connection to GitHub broke (ECONNRESET) when asked to set the check flowgate: staging in org/api.",
    });
    scope.done();
  });
});

describe("a summary", () => {
  test("that fits is left alone", () => expect(cut("ä".repeat(32_767))).toHaveLength(32_767));
  test.each(["a", "ä", "€", "🩸"])("too long is cut between two characters: %s", (character) => {
    const short = cut(character.repeat(70_000));
    expect(Buffer.byteLength(short)).toBeLessThanOrEqual(65_535);
    expect(Buffer.byteLength(short)).toBeGreaterThan(65_530);
    expect(short).not.toContain("�");
    expect(short).toMatch(/… cut here: GitHub shows no more than 65,535 bytes\.$/);
  });
});

describe("a proposal that GitHub does not take", () => {
  test.each<[string, readonly Call[], string]>([
    [
      "at its branch",
      [["POST", `${R}/git/refs`, BRANCH, 403, { message: "Resource not accessible by integration" }]],
      "refused",
    ],
    [
      "at its file",
      [
        ["POST", `${R}/git/refs`, BRANCH, 201, {}],
        ["PUT", `${R}/contents/.github/flowgate.yml`, FILE, 502],
      ],
      "unsure",
    ],
  ])("%s", async (_what, calls, came) => {
    expect(await did(proposal(), calls)).toMatchObject({ came, because: expect.any(String) });
  });
});
