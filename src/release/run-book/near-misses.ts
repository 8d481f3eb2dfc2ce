import type { Finding } from "../../flow/run-book.ts";
import { failed, warning } from "./finding.ts";

/** A stretch of the text that Markdown does not read as running text. They come in order and do not overlap. */
export type Region = {
  readonly from: number;
  readonly to: number;
  readonly line: number;
  readonly kind: "fence" | "indented" | "code" | "html" | "comment" | "table" | "definition";
  /** Whether what should end it is missing. */
  readonly open: boolean;
};

/** What people write for a box: the live one, and all that looks like it. */
const BOX = new RegExp(
  [
    "(?<escape>\\\\)?\\[(?<inner>[\\s\\u200B\\u2060]{0,9}[xX]?[\\s\\u200B\\u2060]{0,9}|[^\\s[\\]\\\\])(?<escaped>\\\\)?\\]",
    "(?<wide>[［【〔](?:\\s{0,9}|\\S)[］】〕])",
    "(?<ballot>[☐☑☒🔲🔳⬜◻▢□◽])",
    "(?<round>\\((?:\\s{0,9}|[xX])\\))",
    "(?<input><input\\b[^<>]{0,200}?\\bcheckbox)",
  ].join("|"),
  "giu",
);

type Form = "exact" | "empty" | "space" | "padded" | "mark" | "escaped" | "wide" | "ballot" | "round" | "input";

/** What the box is made of; null: brackets around something else, such as a link's label. */
function formOf(match: RegExpExecArray): Form | null {
  const groups = match.groups as { readonly [name: string]: string | undefined };
  for (const form of ["wide", "ballot", "round", "input"] as const) if (groups[form] !== undefined) return form;
  const inner = groups["inner"] as string;
  const isBox = /^[\s\u200B\u2060xX]*$/.test(inner);
  if (groups["escape"] !== undefined || groups["escaped"] !== undefined) return isBox ? "escaped" : null;
  if (inner === "") return "empty";
  if (/^[ \r\nxX]$/.test(inner)) return "exact";
  if (isBox) return /x/i.test(inner) ? "padded" : "space";
  return /^(?:[^\p{L}\p{N}]|[хХｘＸvV])$/u.test(inner) ? "mark" : null;
}

