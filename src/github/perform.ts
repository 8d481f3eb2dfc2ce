import type { ZodType } from "zod";
import { DRY_RUN, RECHECK } from "../flow/check-buttons.ts";
import { annotationsIn, type CheckContent, type Done, type Effect, type Receipt } from "../flow/effect.ts";
import type { Instant } from "../flow/names.ts";
import type { Lease } from "../flow/subject.ts";
import type { Call, Send } from "./call.ts";
import { committer } from "./committing.ts";
import { type Failure, failed, found, isAbsent, isThere, type Outcome, sentence } from "./failure.ts";
import { cureOfMerge } from "./merge-refusal.ts";
import { numberShape, writtenShape } from "./parse.ts";
import { changesOf } from "./pull-text.ts";
import { pullsFrom, textOf } from "./pulls.ts";
import { malformed, parsed, type Read } from "./read.ts";
import { attacher } from "./release-assets.ts";
import { releaser } from "./releasing.ts";
import { type Place, root, rulesetAt } from "./repository.ts";

/** GitHub's limit for a summary, which it gives in characters; bytes are never more of them. */
const LONGEST_SUMMARY = 65_535;
/** GitHub takes no more annotations in one request. https://docs.github.com/rest/checks/runs#create-a-check-run */
const MOST_ANNOTATIONS = 50;
/** Characters; GitHub's limit is 64 KB. */
const LONGEST_ANNOTATION = 2_000;
const CUT_HERE = "\n\n… cut here: GitHub shows no more than 65,535 bytes.";

export type Perform = (lease: Lease, effect: Effect) => Promise<Receipt>;

type Proposal = Extract<Effect, { thing: "proposal" }>;
type Comment = Extract<Effect, { thing: "comment" }>;
type PullBody = Extract<Effect, { thing: "pull-body" }>;
type Reviewers = Extract<Effect, { thing: "reviewers" }>;
type Merge = Extract<Effect, { thing: "merge" }>;
type Promotion = Extract<Effect, { thing: "promotion" }>;
type Commit = Extract<Effect, { thing: "commit" }>;
type CheckRun = Extract<Effect, { thing: "check-run" }>;
type Issue = Extract<Effect, { thing: "issue" }>;
type Ruleset = Extract<Effect, { thing: "ruleset" }>;

/**
 * The only writer. Does one thing that is written down, once, and says what came of it.
 *
 * `unsure` where it may have been done, and where nothing was sent because GitHub wants no calls just now: looking for
 * it later is right either way.
 *
 * @param apiUrl the base of the REST API: files are sent nowhere but to its hosts.
 */
