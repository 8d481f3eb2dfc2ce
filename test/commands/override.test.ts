import { describe, expect, it } from "@jest/globals";
import { commandNamed } from "../../src/commands/catalog.ts";
import type { Came } from "../../src/commands/command.ts";
import { commandsIn, type Written } from "../../src/commands/grammar.ts";
import type { Policy } from "../../src/flow/config.ts";
import { branch, later, type Person, short } from "../../src/flow/names.ts";
import { overrideKey } from "../../src/flow/override.ts";
import type { Finding, Verdict } from "../../src/flow/verdict.ts";
import { at, finding, known, LATER, NOW, policy, REPOSITORY, unknown, verdict } from "../builders.ts";
import { DORA, DUE, ERIN, OTTO, overriding, QUINN, RITA, right } from "../gates/asking.ts";
import { HEAD, type On, onRelease, word } from "./walking.ts";

const ROLES: Policy["roles"] = {
  "release-manager": ["rita", "otto"],
  operations: null,
  quality: ["quinn"],
  engineering: null,
};
const named = (roles: Partial<Policy["roles"]> = {}) => policy({ roles: { ...ROLES, ...roles } });
const PEOPLE = [
  right(RITA, "maintain"),
  right(OTTO, "write"),
  right(DORA, "write"),
  right(QUINN, "read"),
  right(ERIN, "read"),
];
const SILENT = unknown("GitHub answered 502.");

const gate = (name: string, outcome: Finding["outcome"], more: Partial<Finding> = {}): Finding =>
  finding({ gate: name, outcome, because: `${name} says so.`, ...more });
const VERDICT: Verdict = verdict({
  head: HEAD,
  base: branch("master"),
  lane: "release",
  outcome: "failed",
  findings: [
    gate("flow", "passed"),
    gate("window", "errored"),
    gate("policy", "failed", { firm: "Nobody lets a config through that is not valid." }),
    gate("approvals", "pending"),
    gate("checks", "failed"),
  ],
  notAsked: [{ gate: "backup", because: "No data is affected." }],
});
const COULD = "what can be overridden is `window`, `approvals` and `checks`";

/** What comes of one line; rita writes it on a release whose build is red, where nothing else is said. */
function says(line: string, { pull, ...more }: On = {}, onIssue = false): Came | string | null {
  const [written] = commandsIn(line) as [Written];
  const command = commandNamed(written.name);
  if (command === undefined) throw new Error(`there is no /${written.name}`);
  const read = command.read(written, NOW);
  if ("not" in read) return read.not;
  const on = onRelease({
    by: RITA,
    policy: named(),
    pull: { verdict: VERDICT, ...pull },
    facts: { collaborators: known(PEOPLE), ...more.facts },
    ...more,
  });
  const asked = onIssue ? { ...on, pull: null } : on;
  const may = (read.allows ?? command.allows)(asked);
  if (may !== "yes") return may === "unread" ? null : may;
  return read.act(asked as typeof on);
}
const words = (...of: Parameters<typeof says>) => word(says(...of));
const done = (came: Came | string | null) => {
  if (came === null || typeof came === "string" || came.came !== "done") throw new Error(JSON.stringify(came));
  return came;
};
const WAITS = overriding({ confirmed: null, issue: null });
const asIt = (by: Person) => ({ by, standing: [WAITS] });

