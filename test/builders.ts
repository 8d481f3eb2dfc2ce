import { createHash } from "node:crypto";
import { NO_CONFIG } from "../src/flow/absorb.ts";
import { DEFAULT_POLICY, type Policy } from "../src/flow/config.ts";
import {
  type BroughtBy,
  type Comparison,
  type Fact,
  type PullKnown,
  type Read,
  type Review,
  type Want,
  wantKey,
} from "../src/flow/facts.ts";
import type { Candidate } from "../src/flow/lane.ts";
import type { ComponentMemory, PullFacts, PullMemory, StageMemory } from "../src/flow/memory.ts";
import { branch, type Instant, installationId, instant, repositoryId, type Sha, sha } from "../src/flow/names.ts";
import { type Arrivals, NO_ARRIVALS, type Records } from "../src/flow/provenance.ts";
import type { LiveRuleset, RulesetContent } from "../src/flow/ruleset.ts";
import type { Finding, Verdict } from "../src/flow/verdict.ts";

export const NOW: Instant = instant(Date.UTC(2026, 10, 24, 9, 40));
export const LATER: Instant = instant(Date.UTC(2026, 10, 24, 9, 50));
export const REPOSITORY = repositoryId(42);
export const FORK = repositoryId(43);
export const APP = 7;

/** A commit id made of a name, so that a test can say `at("login")`. */
export const at = (name: string): Sha => sha(createHash("sha1").update(name).digest("hex"));

export const known = <T>(value: T): Fact<T> => ({ known: true, value, at: NOW });
export const unknown = (because: string): Fact<never> => ({ known: false, because, retryAt: LATER });

export const policy = (
  more: Partial<Omit<Policy, "stages">> & { readonly stages?: readonly string[] } = {},
): Policy => ({
  ...DEFAULT_POLICY,
  enforcement: "managed",
  runBook: { ...DEFAULT_POLICY.runBook, required: false },
  ...more,
  stages: (more.stages ?? ["development", "staging", "master"]).map(branch),
});

export type PullOptions = {
  readonly head?: string;
  readonly base?: string;
  readonly tip?: Sha;
  /** The head's repository; null: a fork that was deleted. */
  readonly from?: typeof REPOSITORY | null;
  readonly bot?: boolean;
};

export const pullFacts = ({
  head = "feature/login",
  base = "development",
  tip = at("login"),
  from = REPOSITORY,
  bot = false,
}: PullOptions = {}) => ({
  title: "Log in",
  author: { id: 5, login: bot ? "dependabot[bot]" : "dora", bot },
  draft: false,
  state: "open" as const,
  merged: false,
  head: { sha: tip, ref: branch(head), repository: from },
  base: branch(base),
  body: null,
  dataLabel: false,
  bump: null,
  mergeCommit: null,
  mergedAt: null,
});

export const candidate = (options: PullOptions = {}): Candidate & Pick<PullFacts, "body" | "dataLabel"> => ({
  ...pullFacts(options),
  number: 12,
  repository: REPOSITORY,
});

export const pullMemory = (options: PullOptions = {}, more: Partial<PullMemory> = {}): PullMemory => ({
  kind: "pull",
  ...pullFacts(options),
  asOf: NOW,
  from: {},
  doubt: false,
  ...more,
});

export const component = (more: Partial<ComponentMemory> = {}): ComponentMemory => ({
  kind: "component",
  name: "acme/api",
  defaultBranch: branch("master"),
  look: false,
  stages: { development: at("development"), staging: at("staging"), master: at("master") },
  config: { ...NO_CONFIG, policy: policy(), blob: at("config"), own: {} },
  ...more,
});

export const stageMemory = (more: Partial<StageMemory> = {}): StageMemory => ({
  kind: "stage",
  look: false,
  changedBy: null,
  rulesets: {},
  enforced: { state: "yes", readAt: NOW, but: [] },
  arrivals: ARRIVALS,
  ...more,
});
/** Of a stage whose pushes are recorded, and all settled. */
export const ARRIVALS: Arrivals = { ...NO_ARRIVALS, since: NOW };
export const NO_RECORDS: Records = { merges: [], groups: new Map() };

/** What is known of the pull request of `pullMemory`, which nobody has judged yet. */
export const pullKnown = (more: Partial<PullKnown> = {}): PullKnown => ({
  now: NOW,
  cause: null,
  read: new Map(),
  component: component(),
  subject: { kind: "pull", repository: REPOSITORY, number: 12 },
  memory: pullMemory(),
  verdict: null,
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
  siblings: [],
  slot: null,
  stage: stageMemory(),
  source: null,
  standing: [],
  spent: [],
  lastRelease: null,
  mayAffect: [],
  requests: [],
  installation: installationId(1),
  ...more,
});

/** A ruleset as GitHub gives it back when it was written so, with a default of its own added. */
export const liveRuleset = (wanted: RulesetContent, more: Partial<LiveRuleset> = {}): LiveRuleset => ({
  id: 9,
  name: wanted.name,
  target: wanted.target,
  enforcement: "active",
  bypassActors: wanted.bypass_actors,
  include: wanted.conditions.ref_name.include,
  exclude: [],
  rules: wanted.rules.map((rule) => ({
    type: rule.type,
    parameters:
      "parameters" in rule ? { ...structuredClone(rule.parameters), automatic_copilot_code_review_enabled: false } : {},
  })),
  ...more,
});

