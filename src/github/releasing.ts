import { z } from "zod";
import type { Done, Effect } from "../flow/effect.ts";
import type { Answers, Tagged } from "../flow/facts.ts";
import { branchText, shaText } from "../flow/listed.ts";
import type { Instant, Sha } from "../flow/names.ts";
import type { Reply, Send } from "./call.ts";
import { type Failure, failed, found, isAbsent, isThere, type Outcome } from "./failure.ts";
import { id } from "./parse.ts";
import { malformed, parsed, type Read } from "./read.ts";
import { type Place, root } from "./repository.ts";

type Tag = Extract<Effect, { thing: "tag" }>;
type Release = Extract<Effect, { thing: "release" }>;

const objectShape = z.object({ object: z.object({ type: z.string(), sha: shaText }) });
const taggedShape = z.array(
  z
    .object({ name: branchText, commit: z.object({ sha: shaText }) })
    .transform(({ name, commit }): Tagged => ({ tag: name, commit: commit.sha })),
);
/** What making an object of git answers. */
export const madeShape = z.object({ sha: shaText });
const releaseShape = z.object({
  id,
  tag_name: z.string(),
  name: z.string().nullish(),
  body: z.string().nullish(),
  draft: z.boolean(),
  upload_url: z.string(),
});

/** The names of all tags. https://docs.github.com/rest/repos/repos#list-repository-tags */
export async function tagsOf(read: Read, place: Place): Promise<Outcome<readonly string[]>> {
  const outcome = await read.all(place, `${root(place)}/tags`, z.array(z.object({ name: branchText })));
  return outcome.ok ? found(outcome.value.map(({ name }) => name)) : outcome;
}

/** With the commit that each names, told by the same address. */
export const taggedOf = (read: Read, place: Place): Promise<Outcome<readonly Tagged[]>> =>
  read.all(place, `${root(place)}/tags`, taggedShape, { part: "commits" });

const tagAddress = (place: Place, tag: string): string => `${root(place)}/git/ref/tags/${encodeURIComponent(tag)}`;

/**
 * What a tag's name stands for, and the commit behind it, whatever kind of tag it is; null: there is none of that name.
 * https://docs.github.com/rest/git/refs#get-a-reference, https://docs.github.com/rest/git/tags#get-a-tag
 */
export async function tagAt(read: Read, place: Place, tag: string): Promise<Outcome<Answers["tag"]>> {
  const ref = await read.one(place, tagAddress(place, tag), objectShape);
  if (isAbsent(ref)) return found(null);
  if (!ref.ok) return ref;
  const { type, sha } = ref.value.object;
  if (type !== "tag") return found({ object: sha, commit: sha });
  const annotated = await read.one(place, `${root(place)}/git/tags/${sha}`, objectShape, { immutable: true });
  return annotated.ok ? found({ object: sha, commit: annotated.value.object.sha }) : annotated;
}

/** The commit that a tag names; null: there is none of that name. */
export async function taggedCommit(read: Read, place: Place, tag: string): Promise<Outcome<Sha | null>> {
  const there = await tagAt(read, place, tag);
  return there.ok ? found(there.value?.commit ?? null) : there;
}

/** Our GitHub Release by its mark, drafts among them; null: there is none. https://docs.github.com/rest/releases/releases#list-releases */
export async function markedRelease(read: Read, place: Place, mark: string) {
  const outcome = await read.all(place, `${root(place)}/releases`, z.array(releaseShape));
  return outcome.ok ? found(outcome.value.find(({ body }) => body?.includes(mark)) ?? null) : outcome;
}

/** GitHub's 404 for a release of ours: whether it is gone or hidden, it would say no again. */
export const gone = (failure: Failure, tag: string): Failure => ({
  ...failure,
  kind: "denied",
  status: null,
  how: `GitHub does not show the release ${tag} any more`,
});

/** How a release is written: its tag, and the GitHub Release. */
export function releaser(send: Send, read: Read, clock: { now(): Instant }) {
  return { tag, release };

  /** The object, which nobody sees by itself, and then its name: one that names the same commit is ours. */
  async function tag(place: Place, { tag, commit, message }: Tag): Promise<Outcome<Done>> {
    const { installation, priority } = place;
    const object = { tag, message, object: commit, type: "commit" };
    const made = await send({ installation, priority, method: "POST", path: `${root(place)}/git/tags`, body: object });
    if (!made.ok) return made;
    const result = parsed(made.value.text, madeShape);
    if ("flaw" in result) return malformed(result.flaw, made.value.status, clock.now());
    const body = { ref: `refs/tags/${tag}`, sha: result.value.sha };
    const named = await send({ installation, priority, method: "POST", path: `${root(place)}/git/refs`, body });
    if (named.ok) return found({ id: 0, told: result.value.sha });
    if (!isThere(named.failure)) return named;
    const there = await tagAt(read, place, tag);
    if (!there.ok) return there;
    return there.value?.commit === commit ? found({ id: 0, told: there.value.object }) : failed(named.failure);
  }

  /** A draft that was deleted is made anew; what is to be published is there, or is not published. */
  async function release(place: Place, { tag, commit, title, body, draft, over }: Release): Promise<Outcome<Done>> {
    const { installation, priority } = place;
    const path = `${root(place)}/releases`;
    const said = { tag_name: tag, target_commitish: commit, name: title, body, draft };
    if (over !== null) {
      const changed = await send({ installation, priority, method: "PATCH", path: `${path}/${over}`, body: said });
      if (changed.ok || !isAbsent(changed)) return written(changed);
      if (!draft) return failed(gone(changed.failure, tag));
    }
    return written(await send({ installation, priority, method: "POST", path, body: said }));
  }

  function written(outcome: Outcome<Reply>): Outcome<Done> {
    if (!outcome.ok) return outcome;
    const result = parsed(outcome.value.text, releaseShape);
    if ("flaw" in result) return malformed(result.flaw, outcome.value.status, clock.now());
    return found({ id: result.value.id, told: result.value.upload_url });
  }
}
