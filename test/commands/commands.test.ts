import { describe, expect, it } from "@jest/globals";
import { ALL, commandNamed } from "../../src/commands/catalog.ts";
import { type Asked, type Came, mayByRole, type OnPull } from "../../src/commands/command.ts";
import { commandsIn, type Written } from "../../src/commands/grammar.ts";
import { momentOf } from "../../src/commands/moment.ts";
import { type Answers, type Fact, wantKey } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch, installationId, type Person } from "../../src/flow/names.ts";
import type { Standing, StandingOf } from "../../src/flow/standing.ts";
import { at, known, LATER, NOW, policy, REPOSITORY, unknown } from "../builders.ts";
import { DORA, ERIN, OTTO, QUINN, RITA, right } from "../gates/asking.ts";
import { word } from "./walking.ts";

const PEOPLE: Answers["collaborators"] = [
  right(DORA, "write"),
  right(ERIN, "write"),
  right(OTTO, "admin"),
  right(RITA, "maintain"),
  right(QUINN, "read"),
];
const NAMED = policy({
  roles: { "release-manager": ["rita"], operations: null, quality: null, engineering: ["erin"] },
});
type World = {
  readonly by?: Person;
  readonly standing?: readonly Standing[];
  readonly unexplained?: Asked["unexplained"];
  readonly onIssue?: boolean;
  readonly judged?: Asked["judged"];
  readonly base?: string;
  readonly people?: Fact<unknown>;
  readonly policy?: Asked["policy"];
  readonly organisation?: Asked["organisation"];
};

/** What comes of one line. */
function says(
  line: string,
  { by = RITA, standing = [], onIssue = false, people, judged, base = "development", ...more }: World = {},
): Came | string | null {
  const [written] = commandsIn(line) as [Written];
  const command = commandNamed(written.name);
  if (command === undefined) throw new Error(`there is no /${written.name}`);
  const read = command.read(written, NOW);
  if ("not" in read) return read.not;
  const facts = new Map([[wantKey({ want: "collaborators" }), people ?? known(PEOPLE)]]);
  const asked: Asked = {
    by,
    at: NOW,
    now: NOW,
    repository: REPOSITORY,
    installation: installationId(1),
    pull: onIssue
      ? null
      : {
          number: 12,
          state: "open",
          draft: false,
          fork: false,
          head: at("login"),
          base: branch(base),
          ref: branch("staging"),
          author: RITA,
          baseHead: at(base),
          sourceHead: null,
          lane: null,
          verdict: null,
          body: null,
          dataLabel: false,
          mergeCommit: null,
        },
    name: "acme/api",
    web: "https://github.com",
    policy: more.policy ?? NAMED,
    organisation: more.organisation ?? policy(),
    standing,
    unexplained: more.unexplained ?? [],
    judged: judged === undefined ? at("login") : judged,
    comment: 900,
    saw: null,
    review: null,
    spent: [],
    mayAffect: [],
    lastRelease: null,
    look: looking(facts),
  };
  const may = (read.allows ?? command.allows)(asked);
  if (may !== "yes") return may === "unread" ? null : may;
  return read.act(asked as OnPull);
}
const SILENT = unknown("GitHub answered 502.");
const opened = (came: Came | string | null) =>
  typeof came === "object" && came?.came === "done"
    ? (came.entries ?? []).map(({ what, says }) => [what, says["key"]])
    : [];

const held = (by: Person | null, because = "wait"): Standing => ({
  kind: "hold",
  key: "hold:42:12",
  by,
  at: NOW,
  because,
  repository: REPOSITORY,
  number: 12,
});
const elsewhere: Standing = { ...held(RITA), key: "hold:42:13", number: 13 } as Standing;

