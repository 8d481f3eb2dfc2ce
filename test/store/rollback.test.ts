import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type Effect, issueSlot, releaseSlot, rollbackSlot } from "../../src/flow/effect.ts";
import { NO_ROLLBACK, type PullKnown, type StageKnown } from "../../src/flow/facts.ts";
import { closes, opens } from "../../src/flow/ledger.ts";
import { branch } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import type { Subject } from "../../src/flow/subject.ts";
import { chainOf, entryOf } from "../../src/store/ledger.ts";
import { project } from "../../src/store/standing.ts";
import type { Store } from "../../src/store/store.ts";
import { at, component as componentMemory, NOW, REPOSITORY, stageMemory } from "../builders.ts";
import { PLACE } from "../decide/released.ts";
import { rollback, rollingBack } from "../decide/under-way.ts";
import { attested } from "../release/attested.ts";
import { freshPlace, letLeasesRunOut, type Place } from "./place.ts";
import { component, decides, news, nudged, pull, pullLesson, stage, stageLesson, take } from "./told.ts";

let place: Place;
let store: Store;
beforeEach(async () => {
  place = await freshPlace();
  store = await place.open();
  const merged = { state: "closed", merged: true, mergeCommit: at("merged") } as const;
  const into = { head: "staging", base: "master" };
  await store.learn(
    news({
      lessons: [
        pullLesson(pull(12), into, merged),
        pullLesson(pull(20), { ...into, head: "hotfix/x" }, { ...merged, body: "Withdraws: v1.1.0" }),
        pullLesson(pull(21), into, merged),
      ],
    }),
  );
  await decides(store, component, { memory: componentMemory() });
});
afterEach(() => place.end());

const release = (number: number, version: string): StandingOf<"release"> => ({
  kind: "release",
  key: `release:42:${number}`,
  by: null,
  at: NOW,
  because: "minor",
  repository: REPOSITORY,
  number,
  version,
  commit: at("merged"),
  notes: "Notes",
  previous: null,
  ledger: PLACE,
});
const ABOUT = "pull:42:12";
async function known<T>(of: Subject): Promise<T> {
  await store.learn(nudged(of));
  const lease = await take(store, of);
  const { facts } = await store.recall(lease, place.clock.now());
  await store.release(lease, 1_000, null);
  return facts as T;
}
const recalled = async (number: number) => (await known<PullKnown>(pull(number))).rollback;
/** Something that is set on GitHub, for #12. */
async function sets(effect: Pick<Effect, "slot">, id: number): Promise<void> {
  const set: Effect = {
    does: "set",
    thing: "comment",
    fingerprint: "f" as never,
    repository: REPOSITORY,
    name: "acme/api",
    number: 12,
    mark: "m",
    body: "b",
    ...effect,
  };
  await store.learn(nudged(pull(12)));
  const lease = await take(store, pull(12));
  await store.record(lease, { effect: set, at: NOW, came: "done", id });
  await store.release(lease, 1_000, null);
}

it("A rollback is known where it was asked for, with what was released and attested for that", async () => {
  expect(await recalled(12)).toBeNull();
  await decides(store, pull(12), {
    entries: [
      opens(ABOUT, release(12, "v1.1.0")),
      opens(ABOUT, release(7, "v1.0.0")),
      closes(ABOUT, "app", "release:42:7", "v1.0.0 is released", { as: "released" }),
      opens(ABOUT, { ...attested(), key: "served", served: 7 }),
      opens(ABOUT, rollingBack()),
    ],
  });
  await sets({ slot: releaseSlot(REPOSITORY, 12) }, 900);
  await sets({ slot: rollbackSlot(REPOSITORY, 12) }, 20);
  const { rollback: of, spent } = await known<PullKnown>(pull(12));
  expect(of).toMatchObject({
    opened: { written: { id: 20 } },
    issue: null,
    releases: [
      { standing: { version: "v1.1.0" }, ended: null, slot: { written: { id: 900 } } },
      { standing: { version: "v1.0.0" }, ended: { as: "released" }, slot: null },
    ],
    withdrawn: false,
  });
  expect(spent.map(({ standing }) => standing.key)).toEqual(["served"]);
  expect((await known<PullKnown>(pull(21))).standing.map(({ kind }) => kind)).not.toContain("rolling-back");
});

