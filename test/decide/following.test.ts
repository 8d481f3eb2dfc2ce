import { describe, expect, it } from "@jest/globals";
import type { KnownOwed, PullKnown } from "../../src/flow/facts.ts";
import { branch, instant } from "../../src/flow/names.ts";
import { owedKey } from "../../src/flow/owed.ts";
import type { OwedThing, StandingOf } from "../../src/flow/standing.ts";
import { at, component, LATER, NOW, policy, pullMemory, REPOSITORY, unknown, verdict } from "../builders.ts";
import { FACTS, PATH } from "../commands/walking.ts";
import { DORA, ERIN, QUINN, RITA, right } from "../gates/asking.ts";
import { execution } from "./facts.ts";
import { brings, FREE, type Hub, hub, judge, says } from "./hub.ts";
import { asks, HEAD, MERGED, OPEN, rollback, underWay, written } from "./under-way.ts";

const DUE = instant(Date.UTC(2026, 10, 26, 9, 40));
const ROLES = { ...FREE.roles, quality: ["quinn"], engineering: ["erin"] };
const of = (more: Partial<typeof FREE> = {}) =>
  component({
    stages: { development: at("development"), staging: at("staging"), master: at("master") },
    config: {
      ...component().config,
      policy: { ...FREE, backup: { ...FREE.backup, when: "data" }, roles: ROLES, ...more },
    },
  });
const HOTFIX = verdict({ lane: "hotfix", base: branch("master") });
const options = { head: "hotfix/login", base: "master" };
const BACK = "Flowgate merges it back into development and staging by itself";

describe("The answer to whoever sent a hotfix out", () => {
  const owes = (
    thing: OwedThing,
    closed: string | null = null,
    issue: number | null = 44,
  ): KnownOwed["all"][number] => ({
    standing: {
      ...thing,
      kind: "owed",
      key: owedKey(REPOSITORY, 12, thing),
      by: null,
      at: NOW,
      because: "the hotfix went out without it",
      repository: REPOSITORY,
      number: 12,
      due: DUE,
      issue,
    },
    closed,
  });
  const quality: OwedThing = { what: "hotfix-review", role: "quality" };
  const rehearsal: OwedThing = { what: "hotfix-rehearsal" };
  const promotion = underWay({ carries: "1 pull request, this one" });
  const release = { kind: "release", key: "release:42:12", number: 12, version: "v1.0.1" } as StandingOf<"release">;
  const landed = { kind: "landed", key: "landed:42:12", number: 12 } as StandingOf<"landed">;
  const answer = (all: KnownOwed["all"], more: Partial<PullKnown> = {}) =>
    says(
      judge(
        {
          component: of(),
          memory: pullMemory(options, { state: "closed", merged: true, mergeCommit: MERGED }),
          verdict: HOTFIX,
          standing: [promotion, release, landed],
          requests: OPEN,
          owed: { slot: null, all },
          tag: written(0, "tag"),
          release: { written: { fingerprint: "f" as never, id: 900, completed: true, at: NOW }, refused: null },
          ...more,
        },
        { ...hub({}, options), "reviews 12": [], "pushers hotfix/login": [] },
      ),
    );
  const out = (carries: string) => `${carries}#12 is in master as ${MERGED.slice(0, 7)}. v1.0.1 is released.`;
  const first = out("It carries 1 pull request, this one. ");

  it("says that it comes to the earlier stages, and what is owed for it until when", () => {
    expect(answer([owes(quality), owes(rehearsal)])).toEqual([
      `${first} ${BACK}; an approval of quality and its rehearsal are owed until 2026-11-26 09:40 UTC, see #44.`,
    ]);
    expect(answer([owes(quality, "quinn approved it"), owes(rehearsal, null, null)])).toEqual([
      `${first} ${BACK}; its rehearsal is owed until 2026-11-26 09:40 UTC.`,
    ]);
    expect(answer([owes(quality, "quinn approved it")])).toEqual([`${first} ${BACK}.`]);
  });

  it("says so once: not again when it is published, nor of a release", () => {
    const again = { standing: [underWay({ publishes: true }), release, landed] };
    expect(answer([owes(quality)], again)).toEqual([out("")]);
    const ordinary = verdict({ lane: "release", base: branch("master") });
    expect(answer([], { verdict: ordinary })).toEqual([first]);
  });
});

