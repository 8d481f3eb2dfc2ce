import type { Effect, Receipt } from "../flow/effect.ts";
import { type Instant, later, short } from "../flow/names.ts";
import { drift } from "../flow/ruleset.ts";
import type { Lease } from "../flow/subject.ts";
import { found, type Outcome, sentence } from "./failure.ts";
import { commentsShape, ourIssuesShape } from "./parse.ts";
import { checkRunsShape } from "./parse-commits.ts";
import { changesOf } from "./pull-text.ts";
import { pullAt, pullsFrom, textOf } from "./pulls.ts";
import type { Read } from "./read.ts";
import { attached } from "./release-assets.ts";
import { markedRelease, taggedCommit } from "./releasing.ts";
import { headOf, type Place, root, rulesetAt } from "./repository.ts";

/** GitHub's clock may be so far from ours. */
const SKEW_MS = 10 * 60_000;

export type Find = (lease: Lease, effect: Effect, decidedAt: Instant) => Promise<Receipt | null>;

/**
 * Looks on GitHub for an effect of an earlier run, by the mark it was given.
 *
 * @param app the App's id: only its own check runs are looked at.
 * @param grace milliseconds after the decision in which GitHub may still be doing it: it cuts a call off after 10 s.
 * @returns null: it was looked for and is not there. `unsure` where that cannot be told yet.
 */
