import { readFileSync } from "node:fs";

const file = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

/** What pages are dressed with, by path. The same for everybody, so it is served to everybody. */
export const ASSETS: { readonly [path: string]: { readonly type: string; readonly body: string } } = {
  "/board.css": { type: "text/css; charset=utf-8", body: file("board.css") },
  "/board.js": { type: "text/javascript; charset=utf-8", body: file("board.js") },
  "/board.svg": { type: "image/svg+xml", body: file("board.svg") },
};
