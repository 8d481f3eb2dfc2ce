import { describe, expect, it } from "@jest/globals";
import { executionOn, stickyCame } from "../../src/decide/pull/sticky.ts";
import { isLeft, leftUntil, undoneOf } from "../../src/decide/undoing.ts";
import { instant, later } from "../../src/flow/names.ts";
import type { Heard, StickyEdit } from "../../src/flow/request.ts";
import type { Standing, StandingOf } from "../../src/flow/standing.ts";
import { at, known, LATER, NOW, policy, unknown } from "../builders.ts";
import { BLOB, HEAD, type On, onRelease, PATH, runBook, walkedBefore } from "../commands/walking.ts";
import { DORA, OTTO, QUINN } from "../gates/asking.ts";
import { item } from "../release/walks.ts";
import { execution, OLDER, stickyEdit } from "./facts.ts";

type Edit = On & Partial<Omit<StickyEdit, "clicks">> & { readonly clicks?: readonly string[] };

/** What comes of an edit by dora at `LATER`: labels are ticked, those with a minus before them unticked. */
function came({ clicks, revision = 3, blob = BLOB, other = "no", by = DORA, ...on }: Edit = {}) {
  const sticky = stickyEdit(clicks, { revision, blob, other });
  const request: Heard = {
    id: "sticky:1",
    by,
    at: LATER,
    body: "",
    how: "sticky",
    sticky,
    judged: HEAD,
    origin: { number: 12, comment: 901 },
  };
  return stickyCame(request, onRelease({ standing: [execution()], now: LATER, ...on, by }));
}
/** Its entries in few words, and what was refused. */
const told = (edit: Edit) => {
  const what = came(edit);
  return (
    what && {
      entries: what.entries.map(({ says }) => (says as unknown as Standing).key),
      refused: what.refused.map(({ line, says }) => `${line}: ${says}`),
    }
  );
};
const first = (edit: Edit) => came(edit)?.entries[0]?.says as unknown as StandingOf<"item">;
const COMMENT = "execution:42:12";

