import type { ComponentView, PullView, Views } from "../../src/board/views.ts";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/flow/config.ts";
import { type Fact, type Read, wantKey } from "../../src/flow/facts.ts";
import { chainHash, digestOf, type Entry, entryDigest, GENESIS, type LedgerEntry } from "../../src/flow/ledger.ts";
import type { ComponentMemory, Enforced, PullMemory, StageMemory } from "../../src/flow/memory.ts";
import {
  type Branch,
  branch,
  type Hash,
  type Instant,
  instant,
  type Json,
  repositoryId,
  type Sha,
  sha,
} from "../../src/flow/names.ts";
import { noAccess } from "../../src/flow/no-access.ts";
import { NO_ARRIVALS } from "../../src/flow/provenance.ts";
import type { WalkedBook } from "../../src/flow/run-book.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { type Verdict, worst } from "../../src/flow/verdict.ts";
import { flowGate } from "../../src/gates/flow.ts";
import { begun, type ItemStanding } from "../../src/release/execution.ts";
import { item } from "../release/walks.ts";

/** Made-up, fixed stories for the pages: the sentences are those of the real gate, the times never move. */
export const NOW = instant(Date.UTC(2026, 10, 22, 9, 40));
export const before = (minutes: number): Instant => instant(Date.UTC(2026, 10, 22, 9, 40) - minutes * 60_000);
/** A full object id out of a short one. */
export const id = (text: string): Sha => sha(text.padEnd(40, "0123456789abcdef"));

const REPOSITORY = repositoryId(901);
/** What a broken config file says. */
const BROKEN =
  ".github/flowgate.yml line 3: `stages` names a stage twice. Until it is mended, the last good one stays in force.";

export const MANAGED: Policy = { ...DEFAULT_POLICY, enforcement: "managed" };
const HEADS = { development: id("d3f00d1"), staging: id("57a9e22"), master: id("ba5e333") };

export function component(given: Partial<ComponentMemory> = {}, policy: Policy = MANAGED): ComponentMemory {
  return {
    kind: "component",
    name: "glucose/api",
    defaultBranch: branch("master"),
    look: false,
    stages:
      policy === MANAGED ? HEADS : Object.fromEntries(policy.stages.map((stage, place) => [stage, id(`a${place}`)])),
    config: {
      ...NO_CONFIG,
      policy,
      blob: policy.enforcement === "observed" ? null : id("c0ff1e"),
    },
    ...given,
  };
}

export function pull(given: Partial<PullMemory> = {}): PullMemory {
  return {
    kind: "pull",
    title: "Let people log in with their hospital account",
    bump: null,
    author: { id: 7, login: "mara", bot: false },
    draft: false,
    state: "open",
    merged: false,
    head: { sha: id("f00dfee"), ref: branch("feature/login"), repository: REPOSITORY },
    base: branch("master"),
    body: null,
    dataLabel: false,
    mergeCommit: null,
    mergedAt: null,
    asOf: before(125),
    from: {},
    doubt: false,
    ...given,
  };
}

export const head = (
  ref: string,
  from: PullMemory["head"]["repository"] = REPOSITORY,
  at = "f00dfee",
): PullMemory["head"] => ({
  sha: id(at),
  ref: branch(ref),
  repository: from,
});

export function stage(enforced: Enforced = { state: "yes", readAt: before(600), but: [] }): StageMemory {
  return {
    kind: "stage",
    look: false,
    rulesets: {},
    changedBy: null,
    enforced,
    arrivals: { ...NO_ARRIVALS, since: before(600) },
  };
}

/** What the real gate says of it, by these answers. */
export function judged(memory: PullMemory, policy: Policy = MANAGED, read: Read = new Map()): Verdict {
  const answer = flowGate({ ...memory, number: 42, repository: REPOSITORY }, policy, read);
  if ("lacks" in answer) throw new Error(`Not read: ${answer.lacks.map(wantKey).join(", ")}`);
  const { finding, lane } = answer;
  return {
    head: memory.head.sha,
    base: memory.base,
    lane: lane?.lane ?? null,
    outcome: worst([finding.outcome]),
    findings: [finding],
  };
}