it("A rollback is known on its own pull request, on what it withdrew, and to the stages", async () => {
  const own = rollback({ commit: at("back") });
  await decides(store, pull(12), {
    entries: [
      opens(ABOUT, release(12, "v1.1.0")),
      closes(ABOUT, "app", "release:42:12", "withdrawn by #20", { as: "withdrawn", by: 20 }),
      opens(ABOUT, own),
      opens(ABOUT, rollback({ key: "rollback:42:22", number: 22 })),
    ],
  });
  expect(await recalled(12)).toEqual({ ...NO_ROLLBACK, withdrawn: true });
  expect(await recalled(21)).toBeNull();
  expect(await recalled(20)).toMatchObject({
    opened: null,
    issue: null,
    releases: [{ standing: { version: "v1.1.0" }, ended: { as: "withdrawn", by: 20 } }],
    withdrawn: false,
  });
  await sets({ slot: issueSlot(REPOSITORY, own.key) }, 33);
  expect((await recalled(20))?.issue).toMatchObject({ written: { id: 33 } });

  await store.learn(news({ lessons: [stageLesson] }));
  const owes = { from: branch("master"), commit: at("back") };
  await decides(store, stage, { memory: stageMemory({ owes }) });
  expect((await known<StageKnown>(stage)).backMerge?.rollbacks).toEqual([own]);
});

it("A hotfix that may name a release is known with all there are", async () => {
  await decides(store, pull(12), { entries: [opens(ABOUT, release(12, "v1.1.0"))] });
  expect((await recalled(20))?.releases).toMatchObject([{ standing: { version: "v1.1.0" }, ended: null, slot: null }]);
});

it("The board shows a rollback until what it took back came again", async () => {
  const shown = async () => (await store.componentsView()).flatMap(({ standing }) => standing.map(({ key }) => key));
  await decides(store, pull(12), { entries: [opens(ABOUT, rollback())] });
  expect(await shown()).toEqual([]);
  await decides(store, pull(12), { entries: [opens(ABOUT, rollback({ commit: at("back") }))] });
  expect(await shown()).toEqual(["rollback:42:20"]);
  await decides(store, pull(12), { entries: [opens(ABOUT, rollback({ commit: at("back"), broughtAgainBy: 30 }))] });
  expect(await shown()).toEqual([]);
});

it("Whether a release was withdrawn is no matter of words: it is known whatever they say, and without them", async () => {
  await decides(store, pull(12), {
    entries: [
      opens(ABOUT, release(12, "v1.1.0")),
      closes(ABOUT, "app", "release:42:12", "withdrawn by hand", { as: "released" }),
      opens(ABOUT, release(20, "v1.2.0")),
      closes(ABOUT, "app", "release:42:20", "Erika took it back", { as: "withdrawn", by: 21 }),
    ],
  });
  const are = async () => [(await recalled(12))?.withdrawn, (await recalled(20))?.withdrawn];
  expect(await are()).toEqual([undefined, true]);
  const sequence = await place.console(async (on) => {
    await on.deleteFrom("standing").execute();
    const entries = await on.selectFrom("ledger_entry").selectAll().orderBy("sequence").execute();
    for (const entry of entries) await project(on, entryOf(entry));
    return entries.find(({ says }) => says.includes("Erika"))?.sequence as number;
  });
  // On PostgreSQL the first one goes on, with what it has taken.
  letLeasesRunOut();
  store = await place.open();
  expect(await are()).toEqual([undefined, true]);
  await store.audit.redact({ chain: chainOf(REPOSITORY), sequence, because: "it named a person", by: "cli:olga" });
  expect(await are()).toEqual([undefined, true]);
});
