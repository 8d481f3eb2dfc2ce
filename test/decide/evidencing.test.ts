import { describe, expect, it } from "@jest/globals";
import type { Decision } from "../../src/flow/decision.ts";
import type { Effect, SlotState } from "../../src/flow/effect.ts";
import type { PullKnown, Review } from "../../src/flow/facts.ts";
import { type Hash, type Instant, later, type Place } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import type { SignedEvidence } from "../../src/release/evidence/statement.ts";
import { at, component, LATER, NOW, unknown } from "../builders.ts";
import { FACTS, PATH } from "../commands/walking.ts";
import { OTTO, RITA } from "../gates/asking.ts";
import { done } from "../release/walks.ts";
import { execution, WITH_RUN_BOOK } from "./facts.ts";
import { FREE, judge, says } from "./hub.ts";
import { attached, github, HASH, known, made, PLACE, refusing, release, telling, there } from "./released.ts";
import { asks, MERGED, OPEN, underWay, written } from "./under-way.ts";

type Assets = Extract<Effect, { thing: "assets" }>;

/** #12 is tagged and drafted; nothing is to be tested. */
const drafted: Partial<PullKnown> = { ...known, standing: [release()], tag: there(0), release: there(900) };

const assetsIn = (decision: Decision): Assets | undefined =>
  made(decision).find((effect): effect is Assets => effect.thing === "assets");
const names = (decision: Decision) =>
  assetsIn(decision)?.files.flatMap(({ name, text }) => (text === null ? [] : [name]));
/** What the draft is not to have any more. */
const without = (decision: Decision) =>
  assetsIn(decision)?.files.flatMap(({ name, text }) => (text === null ? [name] : []));
/** What is signed in the evidence that is attached. */
function signed(decision: Decision): SignedEvidence {
  const text = assetsIn(decision)?.files.find(({ name }) => name === "evidence.json")?.text ?? "";
  return JSON.parse(Buffer.from(JSON.parse(text).payload, "base64").toString("utf8")).predicate;
}
/** The release as it stands after a decision. */
const remade = (decision: Decision): StandingOf<"release"> => {
  const opened = decision.entries.findLast(({ says: { kind } }) => kind === "release");
  return opened?.says as unknown as StandingOf<"release">;
};

