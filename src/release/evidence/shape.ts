import { z } from "zod";
import { PHASES } from "../../flow/config.ts";
import { CHAIN_NAME } from "../../flow/ledger.ts";
import { branch, type Hash, type Instant, isSha, parseInstant, repositoryId, sha } from "../../flow/names.ts";
import type { Label } from "../../flow/request.ts";
import { OUTCOMES } from "../../flow/verdict.ts";
import { type Envelope, PAYLOAD_TYPE } from "./envelope.ts";
import { READABLE_FILE } from "./files.ts";
import type { Approval, Attested, Carried, Hop, Override, Walked } from "./record.ts";
import {
  EVIDENCE,
  RESULT,
  type Result,
  type SignedEvidence,
  STATEMENT,
  type Statement,
  VERIFIER,
} from "./statement.ts";

// Files of evidence come from anywhere. What is not just as this version writes it is refused: a field that nobody reads
// could say something else than what is shown.

const commit = z
  .string()
  .refine((text) => isSha(text), "is no object id of git")
  .transform(sha);
export const hashText = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "is no SHA-256")
  .transform((text) => text as Hash);
const time = z
  .string()
  .refine((text) => parseInstant(text) === text, "is no time in UTC with milliseconds")
  .transform((text) => text as Instant);
const id = z.int().positive();
const text = z.string();
const branchName = z.string().min(1).transform(branch);

/** Whose account is gone has the id 0. */
const person = z.strictObject({ id: z.int().nonnegative(), login: z.string().min(1) });
const named = z.strictObject({ ...person.shape, name: text.nullable() });
const act = z.strictObject({ by: person, at: time });

const hop: z.ZodType<Hop> = z.strictObject({
  number: id,
  from: branchName,
  into: branchName,
  head: commit,
  merge: commit,
  by: person.nullable(),
  at: time.nullable(),
});
const carried: z.ZodType<Carried> = z.strictObject({ number: id, title: text, authors: z.array(person) });
const approval: z.ZodType<Approval> = z.strictObject({
  by: named,
  meaning: text.nullable(),
  at: time,
  commit,
  review: id,
  withdrawn: z.boolean(),
});

const did = {
  state: z.enum(["open", "done", "skip-asked", "skipped", "failed", "not-applicable"]),
  by: person.nullable(),
  at: time.nullable(),
  because: text.nullable(),
  note: text.nullable(),
  url: text.nullable(),
  confirmedBy: person.nullable(),
};
const label = z
  .string()
  .regex(/^[SP][1-9]\d{0,3}$/, "is no item such as P3")
  .transform((text) => text as Label);
const walked: z.ZodType<Walked> = z.strictObject({
  walk: z.enum(["rehearsal", "production"]),
  items: z.array(z.strictObject({ ...did, label, phase: z.enum(PHASES), text, optional: z.boolean() })),
  gone: z.array(z.strictObject({ ...did, item: text })),
});

const attestedCommon = {
  by: person.nullable(),
  at: time,
  because: text,
  number: id,
  comment: id.nullable(),
};
const attested: z.ZodType<Attested> = z.discriminatedUnion("what", [
  z.strictObject({ ...attestedCommon, what: z.enum(["readiness", "no-data-impact", "no-data-transition"]) }),
  z.strictObject({
    ...attestedCommon,
    what: z.literal("backup"),
    level: z.enum(["claimed", "checked"]),
    system: text,
    id: text,
    finished: time,
    restoreTested: text.nullable(),
    fields: z.record(z.string(), text),
  }),
]);
const override: z.ZodType<Override> = z.strictObject({
  by: person,
  at: time,
  gate: text,
  head: commit,
  because: text,
  confirmedBy: person.nullable(),
  closed: z.strictObject({ by: text, at: time, because: text }).nullable(),
});

const place = z.strictObject({ sequence: id, hash: hashText });

/** As a tag of a release is called. It is handed to git. */
export const TAG_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9+-]|\.(?!\.|lock$|$)){0,199}$/;

const evidence = {
  state: z.enum(["preliminary", "final"]),
  made: time,
  flowgate: text,
  repository: z.strictObject({ id: id.transform(repositoryId), name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
  release: z.strictObject({
    version: text,
    tag: z.strictObject({ name: z.string().regex(TAG_NAME), object: commit }),
    commit,
    tree: commit,
    previous: z.strictObject({ version: text, commit }).nullable(),
  }),
  policy: z.strictObject({ path: text, blob: commit.nullable() }),
  pull: hop,
  hops: z.array(hop),
  carried: z.array(carried),
  loose: z.array(z.strictObject({ commit, title: text, author: text.nullable() })),
  approvals: z.array(approval),
  gates: z.array(
    z.strictObject({
      gate: text,
      outcome: z.enum([...OUTCOMES, "overridden", "not-applicable"]),
      because: text,
      read: z.array(text),
    }),
  ),
  runBook: z.strictObject({ path: runBookPath(), blob: commit, walks: z.array(walked) }).nullable(),
  attestations: z.array(attested),
  overrides: z.array(override),
  deviations: z.array(
    z.strictObject({
      stage: branchName,
      commit,
      what: text,
      by: person.nullable(),
      at: time,
      closed: text.nullable(),
    }),
  ),
  authorised: act.nullable(),
  ledger: z.strictObject({ chain: z.string().regex(CHAIN_NAME), from: id, merged: place, head: place }),
};

/** From the root of the repository, without a step up. It is looked for in trees, never opened. */
function runBookPath() {
  return z.string().refine((path) => path.split("/").every((part) => !["", ".", ".."].includes(part)), "is no path");
}

const subject = z.tuple([
  z.strictObject({ name: text, digest: z.strictObject({ gitCommit: commit, gitTree: commit }) }),
  z.strictObject({ name: text, digest: z.strictObject({ gitTag: commit }) }),
]);

export const evidenceShape: z.ZodType<Statement<typeof EVIDENCE, SignedEvidence>> = z.strictObject({
  _type: z.literal(STATEMENT),
  subject,
  predicateType: z.literal(EVIDENCE),
  predicate: z.strictObject({
    ...evidence,
    readable: z.strictObject({ name: z.literal(READABLE_FILE), digest: z.strictObject({ sha256: hashText }) }),
    signer: z.strictObject({ keyid: hashText, publicKey: text }),
  }),
});

export const resultShape: z.ZodType<Statement<typeof RESULT, Result>> = z.strictObject({
  _type: z.literal(STATEMENT),
  subject,
  predicateType: z.literal(RESULT),
  predicate: z.strictObject({
    verifier: z.strictObject({
      id: z.literal(VERIFIER),
      policies: z.array(z.strictObject({ name: text, digest: z.strictObject({ gitBlob: commit }) })),
    }),
    timeCreated: time,
    properties: z.array(text),
  }),
});

export const envelopeShape: z.ZodType<Envelope> = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: text,
  signatures: z.array(z.strictObject({ keyid: text, sig: text })),
});
