import { type Branch, short } from "../flow/names.ts";
import type { Rollback, RollingBack, Standing } from "../flow/standing.ts";
import { listed, minute } from "../flow/words.ts";
import type { AttestedBackup } from "../release/attestation.ts";
import { code, codeInLine, inLine } from "./markdown.ts";

/** What the pull request of a rollback tells. */
export type RollbackTold = {
  readonly rolling: RollingBack & Pick<Standing, "because">;
  readonly stage: Branch;
  /** Folders that stay as they are. */
  readonly kept: readonly string[];
  /** Its run-book, and where GitHub shows that; null: there is none. */
  readonly book: { readonly path: string; readonly url: string } | null;
  /** What was attested for what is withdrawn. */
  readonly backups: readonly AttestedBackup[];
};

export const rollbackTitle = ({ to }: Pick<RollingBack, "to">): string => `Roll back to ${to.version}`;

/** The message of its one commit. */
export const rollbackMessage = ({ rolling, kept }: RollbackTold): string =>
  `${rollbackTitle(rolling)}

The tree of ${rolling.to.version} (${short(rolling.to.commit)}) on top of ${short(rolling.head)}, but for ${listed(kept)}.
It withdraws ${listed(rolling.withdraws)}.
`;

/** Its body: what it takes back and what it does not. */
export function rollbackBody({ rolling, stage, kept, book, backups }: RollbackTold): string {
  const { to, head, withdraws, by, number, because } = rolling;
  const link = book === null ? "" : `Run-book: ${book.path}\n\n`;
  const section = book === null ? "the run-book, where there is one" : `[${codeInLine(book.path)}](${book.url})`;
  return `${link}${codeInLine(stage)} goes back to what ${codeInLine(to.version)} was, and ${codes(withdraws)} ${withdraws.length === 1 ? "is" : "are"} withdrawn. ${codes(kept)} stay as they are in ${short(head)}.

**No data transition is run backwards.** What is to be done about data stands in the rollback section of ${section}. ${backupsOf(backups)}

Asked for by ${inLine(by.login)} on #${number}: ${inLine(because)}.`;
}

function backupsOf(backups: readonly AttestedBackup[]): string {
  if (backups.length === 0) return "No backup is on record for what is withdrawn.";
  const lines = backups.map(
    ({ system, id, finished, by, level, served }) =>
      `- ${codeInLine(id)} of ${codeInLine(system)}, finished ${minute(finished)}, ${level}${by === null ? "" : ` by ${inLine(by.login)}`}${served === undefined ? "" : `, before #${served}`}`,
  );
  return `These backups were attested for what is withdrawn:\n\n${lines.join("\n")}`;
}

const codes = (names: readonly string[]): string => listed(names.map(codeInLine));

/** What the command is answered with once the pull request is there. */
export const rollbackOpened = ({ to, withdraws }: RollingBack, stage: Branch, number: number): string =>
  `#${number} rolls ${stage} back to ${code(to.version)} and withdraws ${listed(withdraws.map(code))}: it is judged as a hotfix, and \`/promote\` there merges it.`;

/** The issue that holds the next release. */
export function fixIssue(
  { key, number, version, withdraws, because }: Rollback & Pick<Standing, "key" | "because">,
  stage: Branch,
): { readonly title: string; readonly body: string; readonly mark: string } {
  const mark = `<!-- flowgate:rollback ${key} -->`;
  const gone = codes(withdraws);
  return {
    title: "Fix before the next release",
    body: `#${number} took ${codeInLine(stage)} back to ${codeInLine(version)}: ${inLine(because)}.\n\nThe earlier stages still have what ${gone} brought, and the next release brings it again. Close this issue once what was wrong is mended or taken out there. Until then no release goes into ${codeInLine(stage)}; a hotfix does.\n\n${mark}`,
    mark,
  };
}

/** The title and the first line of the GitHub Release of what does not run any more. */
export const withdrawnTitle = (version: string): string => `${version} (withdrawn)`;
export const withdrawnLine = (number: number, to: string | null): string =>
  `> **Withdrawn** by #${number}${to === null ? "" : `, which went back to ${codeInLine(to)}`}.`;

/** The first line of the notes of the release that a rollback makes. */
export const rollsBackLine = ({ version, withdraws }: Rollback): string =>
  `Rolls back ${codes(withdraws)} to ${codeInLine(version)}.`;
