import type { Finding } from "../../flow/run-book.ts";

/** No list is longer than people read, or than a thread should hand over. */
const MOST_FINDINGS = 200;

export const failed = (line: number, because: string): Finding => ({ line, severity: "failed", because });
export const warning = (line: number, because: string): Finding => ({ line, severity: "warning", because });

/** In the order of lines. Of too many the failed ones are kept first, and the last one says how many are left out. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const kept = findings
    .toSorted((a, b) => rank(a) - rank(b) || a.line - b.line)
    .slice(0, MOST_FINDINGS)
    .sort((a, b) => a.line - b.line || rank(a) - rank(b));
  const more = findings.length - kept.length;
  return more === 0 ? kept : [...kept, failed(1, `And ${more} more of this kind; repair those above first.`)];
}

const rank = ({ severity }: Finding) => (severity === "failed" ? 0 : 1);
