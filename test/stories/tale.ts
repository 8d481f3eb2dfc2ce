import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "@jest/globals";
import { type Entry, flawIn, type LedgerEntry } from "../../src/flow/ledger.ts";
import type { Item } from "../../src/flow/run-book.ts";
import type { Standing } from "../../src/flow/standing.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import { stateFrom } from "../../src/release/execution.ts";
import { labelOf } from "../../src/release/labels.ts";

const HOUR = 3_600_000;

/** The ledger, chain by chain, as somebody reads it who has the database's file in hand; each chain is whole. */
export function chainsIn(folder: string): readonly LedgerEntry[] {
  const database = new DatabaseSync(join(folder, "flowgate.db"), { readOnly: true });
  const rows = database.prepare("select * from ledger_entry order by chain, sequence").all();
  database.close();
  const entries = rows.map((row) => ({ ...row, says: JSON.parse(row["says"] as string) }) as LedgerEntry);
  for (const chain of Map.groupBy(entries, ({ chain }) => chain).values()) expect(flawIn(chain)).toBeNull();
  return entries;
}

/**
 * What the ledger tells of a pull request and of the stage that it went into: hours since the story began, who, and what,
 * a line each. What was written on GitHub follows from it, and a verdict is told where it changed.
 *
 * @param items of the run-book, so that they are named as people name them.
 */
export function tale(
  entries: readonly LedgerEntry[],
  of: { readonly pull: number; readonly stage: string; readonly began: number; readonly items: readonly Item[] },
): string {
  let judged: string | null = null;
  const lines = entries.flatMap((entry) => {
    const what = isOf(entry, of) ? wordsOf(entry, of.items) : null;
    if (what === null || (entry.what === "judged" && what === judged)) return [];
    if (entry.what === "judged") judged = what;
    return [`${Math.round((Date.parse(entry.at) - of.began) / HOUR)} h, ${entry.actor}: ${what}`];
  });
  return lines.join("\n");
}

const isOf = ({ about }: Entry, { pull, stage }: { readonly pull: number; readonly stage: string }): boolean =>
  (about.startsWith("pull:") && about.endsWith(`:${pull}`)) ||
  (about.startsWith("stage:") && about.endsWith(`:${stage}`));

function wordsOf({ what, says, actor }: Entry, items: readonly Item[]): string | null {
  switch (what) {
    case "opened":
      return standingIn(says as unknown as Standing, items, actor);
    case "closed":
      return String(says["key"]).startsWith("release:") ? String(says["because"]) : null;
    case "answered":
      return says["came"] === "refused" ? `was refused ${says["lines"]}` : null;
    case "judged": {
      const { outcome, findings } = says as unknown as Verdict;
      const open = findings.filter((finding) => finding.outcome !== "passed").map((finding) => finding.gate);
      return `judged ${[outcome, ...open].join(", ")}`;
    }
    case "push":
      return `brought #${says["explainedBy"]}`;
    case "reported":
      return "reported in an issue";
    default:
      return null;
  }
}

function standingIn(standing: Standing, items: readonly Item[], actor: string): string | null {
  switch (standing.kind) {
    case "item": {
      const { state, by, note, because, confirmedBy } = stateFrom(standing);
      const label = labelOf(standing.walk, 1 + items.findIndex(({ id }) => id === standing.item));
      const agreed = confirmedBy === null ? "" : ` (${by?.login}, confirmed by ${confirmedBy.login})`;
      return `${label} ${state}: ${note ?? because}${agreed}`;
    }
    case "attestation": {
      const what = standing.what === "backup" ? standing.id : standing.what;
      return standing.served === undefined ? `attested ${what}` : `used up ${what} for #${standing.served}`;
    }
    case "landed":
      return standing.because;
    case "release":
      return `${standing.version}: ${standing.because}`;
    case "execution":
      // Each time the comment is written it stands anew.
      return actor === "app" ? null : standing.because;
    default:
      return standing.kind;
  }
}
