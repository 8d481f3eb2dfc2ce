import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Person } from "../../src/flow/names.ts";
import type { Click } from "../../src/flow/standing.ts";
import { clicksIn } from "../../src/release/clicks.ts";
import { clicked, type ItemStanding, stateFrom } from "../../src/release/execution.ts";
import { named } from "../../src/release/labels.ts";
import { progressOf } from "../../src/release/progress.ts";
import { stickyComment } from "../../src/report/execution.ts";
import { NOW } from "../builders.ts";
import { after, BLOB, CARL, DORA, done, HEAD, item, NINA, RITA, standing } from "./walks.ts";

const PEOPLE = [DORA, RITA, CARL, NINA] as const;

type Act =
  /**
   * Somebody clicks on a box of the comment as it is, or ticks it and leaves it where it is ticked; `crlf`: with the ends of
   * lines that an editor sends.
   */
  | { readonly do: "click" | "tick"; readonly by: Person; readonly box: number; readonly crlf: boolean }
  /** A delivery arrives, whichever, and may arrive once more later. */
  | { readonly do: "hear"; readonly which: number; readonly again: boolean }
  /** The comment is written anew from what is known by then, over clicks that were not heard. */
  | { readonly do: "write" };

const actsOf = (how: "click" | "tick", most: number): fc.Arbitrary<readonly Act[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant(how),
          by: fc.constantFrom(...PEOPLE),
          box: fc.nat(),
          crlf: fc.boolean(),
        }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant("hear" as const), which: fc.nat(), again: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("write" as const) }) },
    ),
    { maxLength: most, size: "max" },
  );

type Delivery = {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly by: Person;
  readonly second: number;
};
/** What a person did, as GitHub saw it happen. */
type Made = { readonly by: Person; readonly second: number; readonly revision: number; readonly ticked: boolean };

/** People click, so many times a second, on the boxes of `begun`. @returns what they did to each, and what was heard of it. */
function play(begun: readonly ItemStanding[], acts: readonly Act[], rate: number) {
  const book = { items: begun.map((_, place) => item(place + 1)) };
  const known = [...begun];
  const made: Made[][] = begun.map(() => []);
  const heard = new Set<number>();
  const waiting: Delivery[] = [];
  const now = { blob: BLOB, head: HEAD };
  let revision = 0;
  let body = "";
  let clicks = 0;

  const write = () => {
    revision++;
    const walks = [progressOf(book, "production", known, now)];
    body = stickyComment({ path: "docs/x.md", blob: BLOB, revision, walks, pageUrl: null });
  };
  const hear = ({ id, from, to, by, second }: Delivery) => {
    if (heard.has(id)) return;
    heard.add(id);
    const edit = clicksIn(from, to);
    expect(edit).toMatchObject({ blob: BLOB, other: "no" });
    for (const { label, ticked, shown } of edit.clicks) {
      const click: Click = { by, at: after(second), ticked, shown, revision: edit.revision as number };
      const place = named(label).ordinal - 1;
      known[place] = clicked(known[place] as ItemStanding, click);
    }
  };

  write();
  for (const act of acts) {
    if (act.do === "write") write();
    else if (act.do !== "hear") {
      const place = act.box % begun.length;
      const [whole, box] = body.match(new RegExp(`\\[([ x])\\] \\*\\*P${place + 1}\\*\\*`)) as RegExpMatchArray;
      const ticked = box === " ";
      if (act.do === "tick" && !ticked) continue;
      const flipped = body.replace(whole, whole.replace(/[ x]/, ticked ? "x" : " "));
      const to = act.crlf ? flipped.replace(/\r?\n/g, "\r\n") : flipped;
      const second = 1 + Math.floor(clicks / rate);
      waiting.push({ id: clicks++, from: body, to, by: act.by, second });
      made[place]?.push({ by: act.by, second, revision, ticked });
      body = to;
    } else if (waiting.length > 0) {
      const which = act.which % waiting.length;
      hear(waiting[which] as Delivery);
      if (!act.again) waiting.splice(which, 1);
    }
  }
  for (const delivery of waiting.toReversed()) hear(delivery);
  return { made, known };
}