describe("The evidence of a release", () => {
  it("is written down before it is attached to the draft, with what it was made of", () => {
    const decision = judge(drafted, github);
    expect(names(decision)).toEqual(["evidence.json", "evidence.md", "svr.json", "manifest.sha256"]);
    const fingerprint = assetsIn(decision)?.fingerprint;
    expect(assetsIn(decision)).toMatchObject({ slot: "assets:42:12", release: 900, tag: "v1.4.0", name: "acme/api" });
    expect(decision.entries.map(({ what }) => what)).toEqual(expect.arrayContaining(["opened", "promoting"]));
    expect(remade(decision)).toEqual({
      ...release({ because: "its final evidence was made" }),
      evidence: { state: "final", made: NOW, head: PLACE, fingerprint },
    });
    expect(decision.entries.at(-1)?.says).toEqual({ does: "attaches the final evidence of v1.4.0" });
    expect(signed(decision)).toMatchObject({
      state: "final",
      made: NOW,
      flowgate: "0.0.0",
      repository: { id: 42, name: "acme/api" },
      release: {
        version: "1.4.0",
        tag: { name: "v1.4.0", object: at("the tag") },
        commit: MERGED,
        tree: at("the tree"),
        previous: { version: "1.3.2", commit: at("before") },
      },
      policy: { path: ".github/flowgate.yml", blob: at("config") },
      runBook: null,
      ledger: { chain: "repository:42", from: 1, merged: PLACE, head: PLACE },
    });
  });

  it("has the same bytes each time it is tried, and others only where it says something else", () => {
    const first = judge(drafted, github);
    const head: Place = { sequence: 9, hash: "cd".repeat(32) as Hash };
    const again = { ...drafted, standing: [remade(first)], ledger: head, now: LATER };
    const second = judge(again, github);
    expect(assetsIn(second)).toEqual(assetsIn(first));
    expect(remade(second)).toBeUndefined();
    const review = { id: 7, by: { ...OTTO, bot: false }, state: "approved", commit: at("login"), at: NOW } as const;
    const changed = judge(again, { ...github, "reviews 12": [review], "user 7 otto": { name: "Otto" } });
    expect(signed(changed)).toMatchObject({ made: LATER, ledger: { merged: PLACE, head } });
    expect(remade(changed).evidence?.fingerprint).toBe(assetsIn(changed)?.fingerprint);
  });

  it("lists no gate where it was merged before any had judged that", () => {
    const judged = signed(judge(drafted, github)).gates.length;
    expect(judged).toBeGreaterThan(0);
    const accepted = { kind: "accepted", number: 12, commit: MERGED } as PullKnown["standing"][number];
    const standing = [...(drafted.standing ?? []), accepted];
    const before = { ...(drafted.verdict as NonNullable<PullKnown["verdict"]>), head: at("before") };
    for (const verdict of [null, before])
      expect(signed(judge({ ...drafted, verdict, standing }, github))).toMatchObject({ gates: [] });
  });

  it("stands as it was made, once it is there", () => {
    const { standing, slot } = attached("final");
    const decision = judge({ ...drafted, standing: [standing], assets: slot });
    expect(made(decision)).toMatchObject([{ thing: "release", draft: false }]);
    // What stands there is other evidence than was made last.
    expect(assetsIn(judge({ ...drafted, standing: [standing], assets: there(900) }, github))).toBeDefined();
  });

  it("is made anew where the tag was, which is another object then", () => {
    const { standing, slot } = attached("final");
    const tag = { written: { ...(there(0).written as NonNullable<SlotState["written"]>), at: LATER }, refused: null };
    const facts = { ...drafted, standing: [standing], assets: slot, tag, now: LATER };
    expect(signed(judge(facts, github))).toMatchObject({ made: LATER });
  });

  it("names the tag as GitHub made it a moment ago, and asks what it is where that was earlier", () => {
    const tag = telling(there(0), at("the tag that was made"));
    const objectAt = (now: Instant) => {
      const decision = judge({ ...drafted, tag, now }, github);
      return [signed(decision).release.tag.object, decision.asked.includes("tag v1.4.0")];
    };
    expect(objectAt(later(NOW, 60_000))).toEqual([at("the tag that was made"), false]);
    expect(objectAt(later(NOW, 61_000))).toEqual([at("the tag"), true]);
  });

  it("is sent where GitHub said when it made the draft, as long as nothing was sent there", () => {
    const sendTo = (assets: SlotState | null) =>
      assetsIn(judge({ ...drafted, release: telling(there(900), "https://uploads"), assets }, github))?.sendTo;
    expect(assetsIn(judge(drafted, github))?.sendTo).toBeNull();
    expect(sendTo(null)).toBe("https://uploads");
    expect(sendTo(there(900))).toBeNull();
    expect(sendTo(refusing([], "GitHub answered 403."))).toBeNull();
  });

  it("of the first release names none before it, and of one whose tag is gone neither", () => {
    const first = { ...drafted, standing: [release({ previous: null })] };
    expect(signed(judge(first, github)).release.previous).toBeNull();
    expect(signed(judge(drafted, { ...github, "tag v1.3.2": null })).release.previous).toBeNull();
  });

  it("waits while GitHub does not say, and while the tag does not name what was merged", () => {
    const silent = judge(drafted, { ...github, [`tree ${MERGED}`]: unknown("GitHub answered 502.") });
    expect([made(silent), silent.lookAgainAt]).toEqual([[], LATER]);
    for (const tag of [null, { object: at("the tag"), commit: at("other") }]) {
      const moved = judge(drafted, { ...github, "tag v1.4.0": tag });
      expect([made(moved), moved.lookAgainAt]).toEqual([[], later(NOW, 600_000)]);
    }
  });

  it("is tried again later where GitHub refuses it", () => {
    const first = judge(drafted, github);
    const assets = refusing(made(first), "GitHub answered 403.");
    const later_ = judge({ ...drafted, standing: [remade(first)], assets }, github);
    expect([made(later_), remade(later_), later_.lookAgainAt]).toEqual([[], undefined, later(NOW, 3_600_000)]);
  });

  it("is not made before it is remembered what is on record", () => {
    for (const more of [{ ledger: null }, { recorded: null }]) {
      const decision = judge({ ...drafted, ...more }, github);
      expect([made(decision), decision.lookAgainAt]).toEqual([[], NOW]);
    }
  });

  it("names approvers as they are called on GitHub, thirty at most", () => {
    const review = (id: number): Review => ({
      id,
      by: { id, login: `p${id}`, bot: false },
      state: "approved",
      commit: at("login"),
      at: NOW,
    });
    const reviews = Array.from({ length: 31 }, (_, place) => review(place + 1));
    const users = Object.fromEntries(reviews.map(({ id }) => [`user ${id} p${id}`, { name: `Person ${id}` }]));
    const decision = judge(drafted, { ...github, ...users, "reviews 12": reviews });
    expect(decision.asked.filter((key) => key.startsWith("user "))).toHaveLength(30);
    expect(
      signed(decision)
        .approvals.map(({ by }) => by.name)
        .slice(-2),
    ).toEqual(["Person 30", null]);
  });
});

