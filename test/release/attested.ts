import type { Hash } from "../../src/flow/names.ts";
import type { AttestedBackup, AttestedWaiver } from "../../src/release/attestation.ts";
import { at, NOW, REPOSITORY } from "../builders.ts";

/** Of the data-affecting files of the tables. */
export const DATA = "d".repeat(64) as Hash;

const common = {
  kind: "attestation",
  by: { id: 7, login: "otto" },
  at: NOW,
  repository: REPOSITORY,
  number: 12,
  head: at("login"),
  comment: 900,
  data: DATA,
} as const;

/** A backup of postgres-main, finished now, attested on the pull request of `candidate`. */
export const attested = (more: Partial<AttestedBackup> = {}): AttestedBackup => ({
  ...common,
  key: `attestation:backup:42:12:${more.system ?? "postgres-main"}`,
  because: "the backup snap-8f31 was finished",
  what: "backup",
  level: "claimed",
  system: "postgres-main",
  id: "snap-8f31",
  finished: NOW,
  fields: {},
  restoreTested: null,
  ...more,
});

export const waiver = (more: Partial<AttestedWaiver> = {}): AttestedWaiver => ({
  ...common,
  key: "attestation:no-data-impact:42:12",
  because: "it adds an unused index",
  what: "no-data-impact",
  ...more,
});