/** `open`, or who did it. */
type State = number | "open";
const asState = (known: ItemStanding): State => {
  const { state, by } = stateFrom(known);
  return state === "open" ? "open" : (by?.id ?? "open");
};
/** The rule, on one click. */
const next = (state: State, { ticked, by: { id } }: Pick<Made, "ticked" | "by">): State => {
  if (ticked) return state === "open" ? id : state;
  return state === id ? "open" : state;
};

/**
 * Every end that agrees with what GitHub tells: the revision, the second, and that a box is ticked when it was not. Of who
 * was first within a second GitHub tells nothing.
 */
function possible(begun: State, made: readonly Made[]): ReadonlySet<State> {
  let ends = new Set([begun]);
  for (let from = 0, to = 0; from < made.length; from = to) {
    const first = made[from] as Made;
    while (made[to]?.second === first.second && made[to]?.revision === first.revision) to++;
    const group = made.slice(from, to);
    const after = new Set<State>();
    const seen = new Set<string>();
    const visit = (state: State, left: readonly Made[], ticked: boolean) => {
      if (left.length === 0) after.add(state);
      const key = `${state} ${left.map(({ by, ticked }) => `${by.id}${ticked}`).sort()}`;
      if (seen.has(key)) return;
      seen.add(key);
      for (const [place, one] of left.entries())
        if (one.ticked === ticked) visit(next(state, one), left.toSpliced(place, 1), !ticked);
    };
    for (const end of ends) visit(end, group, first.ticked);
    ends = after;
  }
  return ends;
}

const begun = fc
  .array(fc.constantFrom(null, DORA, CARL), { minLength: 1, maxLength: 8 })
  .map((doers) =>
    doers.map((by, place) => (by === null ? standing({ item: `i${place + 1}` }) : done(by, { item: `i${place + 1}` }))),
  );
const clicks = actsOf("click", 80);
/** So many that four people tick for some seconds. */
const ALL_OPEN = Array.from({ length: 60 }, (_, place) => standing({ item: `i${place + 1}` }));

describe("Four people who click on the boxes of one comment", () => {
  it("are heard as they clicked, once a second, however deliveries arrive", () => {
    fc.assert(
      fc.property(begun, clicks, (begun, acts) => {
        const { made, known } = play(begun, acts, 1);
        const ends = made.map((clicks, place) => clicks.reduce(next, asState(begun[place] as ItemStanding)));
        expect(known.map(asState)).toEqual(ends);
      }),
      { numRuns: 300 },
    );
  });

  it("are heard as they clicked, twenty times a second, as far as GitHub tells who was first", () => {
    let [boxes, certain] = [0, 0];
    fc.assert(
      fc.property(begun, clicks, (begun, acts) => {
        const { made, known } = play(begun, acts, 20);
        for (const [place, clicks] of made.entries()) {
          const before = asState(begun[place] as ItemStanding);
          const ends = possible(before, clicks);
          expect([...ends]).toContain(clicks.reduce(next, before));
          expect([...ends]).toContain(asState(known[place] as ItemStanding));
          boxes++;
          if (ends.size === 1) certain++;
        }
      }),
      { numRuns: 300 },
    );
    // Else the property would say nothing.
    expect(certain / boxes).toBeGreaterThan(0.5);
  });

  it("end in exactly what they did, twenty times a second, where nobody takes a tick back", () => {
    let [done, twice] = [0, 0];
    fc.assert(
      fc.property(actsOf("tick", 240), (acts) => {
        const { made, known } = play(ALL_OPEN, acts, 20);
        for (const [place, [first, ...others]] of made.entries()) {
          const { state, by, at } = stateFrom(known[place] as ItemStanding);
          // Who ticked it first did it, even where the comment was written over that tick and somebody else ticked it too.
          expect({ state, by, at }).toEqual(
            first === undefined
              ? { state: "open", by: null, at: NOW }
              : { state: "done", by: first.by, at: after(first.second) },
          );
          if (first !== undefined) done++;
          if (others.length > 0) twice++;
        }
      }),
      { numRuns: 100 },
    );
    // Else the property would say nothing.
    expect(done).toBeGreaterThan(1_000);
    expect(twice).toBeGreaterThan(100);
  });
});