const TESTED = ["i3", "i5", "i6"].map((item) => done(RITA, { item }));
const answers = { ...github, ...FACTS };
/** The same by a run-book. */
const walked = (...standing: PullKnown["standing"]): Partial<PullKnown> => ({
  ...drafted,
  component: component({
    config: { ...component().config, policy: { ...FREE, runBook: WITH_RUN_BOOK.config.policy.runBook } },
  }),
  memory: { ...(known.memory as NonNullable<PullKnown["memory"]>), body: `Run-book: ${PATH}` },
  standing: [execution(), ...standing],
});

describe("The evidence of what is yet to be tested", () => {
  it("is preliminary until that is done, and made anew then", () => {
    const before = judge(walked(release()), answers);
    expect(names(before)).toEqual(["evidence.json", "evidence.md", "manifest.sha256"]);
    expect(signed(before)).toMatchObject({
      state: "preliminary",
      runBook: { path: PATH, walks: [{ walk: "rehearsal" }, { walk: "production" }] },
    });
    const { standing, slot } = attached("preliminary");
    const done = judge({ ...walked(standing, ...TESTED), assets: slot }, answers);
    expect(names(done)).toContain("svr.json");
    expect(signed(done)).toMatchObject({ state: "final", authorised: null });
  });

  it("is preliminary again where something is undone before it is published", () => {
    const { standing, slot } = attached("final", { authorised: { by: RITA, at: NOW } });
    const undone = judge({ ...walked(standing), assets: slot }, answers);
    expect(signed(undone)).toMatchObject({ state: "preliminary", authorised: null });
    expect(remade(undone)).not.toHaveProperty("authorised");
    // The one that says what passed goes first; nothing is published meanwhile.
    expect(assetsIn(undone)?.files[0]).toEqual({ name: "svr.json", text: null });
    expect(made(undone).map(({ thing }) => thing)).toEqual(["assets"]);
    expect(without(judge({ ...walked(release(), ...TESTED) }, answers))).toEqual([]);
  });
});

const BY_HAND = { release: { publish: "by-hand" } } as const;
const byHand = (facts: Partial<PullKnown>): Partial<PullKnown> => {
  const { config, ...rest } = facts.component ?? component({ config: { ...component().config, policy: FREE } });
  return { ...facts, component: { ...rest, config: { ...config, policy: { ...config.policy, ...BY_HAND } } } };
};
const PUBLISHES = underWay({ publishes: true });

