import type { Ended } from "./ended.ts";
import type { Instant, Person, Sha } from "./names.ts";
import { newest } from "./provenance.ts";

/** What people do to a GitHub Release, or to its tag. */
export type Deed = "published" | "unpublished" | "edited" | "deleted" | "tag-moved" | "tag-deleted";

/** Something was done to a GitHub Release or a tag by somebody else than us, as GitHub told. */
export type Touch = {
  readonly did: Deed;
  /** Its tag's name, and the one before where that was changed. */
  readonly tags: readonly string[];
  /** It was a draft, which only those see who may write. */
  readonly draft: boolean;
  /** Null: GitHub does not say. */
  readonly by: Person | null;
  readonly at: Instant;
};

/** The same, of a release of ours. */
export type Touched = {
  readonly did: Deed;
  /** It was a draft, and that was done to it more often than Flowgate puts it right. Left out: others could see it. */
  readonly draft?: true;
  /** `v1.4.0`. */
  readonly tag: string;
  /** What the release is of. */
  readonly commit: Sha;
  /** How it had ended by then; null: it had not, and Flowgate goes on with it. */
  readonly ended: Ended["as"] | null;
  readonly at: Instant;
};

/** With what was told now; told twice it is there once. */
export function withTouch(all: readonly Touch[], touch: Touch): readonly Touch[] {
  const isSame = (one: Touch) =>
    one.did === touch.did && one.at === touch.at && one.by?.id === touch.by?.id && `${one.tags}` === `${touch.tags}`;
  return all.some(isSame) ? all : newest([...all, touch]);
}