describe("/hold and /unhold", () => {
  it("hold for whoever may write", () => {
    const came = says("/hold because the vendor looks first", { by: DORA });
    expect(came).toEqual({
      came: "done",
      says: "#12 is held: the vendor looks first. `/unhold` lifts it.",
      entries: [
        {
          what: "opened",
          actor: "dora",
          about: "pull:42:12",
          says: { ...held(DORA, "the vendor looks first") },
        },
      ],
      nudges: [{ priority: "person", openPulls: { repository: REPOSITORY, head: at("login"), base: "development" } }],
    });
    expect(word(says("/hold"))).toBe("done: #12 is held: no reason was given. `/unhold` lifts it.");
    expect(word(says("/hold because"))).toBe("done: #12 is held: no reason was given. `/unhold` lifts it.");
    expect(word(says("/hold", { by: QUINN }))).toBe(
      "refused: This needs `write` on the repository; you have `read`. @dora, @erin, @otto or @rita could.",
    );
    expect(word(says("/hold", { by: { id: 99, login: "zoe" } }))).toContain("you have `none`");
    expect(says("/hold", { people: SILENT })).toBeNull();
    expect(says("/hold please")).toBe("`/hold` takes no “please”.");
  });

  it("hold once, and anew for another reason", () => {
    const standing = [elsewhere, held(RITA)];
    expect(says("/hold because wait", { standing })).toEqual({ came: "done", says: "#12 is held by you already." });
    expect(opened(says("/hold because of the audit", { standing }))).toEqual([["opened", "hold:42:12"]]);
    expect(opened(says("/hold because wait", { standing, by: OTTO }))).toEqual([["opened", "hold:42:12"]]);
  });

  it("lift it with at least the right of the one who set it", () => {
    expect(word(says("/unhold", { standing: [elsewhere] }))).toBe("done: #12 was not held.");
    expect(opened(says("/unhold", { standing: [held(DORA)], by: ERIN }))).toEqual([["closed", "hold:42:12"]]);
    expect(word(says("/unhold", { standing: [held(RITA)], by: DORA }))).toBe(
      "refused: This needs `maintain` on the repository; you have `write`. @otto or @rita could.",
    );
    expect(opened(says("/unhold", { standing: [held(RITA)], by: OTTO }))).toHaveLength(1);
    expect(opened(says("/unhold", { standing: [held({ id: 99, login: "gone" })], by: DORA }))).toHaveLength(1);
    expect(opened(says("/unhold", { standing: [held(null)], by: DORA }))).toHaveLength(1);
    expect(says("/unhold", { people: SILENT })).toBeNull();
    expect(says("/unhold now")).toBe("`/unhold` takes no “now”.");
  });
});

describe("/freeze and /unfreeze", () => {
  const frozen = (key: string): Standing => ({
    kind: "freeze",
    key,
    by: RITA,
    at: NOW,
    because: "x",
    of: { repository: REPOSITORY },
    stage: branch("staging"),
    until: null,
  });

  it("close a stage for a release manager's time", () => {
    expect(says("/freeze staging until 10m because quarter close")).toMatchObject({
      came: "done",
      says: "`staging` is frozen until 2026-11-24 09:50 UTC: quarter close. `/unfreeze staging` lifts it.",
      entries: [
        {
          what: "opened",
          about: "component:42",
          says: { kind: "freeze", key: "freeze:42:staging", of: { repository: 42 }, stage: "staging", until: LATER },
        },
      ],
      nudges: [{ priority: "bulk", openPulls: { repository: REPOSITORY, base: "staging" } }],
    });
    expect(word(says("/freeze staging because x", { onIssue: true }))).toBe(
      "done: `staging` is frozen: x. `/unfreeze staging` lifts it.",
    );
    expect(word(says("/freeze staging because x", { by: OTTO }))).toBe(
      "refused: This needs a release manager; you have `admin` here. @rita could.",
    );
    expect(word(says("/freeze nowhere because x"))).toBe(
      "refused: There is no stage of that name. The stages are `development`, `staging` and `master`.",
    );
    expect(says("/freeze staging because x", { people: SILENT })).toBeNull();
  });

  it("close it everywhere for one whom the organisation's own config names", () => {
    const organisation = policy({ roles: { ...NAMED.roles, "release-manager": ["otto"] } });
    const came = says("/freeze staging all because x", { organisation, by: OTTO });
    expect(came).toMatchObject({
      says: "`staging` is frozen in all components: x. `/unfreeze staging all` lifts it.",
      entries: [{ says: { key: "freeze:installation:1:staging", of: { installation: 1 } } }],
      nudges: [{ priority: "bulk", installation: 1 }],
    });
    expect(word(says("/freeze staging all because x", { organisation }))).toMatch(
      /^refused: This needs a release manager/,
    );
    expect(says("/freeze staging all because x", { organisation, people: SILENT })).toBeNull();
    const team = policy({ roles: { ...NAMED.roles, "release-manager": ["@acme/release-managers"] } });
    expect(says("/freeze staging all because x", { organisation: team })).toBeNull();
  });

  it("open it again", () => {
    const standing = [frozen("freeze:42:staging"), frozen("freeze:installation:1:staging")];
    expect(says("/unfreeze staging", { standing })).toMatchObject({
      says: "`staging` is not frozen any more.",
      entries: [{ what: "closed", actor: "rita", says: { key: "freeze:42:staging", because: "lifted by rita" } }],
    });
    const organisation = NAMED;
    expect(says("/unfreeze staging all", { standing, organisation })).toMatchObject({
      says: "`staging` is not frozen any more in all components.",
      nudges: [{ priority: "bulk", installation: 1 }],
    });
    expect(word(says("/unfreeze staging"))).toBe("done: `staging` was not frozen.");
    expect(word(says("/unfreeze staging all", { organisation }))).toBe(
      "done: `staging` was not frozen in all components.",
    );
  });

  it.each([
    ["/freeze", "Which stage? `/freeze STAGE …`."],
    ["/freeze staging", "A freeze needs its reason: end the line with `because …`."],
    ["/freeze staging because", "A freeze needs its reason: end the line with `because …`."],
    ["/freeze staging now because x", "`/freeze` does not know what “now” is."],
    [
      "/freeze staging until because x",
      "“” is no time: write `until 4h`, `until 2026-11-25` or `until 2026-11-25T18:00:00Z`.",
    ],
    ["/freeze staging until 2026-11-23 because x", "2026-11-24 00:00 UTC is over already."],
    ["/unfreeze staging until 4h", "`/unfreeze` takes no time: it lifts the freeze at once."],
    ["/unfreeze", "Which stage? `/unfreeze STAGE …`."],
  ])("do not understand %s", (line, not) => {
    expect(says(line)).toBe(not);
  });
});

