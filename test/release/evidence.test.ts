import { createPublicKey, verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { canonical, digestOf } from "../../src/flow/ledger.ts";
import { envelope, PAYLOAD_TYPE, preAuthenticated } from "../../src/release/evidence/envelope.ts";
import { manifest } from "../../src/release/evidence/files.ts";
import type { Evidence, WalkedItem } from "../../src/release/evidence/record.ts";
import { propertiesOf, result, statement } from "../../src/release/evidence/statement.ts";
import { walkedFrom } from "../../src/release/evidence/walked.ts";
import { evidenceFiles } from "../../src/release/evidence.ts";
import { progressOf } from "../../src/release/progress.ts";
import { evidenceMarkdown } from "../../src/report/evidence.ts";
import { expectGolden } from "../board/golden.ts";
import { at, NOW } from "../builders.ts";
import { evidence, signer } from "./releases.ts";
import { BLOB, CARL, DORA, done, HEAD, item, standing } from "./walks.ts";

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const files = (given: Evidence) =>
  new Map(evidenceFiles(given, evidenceMarkdown(given), signer()).map(({ name, text }) => [name, text]));

describe("An envelope", () => {
  it("signs what DSSE says is signed: type and body with their lengths in bytes", () => {
    expect(text(preAuthenticated("http://example.com/HelloWorld", Buffer.from("hello world")))).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
    expect(text(preAuthenticated("application/vnd.exämple+json", Buffer.from("ü")))).toBe(
      "DSSEv1 29 application/vnd.exämple+json 2 ü",
    );
  });

  it("is what DSSE's own vector is for the same key and body", () => {
    // https://github.com/secure-systems-lab/dsse/blob/master/protocol.md; the body is canonical, so both sign the same bytes.
    const sealed = JSON.parse(envelope({ _type: "https://in-toto.io/Statement/v1" }, signer()));
    expect(sealed).toEqual({
      payload: "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==",
      payloadType: "application/vnd.in-toto+json",
      signatures: [
        {
          keyid: signer().keyid,
          sig: "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==",
        },
      ],
    });
  });

  it("can be checked by whoever has the public key, and names it by the digest of its SPKI", () => {
    const { keyid, publicKey } = signer();
    const sealed = JSON.parse(envelope({ a: 1 }, signer()));
    const body = Buffer.from(sealed.payload, "base64");
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    const signature = Buffer.from(sealed.signatures[0].sig, "base64");
    expect(text(body)).toBe('{"a":1}');
    expect(verify(null, preAuthenticated(PAYLOAD_TYPE, body), key, signature)).toBe(true);
    expect(keyid).toMatch(/^[0-9a-f]{64}$/);
    expect(signer("second").keyid).not.toBe(keyid);
  });
});

describe("The statement about a release", () => {
  const readable = digestOf("# Evidence\n");

  it("is one of in-toto's, about the commit and the tag, in words that need nothing else to be read", () => {
    const { predicate, ...rest } = statement(evidence(), signer(), readable);
    expect(rest).toEqual({
      _type: "https://in-toto.io/Statement/v1",
      subject: [
        { name: "acme/api", digest: { gitCommit: at("the merge"), gitTree: at("the tree") } },
        { name: "refs/tags/v1.4.0", digest: { gitTag: at("the tag") } },
      ],
      predicateType: "urn:flowgate:release-evidence:v1",
    });
    expect(predicate).toEqual({
      ...evidence(),
      readable: { name: "evidence.md", digest: { sha256: readable } },
      signer: { keyid: signer().keyid, publicKey: signer().publicKey },
    });
  });

  it("gives the same bytes for the same evidence", () => {
    expect(files(evidence())).toEqual(files(structuredClone(evidence())));
    const turned = Object.fromEntries(Object.entries(evidence()).toReversed()) as unknown as Evidence;
    expect(files(turned)).toEqual(files(evidence()));
  });
});

describe("The Simple Verification Result", () => {
  const items = (...given: readonly Partial<WalkedItem>[]): Pick<Evidence, "runBook"> => {
    const walked = evidence().runBook?.walks.find(({ walk }) => walk === "production");
    const first = walked?.items.find(({ label }) => label === "P1") as WalkedItem;
    const walk = { walk: "production" as const, items: given.map((more) => ({ ...first, ...more })), gone: [] };
    return { runBook: { path: "a.md", blob: BLOB, walks: [walk] } };
  };

  const readable = digestOf("");

  it("lists what passed, of whom by which policy, and when", () => {
    expect(result(evidence()).predicate).toEqual({
      verifier: {
        id: "urn:flowgate:verifier:v1",
        policies: [{ name: ".github/flowgate.yml", digest: { gitBlob: at("the policy") } }],
      },
      timeCreated: evidence().made,
      properties: [
        "FLOWGATE_BACKUP_ATTESTED",
        "FLOWGATE_FLOW_PASSED",
        "FLOWGATE_NOTHING_OVERRIDDEN",
        "FLOWGATE_NO_DEVIATION",
        "FLOWGATE_RUNBOOK_COMPLETE",
        "FLOWGATE_RUN_BOOK_PASSED",
      ],
    });
    expect(result(evidence({ policy: { path: "x", blob: null } })).predicate.verifier.policies).toEqual([]);
    expect(result(evidence()).subject).toEqual(statement(evidence(), signer(), readable).subject);
  });

  it.each<[string, Partial<Evidence>, string, boolean]>([
    [
      "an overridden gate",
      { gates: [{ gate: "flow", outcome: "overridden", because: "", read: [] }] },
      "FLOW_PASSED",
      false,
    ],
    [
      "a gate that waits",
      { gates: [{ gate: "flow", outcome: "pending", because: "", read: [] }] },
      "FLOW_PASSED",
      false,
    ],
    ["no run-book", { runBook: null }, "RUNBOOK_COMPLETE", false],
    ["no walk in production", { runBook: { path: "a.md", blob: BLOB, walks: [] } }, "RUNBOOK_COMPLETE", false],
    ["a run-book without items", items(), "RUNBOOK_COMPLETE", false],
    ["an item that is open", items({}, { state: "open" }), "RUNBOOK_COMPLETE", false],
    ["an optional one that is open", items({}, { state: "open", optional: true }), "RUNBOOK_COMPLETE", true],
    ["one of the rollback that is open", items({}, { state: "open", phase: "rollback" }), "RUNBOOK_COMPLETE", true],
    ["one to be watched that is open", items({}, { state: "open", phase: "monitor" }), "RUNBOOK_COMPLETE", true],
    ["one that is to be skipped", items({ state: "skip-asked" }), "RUNBOOK_COMPLETE", false],
    ["one that was skipped", items({ state: "skipped" }), "NOTHING_SKIPPED", false],
    ["none that was skipped", items({}, { state: "not-applicable" }), "NOTHING_SKIPPED", true],
    ["none that was skipped, and one open", items({ state: "open" }), "NOTHING_SKIPPED", false],
    ["no backup", { attestations: [] }, "BACKUP_ATTESTED", false],
    [
      "a deviation",
      { deviations: [{ stage: "a" as never, commit: HEAD, what: "", by: null, at: NOW, closed: "" }] },
      "NO_DEVIATION",
      false,
    ],
    [
      "an override",
      { overrides: [{ gate: "flow", head: HEAD, because: "", by: DORA, at: NOW, confirmedBy: null, closed: null }] },
      "NOTHING_OVERRIDDEN",
      false,
    ],
  ])("of %s", (_what, given, property, holds) => {
    expect(propertiesOf(evidence(given)).includes(`FLOWGATE_${property}`)).toBe(holds);
  });
});

describe("A walk through a run-book, as evidence keeps it,", () => {
  const now = { blob: BLOB, head: HEAD };
  const walked = (...known: Parameters<typeof progressOf>[2]) =>
    walkedFrom(progressOf({ items: [item(1), item(2), item(3, { parent: 2 })] }, "production", known, now));

  it("begins with what was skipped or is to be", () => {
    const { items } = walked(done(DORA), standing({ item: "i3", state: "skipped", by: CARL, because: "no need" }));
    expect(items.map(({ label, state }) => `${label} ${state}`)).toEqual(["P3 skipped", "P1 done", "P2 done"]);
    const asked = walked(standing({ item: "i3", state: "skip-asked" }));
    expect(asked.items.map(({ label }) => label)).toEqual(["P3", "P1", "P2"]);
  });

  it("tells who did what and when, and what was said of it", () => {
    const { items, gone } = walked(done(DORA, { note: "ok", url: "https://x" }), done(CARL, { item: "gone" }));
    expect(items[0]).toEqual({
      ...{ label: "P1", phase: "before", text: "Do thing 1", optional: false, state: "done", by: DORA, at: NOW },
      ...{ because: "dora did it", note: "ok", url: "https://x", confirmedBy: null },
    });
    expect(items[1]).toMatchObject({ state: "open", by: null, at: null, because: null });
    expect(gone).toEqual([
      {
        item: "gone",
        state: "done",
        by: CARL,
        at: NOW,
        because: "carl did it",
        note: null,
        url: null,
        confirmedBy: null,
      },
    ]);
  });

  it("says why an item need not be done", () => {
    const book = { items: [item(1, { notApplicable: "no schema change" })] };
    const { items } = walkedFrom(progressOf(book, "production", [], now));
    expect(items[0]).toMatchObject({ state: "not-applicable", because: "no schema change" });
  });
});

describe("The files of a release's evidence", () => {
  it("are as people and tools read them", () => {
    const made = files(evidence());
    expect([...made.keys()]).toEqual(["evidence.json", "evidence.md", "svr.json", "manifest.sha256"]);
    for (const [name, content] of made) expectGolden(`release-${name}`, content);
  });

  it("are without the result while they are preliminary: nothing is deployed by it", () => {
    const made = files(evidence({ state: "preliminary" }));
    expect([...made.keys()]).toEqual(["evidence.json", "evidence.md", "manifest.sha256"]);
  });

  it("have their sums in the manifest, sorted, as sha256sum writes them", () => {
    const made = manifest([
      { name: "b", text: "" },
      { name: "a", text: "a\n" },
    ]);
    expect(made).toBe(
      "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7  a\n" +
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b\n",
    );
  });

  it("hold the digest of what is read in the signed statement", () => {
    const made = files(evidence());
    const { payload } = JSON.parse(made.get("evidence.json") ?? "");
    const { predicate } = JSON.parse(Buffer.from(payload, "base64").toString("utf8"));
    expect(predicate.readable.digest.sha256).toBe(digestOf(made.get("evidence.md") ?? ""));
    expect(canonical(JSON.parse(made.get("evidence.json") ?? ""))).toBe(made.get("evidence.json")?.trimEnd());
  });
});
