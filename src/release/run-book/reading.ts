import type { ListItem, Nodes, Paragraph } from "mdast";
import { PHASES, type Phase } from "../../flow/config.ts";
import type { Finding, Item, Sections } from "../../flow/run-book.ts";
import { failed, warning } from "./finding.ts";
import { digestId, idIn, isId } from "./item.ts";
import { type Markdown, type Point, placeOf } from "./markdown.ts";
import { marksOf } from "./marks.ts";
import type { Region } from "./near-misses.ts";
import { isOptionalHeading, type PhaseOf, withoutOptional } from "./phases.ts";
import { placeholderIn } from "./placeholders.ts";
import { plainText } from "./plain-text.ts";

/** More items than this nobody executes. */
const MOST_ITEMS = 2_000;
/** Lists and quotes in each other beyond this are not read. */
const DEEPEST = 12;

export type Reading = {
  readonly items: readonly Item[];
  readonly phases: Sections;
  readonly regions: readonly Region[];
  readonly findings: readonly Finding[];
};

/** A node on its way to be read, and what is known of where it stands. */
type Visit = {
  readonly node: Nodes;
  readonly depth: number;
  /** The item it stands in. */
  readonly item: Draft | null;
  /** The first paragraph of an item, a heading of the document, a table. */
  readonly within: "label" | "heading" | "table" | null;
};
type Draft = Omit<Item, "details"> & { readonly details: string[] };
type Heading = { readonly depth: number; readonly phase: Phase | null; readonly optional: boolean };