/** What GitHub answered, by want. */
export function answers(...given: readonly (readonly [string, unknown])[]): Read {
  return new Map(given.map(([want, value]): [string, Fact<unknown>] => [want, { known: true, value, at: NOW }]));
}

export function entries(
  ...given: readonly (readonly [number, Entry["what"], Entry["says"], string?])[]
): readonly LedgerEntry[] {
  let previous: Hash = GENESIS;
  const chain = given.map(([minutes, what, says, actor = "app"], place): LedgerEntry => {
    const entry = {
      chain: "repository:901",
      sequence: place * 3 + 12,
      at: before(minutes),
      what,
      actor,
      about: "pull:901:42",
      says,
    };
    const digest = entryDigest(entry);
    const hash = chainHash(previous, digest);
    const whole = { ...entry, digest, previous, hash };
    previous = hash;
    return whole;
  });
  return chain.reverse();
}

export const said = (verdict: Verdict, policy: Sha | null = id("c0ff1e")): Entry["says"] => ({
  ...(verdict as unknown as { [key: string]: Json }),
  from: "feature/login",
  author: "mara",
  policy,
});

/** A pull request judged by the real gate, with the ledger entries that such a judgement leaves. */
export function story(given: Partial<PullView> = {}, policy: Policy = MANAGED, read: Read = new Map()): PullView {
  const memory = given.memory ?? pull();
  const known = given.component ?? component({}, policy);
  const verdict = given.verdict === undefined ? judged(memory, policy, read) : given.verdict;
  const told =
    verdict === null
      ? []
      : entries(
          [124, "judged", said(verdict, known.config.blob)],
          [
            123,
            "done",
            {
              slot: `check:901:${memory.head.sha}:flowgate: ${memory.base}`,
              conclusion: verdict.outcome === "passed" ? "success" : verdict.outcome === "failed" ? "failure" : null,
              title: verdict.findings[0]?.because ?? "",
              id: 5551,
            },
          ],
        );
  return {
    repository: REPOSITORY,
    number: 42,
    component: known,
    mayWork: true,
    memory,
    inHand: false,
    siblings: [],
    stage: stage(),
    slot: null,
    walked: null,
    entries: told,
    entriesInAll: told.length,
    ...given,
    verdict,
  };
}

/** Names as people and attackers make them. */
export const LONG_BRANCH = `feature/${"very-long-name-of-a-branch-that-nobody-reads-to-its-end-".repeat(4)}`.slice(
  0,
  200,
);
export const SCRIPT = `<script>alert("1")</script> & <img src=x onerror='alert(2)'> "quoted" \`code\``;
export const UNICODE = "Behebt Übertragung der Zuckerwerte 🩸 für 測定値 und القياسات \u202egnihtemos";

