import type { Instant } from "./names.ts";

/** As a sentence tells a time: `2026-11-22 09:40 UTC`. */
export const minute = (at: Instant): string => `${at.slice(0, 16).replace("T", " ")} UTC`;

/** @returns `1 commit`, `2 commits`; with a word for many `1 entry`, `2 entries`. */
export const count = (n: number, what: string, many = `${what}s`): string => `${n} ${n === 1 ? what : many}`;

/** @returns `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], and = "and"): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${and} ${last}`;
}

/** As a shell takes it: a branch may be called `$(anything)`. */
export const shell = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** A path as it is shown: a file may be called anything. */
export const code = (path: string): string => {
  const shown = path.replace(/[\p{C}\p{Zl}\p{Zp}`]/gu, "\uFFFD");
  return `\`${shown.length > 200 ? `${shown.slice(0, 199)}…` : shown}\``;
};

/** GitHub's editor sends a carriage return before each new line, and a person must be able to save a text too. */
export const sizeOf = (text: string): number => text.length + text.split("\n").length;
