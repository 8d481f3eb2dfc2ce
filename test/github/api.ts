import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { pino } from "pino";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import {
  type CheckContent,
  checkSlot,
  type Effect,
  enrolmentSlot,
  issueSlot,
  reactionSlot,
  rulesetSlot,
  turnedBackSlot,
  type Written,
} from "../../src/flow/effect.ts";
import type { Facts } from "../../src/flow/facts.ts";
import {
  branch,
  type Hash,
  type InstallationId,
  type Instant,
  installationId,
  instant,
  later,
  type RepositoryId,
  repositoryId,
  sha,
} from "../../src/flow/names.ts";
import { checkRuleset, type RulesetContent, rulesetTitle } from "../../src/flow/ruleset.ts";
import type { Lease } from "../../src/flow/subject.ts";
import { connect, type GithubOptions } from "../../src/github/client.ts";

export const API = "https://api.github.com";
export const TOKEN = "ghs_12345_eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl-and-more";
export const INSTALLATION: InstallationId = installationId(7);
export const REPOSITORY: RepositoryId = repositoryId(100);
export const NAME = "org/api";
export const NOW: Instant = instant(Date.UTC(2026, 10, 24, 12));
export const HEAD = sha("a".repeat(40));
export const OTHER = sha("b".repeat(40));

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
  publicKeyEncoding: { type: "pkcs1", format: "pem" },
});

export { privateKey };

/** GitHub's client on a GitHub that nock plays, with all that it logged, kept and said. */
export function connected(options: Partial<GithubOptions> = {}) {
  const logged: string[] = [];
  const kept = new Map<string, { etag: string; body: string }>();
  const paused: { installation: InstallationId; until: Instant }[] = [];
  let skipped = 0;
  const clock = { now: () => later(NOW, skipped) };
  const github = connect({
    appId: 12345,
    privateKey,
    apiUrl: API,
    version: "1.2.3",
    log: pino({ level: "trace" }, { write: (line) => logged.push(line) }),
    clock,
    cache: {
      get: async (url) => kept.get(url) ?? null,
      keep: async (url, etag, body) => {
        kept.set(url, { etag, body });
      },
    },
    onPause: (installation, until) => paused.push({ installation, until }),
    ...options,
  });
  const skip = (milliseconds: number) => {
    skipped += milliseconds;
  };
  return { github, logged, kept, paused, clock, skip };
}

/** GitHub that gives out a token, as often as asked. */
export function signedIn(): nock.Scope {
  nock(API)
    .post("/app/installations/7/access_tokens")
    .reply(201, { token: TOKEN, permissions: {}, expires_at: "2099-01-01T00:00:00Z" })
    .persist();
  return nock(API);
}

export const LEASE: Lease = {
  subject: { kind: "pull", repository: REPOSITORY, number: 1 },
  installation: INSTALLATION,
  priority: "bulk",
  token: "t",
};

/** What is known of a pull request in a repository whose name was heard. */
export const FACTS: Facts = {
  now: NOW,
  cause: null,
  read: new Map(),
  subject: { kind: "pull", repository: REPOSITORY, number: 1 },
  component: {
    kind: "component",
    name: NAME,
    defaultBranch: branch("master"),
    look: false,
    stages: null,
    config: NO_CONFIG,
  },
  memory: null,
  verdict: null,
  siblings: [],
  gateSlots: {},
  sticky: null,
  merge: null,
  backMerge: null,
  next: null,
  body: null,
  adoption: null,
  reviewers: null,
  branch: null,
  rollback: null,
  tag: null,
  release: null,
  assets: null,
  merged: [],
  ledger: null,
  recorded: null,
  itemIssues: {},
  overrides: [],
  owed: { slot: null, all: [] },
  walked: null,
  turnedBack: null,
  slot: null,
  stage: null,
  source: null,
  standing: [],
  spent: [],
  lastRelease: null,
  mayAffect: [],
  requests: [],
  installation: INSTALLATION,
};

