import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { later } from "../../src/flow/names.ts";
import type { StoredSession } from "../../src/store/sessions.ts";
import type { Store } from "../../src/store/store.ts";
import { NOW } from "../builders.ts";
import { freshPlace, type Place, passReally } from "./place.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const HOUR = 3_600_000;
const session = (more: Partial<StoredSession> = {}): StoredSession => ({
  id: "a".repeat(64),
  person: { id: 7_000_000_000, login: "dora" },
  until: later(NOW, 24 * HOUR),
  token: "sealed token",
  tokenUntil: later(NOW, 8 * HOUR),
  refresh: "sealed refresh",
  ...more,
});
const { id } = session();

describe("A session", () => {
  it.each<[string, Partial<StoredSession>]>([
    ["with a token that runs out", {}],
    ["with one that does not", { tokenUntil: null, refresh: null }],
  ])("%s is found as it began, also after a restart", async (_what, more) => {
    await store.sessions.begin(session(more));
    expect(await store.sessions.find(id)).toEqual(session(more));
    await store.stop();
    expect(await (await place.open()).sessions.find(id)).toEqual(session(more));
  });

  it("is not found under another name", async () => {
    await store.sessions.begin(session());
    for (const other of ["", "a", `${"a".repeat(63)}b`, "%"]) expect(await store.sessions.find(other)).toBeNull();
  });

  it("ends when its time is over, and is thrown away then", async () => {
    await store.sessions.begin(session());
    await store.sessions.begin(session({ id: "b", until: later(NOW, 48 * HOUR) }));
    place.clock.pass(24 * HOUR);
    expect(await store.sessions.find(id)).toBeNull();
    await store.forgetOld();
    expect(await place.console((on) => on.selectFrom("session").select("id").execute())).toEqual([{ id: "b" }]);
  });

  it("ends when it is ended, and no other does", async () => {
    await store.sessions.begin(session());
    await store.sessions.begin(session({ id: "b" }));
    await store.sessions.end(id);
    await store.sessions.end(id);
    expect(await store.sessions.find(id)).toBeNull();
    expect(await store.sessions.find("b")).not.toBeNull();
  });
});

describe("Refreshing", () => {
  const claim = () => store.sessions.claimRefresh(session(), 30_000);
  const next = { token: "next token", tokenUntil: later(NOW, 16 * HOUR), refresh: "next refresh" };
  beforeEach(() => store.sessions.begin(session()));

  it("is one's at a time, of as many as want it", async () => {
    expect((await Promise.all([claim(), claim(), claim()])).filter(Boolean)).toHaveLength(1);
    expect(await claim()).toBe(false);
  });

  it("puts the new tokens in place of the old, and whoever still holds the old may not use them", async () => {
    await claim();
    await store.sessions.refreshed(id, next);
    expect(await store.sessions.find(id)).toEqual(session(next));
    expect(await claim()).toBe(false);
    expect(await store.sessions.claimRefresh({ id, token: next.token }, 30_000)).toBe(true);
  });

  it("that came to nothing leaves the tokens and may be tried again", async () => {
    await claim();
    await store.sessions.refreshed(id, null);
    expect(await store.sessions.find(id)).toEqual(session());
    expect(await claim()).toBe(true);
  });

  it("is another's when a process died over it", async () => {
    await claim();
    passReally(30_001);
    expect(await claim()).toBe(true);
  });

  it("of a session that ended is nobody's", async () => {
    await store.sessions.end(id);
    expect(await claim()).toBe(false);
    await store.sessions.refreshed(id, next);
    expect(await store.sessions.find(id)).toBeNull();
  });
});
