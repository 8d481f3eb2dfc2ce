import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "@jest/globals";

/** Compares a text with the file of that name in test/golden; with UPDATE_GOLDEN=1 the text becomes the file. */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`../golden/${name}`, import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}
