import { isAlias, isMap, isNode, parseDocument, visit } from "yaml";
import type { Finding, FrontMatter } from "../../flow/run-book.ts";
import { failed } from "./finding.ts";
import { looksLikeTasks } from "./near-misses.ts";

/** Front matter over so many characters is more likely text that was swallowed. */
const LARGEST = 4 * 1024;
const OPENING = /^---[ \t]*(?:\r\n|\r|\n)/;
const CLOSING = /(?<=^|[\r\n])---[ \t]*(?=[\r\n]|$)/g;

/**
 * Parts a file in front matter and text.
 *
 * @returns `body` is the whole file with the front matter blanked, so that offsets and lines stay as they are. Front matter
 * that is refused stays in it, so that nothing in it can hide.
 */
export function partFrontMatter(text: string): {
  readonly about: FrontMatter | null;
  readonly body: string;
  readonly findings: readonly Finding[];
} {
  const opening = OPENING.exec(text)?.[0];
  if (opening === undefined) return { about: null, body: text, findings: [] };
  CLOSING.lastIndex = opening.length;
  const closing = CLOSING.exec(text);
  if (closing === null)
    return refused(text, "is never closed; end it with a line `---`, or begin the file with its title");
  if (closing.index - opening.length > LARGEST)
    return refused(text, "is over 4 KiB long; close it with `---` after its last key");
  const content = text.slice(opening.length, closing.index);
  if (looksLikeTasks(content))
    return refused(text, "holds task-list items, which nobody would see; move them below it");
  const read = mappingOf(content);
  if ("unread" in read) return refused(text, read.unread);
  const end = closing.index + closing[0].length;
  return { about: read.mapping, body: text.slice(0, end).replace(/[^\r\n]/g, " ") + text.slice(end), findings: [] };
}

const refused = (text: string, why: string) => ({
  about: null,
  body: text,
  findings: [failed(1, `The front matter that begins here ${why}.`)],
});

/** YAML's plain part: one mapping, without anchors, aliases and tags, which could stand for more than is seen. */
function mappingOf(content: string): { readonly mapping: FrontMatter } | { readonly unread: string } {
  const document = parseDocument(content, { prettyErrors: false, logLevel: "silent" });
  if (document.errors.length > 0) return { unread: "is no valid YAML; write `key: value` in each line" };
  if (document.contents !== null && !isMap(document.contents))
    return { unread: "is no mapping; write `key: value` in each line, or begin the file with its title" };
  let indirect = false;
  visit(document, (_key, node) => {
    if (isAlias(node) || (isNode(node) && (("anchor" in node && node.anchor) || node.tag))) indirect = true;
  });
  if (indirect) return { unread: "has an anchor, an alias or a tag; write the value itself" };
  return { mapping: (document.toJS() ?? {}) as FrontMatter };
}
