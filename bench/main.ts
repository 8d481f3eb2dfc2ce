import { CANDIDATES, type Candidate, type Name, start } from "./candidates.ts";
import { LARGE, measureGrowth, SMALL } from "./growth.ts";
import { deliver, headOf, opened } from "./load.ts";
import { isMet, measureRequests } from "./requests.ts";
import { measureBlocking, measureReading } from "./run-books.ts";
import { measureStack } from "./stack.ts";
import { startStub } from "./stub.ts";

/** `npm run bench -- requests latency throughput`: what the suites named measure. Ratios count, absolute numbers inform. */
const SUITES: { readonly [name: string]: () => Promise<boolean> } = { requests, stack, growth, latency, throughput };

const ROUNDS = 5;
const LATENCY = { api: 80, rate: 20, events: 200 } as const;
/** `slope`: so much longer an item may take in a file ten times as long; ten times would be no longer linear. */
const READING = { ratio: 1.3, slope: 2, blocked: 20 } as const;
const THROUGHPUT = { connections: 16, events: 1_500 } as const;

/** Requests an event, counted on the sandbox: a miss fails. */
async function requests(): Promise<boolean> {
  const rows = await measureRequests();
  print(
    ["event", "goal reads + writes", "was"],
    rows.map(({ event, goal, was }) => [
      event,
      `${goal.atMost ? "at most " : ""}${goal.reads} + ${goal.writes}`,
      `${was.reads} + ${was.writes}`,
    ]),
  );
  return rows.every(isMet);
}

/** A stack of 25 pull requests with 32 checks each, rebased at once: exact, so a miss fails. */
async function stack(): Promise<boolean> {
  const size = { pulls: 25, checks: 32 } as const;
  const { reads, writes, refused } = await measureStack(size);
  print(
    ["a stack of", "checks each", "goal reads + writes", "was", "refused"],
    [[`${size.pulls}`, `${size.checks}`, `0 + ${size.pulls}`, `${reads} + ${writes}`, `${refused}`]],
  );
  return reads === 0 && writes <= size.pulls && refused === 0;
}

/** What grows: pull requests and run-books. */
async function growth(): Promise<boolean> {
  const [ofPulls, ofRunBooks] = [await pulls(), await runBooks()];
  return ofPulls && ofRunBooks;
}

/** A feature pull request that grows a thousandfold: exact, so a miss fails. */
async function pulls(): Promise<boolean> {
  const [small, large] = [await measureGrowth(SMALL), await measureGrowth(LARGE)];
  print(
    ["files", "commits", "comments", "opened", "pushed to"],
    [
      [SMALL, small],
      [LARGE, large],
    ].map(([size, cost]) => [...Object.values(size as object), ...Object.values(cost as object)].map(String)),
  );
  return small.opened === large.opened && small.pushed === large.pushed;
}

/** Run-books that grow a hundredfold, beside bare mdast on the same text, and what the main thread feels of it. */
async function runBooks(): Promise<boolean> {
  const rows = measureReading([20, 200, 2_000]);
  print(
    ["items", "KiB", "ours ms", "bare mdast ms", "ratio", "goal: at most", "ms an item"],
    rows.map(({ items, bytes, ours, bare, ratio }) => [
      `${items}`,
      (bytes / 1024).toFixed(0),
      ours.toFixed(2),
      bare.toFixed(2),
      ratio.toFixed(2),
      READING.ratio.toFixed(2),
      (ours / items).toFixed(3),
    ]),
  );
  const [middle, last] = rows.slice(-2).map(({ ours, items }) => ours / items);
  const slope = (last as number) / (middle as number);
  const { worked, waited, idle } = await measureBlocking(2_000);
  print(
    ["figure", "was", "goal: at most"],
    [
      ["2,000 items to 200, time an item", slope.toFixed(2), READING.slope.toFixed(2)],
      ["main thread busy without a break, ms", worked.toFixed(1), READING.blocked.toFixed(1)],
      ["by the clock, ms (the machine idle)", `${waited.toFixed(1)} (${idle.toFixed(1)})`, ""],
    ],
  );
  return rows.every(({ ratio }) => ratio <= READING.ratio) && slope <= READING.slope && worked <= READING.blocked;
}

type Figures = { readonly [figure: string]: number };