export const stories = {
  refused: () => story(),
  passed: () => story({ memory: pull({ base: branch("development") }) }),
  promotion: () =>
    story({
      memory: pull({
        title: "Promote to staging",
        head: head("development", REPOSITORY, "d3f00d1"),
        base: branch("staging"),
        author: { id: 1, login: "release-bot[bot]", bot: true },
      }),
    }),
  skipping: () => story({ memory: pull({ title: "Ship it", head: head("development", REPOSITORY, "d3f00d1") }) }),
  fork: () =>
    story({
      memory: pull({
        title: UNICODE,
        head: head("staging", repositoryId(77)),
        author: { id: 8, login: "o-connor", bot: false },
      }),
    }),
  ghost: () => story({ memory: pull({ head: head("feature/login", null), base: branch("development") }) }),
  long: () => story({ memory: pull({ title: "x".repeat(240), head: head(LONG_BRANCH) }) }),
  hostile: () =>
    story({ memory: pull({ title: SCRIPT, head: head(`feature/"><script>alert(1)</script>&$(id)`), draft: true }) }),
  errored: () => {
    const memory = pull({
      title: "Fix the dose that is shown twice",
      head: head("hotfix/double-dose"),
      base: branch("master"),
    });
    const because = "GitHub answered 502 to the comparison; it is asked again.";
    const unknown: Fact<unknown> = { known: false, because, retryAt: instant(Date.UTC(2026, 10, 22, 9, 42)) };
    const wants = ["master", "development", "staging"].map((base): [string, Fact<unknown>] => [
      `compare ${base} ${memory.head.sha}`,
      unknown,
    ]);
    return story({ memory }, MANAGED, new Map(wants));
  },
  hotfix: () => {
    const memory = pull({ title: "Fix the dose that is shown twice", head: head("hotfix/double-dose") });
    const fix = { sha: id("f1c5ed0"), parents: [id("ba5e333")], title: "Show the dose once", author: null };
    const stray = {
      sha: id("57a7001"),
      parents: [id("d3f00d1")],
      title: "Draw `trend` arrows | <b>beta</b>",
      author: null,
    };
    const told = (commits: readonly unknown[]) => ({ ahead: commits.length, commits, whole: true });
    return story(
      { memory },
      MANAGED,
      answers(
        [`compare master ${memory.head.sha}`, told([fix, stray])],
        [`compare development ${memory.head.sha}`, told([fix])],
        [`compare staging ${memory.head.sha}`, told([fix, stray])],
      ),
    );
  },
  observed: () => story({ component: component({}, DEFAULT_POLICY) }, DEFAULT_POLICY),
  advice: () =>
    story({
      stage: stage({
        state: "no",
        because:
          "it shows the ruleset “flowgate: master” and does not apply it: private repositories need a paid plan for rulesets",
      }),
      component: component({
        config: {
          ...NO_CONFIG,
          policy: MANAGED,
          blob: id("c0ff1e"),
          newest: { blob: id("c0ff1e"), because: BROKEN },
          problem: BROKEN,
        },
      }),
    }),
  waiting: () =>
    story({
      stage: stage({ state: "waiting", because: "The ruleset waits until #40 has its check." }),
      slot: {
        written: null,
        refused: { fingerprint: GENESIS, because: "the App lacks the permission checks: write", at: before(3) },
      },
    }),
  stale: () => {
    const verdict = judged(pull());
    return story({
      memory: pull({ head: head("feature/login", REPOSITORY, "abad1de"), base: branch("development") }),
      verdict,
      entries: entries([60, "judged", said(verdict, id("01dc0de"))]),
      entriesInAll: 1,
    });
  },
  unjudged: () => story({ verdict: null }),
  merged: () => {
    const verdict = judged(pull({ base: branch("development") }));
    return story({
      memory: pull({ base: branch("development"), state: "closed", merged: true }),
      verdict: null,
      entries: entries(
        [3000, "judged", said(verdict)],
        [2999, "done", { slot: "check:901", title: verdict.findings[0]?.because ?? "", conclusion: "success" }],
      ),
      entriesInAll: 31,
    });
  },
  past: () => {
    const verdict = judged(pull());
    return story({
      memory: pull({ state: "closed", merged: true }),
      verdict: null,
      entries: entries([90, "judged", said(verdict)]),
      entriesInAll: 1,
    });
  },
  closed: () => story({ memory: pull({ state: "closed" }), verdict: null }),
  elsewhere: () => story({ memory: pull({ base: branch("experiments") }), verdict: null, stage: null }),
  incomplete: () => story({ component: component({ stages: { ...HEADS, staging: null } }), verdict: null }),
  shared: () => {
    const own = pull({ title: "Back to development", head: head("feature/login"), base: branch("development") });
    const verdict = judged(own);
    return story({
      memory: own,
      mayWork: false,
      siblings: [
        {
          number: 43,
          verdict: {
            ...verdict,
            lane: "hotfix",
            outcome: "pending",
            findings: verdict.findings.map((finding) => ({
              ...finding,
              outcome: "pending" as const,
              because: "Waits for `operations` to approve.",
            })),
          },
        },
      ],
    });
  },
  gates: () => {
    const first = judged(pull({ base: branch("development") }));
    const finding = {
      gate: "approvals",
      outcome: "pending",
      because: "Nobody of `operations` has approved f00dfee yet.",
      cure: "Somebody of operations who did not push to it approves this head.",
      copy: "gh pr review 42 --approve",
      read: ["#42 has 1 review: commented by ola"],
      until: null,
    } as const;
    const backup = {
      ...finding,
      gate: "backup",
      outcome: "failed",
      because: "The newest backup is 26 h old.",
      cure: "Operations makes a backup and attests it in a comment.",
      copy: "/attest backup",
      until: instant(Date.UTC(2026, 10, 22, 11)),
    } as const;
    const verdict: Verdict = { ...first, outcome: "failed", findings: [...first.findings, finding, backup] };
    return story({ memory: pull({ base: branch("development") }), verdict });
  },
  overridden: () => {
    const first = judged(pull({ base: branch("development") }));
    const [rita, carl] = [
      { id: 4, login: "rita" },
      { id: 6, login: "carl" },
    ];
    const finding = {
      gate: "checks",
      outcome: "overridden",
      because: `Overridden by rita, confirmed by carl: the runner is down ${SCRIPT}. The gate itself says: build ended in failure on f00dfee.`,
      cure: "It is to be made good, and closed by 2026-11-27 09:40 UTC: its issue tells how.",
      copy: null,
      read: ["the checks of f00dfee"],
      until: null,
      override: { by: rita, confirmedBy: carl, because: `the runner is down ${SCRIPT}` },
    } as const;
    const verdict: Verdict = { ...first, outcome: "passed", findings: [...first.findings, finding] };
    return story({ memory: pull({ base: branch("development") }), verdict });
  },
  walked: () => release(),
  walkedHostile: () => release({ walked: hostileBook() }),
  manyStages: () => {
    const policy: Policy = {
      ...MANAGED,
      stages: ["dev", "integration", "uat", "pre-production", "production-eu", "production"].map(branch),
    };
    return story({ component: component({}, policy), memory: pull({ base: branch("production") }) }, policy);
  },
} satisfies { readonly [name: string]: () => PullView };

