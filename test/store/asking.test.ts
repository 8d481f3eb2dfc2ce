import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Effect, replySlot } from "../../src/flow/effect.ts";
import type { ComponentKnown, PullKnown } from "../../src/flow/facts.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import { askedOnPage, type Request, triedOnPage } from "../../src/flow/request.ts";
import type { Subject } from "../../src/flow/subject.ts";
import type { Store } from "../../src/store/store.ts";
import { at, component as componentMemory, LATER, NOW, REPOSITORY, verdict } from "../builders.ts";
import { freshPlace, type Place } from "./place.ts";
import { decides, decision, entry, INSTALLATION, news, nudged, opened, pull, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
});
afterEach(() => place.end());

const COMPONENT: Subject = { kind: "component", repository: REPOSITORY };
const request = (id: string, at = NOW): Request => ({
  id,
  by: { id: 10, login: "rita" },
  at,
  body: "/hold",
  how: "written",
  origin: { number: 12, comment: 900 },
});
const asks = (of: Subject, ...requests: readonly Request[]) => ({
  ...news({ ...nudged(of) }),
  installation: INSTALLATION,
  asks: requests.map((one) => ({ of, request: one })),
});
const reply = (id: string): Effect => ({
  does: "set",
  thing: "comment",
  slot: replySlot(REPOSITORY, id),
  fingerprint: digestOf(id),
  repository: REPOSITORY,
  name: "acme/api",
  number: 12,
  mark: "<!-- mark -->",
  body: "Held.",
});
async function known<T extends PullKnown | ComponentKnown>(of: Subject): Promise<T> {
  await store.learn(nudged(of));
  const lease = await take(store, of);
  const { facts } = await store.recall(lease, NOW);
  await store.release(lease, 1_000, null);
  return facts as T;
}
const open = async (of: Subject = pull(12)) =>
  (await known<PullKnown>(of)).requests.map(({ request: { id }, answer }) => [id, answer?.came ?? null]);