describe("/accept", () => {
  const commit = at("pushed");
  const deviation = (by: Person | null, stage = "staging", after = commit): StandingOf<"deviation"> => ({
    kind: "deviation",
    key: `deviation:42:${stage}:${after}`,
    by,
    at: NOW,
    because: "It was pushed",
    repository: REPOSITORY,
    stage: branch(stage),
    push: { how: "push", before: at("a"), after, by: null, commits: 1, at: NOW },
  });
  const line = `/accept ${commit.slice(0, 7).toUpperCase()} because reviewed now`;

  it("is done by somebody who did not push it", () => {
    const standing = [
      deviation(DORA),
      deviation(DORA, "development"),
      deviation(DORA, "staging", at("other")),
      held(RITA),
    ];
    expect(says(line, { standing, onIssue: true })).toMatchObject({
      came: "done",
      says: `${commit.slice(0, 7)} is accepted: reviewed now.`,
      entries: [
        {
          what: "closed",
          actor: "rita",
          about: "stage:42:staging",
          says: { because: "accepted by rita: reviewed now" },
        },
        { what: "closed", about: "stage:42:development" },
      ],
      nudges: [
        { priority: "person", subject: { kind: "stage", branch: "staging" } },
        { priority: "person", subject: { kind: "stage", branch: "development" } },
      ],
    });
    expect(opened(says(line, { standing, by: ERIN }))).toHaveLength(2);
    expect(word(says(line, { standing: [deviation(RITA)] }))).toBe(
      "refused: Who did it does not accept it: somebody else has to.",
    );
    expect(opened(says(line, { standing: [deviation(null)] }))).toHaveLength(1);
    expect(word(says(line, { standing, by: OTTO }))).toBe(
      "refused: This needs a release manager or somebody in engineering; you have `admin` here. @rita or @erin could.",
    );
    expect(word(says(line))).toBe(`refused: Nothing of ${commit.slice(0, 7).toLowerCase()} waits to be accepted here.`);
    expect(says(line, { people: SILENT })).toBeNull();
  });

  it("is done at once, before the ten minutes are over that GitHub is given to explain it", () => {
    const unexplained = [deviation(DORA, "development"), deviation(DORA, "development", at("other"))];
    const early = { says: `${commit.slice(0, 7)} is accepted: reviewed now.`, came: "done" };
    const [opens, closes] = [
      { what: "opened", actor: "dora", about: "stage:42:development", says: { key: unexplained[0]?.key } },
      { what: "closed", actor: "rita", about: "stage:42:development" },
    ];
    expect(says(line, { unexplained })).toMatchObject({ ...early, entries: [opens, closes] });
    expect(says(line, { unexplained, standing: [deviation(DORA, "development")] })).toMatchObject({
      ...early,
      entries: [closes],
    });
    expect(word(says(line, { unexplained: [deviation(RITA, "development")] }))).toMatch(/^refused: Who did it/);
  });

  it("of what was merged into the last stage has that released", () => {
    const merged = (stage: string) => ({ ...deviation(DORA, stage), merged: 12 }) as Standing;
    expect(says(line, { standing: [merged("master")], onIssue: true })).toMatchObject({
      came: "done",
      says: `${commit.slice(0, 7)} is accepted: reviewed now. What #12 brought makes a release now.`,
      entries: [
        { what: "closed", about: "stage:42:master" },
        {
          what: "opened",
          actor: "rita",
          about: "pull:42:12",
          says: { kind: "accepted", key: "accepted:42:12", number: 12, commit },
        },
      ],
      nudges: [{}, { priority: "person", subject: { kind: "pull", number: 12 } }],
    });
    const gone = { ...deviation(DORA, "master"), push: { how: "deletion", before: commit, after: null } } as Standing;
    for (const other of [merged("staging"), gone])
      expect(says(line, { standing: [other], onIssue: true })).toMatchObject({
        says: `${commit.slice(0, 7)} is accepted: reviewed now.`,
      });
  });

  it("is of what was done by hand to a release, by its commit", () => {
    const edited = (by: Person, tag: string, of = commit): Standing => ({
      kind: "deviation",
      key: `deviation:42:master:release:${tag}:edited:${by.id}`,
      by,
      at: NOW,
      because: "It was edited",
      repository: REPOSITORY,
      stage: branch("master"),
      touched: { did: "edited", tag, commit: of, ended: "released", at: NOW },
    });
    const standing = [edited(DORA, "v1.4.0"), edited(DORA, "v1.3.0", at("before"))];
    expect(says(line, { standing, onIssue: true })).toMatchObject({
      came: "done",
      entries: [
        { what: "closed", about: "stage:42:master", says: { key: "deviation:42:master:release:v1.4.0:edited:5" } },
      ],
      nudges: [{ subject: { kind: "stage", branch: "master" } }],
    });
    // Two did the same: neither of them accepts it.
    expect(word(says(line, { standing: [...standing, edited(RITA, "v1.4.0")] }))).toBe(
      "refused: Who did it does not accept it: somebody else has to.",
    );
  });

  it.each([
    ["/accept because x", "Which commit? `/accept COMMIT because …`, with at least its first seven digits."],
    ["/accept abc123 because x", "Which commit? `/accept COMMIT because …`, with at least its first seven digits."],
    ["/accept abc1234 def5678 because x", "`/accept` takes one commit, and no “def5678”."],
    ["/accept abc1234", "It goes on record, so it needs its reason: end the line with `because …`."],
    ["/accept abc1234 because", "It goes on record, so it needs its reason: end the line with `because …`."],
  ])("does not understand %s", (asked, not) => {
    expect(says(asked)).toBe(not);
  });
});

