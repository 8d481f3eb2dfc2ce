import { decide } from "../../src/decide.ts";
import type { Answer as Answered, Decision } from "../../src/flow/decision.ts";
import { type Comparison, type Fact, type PullKnown, wantKey } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import { at, component, known, NOW, type PullOptions, policy, pullFacts, pullKnown, verdict } from "../builders.ts";
import { DORA, RITA, right } from "../gates/asking.ts";
import { HOUSE } from "./facts.ts";

/** A policy whose gates behind the lane ask for nothing. */
export const FREE = policy({ approvals: {}, checks: { required: [], allowNone: true } });

export type Hub = { readonly [want: string]: unknown };
/** What GitHub says of #12: nothing is new. */
export const hub = (pull: Partial<ReturnType<typeof pullFacts>> = {}, options: PullOptions = {}): Hub => ({
  collaborators: [right(RITA, "maintain"), right(DORA, "write")],
  "pull 12": { number: 12, asOf: NOW, facts: { ...pullFacts(options), ...pull } },
  "branch development": at("development"),
  "branch staging": at("staging"),
  "rules development": [],
  repository: { name: "acme/api", defaultBranch: branch("master"), methods: ["merge", "squash"] },
  permissions: { contents: "write", workflows: "write" },
  "open-pulls": [],
  // What is merged brings nothing but its merge.
  [`compare ${at("staging")} ${at("merged")}`]: brings(),
});

/** What one commit has and another lacks, by the titles of the commits. */
export const brings = (...titles: readonly string[]): Comparison => ({
  ahead: titles.length,
  behind: 0,
  mergeBase: at("before"),
  mergeBaseTree: at("tree of before"),
  commits: titles.map((title) => ({ sha: at(title), parents: [], tree: at(title), title, author: null })),
  whole: true,
  changes: { files: [], whole: true },
});

/** Judged on what GitHub answers, as often as it takes. */
export function judge(
  facts: Partial<PullKnown>,
  answers: Hub = hub(),
): Decision & { readonly asked: readonly string[] } {
  const read = new Map<string, Fact<unknown>>();
  for (let round = 0; round < 9; round++) {
    const answer: Answered = decide(
      pullKnown({
        component: component({ config: { ...component().config, policy: FREE } }),
        verdict: verdict(),
        ...facts,
        read,
      }),
      HOUSE,
    );
    if ("decided" in answer) return { ...answer.decided, asked: [...read.keys()] };
    for (const want of answer.lacks) {
      const key = wantKey(want);
      if (!(key in answers)) throw new Error(`GitHub was asked for ${key}`);
      const value = answers[key];
      read.set(
        key,
        typeof value === "object" && value !== null && "known" in value ? (value as Fact<unknown>) : known(value),
      );
    }
  }
  throw new Error("it asks for ever");
}
/** The answers, as they are written. */
export const says = ({ effects }: Decision) =>
  effects.flatMap((effect) =>
    effect.thing === "comment" ? [effect.body.split("\n\n")[0]?.replaceAll(/[\\\u200b]/g, "")] : [],
  );
