import { describe, expect, test } from "@jest/globals";
import nock from "nock";
import type { Fact } from "../../src/flow/facts.ts";
import type { WantOfGithub } from "../../src/flow/look.ts";
import { type Answer, R, type Row, repository, testEach } from "./answers.ts";
import { connected, FACTS, HEAD, LEASE, NOW, OTHER, signedIn } from "./api.ts";

const backup: WantOfGithub = { want: "run", repository: "org/backup", id: 7, attempt: null };
const B = "/repos/org/backup";
const RUN = `${B}/actions/runs/7`;
const home = { id: 200, full_name: "org/backup", default_branch: "main" };
/** A run as GitHub shows it, with some of what we leave out. */
const shown = (more: object = {}) => ({
  id: 7,
  name: "Backup",
  run_number: 12,
  run_attempt: 1,
  path: ".github/workflows/backup.yml",
  event: "schedule",
  status: "completed",
  head_branch: "main",
  head_sha: HEAD,
  conclusion: "success",
  created_at: "2026-11-24T02:00:00Z",
  run_started_at: "2026-11-24T02:00:05Z",
  updated_at: "2026-11-24T02:30:00Z",
  repository: { id: 200, full_name: "org/backup" },
  head_repository: { id: 200, full_name: "org/backup" },
  ...more,
});
const run = {
  id: 7,
  attempt: 1,
  repository: "org/backup",
  defaultBranch: "main",
  workflow: ".github/workflows/backup.yml",
  branch: "main",
  foreign: false,
  conclusion: "success",
  started: "2026-11-24T02:00:05.000Z",
  finished: "2026-11-24T02:30:00.000Z",
};
const once = (body: object): readonly Answer[] => [
  [RUN, 200, body],
  [B, 200, home],
];
const strangers = [
  "other/backup",
  "org2/backup",
  "org",
  "org/a/b",
  "org/..",
  "org/.",
  "../backup",
  "org/a?b",
  "/backup",
  "",
];

