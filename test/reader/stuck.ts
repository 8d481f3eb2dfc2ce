import { parentPort } from "node:worker_threads";

// A thread that a text can hang or bring down; any other text is answered with how many came before it.
let seen = 0;
parentPort?.on("message", ({ bytes }: { readonly bytes: Uint8Array }) => {
  const text = new TextDecoder().decode(bytes);
  if (text === "hang") for (;;) seen++;
  if (text === "throw") throw new Error("A text that nobody thought of.");
  if (text === "exit") process.exit(0);
  const items = [{ text, ordinal: seen++ }];
  parentPort?.postMessage(JSON.stringify({ items, phases: {}, about: null, findings: [] }));
});
