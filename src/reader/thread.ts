import { parentPort } from "node:worker_threads";
import { parseRunBook } from "../release/run-book.ts";
import type { Question } from "./question.ts";

// One text after the other. The answer is text as well: the main thread reads that faster than it takes over many objects.
parentPort?.on("message", ({ bytes, asked }: Question) => {
  parentPort?.postMessage(JSON.stringify(parseRunBook(bytes, asked)));
});
