import { createPrivateKey } from "node:crypto";
import { digestOf } from "../../src/flow/ledger.ts";
import { branch, later, repositoryId } from "../../src/flow/names.ts";
import type { Signer } from "../../src/flow/signer.ts";
import type { Evidence, Hop, Named } from "../../src/release/evidence/record.ts";
import { walkedFrom } from "../../src/release/evidence/walked.ts";
import { progressOf } from "../../src/release/progress.ts";
import { signerWith } from "../../src/signer.ts";
import { at, NOW } from "../builders.ts";
import { BLOB, CARL, DORA, done, HEAD, item, NINA, RITA, standing } from "./walks.ts";

/** The keys of RFC 8032, section 7.1, by which DSSE's own vectors are signed: https://www.rfc-editor.org/rfc/rfc8032#section-7.1 */
const SEEDS = {
  first: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
  second: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
};
export function signer(seed: keyof typeof SEEDS = "first"): Signer {
  const der = Buffer.from(`302e020100300506032b657004220420${SEEDS[seed]}`, "hex");
  return signerWith(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
}

export const QUINN: Named = { id: 5, login: "quinn", name: "Quinn O'Hara" };

const ITEMS = [
  item(1, { text: "Backup attested" }),
  item(2, { text: "Compare with `docs/plan.md`", notApplicable: "no plan for this one" }),
  item(3, { phase: "deploy", text: "Run `activate.sh v1.4.0`" }),
  item(4, { phase: "deploy", text: "in the first region", parent: 3 }),
  item(5, { phase: "test", text: "Log in as a clinician" }),
  item(6, { phase: "test", text: "Read a report", optional: true }),
  item(7, { phase: "rollback", text: "Activate the previous tag" }),
];
const KNOWN = [
  done(DORA, { walk: "rehearsal", item: "i1" }),
  done(CARL, { item: "i1", note: "snap-8f31 is there", url: "https://do.example/8f31" }),
  done(CARL, { item: "i4", at: later(NOW, 60_000) }),
  standing({ item: "i5", state: "skipped", by: CARL, because: "the account is locked", confirmedBy: NINA }),
  done(RITA, { item: "gone" }),
];
const walk = (name: "rehearsal" | "production") =>
  walkedFrom(progressOf({ items: ITEMS }, name, KNOWN, { blob: BLOB, head: HEAD }));

export const hop = (more: Partial<Hop> = {}): Hop => ({
  number: 31,
  from: branch("staging"),
  into: branch("master"),
  head: HEAD,
  merge: at("the merge"),
  by: RITA,
  at: NOW,
  ...more,
});

/** A release that went as it should, but for one skipped item. */
export const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  state: "final",
  made: later(NOW, 3_600_000),
  flowgate: "0.0.0",
  repository: { id: repositoryId(42), name: "acme/api" },
  release: {
    version: "1.4.0",
    tag: { name: "v1.4.0", object: at("the tag") },
    commit: at("the merge"),
    tree: at("the tree"),
    previous: { version: "1.3.0", commit: at("the release before") },
  },
  policy: { path: ".github/flowgate.yml", blob: at("the policy") },
  pull: hop(),
  hops: [
    hop({ number: 30, from: branch("development"), into: branch("staging"), merge: HEAD, at: later(NOW, -3_600_000) }),
  ],
  carried: [
    { number: 12, title: "Log in", authors: [DORA] },
    { number: 14, title: "Show *units* | <b>@acme/all</b>", authors: [{ id: 5, login: "quinn" }, RITA] },
  ],
  loose: [],
  approvals: [
    { by: QUINN, meaning: "quality", at: NOW, commit: HEAD, review: 501, withdrawn: false },
    { by: { ...NINA, name: null }, meaning: "operations", at: NOW, commit: HEAD, review: 502, withdrawn: false },
  ],
  gates: [
    { gate: "flow", outcome: "passed", because: "It may enter master.", read: [] },
    { gate: "run-book", outcome: "passed", because: "It is linked and rehearsed.", read: ["docs/runbooks/release.md"] },
    { gate: "change-order", outcome: "not-applicable", because: "No change order is asked for.", read: [] },
  ],
  runBook: { path: "docs/runbooks/release.md", blob: BLOB, walks: [walk("rehearsal"), walk("production")] },
  attestations: [
    {
      what: "backup",
      by: CARL,
      at: NOW,
      because: "carl attested it",
      number: 31,
      comment: 900,
      level: "checked",
      system: "postgres-main",
      id: "snap-8f31",
      finished: later(NOW, -600_000),
      restoreTested: "2026-10-30",
      fields: { location: "do:nyc3" },
    },
  ],
  overrides: [],
  deviations: [],
  authorised: null,
  ledger: {
    chain: "repository:42",
    from: 1,
    merged: { sequence: 3, hash: digestOf("the merge's entry") },
    head: { sequence: 5, hash: digestOf("the last entry") },
  },
  ...more,
});

/** A release where all went as it should not. */
export const hostile = (text: string): Evidence => {
  const somebody = { id: 6, login: text };
  return evidence({
    state: "preliminary",
    flowgate: text,
    repository: { id: repositoryId(42), name: text },
    release: {
      ...evidence().release,
      version: text,
      tag: { name: text, object: at("the tag") },
      previous: null,
    },
    policy: { path: text, blob: null },
    pull: hop({ from: branch(text), into: branch(text), by: null, at: null }),
    carried: [{ number: 14, title: text, authors: [somebody] }],
    loose: [
      { commit: at("loose"), title: text, author: text },
      { commit: at("looser"), title: text, author: null },
    ],
    approvals: [
      { by: { ...somebody, name: text }, meaning: text, at: NOW, commit: HEAD, review: 7, withdrawn: true },
      { by: { ...somebody, name: null }, meaning: null, at: NOW, commit: HEAD, review: 8, withdrawn: false },
    ],
    gates: [{ gate: text, outcome: "overridden", because: text, read: [text, text] }],
    runBook: {
      path: text,
      blob: BLOB,
      walks: [
        {
          walk: "production",
          items: [
            { ...did(text), label: "P1", phase: "test", text, optional: true, state: "failed" },
            {
              ...did(text),
              label: "P2",
              phase: "test",
              text,
              optional: false,
              state: "skip-asked",
              by: null,
              at: null,
            },
          ],
          gone: [{ ...did(text), item: text }],
        },
      ],
    },
    attestations: [
      { what: "readiness", by: null, at: NOW, because: text, number: 31, comment: null },
      {
        ...{ what: "backup", by: somebody, at: NOW, because: text, number: 31, comment: 1, level: "claimed" },
        ...{ system: text, id: text, finished: NOW, restoreTested: null, fields: { [text]: text } },
      },
    ],
    overrides: [
      { gate: text, head: HEAD, because: text, by: somebody, at: NOW, confirmedBy: somebody, closed: null },
      {
        ...{ gate: text, head: HEAD, because: text, by: somebody, at: NOW, confirmedBy: null },
        closed: { by: text, at: NOW, because: text },
      },
    ],
    deviations: [
      { stage: branch(text), commit: HEAD, what: text, by: somebody, at: NOW, closed: null },
      { stage: branch(text), commit: HEAD, what: text, by: null, at: NOW, closed: text },
    ],
    authorised: { by: somebody, at: NOW },
  });
};

const did = (text: string) => ({
  state: "done" as const,
  by: { id: 6, login: text },
  at: NOW,
  because: text,
  note: text,
  url: text,
  confirmedBy: { id: 7, login: text },
});