describe("/override GATE", () => {
  it("puts on record that a release manager wants it, and says who could agree", () => {
    const came = done(says("/override Checks because the runner is down"));
    const { key } = WAITS;
    expect(came).toEqual({
      came: "done",
      says: `Nothing has changed yet: \`checks\` passes for ${short(HEAD)} once @otto writes \`/confirm checks\`.`,
      entries: [
        {
          what: "opened",
          actor: "rita",
          about: "pull:42:12",
          says: { ...overriding({ confirmed: null, issue: null, lets: "checks says so." }), key },
        },
      ],
    });
    expect(key).toBe(overrideKey({ repository: REPOSITORY, number: 12, head: HEAD, base: branch("master") }, "checks"));
    const inReview = done(says("/override window because it is quiet", { comment: null, review: 7 }));
    expect(inReview.entries).toMatchObject([{ says: { gate: "window", comment: null, review: 7 } }]);
  });

  it("names whoever may write where there is no other release manager", () => {
    const alone = named({ "release-manager": ["rita"] });
    expect(words("/override checks because x", { policy: alone })).toMatch(/once @otto or @dora writes/);
    // Another one whom the config names may not read here any more.
    const gone = named({ "release-manager": ["rita", "zoe"] });
    expect(words("/override checks because x", { policy: gone })).toMatch(/once @otto or @dora writes/);
    const facts = { collaborators: known([right(RITA, "maintain"), right(QUINN, "read")]) };
    expect(words("/override checks because x", { policy: alone, facts })).toBe(
      "refused: Nobody could confirm it: that takes a second release manager, or somebody else who may write.",
    );
  });

  it.each<[string, string, On]>([
    ["a gate that there is not", `There is no gate “gate” here; ${COULD}.`, {}],
    ["one that is not asked", `\`backup\` is not asked here; ${COULD}.`, {}],
    ["one that has passed", `\`flow\` has passed; ${COULD}.`, {}],
    ["one that nobody may let through", `Nobody lets a config through that is not valid; ${COULD}.`, {}],
    [
      "the lane while it is not known",
      `Nobody lets \`flow\` through while it could not be found out; no gate can be overridden here now.`,
      { pull: { verdict: { ...VERDICT, findings: [gate("flow", "errored")] } } },
    ],
    [
      "what is merged",
      "#12 is merged: only what is still to be merged can be let through.",
      { pull: { state: "merged" } },
    ],
    [
      "what is closed",
      "#12 is closed: only what is still to be merged can be let through.",
      { pull: { state: "closed" } },
    ],
    ["what was not judged", "This commit was not judged yet. Wait for its check, and say it again.", { judged: null }],
    [
      "another head",
      `It was written when ${short(at("before"))} was the head, and now it is ${short(HEAD)}: look at that one, and say it again.`,
      { judged: at("before") },
    ],
    [
      "what was judged for another base",
      "There is no gate “checks” here; no gate can be overridden here now.",
      { pull: { verdict: null } },
    ],
    [
      "what is not enforced",
      "Nothing is enforced here, so there is nothing to let through.",
      { policy: { ...named(), enforcement: "observed" } },
    ],
  ])("refuses %s, and says what could be overridden", (what, because, on) => {
    const of: { readonly [what: string]: string } = {
      "a gate that there is not": "gate",
      "one that is not asked": "backup",
      "one that has passed": "flow",
      "one that nobody may let through": "policy",
      "the lane while it is not known": "flow",
    };
    expect(words(`/override ${of[what] ?? "checks"} because x`, on)).toBe(`refused: ${because}`);
  });

  it("is a release manager's", () => {
    expect(words("/override checks because x", { by: DORA })).toBe(
      "refused: This needs a release manager; you have `write` here. @rita or @otto could.",
    );
    expect(says("/override checks because x", { facts: { collaborators: SILENT } })).toBeNull();
    const byTeam = named({ "release-manager": ["@acme/managers"] });
    const facts = { "team @acme/managers": known([RITA, OTTO]), collaborators: SILENT };
    expect(says("/override checks because x", { policy: byTeam, facts })).toBeNull();
    expect(words("/override checks because x", {}, true)).toBe(
      "refused: It belongs on the pull request whose gate it is about.",
    );
  });

  it("is asked for once", () => {
    expect(words("/override checks because x", asIt(RITA))).toBe(
      "done: You asked for that already: @otto can write `/confirm checks`.",
    );
    expect(words("/override checks because x", asIt(OTTO))).toBe(
      "refused: rita asked for that already: the runner is down. `/confirm checks` agrees with it.",
    );
    const verdict = { ...VERDICT, findings: [gate("checks", "overridden")] };
    expect(words("/override checks because x", { standing: [overriding()], pull: { verdict } })).toBe(
      `done: \`checks\` is overridden for ${short(HEAD)} already, by rita, confirmed by otto.`,
    );
    // For another commit, base, gate or pull request it is another one.
    const others = [{ head: at("before") }, { base: branch("staging") }, { gate: "window" }, { number: 13 }];
    for (const other of others)
      expect(done(says("/override checks because x", { standing: [overriding(other)] })).entries).toHaveLength(1);
  });

  it.each([
    ["/override", "Which gate?"],
    ["/override checks", "It goes on record, so it needs its reason: end the line with `because …`."],
    ["/override checks because", "It goes on record, so it needs its reason: end the line with `because …`."],
    ["/override checks backup because x", "It takes one gate, and no “backup”."],
    ["/override close because x", "Which one? `/override close N because …` takes the number of its issue."],
    ["/override close checks because x", "Which one? `/override close N because …` takes the number of its issue."],
    ["/override close 44 45 because x", "It takes one number, and no “45”."],
    ["/override close 44", "It goes on record, so it needs its reason: end the line with `because …`."],
  ])("does not understand %s", (line, not) => {
    expect(says(line)).toBe(not);
  });
});

