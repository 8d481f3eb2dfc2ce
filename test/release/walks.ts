import { type Instant, later, type Person } from "../../src/flow/names.ts";
import type { Item } from "../../src/flow/run-book.ts";
import type { Click } from "../../src/flow/standing.ts";
import { begun, type ItemStanding } from "../../src/release/execution.ts";
import { at, NOW, REPOSITORY } from "../builders.ts";

export const DORA: Person = { id: 1, login: "dora" };
export const RITA: Person = { id: 2, login: "rita" };
export const CARL: Person = { id: 3, login: "carl" };
export const NINA: Person = { id: 4, login: "nina" };

export const BLOB = at("the run-book");
export const HEAD = at("the head");

/** A moment so many seconds after NOW. */
export const after = (seconds: number): Instant => later(NOW, seconds * 1000);

/** An item that has to be done; its number is its identity too. */
export const item = (ordinal: number, more: Partial<Item> = {}): Item => ({
  id: `i${ordinal}`,
  ordinal,
  line: ordinal,
  phase: "before",
  text: `Do thing ${ordinal}`,
  details: "",
  owner: null,
  parent: null,
  optional: false,
  notApplicable: null,
  needsResult: false,
  ...more,
});

/** What is on record of item 1 in production, as a command left it. */
export const standing = (more: Partial<ItemStanding> = {}): ItemStanding => ({
  ...begun({
    key: `item:42:7:${more.walk ?? "production"}:${more.item ?? "i1"}`,
    repository: REPOSITORY,
    number: 7,
    walk: "production",
    item: "i1",
    blob: BLOB,
    head: HEAD,
    at: NOW,
  }),
  ...more,
});
export const done = (by: Person, more: Partial<ItemStanding> = {}): ItemStanding =>
  standing({ state: "done", by, because: `${by.login} did it`, ...more });

export const tick = (by: Person, seconds: number, more: Partial<Click> = {}): Click => ({
  by,
  at: after(seconds),
  ticked: true,
  revision: 1,
  shown: false,
  ...more,
});
export const untick = (by: Person, seconds: number, more: Partial<Click> = {}): Click =>
  tick(by, seconds, { ticked: false, ...more });
