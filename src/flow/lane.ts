import type { Policy } from "./config.ts";
import type { BroughtBy, Commit, Comparison, Read, Review } from "./facts.ts";
import { type Look, looking, type Missing } from "./looking.ts";
import type { PullFacts } from "./memory.ts";
import { type Branch, type RepositoryId, type Sha, short } from "./names.ts";
import { firstMatch, matches } from "./pattern.ts";
import type { Lane } from "./verdict.ts";
import { count, shell } from "./words.ts";

/** A pull request as far as its lane depends on it. */
export type Candidate = Pick<PullFacts, "head" | "base" | "author" | "body" | "dataLabel"> & {
  readonly number: number;
  readonly repository: RepositoryId;
};

/** The lane a pull request is in, why none allows it, or what is still to be read to tell. */
export type LaneAnswer =
  | (Allowed & { readonly read: readonly string[] })
  | { readonly refused: Refusal; readonly read: readonly string[] }
  | Missing;

/** `own`: a back-merge with merge commits of its own, which somebody has to look at. `letThrough`: no lane allows it, people do. */
export type Allowed = {
  readonly lane: Lane;
  readonly because: string;
  readonly own?: true;
  readonly letThrough?: true;
};
/** Why not, and what to do instead. */
export type Refusal = { readonly because: string; readonly cure: string; readonly copy: string | null };

/** More commits of its own than this on a `release/**` branch are not looked at one by one. */
const OWN_COMMITS = 100;

/**
 * Says what a pull request is, from the head repository's id, the head branch, what its tip brings, and the base.
 * The rows are tried from the top, and a name alone opens no lane but `feature`: anybody can name a branch.
 *
 * @param pull its base must be a stage of the policy.
 * @param read comparisons, pull requests and reviews read so far; what is missing comes back as `lacks`.
 * @param rollbacks what rollbacks of the last stage were merged as.
 */
export function laneOf(pull: Candidate, policy: Policy, read: Read, rollbacks: readonly Sha[] = []): LaneAnswer {
  const look = looking(read);
  for (const row of ROWS) {
    const answer = row({ pull, policy, look, rollbacks, ...places(pull, policy) });
    const missing = look.missing();
    if (missing !== null) return missing;
    if (answer !== null)
      return "lane" in answer ? { ...answer, read: look.seen } : { refused: answer, read: look.seen };
  }
  return { refused: refusal(pull, policy), read: look.seen };
}

type Case = {
  readonly pull: Candidate;
  readonly policy: Policy;
  readonly look: Look;
  readonly rollbacks: readonly Sha[];
  readonly fork: boolean;
  /** The base's place in promotion order. */
  readonly to: number;
  /** The head's place where it is a stage branch itself, else -1. */
  readonly from: number;
  readonly last: number;
};
type Row = (of: Case) => Allowed | Refusal | null;

const places = (pull: Candidate, { stages }: Policy): Pick<Case, "fork" | "to" | "from" | "last"> => ({
  fork: pull.head.repository !== pull.repository,
  to: stages.indexOf(pull.base),
  from: stages.indexOf(pull.head.ref),
  last: stages.length - 1,
});

