import type { RunBook } from "../../src/flow/run-book.ts";
import { type Asked, parseRunBook } from "../../src/release/run-book.ts";

/** What every valid run-book has; `- [ ] …` lines go on top of it. */
export const REST = `
## Deploy
- [ ] Run scripts/activate.sh
## Test
- [ ] Look at it
## Rollback
Run the one before.
## Monitor
<https://example.org/d>
`;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const read = (text: string, asked: Partial<Asked> = {}): RunBook =>
  parseRunBook(bytes(text), { phases: {}, activation: null, ...asked });
/** The findings as `line severity: sentence`. */
export const told = (runBook: RunBook): readonly string[] =>
  runBook.findings.map(({ line, severity, because }) => `${line} ${severity}: ${because}`);
/** What is said of a text that is otherwise a whole run-book. */
export const saidOf = (text: string): readonly string[] => told(read(`${text}\n${REST}`));
/** The items of a text that is otherwise a whole run-book, without those of the rest. */
export const itemsOf = (text: string): RunBook["items"] => read(`${text}\n${REST}`).items.slice(0, -2);
