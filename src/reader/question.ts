import type { Asked } from "../release/run-book.ts";

/** What the thread is asked, one at a time. It answers with the run-book as JSON. */
export type Question = { readonly bytes: Uint8Array; readonly asked: Asked };
