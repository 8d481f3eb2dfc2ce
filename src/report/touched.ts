import { type Person, short } from "../flow/names.ts";
import type { Deed, Touched } from "../flow/touched.ts";
import { minute } from "../flow/words.ts";
import { code } from "./markdown.ts";

const TITLES: { readonly [did in Deed]: (tag: string) => string } = {
  published: (tag) => `Release ${tag} was published by hand`,
  unpublished: (tag) => `Release ${tag} was unpublished by hand`,
  edited: (tag) => `Release ${tag} was edited by hand`,
  deleted: (tag) => `Release ${tag} was deleted by hand`,
  "tag-moved": (tag) => `The tag ${tag} was moved by hand`,
  "tag-deleted": (tag) => `The tag ${tag} was deleted by hand`,
};

/** What was done by hand to a release, in a few words. */
export const touchedTitle = ({ did, draft, tag }: Touched): string =>
  draft ? `The draft of ${tag} was ${did} by hand again and again` : TITLES[did](tag);

/** The same with by whom and when, in one sentence without a full stop. */
export function touchedSentence(touched: Touched, by: Person | null): string {
  const { did, ended, at } = touched;
  const though = did !== "published" || ended === "released" ? "" : ended === null ? EARLY : LATE;
  return `${touchedTitle(touched)}${by === null ? "" : `, by ${by.login}`} at ${minute(at)}${though}`;
}

const AT_MOST = "five times in ten minutes at most";
const EARLY = ", before it was verified";
const LATE = ", though it was withdrawn";

/** What Flowgate does about it: of what is over it changes nothing any more. */
function follows({ did, draft, tag, commit, ended }: Touched): string {
  if (draft)
    return `Flowgate puts it right ${AT_MOST}, and then leaves it alone for a while. ${code(tag)} is published only as Flowgate wrote it, and not before that is put right. Whoever runs what changes it can stop that, and an admin of this repository can take its access away. `;
  switch (did) {
    case "published":
      return ended === null
        ? `What is left of its run-book is still to be done: then Flowgate releases it, and no other release goes in before. `
        : "";
    case "deleted":
      return ended === null ? `Flowgate drafts it anew, ${AT_MOST}. ` : "Flowgate does not make it anew. ";
    case "tag-deleted":
      return ended === null
        ? `Flowgate tags ${short(commit)} with ${code(tag)} anew, ${AT_MOST}. `
        : "Flowgate does not make it anew. ";
    case "edited":
      return "What stands there now is not what Flowgate wrote. ";
    case "unpublished":
      return "Flowgate does not publish it again. ";
    case "tag-moved":
      return `It was at ${short(commit)}; Flowgate never moves a tag. `;
  }
}

/** What follows, and how it is cleared. */
export function touchedCure(touched: Touched, by: Person | null): string {
  const who = by === null ? "" : " who did not do it";
  return `${follows(touched)}It is cleared when a release manager or somebody in engineering${who} accepts it here with ${code(`/accept ${short(touched.commit)} because …`)}. Closing this issue alone changes nothing.`;
}
