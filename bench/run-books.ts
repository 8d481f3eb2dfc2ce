import { createHash } from "node:crypto";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { sha } from "../src/flow/names.ts";
import { openReader } from "../src/reader.ts";
import { parseRunBook } from "../src/release/run-book.ts";

/** How long a run-book of so many items takes: medians, in milliseconds that the reading thread computed. */
export type ReadingTime = {
  readonly items: number;
  readonly bytes: number;
  /** mdast with GFM alone, on the same text, in turn with ours. */
  readonly bare: number;
  readonly ours: number;
  /** Ours by the clock, whatever else the machine did. */
  readonly wall: number;
  /** The median of the ratios of neighbours. */
  readonly ratio: number;
  /** By how much the time grew more than the size since the row before, as a ratio: 1 is linear. Null in the first row. */
  readonly growth: number | null;
};

const ASKED = { phases: {}, activation: "scripts/step-3.sh" } as const;
const TITLES = ["Before deploy", "Deploy", "Test", "Rollback", "Monitor"];

/** A run-book as people write them: marks, code, links, and a block of code in every fifth item. */
export function runBookOf(items: number): string {
  const lines = ["# Run-book", ""];
  for (let n = 0; n < items; n++) {
    if (n % (items / TITLES.length) === 0) lines.push("", `## ${TITLES[(n * TITLES.length) / items]}`, "");
    const step = `scripts/step-${n % 7}.sh`;
    lines.push(`- [ ] **Step ${n}**: run \`${step}\`, see [its page](https://example.org/${n}) (owner: @acme/ops)`);
    if (n % 5 === 0) lines.push("  ```sh", "  echo done", "  ```");
  }
  return `${lines.join("\n")}\n`;
}

const ROUNDS = 9;

/**
 * Reads run-books of these sizes, ascending: all of them in each round, ours and bare mdast in turn, and small ones so
 * often that each is read for as many items. So what the machine does meanwhile meets them alike. One more round warms up.
 */
export function measureReading(sizes: readonly number[]): readonly ReadingTime[] {
  const most = Math.max(...sizes);
  const texts = sizes.map((items) => {
    const text = runBookOf(items);
    const bytes = new TextEncoder().encode(text);
    const bare = () => fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    const ours = () => parseRunBook(bytes, ASKED);
    return { items, size: bytes.length, often: most / items, bare, ours };
  });
  const rounds = Array.from({ length: ROUNDS + 1 }, (_, round) =>
    texts.map(({ often, bare, ours }) => {
      const [first, second] = round % 2 === 0 ? [bare, ours] : [ours, bare];
      const [a, b] = [timed(first, often), timed(second, often)];
      return round % 2 === 0 ? { bare: a, ours: b } : { bare: b, ours: a };
    }),
  ).slice(1);
  return texts.map(({ items, size }, n) => {
    const here = rounds.map((round) => round[n] as Sample);
    const before = texts[n - 1];
    const grown = rounds.map((round) => (round[n] as Sample).ours.own / (round[n - 1]?.ours.own ?? Number.NaN));
    return {
      items,
      bytes: size,
      bare: median(here.map(({ bare }) => bare.own)),
      ours: median(here.map(({ ours }) => ours.own)),
      wall: median(here.map(({ ours }) => ours.wall)),
      ratio: median(here.map(({ bare, ours }) => ours.own / bare.own)),
      growth: before === undefined ? null : median(grown) / (size / before.size),
    };
  });
}

type Sample = { readonly bare: Time; readonly ours: Time };
/** Milliseconds: what the thread computed, and by the clock. */
type Time = { readonly own: number; readonly wall: number };

/**
 * How long one takes of so many in a row. What V8's helpers collect beside the thread is left out of its own time: on a busy
 * machine they wait for each other by spinning, which is as long as the others are busy.
 */
function timed(act: () => unknown, often: number): Time {
  const [own, wall] = [ownTime(), performance.now()];
  for (let n = 0; n < often; n++) act();
  return { own: (ownTime() - own) / often, wall: (performance.now() - wall) / often };
}

/** Milliseconds that this thread computed so far, as exact as the ticks of the system: some 4 ms. */
function ownTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** What the main thread feels while a run-book is read elsewhere, in milliseconds. */
export type Blocking = {
  /** The most that it worked without a break, of all rounds: its own time, not what other programs took from it. */
  readonly worked: number;
  /** The longest between two turns of its event loop by the clock, and the same with nothing to read: medians. */
  readonly waited: number;
  readonly idle: number;
};

/** Reads run-books of so many items by a new reader: the start of its thread, handing over and taking back included. */
export async function measureBlocking(items: number): Promise<Blocking> {
  const text = runBookOf(items);
  const reader = openReader();
  const reading: Gap[] = [];
  const idle: Gap[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = new TextEncoder().encode(`${text}\n${round}\n`);
      const blob = sha(createHash("sha1").update(bytes).digest("hex"));
      reading.push(await longestGap(() => reader.runBook(blob, bytes, ASKED)));
      idle.push(await longestGap(() => new Promise((resolve) => setTimeout(resolve, 500))));
    }
  } finally {
    await reader.stop();
  }
  return {
    worked: Math.max(...reading.map(({ worked }) => worked)),
    waited: median(reading.map(({ waited }) => waited)),
    idle: median(idle.map(({ waited }) => waited)),
  };
}

type Gap = { readonly worked: number; readonly waited: number };

/** The longest time between two turns of the event loop until this is done: by the thread's own clock, and by the wall's. */
async function longestGap(act: () => Promise<unknown>): Promise<Gap> {
  let isDone = false;
  let [worked, waited] = [0, 0];
  let [own, wall] = [ownTime(), performance.now()];
  void act().finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setImmediate(resolve));
    const [ownNow, wallNow] = [ownTime(), performance.now()];
    worked = Math.max(worked, ownNow - own);
    waited = Math.max(waited, wallNow - wall);
    [own, wall] = [ownNow, wallNow];
  }
  return { worked, waited };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
