import { CONFIG_PATH, type Stages } from "../../flow/config.ts";
import type { Comparison, MergedPull, Recorded, Review } from "../../flow/facts.ts";
import type { PullMemory } from "../../flow/memory.ts";
import type { Person, Place, RepositoryId, Sha } from "../../flow/names.ts";
import { isConfirmed } from "../../flow/override.ts";
import { commitOf, type Standing, type StandingOf } from "../../flow/standing.ts";
import type { Verdict } from "../../flow/verdict.ts";
import type { Carried } from "../carried.ts";
import type { Approval, Attested, Evidence, Hop, Named, Override } from "./record.ts";

/** All that the evidence of a release is made of. */
export type Gathering = Pick<Evidence, "state" | "made" | "flowgate" | "runBook"> & {
  readonly component: {
    readonly id: RepositoryId;
    readonly name: string;
    /** Of the config in force; null: the defaults. */
    readonly config: Sha | null;
    readonly stages: Stages;
  };
  readonly release: StandingOf<"release">;
  readonly pull: PullMemory & { readonly number: number };
  /** Of what was merged; null: it was merged before anything judged that. */
  readonly verdict: Verdict | null;
  readonly tag: { readonly object: Sha };
  readonly tree: Sha;
  /** The commit of the release before; null: there was none, or its tag is gone. */
  readonly before: Sha | null;
  readonly carried: Carried;
  readonly comparison: Comparison;
  readonly merged: readonly MergedPull[];
  readonly recorded: Recorded;
  readonly standing: readonly Standing[];
  readonly reviews: readonly Review[];
  /** As people gave it on GitHub, by their id. */
  readonly names: ReadonlyMap<number, string | null>;
  /** The last entry of the ledger. */
  readonly head: Place;
};

export function gathered(of: Gathering): Evidence {
  const { state, made, flowgate, component, release, pull, recorded, head, carried } = of;
  return {
    state,
    made,
    flowgate,
    repository: { id: component.id, name: component.name },
    release: {
      version: bare(release.version),
      tag: { name: release.version, object: of.tag.object },
      commit: release.commit,
      tree: of.tree,
      previous:
        release.previous === null || of.before === null ? null : { version: bare(release.previous), commit: of.before },
    },
    policy: { path: CONFIG_PATH, blob: component.config },
    pull: hopOf(pull, release.commit, recorded),
    hops: hopsOf(of),
    carried: carried.pulls.map(({ number, title, author, writers = [] }) => ({
      number,
      title,
      authors: [author, ...writers].map(personOf),
    })),
    loose: carried.loose.map(({ sha, title, author }) => ({ commit: sha, title, author: author?.login ?? null })),
    approvals: approvalsOf(of),
    gates: gatesOf(of.verdict),
    runBook: of.runBook,
    attestations: attestedFor(of),
    overrides: overridesOf(of),
    deviations: deviationsIn(of, { ...release, mergedAt: pull.mergedAt }).map(({ standing, closed }) => ({
      stage: standing.stage,
      commit: commitOf(standing),
      what: standing.because,
      by: standing.by,
      at: standing.at,
      closed,
    })),
    authorised: release.authorised ?? null,
    ledger: { chain: recorded.chain, from: recorded.from, merged: release.ledger, head },
  };
}

const bare = (tag: string): string => tag.replace(/^v/, "");
const personOf = ({ id, login }: Person): Person => ({ id, login });

/** Reviews that may say yes. What one that was dismissed had said GitHub tells no more. */
const mayApprove = ({ by, state, commit }: Review): boolean =>
  !by.bot && commit !== null && (state === "approved" || state === "dismissed");

/** Whose names an auditor wants printed: so many at most are asked for. */
export const approversIn = (reviews: readonly Review[]): readonly Person[] => [
  ...new Map(
    reviews
      .filter(mayApprove)
      .filter(({ by }) => by.id > 0)
      .map(({ by }) => [by.id, personOf(by)]),
  ).values(),
];

function hopOf(
  pull: Pick<MergedPull, "number" | "head" | "base" | "mergedAt">,
  merge: Sha,
  { promoters }: Recorded,
): Hop {
  const { number, head, base, mergedAt } = pull;
  return { number, from: head.ref, into: base, head: head.sha, merge, by: promoters[number] ?? null, at: mergedAt };
}

/** Merged pull requests that the release brought, of whatever lane. */
const broughtIn = ({ comparison, merged }: Pick<Gathering, "comparison" | "merged">): readonly MergedPull[] => {
  const commits = new Set(comparison.commits.map(({ sha }) => sha));
  return merged.filter(({ mergeCommit }) => mergeCommit !== null && commits.has(mergeCommit));
};