const OTTO = { id: 6, login: "otto" };
const MARA = { id: 7, login: "mara" };
const BOOK_AT = { blob: id("b00c"), head: id("57a9e22") };

/** What is known of an item of the run-book that is walked. */
export const itemState = (label: string, more: Partial<ItemStanding>): ItemStanding => {
  const walk = label.startsWith("S") ? "rehearsal" : "production";
  const of = { key: label, repository: REPOSITORY, number: 42, walk, item: `i${label.slice(1)}`, ...BOOK_AT } as const;
  return { ...begun({ ...of, at: before(50) }), ...more };
};

/** A run-book with one of each, rehearsed and begun in production. */
export const walked = (more: Partial<WalkedBook> = {}): NonNullable<PullView["walked"]> => ({
  book: {
    path: "docs/runbooks/2026-11.md",
    ...BOOK_AT,
    walks: ["rehearsal", "production"],
    items: [
      item(1, { text: "Tell the hospitals, as `contacts.md` says" }),
      item(2, { text: "Dry run of the migration", needsResult: true, details: "```sh\n./migrate.sh --dry-run\n```" }),
      item(3, { text: "Copy the old tables", notApplicable: "there is no old table left" }),
      item(4, { phase: "deploy", text: "Activate it" }),
      item(5, { phase: "deploy", text: "in the first region", parent: 4 }),
      item(6, { phase: "deploy", text: "in the others", parent: 4, owner: "@glucose/dba" }),
      item(7, { phase: "test", text: "Log in" }),
      item(8, { phase: "test", text: "Read a value" }),
      item(9, { phase: "test", text: "Print a report", optional: true }),
      item(10, { phase: "rollback", text: "Activate the tag before" }),
      item(11, { phase: "monitor", text: "Look at the dashboard" }),
    ],
    ...more,
  },
  items: [
    itemState("S1", { state: "done", by: MARA }),
    itemState("S2", { state: "done", by: MARA, note: "31 rows", url: "https://example.com/run/7" }),
    itemState("S5", { state: "done", by: MARA, head: id("01dc0de") }),
    itemState("S8", { state: "failed", by: MARA, because: "the value is shown twice" }),
    itemState("P1", { state: "skip-asked", by: OTTO, because: "the hospitals know" }),
    itemState("P2", { state: "skipped", by: OTTO, confirmedBy: MARA, because: "the rehearsal just did it" }),
    itemState("P11", { state: "skipped", by: OTTO, because: "the dashboard is down" }),
    itemState("P5", { state: "done", by: null }),
    itemState("P98", { state: "done", by: OTTO }),
  ],
});

