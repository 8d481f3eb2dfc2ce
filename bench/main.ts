import { CANDIDATES, type Candidate, type Name, start } from "./candidates.ts";
import { FEW, isFlat, MANY, measureCarried } from "./carried.ts";
import { measureGrowth } from "./growth.ts";
import { deliver, headOf, LARGE, manyTimes, opened, SMALL } from "./load.ts";
import { isMet, measureRequests } from "./requests.ts";
import { measureBlocking, measureReading } from "./run-books.ts";
import { measureStack } from "./stack.ts";
import { startStub } from "./stub.ts";
import { measureWork, type Pair } from "./work.ts";

/** `npm run bench -- requests latency throughput`: what the suites named measure. Ratios count, absolute numbers inform. */
const SUITES: { readonly [name: string]: () => Promise<boolean> } = { requests, stack, growth, latency, throughput };

const ROUNDS = 5;
const LATENCY = { api: 80, rate: 20, events: 200 } as const;
/** `growth`: by how much the time may grow more than the size; ten times would be the square of it. */
const READING = { ratio: 1.3, growth: 1.2, blocked: 20 } as const;
const WORK = {
  rounds: 9,
  cpu: { title: "CPU ms", goal: 1.1 },
  latency: { title: "webhook to check ms, p50", goal: 1.1 },
  requests: { title: "requests", goal: 1 },
} as const;
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
  const isSame = await carried();
  return rows.every(isMet) && isSame;
}

/** What is promoted and released may hold a thousand commits: the same requests, but for the pages that list them. */
async function carried(): Promise<boolean> {
  const [few, many] = [await measureCarried(FEW), await measureCarried(MANY)];
  const rows = few.map((cost, step) => ({ few: cost, many: many[step] as typeof cost }));
  print(
    ["event", `${FEW} commit`, `${MANY} commits`, "further pages"],
    rows.map(({ few, many }) => [few.step, `${few.calls.length}`, `${many.calls.length}`, `${many.pages}`]),
  );
  return rows.every(({ few, many }) => isFlat(few, many));
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

/** A feature pull request that grows a thousandfold: what it asks of GitHub, exactly, and what it takes. */
async function pulls(): Promise<boolean> {
  const [small, large] = [await measureGrowth(SMALL), await measureGrowth(LARGE)];
  print(
    ["files", "commits", "comments", "opened", "pushed to"],
    [
      [SMALL, small],
      [LARGE, large],
    ].map(([size, cost]) => [...Object.values(size as object), ...Object.values(cost as object)].map(String)),
  );
  const isAsFrugal = small.opened === large.opened && small.pushed === large.pushed;
  const pairs = await measureWork(WORK.rounds);
  const rows = (["cpu", "latency", "requests"] as const).map((figure) => {
    const of = (which: keyof Pair) => pairs.map((pair) => pair[which][figure]);
    const ratios = pairs.map((pair) => pair.large[figure] / pair.small[figure]);
    return { ...WORK[figure], small: at(of("small"), 0.5), large: at(of("large"), 0.5), ratios };
  });
  print(
    ["a push", "small", "large", "ratio (spread)", "goal: at most"],
    rows.map(({ title, goal, small, large, ratios }) => [
      title,
      small.toFixed(2),
      large.toFixed(2),
      spread(ratios),
      goal.toFixed(2),
    ]),
  );
  return isAsFrugal && rows.every(({ ratios, goal }) => at(ratios, 0.5) <= goal);
}

/** Run-books that grow a hundredfold, beside bare mdast on the same text, and what the main thread feels of it. */
async function runBooks(): Promise<boolean> {
  const rows = measureReading([20, 200, 2_000]);
  print(
    ["items", "KiB", "ours ms", "by the clock", "bare mdast ms", "ratio", "goal: at most", "growth", "goal: at most"],
    rows.map(({ items, bytes, ours, wall, bare, ratio, growth }) => [
      `${items}`,
      (bytes / 1024).toFixed(0),
      ours.toFixed(2),
      wall.toFixed(2),
      bare.toFixed(2),
      ratio.toFixed(2),
      READING.ratio.toFixed(2),
      growth?.toFixed(2) ?? "",
      growth === null ? "" : READING.growth.toFixed(2),
    ]),
  );
  const { worked, waited, idle } = await measureBlocking(2_000);
  print(
    ["main thread while 2,000 items are read beside it", "ms", "goal: at most"],
    [
      ["busy without a break, the most of all rounds", worked.toFixed(1), READING.blocked.toFixed(1)],
      ["between two turns by the clock (with nothing to read)", `${waited.toFixed(1)} (${idle.toFixed(1)})`, ""],
    ],
  );
  return (
    rows.every(({ ratio, growth }) => ratio <= READING.ratio && (growth ?? 0) <= READING.growth) &&
    worked <= READING.blocked
  );
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
      const { events, connections } = THROUGHPUT;
      const send = (n: number) => deliver(app.url, `${run}-${n}`, opened(run, n));
      await Promise.all([manyTimes(events, connections, send), stub.arrived(events)]);
      const seconds = (performance.now() - began) / 1000;
      return {
        "ms an event": (seconds * 1000) / events,
        "CPU ms an event": (app.cpu() - cpu) / events,
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
    return [
      figure,
      at(of("flowgate"), 0.5).toFixed(2),
      at(of("probot"), 0.5).toFixed(2),
      spread(ratios),
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
  await manyTimes(events, 10, (n) => deliver(app.url, `warm-${round}-${n}`, opened(round + 1, n)));
  await stub.arrived(events);
}

/** The value at a share of the sorted list, 0 to 1. */
function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The median, and the least and the most. */
const spread = (ratios: readonly number[]) =>
  `${at(ratios, 0.5).toFixed(2)} (${at(ratios, 0).toFixed(2)}–${at(ratios, 1).toFixed(2)})`;

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
