import { digestOf } from "../../flow/ledger.ts";
import type { Hash } from "../../flow/names.ts";

/** The files of a release's evidence, by the names that its assets have. */
export const EVIDENCE_FILE = "evidence.json";
export const READABLE_FILE = "evidence.md";
export const RESULT_FILE = "svr.json";
export const MANIFEST_FILE = "manifest.sha256";

export type EvidenceFile = { readonly name: string; readonly text: string };

/** The names that evidence of this state has no file of, and of another state may have one. */
export const lackedBy = (files: readonly EvidenceFile[]): readonly string[] =>
  [EVIDENCE_FILE, READABLE_FILE, RESULT_FILE, MANIFEST_FILE].filter((name) =>
    files.every((file) => file.name !== name),
  );

/** The sums of files, as `sha256sum --check` takes them. */
export const manifest = (files: readonly EvidenceFile[]): string =>
  summed(files.map(({ name, text }) => ({ name, sha256: digestOf(text) })));

export const summed = (sums: readonly { readonly name: string; readonly sha256: Hash }[]): string =>
  sums
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join("");
