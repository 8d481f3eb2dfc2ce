import type { SlotState } from "../flow/effect.ts";
import { short } from "../flow/names.ts";
import type { Confirmed } from "../flow/override.ts";
import { minute } from "../flow/words.ts";
import { code, codeInLine, inLine, prose } from "./markdown.ts";

/** How one is closed, as its issue, its answer and its page say it. */
const CLOSERS = "somebody in quality, or a release manager who took no part in it,";

/**
 * The issue about an override: what was let through, by whom, why, and until when that is to be made good.
 *
 * @param closed why it is no longer open, without a full stop; null: it is.
 */
export function overrideIssue(
  standing: Confirmed,
  closed: string | null,
): { readonly title: string; readonly body: string; readonly mark: string; readonly state: "open" | "closed" } {
  const { key, gate, number, head, base, by, confirmed, because, lets } = standing;
  const mark = `<!-- flowgate:override ${key} -->`;
  const what = `${inLine(by.login)} let the gate ${codeInLine(gate)} pass on #${number}, for ${codeInLine(short(head))} into ${codeInLine(base)} alone, at ${minute(confirmed.at)}; ${inLine(confirmed.by.login)} confirmed it.`;
  const why = `- Why: ${inLine(because)}\n- What the gate said: ${prose(lets)}`;
  const rest = closed === null ? stillOpen(standing) : `No longer open: ${prose(closed)}.`;
  return {
    title: `${gate} was overridden on #${number}`,
    body: `${what}\n\n${why}\n\n${rest}\n\n${mark}`,
    mark,
    state: closed === null ? "open" : "closed",
  };
}

const stillOpen = ({ number, confirmed: { due } }: Confirmed): string =>
  `To be made good and closed by **${minute(due)}**. ${CLOSERS.replace("s", "S")} closes it, here or on #${number}, with ${code("/override close N because …")}, where N is the number of this issue. After that time it holds the next release. Closing this issue alone changes nothing.`;

/** What the answer says of it beside what was done: its issue, or why GitHub took none. */
export function overrideLinked({ number, confirmed: { due } }: Confirmed, { written, refused }: SlotState): string {
  const no = written === null ? ` Its issue could not be opened: ${refused?.because}` : "";
  const at = written?.id ?? number;
  const where = written === null ? "" : ` #${at} tells of it.`;
  return `${no}${where} To be made good and closed by ${minute(due)}: ${CLOSERS} writes \`/override close ${at} because …\`.`;
}
