import type { Hash, Instant, Sha } from "../../flow/names.ts";
import type { Signer } from "../../flow/signer.ts";
import { REHEARSED } from "../progress.ts";
import { READABLE_FILE } from "./files.ts";
import type { Evidence, WalkedItem } from "./record.ts";

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export const STATEMENT = "https://in-toto.io/Statement/v1";
/** What the statement about a release says is ours alone. */
export const EVIDENCE = "urn:flowgate:release-evidence:v1";
/** https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md */
export const RESULT = "https://in-toto.io/attestation/svr/v0.2";
/** Another one when another thing is asked before a property is listed. */
export const VERIFIER = "urn:flowgate:verifier:v1";

export type Statement<Type extends string, Predicate> = {
  readonly _type: typeof STATEMENT;
  readonly subject: Subjects;
  readonly predicateType: Type;
  readonly predicate: Predicate;
};
/** The commit and the tag. */
export type Subjects = readonly [
  { readonly name: string; readonly digest: { readonly gitCommit: Sha; readonly gitTree: Sha } },
  { readonly name: string; readonly digest: { readonly gitTag: Sha } },
];

/**
 * The evidence, with the digest of what people read of it and the key that it is signed with. A key that vouches for itself
 * proves nothing about who holds it; it lets anybody see that no byte was changed since.
 */
export type SignedEvidence = Evidence & {
  readonly readable: { readonly name: typeof READABLE_FILE; readonly digest: { readonly sha256: Hash } };
  readonly signer: Pick<Signer, "keyid" | "publicKey">;
};

/** What passed, and nothing else: https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md */
export type Result = {
  readonly verifier: {
    readonly id: typeof VERIFIER;
    readonly policies: readonly { readonly name: string; readonly digest: { readonly gitBlob: Sha } }[];
  };
  readonly timeCreated: Instant;
  readonly properties: readonly string[];
};

/** @param readable the digest of what people read of it. */
export function statement(
  evidence: Evidence,
  { keyid, publicKey }: Pick<Signer, "keyid" | "publicKey">,
  readable: Hash,
): Statement<typeof EVIDENCE, SignedEvidence> {
  return {
    _type: STATEMENT,
    subject: subjectsOf(evidence),
    predicateType: EVIDENCE,
    predicate: {
      ...evidence,
      readable: { name: READABLE_FILE, digest: { sha256: readable } },
      signer: { keyid, publicKey },
    },
  };
}

/** The same in the few words that a deployment tool asks for: a Simple Verification Result. */
export function result(evidence: Evidence): Statement<typeof RESULT, Result> {
  const { policy, made } = evidence;
  return {
    _type: STATEMENT,
    subject: subjectsOf(evidence),
    predicateType: RESULT,
    predicate: {
      verifier: {
        id: VERIFIER,
        policies: policy.blob === null ? [] : [{ name: policy.path, digest: { gitBlob: policy.blob } }],
      },
      timeCreated: made,
      properties: propertiesOf(evidence),
    },
  };
}

export function subjectsOf({ repository, release }: Evidence): Subjects {
  const { commit, tree, tag } = release;
  return [
    { name: repository.name, digest: { gitCommit: commit, gitTree: tree } },
    { name: `refs/tags/${tag.name}`, digest: { gitTag: tag.object } },
  ];
}

/** What passed of a release, sorted. Whoever asks for a property that is not listed gets no, whatever the reason. */
export function propertiesOf({ gates, runBook, attestations, overrides, deviations }: Evidence): readonly string[] {
  const passed = gates.flatMap(({ gate, outcome }) => (outcome === "passed" ? [`${upper(gate)}_PASSED`] : []));
  const production = runBook?.walks.find(({ walk }) => walk === "production");
  const owed = (production?.items ?? []).filter(({ phase, optional }) => REHEARSED.includes(phase) && !optional);
  const complete = owed.length > 0 && owed.every(({ state }) => SETTLED.includes(state));
  const others = {
    RUNBOOK_COMPLETE: complete,
    NOTHING_SKIPPED: complete && owed.every(({ state }) => state !== "skipped"),
    BACKUP_ATTESTED: attestations.some(({ what }) => what === "backup"),
    NOTHING_OVERRIDDEN: overrides.length === 0,
    NO_DEVIATION: deviations.length === 0,
  };
  const held = Object.entries(others).flatMap(([name, holds]) => (holds ? [name] : []));
  return [...passed, ...held].map((name) => `FLOWGATE_${name}`).sort();
}

const SETTLED: readonly WalkedItem["state"][] = ["done", "skipped", "not-applicable"];
const upper = (gate: string) => gate.toUpperCase().replaceAll("-", "_");
