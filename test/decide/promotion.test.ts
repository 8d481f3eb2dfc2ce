import { describe, expect, it } from "@jest/globals";
import type { PullKnown } from "../../src/flow/facts.ts";
import { branch, later, repositoryId } from "../../src/flow/names.ts";
import type { Heard } from "../../src/flow/request.ts";
import { at, component, LATER, NOW, type PullOptions, pullFacts, pullMemory, unknown, verdict } from "../builders.ts";
import { DORA, RITA, right } from "../gates/asking.ts";
import { brings, FREE, type Hub, hub, judge, says } from "./hub.ts";
import {
  asks,
  done,
  HEAD,
  HELD,
  MERGED,
  mergeOf,
  OPEN,
  promotions,
  request,
  slot,
  underWay,
  written,
} from "./under-way.ts";

const NEW = at("newer");
const DAY_MS = 24 * 3_600_000;
const waits = underWay({ line: "/promote when ready", whenReadyUntil: later(NOW, DAY_MS) });

describe("/promote", () => {
  it("merges at the judged head what passes on facts read fresh, and is answered at its end", () => {
    const decision = judge({ requests: asks("/promote") });
    expect(decision.asked.toSorted()).toEqual(
      ["collaborators", "permissions", "pull 12", "branch development", "rules development", "repository"].toSorted(),
    );
    expect(done(decision)).toEqual(["merge"]);
    expect(mergeOf(decision)).toMatchObject({ number: 12, head: HEAD, method: "merge", slot: `merge:42:12:${HEAD}` });
    expect(decision.answered).toEqual([{ id: "comment:900", answer: { came: "under way", body: null } }]);
    expect(promotions(decision)).toMatchObject([{ what: "opened", kind: "promotion", head: HEAD, line: "/promote" }]);
    expect(decision.entries).toContainEqual(
      expect.objectContaining({ what: "promoting", actor: "rita", about: "pull:42:12" }),
    );
    expect(decision.final).toBe(false);
  });

  it.each<[string, Partial<Heard>, Partial<PullKnown>, string]>([
    [
      "by whom nobody gave the right",
      { by: DORA },
      {},
      "This needs a release manager; you have `write` here. @rita could.",
    ],
    [
      "of what nobody judged yet",
      { judged: null },
      {},
      "This commit was not judged yet. Wait for its check, and say it again.",
    ],
    [
      "of a head that moved since",
      { judged: NEW },
      {},
      `It was written when ${NEW.slice(0, 7)} was the head, and now it is ${HEAD.slice(0, 7)}: look at that one, and say it again.`,
    ],
    [
      "of a draft",
      {},
      { memory: pullMemory({}, { draft: true }) },
      "It is a draft, which GitHub does not merge: mark it ready for review first.",
    ],
    [
      "of what was closed",
      {},
      { memory: pullMemory({}, { state: "closed" }) },
      "#12 is closed and not merged: there is nothing to promote.",
    ],
    [
      "into another branch",
      {},
      { memory: pullMemory({ base: "docs" }), verdict: verdict({ base: branch("docs") }) },
      "docs is no stage: nothing is promoted into it.",
    ],
    [
      "of a fork's head that is not named",
      {},
      { memory: pullMemory({ from: repositoryId(43) }) },
      `The head lies in a fork, where others may push: name the commit that you looked at, \`/promote ${HEAD.slice(0, 7)}\`.`,
    ],
    [
      "of what is in the last stage already",
      {},
      {
        memory: pullMemory({ head: "staging", base: "master" }, { state: "closed", merged: true, mergeCommit: MERGED }),
        verdict: verdict({ lane: "release", base: branch("master") }),
        tag: written(0, "any"),
      },
      "master is the last stage: #12 is where it was to go.",
    ],
  ])("is refused %s", (_what, heard, facts, words) => {
    const decision = judge({ requests: asks("/promote", heard), ...facts });
    expect(says(decision)).toEqual([words]);
    expect(mergeOf(decision)).toBeUndefined();
  });

  it("is refused with the table where a gate is open, and waits where it is asked to", () => {
    const facts = { standing: [HELD] };
    const refused = judge({ ...facts, requests: asks("/promote") });
    expect(says(refused)).toEqual(["It cannot be promoted yet. Held by @dora on #12: wait."]);
    expect(refused.effects.at(-1)).toMatchObject({ body: expect.stringContaining("| gate | outcome |") });
    expect(promotions(refused).map(({ what }) => what)).toEqual(["opened", "closed"]);

    const waiting = judge({ ...facts, requests: asks("/promote when ready") });
    expect(says(waiting)).toEqual([
      `${HEAD.slice(0, 7)} is promoted as soon as its gates pass, until 2026-11-25 09:40 UTC. \`/hold\` stops it.`,
    ]);
    expect(waiting.lookAgainAt).toBe(later(NOW, DAY_MS));
    expect(promotions(waiting).at(-1)).toMatchObject({ what: "opened", answered: true });
    const beside = judge({ ...facts, requests: asks("/unfreeze staging\n/promote when ready") });
    expect(says(beside)[0]).toMatch(/^- `\/unfreeze staging`: .*\n- `\/promote when ready`: .* is promoted as soon as/);
    expect(promotions(beside).at(-1)).toMatchObject({ answered: true, others: [] });

    const later_ = judge({ standing: [HELD, { ...waits, answered: true }], requests: OPEN });
    expect(says(later_)).toEqual([]);
    expect(later_.lookAgainAt).toBe(later(NOW, DAY_MS));
    const over = judge({ now: later(NOW, DAY_MS), standing: [HELD, waits], requests: OPEN });
    expect(says(over)).toEqual([
      "It was not ready within a day, until 2026-11-25 09:40 UTC: say it again if it is still wanted.",
    ]);
    expect(mergeOf(judge({ standing: [{ ...waits, answered: true }], requests: OPEN }))).toBeDefined();
  });

  it("ends where something else is true by now than what was asked for", () => {
    const moved = judge(
      {
        standing: [underWay()],
        memory: pullMemory({ tip: NEW }),
        verdict: verdict({ head: NEW }),
        requests: OPEN,
      },
      hub({}, { tip: NEW }),
    );
    expect(says(moved)).toEqual([
      `It was asked for ${HEAD.slice(0, 7)}, and the head is ${NEW.slice(0, 7)} now: look at that one, and say it again.`,
    ]);
    const gone = { ...hub(), collaborators: [right(RITA, "read"), right(DORA, "write")] };
    expect(says(judge({ standing: [waits], requests: OPEN }, gone))).toEqual([
      "This needs a release manager; you have `read` here. Nobody could today.",
    ]);
    const queue = { ...hub(), "rules development": [{ type: "merge_queue", checks: [] }] };
    expect(says(judge({ standing: [underWay()], requests: OPEN }, queue))).toEqual([
      "development has a merge queue, through which everything goes in. Press *Merge when ready* on this pull request; Flowgate judges it there once more.",
    ]);
    const noWay = { ...hub(), repository: { name: "acme/api", defaultBranch: branch("master"), methods: [] } };
    expect(says(judge({ standing: [underWay()], requests: OPEN }, noWay))).toEqual([
      "The settings of this repository allow no way of merging. An admin switches one on.",
    ]);
    const closedNow = judge({ standing: [underWay()], requests: OPEN }, hub({ state: "closed" } as never));
    expect(says(closedNow)).toEqual(["#12 was closed and not merged: there is nothing to promote."]);
  });

  it("says what is in the way of a queue past the first stage, where only Flowgate merges", () => {
    const head = at("development");
    const runBook = { ...FREE.runBook, required: false };
    const same = {
      ahead: 0,
      behind: 0,
      mergeBase: head,
      commits: [],
      whole: true,
      changes: { files: [], whole: true },
    };
    const config = { found: true, blob: at("config"), text: "" };
    const memory = pullMemory({ head: "development", base: "staging", tip: head });
    const asked = request("/promote", { judged: head });
    const queued = judge(
      {
        component: component({ config: { ...component().config, policy: { ...FREE, runBook } } }),
        memory,
        source: { stage: branch("development"), since: NOW, heads: [head], unexplained: [], trusted: [] },
        verdict: verdict({ base: branch("staging"), head }),
        standing: [underWay({ head, request: asked })],
        requests: [{ request: asked, answer: null }],
      },
      {
        ...hub(),
        "pull 12": { number: 12, asOf: NOW, facts: memory },
        "rules staging": [{ type: "merge_queue", checks: [] }],
        [`compare ${at("staging")} ${head}`]: same,
        [`compare staging ${head}`]: same,
        [`compare ${head} ${at("staging")}`]: same,
        [`checks ${head}`]: [],
        [`file .github/flowgate.yml ${head}`]: config,
        [`file .github/flowgate.yml ${at("staging")}`]: config,
      },
    );
    expect(says(queued)).toEqual([
      "staging has a merge queue, and the ruleset “flowgate: staging merges” keeps that from merging. An admin takes the queue away, or a change of the config sets `merge_by: anyone`.",
    ]);
  });

  it("waits while GitHub does not say, for whatever it is that it does not", () => {
    for (const silent of ["pull 12", "branch development", "rules development", "open-pulls"]) {
      const merged = silent === "open-pulls";
      const decision = judge(
        {
          standing: [underWay()],
          requests: OPEN,
          ...(merged && { memory: pullMemory({}, { state: "closed", merged: true, mergeCommit: MERGED }) }),
        },
        { ...hub(), [silent]: unknown("GitHub answered 502.") },
      );
      expect({ silent, at: decision.lookAgainAt, done: done(decision) }).toEqual({ silent, at: LATER, done: [] });
    }
  });

  it("takes the way of merging that the config names, and past the first stage a merge commit", () => {
    const named = component({ config: { ...component().config, policy: { ...FREE, mergeFirst: "squash" } } });
    const squashed = judge({ requests: asks("/promote"), component: named });
    expect(mergeOf(squashed)).toMatchObject({ method: "squash" });
    expect(squashed.asked).not.toContain("repository");
  });

  it("says what GitHub says where it will not merge, and looks again where it has merged and not told", () => {
    const first = mergeOf(judge({ standing: [underWay()], requests: OPEN }));
    const fingerprint = first?.fingerprint as never;
    const refused = judge({
      standing: [underWay()],
      requests: OPEN,
      merge: slot({
        refused: { fingerprint, because: "GitHub answered 405 (At least 1 approving review is required).", at: NOW },
      }),
    });
    expect(says(refused)).toEqual([
      "GitHub would not merge it. GitHub answered 405 (At least 1 approving review is required).",
    ]);
    const behind = judge({ standing: [underWay()], requests: OPEN, merge: written(12, fingerprint) });
    expect([done(behind), behind.lookAgainAt]).toEqual([[], later(NOW, 2_000)]);
    const late = { now: later(NOW, 600_000), standing: [underWay()], requests: OPEN, merge: written(12, fingerprint) };
    expect(says(judge(late))).toEqual(["GitHub said that it merged #12, and does not show it: look at it there."]);
    // What GitHub refused to another comment is asked anew.
    const other = slot({ refused: { fingerprint: "other" as never, because: "No.", at: NOW } });
    expect(done(judge({ standing: [underWay()], requests: OPEN, merge: other }))).toEqual(["merge"]);
  });

  it("goes on once it is merged: the pull request into the next stage is opened, from a branch that stays where it is", () => {
    const decision = judge(
      { standing: [underWay()], requests: OPEN, merge: written(12, "any") },
      hub({ state: "closed", merged: true, mergeCommit: MERGED } as never),
    );
    expect(done(decision)).toEqual(["promotion"]);
    expect(decision.effects.at(-1)).toMatchObject({
      slot: "promotion:42:12",
      branch: `release/2026-11-24-${MERGED.slice(0, 7)}`,
      base: "staging",
      pinned: MERGED,
      title: "Promote development to staging",
    });
    const staged = component({ config: { ...component().config, policy: { ...FREE, promotionHead: "stage" } } });
    const merged = pullMemory({}, { state: "closed", merged: true, mergeCommit: null });
    const answers = { ...hub(), [`compare ${at("staging")} ${HEAD}`]: brings() };
    expect(
      judge({ component: staged, memory: merged, standing: [underWay()], requests: OPEN }, answers).effects.at(-1),
    ).toMatchObject({
      branch: "development",
      pinned: null,
    });
    // A stage that is gone just now is compared by its name.
    const gone = component({ ...staged, stages: { ...staged.stages, staging: null } });
    const byName = { ...hub(), [`compare staging ${HEAD}`]: brings() };
    expect(done(judge({ component: gone, memory: merged, standing: [underWay()], requests: OPEN }, byName))).toEqual([
      "promotion",
    ]);
  });

  describe("on what is merged", () => {
    const memory = pullMemory({}, { state: "closed", merged: true, mergeCommit: MERGED });
    const into = `#12 is in development as ${MERGED.slice(0, 7)}.`;
    // In whose body Flowgate lists what it carries.
    const listed = (number: number, options: PullOptions) => ({
      number,
      asOf: NOW,
      facts: { ...pullFacts(options), list: "seen:9" },
    });

    it.each<[string, Partial<PullKnown>, Hub, string]>([
      ["says what takes it on", { next: written(13, "any") }, hub(), `${into} #13 takes it on to staging.`],
      [
        "says why nothing does",
        {
          next: slot({
            refused: {
              fingerprint: "x" as never,
              because: "GitHub answered 422 (No commits between staging and release/x).",
              at: NOW,
            },
          }),
        },
        hub(),
        `${into} The pull request into staging could not be opened. GitHub answered 422 (No commits between staging and release/x).`,
      ],
      [
        "takes the one that is open from the stage",
        {},
        {
          ...hub(),
          "open-pulls": [
            listed(7, { head: "development", base: "master" }),
            listed(9, { head: "development", base: "staging" }),
          ],
        },
        `${into} #9 takes it on to staging.`,
      ],
      [
        "takes the one that is pinned at it",
        {},
        { ...hub(), "open-pulls": [listed(9, { head: "release/x", base: "staging", tip: MERGED })] },
        `${into} #9 takes it on to staging.`,
      ],
      [
        "says how one that is pinned at an older commit is moved on",
        {},
        { ...hub(), "open-pulls": [listed(9, { head: "release/x", base: "staging", tip: NEW })] },
        `${into} #9 is open into staging already, pinned at ${NEW.slice(0, 7)}: \`/promote refresh\` there moves it on.`,
      ],
      ["opens nothing after a back-merge", { verdict: verdict({ lane: "back-merge" }) }, hub(), into],
      [
        "says so where another head was merged",
        {
          memory: pullMemory({ tip: NEW }, { state: "closed", merged: true, mergeCommit: MERGED }),
          verdict: verdict({ head: NEW }),
        },
        hub(),
        `It was merged as ${NEW.slice(0, 7)}, and ${HEAD.slice(0, 7)} was asked for.`,
      ],
    ])("%s", (_what, facts, answers, words) => {
      expect(says(judge({ memory, standing: [underWay()], requests: OPEN, ...facts }, answers))).toEqual([words]);
    });

    it("opens the next where nobody did", () => {
      expect(done(judge({ memory, requests: asks("/promote to staging") }))).toEqual(["promotion"]);
      expect(says(judge({ memory, requests: asks("/promote to master") }))).toEqual([
        "It goes one step at a time, and from here that is staging, not master.",
      ]);
    });

    it("passes a fork's pull request by", () => {
      const foreign = { ...listed(9, { head: "development", base: "staging", from: repositoryId(43) }) };
      expect(
        done(judge({ memory, standing: [underWay()], requests: OPEN }, { ...hub(), "open-pulls": [foreign] })),
      ).toEqual(["promotion"]);
    });
  });

  it("said twice is done once, and a newer one takes the place of an older", () => {
    const twice = judge({
      standing: [waits],
      requests: [...OPEN, ...asks("/promote", { id: "comment:901", judged: HEAD })],
    });
    expect(says(twice)).toEqual([`rita asked for that already, and it is under way for ${HEAD.slice(0, 7)}.`]);
    const older = { ...underWay({ head: NEW }), by: null };
    const anew = judge({ standing: [older], requests: [...OPEN, ...asks("/promote", { id: "comment:901" })] });
    expect(says(anew)).toEqual(["rita asked for it anew, and this ends."]);
    expect(done(anew)).toEqual(["merge", "reaction", "comment"]);
    // Also where both were heard at once.
    const requests = [...asks("/promote v1.0.0"), ...asks("/promote", { id: "comment:901" })];
    const together = judge({ requests });
    expect(says(together)).toEqual(["rita asked for it anew, and this ends."]);
    expect(together.answered).toEqual([
      { id: "comment:900", answer: { came: "refused", body: expect.any(String) } },
      { id: "comment:901", answer: { came: "under way", body: null } },
    ]);
    const both = judge({ requests: asks("/promote\n/promote") });
    expect(says(both)).toEqual(["It stands there twice: once is enough. Nothing was done."]);
  });

  describe("whose comment is edited or deleted", () => {
    const gone = asks("/promote when ready", { id: "comment:900:taken-back", how: "taken back" });
    const asked = { standing: [waits], requests: [...OPEN, ...gone] };

    it("ends, and says so where it was asked", () => {
      const decision = judge(asked);
      expect(says(decision)).toEqual([
        "Its comment was edited or deleted before anything was merged, so it ends. It can be written again.",
      ]);
      // What is gone takes no reaction.
      expect(done(decision)).toEqual(["comment"]);
      expect(promotions(decision)).toEqual([
        { what: "closed", key: "promotion:42:12", because: "its comment was edited or deleted" },
      ]);
      expect(decision.answered).toMatchObject([
        { id: "comment:900:taken-back", answer: { came: "done" } },
        { id: "comment:900", answer: { came: "done", body: null } },
      ]);
    });

    it("says what came of its other lines", () => {
      const others = [{ line: "/unhold", says: "#12 was not held." }];
      expect(says(judge({ ...asked, standing: [{ ...waits, others }] }))).toEqual([
        "- `/unhold`: #12 was not held.\n- `/promote when ready`: Its comment was edited or deleted before anything was merged, so it ends. It can be written again.",
      ]);
    });

    it("goes on where it is merged already, where it is a review's, and where another comment asks for it", () => {
      const merged = hub({ state: "closed", merged: true, mergeCommit: MERGED } as never);
      expect(done(judge({ ...asked, merge: written(12, "any") }, merged))).toEqual(["promotion"]);
      const review = { ...waits, request: request("/promote", { origin: { number: 12, review: 7 } }) };
      expect(done(judge({ ...asked, standing: [review] }))).toEqual(["merge"]);
      const other = { ...waits, request: request("/promote", { origin: { number: 12, comment: 901 } }) };
      expect(done(judge({ ...asked, standing: [other] }))).toEqual(["merge"]);
    });
  });

  it("is answered together with the other lines of its comment", () => {
    const begun = judge({ requests: asks("/unhold\n/promote") });
    expect(promotions(begun)).toMatchObject([{ others: [{ line: "/unhold", says: "#12 was not held." }] }]);
    const standing = [underWay({ others: [{ line: "/unhold", says: "#12 was not held." }] })];
    const memory = pullMemory({}, { state: "closed", merged: true, mergeCommit: MERGED });
    expect(says(judge({ memory, standing, requests: OPEN, next: written(13, "any") }))).toEqual([
      `- \`/unhold\`: #12 was not held.\n- \`/promote\`: #12 is in development as ${MERGED.slice(0, 7)}. #13 takes it on to staging.`,
    ]);
  });

  it("only shows what it would do, when it is asked to", () => {
    const dry = judge({ requests: asks("/promote dry run") });
    expect(says(dry)).toEqual([
      `\`/promote\` would merge #12 into development at ${HEAD.slice(0, 7)}. Once it is merged, “Promote development to staging” would be opened. Nothing was done.`,
    ]);
    expect(done(dry)).toEqual(["reaction", "comment"]);
  });

  it("is answered once more by the run after one that was cut off", () => {
    const cutOff = [{ request: request("/promote"), answer: { came: "done" as const, body: "It is merged." } }];
    expect(says(judge({ requests: cutOff }))).toEqual(["It is merged."]);
  });
});