export function finder(read: Read, clock: { now(): Instant }, app: number, grace: number): Find {
  return async (lease, effect, decidedAt) => {
    const { installation, priority } = lease;
    const place = { installation, priority, repository: effect.repository, name: effect.name };
    const outcome = await look(place, effect, decidedAt);
    const at = clock.now();
    if (!outcome.ok) {
      const because = sentence(outcome.failure, `asked whether ${inWords(effect)} is there`);
      return { effect, at, came: "unsure", because, retryAt: outcome.failure.until };
    }
    if (outcome.value !== null) return { effect, at, came: "done", id: outcome.value };
    const over = later(decidedAt, grace);
    if (at >= over) return null;
    return { effect, at, came: "unsure", because: `GitHub may still be writing ${inWords(effect)}.`, retryAt: over };
  };

  function look(place: Place, effect: Effect, decidedAt: Instant): Promise<Outcome<number | null>> {
    switch (effect.thing) {
      case "check-run":
        return checkRun(place, effect);
      case "comment":
        return comment(place, effect, app);
      case "merge":
        return merge(place, effect);
      case "promotion":
      case "commit":
        return promotion(place, effect);
      case "pull-body":
        return pullBody(place, effect);
      case "proposal":
        return proposal(place, effect);
      case "reviewers":
      case "reaction":
        // GitHub keeps one of a kind from each: doing it again does nothing.
        return Promise.resolve(found(null));
      case "issue":
        return issue(place, effect, later(decidedAt, -SKEW_MS));
      case "branch":
        return branch(place, effect);
      case "tag":
        return tag(place, effect);
      case "release":
        return release(place, effect);
      case "assets":
        return assets(place, effect);
      case "ruleset":
        return ruleset(place, effect);
    }
  }

  /** Merged at another head it is not what was decided. https://docs.github.com/rest/pulls/pulls#get-a-pull-request */
  async function merge(
    place: Place,
    { number, head }: Extract<Effect, { thing: "merge" }>,
  ): Promise<Outcome<number | null>> {
    const outcome = await pullAt(read, place, number);
    if (!outcome.ok) return outcome;
    const { facts } = outcome.value;
    return found(facts.merged && facts.head.sha === head ? number : null);
  }

  async function branch(place: Place, { branch, to }: Extract<Effect, { thing: "branch" }>) {
    const outcome = await headOf(read, place, branch);
    return outcome.ok ? found(outcome.value === to ? 0 : null) : outcome;
  }

  /** One that names another commit is somebody else's: making ours is refused then. */
  async function tag(place: Place, { tag, commit }: Extract<Effect, { thing: "tag" }>) {
    const outcome = await taggedCommit(read, place, tag);
    return outcome.ok ? found(outcome.value === commit ? 0 : null) : outcome;
  }

  /** One that was to be changed, only as it was to be. */
  async function release(place: Place, { mark, draft, body, over }: Extract<Effect, { thing: "release" }>) {
    const outcome = await markedRelease(read, place, mark);
    if (!outcome.ok) return outcome;
    const ours = outcome.value;
    const asWanted = ours?.draft === draft && ours.body === body;
    return found(ours !== null && (over === null || asWanted) ? ours.id : null);
  }

  async function assets(place: Place, effect: Extract<Effect, { thing: "assets" }>): Promise<Outcome<number | null>> {
    const outcome = await attached(read, place, effect);
    return outcome.ok ? found(outcome.value ? effect.release : null) : outcome;
  }

  async function promotion(
    place: Place,
    { branch, base }: Extract<Effect, { thing: "promotion" | "commit" }>,
  ): Promise<Outcome<number | null>> {
    const outcome = await pullsFrom(read, place, { branch, base, state: "open" });
    return outcome.ok ? found(outcome.value[0]?.number ?? null) : outcome;
  }

  async function pullBody(place: Place, effect: Extract<Effect, { thing: "pull-body" }>) {
    const outcome = await textOf(read, place, effect.number);
    if (!outcome.ok) return outcome;
    return found(changesOf(effect, outcome.value) === null ? effect.number : null);
  }

  /** By its branch: nobody else makes one of that name. */
  async function proposal(
    place: Place,
    { branch }: Extract<Effect, { thing: "proposal" }>,
  ): Promise<Outcome<number | null>> {
    const outcome = await pullsFrom(read, place, { branch, base: null, state: "all" });
    return outcome.ok ? found(outcome.value[0]?.number ?? null) : outcome;
  }

  /**
   * The newest of our own with its mark, which others may quote; one that was to be changed, only as it was to be.
   * https://docs.github.com/rest/issues/comments#list-issue-comments
   */
  async function comment(
    place: Place,
    { number, mark, body, over }: Extract<Effect, { thing: "comment" }>,
    app: number,
  ): Promise<Outcome<number | null>> {
    const outcome = await read.all(place, `${root(place)}/issues/${number}/comments`, commentsShape);
    if (!outcome.ok) return outcome;
    const ours = outcome.value.findLast((one) => one.by === app && one.body.includes(mark));
    return found(ours !== undefined && (typeof over !== "number" || ours.body === body) ? ours.id : null);
  }

  /**
   * Our own, with its mark; one that was to be changed, only as it was to be.
   * https://docs.github.com/rest/issues/issues#list-repository-issues
   */
  async function issue(
    place: Place,
    { mark, state, title, body, over }: Extract<Effect, { thing: "issue" }>,
    since: Instant,
  ): Promise<Outcome<number | null>> {
    const path = `${root(place)}/issues?state=all&since=${encodeURIComponent(since)}`;
    const outcome = await read.all(place, path, ourIssuesShape);
    if (!outcome.ok) return outcome;
    const ours = outcome.value.find((one) => one.by === app && one.body.includes(mark));
    const asWanted = ours?.state === state && ours.title === title && ours.body === body;
    return found(ours !== undefined && (over === null || asWanted) ? ours.number : null);
  }

  /** The newest run of that name is the one that counts, so an older one with our mark does not stand there any more. */
  async function checkRun(
    place: Place,
    effect: Extract<Effect, { thing: "check-run" }>,
  ): Promise<Outcome<number | null>> {
    const query = `check_name=${encodeURIComponent(effect.content.name)}&app_id=${app}&filter=all`;
    const path = `${root(place)}/commits/${effect.head}/check-runs?${query}`;
    const outcome = await read.all(place, path, checkRunsShape);
    if (!outcome.ok) return outcome;
    const newest = outcome.value.toSorted((a, b) => b.id - a.id)[0];
    return found(newest?.external_id === effect.fingerprint ? newest.id : null);
  }

  async function ruleset(place: Place, effect: Extract<Effect, { thing: "ruleset" }>): Promise<Outcome<number | null>> {
    const live = await rulesetAt(read, place, effect.title);
    if (!live.ok) return live;
    if (live.value === null) return found(effect.content === null ? 0 : null);
    return found(effect.content !== null && drift(effect.content, live.value).length === 0 ? live.value.id : null);
  }
}

function inWords(effect: Effect): string {
  switch (effect.thing) {
    case "check-run":
      return `the check ${effect.content.name} in ${effect.name}`;
    case "comment":
      return `the comment on #${effect.number} in ${effect.name}`;
    case "merge":
      return `the merge of #${effect.number} in ${effect.name}`;
    case "proposal":
    case "promotion":
    case "commit":
      return `the pull request from ${effect.branch} in ${effect.name}`;
    case "pull-body":
      return `the list of #${effect.number} in ${effect.name}`;
    case "reviewers":
      return `who is asked to review #${effect.number} in ${effect.name}`;
    case "reaction":
      return `the reaction to a comment in ${effect.name}`;
    case "issue":
      return `the issue “${effect.title}” in ${effect.name}`;
    case "branch":
      return `${short(effect.to)} at the end of ${effect.branch} in ${effect.name}`;
    case "tag":
      return `the tag ${effect.tag} in ${effect.name}`;
    case "release":
      return `the release ${effect.tag} of ${effect.name}`;
    case "assets":
      return `the files of the release ${effect.tag} of ${effect.name}`;
    case "ruleset":
      return `the ruleset ${effect.title} in ${effect.name}`;
  }
}
