import { start } from "./candidates.ts";
import { commented, deliver, headOf, LARGE, manyTimes, opened, pushed, type Size, SMALL } from "./load.ts";
import { startStub } from "./stub.ts";

/** What a push to a feature pull request takes: CPU of Flowgate and webhook to check run, in ms; and what it asks of GitHub. */
export type Work = { readonly cpu: number; readonly latency: number; readonly requests: number };
export type Pair = { readonly small: Work; readonly large: Work };

const PUSHES = 250;
const RUN = 1;

/**
 * Pushes to a small pull request and to a large one, in turn, so many rounds and one to warm up: to the same process, so
 * that what the machine does meets both. The large one was talked about so much as its size says.
 */
export async function measureWork(rounds: number): Promise<readonly Pair[]> {
  const stub = await startStub(0);
  const app = await start("flowgate", stub.url);
  let heads = 0;
  try {
    for (const [n, { comments }] of [SMALL, LARGE].entries()) {
      await deliver(app.url, `opened-${n}`, opened(RUN, n));
      await manyTimes(comments, 16, (id) =>
        deliver(app.url, `said-${n}-${id}`, commented(RUN, n, id + 1), "issue_comment"),
      );
    }
    await stub.arrived(2);
    const work = async (n: number, size: Size): Promise<Work> => {
      stub.reset();
      const cpu = app.cpu();
      const latencies: number[] = [];
      for (let push = 1; push <= PUSHES; push++) {
        heads += 1;
        const began = performance.now();
        await deliver(app.url, `pushed-${heads}`, pushed(RUN, n, headOf(RUN + 1, heads), heads, size));
        await stub.arrived(push);
        latencies.push(performance.now() - began);
      }
      const latency = latencies.toSorted((a, b) => a - b)[PUSHES >> 1] as number;
      return { cpu: (app.cpu() - cpu) / PUSHES, latency, requests: stub.asked.length / PUSHES };
    };
    const pairs: Pair[] = [];
    for (let round = 0; round <= rounds; round++) {
      const isEven = round % 2 === 0;
      const first = isEven ? await work(0, SMALL) : await work(1, LARGE);
      const second = isEven ? await work(1, LARGE) : await work(0, SMALL);
      pairs.push(isEven ? { small: first, large: second } : { small: second, large: first });
    }
    return pairs.slice(1);
  } finally {
    await app.stop();
    stub.stop();
  }
}