export const finding = (more: Partial<Finding> = {}): Finding => ({
  gate: "flow",
  outcome: "passed",
  because: "feature/login is a feature branch (feature/**) and may enter development.",
  cure: null,
  copy: null,
  read: [],
  until: null,
  ...more,
});

export const verdict = (more: Partial<Verdict> = {}): Verdict => ({
  head: at("login"),
  base: branch("development"),
  lane: "feature",
  outcome: "passed",
  findings: [finding({ outcome: more.outcome ?? "passed" })],
  ...more,
});

type CommitOptions = {
  readonly author?: { readonly id: number; readonly login: string } | null;
  readonly title?: string;
  /** By name. Default: one of its own. */
  readonly tree?: string;
};

/** Commits, their parents and branches, and what GitHub would say of them. */
export type History = {
  /** Adds a commit on top of `parents`, by name. */
  commit(name: string, parents: readonly string[], options?: CommitOptions): void;
  branch(name: string, commit: string): void;
  /** Says which pull request brought a commit, and who reviewed it. */
  broughtBy(commit: string, pull: BroughtBy, reviews?: readonly Review[]): void;
  answer(want: Want): Fact<unknown>;
  /** Asks until nothing is lacking: what GitHub would answer to each want. */
  answering<T extends object>(ask: (read: Read) => T): Exclude<T, { readonly lacks: readonly Want[] }>;
};

export function history(limits: { readonly listed?: number } = {}): History {
  const commits = new Map<
    Sha,
    { readonly name: string; readonly parents: readonly Sha[]; readonly options: CommitOptions }
  >();
  const branches = new Map<string, Sha>();
  const brought = new Map<Sha, BroughtBy[]>();
  const reviewed = new Map<number, readonly Review[]>();

  /** Oldest first, as GitHub lists them. */
  function ancestors(of: Sha, seen = new Set<Sha>()): Set<Sha> {
    const commit = commits.get(of);
    if (commit === undefined || seen.has(of)) return seen;
    for (const parent of commit.parents) ancestors(parent, seen);
    return seen.add(of);
  }

  function treeOf(commit: Sha): Sha {
    const { name, options } = commits.get(commit) ?? { name: "", options: {} as CommitOptions };
    return at(options.tree ?? `tree of ${name}`);
  }

  function compare(base: string, head: Sha): Comparison {
    const has = ancestors(branches.get(base) ?? sha(base));
    const had = ancestors(head);
    // Parents come first, so the last that both have is no ancestor of another.
    const mergeBase = [...had].findLast((commit) => has.has(commit)) ?? sha(base);
    const ahead = [...had].filter((commit) => !has.has(commit));
    const listed = ahead.slice(0, limits.listed ?? 1000);
    return {
      ahead: ahead.length,
      mergeBase,
      mergeBaseTree: treeOf(mergeBase),
      behind: [...has].filter((commit) => !had.has(commit)).length,
      whole: listed.length === ahead.length,
      changes: { files: [], whole: true },
      commits: listed.map((commit) => {
        const { name, parents, options } = commits.get(commit) ?? {
          name: "",
          parents: [],
          options: {} as CommitOptions,
        };
        return {
          sha: commit,
          parents,
          tree: treeOf(commit),
          title: options.title ?? `Add ${name}`,
          author: options.author === undefined ? { id: 5, login: "dora" } : options.author,
        };
      }),
    };
  }

  const answer = (want: Want): Fact<unknown> => {
    switch (want.want) {
      case "compare":
        return known(compare(want.base, want.head));
      case "brought-by":
        return known(brought.get(want.commit) ?? []);
      case "reviews":
        return known(reviewed.get(want.number) ?? []);
      default:
        throw new Error(`the history does not answer ${wantKey(want)}`);
    }
  };

  return {
    commit: (name, parents, options = {}) => void commits.set(at(name), { name, parents: parents.map(at), options }),
    branch: (name, commit) => void branches.set(name, at(commit)),
    broughtBy(commit, pull, reviews = []) {
      brought.set(at(commit), [...(brought.get(at(commit)) ?? []), pull]);
      reviewed.set(pull.number, reviews);
    },
    answer,
    answering(ask) {
      const read = new Map<string, Fact<unknown>>();
      for (let round = 0; round < 6; round++) {
        const came = ask(read);
        if (!("lacks" in came)) return came as never;
        for (const want of came.lacks as readonly Want[]) read.set(wantKey(want), answer(want));
      }
      throw new Error("it keeps asking");
    },
  };
}

/**
 * A product's history: each stage has what the next has and something more. `login` is a feature cut from
 * development, `fix` a hotfix cut from the last stage.
 */
export function product(stages: readonly string[], limits: { readonly listed?: number } = {}): History {
  const git = history(limits);
  git.commit("root", []);
  let before = "root";
  for (const stage of [...stages].reverse()) {
    git.commit(stage, [before]);
    git.branch(stage, stage);
    before = stage;
  }
  git.commit("login", [stages[0] as string]);
  git.commit("fix", [stages.at(-1) as string]);
  return git;
}
