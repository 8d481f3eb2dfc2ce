import { type Sha, short } from "../flow/names.ts";
import type { Released } from "../flow/standing.ts";
import { prose } from "./markdown.ts";

/** A component of a train, and where it stands. */
export type Row = {
  /** `owner/name`. */
  readonly name: string;
  /** Its release; null: there is none. */
  readonly number: number | null;
  /** In a sentence or two, in which others' words may stand. */
  readonly stands: string;
};

/** What each component of a train waits for, or came to. */
export function whereItStands(rows: readonly Row[], web: string): string {
  const lines = rows.map(
    ({ name, number, stands }) => `| ${prose(name)} | ${pullLink(web, name, number)} | ${prose(stands)} |`,
  );
  return ["| component | release | where it stands |", "| --- | --- | --- |", ...lines].join("\n");
}

/** What a train released. */
export type RecordRow = { readonly name: string; readonly number: number; readonly released: Released };

/** The record of a product: which version of which component, made of which commit, and where the evidence of each is. */
export function productRecord(rows: readonly RecordRow[], web: string): string {
  const lines = rows.map(({ name, number, released: { version, commit } }) => {
    const release = version === null ? "none" : `[${prose(version)}](${releaseUrl(web, name, version)})`;
    return `| ${prose(name)} | ${release} | ${commitLink(web, name, commit)} | ${pullLink(web, name, number)} |`;
  });
  const table = ["| component | version | commit | by |", "| --- | --- | --- | --- |", ...lines].join("\n");
  return `${table}\n\nThe evidence of each is with its release, once that is deployed, tested and published.`;
}

export const releaseUrl = (web: string, name: string, version: string): string =>
  `${web}/${name}/releases/tag/${encodeURIComponent(version)}`;
const commitLink = (web: string, name: string, commit: Sha): string =>
  `[${short(commit)}](${web}/${name}/commit/${commit})`;
const pullLink = (web: string, name: string, number: number | null): string =>
  number === null ? "none" : `[#${number}](${web}/${name}/pull/${number})`;
