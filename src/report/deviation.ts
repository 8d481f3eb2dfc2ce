import { type Branch, short } from "../flow/names.ts";
import type { Push } from "../flow/provenance.ts";
import { commitOf, type StandingOf } from "../flow/standing.ts";
import { minute } from "../flow/words.ts";
import { code, prose } from "./markdown.ts";
import { touchedCure, touchedTitle } from "./touched.ts";

const TITLES: { readonly [how in Push["how"]]: (stage: Branch) => string } = {
  push: (stage) => `Unreviewed push to ${stage}`,
  "force-push": (stage) => `Force-push to ${stage}`,
  deletion: (stage) => `${stage} was deleted`,
};

/**
 * What came past the gates, by whom and when, in one sentence without a full stop.
 *
 * @param merged the pull request that brought it though it had not passed; null: none did.
 */
export function sentenceOf({ how, before, after, by, at }: Push, stage: Branch, merged: number | null): string {
  const who = by === null ? "" : ` by ${by.login}`;
  const when = `at ${minute(at)}`;
  if (how === "deletion" || after === null) return `${stage} was deleted${who} at ${short(before)} ${when}`;
  if (how === "force-push")
    return `${stage} was forced from ${short(before)} to ${short(after)}${who} ${when}, past its gates`;
  if (merged !== null)
    return `#${merged} was merged into ${stage} as ${short(after)}${who} ${when}, and had not passed`;
  if (by === null)
    return `${stage} moved from ${short(before)} to ${short(after)}, and GitHub told of no push; seen ${when}`;
  return `${short(after)} was pushed to ${stage}${who} ${when}, and no pull request that passed explains it`;
}

/**
 * The issue about a deviation.
 *
 * @param closed why it is no longer open, without a full stop; null: it is.
 */
export function issueOf(
  standing: StandingOf<"deviation">,
  closed: string | null,
): { readonly title: string; readonly body: string; readonly mark: string; readonly state: "open" | "closed" } {
  const { stage, because, key } = standing;
  const mark = `<!-- flowgate:deviation ${key} -->`;
  const cure = closed === null ? stillOpen(standing) : `Cleared: ${prose(closed)}.`;
  return {
    title: standing.push === undefined ? touchedTitle(standing.touched) : TITLES[standing.push.how](stage),
    body: `${prose(because)}.\n\n${cure}\n\n${mark}`,
    mark,
    state: closed === null ? "open" : "closed",
  };
}

function stillOpen(standing: StandingOf<"deviation">): string {
  const { stage, by } = standing;
  if (standing.push === undefined) return touchedCure(standing.touched, by);
  const commit = short(commitOf(standing));
  const accept = `a release manager or somebody in engineering${by === null ? "" : " who did not push it"} accepts it here with ${code(`/accept ${commit} because …`)}`;
  const held = `Until then ${code(stage)} is not promoted. Closing this issue alone changes nothing.`;
  return standing.push.how === "push"
    ? `Either a pull request into ${code(stage)} takes it back, or ${accept}. ${held}`
    : `It is cleared when ${accept}. ${held}`;
}
