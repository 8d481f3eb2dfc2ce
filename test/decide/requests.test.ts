import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { ComponentKnown, Fact, PullKnown } from "../../src/flow/facts.ts";
import { branch, installationId } from "../../src/flow/names.ts";
import type { Answer, Heard } from "../../src/flow/request.ts";
import type { Standing } from "../../src/flow/standing.ts";
import {
  at,
  component,
  known,
  LATER,
  NOW,
  pullFacts,
  pullKnown,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { BLOB, FACTS, HEAD } from "../commands/walking.ts";
import { DORA, RITA, right } from "../gates/asking.ts";
import { decided, execution, HOUSE, release, stickyEdit, WITH_RUN_BOOK } from "./facts.ts";

const request = (body: string, more: Partial<Heard> = {}): Heard => ({
  id: "comment:900",
  by: RITA,
  at: NOW,
  body,
  how: "written",
  judged: at("login"),
  origin: { number: 12, comment: 900 },
  ...more,
});
const open = (body: string, more: Partial<Heard> = {}, answer: Answer | null = null) => ({
  request: request(body, more),
  answer,
});
const PEOPLE = new Map<string, Fact<unknown>>([
  ["collaborators", known([right(RITA, "maintain"), right(DORA, "write")])],
]);

const facts = (requests: PullKnown["requests"], more: Partial<PullKnown> = {}): PullKnown =>
  pullKnown({ read: PEOPLE, verdict: verdict(), requests, ...more });
const onIssue = (requests: ComponentKnown["requests"], more: Partial<ComponentKnown> = {}): ComponentKnown => ({
  now: NOW,
  cause: null,
  read: PEOPLE,
  component: component(),
  memory: component(),
  subject: { kind: "component", repository: REPOSITORY },
  organisation: null,
  letThrough: [],
  enrolment: { written: { fingerprint: "f" as never, id: 3, completed: false, at: NOW }, refused: null },
  standing: [],
  trains: [],
  allTrains: [],
  requests,
  installation: installationId(1),
  ...more,
});
const judge = (known_: PullKnown | ComponentKnown) => decided(decide(known_, HOUSE));
const said = (decision: Decision) =>
  decision.effects.flatMap((effect) => {
    if (effect.thing === "comment") return [effect.body.split("\n\n<!--")[0]];
    return effect.thing === "reaction" ? [effect.content] : [];
  });

describe("What somebody asks for on a pull request", () => {
  it("is done, judged by, written down and answered, in one", () => {
    const decision = judge(facts([open("/hold because wait")]));
    expect(decision.verdict).toMatchObject({ outcome: "pending", findings: [{ gate: "flow" }, { gate: "window" }] });
    expect(decision.entries.map(({ what, actor }) => [what, actor])).toEqual([
      ["opened", "rita"],
      ["answered", "rita"],
      ["judged", "app"],
    ]);
    expect(decision.entries[1]).toMatchObject({
      about: "pull:42:12",
      says: { request: "comment:900", lines: ["/hold because wait"], came: "done" },
    });
    expect(decision.effects.map(({ thing, slot }) => [thing, slot])).toEqual([
      ["check-run", expect.stringMatching(/^check:42:/)],
      ["reaction", "reaction:42:comment:900"],
      ["comment", "reply:42:comment:900"],
    ]);
    expect(decision.effects.at(-1)).toMatchObject({
      number: 12,
      mark: "<!-- flowgate:reply comment:900 -->",
      body: "\\#12 is held: wait. `/unhold` lifts it.\n\n<!-- flowgate:reply comment:900 -->",
    });
    expect(decision.answered).toEqual([
      { id: "comment:900", answer: { came: "done", body: "\\#12 is held: wait. `/unhold` lifts it." } },
    ]);
    expect(decision.news.nudges).toContainEqual({
      priority: "person",
      openPulls: { repository: REPOSITORY, head: at("login"), base: "development" },
    });
  });

  it("asks GitHub for what it needs, and waits while GitHub does not say", () => {
    const empty = new Map<string, Fact<unknown>>();
    expect(decide(facts([open("/hold")], { read: empty }), HOUSE)).toEqual({ lacks: [{ want: "collaborators" }] });
    const silent = new Map([["collaborators", unknown("GitHub answered 502.")]]);
    const decision = judge(facts([open("/gates", { id: "a" }), open("/hold", { id: "b" })], { read: silent }));
    expect(decision.answered).toMatchObject([{ id: "a" }]);
    expect(decision.lookAgainAt).toBe(LATER);
    const alone = judge(facts([open("/hold")], { read: silent }));
    expect(alone).toMatchObject({ answered: [], lookAgainAt: LATER });
    expect(said(alone)).toEqual([]);
  });

  it("is not guessed where a quote is left open", () => {
    expect(said(judge(facts([open('/hold "wait')])))).toEqual(["confused", "A quote is opened and not closed."]);
  });

  it("counts from one comment to the next", () => {
    const decision = judge(
      facts([open("/hold", { id: "a" }), open("/unhold", { id: "b", origin: { number: 12, review: 7 } })]),
    );
    expect(decision.entries.map(({ what }) => what)).toEqual(
      ["opened", "closed", "answered", "answered"].concat("judged"),
    );
    expect(decision.verdict).toMatchObject({ outcome: "passed" });
    // A review takes no reaction.
    expect(said(decision)).toEqual([
      "rocket",
      "\\#12 is held: no reason was given. `/unhold` lifts it.",
      "\\#12 is not held any more.",
    ]);
  });

  it("of several lines is done together or not at all", () => {
    const both = judge(facts([open("/hold\n/unhold")]));
    expect(said(both)).toEqual([
      "rocket",
      "- `/hold`: \\#12 is held: no reason was given. `/unhold` lifts it.\n- `/unhold`: \\#12 is not held any more.",
    ]);
    const half = judge(facts([open("/hold\n/accept abc1234 because x", { by: DORA })]));
    expect(half.entries.map(({ what }) => what)).toEqual(["answered", "judged"]);
    expect(said(half)).toEqual([
      "-1",
      "- `/accept abc1234 because x`: Nothing of abc1234 waits to be accepted here.\n- `all lines`: Nothing was done.",
    ]);
    const misread = judge(facts([open("/hold\n/unhold now")]));
    expect(said(misread)).toEqual([
      "confused",
      "- `/unhold now`: `/unhold` takes no “now”. It is written `/unhold`.\n- `all lines`: Nothing was done.",
    ]);
    for (const [line, rightly] of [
      [
        "/attest backup system=a id=b at=noon",
        "/attest backup system=postgres-main id=snap-8f31 at=2026-11-22T09:40:00Z",
      ],
      ["/attest readiness now because x", "/attest readiness because …"],
      ["/attest revoke because x", "/attest revoke id=snap-8f31 because …"],
    ] as const)
      expect(said(judge(facts([open(line)])))[1]).toMatch(new RegExp(`It is written \`${rightly}\`\\.$`));
  });

  it("is left alone where it is none of ours, in silence", () => {
    for (const body of ["/assign @dora", "Not /hold"]) {
      const decision = judge(facts([open(body)]));
      expect(decision.answered).toEqual([{ id: "comment:900", answer: { came: "done", body: null } }]);
      expect(said(decision)).toEqual([]);
    }
    const lacking = component({ stages: { development: at("d"), staging: null, master: at("m") } });
    expect(said(judge(facts([open("/hold")], { component: lacking })))).toEqual([]);
  });

  it("does nothing where it was only edited in", () => {
    const decision = judge(facts([open("/hold", { how: "edited in" })]));
    expect(said(decision)).toEqual(["confused", expect.stringMatching(/^Only a new comment gives a command/)]);
    expect(decision.verdict).toMatchObject({ outcome: "passed" });
  });

  it("is not attested where it could count nowhere", () => {
    const line = "/attest no-data-impact because it adds an index";
    const elsewhere = judge(facts([open(line)], { memory: pullMemory({ base: "main" }) }));
    expect(said(elsewhere)[1]).toMatch(/^It counts on a release or a hotfix/);
    expect(elsewhere.entries.map(({ what }) => what)).toEqual(["answered"]);
  });

  it("takes back what it attested when it is edited or deleted, and says so", () => {
    const attested: Standing = {
      kind: "attestation",
      key: "attestation:readiness:42:12",
      by: RITA,
      at: NOW,
      because: "tested",
      what: "readiness",
      repository: REPOSITORY,
      number: 12,
      head: at("login"),
      comment: 900,
    };
    const gone = { how: "taken back", id: "comment:900:taken-back" } as const;
    const decision = judge(facts([open("/attest readiness because tested", gone)], { standing: [attested] }));
    expect(decision.entries[0]).toMatchObject({
      what: "closed",
      actor: "rita",
      says: { key: attested.key, because: "its comment was edited or deleted" },
    });
    expect(said(decision)).toEqual([
      "The comment that said it was edited or deleted, so it does not count any more. It can be written again.",
    ]);
    // It may have counted for a release that is open.
    expect(decision.news.nudges).toContainEqual({
      priority: "bulk",
      openPulls: { repository: REPOSITORY, base: "master" },
    });
    // It may have served a release that is merged.
    const spent = (closed: string | null) => [{ standing: { ...attested, key: "served", served: 15 }, closed }];
    const late = judge(facts([open("/attest readiness because tested", gone)], { spent: spent(null) }));
    expect(late.entries[0]).toMatchObject({ what: "closed", says: { key: "served" } });
    expect(said(judge(facts([open("/hold", gone)], { spent: spent("it was revoked") })))).toEqual([]);
    const other = judge(facts([open("/hold", gone)], { standing: [{ ...attested, comment: 901 }] }));
    expect(said(other)).toEqual([]);
    const origin = { number: 12, review: 7 };
    const review = judge(facts([open("/hold", { ...gone, origin })], { standing: [attested] }));
    expect(said(review)).toEqual([]);
    const inReview = { ...attested, comment: null, review: 7 };
    const reviewed = judge(facts([open("/attest readiness because x", { ...gone, origin })], { standing: [inReview] }));
    expect(reviewed.entries[0]).toMatchObject({ what: "closed", says: { key: attested.key } });
  });

  it("is refused where they may not", () => {
    const decision = judge(facts([open("/freeze staging because x", { by: { id: 99, login: "zoe" } })]));
    expect(said(decision)).toEqual([
      "-1",
      expect.stringMatching(/^This needs a release manager; you have `none` here\./),
    ]);
  });

  it("nearly is asked back", () => {
    expect(said(judge(facts([open("/unhodl")])))[1]).toBe("There is no `/unhodl`. Did you mean `/unhold`?");
  });

  it("afresh has others' checks read again, and is answered with the table", () => {
    const checks = { head: at("login"), since: NOW, seen: [] };
    const promotion = pullMemory({ head: "development", base: "staging" }, { checks });
    const lacks = decide(facts([open("/gates")], { memory: promotion }), HOUSE);
    expect("lacks" in lacks && lacks.lacks).toContainEqual({ want: "checks", head: at("login") });
    expect(said(judge(facts([open("/gates")])))[1]).toContain("| `flow` | ✓ passed |");
    const closed = pullMemory({}, { state: "closed" });
    expect(said(judge(facts([open("/gates")], { memory: closed })))[1]).toContain("There is nothing to judge here.");
    const merged = pullMemory({}, { state: "closed", merged: true });
    expect(said(judge(facts([open("/gates")], { memory: merged })))[1]).toContain("| `flow` | ✓ passed |");
  });

  it("waits for the first look at the repository", () => {
    expect(judge(facts([open("/hold")], { component: null })).answered).toBeUndefined();
    expect(judge(facts([open("/hold")], { component: component({ stages: null }) })).answered).toBeUndefined();
  });

  it("on a pull request that was not heard of is answered once that is known", () => {
    const unheard = (read: PullKnown["read"]) =>
      decide(facts([open("/hold")], { memory: null, verdict: null, read }), HOUSE);
    expect(unheard(new Map())).toEqual({ lacks: [{ want: "pull", number: 12 }] });
    const pull = known({ number: 12, asOf: NOW, facts: pullFacts() });
    const decision = decided(unheard(new Map([["pull 12", pull]])));
    expect(decision).toMatchObject({ memory: { head: { sha: at("login") } }, lookAgainAt: NOW });
    expect(decision.answered).toBeUndefined();
    const silent = decided(unheard(new Map([["pull 12", unknown("GitHub answered 502.")]])));
    expect(silent).toMatchObject({ lookAgainAt: LATER });
  });

  it("that was answered and not said is said again, and not done again", () => {
    const answer: Answer = { came: "done", body: "It is held." };
    const decision = judge(facts([open("/hold", {}, answer)]));
    expect(said(decision)).toEqual(["rocket", "It is held."]);
    expect(decision.answered).toEqual([]);
    expect(decision.entries[0]).toMatchObject({ what: "answered", actor: "app", says: { again: true } });
    expect(said(judge(facts([open("/x", {}, { came: "done", body: null })])))).toEqual([]);
  });
});

describe("What somebody asks for on an issue", () => {
  it("is done where it may stand there", () => {
    const decision = judge(onIssue([open("/help", { origin: { number: 31, comment: 900 } })]));
    expect(decision.effects.at(-1)).toMatchObject({ thing: "comment", number: 31 });
    expect(said(judge(onIssue([open("/hold")])))[1]).toBe("`/hold` belongs on a pull request.");
    const frozen = judge(onIssue([open("/freeze staging because x")]));
    expect(frozen.entries.map(({ what }) => what)).toEqual(["opened", "answered"]);
    expect(frozen.news.nudges).toEqual([
      { priority: "bulk", openPulls: { repository: REPOSITORY, base: branch("staging") } },
    ]);
  });

  it("waits for the first look at the repository, and for GitHub", () => {
    const unseen = component({ stages: null, look: true });
    expect("lacks" in decide(onIssue([open("/help")], { memory: unseen, component: unseen }), HOUSE)).toBe(true);
    const github = new Map<string, Fact<unknown>>([
      ["document .github/flowgate.yml", known({ found: false })],
      ["open-pulls", known([])],
      ["merged-pulls", known([])],
      ...["development", "staging", "master"].map((name): [string, Fact<unknown>] => [
        `branch ${name}`,
        known(at(name)),
      ]),
    ]);
    const looked = judge(onIssue([open("/help")], { memory: unseen, component: unseen, read: github }));
    expect(looked).toMatchObject({ memory: { stages: { staging: at("staging") } }, lookAgainAt: NOW });
    expect(looked.answered).toBeUndefined();
    expect("lacks" in decide(onIssue([open("/help")], { memory: component({ look: true }) }), HOUSE)).toBe(true);
    expect(decide(onIssue([open("/freeze staging because x")], { read: new Map() }), HOUSE)).toEqual({
      lacks: [{ want: "collaborators" }],
    });
    expect(decided(decide(onIssue([open("/help")], { memory: null }), HOUSE)).answered).toBeUndefined();
  });
});

describe("A click in the comment that shows a run-book", () => {
  const walked = execution();
  const clicks = (...labels: readonly string[]): Partial<Heard> => ({
    id: "sticky:1",
    how: "sticky",
    sticky: stickyEdit(labels),
  });
  const read = (facts: { readonly [want: string]: Fact<unknown> } = {}) =>
    new Map(
      Object.entries({
        ...FACTS,
        collaborators: known([right(RITA, "maintain"), right(DORA, "write")]),
        [`compare master ${HEAD}`]: unknown("GitHub answered 502."),
        [`compare ${at("staging")} ${HEAD}`]: unknown("GitHub answered 502."),
        ...facts,
      }),
    );
  const memory = release({ state: "closed" });
  const clicked = (more: Partial<Heard>, facts = read(), merged = true) =>
    decide(
      pullKnown({
        read: facts,
        component: WITH_RUN_BOOK,
        memory: { ...memory, merged },
        verdict: verdict(),
        standing: [walked],
        requests: [open("", more)],
      }),
      HOUSE,
    );

  it("that counts is shown and not answered", () => {
    const decision = decided(clicked(clicks("P1")));
    expect(decision.answered).toEqual([{ id: "sticky:1", answer: { came: "done", body: null } }]);
    expect(decision.effects).toMatchObject([
      { slot: "comment:42:12:execution", body: expect.stringContaining("- [x] **P1** Do thing 1 — rita, ") },
    ]);
  });

  it("that is refused is answered in one reply, without a reaction", () => {
    const decision = decided(clicked({ ...clicks("P1", "P9", "S1"), by: DORA }));
    expect(decision.answered).toMatchObject([{ answer: { came: "refused" } }]);
    expect(decision.effects.map(({ thing, slot }) => [thing, slot])).toEqual([
      ["comment", "comment:42:12:execution"],
      ["comment", "reply:42:sticky:1"],
    ]);
    const reply = decision.effects.at(-1) as { readonly body: string };
    expect(reply.body).toMatch(
      /^- `P1`: dora's click on `P1` is taken back\. This needs .*\n- `P9`: dora's click on `P9` .*\n\n<!-- flowgate:reply/,
    );
  });

  it("waits for what is to be read", () => {
    expect(clicked(clicks("P1"), new Map())).toMatchObject({
      lacks: expect.arrayContaining([{ want: "entries", commit: HEAD }]),
    });
    const silent = read({ collaborators: unknown("GitHub answered 502.") });
    expect(decided(clicked(clicks("P1"), silent))).toMatchObject({ answered: [], lookAgainAt: LATER });
  });

  it("is shown where nobody asks for anything, merged or in no lane any more", () => {
    const judged = (of: Partial<PullKnown>) =>
      decide(
        pullKnown({
          component: WITH_RUN_BOOK,
          standing: [walked],
          ...of,
        }),
        HOUSE,
      );
    const lacks = { lacks: [{ want: "entries", commit: HEAD }] };
    const merged = { ...memory, merged: true };
    expect(judged({ memory: merged })).toEqual(lacks);
    expect(decided(judged({ memory: merged, read: read() })).effects).toMatchObject([{ thing: "comment" }]);
    expect(decided(judged({ memory, read: read() })).effects).toEqual([]);
    const { body } = memory;
    expect(judged({ memory: pullMemory({ head: "spike/x", base: "master" }, { body }) })).toEqual(lacks);
  });

  it("on a page does what the command does, and is answered there", () => {
    const saw = { blob: BLOB, head: HEAD, state: "open", since: null } as const;
    const act = { command: "done", label: "P1", note: "31 rows", url: null, because: null, saw } as const;
    const page = (more: Partial<typeof act> = {}, by = RITA) =>
      decided(clicked({ id: "page:1", body: "", by, origin: { number: 12, page: { ...act, ...more } } }));
    const decision = page();
    expect(decision.answered).toEqual([{ id: "page:1", answer: { came: "done", body: null, says: "Done: `P1`." } }]);
    expect(decision.entries).toMatchObject([
      { what: "opened", actor: "rita", says: { state: "done", note: "31 rows" } },
      {
        what: "answered",
        actor: "rita",
        says: { lines: ['/done P1 note="31 rows"'], came: "done", because: "Done: `P1`." },
      },
      { what: "opened", says: { kind: "execution" } },
    ]);
    expect(decision.effects.map(({ slot }) => slot)).toEqual(["comment:42:12:execution"]);
    const refused = page({}, DORA);
    expect(refused.answered).toMatchObject([
      { answer: { came: "refused", body: null, says: expect.stringMatching(/^This needs somebody in operations/) } },
    ]);
    expect(refused.entries[0]).toMatchObject({ what: "answered", says: { came: "refused" } });
    const misread = page({ url: "http://example.com" } as object);
    expect(misread.answered).toMatchObject([
      { answer: { came: "not understood", says: expect.stringMatching(/^`url` begins with `https:/) } },
    ]);
  });

  it("on a page is about the commit that the page showed", () => {
    const saw = { blob: BLOB, head: at("before"), state: "open", since: null } as const;
    const act = { command: "done", label: "S5", note: null, url: null, because: null, saw } as const;
    const decision = decided(clicked({ id: "page:1", origin: { number: 12, page: act } }));
    expect(decision.answered).toMatchObject([{ answer: { says: expect.stringContaining("by now staging is at") } }]);
  });

  it("counts from when it was made, as commands do from when they were written", () => {
    const command = (written: Heard["written"]) =>
      decided(clicked({ body: "/undo P1", ...(written && { written }) })).entries[0]?.says["at"];
    expect(command(LATER)).toBe(LATER);
    expect(command(undefined)).toBe(NOW);
  });
});