describe("The dry run of a hotfix", () => {
  const github: Hub = {
    ...hub({}, options),
    "branch master": at("master"),
    "rules master": [],
    tags: ["v1.0.0"],
    [`compare ${at("master")} ${HEAD}`]: brings("fix: b"),
    [`compare master ${HEAD}`]: brings("fix: b"),
    [`compare development ${HEAD}`]: brings("fix: b"),
    [`compare staging ${HEAD}`]: brings("fix: b"),
    [`checks ${HEAD}`]: [],
    [`file .github/flowgate.yml ${HEAD}`]: { found: false },
    [`file .github/flowgate.yml ${at("before")}`]: { found: false },
    [`file .github/flowgate.yml ${at("master")}`]: { found: false },
    [`root-files ${HEAD}`]: [],
    collaborators: [RITA, DORA, ERIN, QUINN].map((person) => right(person, "maintain")),
    "reviews 12": [],
    "pushers hotfix/login": [],
  };
  const tried = (more: Partial<PullKnown> = {}, answers: Hub = {}) =>
    judge(
      {
        component: of(),
        memory: pullMemory(options),
        verdict: HOTFIX,
        requests: asks("/promote dry run"),
        ...more,
      },
      { ...github, ...answers },
    );
  const would = (...of: Parameters<typeof tried>) => says(tried(...of)).at(-1);

  it("says what would follow", () => {
    expect(would()).toMatch(
      new RegExp(
        ` Once it is merged, ${BACK}; an approval of engineering and an approval of quality are owed within 2 working days\\. Nothing was done\\.$`,
      ),
    );
    const erin = { id: 1, by: { ...ERIN, bot: false }, state: "approved", commit: HEAD, at: NOW };
    expect(would({}, { "reviews 12": [erin] })).toContain(`${BACK}; an approval of quality is owed within`);
    // Its run-book has to be linked before that, and is not rehearsed then.
    const unlinked = of({ runBook: { ...policy().runBook, required: true } });
    expect(would({ component: unlinked }, { [`entries ${HEAD}`]: [], [`entries ${at("master")}`]: [] })).toContain(
      `${BACK}; an approval of engineering, an approval of quality and its rehearsal are owed within`,
    );
    const pushed = { [`compare ${at("master")} ${HEAD}`]: brings("back") };
    const standing = [rollback({ number: 12 })];
    expect(would({ standing }, pushed)).toContain(
      "Once it is merged, Flowgate takes it into the history of development and staging by itself, and leaves the files there as they are; ",
    );
  });

  it("says nothing of it where nothing is enforced, or it is merged already", () => {
    expect(would({ component: of({ enforcement: "observe" }) })).not.toContain("Once it is merged");
    const merged = pullMemory(options, { state: "closed", merged: true, mergeCommit: MERGED });
    expect(would({ memory: merged })).not.toContain("Once it is merged");
  });

  it("waits while GitHub does not say who gave what, nor what its run-book is", () => {
    const silent = tried({}, { "reviews 12": unknown("GitHub answered 502.") });
    expect([silent.answered, silent.lookAgainAt]).toEqual([undefined, LATER]);
    const withBook = of({ runBook: { ...policy().runBook, required: true } });
    const memory = pullMemory(options, { body: `Run-book: ${PATH}` });
    const book = { component: withBook, memory, standing: [execution()] };
    const files = { ...FACTS, [`entries ${at("master")}`]: [], collaborators: github["collaborators"] };
    expect(would(book, files)).toContain(
      `${BACK}; an approval of engineering, an approval of quality and its rehearsal are owed within`,
    );
    const unread = tried(book, { ...files, [`entries ${HEAD}`]: unknown("GitHub answered 502.") });
    expect([unread.answered, unread.lookAgainAt]).toEqual([undefined, LATER]);
  });
});
