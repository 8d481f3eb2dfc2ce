import { parse } from "semver";
import { linesIn } from "./body.ts";

/**
 * The releases that the body of a hotfix says it withdraws, by lines such as `Withdraws: v1.4.0`; several are divided by commas.
 * What is no version is left out.
 */
export function withdrawsIn(body: string | null): readonly string[] {
  // Most bodies need not be taken to pieces.
  if (body === null || !WITHDRAWS.test(body)) return [];
  const lines = (linesIn(body) ?? []).map((line) =>
    line.map((piece) => ("text" in piece ? piece.text : piece.words)).join(""),
  );
  const named = lines.flatMap((line) => /^[\s*_]*withdraws[\s*_]*:(.*)$/i.exec(line)?.[1]?.split(/[\s,*_]+/) ?? []);
  return [...new Set(named.flatMap((word) => parse(word)?.version ?? []))];
}

const WITHDRAWS = /withdraws[\s*_]*:/i;