describe("/confirm GATE", () => {
  it("lets it pass for that commit, until somebody closes it in time", () => {
    const came = done(says("/confirm checks", { ...asIt(OTTO), at: NOW, now: LATER }));
    const due = later(LATER, 5 * 24 * 3_600_000);
    const confirmed = { ...WAITS, lets: "checks says so.", confirmed: { by: OTTO, at: LATER, due } };
    expect(came).toEqual({
      came: "done",
      says: `\`checks\` is overridden for ${short(HEAD)}, and for that commit alone: the runner is down.`,
      links: WAITS.key,
      entries: [{ what: "opened", actor: "otto", about: "pull:42:12", says: confirmed }],
      nudges: [{ priority: "bulk", openPulls: { repository: REPOSITORY, base: "master" } }],
    });
    const soon = { ...named(), override: { closeWithin: { workingDays: 1 } } };
    expect(done(says("/CONFIRM Checks", { ...asIt(OTTO), policy: soon })).entries).toMatchObject([
      { says: { confirmed: { due: later(NOW, 24 * 3_600_000) } } },
    ]);
  });

  it("is somebody else's, and another release manager's where there is one", () => {
    expect(words("/confirm checks", asIt(RITA))).toBe(
      "refused: You asked for it yourself, and somebody else confirms it. @otto could.",
    );
    expect(words("/confirm checks", asIt(DORA))).toBe(
      "refused: To confirm it takes a second release manager; you have `write` here. @otto could.",
    );
    const alone = named({ "release-manager": ["rita"] });
    expect(done(says("/confirm checks", { ...asIt(DORA), policy: alone })).entries).toHaveLength(1);
    expect(words("/confirm checks", { ...asIt(QUINN), policy: alone })).toBe(
      "refused: To confirm it takes `write`; you have `read` here. @otto or @dora could.",
    );
    expect(words("/confirm checks", { ...asIt({ id: 99, login: "zoe" }), policy: alone })).toContain("you have `none`");
  });

  it("is nobody's once who asked has no say any more", () => {
    expect(words("/confirm checks", { ...asIt(OTTO), policy: named({ "release-manager": ["otto"] }) })).toBe(
      "refused: rita, who asked for it, is no release manager any more: one who is asks for it anew.",
    );
  });

  it("is about what was asked for, for this very commit", () => {
    const nobody = `refused: Nobody asked to override \`checks\` for ${short(HEAD)}: a release manager does, with \`/override checks because …\`.`;
    expect(words("/confirm checks", { by: OTTO })).toBe(nobody);
    const elsewhere = [{ head: at("before") }, { base: branch("staging") }, { gate: "window" }, { number: 13 }];
    for (const more of elsewhere)
      expect(words("/confirm checks", { by: OTTO, standing: [overriding({ confirmed: null, ...more })] })).toBe(nobody);
    expect(words("/confirm checks", { ...asIt(OTTO), judged: at("before") })).toMatch(/^refused: It was written when/);
    const passed = { ...VERDICT, findings: [gate("checks", "passed")] };
    expect(words("/confirm checks", { ...asIt(OTTO), pull: { verdict: passed } })).toBe(
      "refused: `checks` has passed; no gate can be overridden here now.",
    );
  });

  it("is said once", () => {
    const verdict = { ...VERDICT, findings: [gate("checks", "overridden")] };
    expect(words("/confirm checks", { by: OTTO, standing: [overriding()], pull: { verdict } })).toBe(
      `done: \`checks\` is overridden for ${short(HEAD)} already, by rita, confirmed by otto.`,
    );
  });

  it("waits while GitHub does not say who may", () => {
    for (const by of [OTTO, DORA])
      expect(says("/confirm checks", { ...asIt(by), facts: { collaborators: SILENT } })).toBeNull();
  });

  it("is listed for whoever could agree", () => {
    const confirm = commandNamed("confirm");
    const facts = { collaborators: known(PEOPLE) };
    const on = (by: Person, standing = [WAITS], more: On = {}) =>
      confirm?.allows(onRelease({ by, standing, policy: named(), facts, pull: { base: branch("staging") }, ...more }));
    expect(on(OTTO)).toBe("yes");
    expect(on(OTTO, [overriding({ number: 13, confirmed: null })])).toMatchObject({ came: "refused" });
    expect(on(OTTO, [overriding()])).toMatchObject({ came: "refused" });
    expect(on(DORA)).toMatchObject({ came: "refused" });
    expect(on(RITA)).toMatchObject({ came: "refused" });
    expect(on(OTTO, [WAITS], { facts: { collaborators: SILENT } })).toBe("unread");
    const { pull: _, ...elsewhere } = onRelease({ by: OTTO, standing: [WAITS], policy: named(), facts });
    expect(confirm?.allows({ ...elsewhere, pull: null })).toMatchObject({ came: "refused" });
  });
});