export function performer(send: Send, read: Read, clock: { now(): Instant }, apiUrl: string): Perform {
  const releases = releaser(send, read, clock);
  const commits = committer(send, read, clock);
  const attach = attacher(send, read, clock, apiUrl);
  return async (lease, effect) => {
    const { installation, priority } = lease;
    const place = { installation, priority, repository: effect.repository, name: effect.name };
    const outcome = await act(place, effect);
    const at = clock.now();
    if (outcome.ok) return { effect, at, came: "done", ...outcome.value };
    const { failure } = outcome;
    if (failure.kind === "denied") return { effect, at, came: "refused", because: refusal(effect, failure) };
    return {
      effect,
      at,
      came: "unsure",
      because: sentence(failure, `asked to ${inWords(effect)}`),
      retryAt: failure.until,
    };
  };

  async function act(place: Place, effect: Effect): Promise<Outcome<Done>> {
    switch (effect.thing) {
      case "check-run":
        return setCheckRun(place, effect);
      case "comment":
        return setComment(place, effect);
      case "reaction": {
        const path = `${root(place)}/issues/comments/${effect.comment}/reactions`;
        return write(place, { method: "POST", path, body: { content: effect.content } });
      }
      case "merge":
        return merge(place, effect);
      case "promotion":
        return promote(place, effect);
      case "pull-body":
        return relist(place, effect);
      case "reviewers":
        return request(place, effect);
      case "commit": {
        const made = await commits(place, effect);
        return made.ok ? open(place, effect) : made;
      }
      case "proposal":
        return propose(place, effect);
      case "issue":
        return setIssue(place, effect);
      case "branch": {
        const path = `${root(place)}/git/refs/heads/${effect.branch.split("/").map(encodeURIComponent).join("/")}`;
        const { installation, priority } = place;
        const moved = await send({
          installation,
          priority,
          method: "PATCH",
          path,
          body: { sha: effect.to, force: false },
        });
        return moved.ok ? found({ id: 0 }) : moved;
      }
      case "tag":
        return releases.tag(place, effect);
      case "release":
        return releases.release(place, effect);
      case "assets":
        return attach(place, effect);
      case "ruleset":
        return setRuleset(place, effect);
    }
  }

  /**
   * At that head only: at another GitHub answers 409, and then it is judged again.
   * https://docs.github.com/rest/pulls/pulls#merge-a-pull-request
   */
  async function merge({ installation, priority, name }: Place, effect: Merge): Promise<Outcome<Done>> {
    const { number, head, method } = effect;
    const merged = await send({
      installation,
      priority,
      method: "PUT",
      path: `${root({ name })}/pulls/${number}/merge`,
      body: { sha: head, merge_method: method },
    });
    if (merged.ok) return found({ id: number });
    // Somebody else's merge came in between, so it is looked at again before anybody says no.
    const { failure } = merged;
    return failed(failure.status === 405 && PASSING.test(failure.message) ? { ...failure, kind: "unclear" } : failure);
  }

  /**
   * The branch, unless it is there, and the pull request; one that is open between the two is taken for it.
   * https://docs.github.com/rest/git/refs#create-a-reference, https://docs.github.com/rest/pulls/pulls#create-a-pull-request
   */
  async function promote(place: Place, effect: Promotion): Promise<Outcome<Done>> {
    const { installation, priority } = place;
    const { branch, pinned } = effect;
    if (pinned !== null) {
      const path = `${root(place)}/git/refs`;
      const ref = { ref: `refs/heads/${branch}`, sha: pinned };
      const made = await send({ installation, priority, method: "POST", path, body: ref });
      if (!made.ok && !isThere(made.failure)) return made;
    }
    return open(place, effect);
  }

  /** A pull request of ours; one that is open between the two branches already is that one. */
  async function open(place: Place, { branch, base, title, body }: Promotion | Commit): Promise<Outcome<Done>> {
    const path = `${root(place)}/pulls`;
    const opened = await write(place, { method: "POST", path, body: { head: branch, base, title, body } }, numberShape);
    if (opened.ok || !isThere(opened.failure)) return opened;
    const there = await pullsFrom(read, place, { branch, base, state: "open" });
    if (!there.ok) return there;
    return there.value[0] === undefined ? opened : found({ id: there.value[0].number });
  }

  /**
   * By what it says right now, so that nothing is lost that people wrote meanwhile. A list that they took away stays away.
   * https://docs.github.com/rest/pulls/pulls#update-a-pull-request
   */
  async function relist(place: Place, effect: PullBody): Promise<Outcome<Done>> {
    const { number } = effect;
    const now = await textOf(read, place, number);
    if (!now.ok) return now;
    const changes = changesOf(effect, now.value);
    if (changes === null) return found({ id: number });
    return write(place, { method: "PATCH", path: `${root(place)}/pulls/${number}`, body: changes }, numberShape);
  }

  async function request(place: Place, { number, people, teams }: Reviewers): Promise<Outcome<Done>> {
    const path = `${root(place)}/pulls/${number}/requested_reviewers`;
    return write(place, { method: "POST", path, body: { reviewers: people, team_reviewers: teams } }, numberShape);
  }

  /**
   * Branch, file and pull request, each unless it is there. What was begun and cut off is gone on with.
   * https://docs.github.com/rest/git/refs, https://docs.github.com/rest/repos/contents, https://docs.github.com/rest/pulls/pulls
   */
  async function propose(place: Place, effect: Proposal): Promise<Outcome<Done>> {
    const { installation, priority } = place;
    const { branch, base, from, path, text, title, body } = effect;
    const made = await send({
      installation,
      priority,
      method: "POST",
      path: `${root(place)}/git/refs`,
      body: { ref: `refs/heads/${branch}`, sha: from },
    });
    if (!made.ok && !isThere(made.failure)) return made;
    const file = await send({
      installation,
      priority,
      method: "PUT",
      path: `${root(place)}/contents/${path.split("/").map(encodeURIComponent).join("/")}`,
      body: { branch, message: title, content: Buffer.from(text).toString("base64") },
    });
    if (!file.ok && !isThere(file.failure)) return file;
    const pulls = `${root(place)}/pulls`;
    return write(place, { method: "POST", path: pulls, body: { head: branch, base, title, body } }, numberShape);
  }

  async function setCheckRun(place: Place, effect: CheckRun): Promise<Outcome<Done>> {
    const { head, content, over, fingerprint } = effect;
    const runs = `${root(place)}/check-runs`;
    // A completed run cannot be opened again, and annotations cannot be taken back: then a new one of the same name takes its place.
    const annotated = over !== null && annotationsIn(over.fingerprint) === annotationsIn(fingerprint);
    if (annotated && (!over.completed || content.status === "completed")) {
      const path = `${runs}/${over.id}`;
      const changed = await write(place, { method: "PATCH", path, body: checkBody(content, fingerprint) });
      if (!isAbsent(changed)) return changed;
    }
    const started = content.status === "in_progress" ? { started_at: clock.now() } : {};
    const { output, ...said } = checkBody(content, fingerprint);
    const marked = { ...output, ...annotationsOf(content) };
    const body = { name: content.name, head_sha: head, ...started, ...said, output: marked };
    return write(place, { method: "POST", path: runs, body });
  }

  /** One that was deleted is made anew. https://docs.github.com/rest/issues/comments */
  async function setComment(place: Place, { number, body, over }: Comment): Promise<Outcome<Done>> {
    const issues = `${root(place)}/issues`;
    if (typeof over === "number") {
      const changed = await write(place, { method: "PATCH", path: `${issues}/comments/${over}`, body: { body } });
      if (!isAbsent(changed)) return changed;
    }
    return write(place, { method: "POST", path: `${issues}/${number}/comments`, body: { body } });
  }

  /** Made open; one that was deleted is made anew. https://docs.github.com/rest/issues/issues */
  async function setIssue(place: Place, { title, body, state, over }: Issue): Promise<Outcome<Done>> {
    const issues = `${root(place)}/issues`;
    if (over !== null) {
      const reason = state === "closed" ? { state_reason: "completed" } : {};
      const path = `${issues}/${over.id}`;
      const changed = await write(
        place,
        { method: "PATCH", path, body: { title, body, state, ...reason } },
        numberShape,
      );
      if (!isAbsent(changed)) return changed;
    }
    return write(place, { method: "POST", path: issues, body: { title, body } }, numberShape);
  }

  async function setRuleset(place: Place, { title, content, over }: Ruleset): Promise<Outcome<Done>> {
    const rulesets = `${root(place)}/rulesets`;
    if (content === null) {
      const removed = over === null ? null : await remove(place, over);
      if (removed?.ok) return found({ id: 0 });
      if (removed !== null && !isAbsent(removed)) return failed(removed.failure);
      const live = await rulesetAt(read, place, title);
      if (!live.ok) return live;
      if (live.value === null) return found({ id: 0 });
      if (live.value.id === over && removed !== null) return failed(removed.failure);
      const other = await remove(place, live.value.id);
      return other.ok ? found({ id: 0 }) : other;
    }
    if (over !== null) {
      const changed = await write(place, { method: "PUT", path: `${rulesets}/${over}`, body: content });
      if (!isAbsent(changed)) return changed;
    }
    return write(place, { method: "POST", path: rulesets, body: content });
  }

  function remove({ installation, priority, name }: Place, id: number) {
    return send({ installation, priority, method: "DELETE", path: `${root({ name })}/rulesets/${id}` });
  }

  /** @returns the id of what now stands there; of an issue its number. */
  async function write(
    place: Place,
    call: Pick<Call, "method" | "path" | "body">,
    shape: ZodType<{ readonly id: number }> = writtenShape,
  ): Promise<Outcome<Done>> {
    const { installation, priority } = place;
    const outcome = await send({ installation, priority, ...call });
    if (!outcome.ok) return outcome;
    const result = parsed(outcome.value.text, shape);
    if ("value" in result) return found(result.value);
    return malformed(result.flaw, outcome.value.status, clock.now());
  }
}

