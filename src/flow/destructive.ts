const STATEMENT = /\b(?:DROP|TRUNCATE|DELETE\s+FROM)\b[^;]*/gi;
const LONGEST = 200;

/** @param addedLines the new lines of a file. @returns the statements in them that may destroy data, each on one line. */
export const destructiveIn = (addedLines: string): readonly string[] =>
  [...addedLines.matchAll(STATEMENT)].map(([statement]) => statement.slice(0, LONGEST).replace(/\s+/g, " ").trim());
