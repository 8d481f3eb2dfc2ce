import type { Actor } from "./actor.ts";
import { withdrawAutoMerge } from "./auto-merge-request.ts";
import { bringCommit, closePull, keepHead } from "./following.ts";
import { isAncestor, mergeBase } from "./git/history.ts";
import type { Github } from "./github.ts";
import type { Pull, Repository, Sha } from "./model.ts";
import { done, invalid, notFound, type Outcome, refused } from "./outcome.ts";
import { announcePull } from "./pull-events.ts";
import { branchAt } from "./refs.ts";
import { mayPush, requireRole } from "./rights.ts";

/** GitHub's limit for texts of pull requests and comments, in characters. */
export const longestBody = 65_536;
const longestTitle = 256;

/** The pull request NUMBER of the repository; undefined when there is none. */
export function pullOf(github: Github, repositoryId: number, number: number): Pull | undefined {
  return github.find.pull(repositoryId, number);
}

type Head = { readonly repository: Repository; readonly ref: string; readonly sha: Sha };

/** All repositories of one network: the root and its forks. */
function networkOf(github: Github, repository: Repository): readonly Repository[] {
  const rootOf = (one: Repository): number => {
    const parent = github.state.repositories.get(one.forkParentId ?? -1);
    return parent ? rootOf(parent) : one.id;
  };
  const root = rootOf(repository);
  return github.state.repositories.all().filter((one) => rootOf(one) === root);
}