describe("What people ask for", () => {
  beforeEach(async () => {
    await store.learn(opened(pull(12)));
  });

  it("is remembered once, oldest first, and makes its subject due", async () => {
    await store.learn(asks(pull(12), request("b", LATER), request("a")));
    await store.learn(asks(pull(12), { ...request("a"), body: "/unhold" }));
    expect(await open()).toEqual([
      ["a", null],
      ["b", null],
    ]);
    expect((await known<PullKnown>(pull(12))).requests[0]?.request.body).toBe("/hold");
    expect((await known<PullKnown>(pull(12))).installation).toBe(INSTALLATION);
    expect(await open(pull(13))).toEqual([]);
  });

  it("is open until its answer stands on GitHub, and answered once", async () => {
    await store.learn(asks(pull(12), request("a"), request("b")));
    const answer = { came: "done", body: "Held." } as const;
    const lease = await take(store, pull(12));
    const answered = [{ id: "a", answer }];
    await store.commit(
      lease,
      await store.recall(lease, NOW),
      decision({ entries: [entry()], effects: [reply("a")], answered }),
      NOW,
    );
    await store.release(lease, 1_000, null);
    expect(await open()).toEqual([
      ["a", "done"],
      ["b", null],
    ]);
    const again = await take(store, pull(12)).catch(async () => {
      await store.learn(nudged(pull(12)));
      return take(store, pull(12));
    });
    await store.record(again, { effect: reply("a"), at: NOW, came: "done", id: 901 });
    await store.release(again, 1_000, null);
    expect(await open()).toEqual([["b", null]]);
  });

  it("is closed at once where nothing is said, and given up where GitHub will not have the answer", async () => {
    await store.learn(asks(pull(12), request("a"), request("b")));
    await decides(store, pull(12), {
      entries: [entry()],
      answered: [{ id: "a", answer: { came: "done", body: null } }],
    });
    expect(await open()).toEqual([["b", null]]);
    await store.learn(nudged(pull(12)));
    const lease = await take(store, pull(12));
    await store.record(lease, { effect: reply("b"), at: NOW, came: "refused", because: "It is locked." });
    await store.release(lease, 1_000, null);
    expect(await open()).toEqual([]);
  });

  it("is about the commit that was judged when it was heard", async () => {
    const judged = async () => (await known<PullKnown>(pull(12))).requests.map(({ request: one }) => one.judged);
    await store.learn(asks(pull(12), request("a")));
    expect(await judged()).toEqual([null]);
    await decides(store, pull(12), { verdict: verdict({ head: at("seen") }) });
    await store.learn(asks(pull(12), request("b")));
    await decides(store, pull(12), { verdict: verdict({ head: at("later") }) });
    expect(await judged()).toEqual([null, at("seen")]);
  });

  it("is never answered without a reason in the ledger", async () => {
    await store.learn(asks(pull(12), request("a")));
    const lease = await take(store, pull(12));
    const answered = [{ id: "a", answer: { came: "done", body: null } } as const];
    await expect(store.commit(lease, await store.recall(lease, NOW), decision({ answered }), NOW)).rejects.toThrow(
      "an effect or an answer without an entry",
    );
  });

  it("on a page is found again by who asked, newest first, with what came of it", async () => {
    const act = { command: "done", label: "P3", note: null, url: null, because: null } as const;
    const saw = { blob: at("the run-book"), head: at("login"), state: "open", since: null } as const;
    const page = (number: number, person: number, when: string) => ({
      ...request(`${askedOnPage(pull(number), person)}${when}`),
      origin: { number, page: { ...act, saw } },
    });
    await store.learn(asks(pull(12), page(12, 10, "09:40"), page(12, 10, "09:50"), page(12, 1, "09:45"), request("a")));
    await store.learn(asks(pull(1), page(1, 10, "09:40")));
    const first = `${askedOnPage(pull(12), 10)}09:40`;
    expect(await store.isAnswered(first)).toBe(false);
    const answer = { came: "done", body: null, says: "Done: `P3`." } as const;
    await decides(store, pull(12), { entries: [entry()], answered: [{ id: first, answer }] });
    expect(await store.isAnswered(first)).toBe(true);
    expect(await store.isAnswered("nothing of this name")).toBe(false);
    expect(await store.askedOnPage(pull(12), 10)).toEqual([
      { at: NOW, act: { ...act, saw }, answer: null },
      { at: NOW, act: { ...act, saw }, answer },
    ]);
    const many = Array.from({ length: 12 }, (_, n) => page(12, 10, `10:${10 + n}`));
    await store.learn(asks(pull(12), ...many));
    expect(await store.askedOnPage(pull(12), 10)).toHaveLength(10);
  });

  it("tried out on a page is found again by who tried it, the last of it", async () => {
    const tried = (number: number, person: number, when: string) => ({
      ...request(`${triedOnPage(pull(number), person)}${when}`),
      origin: { number, button: "page" as const },
    });
    expect(await store.triedOnPage(pull(12), 10)).toBeNull();
    await store.learn(asks(pull(12), tried(12, 10, "09:40"), tried(12, 10, "09:50"), tried(12, 1, "09:55")));
    expect(await store.triedOnPage(pull(12), 10)).toEqual({ at: NOW, answer: null });
    const answer = { came: "done", body: null, says: "Nothing was done.", shows: "- a" } as const;
    const answered = [{ id: `${triedOnPage(pull(12), 10)}09:50`, answer }];
    await decides(store, pull(12), { entries: [entry()], answered });
    expect(await store.triedOnPage(pull(12), 10)).toEqual({ at: NOW, answer });
    expect(await store.askedOnPage(pull(12), 10)).toEqual([]);
  });

  it("on an issue is asked of the repository, and sees what stands there", async () => {
    await decides(store, COMPONENT, { memory: componentMemory() });
    expect(await known<ComponentKnown>(COMPONENT)).toMatchObject({ requests: [], standing: [] });
    await store.learn(asks(COMPONENT, request("a")));
    expect(await open(COMPONENT)).toEqual([["a", null]]);
  });
});

describe("Why a subject is looked at", () => {
  const causeOf = async (seen: number, again: typeof NOW | null = NOW) => {
    const lease = await take(store, pull(12));
    const { facts } = await store.recall(lease, NOW);
    await store.release(lease, seen, again);
    return facts.cause;
  };

  it("is the last that asked for it, and else that its time had come", async () => {
    await store.learn({ ...opened(pull(12)), cause: "pull_request opened" });
    await store.learn({ ...nudged(pull(12)), cause: "push" });
    expect(await causeOf(1)).toBe("push");
    // It was nudged once more than was seen, so there is still the same reason.
    expect(await causeOf(2)).toBe("push");
    expect(await causeOf(2, null)).toBeNull();
    await store.learn(opened(pull(13)));
    await decides(store, pull(13), { news: nudged(pull(12)) });
    expect(await causeOf(1_000)).toBe("what was decided beside it");
  });
});