function hopsOf(of: Gathering): readonly Hop[] {
  const { stages } = of.component;
  return broughtIn(of)
    .filter(({ lane }) => lane === "promotion")
    .toSorted((a, b) => stages.indexOf(a.base) - stages.indexOf(b.base) || a.number - b.number)
    .map((pull) => hopOf(pull, pull.mergeCommit as Sha, of.recorded));
}

/** What was said up to the merge; what counted then, the gate knows. */
function approvalsOf({ reviews, verdict, pull, names }: Gathering): readonly Approval[] {
  const filled = verdict?.findings.flatMap((finding) => finding.filled ?? []) ?? [];
  const { mergedAt } = pull;
  const before = reviews.filter(({ at }) => mergedAt === null || at <= mergedAt);
  return before.flatMap((review, place) => {
    if (!mayApprove(review)) return [];
    const { id, by, state, at } = review;
    const commit = review.commit as Sha;
    const roles = commit === verdict?.head ? filled.filter((one) => one.by.id === by.id).map((one) => one.as) : [];
    const unsaid = before.slice(place + 1).some((later) => later.by.id === by.id && UNSAYS.includes(later.state));
    const named: Named = { ...personOf(by), name: names.get(by.id) ?? null };
    return [
      {
        by: named,
        meaning: roles.length === 0 ? null : roles.join(", "),
        at,
        commit,
        review: id,
        withdrawn: roles.length === 0 && (state === "dismissed" || unsaid),
      },
    ];
  });
}
const UNSAYS: readonly Review["state"][] = ["changes-requested", "dismissed"];

const gatesOf = (verdict: Verdict | null): Evidence["gates"] => [
  ...(verdict?.findings ?? []).map(({ gate, outcome, because, read }) => ({ gate, outcome, because, read })),
  ...(verdict?.notAsked ?? []).map(({ gate, because }) => ({
    gate,
    outcome: "not-applicable" as const,
    because,
    read: [],
  })),
];

/** What served this release, and what was said on it and serves none. */
function attestedFor({ standing, pull }: Gathering): readonly Attested[] {
  return standing
    .filter((one): one is StandingOf<"attestation"> => one.kind === "attestation")
    .filter(({ served = null, number }) => (served ?? number) === pull.number)
    .map((one) => {
      const { by, at, because, number, comment } = one;
      const said = { by, at, because, number, comment };
      if (one.what !== "backup") return { ...said, what: one.what };
      const { what, level, system, id, finished, restoreTested, fields } = one;
      return { ...said, what, level, system, id, finished, restoreTested, fields };
    });
}

/** Of the release and of all that it brought, at the heads that were merged. */
function overridesOf(of: Gathering): readonly Override[] {
  const merged = new Map([of.pull, ...broughtIn(of)].map(({ number, head }) => [number, head.sha]));
  return of.recorded.overrides.flatMap(({ standing, closed }) => {
    if (!isConfirmed(standing) || merged.get(standing.number) !== standing.head) return [];
    const { by, at, gate, head, because, confirmed } = standing;
    return [{ by, at, gate, head, because, confirmedBy: confirmed.by, closed }];
  });
}

/**
 * What came past the gates and is in a release: its own merge, what it brought, what came onto the last stage itself since the
 * release or the hotfix before, and what was done to the release by hand.
 *
 * @param release `commit`: what it was merged as; `version`: `v1.4.0`; `mergedAt` null: it is not known.
 */
export function deviationsIn(
  {
    comparison,
    recorded,
    component,
  }: Pick<Gathering, "comparison" | "recorded"> & {
    readonly component: { readonly stages: Stages };
  },
  { version, commit, mergedAt }: Pick<StandingOf<"release">, "version" | "commit"> & Pick<PullMemory, "mergedAt">,
): Recorded["deviations"] {
  const commits = new Set([commit, ...comparison.commits.map(({ sha }) => sha)]);
  const last = component.stages.at(-1);
  const since = recorded.landings
    .filter((at) => mergedAt !== null && at < mergedAt)
    .toSorted()
    .at(-1);
  return recorded.deviations.filter(({ standing }) => {
    if (standing.push === undefined) return standing.touched.tag === version;
    const { at } = standing.push;
    const isSince = (since === undefined || at > since) && (mergedAt === null || at <= mergedAt);
    return commits.has(commitOf(standing)) || (standing.stage === last && isSince);
  });
}
