const box = /^(\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+\[)([ xX])(\](?=\s))/;
const fence = /^\s*(?:>\s*)*(```+|~~~+)/;

/** The task-list boxes of a Markdown text in order; boxes inside fenced code are none. */
export function boxesOf(text: string): readonly { readonly line: number; readonly checked: boolean }[] {
  const found: { line: number; checked: boolean }[] = [];
  let open: string | null = null;
  for (const [line, content] of text.split("\n").entries()) {
    const mark = fence.exec(content)?.[1];
    if (mark && open === null) open = mark;
    else if (mark && open !== null && mark.startsWith(open)) open = null;
    const letter = open === null && !mark ? box.exec(content)?.[2] : undefined;
    if (letter !== undefined) found.push({ line, checked: letter !== " " });
  }
  return found;
}

/** The text with its n-th box (from 0) ticked or not; null when there is no such box. */
export function setBox(text: string, index: number, checked: boolean): string | null {
  const found = boxesOf(text)[index];
  if (!found) return null;
  const lines = text.split("\n");
  lines[found.line] = (lines[found.line] ?? "").replace(box, `$1${checked ? "x" : " "}$3`);
  return lines.join("\n");
}
