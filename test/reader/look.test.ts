import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Fact, type Facts, type Want, wantKey } from "../../src/flow/facts.ts";
import { installationId, later, type Sha } from "../../src/flow/names.ts";
import type { RunBook } from "../../src/flow/run-book.ts";
import type { Lease } from "../../src/flow/subject.ts";
import { type ReadRunBooks, reading } from "../../src/reader/look.ts";
import { openReader, type Reader } from "../../src/reader.ts";
import { at, NOW, pullKnown } from "../builders.ts";
import { bytes } from "../release/run-books.ts";

const HEAD = at("head");
const FACTS: Facts = pullKnown();
const LEASE: Lease = { subject: FACTS.subject, installation: installationId(7), priority: "bulk", token: "t" };
const clock = { now: () => later(NOW, 5_000) };
const other: Want = { want: "tree", commit: HEAD };
const wanted = (text: string) => ({ want: "run-book", path: "docs/runbooks/a.md", sha: at(text) }) as const;

let reader: Reader;
let looked: (readonly Want[])[];
let files: Map<Sha, Fact<Uint8Array | null>>;
beforeEach(() => {
  reader = openReader();
  looked = [];
  files = new Map();
});
afterEach(() => reader.stop());

const stored = (text: string) => files.set(at(text), { known: true, value: bytes(text), at: NOW });
function look(wants: readonly Want[], facts: Facts = FACTS, more: Partial<ReadRunBooks> = {}) {
  const inner = async (_: unknown, __: unknown, others: readonly Want[]) => {
    looked.push(others);
    return new Map<string, Fact<unknown>>(others.map((want) => [wantKey(want), { known: true, value: 1, at: NOW }]));
  };
  const source = {
    reader,
    clock,
    bytes: async (_: unknown, __: unknown, { sha }: { readonly sha: Sha }) =>
      files.get(sha) ?? { known: false as const, because: "GitHub answered 502.", retryAt: clock.now() },
    ...more,
  };
  return reading(inner, source)(LEASE, facts, wants);
}

describe("a look that reads run-books", () => {
  it("reads them, and hands on the rest, in one round", async () => {
    for (const text of ["# Deploy\n- [ ] a", "# Test\n- [ ] b"]) stored(text);
    const wants = [wanted("# Deploy\n- [ ] a"), other, wanted("# Test\n- [ ] b")];
    const seen = await look(wants);
    expect(looked).toEqual([[other]]);
    expect([...seen.keys()].sort()).toEqual(wants.map(wantKey).sort());
    const [deploy, , test] = wants.map(
      (want) => seen.get(wantKey(want)) as { readonly value: RunBook; readonly at: string },
    );
    expect(deploy).toMatchObject({ known: true, at: NOW, value: { items: [{ phase: "deploy", text: "a" }] } });
    expect(test).toMatchObject({ value: { items: [{ phase: "test", text: "b" }] } });
  });

  it("looks at nothing else where nothing else is wanted, and at no file where none is", async () => {
    stored("- [ ] a");
    await look([wanted("- [ ] a")]);
    expect(looked).toEqual([]);
    await look([other], FACTS, { bytes: () => Promise.reject(new Error("asked")) });
    expect(looked).toEqual([[other]]);
    expect((await look([])).size).toBe(0);
  });

  it("reads as the config in force asks", async () => {
    const text = "# Los\n- [ ] a";
    stored(text);
    const component = FACTS.component as NonNullable<Facts["component"]>;
    const { config } = component;
    const policy = {
      ...config.policy,
      runBook: { ...config.policy.runBook, phases: { ...config.policy.runBook.phases, deploy: ["los"] } },
      artifacts: { ...config.policy.artifacts, activation: "scripts/activate.sh" },
    };
    const seen = await look([wanted(text)], { ...FACTS, component: { ...component, config: { ...config, policy } } });
    const { value } = seen.get(wantKey(wanted(text))) as { readonly value: RunBook };
    expect(value.items).toMatchObject([{ phase: "deploy" }]);
    expect(value.findings.map(({ because }) => because).join()).toContain("scripts/activate.sh");
  });

  it("does not know what GitHub did not give", async () => {
    expect((await look([wanted("a")])).get(wantKey(wanted("a")))).toEqual({
      known: false,
      because: "GitHub answered 502.",
      retryAt: clock.now(),
    });
  });

  it("says of a file that is too large what cures it", async () => {
    files.set(at("a"), { known: true, value: null, at: NOW });
    const because = "The file has more than 1 MiB and is not read; split it into run-books of its parts.";
    expect((await look([wanted("a")])).get(wantKey(wanted("a")))).toMatchObject({
      known: true,
      value: { items: [], findings: [{ line: 1, severity: "failed", because }] },
    });
  });

  it("waits where nothing is known of the component", async () => {
    expect((await look([wanted("a")], { ...FACTS, component: null })).get(wantKey(wanted("a")))).toEqual({
      known: false,
      because: "Flowgate has not heard of this repository's config yet.",
      retryAt: later(clock.now(), 60_000),
    });
  });
});