describe("A release that is published by hand", () => {
  it("says on its draft what it waits for", () => {
    const draft = (facts: Partial<PullKnown>) => made(judge({ ...byHand(facts), release: null }, answers))[0];
    expect(draft(drafted)).toMatchObject({
      draft: true,
      body: expect.stringMatching(/^> This is a draft until a release manager says `\/promote` on #12\.\n\nNotes/),
    });
    expect(draft(walked(release()))).toMatchObject({
      body: expect.stringContaining("says `/promote` on #12, once it is deployed and tested."),
    });
  });

  it("waits, and tells who promoted it so", () => {
    expect(signed(judge(byHand(drafted), answers))).toMatchObject({ state: "preliminary" });
    const { standing, slot } = attached("preliminary");
    const waits = byHand({ ...drafted, standing: [standing, underWay()], assets: slot, requests: OPEN });
    const draft = made(judge(waits))[0];
    const facts = { ...waits, release: written(900, draft?.fingerprint as string) };
    expect(made(judge(facts))).toEqual([]);
    expect(says(judge(facts))).toEqual([
      `#12 is in master as ${MERGED.slice(0, 7)}. v1.4.0 is tagged, and its release is a draft until a release manager says \`/promote\` here.`,
    ]);
    const { memory, standing: walking } = walked(standing, underWay());
    const book = { ...facts, memory: memory ?? null, standing: walking ?? [] };
    const component_ = byHand(walked()).component ?? null;
    const untested = made(judge({ ...book, component: component_ }, answers))[0]?.fingerprint as string;
    expect(says(judge({ ...book, component: component_, release: written(900, untested) }, answers)).at(-1)).toContain(
      "until it is deployed and tested, and then a release manager says `/promote` here.",
    );
  });

  it("is published on the word of a release manager, whom its evidence names", () => {
    const { standing, slot } = attached("preliminary");
    const let_ = byHand({ ...drafted, standing: [standing, PUBLISHES], assets: slot, requests: OPEN });
    const decision = judge(let_, answers);
    expect(signed(decision)).toMatchObject({ state: "final", authorised: { by: RITA, at: NOW } });
    expect(remade(decision).authorised).toEqual({ by: RITA, at: NOW });
    expect(says(decision)).toEqual([]);
    const authorised = attached("final", { authorised: { by: OTTO, at: NOW } });
    const next = { ...let_, standing: [authorised.standing, PUBLISHES], assets: authorised.slot };
    expect(made(judge(next))).toMatchObject([
      { thing: "release", draft: false, body: expect.not.stringContaining("draft") },
    ]);
  });

  it("is published by nobody's word where it is asked for before all is done", () => {
    const { standing, slot } = attached("preliminary");
    const early = byHand({ ...walked(standing, PUBLISHES), assets: slot, requests: OPEN });
    expect(made(judge(early, answers))).toMatchObject([{ thing: "release", draft: true }]);
  });

  it("takes a /promote on the merged pull request for that", () => {
    const { standing, slot } = attached("preliminary");
    const asked = byHand({ ...drafted, standing: [standing], assets: slot, requests: asks("/promote") });
    const decision = judge(asked, answers);
    expect(decision.entries).toContainEqual(
      expect.objectContaining({
        what: "opened",
        says: expect.objectContaining({ kind: "promotion", publishes: true }),
      }),
    );
    expect(signed(decision)).toMatchObject({ state: "final", authorised: { by: RITA } });
  });
});

describe("What was undone and done again before anybody looked, once its final evidence was there", () => {
  /** As it stands after its final evidence was made and attached. */
  function ready(facts: Partial<PullKnown>): { readonly release: StandingOf<"release">; readonly assets: SlotState } {
    const decision = judge(facts, answers);
    return { release: remade(decision), assets: there(900, false, assetsIn(decision)?.fingerprint) };
  }
  const AGAIN = [...TESTED.slice(0, 2), done(OTTO, { item: "i6", at: LATER })];

  it("is told by evidence that is made anew, also final, before it is published", () => {
    const { release: was, assets } = ready(walked(release(), ...TESTED));
    expect(made(judge({ ...walked(was, ...TESTED), assets }, answers))).toMatchObject([{ draft: false }]);
    const again = judge({ ...walked(was, ...AGAIN), assets, now: LATER }, answers);
    expect(made(again).map(({ thing }) => thing)).toEqual(["assets"]);
    expect(signed(again)).toMatchObject({ state: "final", made: LATER });
    expect(JSON.stringify(signed(again).runBook)).toContain('"otto"');
    const after = there(900, false, assetsIn(again)?.fingerprint);
    expect(made(judge({ ...walked(remade(again), ...AGAIN), assets: after }, answers))).toMatchObject([
      { draft: false },
    ]);
    // What is watched afterwards changes nothing.
    const monitored = judge({ ...walked(was, ...TESTED, done(OTTO, { item: "i9", at: LATER })), assets }, answers);
    expect(made(monitored)).toMatchObject([{ draft: false }]);
  });

  it("is let go anew where that is done by hand", () => {
    const let_ = byHand(walked(release(), ...TESTED, PUBLISHES));
    const { release: was, assets } = ready({ ...let_, requests: OPEN });
    expect(was).toMatchObject({ authorised: { by: RITA }, evidence: { state: "final" } });
    const now = (...standing: PullKnown["standing"]) =>
      judge({ ...byHand(walked(was, ...standing)), assets, requests: OPEN, now: LATER }, answers);
    for (const standing of [AGAIN, [...AGAIN, PUBLISHES]]) {
      const lapsed = now(...standing);
      expect(signed(lapsed)).toMatchObject({ state: "preliminary", authorised: null });
      expect(remade(lapsed)).not.toHaveProperty("authorised");
      expect(remade(lapsed).evidence).not.toHaveProperty("verified");
      expect(without(lapsed)).toEqual(["svr.json"]);
    }
    const anew = now(...AGAIN, underWay({ publishes: true, at: LATER }));
    expect(signed(anew)).toMatchObject({ state: "final", authorised: { by: RITA, at: LATER } });
  });
});

describe("The comment with the run-book of a release that is published by hand", () => {
  const WAITS = "**v1.4.0 is published as soon as a release manager writes `/promote` here.**";
  const comment = (facts: Partial<PullKnown>) =>
    judge(facts, answers).effects.find((effect) => effect.thing === "comment" && effect.slot.endsWith("execution"));

  it.each<[string, boolean, Partial<PullKnown>]>([
    ["once all is done", true, byHand(walked(release(), ...TESTED))],
    ["not while something is open", false, byHand(walked(release()))],
    ["not where Flowgate publishes", false, walked(release(), ...TESTED)],
    ["not once somebody said it", false, byHand(walked(release({ authorised: { by: RITA, at: NOW } }), ...TESTED))],
    [
      "not while somebody's word is followed",
      false,
      byHand({ ...walked(release(), ...TESTED, PUBLISHES), requests: OPEN }),
    ],
    ["not where there is no release", false, byHand(walked(...TESTED))],
  ])("says what it waits for: %s", (_what, does, facts) => {
    const body = (comment({ ...facts, assets: there(900, false, HASH) }) as { body: string } | undefined)?.body ?? "";
    expect(body.includes(WAITS)).toBe(does);
    expect(body).toContain("Run-book");
  });
});