/** A pull request as GitHub shows it, with some of what we leave out. */
export const pullBody = (number: number, more: object = {}) => ({
  id: 9000 + number,
  number,
  title: `Change ${number}`,
  body: "Words",
  draft: false,
  state: "open",
  merged_at: null,
  updated_at: "2026-11-24T11:00:00Z",
  user: { id: 3, login: "dora", type: "User" },
  head: { sha: HEAD, ref: "feature/x", repo: { id: REPOSITORY } },
  base: { sha: OTHER, ref: "development", repo: { id: REPOSITORY } },
  ...more,
});

/** What we keep of it. */
export const pullFacts = (number: number) => ({
  title: `Change ${number}`,
  author: { id: 3, login: "dora", bot: false },
  draft: false,
  state: "open",
  merged: false,
  head: { sha: HEAD, ref: "feature/x", repository: REPOSITORY },
  base: "development",
  body: null,
  dataLabel: false,
  bump: null,
  mergeCommit: null,
  mergedAt: null,
});

export const listed = (number: number) => ({ number, asOf: "2026-11-24T11:00:00.000Z", facts: pullFacts(number) });

const slot = checkSlot(REPOSITORY, HEAD, "flowgate: staging");

export const checkRun = (
  more: { over?: Written | null; content?: Partial<CheckContent>; fingerprint?: string } = {},
): Effect => ({
  does: "set",
  thing: "check-run",
  slot,
  fingerprint: (more.fingerprint ?? "f1") as Hash,
  repository: REPOSITORY,
  name: NAME,
  head: HEAD,
  over: more.over ?? null,
  content: {
    name: "flowgate: staging",
    status: "completed",
    conclusion: "failure",
    title: "Not from here",
    summary: "Because.",
    detailsUrl: "https://flowgate.example/org/api/1",
    ...more.content,
  },
});

export const comment = (over?: number | null): Effect => ({
  does: "set",
  thing: "comment",
  slot: turnedBackSlot(REPOSITORY, 12, HEAD),
  fingerprint: "f1" as Hash,
  repository: REPOSITORY,
  name: NAME,
  number: 12,
  mark: "<!-- mark -->",
  body: "It is not green any more. <!-- mark -->",
  ...(over === undefined ? {} : { over }),
});

export const proposal = (): Effect => ({
  does: "set",
  thing: "proposal",
  slot: enrolmentSlot(REPOSITORY),
  fingerprint: "f1" as Hash,
  repository: REPOSITORY,
  name: NAME,
  branch: branch("hotfix/flowgate"),
  base: branch("master"),
  from: HEAD,
  path: ".github/flowgate.yml",
  text: "enforcement: managed\n",
  title: "Hold pull requests to their stages",
  body: "Why",
});

export const reaction = (): Effect => ({
  does: "set",
  thing: "reaction",
  slot: reactionSlot(REPOSITORY, "comment:900"),
  fingerprint: "f4" as Hash,
  repository: REPOSITORY,
  name: NAME,
  comment: 900,
  content: "rocket",
});

export const issue = (more: { over?: Written | null; state?: "open" | "closed" } = {}): Effect => ({
  does: "set",
  thing: "issue",
  slot: issueSlot(REPOSITORY, "deviation:100:staging:abc"),
  fingerprint: "f3" as Hash,
  repository: REPOSITORY,
  name: NAME,
  title: "Unreviewed push to staging",
  mark: "<!-- mark -->",
  body: "It was pushed. <!-- mark -->",
  state: more.state ?? "open",
  over: more.over ?? null,
});

const TITLE = rulesetTitle(branch("staging"));
export const WANTED = checkRuleset({ stage: branch("staging"), first: false, app: 12345 });

export const ruleset = (more: { over?: number | null; content?: RulesetContent | null } = {}): Effect => ({
  does: "set",
  thing: "ruleset",
  slot: rulesetSlot(REPOSITORY, TITLE),
  fingerprint: "f2" as Hash,
  repository: REPOSITORY,
  name: NAME,
  title: TITLE,
  over: more.over ?? null,
  content: more.content === undefined ? WANTED : more.content,
});
