import { Worker } from "node:worker_threads";
import type { Sha } from "./flow/names.ts";
import type { RunBook } from "./flow/run-book.ts";
import type { Question } from "./reader/question.ts";
import { failed } from "./release/run-book/finding.ts";
import { LARGEST } from "./release/run-book/source.ts";
import { type Asked, parseRunBook, unreadable } from "./release/run-book.ts";

/** Reads documents of others away from the main thread, so that no text can stall it. */
export type Reader = {
  /**
   * @param blob names the bytes: the same blob is read once. @returns never rejects: a text that takes too long or brings
   * the thread down is a run-book without items and with a finding.
   */
  runBook(blob: Sha, bytes: Uint8Array, asked: Asked): Promise<RunBook>;
  /** What is being read ends as unreadable, and nothing is read any more. */
  stop(): Promise<void>;
};

export type ReaderSettings = {
  /** Milliseconds that one text may take. */
  readonly timeout: number;
  /** Bytes of what was read that are kept. */
  readonly kept: number;
  /** The program of the thread. */
  readonly thread: URL;
};
const USUAL: ReaderSettings = {
  timeout: 5_000,
  kept: 32 * 1024 * 1024,
  thread: new URL("./reader/thread.ts", import.meta.url),
};
/** The caps of the thread: enough for the largest file that is read, and what ends it before it ends us. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 } as const;

type Job = Question & { readonly key: string; readonly done: (answer: string | Trouble) => void };
/** Why there is no answer. */
type Trouble = { readonly because: string };

/** A reader that has no thread yet: it is started for the first text, and anew after it had to be ended. */
export function openReader(settings: Partial<ReaderSettings> = {}): Reader {
  const { timeout, kept, thread } = { ...USUAL, ...settings };
  const known = new Known(kept);
  const underway = new Map<string, Promise<RunBook>>();
  const late = new Set<string>();
  const waiting: Job[] = [];
  let worker: Worker | null = null;
  let current: { readonly job: Job; readonly timer: NodeJS.Timeout } | null = null;
  let isStopped = false;

  const finish = (answer: string | Trouble) => {
    const { job, timer } = current as NonNullable<typeof current>;
    clearTimeout(timer);
    current = null;
    worker?.unref();
    job.done(answer);
    next();
  };
  /** The thread is lost: so is what it reads, and the next text gets a new one. */
  const lose = (lost: Worker, because: string) => {
    if (worker !== lost) return;
    worker = null;
    void lost.terminate();
    if (current !== null) finish({ because });
  };
  const start = (): Worker => {
    const started = new Worker(thread, { resourceLimits: LIMITS });
    started.on("message", (answer: string) => {
      if (worker === started) finish(answer);
    });
    started.on("error", () => lose(started, CRASHED));
    started.on("exit", () => lose(started, CRASHED));
    return started;
  };
  const next = () => {
    const job = current === null ? waiting.shift() : undefined;
    if (job === undefined) return;
    worker ??= start();
    const here = worker;
    here.ref();
    current = { job, timer: setTimeout(() => lose(here, slow(timeout)), timeout) };
    here.postMessage({ bytes: job.bytes, asked: job.asked } satisfies Question);
  };
  const read = (question: Question, key: string): Promise<RunBook> =>
    new Promise((done) => {
      waiting.push({
        ...question,
        key,
        done: (answer) => {
          underway.delete(key);
          const runBook =
            typeof answer === "string" ? (JSON.parse(answer) as RunBook) : unreadable(failed(1, answer.because));
          // Trouble may be the machine's, so it is believed when it came twice.
          const isSure = typeof answer === "string" || late.delete(key);
          if (isSure) known.keep(key, runBook, typeof answer === "string" ? 2 * answer.length : answer.because.length);
          else late.add(key);
          done(runBook);
        },
      });
      next();
    });

  return {
    runBook(blob, bytes, asked) {
      // Not even handed over: copying it would take the main thread its time.
      if (bytes.length > LARGEST) return Promise.resolve(parseRunBook(bytes, asked));
      const key = `${blob} ${JSON.stringify(asked)}`;
      const there = known.find(key);
      if (there !== undefined) return Promise.resolve(there);
      if (isStopped) return Promise.resolve(unreadable(failed(1, STOPPED)));
      const promise = underway.get(key) ?? read({ bytes, asked }, key);
      underway.set(key, promise);
      return promise;
    },
    async stop() {
      isStopped = true;
      for (const job of waiting.splice(0)) job.done({ because: STOPPED });
      const last = worker;
      if (last === null) return;
      lose(last, STOPPED);
      await last.terminate();
    },
  };
}

const CRASHED = "This file brings its reader down; make it shorter and flatter.";
const STOPPED = "This file was not read since Flowgate stops; it is read after the start.";
const slow = (timeout: number) =>
  `This file takes longer to read than ${timeout / 1000} s; make its lists and quotes flatter.`;

/** What was read last, up to so many bytes; what was used longest ago goes first. */
class Known {
  readonly #most: number;
  readonly #documents = new Map<string, { readonly runBook: RunBook; readonly size: number }>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  find(key: string): RunBook | undefined {
    const found = this.#documents.get(key);
    if (found === undefined) return undefined;
    this.#documents.delete(key);
    this.#documents.set(key, found);
    return found.runBook;
  }

  keep(key: string, runBook: RunBook, size: number): void {
    this.#documents.set(key, { runBook, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#documents) {
      if (this.#size <= this.#most) break;
      this.#documents.delete(oldest);
      this.#size -= freed;
    }
  }
}