/** Goes once through a tree, in the order of the text and without recursion, and takes out what a run-book is made of. */
export function readTree(text: string, { root, boxes, fences }: Markdown, phaseOf: PhaseOf): Reading {
  const drafts: Draft[] = [];
  const regions: Region[] = [];
  const findings: Finding[] = [];
  const sections = Object.fromEntries(
    PHASES.map((phase) => [phase, { line: null as number | null, isEmpty: true, hasLink: false }]),
  ) as { readonly [phase in Phase]: { line: number | null; isEmpty: boolean; hasLink: boolean } };
  const ids = new Set<string>();
  const equals = new Map<string, number>();
  const idComments = new Set<Nodes>();
  const headings: Heading[] = [];
  const refused = { deep: false, many: false };
  let phase = "before" as Phase;

  /** What a heading of the document opens; an unknown one belongs to the phase around it. */
  const enter = (depth: number, title: string, line: number) => {
    while ((headings.at(-1)?.depth ?? 0) >= depth) headings.pop();
    const around = headings.at(-1);
    const own = phaseOf(withoutOptional(title));
    if (own !== null) sections[own].line ??= line;
    headings.push({
      depth,
      phase: own ?? around?.phase ?? null,
      optional: isOptionalHeading(title) || (around?.optional ?? false),
    });
    phase = headings.at(-1)?.phase ?? "before";
  };

  /** The id in a comment of the item, or its digest. */
  const identify = (item: ListItem, label: Paragraph, text: string, line: number): string => {
    const comments = [...label.children, ...item.children].flatMap((node) => {
      const id = node.type === "html" ? idIn(node.value) : null;
      return id === null ? [] : [{ node, id }];
    });
    for (const { node } of comments) idComments.add(node);
    const id = comments[0]?.id ?? null;
    const key = `${phase} ${text.normalize("NFC")}`;
    const before = equals.get(key) ?? 0;
    equals.set(key, before + 1);
    if (comments.length > 1) findings.push(failed(line, "This item has two ids; keep one `<!-- fg:id=… -->`."));
    if (id === null) return digestId(phase, text, before);
    const problem = !isId(id)
      ? "The id of this item is none; write 1 to 64 letters, digits, `.`, `_` or `-`, such as `<!-- fg:id=backup -->`."
      : ids.has(id)
        ? `The id \`${id}\` is given twice; give this item another one.`
        : null;
    if (problem !== null) findings.push(failed(line, problem));
    ids.add(id);
    return problem === null ? id : digestId(phase, text, before);
  };

  const begin = (node: ListItem, { line }: Point, above: Draft | null): Draft | null => {
    const label = labelOf(node);
    if (drafts.length === MOST_ITEMS) {
      if (!refused.many)
        findings.push(
          failed(line, `The file has more than ${MOST_ITEMS} items; split it into run-books of its parts.`),
        );
      refused.many = true;
      return above;
    }
    const { findings: found, ...marks } = marksOf(plainText(label.children), line);
    findings.push(...found);
    const draft: Draft = {
      ...marks,
      id: identify(node, label, marks.text, line),
      ordinal: drafts.length + 1,
      line,
      phase,
      details: [],
      parent: above?.ordinal ?? null,
      optional: marks.optional || (headings.at(-1)?.optional ?? false) || (above?.optional ?? false),
      notApplicable: marks.notApplicable ?? above?.notApplicable ?? null,
    };
    if (!draft.optional && draft.notApplicable === null) remark(draft.text, line);
    drafts.push(draft);
    return draft;
  };

  const remark = (words: string, line: number) => {
    const placeholder = placeholderIn(words);
    if (placeholder !== null) findings.push(warning(line, placeholder));
  };

  const waiting: Visit[] = [{ node: root, depth: 0, item: null, within: null }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { node, depth, within } = visit;
    let { item } = visit;
    let box: Point | undefined;
    let below: Visit["within"] = within;
    const region = (kind: Region["kind"], open = false) => {
      if (within !== "table") regions.push({ ...placeOf(node), kind, open });
    };
    const hold = (words: string) => {
      if (within !== "heading" && words.trim() !== "") sections[phase].isEmpty = false;
    };
    const detail = (words: string) => {
      if (within !== "label" && words !== "") item?.details.push(words);
    };

    switch (node.type) {
      case "heading":
        if (item === null && depth === 0) {
          enter(node.depth, plainText(node.children).text, placeOf(node).line);
          below = "heading";
        } else detail(plainText(node.children).text);
        break;
      case "paragraph":
      case "tableCell":
        detail(plainText(node.children).text);
        break;
      case "listItem":
        box = boxes.get(node);
        if (box !== undefined) item = begin(node, box, item);
        break;
      case "text":
        hold(node.value);
        if (phase === "rollback" && item === null) remark(node.value, placeOf(node).line);
        break;
      case "inlineCode":
        hold(node.value);
        region("code");
        break;
      case "code":
        hold(node.value);
        detail(node.value);
        region(fences.has(node) ? "fence" : "indented", fences.get(node) === 1);
        break;
      case "html":
        hold(node.value.replace(/<!--[\s\S]*?(?:-->|$)/g, "").replace(/<[^<>]*>/g, ""));
        if (within !== "table") regions.push(...htmlRegions(text, node));
        if (idIn(node.value) !== null && !idComments.has(node))
          findings.push(
            warning(placeOf(node).line, "This id belongs to no item; put it at the end of the item's first line."),
          );
        break;
      case "image":
      case "imageReference":
        hold("a picture");
        break;
      case "link":
        if (/^[^#\s]/.test(node.url)) sections[phase].hasLink = true;
        break;
      case "linkReference":
        sections[phase].hasLink = true;
        break;
      case "definition":
        region("definition");
        break;
      case "table":
        region("table");
        below = "table";
        break;
    }

    if (!("children" in node)) continue;
    const deeper = depth + (node.type === "listItem" || node.type === "blockquote" ? 1 : 0);
    if (deeper > DEEPEST) {
      if (!refused.deep)
        findings.push(
          failed(placeOf(node).line, `Lists and quotes lie more than ${DEEPEST} deep here; make them flatter.`),
        );
      refused.deep = true;
      continue;
    }
    const label = box === undefined ? null : labelOf(node as ListItem);
    for (const child of node.children.toReversed())
      waiting.push({ node: child, depth: deeper, item, within: child === label ? "label" : below });
  }

  const items = drafts.map((draft) => ({ ...draft, details: draft.details.join("\n") }));
  return { items, phases: sections, regions, findings };
}

/** What a task's box stands in: the first paragraph; only definitions of links can come before it. */
const labelOf = ({ children }: ListItem): Paragraph => children.find(({ type }) => type === "paragraph") as Paragraph;

/** HTML, with the comments in it apart. */
function htmlRegions(text: string, node: Nodes): readonly Region[] {
  const { line, from, to } = placeOf(node);
  const source = text.slice(from, to);
  const regions: Region[] = [];
  let done = 0;
  for (const { index, 0: comment } of source.matchAll(/<!--[\s\S]*?(?:-->|$)/g)) {
    const begins = line + source.slice(done, index).split(/\r\n|\r|\n/).length - 1;
    regions.push({ from: from + done, to: from + index, line, kind: "html", open: false });
    done = index + comment.length;
    regions.push({
      from: from + index,
      to: from + done,
      line: begins,
      kind: "comment",
      open: !comment.endsWith("-->"),
    });
  }
  return [...regions, { from: from + done, to, line, kind: "html", open: false }];
}