function findHead(github: Github, repository: Repository, head: string, headRepository?: string): Head | undefined {
  const colon = head.indexOf(":");
  const owner = colon < 0 ? undefined : head.slice(0, colon).split("/")[0]?.toLowerCase();
  const ref = head.slice(colon + 1).replace(/^refs\/heads\//, "");
  const places = networkOf(github, repository).filter((one) => {
    if (headRepository !== undefined) return [one.name, github.nameOf(one)].includes(headRepository);
    if (owner === undefined) return one.id === repository.id;
    return github.state.accounts.get(one.ownerId)?.login.toLowerCase() === owner;
  });
  const place = places.find((one) => one.id === repository.id) ?? places[0];
  const sha = place && branchAt(github, place.id, ref);
  return place && sha ? { repository: place, ref, sha } : undefined;
}

const custom = (message: string) => invalid({ resource: "PullRequest", code: "custom", message });
const field = (name: string) => invalid({ resource: "PullRequest", field: name, code: "invalid" });

function textRefusal(title: string | undefined, body: string | null | undefined): Outcome<never> | null {
  if (title !== undefined && title.trim() === "") {
    return invalid({ resource: "PullRequest", code: "missing_field", field: "title" });
  }
  if (title !== undefined && title.length > longestTitle)
    return custom(`title is too long (maximum is ${longestTitle} characters)`);
  if ((body ?? "").length > longestBody) return custom(`body is too long (maximum is ${longestBody} characters)`);
  return null;
}

/** Why a head cannot be proposed to a base, in GitHub's words; null when it can. */
async function pairRefusal(
  github: Github,
  repository: Repository,
  head: Head,
  base: string,
): Promise<Outcome<never> | null> {
  const tip = branchAt(github, repository.id, base);
  if (!tip) return field("base");
  const owner = github.state.accounts.get(head.repository.ownerId)?.login ?? "";
  const twin = github.find
    .pullsFrom(head.repository.id, head.ref)
    .find((one) => one.state === "open" && one.repositoryId === repository.id && one.base.ref === base);
  if (twin) return custom(`A pull request already exists for ${owner}:${head.ref}.`);
  await bringCommit(github, repository, head.repository, head.sha);
  if (await isAncestor(github.git, repository.id, head.sha, tip)) {
    return custom(
      `No commits between ${base} and ${head.repository.id === repository.id ? head.ref : `${owner}:${head.ref}`}`,
    );
  }
  if ((await mergeBase(github.git, repository.id, tip, head.sha)) === null) {
    return custom(`The ${head.ref} branch has no history in common with ${base}`);
  }
  return null;
}

/** Opens a pull request. `head` is BRANCH or OWNER:BRANCH (a fork in the same network). */
export async function openPull(
  github: Github,
  by: Actor,
  repository: Repository,
  input: {
    readonly title: string;
    readonly head: string;
    readonly base: string;
    readonly body?: string | null | undefined;
    readonly draft?: boolean | undefined;
    readonly headRepository?: string | undefined;
  },
): Promise<Outcome<Pull>> {
  return github.exclusively(repository.id, async () => {
    const allowed = requireRole(github, by, repository, "read");
    if (!allowed.done) return allowed;
    if (repository.archived) return refused(403, "Repository was archived so is read-only.");
    const wrong = textRefusal(input.title, input.body);
    if (wrong) return wrong;
    if (!branchAt(github, repository.id, input.base)) return field("base");
    const head = findHead(github, repository, input.head, input.headRepository);
    if (!head) return field("head");
    if (!by.installation && !mayPush(github, by, head.repository) && !mayPush(github, by, repository)) {
      return invalid({
        resource: "PullRequest",
        code: "custom",
        field: "user_id",
        message: "The user must be a collaborator",
      });
    }
    const pair = await pairRefusal(github, repository, head, input.base);
    if (pair) return pair;
    const number = takeNumber(github, repository.id);
    await keepHead(github, repository, number, head.repository, head.sha);
    const at = github.time();
    const pull = github.state.pulls.put({
      id: github.state.nextId(),
      repositoryId: repository.id,
      number,
      title: input.title,
      body: input.body ?? null,
      state: "open",
      draft: input.draft ?? false,
      authorId: by.account.id,
      viaAppId: by.installation?.appId ?? null,
      head: {
        repositoryId: head.repository.id,
        owner: github.state.accounts.get(head.repository.ownerId)?.login ?? "",
        ref: head.ref,
        sha: head.sha,
      },
      base: { ref: input.base, sha: branchAt(github, repository.id, input.base) ?? "" },
      labelIds: [],
      assigneeIds: [],
      requestedReviewerIds: [],
      merged: false,
      mergedAt: null,
      mergedById: null,
      mergeCommitSha: null,
      createdAt: at,
      updatedAt: at,
      closedAt: null,
    });
    await announcePull(github, by, pull, "opened");
    return done(pull);
  });
}

/** The next free number of a repository; it is used up. */
export function takeNumber(github: Github, repositoryId: number): number {
  const number = github.state.repositories.get(repositoryId)?.nextNumber ?? 1;
  github.state.repositories.change(repositoryId, { nextNumber: number + 1 });
  return number;
}

export type PullChange = {
  readonly title?: string | undefined;
  readonly body?: string | null | undefined;
  readonly base?: string | undefined;
  readonly state?: "open" | "closed" | undefined;
};

/** Edits title or body, retargets to another base, closes or reopens. Its author may, and anyone with write. */
export async function editPull(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
  change: PullChange,
): Promise<Outcome<Pull>> {
  return github.exclusively(repository.id, async () => {
    const found = ownOrWriter(github, by, repository, number);
    if (!found.done) return found;
    const wrong = textRefusal(change.title, change.body);
    if (wrong) return wrong;
    if (change.base !== undefined && change.base !== found.value.base.ref) {
      const refusal = await retargetRefusal(github, repository, found.value, change.base);
      if (refusal) return refusal;
    }
    let pull = await applyTexts(github, by, found.value, change);
    if (change.state === "closed" && pull.state === "open") pull = await closePull(github, by, pull);
    if (change.state === "open" && pull.state === "closed") return reopen(github, by, repository, pull);
    return done(pull);
  });
}

function ownOrWriter(github: Github, by: Actor, repository: Repository, number: number): Outcome<Pull> {
  const seen = requireRole(github, by, repository, "read");
  if (!seen.done) return seen;
  const pull = github.find.pull(repository.id, number);
  if (!pull) return notFound;
  if (pull.authorId === by.account.id) return done(pull);
  const allowed = requireRole(github, by, repository, "write");
  return allowed.done ? done(pull) : allowed;
}

async function retargetRefusal(github: Github, repository: Repository, pull: Pull, base: string) {
  if (pull.state === "closed") return custom("Cannot change the base branch of a closed pull request.");
  const place = github.state.repositories.get(pull.head.repositoryId ?? -1);
  if (place?.id === repository.id && pull.head.ref === base) return field("base");
  const head: Head = { repository: place ?? repository, ref: pull.head.ref, sha: pull.head.sha };
  return pairRefusal(github, repository, head, base);
}

async function applyTexts(github: Github, by: Actor, pull: Pull, change: PullChange): Promise<Pull> {
  const changes: Record<string, unknown> = {};
  const fields: { title?: string; body?: string | null; base?: Pull["base"] } = {};
  if (change.title !== undefined && change.title !== pull.title) {
    changes["title"] = { from: pull.title };
    fields.title = change.title;
  }
  if (change.body !== undefined && change.body !== pull.body) {
    changes["body"] = { from: pull.body ?? "" };
    fields.body = change.body;
  }
  if (change.base !== undefined && change.base !== pull.base.ref) {
    changes["base"] = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
    fields.base = { ref: change.base, sha: branchAt(github, pull.repositoryId, change.base) ?? pull.base.sha };
  }
  if (Object.keys(changes).length === 0) return pull;
  const edited = github.state.pulls.change(pull.id, { ...fields, updatedAt: github.time() });
  await announcePull(github, by, edited, "edited", { changes });
  return fields.base ? withdrawAutoMerge(github, by, edited, "Base branch was changed") : edited;
}

async function reopen(github: Github, by: Actor, repository: Repository, pull: Pull): Promise<Outcome<Pull>> {
  const cannot = (why: string) => custom(`state cannot be changed. ${why}`);
  if (pull.merged) return cannot("The pull request cannot be reopened.");
  const home = github.state.repositories.get(pull.head.repositoryId ?? -1);
  const tip = home && branchAt(github, home.id, pull.head.ref);
  if (!home || !tip) return cannot("The repository or branch that submitted this pull request has been deleted.");
  const base = branchAt(github, repository.id, pull.base.ref);
  if (!base) return cannot(`The ${pull.base.ref} branch has been deleted.`);
  const twin = github.find
    .pullsFrom(home.id, pull.head.ref)
    .find((one) => one.state === "open" && one.repositoryId === repository.id && one.base.ref === pull.base.ref);
  if (twin) return custom(`A pull request already exists for ${pull.head.owner}:${pull.head.ref}.`);
  await keepHead(github, repository, pull.number, home, tip);
  if (!(await isAncestor(github.git, repository.id, pull.head.sha, tip))) {
    return cannot(`The ${pull.head.ref} branch was force-pushed or recreated.`);
  }
  if (await isAncestor(github.git, repository.id, tip, base)) {
    return cannot(`There are no new commits on the ${pull.head.ref} branch.`);
  }
  const reopened = github.state.pulls.change(pull.id, {
    state: "open",
    closedAt: null,
    head: { ...pull.head, sha: tip },
    base: { ...pull.base, sha: base },
    updatedAt: github.time(),
  });
  await announcePull(github, by, reopened, "reopened");
  return done(reopened);
}

function setDraft(github: Github, by: Actor, repository: Repository, number: number, draft: boolean) {
  return github.exclusively<Outcome<Pull>>(repository.id, async () => {
    const found = ownOrWriter(github, by, repository, number);
    if (!found.done || found.value.draft === draft) return found;
    if (found.value.state === "closed") return refused(422, "The pull request is closed.");
    const pull = github.state.pulls.change(found.value.id, { draft, updatedAt: github.time() });
    await announcePull(github, by, pull, draft ? "converted_to_draft" : "ready_for_review");
    return done(draft ? await withdrawAutoMerge(github, by, pull, "Pull request was converted to draft") : pull);
  });
}

/** Marks a draft ready for review. */
export async function readyForReview(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
): Promise<Outcome<Pull>> {
  return setDraft(github, by, repository, number, false);
}

/** Makes it a draft again. */
export async function convertToDraft(
  github: Github,
  by: Actor,
  repository: Repository,
  number: number,
): Promise<Outcome<Pull>> {
  return setDraft(github, by, repository, number, true);
}