/** A release with its run-book. */
export const release = (given: Partial<PullView> = {}): PullView =>
  story({
    memory: pull({ title: "Release 3.2", head: head("staging", REPOSITORY, "57a9e22") }),
    walked: walked(),
    ...given,
  });

/** A run-book whose every word is made to do harm. */
export const hostileBook = (): NonNullable<PullView["walked"]> => {
  const text = `${SCRIPT} ${UNICODE} ${"x".repeat(300)}`;
  const items = [
    item(1, { text, owner: `@"><b>`, details: `</pre>${SCRIPT}` }),
    item(2, { text, notApplicable: SCRIPT, phase: "deploy" }),
  ];
  const state = { by: { id: 9, login: "<i>" }, because: SCRIPT, note: SCRIPT, url: `https://x/"><script>` } as const;
  return {
    ...walked({ path: `docs/"><img src=x>.md`, items }),
    items: [itemState("S1", { ...state, state: "done" }), itemState("P1", { ...state, state: "failed" })],
  };
};

export function row(
  name: string,
  given: Partial<ComponentView> = {},
  memory: Partial<ComponentMemory> = {},
  policy: Policy = MANAGED,
): ComponentView {
  return {
    repository: repositoryId(name.length),
    mayWork: true,
    memory: component({ name, ...memory }, policy),
    stages: policy.stages.map((one: Branch) => ({ branch: one, memory: stage() })),
    pulls: [],
    standing: [],
    ...given,
  };
}

const open = (number: number, given: Partial<PullMemory>, policy: Policy = MANAGED) => {
  const memory = pull(given);
  return { number, memory, verdict: judged(memory, policy) };
};

const opened = { by: { id: 4, login: "rita" }, at: before(90), repository: repositoryId(901) } as const;
const pushed = { how: "push", before: id("ba5e"), after: id("d1ec7"), by: null, commits: 1, at: before(100) } as const;
/** One of each that may stand in the way. */
export const standing = (): readonly Standing[] => [
  {
    ...opened,
    key: "freeze",
    kind: "freeze",
    because: `quarter close ${SCRIPT}`,
    of: { repository: repositoryId(901) },
    stage: branch("master"),
    until: instant(Date.UTC(2026, 10, 23)),
  },
  {
    ...opened,
    key: "deviation",
    kind: "deviation",
    by: null,
    because: "d1ec701 was pushed to staging, and no pull request that passed explains it",
    stage: branch("staging"),
    push: pushed,
  },
  { ...opened, key: "outage", kind: "outage", because: "Log-in fails", severity: "major" },
  {
    ...opened,
    key: "release",
    kind: "release",
    because: "its deployment has begun",
    verifying: opened.at,
    version: "v1.4.0",
    number: 12,
    commit: id("1a2b3c4"),
    notes: "",
    previous: null,
    ledger: { sequence: 1, hash: digestOf("1") },
  },
  {
    ...opened,
    key: "owed",
    kind: "owed",
    because: "checks were let pass",
    what: "hotfix-review",
    role: "quality",
    number: 12,
    due: before(1),
    issue: 15,
  },
  {
    ...opened,
    key: "override:901:12:checks",
    kind: "override",
    because: `the runner is down ${SCRIPT}`,
    number: 12,
    gate: "checks",
    head: id("1a2b3c4"),
    base: branch("master"),
    lets: "build ended in failure.",
    comment: 1,
    review: null,
    confirmed: { by: { id: 6, login: "carl" }, at: before(80), due: instant(Date.UTC(2026, 10, 27, 9, 40)) },
    issue: 44,
  },
  {
    ...opened,
    key: "thaw",
    kind: "freeze",
    because: "the audit",
    of: { repository: repositoryId(901) },
    stage: branch("staging"),
    until: null,
  },
  {
    ...opened,
    key: "release:901:13",
    kind: "release",
    because: "minor, because a commit brings a feature",
    version: "v1.5.0",
    number: 13,
    commit: id("1a2b3c5"),
    notes: "",
    previous: "v1.4.0",
    ledger: { sequence: 1, hash: digestOf("1") },
  },
  {
    ...opened,
    key: "unasked:901:@glucose/operations",
    kind: "unasked",
    by: null,
    because: noAccess("@glucose/operations", "glucose/closed"),
    team: "@glucose/operations",
    number: 12,
  },
];