const ROWS: readonly Row[] = [
  /** A fork's branch may be called anything, so its name says nothing. */
  function forks({ pull, policy, fork, to }) {
    if (!fork) return null;
    const first = policy.stages[0] as Branch;
    if (to !== 0) {
      return {
        because: `A fork may only enter ${first}, whatever its branch is called.`,
        cure: `Change the base of this pull request to \`${first}\`.`,
        copy: retarget(pull.number, first),
      };
    }
    if (policy.forks === "allow") return { lane: "feature", because: `A fork may enter ${pull.base}.` };
    return {
      because: "Pull requests from forks are not taken here.",
      cure: "Ask somebody with write access to push the branch to this repository and open it from there.",
      copy: null,
    };
  },

  function features({ pull, policy, to }) {
    if (to !== 0) return null;
    const pattern = firstMatch(pull.head.ref, policy.features);
    if (pattern === null) return null;
    return {
      lane: "feature",
      because: `${pull.head.ref} is a feature branch (${pattern}) and may enter ${pull.base}.`,
    };
  },

  function promotions({ pull, look, policy, to, from, last }) {
    if (to === 0) return null;
    const before = policy.stages[to - 1] as Branch;
    const lane = to === last ? "release" : "promotion";
    if (from === to - 1) return { lane, because: `${before} goes into ${pull.base}: the next stage.` };
    if (!matches(pull.head.ref, "release/**")) return null;
    const own = look.at({ want: "compare", base: before, head: pull.head.sha });
    if (own === null) return null;
    if (own.ahead === 0)
      return { lane, because: `${pull.head.ref} is pinned at a commit of ${before} and goes into ${pull.base}.` };
    return to === last ? ownCommits(pull, before, own) : ownByPullRequest(look, pull, before, own);
  },

  /** Cut from the last stage: it brings nothing that is still on its way through the earlier ones. */
  function hotfixes({ pull, look, policy, to, last }) {
    if (to !== last || !matches(pull.head.ref, "hotfix/**")) return null;
    const brings = look.at({ want: "compare", base: pull.base, head: pull.head.sha });
    const lacking = policy.stages
      .slice(0, last)
      .map((stage) => look.at({ want: "compare", base: stage, head: pull.head.sha }));
    if (brings === null) return null;
    for (const [place, lacks] of lacking.entries()) {
      if (lacks === null) return null;
      const stage = policy.stages[place] as Branch;
      if (!brings.whole || !lacks.whole) return tooMany(pull, brings);
      const new_ = new Set(lacks.commits.map(({ sha }) => sha));
      const stray = brings.commits.find(({ sha }) => !new_.has(sha));
      if (stray === undefined) continue;
      return {
        because: `${pull.head.ref} was not cut from ${pull.base}: it brings ${named(stray)} of ${stage}.`,
        cure: `Cut it anew from \`${pull.base}\` and cherry-pick only the fix; what is on ${stage} comes with the next release.`,
        copy: `git switch -c ${shell(pull.head.ref)}-2 origin/${shell(pull.base)}`,
      };
    }
    return { lane: "hotfix", because: `${pull.head.ref} was cut from ${pull.base} and may go back into it.` };
  },

  function backMerges({ pull, look, policy, rollbacks, to, from, last }) {
    if (to === last) return null;
    if (from > to)
      return {
        lane: "back-merge",
        because: `${pull.head.ref} is a later stage and may be merged back into ${pull.base}.`,
      };
    const laters = policy.stages.slice(to + 1);
    const beyond = laters.map((stage) => look.at({ want: "compare", base: stage, head: pull.head.sha }));
    if (beyond.includes(null)) return null;
    const home = laters[beyond.findIndex((comparison) => comparison?.ahead === 0)];
    if (home !== undefined) {
      return {
        lane: "back-merge",
        because: `The tip of ${pull.head.ref} is a commit of ${home} and may be merged back into ${pull.base}.`,
      };
    }
    return matches(pull.head.ref, "back-merge/**")
      ? resolvedConflict(look, pull, laters, beyond as Comparison[], rollbacks)
      : null;
  },
];

/** A `release/**` branch on its way into a stage between: each commit of its own came by a pull request that somebody else approved. */
function ownByPullRequest(look: Look, pull: Candidate, before: Branch, own: Comparison): ReturnType<Row> {
  if (!own.whole || own.ahead > OWN_COMMITS) return tooMany(pull, own);
  const brought = own.commits.map((commit) => ({ commit, by: look.at({ want: "brought-by", commit: commit.sha }) }));
  if (look.missing() !== null) return null;
  const found = brought.map(({ commit, by }) => ({
    commit,
    by: (by as readonly BroughtBy[]).find(({ merged, base }) => merged && base === pull.head.ref),
  }));
  const direct = found.find(({ by }) => by === undefined);
  if (direct !== undefined) {
    return {
      because: `${pull.head.ref} has ${named(direct.commit)}, which came by no pull request into it.`,
      cure: `Take it out, or bring it in by a pull request into \`${pull.head.ref}\` that somebody else approves.`,
      copy: null,
    };
  }
  for (const { commit, by } of found as { commit: Commit; by: BroughtBy }[]) {
    const reviews = look.at({ want: "reviews", number: by.number });
    if (reviews !== null && !approvedByAnother(reviews, by, commit)) {
      return {
        because: `${pull.head.ref} has ${named(commit)} of #${by.number}, which nobody but its author approved.`,
        cure: `Somebody who did not write #${by.number} must have approved it as it was merged; bring the change in again by a reviewed pull request.`,
        copy: null,
      };
    }
  }
  return {
    lane: "promotion",
    because: `${pull.head.ref} has ${count(own.ahead, "reviewed commit")} beyond ${before} and goes into ${pull.base}.`,
  };
}

/** The last word of each reviewer counts; a comment is no word for or against. */
function approvedByAnother(reviews: readonly Review[], pull: BroughtBy, commit: Commit): boolean {
  const last = new Map<number, Review>();
  for (const review of reviews) if (review.state !== "commented") last.set(review.by.id, review);
  // The merge commit is by whoever pressed the button, who may well be the one who approved.
  const author = commit.parents[1] === pull.head ? null : commit.author;
  return [...last.values()].some(
    ({ by, state, commit: approved }) =>
      state === "approved" && approved === pull.head && !by.bot && by.id !== pull.author.id && by.id !== author?.id,
  );
}