/** Webhook to check run at so many events a second, each sent at its planned time whatever came of those before. */
async function latency(): Promise<boolean> {
  return compare(
    "latency",
    LATENCY.api,
    async (app, stub, run) => {
      const sent = new Map<string, number>();
      const acks: number[] = [];
      const began = performance.now();
      const deliveries: Promise<void>[] = [];
      for (let n = 0; n < LATENCY.events; n++) {
        const planned = began + (n * 1000) / LATENCY.rate;
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, planned - performance.now())));
        sent.set(headOf(run, n), performance.now());
        deliveries.push(deliver(app.url, `${run}-${n}`, opened(run, n)).then((ms) => void acks.push(ms)));
      }
      await Promise.all([...deliveries, stub.arrived(LATENCY.events)]);
      const took = stub.written.map(({ head, at }) => at - (sent.get(head) ?? at));
      return {
        "check p50 ms": at(took, 0.5),
        "check p99 ms": at(took, 0.99),
        "ack p50 ms": at(acks, 0.5),
        "ack p99 ms": at(acks, 0.99),
      };
    },
    { "check p50 ms": 1.1, "check p99 ms": 1.5 },
  );
}

/** Events a second with so many connections that each send the next when the last was acknowledged, until every check is there. */
async function throughput(): Promise<boolean> {
  return compare(
    "throughput",
    0,
    async (app, stub, run) => {
      const cpu = app.cpu();
      const began = performance.now();
      let next = 0;
      const connection = async () => {
        while (next < THROUGHPUT.events) {
          const n = next++;
          await deliver(app.url, `${run}-${n}`, opened(run, n));
        }
      };
      await Promise.all([
        ...Array.from({ length: THROUGHPUT.connections }, connection),
        stub.arrived(THROUGHPUT.events),
      ]);
      const seconds = (performance.now() - began) / 1000;
      return {
        "ms an event": (seconds * 1000) / THROUGHPUT.events,
        "CPU ms an event": (app.cpu() - cpu) / THROUGHPUT.events,
        "RSS MB": app.memory(),
      };
    },
    { "ms an event": 1 / 1.5, "CPU ms an event": 0.7 },
  );
}

/**
 * Measures all candidates in turn, the order rotated each round, and prints for each figure the median ratio of
 * Flowgate to the floor, with its spread. `goals`: at most so much.
 */
async function compare(
  suite: string,
  api: number,
  measure: (app: Candidate, stub: Awaited<ReturnType<typeof startStub>>, run: number) => Promise<Figures>,
  goals: Figures,
): Promise<boolean> {
  const rounds: { readonly [name in Name]?: Figures }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const figures: { [name in Name]?: Figures } = {};
    const order = round % 2 === 0 ? CANDIDATES : CANDIDATES.toReversed();
    for (const name of order) {
      const stub = await startStub(api);
      const app = await start(name, stub.url);
      await warm(app, stub, round);
      stub.reset();
      figures[name] = await measure(app, stub, 100 + round);
      await app.stop();
      stub.stop();
    }
    rounds.push(figures);
  }
  let met = true;
  const rows = Object.keys(rounds[0]?.flowgate ?? {}).map((figure) => {
    const of = (name: Name) => rounds.map((round) => round[name]?.[figure] ?? Number.NaN);
    const ratios = rounds.map(
      ({ flowgate, probot }) => (flowgate?.[figure] ?? Number.NaN) / (probot?.[figure] ?? Number.NaN),
    );
    const goal = goals[figure];
    if (goal !== undefined && at(ratios, 0.5) > goal) met = false;
    const spread = `${at(ratios, 0).toFixed(2)}–${at(ratios, 1).toFixed(2)}`;
    return [
      figure,
      at(of("flowgate"), 0.5).toFixed(2),
      at(of("probot"), 0.5).toFixed(2),
      `${at(ratios, 0.5).toFixed(2)} (${spread})`,
      goal?.toFixed(2) ?? "",
    ];
  });
  process.stdout.write(`\n${suite}, ${ROUNDS} rounds in turn, medians\n`);
  print(["figure", "flowgate", "bare Probot", "ratio (spread)", "goal: at most"], rows);
  return met;
}

async function warm(app: Candidate, stub: Awaited<ReturnType<typeof startStub>>, round: number): Promise<void> {
  stub.reset();
  const events = 200;
  for (let n = 0; n < events; n += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, k) => deliver(app.url, `warm-${round}-${n + k}`, opened(round + 1, n + k))),
    );
  }
  await stub.arrived(events);
}

/** The value at a share of the sorted list, 0 to 1. */
function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function print(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()}\n`;
  process.stdout.write([head, ...rows].map(line).join(""));
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(SUITES, name));
if (asked.length === 0 || unknown.length > 0) {
  process.stderr.write(`Name one or more of these suites: ${Object.keys(SUITES).join(", ")}.\n`);
  process.exit(2);
}
let allMet = true;
for (const name of asked) allMet = (await SUITES[name]?.()) === true && allMet;
process.exit(allMet ? 0 : 1);
