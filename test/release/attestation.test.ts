import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Instant, instant, later } from "../../src/flow/names.ts";
import {
  type Attested,
  attestedFor,
  backupIn,
  durationWords,
  measured,
  RIGHT_LINE,
  spanned,
  turnsAt,
} from "../../src/release/attestation.ts";
import { at, NOW, policy, REPOSITORY } from "../builders.ts";
import { DATA, waiver, attested as written } from "./attested.ts";

const SHA256 = "0a".repeat(32);
const GOOD = { system: "postgres-main", id: "snap-8f31", at: "2026-11-24T09:00:00Z" };
const line = (fields: { readonly [key: string]: string }) =>
  Object.entries(fields).map(([key, value]) => `${key}=${value}`);
const read = (more: { readonly [key: string]: string }) => backupIn(line({ ...GOOD, ...more }), NOW);
const HOUR = 3_600_000;

describe("a line that attests a backup", () => {
  it("names its system, its id and when it was finished", () => {
    expect(read({})).toEqual({
      system: "postgres-main",
      id: "snap-8f31",
      finished: "2026-11-24T09:00:00.000Z",
      restoreTested: null,
      fields: {},
    });
    const more = { location: "rack 4, do:nyc3", size: "12.4GiB", sha256: SHA256, "retain-until": "2027-02-28" };
    expect(read({ ...more, "restore-tested": "2026-10-30" })).toMatchObject({
      fields: more,
      restoreTested: "2026-10-30",
    });
    expect(backupIn(["SYSTEM=a", "Id=b", "AT=2026-11-24t09:00:00+01:00"], NOW)).toMatchObject({
      system: "a",
      id: "b",
      finished: "2026-11-24T08:00:00.000Z",
    });
    expect(backupIn(RIGHT_LINE.split(" ").slice(2), NOW)).toHaveProperty("finished");
  });

  it("or the run that made it", () => {
    const run = "https://github.com/acme/ops/actions/runs/123456";
    expect(backupIn(line({ system: "a", run }), NOW)).toEqual({ system: "a", run, restoreTested: null, fields: {} });
    for (const key of ["id", "at"] as const)
      expect(backupIn(line({ system: "a", run, [key]: GOOD[key] }), NOW)).toEqual({
        not: "`run` says by itself what was made and when: leave `id` and `at` out.",
      });
  });

  it.each<[string, readonly string[], string]>([
    ["nothing", [], "It needs `system`."],
    ["no id", line({ system: "a", at: GOOD.at }), "It needs `id`, or `run`"],
    ["no time", line({ system: "a", id: "b" }), "It needs `at`, or `run`"],
    ["no key", ["snap-8f31"], "“snap-8f31” is no `key=value`"],
    ["an empty key", ["=x"], "“=x” is no `key=value`"],
    ["an unknown key", ["sytem=a"], "It does not know `sytem`, but `system`, `id`,"],
    ["an inherited key", ["__proto__=a"], "It does not know `__proto__`"],
    ["a long key", [`${"k".repeat(99)}=a`], `It does not know \`${"k".repeat(59)}…\``],
    ["a key twice", ["system=a", "SYSTEM=b"], "`system` stands there twice"],
  ])("is refused with %s", (_what, words, not) => {
    expect(backupIn(words, NOW)).toEqual({ not: expect.stringContaining(not) });
  });

  it.each<[string, readonly string[]]>([
    ["system", ["", "a b", "@ops", "a\nb", "`a`", "*a*", "a,b", "-a", "a_", "a".repeat(129)]],
    [
      "id",
      [
        "",
        "a b",
        "a\tb",
        "a\u00a0b",
        'a"b',
        "a'b",
        "a\nb",
        "a\r\nb",
        "a\u2028b",
        "@dora",
        "a@dora",
        "@acme/ops",
        "#12",
        "a#12",
        "`a`",
        "*a*",
        "_a_",
        "__a__",
        "~~a~~",
        "[a](https://example.com)",
        "![a](b)",
        "<b>a</b>",
        "<!--a",
        "https://example.com",
        "a//b",
        "a|b",
        "a\\b",
        "a&amp;b",
        "a=b",
        "ä",
        "a\u202eb",
        "a\u0000b",
        "a\u200bb",
        ".a",
        "a-",
        "a".repeat(129),
      ],
    ],
    [
      "at",
      [
        "",
        "now",
        "2026-11-24",
        "2026-11-24T09:00:00",
        "2026-11-24 09:00:00Z",
        "2026-11-24T09:00:00 Z",
        "2026-11-24T09:00:00+0100",
        "2026-11-24T09:00:00+01",
        "2026-11-24T09:00:00CET",
        "2026-11-24T09Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T09:60:00Z",
        "2026-11-24T09:00:60Z",
        "2026-11-24T09:00:00+24:00",
        "2026-11-31T09:00:00Z",
        "2026-02-29T09:00:00Z",
        "2026-13-01T09:00:00Z",
        "2026-00-10T09:00:00Z",
        "26-11-24T09:00:00Z",
        "10000-01-01T00:00:00Z",
        "+010000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "0000-01-01T00:00:00Z",
        "-000001-01-01T00:00:00Z",
        "2026-11-24T09:00:00Zz",
        "2026-11-24T09:00:00Z\n",
        "1795512000",
        "2026-W48-2T09:00:00Z",
        "٢٠٢٦-11-24T09:00:00Z",
      ],
    ],
    [
      "run",
      ["", "123456", "http://github.com/a/b/actions/runs/1", "https://", "https://a b", 'https://a"b', "https://<b>"],
    ],
    ["location", ["", "a\nb", "a`b", "a\u202eb", "x".repeat(201)]],
    ["size", ["", "12", "12.GiB", "12 gib", "-1GB", "1e9B", "12XB"]],
    ["sha256", ["", "0a", "z".repeat(64), `${SHA256}0`]],
    ["restore-tested", ["", "yesterday", "2026-10-30T00:00:00Z", "2026-02-30", "2026-11-25", "10000-01-01"]],
    ["retain-until", ["", "forever", "2027-02-29", "2026-11-23", "10000-01-01"]],
  ])("is refused where `%s` is malformed, with the field's name", (key, bad) => {
    for (const value of bad)
      expect([value, read({ [key]: value })]).toEqual([
        value,
        { not: expect.stringMatching(new RegExp(`^\`${key}\` `)) },
      ]);
  });

  it("takes a clock that goes five minutes fast, and no more", () => {
    expect(read({ at: "2026-11-24T09:45:00Z" })).toHaveProperty("finished");
    expect(read({ at: "2026-11-24T09:45:01Z" })).toEqual({
      not: "`at` lies in the future: it is 2026-11-24 09:40 UTC by now.",
    });
    expect(read({ at: "2026-11-24T23:00:00+14:00" })).toHaveProperty("finished");
    expect(read({ "restore-tested": "2026-11-24", "retain-until": "2026-11-24" })).toHaveProperty("finished");
  });

  it("is read or refused in a sentence, whatever it says", () => {
    const key = fc.constantFrom("system", "id", "at", "run", "location", "size", "sha256", "retain-until", "x");
    const word = fc.oneof(
      fc.string(),
      fc.tuple(key, fc.string()).map(([one, value]) => `${one}=${value}`),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        const came = backupIn(words, NOW);
        if ("not" in came) expect(came.not).toMatch(/[.`]$/);
        else expect(came.system).toMatch(/^[\w.:/+-]+$/);
      }),
    );
  });
});

describe("what was attested for a pull request", () => {
  const of = (more: object = {}) => ({
    repository: REPOSITORY,
    number: 12,
    lane: "release" as const,
    commits: [{ sha: at("carried") }],
    ...more,
  });
  const found = (standing: readonly Attested[], more: object = {}) => attestedFor(standing, of(more)).length;
  const ready = { ...waiver(), what: "readiness" } as unknown as Attested;

  it("is what was written on it", () => {
    expect(found([written(), waiver(), ready])).toBe(3);
    expect(found([written({ repository: 43 as never })])).toBe(0);
    expect(found([written({ number: 11 })])).toBe(0);
    expect(attestedFor([{ kind: "hold" } as never], of())).toEqual([]);
  });

  it("and what served it when it was merged, and no other", () => {
    expect(found([written({ served: 12, number: 11 }), waiver({ served: 12 })], { commits: [] })).toBe(2);
    expect(found([written({ served: 13 }), waiver({ served: 13, number: 11, head: at("carried") })])).toBe(0);
  });

  it("and on a promotion that a release carries, but for readiness", () => {
    const kept = { number: 11, head: at("carried") };
    expect(found([written(kept), waiver(kept), { ...ready, ...kept }])).toBe(2);
    expect(found([written(kept)], { lane: "hotfix" })).toBe(0);
    expect(found([written(kept)], { lane: null })).toBe(0);
    expect(found([written(kept)], { commits: [] })).toBe(0);
  });
});

describe("how long a backup counts", () => {
  const backup = (more: object = {}) => ({ finished: NOW, restoreTested: null, data: DATA, ...more });
  const by = (now: Instant, more: object = {}, destructive = false) => ({
    policy: { ...policy().backup, ...more },
    data: DATA,
    destructive,
    now,
  });
  const from = (ms: number) => later(NOW, ms);

  it("is until a minute before it is too old", () => {
    expect(measured(backup(), by(NOW))).toEqual({ until: from(24 * HOUR - 60_000) });
    expect(measured(backup(), by(from(24 * HOUR - 60_001)))).toHaveProperty("until");
    expect(measured(backup(), by(from(24 * HOUR - 60_000)))).toEqual({ not: "too old" });
    expect(measured(backup(), by(NOW, {}, true))).toEqual({ until: from(4 * HOUR - 60_000) });
    expect(turnsAt(NOW, { milliseconds: 90_000 })).toBe(from(60_000));
    expect(turnsAt(NOW, { workingDays: 1 })).toBe(from(24 * HOUR - 60_000));
  });

  it("is while the files stay as they are", () => {
    expect(measured(backup({ data: "other" }), by(NOW))).toEqual({ not: "made for other files" });
  });

  it("is while its restore was tested of late, where that is asked for", () => {
    const asks = { restoreTest: { milliseconds: 10 * 24 * HOUR } };
    expect(measured(backup(), by(NOW, asks))).toEqual({ not: "never restored" });
    expect(measured(backup({ restoreTested: "2026-11-14" }), by(NOW, asks))).toEqual({ not: "restored too long ago" });
    expect(measured(backup({ restoreTested: "2026-11-20" }), by(NOW, asks))).toEqual({
      until: from(24 * HOUR - 60_000),
    });
    expect(measured(backup({ restoreTested: "2026-11-15" }), by(NOW, asks))).toEqual({
      until: instant(Date.UTC(2026, 10, 24, 23, 59)),
    });
  });

  it("is told in words", () => {
    expect([3, 90, 119 * 60, 26 * 3600, 80 * 3600].map((s) => spanned(s * 1_000))).toEqual([
      "3 s",
      "2 min",
      "119 min",
      "26 h",
      "3 days",
    ]);
    expect(durationWords({ milliseconds: 24 * HOUR })).toBe("24 h");
    expect(durationWords({ workingDays: 1 })).toBe("1 working day");
    expect(durationWords({ workingDays: 2 })).toBe("2 working days");
  });
});