/** They are sent with a new run only: what a change brings, GitHub adds to those that are there. */
function annotationsOf({ annotations = [] }: CheckContent) {
  if (annotations.length === 0) return {};
  return {
    annotations: annotations.slice(0, MOST_ANNOTATIONS).map(({ path, line, column, message }) => ({
      path,
      start_line: line,
      end_line: line,
      ...(column === undefined ? {} : { start_column: column, end_column: column }),
      annotation_level: "failure",
      message: message.slice(0, LONGEST_ANNOTATION),
    })),
  };
}

function checkBody(content: CheckContent, fingerprint: string) {
  const { status, conclusion, title, summary, detailsUrl } = content;
  return {
    status,
    ...(conclusion === null ? {} : { conclusion }),
    external_id: fingerprint,
    ...(detailsUrl === null ? {} : { details_url: detailsUrl }),
    output: { title, summary: cut(summary) },
    actions: content.dryRun ? [RECHECK, DRY_RUN] : [RECHECK],
  };
}

/** @returns the text, or as much of it as GitHub takes and a line that says so, cut between two characters. */
export function cut(summary: string): string {
  const bytes = Buffer.from(summary, "utf8");
  if (bytes.length <= LONGEST_SUMMARY) return summary;
  let end = LONGEST_SUMMARY - Buffer.byteLength(CUT_HERE);
  while (((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end--;
  return bytes.subarray(0, end).toString("utf8") + CUT_HERE;
}

const PERMISSIONS: { readonly [thing in Effect["thing"]]: readonly [string, string] } = {
  "check-run": ["checks", "Checks: write"],
  comment: ["comments", "Pull requests: write"],
  merge: ["merges", "Contents: write"],
  promotion: ["branches and pull requests", "Contents: write and Pull requests: write"],
  "pull-body": ["pull requests", "Pull requests: write"],
  reviewers: ["requests for reviews", "Pull requests: write"],
  commit: ["branches and pull requests", "Contents: write and Pull requests: write"],
  branch: ["branches", "Contents: write"],
  tag: ["tags", "Contents: write"],
  release: ["releases", "Contents: write"],
  assets: ["files of releases", "Contents: write"],
  proposal: ["branches and pull requests", "Contents: write and Pull requests: write"],
  reaction: ["reactions", "Issues: write"],
  issue: ["issues", "Issues: write"],
  ruleset: ["rulesets", "Administration: write"],
};

/** What GitHub says of a merge when somebody else's came in between. */
const PASSING = /base branch was modified/i;

/** Why GitHub will not, and what a person can do about it. */
function refusal(effect: Effect, failure: Failure): string {
  const { status, message } = failure;
  const [things, permission] = PERMISSIONS[effect.thing];
  const mayNot = /not accessible by integration/i.test(message) || status === 404 || (status === 403 && message === "");
  if (mayNot) {
    return `Flowgate may not write ${things} in ${effect.name}: give the App the permission ${permission}, and install it on this repository.`;
  }
  const said = sentence(failure, `asked to ${inWords(effect)}`);
  const cure = effect.thing === "merge" ? cureOfMerge(message) : null;
  return cure === null ? said : `${said} ${cure}`;
}

function inWords(effect: Effect): string {
  if (effect.thing === "check-run") return `set the check ${effect.content.name} in ${effect.name}`;
  if (effect.thing === "comment") return `comment on #${effect.number} in ${effect.name}`;
  if (effect.thing === "reaction") return `react to a comment in ${effect.name}`;
  if (effect.thing === "issue") return `set the issue “${effect.title}” in ${effect.name}`;
  if (effect.thing === "merge") return `merge #${effect.number} in ${effect.name}`;
  if (effect.thing === "pull-body") return `bring the list of #${effect.number} in ${effect.name} up to date`;
  if (effect.thing === "reviewers") return `request reviews of #${effect.number} in ${effect.name}`;
  if (effect.thing === "branch") return `move ${effect.branch} in ${effect.name}`;
  if (effect.thing === "tag") return `tag ${effect.tag} in ${effect.name}`;
  if (effect.thing === "release")
    return `${effect.draft ? "draft" : "publish"} the release ${effect.tag} of ${effect.name}`;
  if (effect.thing === "assets")
    return `attach ${effect.files.flatMap(({ name, text }) => (text === null ? [] : [name])).join(", ")} to the release ${effect.tag} of ${effect.name}`;
  if (effect.thing === "promotion" || effect.thing === "commit") return `open “${effect.title}” in ${effect.name}`;
  if (effect.thing === "proposal") return `propose ${effect.path} in ${effect.name}`;
  return `${effect.content === null ? "remove" : "set"} the ruleset ${effect.title} in ${effect.name}`;
}
