import { type Answers, type Fact, type Source, type Want, wantKey } from "../../src/flow/facts.ts";
import type { Allowed } from "../../src/flow/lane.ts";
import { branch, later, type Person } from "../../src/flow/names.ts";
import { type Override, overrideKey } from "../../src/flow/override.ts";
import type { Finding, Lane } from "../../src/flow/verdict.ts";
import { ask } from "../../src/gates/engine.ts";
import type { Case, CaseWithoutLane, Gate } from "../../src/gates/gate.ts";
import { APP, at, candidate, component, known, NOW, type PullOptions, policy, REPOSITORY } from "../builders.ts";

/** The people of the tables. dora writes, olga and otto operate, quinn answers for quality, erin for the code, rita releases. */
export const DORA = { id: 5, login: "dora" };
export const OLGA = { id: 6, login: "olga" };
export const OTTO = { id: 7, login: "otto" };
export const QUINN = { id: 8, login: "quinn" };
export const ERIN = { id: 9, login: "erin" };
export const RITA = { id: 10, login: "rita" };

/** Until when what was confirmed at `NOW` is to be closed. */
export const DUE = later(NOW, 5 * 24 * 3_600_000);
/** Of checks on the release #12 at its head: rita asked for it, otto confirmed it. */
export const overriding = (more: Partial<Override> = {}): Override => {
  const one: Omit<Override, "key"> = {
    kind: "override",
    by: RITA,
    at: NOW,
    because: "the runner is down",
    repository: REPOSITORY,
    number: 12,
    gate: "checks",
    head: at("login"),
    base: branch("master"),
    lets: "build ended in failure on 1234567.",
    comment: 900,
    review: null,
    confirmed: { by: OTTO, at: NOW, due: DUE },
    issue: 44,
    ...more,
  };
  return { ...one, key: overrideKey(one, one.gate) };
};

export const right = (person: Person, has: Answers["collaborators"][number]["right"]) => ({ person, right: has });

export type Asking = {
  /** Null: into a branch that is no stage. */
  readonly lane?: Lane | null;
  /** A back-merge with merge commits of its own. */
  readonly own?: true;
  /** No lane allows it, and two people let it through. */
  readonly letThrough?: true;
  readonly pull?: PullOptions;
  readonly policy?: Parameters<typeof policy>[0];
  readonly checksSince?: Case["checksSince"];
  readonly source?: Case["source"];
  readonly standing?: Case["standing"];
  readonly mayAffect?: Case["mayAffect"];
  readonly backMerges?: Case["backMerges"];
  /** What its pull request says of data and of its run-book. */
  readonly says?: Partial<Pick<Case["pull"], "body" | "dataLabel">>;
  readonly now?: Case["now"];
  readonly component?: Case["component"];
  /** What GitHub answers, by the words of the want; a fact stands for itself, all else is known. */
  readonly answers?: { readonly [want: string]: unknown };
};

const PULLS: { readonly [lane in Lane]: PullOptions } = {
  feature: { head: "feature/login", base: "development" },
  promotion: { head: "development", base: "staging" },
  release: { head: "staging", base: "master" },
  hotfix: { head: "hotfix/login", base: "master" },
  "back-merge": { head: "back-merge/login", base: "staging" },
};

/** The stage before the base, whose pushes are all explained. */
export const source = (lane: Lane, more: Partial<Source> = {}): Source | null => {
  if (lane !== "promotion" && lane !== "release" && lane !== "hotfix") return null;
  const stage = branch(lane === "promotion" ? "development" : "staging");
  return { stage, since: NOW, heads: [at("login")], unexplained: [], trusted: [], ...more };
};

/** What a gate says when GitHub answers so. Everything that it wants must be among the answers. */
export function asked(
  gate: Gate | Gate<CaseWithoutLane>,
  asking: Asking = {},
): Finding | { readonly notAsked: string } {
  const name = asking.lane ?? "release";
  const lane: Allowed = {
    lane: name,
    because: "It is allowed.",
    ...(asking.own && { own: true }),
    ...(asking.letThrough && { letThrough: true }),
  };
  const of = {
    pull: { ...candidate({ ...PULLS[name], ...asking.pull }), ...asking.says },
    lane: (asking.lane === null ? null : lane) as Allowed,
    policy: policy(asking.policy),
    component: asking.component ?? component(),
    app: APP,
    checksSince: asking.checksSince ?? null,
    source: asking.source === undefined ? source(name) : asking.source,
    standing: asking.standing ?? [],
    mayAffect: asking.mayAffect ?? [],
    backMerges: asking.backMerges ?? [],
    web: "https://github.com",
    now: asking.now ?? NOW,
  };
  const read = new Map<string, Fact<unknown>>();
  for (let round = 0; round < 8; round++) {
    const came = ask([gate], of, read);
    if ("findings" in came) {
      const [finding] = came.findings;
      return finding ?? { notAsked: came.notAsked[0]?.because ?? "" };
    }
    for (const want of came.lacks) read.set(wantKey(want), answered(want, asking.answers ?? {}));
  }
  throw new Error("it keeps asking");
}

function answered(want: Want, answers: { readonly [want: string]: unknown }): Fact<unknown> {
  const key = wantKey(want);
  if (!Object.hasOwn(answers, key)) throw new Error(`nothing answers “${key}”`);
  const answer = answers[key];
  return typeof answer === "object" && answer !== null && "known" in answer ? (answer as Fact<unknown>) : known(answer);
}

/** What people read of it: the outcome and the sentence. */
export function said(found: ReturnType<typeof asked>): readonly [string, string] {
  return "notAsked" in found ? ["not asked", found.notAsked] : [found.outcome, found.because];
}
export const cure = (found: ReturnType<typeof asked>): string | null => ("notAsked" in found ? null : found.cure);