const rows: readonly Row[] = [
  { what: "a run, of its last attempt", want: backup, answers: once(shown()), gives: run },
  {
    what: "a run, of a certain attempt",
    want: { ...backup, attempt: 2 },
    answers: [
      [`${RUN}/attempts/2`, 200, shown({ run_attempt: 2, conclusion: "failure" })],
      [B, 200, home],
    ],
    gives: { ...run, attempt: 2, conclusion: "failure" },
  },
  {
    what: "a run in the component's own repository",
    want: { ...backup, repository: "ORG/api" },
    answers: [
      [
        "/repos/ORG/api/actions/runs/7",
        200,
        shown({ repository: { id: 100, full_name: "org/api" }, head_repository: null }),
      ],
      [R, 200, repository],
    ],
    gives: { ...run, repository: "org/api", defaultBranch: "master", foreign: true },
  },
  {
    what: "a run that is under way, of a tag",
    want: backup,
    answers: once(shown({ conclusion: null, head_branch: null, run_started_at: null, run_attempt: null })),
    gives: { ...run, conclusion: null, branch: null, started: "2026-11-24T02:00:00.000Z" },
  },
  {
    what: "a run of a fork's commit",
    want: backup,
    answers: once(shown({ head_repository: { id: 201 } })),
    gives: { ...run, foreign: true },
  },
  {
    what: "a run whose workflow GitHub names with its branch",
    want: backup,
    answers: once(shown({ path: ".github/workflows/backup.yml@refs/heads/main" })),
    gives: run,
  },
  {
    what: "a run in a repository that was renamed",
    want: backup,
    answers: [
      [RUN, 301, {}, { location: "https://api.github.com/repositories/200/actions/runs/7" }],
      ["/repositories/200/actions/runs/7", 200, shown({ repository: { id: 200, full_name: "org/vault" } })],
      ["/repos/org/vault", 200, { ...home, full_name: "org/vault" }],
    ],
    gives: { ...run, repository: "org/vault" },
  },
  {
    what: "a run in a repository that was given away: its new owner is asked nothing more",
    want: backup,
    answers: [[RUN, 200, shown({ repository: { id: 200, full_name: "other/backup" } })]],
    gives: null,
  },
  { what: "no run", want: backup, answers: [[RUN, 404, { message: "Not Found" }]], gives: null },
  {
    what: "a run in a repository that is gone by now",
    want: backup,
    answers: [
      [RUN, 200, shown()],
      [B, 404, { message: "Not Found" }],
    ],
    gives: null,
  },
  {
    what: "a run in a repository whose name another one took",
    want: backup,
    answers: [
      [RUN, 200, shown()],
      [B, 200, { ...home, id: 201 }],
    ],
    gives: /another repository/,
  },
  ...strangers.map((name) => ({
    what: `a run of somebody else's, who is not asked: “${name}”`,
    want: { ...backup, repository: name },
    answers: [],
    gives: null,
  })),
  {
    what: "runs without the permission",
    want: backup,
    answers: [[RUN, 403, { message: "Resource not accessible by integration" }]],
    gives: /^GitHub answered 403 \(Resource not accessible by integration\) when asked for run 7 of org\/backup\.$/,
  },
  {
    what: "an attempt, where GitHub fails",
    want: { ...backup, attempt: 2 },
    answers: [[`${RUN}/attempts/2`, 502]],
    gives: /^GitHub answered 502 when asked for attempt 2 of run 7 of org\/backup\.$/,
  },
  {
    what: "a run whose repository GitHub does not show just now",
    want: backup,
    answers: [
      [RUN, 200, shown()],
      [B, 500],
    ],
    gives: /500/,
  },
  {
    what: "a run without its end",
    want: backup,
    answers: [[RUN, 200, shown({ updated_at: "soon" })]],
    gives: /not as documented \(updated_at/,
  },
  {
    what: "who touched a file, newest first",
    want: { want: "touched", path: "docs/run books/1#.md", head: HEAD },
    answers: [
      [
        `${R}/commits?sha=${HEAD}&path=docs%2Frun%20books%2F1%23.md&per_page=100`,
        200,
        [{ sha: HEAD, commit: { message: "b" } }, { sha: OTHER }],
        { link: '<https://api.github.com/next>; rel="next"' },
      ],
    ],
    gives: [HEAD, OTHER],
  },
  {
    what: "a file that nobody touched",
    want: { want: "touched", path: "none", head: HEAD },
    answers: [[`${R}/commits?sha=${HEAD}&path=none&per_page=100`, 200, []]],
    gives: [],
  },
  {
    what: "who touched a file up to a commit that is not there",
    want: { want: "touched", path: "a", head: HEAD },
    answers: [[`${R}/commits?sha=${HEAD}&path=a&per_page=100`, 404, { message: "Not Found" }]],
    gives: /^GitHub answered 404 \(Not Found\) when asked for the commits up to aaaaaaa that touched a of org\/api\.$/,
  },
  {
    what: "who touched a file, malformed",
    want: { want: "touched", path: "a", head: HEAD },
    answers: [[`${R}/commits?sha=${HEAD}&path=a&per_page=100`, 200, [{ sha: "main" }]]],
    gives: /not as documented/,
  },
];

describe("runs, and who touched a file", () => {
  testEach(rows);

  test("no answer in time is not no", async () => {
    const scope = signedIn();
    scope.get(RUN).delay(500).reply(200, shown());
    const { github } = connected({ timeout: 50 });
    const fact = (await github.look(LEASE, FACTS, [backup])).values().next().value;
    expect(fact).toMatchObject({ known: false, because: expect.stringContaining("gave no answer within 0.05 s") });
  });

  test("a run may go on, so it is asked for again; who touched a file of a commit is asked once", async () => {
    const { github, skip } = connected();
    const touched: WantOfGithub = { want: "touched", path: "a", head: HEAD };
    const etag = { etag: '"one"' };
    const scope = signedIn();
    scope
      .get(RUN)
      .reply(200, shown({ conclusion: null }), etag)
      .get(B)
      .reply(200, home, etag);
    scope.get(`${R}/commits?sha=${HEAD}&path=a&per_page=100`).reply(200, [{ sha: OTHER }], etag);
    await github.look(LEASE, FACTS, [backup, touched]);
    skip(60_000);
    scope.get(RUN).reply(200, shown(), { etag: '"two"' }).get(B).reply(304);
    const read = await github.look(LEASE, FACTS, [backup, touched]);
    expect([...read.values()]).toMatchObject([
      { value: { conclusion: "success", defaultBranch: "main" } },
      { value: [OTHER] },
    ]);
    scope.done();
  });
});

describe("the bytes of a file", () => {
  const file = { path: "docs/runbooks/a.md", sha: OTHER };
  const BLOB = `${R}/git/blobs/${OTHER}`;
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x00, 0xff]);
  const blob = (content: Buffer, more: object = {}) => ({
    sha: OTHER,
    size: content.length,
    encoding: "base64",
    content: content.toString("base64").replace(/.{4}/g, "$&\n"),
    ...more,
  });
  const fetched = (setUp = connected()) => setUp.github.bytes(LEASE, FACTS, file);

  test("come as they are stored, and once", async () => {
    const setUp = connected();
    const scope = signedIn();
    scope.get(BLOB).reply(200, blob(bytes), { etag: '"one"' });
    for (const _ of [1, 2]) {
      const fact = (await fetched(setUp)) as Extract<Fact<Uint8Array | null>, { known: true }>;
      expect(fact).toMatchObject({ known: true, at: NOW });
      expect(Buffer.from(fact.value ?? []).equals(bytes)).toBe(true);
    }
    scope.done();
  });

  test("are not kept beside the text of the same file", async () => {
    const setUp = connected();
    const scope = signedIn();
    scope.get(BLOB).reply(200, blob(Buffer.from("bäse")), { etag: '"one"' });
    scope.get(BLOB).reply(200, blob(Buffer.from("bäse")), { etag: '"one"' });
    await setUp.github.look(LEASE, FACTS, [{ want: "blob", ...file }]);
    expect(await fetched(setUp)).toMatchObject({ known: true });
    scope.done();
  });

  test("over 1 MiB are not read", async () => {
    signedIn()
      .get(BLOB)
      .reply(200, blob(bytes, { size: 1024 * 1024 + 1 }));
    expect(await fetched()).toEqual({ known: true, value: null, at: NOW });
  });

  test.each([
    [
      404,
      { message: "Not Found" },
      /^GitHub answered 404 \(Not Found\) when asked for the file docs\/runbooks\/a\.md \(bbbbbbb\) of org\/api\.$/,
    ],
    [403, { message: "This API returns blobs up to 100 MB in size." }, /403/],
    [502, {}, /502/],
    [200, { encoding: "utf-8", content: "a", size: 1 }, /not as documented \(encoding/],
    [200, { encoding: "base64", content: "YQ==" }, /not as documented \(size/],
  ])("are not known where GitHub answers %i %j", async (status, body, because) => {
    signedIn().get(BLOB).reply(status, body);
    expect(await fetched()).toMatchObject({ known: false, because: expect.stringMatching(because) });
  });

  test("of a repository without a name are asked of nobody", async () => {
    nock.disableNetConnect();
    const fact = await connected().github.bytes(LEASE, { ...FACTS, component: null }, file);
    expect(fact).toMatchObject({ known: false, because: expect.stringContaining("name") });
  });
});