describe("/attest readiness", () => {
  const line = "/attest Readiness because all of it was tested";
  const head = at("login").slice(0, 7);
  const release = { base: "master" } as const;

  it("is quality's word on the commit that they saw", () => {
    expect(says(line, release)).toMatchObject({
      came: "done",
      says: `${head} is ready by rita's word: all of it was tested. It counts for this commit, and while the comment stays as it is.`,
      entries: [
        {
          what: "opened",
          about: "pull:42:12",
          says: {
            kind: "attestation",
            key: "attestation:readiness:42:12",
            what: "readiness",
            head: at("login"),
            number: 12,
            comment: 900,
          },
        },
      ],
      nudges: [{ priority: "person", openPulls: { repository: REPOSITORY, head: at("login"), base: "master" } }],
    });
    expect(word(says(line, { ...release, by: QUINN }))).toMatch(
      /^refused: This needs somebody in quality; you have `read` here\./,
    );
    expect(says(line, { ...release, people: SILENT })).toBeNull();
  });

  it("is about no other commit, and no other pull request than a release", () => {
    expect(word(says(line, { ...release, judged: null }))).toBe(
      `refused: ${head} was not judged yet when you wrote it; write it again.`,
    );
    expect(word(says(line, { ...release, judged: at("before") }))).toBe(
      `refused: You saw ${at("before").slice(0, 7)}, and by now the head is ${head}: look at that, and write it again.`,
    );
    expect(word(says(line))).toBe(
      "refused: It counts on a release: a pull request into `master`. This one goes into `development`.",
    );
  });

  it.each([
    [
      "/attest because x",
      "What is attested? It knows `backup`, `no-data-impact`, `no-data-transition`, `readiness` and `revoke`.",
    ],
    [
      "/attest weather because x",
      "What is attested? It knows `backup`, `no-data-impact`, `no-data-transition`, `readiness` and `revoke`, and no “weather”.",
    ],
    ["/attest readiness today because x", "`/attest readiness` takes no “today”."],
    ["/attest readiness", "It goes on record, so it needs its reason: end the line with `because …`."],
    ["/attest readiness because", "It goes on record, so it needs its reason: end the line with `because …`."],
  ])("does not understand %s", (asked, not) => {
    expect(says(asked)).toBe(not);
  });
});