describe("A click", () => {
  it("is written down as it was made", () => {
    expect(came({ clicks: ["S1"] })).toEqual({
      refused: [],
      entries: [
        {
          what: "opened",
          actor: "dora",
          about: "pull:42:12",
          says: walkedBefore("S1", {
            state: "open",
            by: null,
            because: "nobody has done it yet",
            clicks: [{ by: DORA, at: LATER, ticked: true, shown: false, revision: 3 }],
          }),
        },
      ],
    });
    expect(told({ clicks: ["S1", "S5"] })).toEqual({
      entries: ["item:42:12:rehearsal:i1", "item:42:12:rehearsal:i5"],
      refused: [],
    });
  });

  it("that begins the deployment needs a backup that is valid then", () => {
    const bare = runBook([item(1, { phase: "deploy" })]);
    const facts = (more: On["facts"] = {}): NonNullable<On["facts"]> => ({
      [`run-book ${PATH} ${BLOB}`]: known(bare),
      ...more,
    });
    const always = { ...onRelease().policy, backup: policy().backup };
    const refused = told({ by: OTTO, clicks: ["P1"], facts: facts(), policy: always })?.refused;
    expect(refused).toEqual([
      expect.stringContaining("is taken back. Stop: `P1` begins the deployment, and there is no valid backup"),
    ]);
    expect(told({ by: OTTO, clicks: ["P1"], facts: facts() })?.refused).toEqual([]);
    expect(told({ by: OTTO, clicks: ["-P1"], facts: facts(), policy: always })?.refused).toEqual([]);
    const unread = facts({ [`compare ${at("master")} ${HEAD}`]: undefined });
    expect(came({ by: OTTO, clicks: ["P1"], facts: unread })).toBeNull();
  });

  it("is added to those before it", () => {
    const click = { by: OTTO, at: NOW, ticked: true, shown: false, revision: 1 };
    const before = walkedBefore("S1", { state: "open", clicks: [click] });
    expect(first({ clicks: ["-S1"], standing: [execution(), before] }).clicks).toEqual([
      click,
      { by: DORA, at: LATER, ticked: false, shown: true, revision: 3 },
    ]);
  });

  it("begins anew where what was done counts no longer", () => {
    const before = walkedBefore("S5", { state: "done", head: at("before") });
    expect(first({ clicks: ["S5"], standing: [execution(), before] })).toMatchObject({ state: "open", head: HEAD });
  });

  it("tells which file was seen where it does something, and not where it is done already", () => {
    const on = (state: "open" | "done") => {
      const before = walkedBefore("P1", { state, by: OTTO, blob: OLDER.blob, head: at("before") });
      return first({ by: OTTO, clicks: ["P1"], standing: [execution(), before] });
    };
    expect(on("open")).toMatchObject({ blob: BLOB, head: HEAD });
    expect(on("done")).toMatchObject({ blob: OLDER.blob, head: at("before") });
  });

  it("counts of a revision that was written, and of no other", () => {
    for (const forged of [{ revision: 4 }, { revision: null }, { blob: at("forged") }, { blob: null }])
      expect(told({ clicks: ["S1"], ...forged })).toEqual({ entries: [COMMENT], refused: [] });
    expect(told({ clicks: ["S1"], revision: 1 })).toEqual({ entries: ["item:42:12:rehearsal:i1"], refused: [] });
  });

  it("is nothing where no box was", () => {
    expect(told({ clicks: ["S4", "S7", "S8", "S10"] })).toEqual({ entries: [], refused: [] });
  });

  it("is refused to whom may not, and the comment is written again", () => {
    expect(told({ clicks: ["S1", "P1", "P3"], by: QUINN })).toEqual({
      entries: [COMMENT],
      refused: [
        "S1: quinn's click on `S1` is taken back. This needs `write` on the repository; you have `read`. @dora, @olga, @otto or @rita could.",
        "P1: quinn's click on `P1` is taken back. This needs somebody in operations; you have `read` here. @olga or @otto could.",
        "P3: quinn's click on `P3` is taken back. It belongs to @acme/data; nobody else does it.",
      ],
    });
    expect(told({ clicks: ["S1", "P1"] })).toMatchObject({
      entries: ["item:42:12:rehearsal:i1", COMMENT],
      refused: [expect.stringMatching(/^P1: /)],
    });
    expect(told({ clicks: ["S5"], judged: at("before") })?.refused).toEqual([
      `S5: dora's click on \`S5\` is taken back. You tried ${at("before").slice(0, 7)}, and by now staging is at ${HEAD.slice(0, 7)}: try that.`,
    ]);
  });

  it("does not do what asks for a result, but takes it back", () => {
    expect(told({ clicks: ["S2"] })).toEqual({
      entries: [COMMENT],
      refused: ['S2: dora\'s click on `S2` is taken back. It asks for its result: write `/done S2 note="…"`.'],
    });
    const before = walkedBefore("S2", { state: "done", note: "31 rows" });
    expect(told({ clicks: ["-S2"], standing: [execution(), before] })).toEqual({
      entries: ["item:42:12:rehearsal:i2"],
      refused: [],
    });
  });

  it("waits for what is to be read", () => {
    const silent = unknown("GitHub answered 502.");
    for (const want of [`run-book ${PATH} ${BLOB}`, `entries ${HEAD}`, "collaborators"])
      expect(came({ clicks: ["S1"], facts: { [want]: silent } })).toBeNull();
    expect(came({ clicks: ["S1"], blob: OLDER.blob })).toBeNull();
  });

  it("is refused where no run-book is linked any more", () => {
    expect(told({ clicks: ["S1", "P1"], pull: { body: "" } })?.refused).toEqual([
      expect.stringMatching(/^S1: dora's click on `S1` is taken back\. No run-book is linked\./),
      expect.stringMatching(/^P1: dora's click on `P1` is taken back\. No run-book is linked\./),
    ]);
  });
});

describe("A click on the run-book before", () => {
  const facts = {
    [`run-book ${OLDER.path} ${OLDER.blob}`]: known(runBook([item(9, { ordinal: 1 }), item(77, { ordinal: 2 })])),
  };
  const on = { by: OTTO, blob: OLDER.blob, facts };
  const changed = (label: string) =>
    `${label}: otto's click on \`${label}\` is taken back. The run-book has changed since that was shown: tick it in the one that is shown now.`;

  it("is of the item that its label named there", () => {
    expect(told({ ...on, clicks: ["P1"] })).toEqual({ entries: ["item:42:12:production:i9"], refused: [] });
    expect(first({ ...on, clicks: ["P1"] })).toMatchObject({ item: "i9", blob: OLDER.blob });
  });

  it("is refused where that is gone, and in a rehearsal, which is of one file", () => {
    expect(told({ ...on, clicks: ["P2", "S1"] })?.refused).toEqual([changed("P2"), changed("S1")]);
  });
});

describe("Another change of the comment", () => {
  it("is recorded and undone", () => {
    expect(came({ other: "edited" })).toEqual({
      refused: [],
      entries: [
        {
          what: "opened",
          actor: "dora",
          about: "pull:42:12",
          says: execution({ undone: [LATER], because: "dora changed the comment" }),
        },
      ],
    });
    expect(came({ other: "deleted", revision: null, blob: null })?.entries).toMatchObject([
      { says: { because: "dora deleted the comment" } },
    ]);
    expect(told({ other: "edited", clicks: ["S1"] })?.entries).toEqual(["item:42:12:rehearsal:i1", COMMENT]);
  });

  it("is left alone after five within ten minutes, and that is said once", () => {
    const minutesAgo = (...minutes: readonly number[]) => minutes.map((ago) => later(LATER, -ago * 60_000));
    const edited = (undone: StandingOf<"execution">["undone"]) =>
      told({ other: "edited", standing: [execution({ undone })] })?.refused;
    expect(edited(minutesAgo(9, 8, 7))).toEqual([]);
    expect(edited(minutesAgo(9, 8, 7, 6))).toEqual([expect.stringMatching(/^comment: .* so it is left as it is/)]);
    expect(edited(minutesAgo(9, 8, 7, 6, 5))).toEqual([]);
    expect(edited(minutesAgo(10, 8, 7, 6))).toEqual([]);
  });

  it("is nothing where no run-book is walked", () => {
    const nothing = { entries: [], refused: [] };
    expect(came({ other: "edited", standing: [execution({ number: 13 })] })).toEqual(nothing);
    const request = { by: DORA, at: NOW } as Heard;
    expect(stickyCame(request, onRelease({ standing: [execution()] }))).toEqual(nothing);
  });
});

describe("How long it is left alone", () => {
  it("is ten minutes from the first", () => {
    const undone = [instant(0), NOW, LATER];
    expect(undoneOf({ undone }, LATER)).toEqual([LATER]);
    expect(undoneOf({ undone }, NOW)).toEqual([NOW, LATER]);
    expect(isLeft(undone)).toBe(false);
    expect(leftUntil([NOW, LATER])).toBe(LATER);
    expect(leftUntil([])).toBeNull();
    expect(executionOn(onRelease())).toBeUndefined();
  });
});