/** A board with one of each. */
export const board = (): readonly ComponentView[] => [
  row("glucose/api", {
    pulls: [
      open(45, { base: branch("development") }),
      open(44, { title: SCRIPT, head: head("feature/<b>") }),
      open(43, { title: "Promote to staging", head: head("development"), base: branch("staging") }),
      { number: 41, memory: pull({ title: "Try another database", base: branch("experiments") }), verdict: null },
      { number: 40, memory: pull({ title: UNICODE }), verdict: null },
    ],
  }),
  row(
    "glucose/web",
    {
      stages: MANAGED.stages.map((one, place) => ({
        branch: one,
        memory:
          place === 2
            ? stage({
                state: "no",
                because:
                  "the ruleset “flowgate: master” was disabled by @ola; Flowgate switches it on again at 2026-11-22 12:10 UTC",
              })
            : stage(),
      })),
      pulls: [open(7, { title: "Release 3.2", head: head("staging"), base: branch("master") })],
    },
    {
      config: {
        ...NO_CONFIG,
        policy: MANAGED,
        blob: id("c0ff1e"),
        newest: { blob: id("c0ff1e"), because: BROKEN },
        problem: BROKEN,
      },
    },
  ),
  row("glucose/worker", { pulls: [open(3, {}, DEFAULT_POLICY)] }, {}, DEFAULT_POLICY),
  row("glucose/frozen", { standing: standing() }),
  row("glucose/closed", { standing: standing().slice(-4) }),
  row("glucose/retired", { mayWork: false }),
  row("glucose/docs", {}, { stages: { development: null, staging: null, master: id("d0c5") } }),
  row("glucose/wiki", {}, { stages: { development: null, staging: null, master: null } }),
  row("glucose/new", {}, { stages: null }),
];

/** Fifty components with twenty open pull requests each. */
export const crowd = (): readonly ComponentView[] =>
  Array.from({ length: 50 }, (_, place) =>
    row(`glucose/component-${place}`, {
      pulls: Array.from({ length: 20 }, (_, number) =>
        open(100 - number, {
          base: branch(number % 3 === 0 ? "master" : "development"),
          title: `${SCRIPT} ${UNICODE}`,
        }),
      ),
    }),
  );

/** Views over made-up data, as the store would give them. */
export function viewsOf(pulls: { readonly [number: number]: PullView }, components: readonly ComponentView[]): Views {
  return {
    async pullView(name, number) {
      return name.toLowerCase() === "glucose/api" ? (pulls[number] ?? null) : null;
    },
    async askedOnPage() {
      return [];
    },
    async triedOnPage() {
      return null;
    },
    async componentsView() {
      return components;
    },
  };
}