describe("/override close N", () => {
  const close = "/override close 44 because the build is green";

  it("is said on its issue or elsewhere, by quality or a release manager who took no part", () => {
    const standing = [overriding()];
    const came = done(says(close, { by: QUINN, standing }, true));
    expect(came).toEqual({
      came: "done",
      says: "The override of `checks` on #12 is closed: the build is green. It lets nothing through any more.",
      entries: [
        {
          what: "closed",
          actor: "quinn",
          about: "pull:42:12",
          says: { key: WAITS.key, because: "quinn closed it: the build is green" },
        },
      ],
      nudges: [
        { priority: "person", subject: { kind: "pull", repository: REPOSITORY, number: 12 } },
        { priority: "bulk", openPulls: { repository: REPOSITORY, base: "master" } },
      ],
    });
    const third = named({ "release-manager": ["rita", "otto", "dora"] });
    expect(done(says("/override CLOSE #44 because x", { by: DORA, standing, policy: third })).entries).toHaveLength(1);
    expect(words(close, { by: ERIN, standing })).toBe(
      "refused: This needs somebody in quality or a release manager; you have `read` here. @quinn, @rita or @otto could.",
    );
    expect(says(close, { by: QUINN, standing, facts: { collaborators: SILENT } })).toBeNull();
    const read = commandNamed("override")?.read(commandsIn(close)[0] as Written, NOW);
    if (read === undefined || "not" in read) throw new Error("it is not understood");
    const facts = { collaborators: SILENT };
    expect(read.act(onRelease({ by: RITA, standing, policy: named(), facts }))).toBeNull();
  });

  it("is not for who took part, while anybody else could", () => {
    const standing = [overriding()];
    const no = "refused: You took part in it: somebody in quality, or a release manager who did not, closes it.";
    expect(words(close, { by: RITA, standing })).toBe(`${no} @quinn could.`);
    expect(words(close, { by: OTTO, standing })).toBe(`${no} @quinn could.`);
    // Two people alone, both in quality as they may write.
    const facts = { collaborators: known([right(RITA, "maintain"), right(OTTO, "write")]) };
    expect(done(says(close, { by: OTTO, standing, policy: named({ quality: null }), facts })).entries).toHaveLength(1);
    expect(words(close, { by: OTTO, standing, policy: named({ quality: ["nobody"] }) })).toBe(
      `${no} Nobody could today.`,
    );
    expect(words(close, { by: OTTO, standing: [overriding({ by: QUINN })] })).toBe(`${no} @rita could.`);
  });

  it("takes the number of the pull request where GitHub took no issue, and closes all of those", () => {
    const lost = [
      overriding({ issue: null }),
      overriding({ issue: null, gate: "window" }),
      overriding({ gate: "backup" }),
    ];
    const came = done(says("/override close 12 because x", { by: QUINN, standing: lost }));
    expect(came.says).toBe(
      "The override of `checks` and `window` on #12 is closed: x. It lets nothing through any more.",
    );
    expect(came.entries).toHaveLength(2);
  });

  it("names those that are open", () => {
    expect(words(close, { by: QUINN, standing: [WAITS] })).toBe(
      "refused: No open override has the number 44: none is open.",
    );
    const standing = [
      overriding({ issue: 7 }),
      overriding({ number: 9, issue: null, confirmed: { by: OTTO, at: NOW, due: DUE } }),
    ];
    expect(words(close, { by: QUINN, standing })).toBe(
      "refused: No open override has the number 44: open are #7 and #9.",
    );
  });
});