describe("A role", () => {
  it("is not refused before it is read what the person may do otherwise", () => {
    const team = "@acme/operations";
    const facts = new Map([[wantKey({ want: "team", team }), known([])]]);
    const asked = { by: DORA, policy: policy({ roles: { ...NAMED.roles, operations: [team] } }), look: looking(facts) };
    expect(mayByRole(asked as unknown as Asked, ["operations"])).toBe("unread");
  });
});

describe("/gates and /help", () => {
  it("are for everybody", () => {
    for (const name of ["gates", "status", "recheck"])
      expect(says(`/${name}`, { by: QUINN })).toEqual({ came: "done", says: "Judged afresh.", table: true });
    expect(says("/gates all")).toBe("`/gates` takes no “all”.");
    expect(says("/help me")).toBe("`/help` takes no “me”.");
  });

  it("list what this person may do here now", () => {
    const shown = (world: World) => {
      const came = says("/help", world);
      if (typeof came !== "object" || came?.came !== "done") throw new Error("it is not done");
      const [own = "", rest = ""] = (came.shows as string).split("<details>");
      const names = (text: string) => [...text.matchAll(/^\| `\/(\w+)/gm)].map(([, name]) => name);
      return [names(own), names(rest)];
    };
    // Run-books are walked on releases.
    const walking = ["done", "undo", "skip", "confirm", "fail"];
    expect(shown({ by: QUINN })).toEqual([
      ["gates"],
      [
        "promote",
        "rollback",
        "runbook",
        ...walking,
        "override",
        "attest",
        "hold",
        "unhold",
        "freeze",
        "unfreeze",
        "accept",
      ],
    ]);
    expect(shown({ by: DORA })).toEqual([
      ["gates", "runbook", "override", "attest", "hold", "unhold"],
      ["promote", "rollback", ...walking, "freeze", "unfreeze", "accept"],
    ]);
    expect(shown({ by: RITA })).toEqual([
      [
        "promote",
        "rollback",
        "gates",
        "runbook",
        "override",
        "attest",
        "hold",
        "unhold",
        "freeze",
        "unfreeze",
        "accept",
      ],
      walking,
    ]);
    expect(shown({ by: RITA, base: "master" })[1]).toEqual([]);
    expect(shown({ by: RITA, onIssue: true })).toEqual([
      ["promote", "override", "freeze", "unfreeze", "accept"],
      ["rollback", "gates", "runbook", ...walking, "attest", "hold", "unhold"],
    ]);
    expect(says("/help", { people: SILENT })).toBeNull();
  });

  it("are written like all others: a name, how, who, and what in a sentence", () => {
    for (const { name, usage, does, who } of ALL) {
      expect(usage).toMatch(new RegExp(`^/${name}( |$)`));
      expect(does).toMatch(/^\p{Lu}.*\.$/u);
      expect(who).not.toBe("");
    }
  });

  it("name nobody where nobody could", () => {
    const nobody = policy({ roles: { ...NAMED.roles, "release-manager": ["nobody"], engineering: ["nobody"] } });
    expect(word(says("/accept abc1234 because x", { policy: nobody }))).toMatch(/Nobody could today\.$/);
  });
});

describe("A time", () => {
  it.each([
    ["10m", LATER],
    ["10M", LATER],
    ["2wd", "2026-11-26T09:40:00.000Z"],
    ["2026-11-25", "2026-11-26T00:00:00.000Z"],
    ["2026-11-25T18:00:00Z", "2026-11-25T18:00:00.000Z"],
    ["2026-11-25T18:00+01:00", "2026-11-25T17:00:00.000Z"],
    ["2026-11-31", null],
    ["2026-11-25T18:00:00", null],
    ["2026-13-45T18:00:00Z", null],
    ["tomorrow", null],
    ["", null],
  ])("%s", (text, moment) => {
    expect(momentOf(text, NOW)).toBe(moment);
  });
});
