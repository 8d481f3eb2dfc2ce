import { createHash } from "node:crypto";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { sha } from "../src/flow/names.ts";
import { openReader } from "../src/reader.ts";
import { parseRunBook } from "../src/release/run-book.ts";

/** How long a run-book of so many items takes: medians, in milliseconds. */
export type ReadingTime = {
  readonly items: number;
  readonly bytes: number;
  /** mdast with GFM alone, on the same text, in turn with ours. */
  readonly bare: number;
  readonly ours: number;
  /** The median of the ratios of neighbours. */
  readonly ratio: number;
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

/** Reads run-books of these sizes, ours and bare mdast in turn, so often that both are warm. */
export function measureReading(sizes: readonly number[]): readonly ReadingTime[] {
  return sizes.map((items) => {
    const text = runBookOf(items);
    const bytes = new TextEncoder().encode(text);
    const bare = () => fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
    const ours = () => parseRunBook(bytes, ASKED);
    const rounds = Math.max(9, Math.round(2_000 / items));
    for (let n = 0; n < rounds; n++) [bare(), ours()];
    const times = Array.from({ length: rounds }, (_, n) => {
      const [first, second] = n % 2 === 0 ? [bare, ours] : [ours, bare];
      const [a, b] = [timed(first), timed(second)];
      return n % 2 === 0 ? { bare: a, ours: b } : { bare: b, ours: a };
    });
    return {
      items,
      bytes: bytes.length,
      bare: median(times.map(({ bare }) => bare)),
      ours: median(times.map(({ ours }) => ours)),
      ratio: median(times.map(({ bare, ours }) => ours / bare)),
    };
  });
}

/** What the main thread feels while a run-book is read elsewhere, in milliseconds. */
export type Blocking = {
  /** The most that it worked without a break, of all rounds: its own time, not what other programs took from it. */
  readonly worked: number;
  /** The longest between two turns of its event loop by the clock, and the same with nothing to read: medians. */
  readonly waited: number;
  readonly idle: number;
};

/** Reads run-books of so many items by a new reader, the start of its thread included. */
export async function measureBlocking(items: number): Promise<Blocking> {
  const text = runBookOf(items);
  const reader = openReader();
  const reading: Gap[] = [];
  const idle: Gap[] = [];
  try {
    for (let round = 0; round < 7; round++) {
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
  const ownTime = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
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

function timed(act: () => unknown): number {
  const began = performance.now();
  act();
  return performance.now() - began;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