/** A `back-merge/**` branch may add merge commits, since a conflict needs one, and nothing else of its own. */
function resolvedConflict(
  look: Look,
  pull: Candidate,
  laters: readonly Branch[],
  beyond: readonly Comparison[],
  rollbacks: readonly Sha[],
): ReturnType<Row> {
  const brings = look.at({ want: "compare", base: pull.base, head: pull.head.sha });
  if (brings === null) return null;
  if (!brings.whole || beyond.some(({ whole }) => !whole)) return tooMany(pull, brings);
  const lacked = beyond.map(({ commits }) => new Set(commits.map(({ sha }) => sha)));
  const own = brings.commits.filter(({ sha }) => lacked.every((commits) => commits.has(sha)));
  const from = laters.join(" and ");
  const work = own.find(({ parents }) => parents.length < 2);
  if (work !== undefined) {
    return {
      because: `${pull.head.ref} has ${named(work)}, which is on no later stage: a back-merge brings only what ${from} has.`,
      cure: "Take that commit out; work of your own enters by a feature branch.",
      copy: null,
    };
  }
  if (own.length === brings.commits.length) {
    return {
      because: `${pull.head.ref} brings nothing of ${from}, so it is no back-merge.`,
      cure: `Merge \`${laters.at(-1)}\` into it, or close this pull request.`,
      copy: `git merge origin/${shell(laters.at(-1) as Branch)}`,
    };
  }
  const keeps = own.map((commit) => keepsItsOwn(commit, rollbacks, look));
  if (keeps.includes(null)) return null;
  if (!keeps.includes(false))
    return {
      lane: "back-merge",
      because: `${pull.head.ref} takes a rollback of ${laters.at(-1)} into the history of ${pull.base}, which stays as it is.`,
    };
  return {
    lane: "back-merge",
    own: true,
    because: `${pull.head.ref} merges ${from} back into ${pull.base} with ${count(own.length, "merge commit")} of its own.`,
  };
}

/**
 * Whether a commit merges nothing but a rollback, and has the very tree of what it was merged into. Who made it says nothing:
 * a name is easily written into a commit. Null: not known yet.
 */
function keepsItsOwn({ parents, tree }: Commit, rollbacks: readonly Sha[], look: Look): boolean | null {
  const [first, second, more] = parents;
  if (first === undefined || second === undefined || more !== undefined || !rollbacks.includes(second)) return false;
  const before = look.at({ want: "tree", commit: first });
  return before && before === tree;
}

function ownCommits(pull: Candidate, before: Branch, own: Comparison): Refusal {
  const stray = own.commits[0];
  return {
    because: `${pull.head.ref} has ${stray ? named(stray) : count(own.ahead, "commit")} that ${before} lacks.`,
    cure: `Only what was on ${before} goes into ${pull.base}: bring it through \`${before}\` first.`,
    copy: null,
  };
}

function tooMany(pull: Candidate, brings: Comparison): Refusal {
  return {
    because: `${pull.head.ref} brings ${brings.ahead} commits, more than can be looked at one by one.`,
    cure: "Split it, or bring the change in through the first stage.",
    copy: null,
  };
}

/** No row allows it: where this branch may go instead. */
function refusal(pull: Candidate, { stages, features }: Policy): Refusal {
  const { ref } = pull.head;
  const first = stages[0] as Branch;
  const last = stages.at(-1) as Branch;
  const own = stages.indexOf(ref);
  const next = stages[own + 1];
  if (own >= 0 && next !== undefined) {
    return {
      because: `${ref} goes into ${next}, not into ${pull.base}: no stage is skipped.`,
      cure: `Open a pull request from \`${ref}\` into \`${next}\`.`,
      copy: `gh pr create --head ${shell(ref)} --base ${shell(next)}`,
    };
  }
  if (pull.author.bot && firstMatch(ref, features) !== null) {
    return {
      because: `${ref} enters at ${first}, not at ${pull.base}. Set its target branch to ${first}.`,
      cure: `Set \`target-branch: ${first}\` in the bot's config; ${ref.startsWith("dependabot/") ? "Dependabot's is `.github/dependabot.yml`" : "its documentation says where"}.`,
      copy: `target-branch: ${first}`,
    };
  }
  if (firstMatch(ref, features) !== null) {
    return {
      because: `${ref} enters at ${first}, not at ${pull.base}. Open it into ${first} instead.`,
      cure: `Change the base of this pull request to \`${first}\`; from there \`${pull.base}\` is reached stage by stage.`,
      copy: retarget(pull.number, first),
    };
  }
  if (matches(ref, "hotfix/**") && pull.base !== last) {
    return {
      because: `${ref} is a hotfix and goes into ${last}, not into ${pull.base}.`,
      cure: `Change the base of this pull request to \`${last}\`; from there it is merged back into the earlier stages.`,
      copy: retarget(pull.number, last),
    };
  }
  const name = `feature/${ref.split("/").at(-1)}`;
  const where = pull.base === first ? `${ref} matches no feature pattern` : `${ref} may not enter ${pull.base}`;
  return {
    because: `${where}. Push it as ${name} and open that into ${first}.`,
    cure: `A new pull request is needed: renaming the branch on GitHub would close this one. Patterns: ${features.map((pattern) => `\`${pattern}\``).join(", ")}.`,
    copy: `git push origin HEAD:${shell(name)}`,
  };
}

const named = (commit: Commit) => `commit ${short(commit.sha)} “${cut(commit.title)}”`;
const cut = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
const retarget = (number: number, base: Branch) => `gh pr edit ${number} --base ${shell(base)}`;