/** What may stand in a line before a box that opens it: quotes, table bars, bullets, numbers, `#`, emphasis. */
const LEADING =
  /^[\s>|`]*(?:<!--\s*)?(?<bullets>(?:(?:[-*+•‣◦▪●–—·]|\d{1,9}[.)]|[A-Za-z][.)])\s*)*)(?<quote>>\s*)?(?<heading>#{1,6}\s+)?[*_~`"'“]*$/u;
/** No line that opens with a box has more before it. */
const LONGEST_LEAD = 200;
/** An em space and the like: none of them parts words for Markdown. */
const PART = /^[ \t\r\n]/;

/** A box as it was found. */
type Found = {
  readonly form: Form;
  readonly line: number;
  readonly leads: RegExpExecArray | null;
  readonly bulleted: boolean;
  /** What stands right before and after it; empty: nothing does. */
  readonly before: string;
  readonly after: string;
};

/** All that looks like a box, in order. */
function* found(text: string): Generator<Found & { readonly at: number }> {
  const ends = /\r\n|\r|\n/g;
  let [line, start, next] = [1, 0, ends.exec(text)];
  for (const match of text.matchAll(BOX)) {
    const at = match.index;
    for (; next !== null && next.index < at; next = ends.exec(text)) {
      line++;
      start = ends.lastIndex;
    }
    const form = formOf(match);
    if (form === null) continue;
    const leads = at - start > LONGEST_LEAD ? null : LEADING.exec(text.slice(start, at));
    const end = at + match[0].length;
    yield {
      at,
      form,
      line,
      leads,
      bulleted: leads?.groups?.["bullets"] !== "" && leads !== null,
      before: text.slice(Math.max(start, at - 1), at),
      after: text.slice(end, end + 1),
    };
  }
}

/** Whether a text that is no Markdown holds what looks like items of a task list. */
export function looksLikeTasks(text: string): boolean {
  for (const { leads, bulleted, form } of found(text)) if (leads !== null && (bulleted || isPlain(form))) return true;
  return false;
}

/** Forms that nobody writes by chance. `( )` or `[-]` is a box after a bullet only. */
const isPlain = (form: Form) => form !== "mark" && form !== "round";

/**
 * What looks like a box and is no task, each with why and the cure. An unticked line must never vanish: what opens a line
 * fails, what a closed block of code or a comment holds is text and is only told.
 *
 * @param live offsets of the boxes that are tasks. @param regions see there.
 */
export function nearMisses(text: string, live: ReadonlySet<number>, regions: readonly Region[]): readonly Finding[] {
  const findings: Finding[] = [];
  const swallowed = new Map<Region, { count: number; readonly line: number }>();
  let [place, boxed] = [0, 0];
  for (const box of found(text)) {
    for (let region = regions[place]; region !== undefined && region.to <= box.at; region = regions[place]) place++;
    const here = regions[place];
    const region = here !== undefined && here.from <= box.at ? here : null;
    if (live.has(box.at)) boxed = box.line;
    else if (region?.kind === "fence" || region?.kind === "comment") {
      if (!box.bulleted && (region.kind === "fence" || !isPlain(box.form) || !standsAlone(box))) continue;
      const inside = swallowed.get(region);
      if (inside === undefined) swallowed.set(region, { count: 1, line: box.line });
      else inside.count++;
    } else {
      const finding = missed(box, region?.kind ?? null, boxed === box.line);
      const last = findings.at(-1);
      // A row of boxes is told once.
      if (finding === null || (last?.line === finding.line && last.because === finding.because)) continue;
      findings.push(finding);
      boxed = box.line;
    }
  }
  return [...findings, ...regions.flatMap((region) => hidden(region, swallowed.get(region)))];
}

/** What a block of code or a comment hides. */
function hidden(region: Region, inside: { readonly count: number; readonly line: number } | undefined) {
  const { kind, open, line } = region;
  const boxes = inside === undefined ? "" : inside.count === 1 ? "a box" : `${inside.count} boxes`;
  const counts = inside?.count === 1 ? "counts" : "count";
  const [block, end] = kind === "fence" ? ["block of code", "its fence again"] : ["comment", "`-->`"];
  if (open)
    return [
      failed(
        line,
        `The ${block} that begins here is never closed and hides what follows${boxes && `, ${boxes} among it`}; close it with ${end}.`,
      ),
    ];
  if (inside === undefined) return [];
  return [
    warning(inside.line, `Here a ${block} holds ${boxes} that ${counts} for nothing; move out what is to be done.`),
  ];
}

/** Why this is no task; null: nobody would take it for one. */
function missed(box: Found, kind: Region["kind"] | null, isSecond: boolean): Finding | null {
  const { form, line, leads, bulleted, before } = box;
  const fail = (because: string) => failed(line, because);
  if (!isPlain(form) && !bulleted) return null;
  if (form === "input")
    return kind === "code" ? null : fail("A box written as HTML is no task; write it as a list item, `- [ ] …`.");
  // There `[]` and `a[ ]` are values of a program.
  if ((kind === "table" || kind === "html") && ((form === "empty" && !bulleted) || /\w/.test(before))) return null;
  if (kind === "table") return fail("A box in a table is no task; write it as a list item, `- [ ] …`.");
  if (kind === "html") return fail("This box is in raw HTML and no task; leave an empty line after the tag above it.");
  if (leads !== null) {
    if (kind === "definition" && !bulleted) return null;
    return fail(`${whyLeading(box, kind)}.`);
  }
  if (kind !== null || !standsAlone(box)) return null;
  if (isSecond) return fail("This line has a second box, which is no task; give each box an item of its own.");
  return form === "exact" || form === "ballot"
    ? warning(line, "This box in running text is no task; if it is to be done, make it a list item, `- [ ] …`.")
    : null;
}

/** Whether it opens its line, or is a word by itself. */
const standsAlone = ({ leads, before, after }: Found) => leads !== null || !/\S/.test(before + after);

/** Why a box that opens its line is no task, and the cure. */
function whyLeading({ form, leads, bulleted, before, after }: Found, kind: Region["kind"] | null): string {
  if (kind === "indented") return "This box is indented so far that it is code; indent it by fewer than four spaces";
  if (kind === "code") return "This box is set as code and no task; take the backticks away";
  if (kind === "definition") return "This box is read as the address of a link; put a space in place of the colon";
  if (form !== "exact") return OTHERWISE[form as keyof typeof OTHERWISE];
  if (leads?.groups?.["heading"] !== undefined)
    return "A box in a heading is no task; write it as a list item below, `- [ ] …`";
  if (!bulleted) return "This box has no bullet before it and is no task; write `- [ ] …`";
  if (leads?.groups?.["quote"] !== undefined)
    return "This box is in a quote inside its item and no task; take the `>` away";
  if (/[*_~"'”]/.test(after)) return "This box is set apart by the signs around it and no task; write `- [ ] …`";
  if (!/\s/.test(before)) return "This box needs a space before it; write `- [ ] …`";
  if (after === "(" || after === ":") return "This box is read as a link; write `- [ ] …` with a space after it";
  if (after !== "" && !PART.test(after)) return "This box needs a plain space after it; write `- [ ] …`";
  if (after === "" || /[\r\n]/.test(after))
    return "This box has no words after it; say what is to be done, or take it out";
  return "This box is read as text; write `- [ ] …` and put an empty line before the list, or words after the box";
}

const OTHERWISE = {
  empty: "`[]` is no box; put a space between the brackets, `- [ ] …`",
  space: "The brackets hold another space than the plain one; write `- [ ] …`",
  padded: "The brackets hold more than one character; write `- [ ] …`",
  mark: "The brackets hold neither a space nor an x; write `- [ ] …`",
  escaped: "The brackets are escaped, so they are no box; take the backslashes away, `- [ ] …`",
  wide: "These brackets are not the plain ones; write `- [ ] …`",
  ballot: "A ballot character is no task; write `- [ ] …`",
  round: "Round brackets are no box; write `- [ ] …`",
} as const;
