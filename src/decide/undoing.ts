import { type Instant, later } from "../flow/names.ts";

/** Put right more often than this in so long, it is left as it is: nobody wins against a script. */
const MOST_UNDONE = 5;
const UNDONE_WITHIN_MS = 10 * 60_000;

/** When what others did to something of ours was undone, of those times that still count. */
export const undoneOf = ({ undone = [] }: { readonly undone?: readonly Instant[] }, now: Instant): readonly Instant[] =>
  undone.filter((at) => later(at, UNDONE_WITHIN_MS) > now);
export const isLeft = (undone: readonly Instant[]): boolean => undone.length >= MOST_UNDONE;
/** When it is put right again. */
export const leftUntil = ([first]: readonly Instant[]): Instant | null =>
  first === undefined ? null : later(first, UNDONE_WITHIN_MS);
