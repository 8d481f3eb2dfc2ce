import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type Effect, mergeSlot } from "../../src/flow/effect.ts";
import type { MergedPull, Recorded } from "../../src/flow/facts.ts";
import { closes, digestOf, type Entry, opens } from "../../src/flow/ledger.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { type PullSubject, subjectKey } from "../../src/flow/subject.ts";
import { recordedOf } from "../../src/store/recorded.ts";
import type { Store } from "../../src/store/store.ts";
import { at, NOW, pullFacts, REPOSITORY } from "../builders.ts";
import { underWay } from "../decide/under-way.ts";
import { OTTO, overriding, RITA } from "../gates/asking.ts";
import { freshPlace, type Place } from "./place.ts";
import { decides, news, nudged, pullLesson, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  await store.learn(news({ lessons: [11, 12, 13].map((number) => pullLesson(pull(number))) }));
});
afterEach(() => place.end());

const pull = (number: number): PullSubject => ({ kind: "pull", repository: REPOSITORY, number });
const merged = (number: number, more: Partial<MergedPull> = {}): MergedPull => ({
  ...pullFacts(),
  number,
  mergeCommit: at(`${number}`),
  labels: [],
  lane: "promotion",
  overridden: [],
  ...more,
});
const writes = (...entries: readonly Entry[]) => decides(store, pull(11), { entries });
const about = (number: number) => subjectKey(pull(number));

async function recorded(...all: readonly MergedPull[]): Promise<Recorded> {
  let found: Recorded | null = null;
  await place.console(async (on) => {
    found = await recordedOf(on, pull(12), all);
  });
  return found as unknown as Recorded;
}

/** Flowgate merged it, for that request. */
async function merges(number: number, request: string): Promise<void> {
  const { head } = pullFacts();
  const effect: Effect = {
    does: "set",
    thing: "merge",
    slot: mergeSlot(REPOSITORY, number, head.sha),
    fingerprint: digestOf(`${head.sha} ${request}`),
    repository: REPOSITORY,
    name: "acme/api",
    number,
    head: head.sha,
    method: "merge",
  };
  await store.learn(nudged(pull(number)));
  const lease = await take(store, pull(number));
  await store.record(lease, { effect, at: NOW, came: "done", id: number });
  await store.release(lease, 1_000, null);
}

it("What is on record of a release begins with the first entry about it", async () => {
  await writes(opens(about(11), underWay({ number: 11, key: "promotion:42:11" })));
  await writes(opens(about(12), underWay()), opens(about(12), overriding()));
  expect(await recorded()).toMatchObject({
    chain: "repository:42",
    from: 2,
    promoters: {},
    landings: [],
    deviations: [],
  });
});

it("tells by whose word Flowgate merged, and of nobody else's", async () => {
  const request = underWay().request;
  const asks = (number: number, id: string) =>
    opens(about(number), underWay({ number, key: `promotion:42:${number}`, request: { ...request, id } }));
  await writes(asks(11, "comment:11"), asks(12, "comment:12"), asks(13, "comment:13"));
  await merges(11, "comment:11");
  // Somebody asked for it anew since.
  await merges(13, "comment:1");
  const all = [merged(11), merged(12), merged(13), merged(14), merged(10, { lane: "feature" })];
  expect((await recorded(...all)).promoters).toEqual({ 11: RITA });
});

it("tells what was overridden and what came past the gates, whenever that was, and who closed it", async () => {
  const [here, there, elsewhere] = [overriding(), overriding({ number: 11 }), overriding({ number: 99 })];
  const push = { how: "push", before: at("a"), after: at("b"), by: OTTO, commits: 1, at: NOW } as const;
  const deviation: Standing = {
    ...{ kind: "deviation", key: "deviation:staging", by: OTTO, at: NOW, because: "otto pushed to staging" },
    ...{ repository: REPOSITORY, stage: branch("staging"), push: { ...push, by: { ...OTTO, bot: false } } },
  };
  const landed: Standing = {
    ...{
      kind: "landed",
      key: "landed:42:11",
      by: null,
      at: later(NOW, -60_000),
      because: "it was merged as it had passed",
    },
    ...{ repository: REPOSITORY, number: 11 },
  };
  await writes(...[here, there, elsewhere, deviation, landed].map((one) => opens(about(12), one)));
  await writes(
    closes(about(11), "quinn", there.key, "quinn closed it: it is well"),
    closes("stage:42:staging", "rita", deviation.key, "rita accepted it: it is ours"),
  );
  const { overrides, deviations, landings } = await recorded(merged(11));
  expect(overrides).toEqual([
    { standing: there, closed: { by: "quinn", at: expect.any(String), because: "quinn closed it: it is well" } },
    { standing: here, closed: null },
  ]);
  expect(deviations).toEqual([{ standing: deviation, closed: "rita accepted it: it is ours" }]);
  expect(landings).toEqual([later(NOW, -60_000)]);
});
