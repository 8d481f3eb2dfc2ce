import { describe, expect, it } from "@jest/globals";
import { commandNamed } from "../../src/commands/catalog.ts";
import type { Came, OnPull } from "../../src/commands/command.ts";
import { commandsIn, type Written } from "../../src/commands/grammar.ts";
import type { Fact } from "../../src/flow/facts.ts";
import { branch, instant, later } from "../../src/flow/names.ts";
import { dataImpact } from "../../src/release/data-impact.ts";
import { at, known, LATER, NOW, policy, unknown } from "../builders.ts";
import { DORA, OLGA, OTTO, QUINN, RITA } from "../gates/asking.ts";
import { attested, waiver } from "../release/attested.ts";
import { item } from "../release/walks.ts";
import { BLOB, BROUGHT, HEAD, ITEMS, type On, onRelease, PATH, runBook, walkedBefore, word } from "./walking.ts";

/** What comes of one line on a release. */
function says(line: string, on: On = {}): Came | string | null {
  const [written] = commandsIn(line) as [Written];
  const command = commandNamed(written.name);
  if (command === undefined) throw new Error(`there is no /${written.name}`);
  const read = command.read(written, NOW);
  if ("not" in read) return read.not;
  const asked = onRelease(on);
  const may = command.allows(asked);
  return may === "yes" ? read.act(asked as OnPull) : may === "unread" ? null : may;
}
const opened = (came: Came | string | null) =>
  typeof came === "object" && came?.came === "done" ? (came.entries ?? []) : [];

const BOOK = `run-book ${PATH} ${BLOB}`;
const SILENT = unknown("GitHub answered 502.");
const byOtto: On = { by: OTTO };

describe("Every command about items", () => {
  it("is for releases and hotfixes", () => {
    for (const line of ["/done P1", "/undo P1", "/skip P1 because x", "/confirm P1", "/fail P1 because x"]) {
      expect(word(says(line, { pull: { base: branch("staging") } }))).toBe(
        "refused: A run-book is walked on a release or a hotfix: a pull request into `master`. This one goes into `staging`.",
      );
      expect(says(line, { facts: { [BOOK]: undefined } })).toBeNull();
    }
    expect(commandNamed("done")?.allows({ ...onRelease(), pull: null })).toEqual({
      came: "refused",
      says: "A run-book is walked on a release or a hotfix: a pull request into `master`. This is no pull request.",
    });
  });

  it("needs a run-book", () => {
    expect(word(says("/done P1", { pull: { body: "Run-book: gone.md" } }))).toBe(
      "refused: The run-book gone.md is not in this commit. Commit it on the branch, or link another file.",
    );
  });

  it.each([
    ["/done Q1", /^refused: `Q1` names no item/],
    ["/done P10", "refused: There is no `P10`: the run-book has 9 items."],
    ["/done P4", "refused: `P4` is done when those below it are: `P5`, `P6`."],
    ["/done P7", "refused: `P7` is not asked for: there is no database."],
    ["/done P8", "refused: `P8` belongs to the rollback, which is walked only when a release is taken back."],
  ])("refuses %s", (line, refusal) => {
    const came = says(line, byOtto);
    if (typeof refusal === "string") expect(word(came)).toBe(refusal);
    else expect(word(came)).toMatch(refusal);
    expect(opened(came)).toEqual([]);
  });

  it("asks who may", () => {
    expect(word(says("/done S1"))).toBe("done: Done: `S1`.");
    expect(word(says("/done S1", { by: QUINN }))).toContain("This needs `write` on the repository; you have `read`.");
    expect(word(says("/done P1"))).toContain("This needs somebody in operations; you have `write` here.");
    expect(says("/done P1", { facts: { collaborators: SILENT } })).toBeNull();
    // To a team, in both walks.
    expect(word(says("/done S3 P3", { by: OLGA }))).toBe("done: Done: `S3`, `P3`.");
    expect(word(says("/done P3", byOtto))).toBe("refused: It belongs to @acme/data; nobody else does it.");
    expect(says("/done P3", { facts: { "team @acme/data": undefined } })).toBeNull();
    expect(word(says("/done P3", { facts: { "team @acme/data": known(null) } }))).toBe(
      "refused: It belongs to @acme/data, and there is no such team that Flowgate may see.",
    );
    // To one person, however the name is written, while they may write.
    expect(word(says("/done P6", byOtto))).toBe("done: Done: `P6`.");
    expect(word(says("/done P6"))).toBe("refused: It belongs to @Otto; nobody else does it.");
    expect(word(says("/done P6", { by: QUINN }))).toContain("This needs `write` on the repository");
    expect(says("/done P6", { facts: { collaborators: SILENT } })).toBeNull();
  });

  it("of a rehearsal is about the commit that was shown", () => {
    const on = { by: OTTO, judged: at("before") };
    const refusal = `refused: You tried ${at("before").slice(0, 7)}, and by now staging is at ${HEAD.slice(0, 7)}: try that.`;
    expect(word(says("/done S5", on))).toBe(refusal);
    expect(word(says("/done S1 P5", on))).toBe("done: Done: `S1`, `P5`.");
    expect(word(says("/done S5", { judged: null }))).toBe("done: Done: `S5`.");
  });

  it("is done to all or to none", () => {
    const came = says("/done S1 P1");
    expect(came).toMatchObject({ came: "refused" });
    expect(opened(came)).toEqual([]);
  });

  it("takes a range for the tasks in it, and refuses one that has none", () => {
    const on = { by: OTTO };
    expect(word(says("/done P6-P9", on))).toBe("done: Done: `P6`, `P9`.");
    expect(opened(says("/done P6-P9", on))).toHaveLength(2);
    expect(word(says("/done p7-P8", on))).toBe(
      "refused: `P8` belongs to the rollback, which is walked only when a release is taken back.",
    );
    expect(word(says("/done P6-P9 p7", on))).toBe("refused: `P7` is not asked for: there is no database.");
  });

  it("names ten", () => {
    const items = Array.from({ length: 12 }, (_, place) => item(place + 1));
    expect(word(says("/done S1-S12", { facts: { [BOOK]: known(runBook(items)) } }))).toBe(
      "done: Done: `S1`, `S2`, `S3`, `S4`, `S5`, `S6`, `S7`, `S8`, `S9`, `S10` and 2 more.",
    );
  });
});

describe("On its page an item", () => {
  const saw = { blob: BLOB, head: HEAD, state: "open", since: null } as const;
  const done = walkedBefore("P1", { state: "done", by: OLGA, at: NOW });

  it("is done as by a comment", () => {
    const [page, comment] = [{ saw }, {}].map((on) => says("/done P1", { by: OTTO, ...on }));
    expect(page).toEqual(comment);
  });

  it("of a run-book that has changed since is another item", () => {
    const older = { ...saw, blob: at("an older run-book") };
    expect(word(says("/done P1", { by: OTTO, saw: older }))).toBe(
      "refused: The run-book has changed since that page was loaded: look at it again, and tick what it asks now.",
    );
  });

  it("that somebody else dealt with since is not touched", () => {
    const refused = (line: string, on: On) => word(says(line, { by: OTTO, ...on }));
    expect(refused("/done P1", { saw, standing: [done] })).toBe(
      "refused: By now `P1` is done, by olga: look at it again.",
    );
    const before = { ...saw, state: "done", since: instant(0) } as const;
    expect(refused("/undo P1", { saw: before, standing: [done] })).toBe(
      "refused: By now `P1` is done, by olga: look at it again.",
    );
    expect(refused("/undo P1", { saw: before })).toBe("refused: By now `P1` is open: look at it again.");
    const same = { ...saw, state: "done", since: NOW } as const;
    expect(refused("/undo P1", { saw: same, standing: [done] })).toBe("done: Open again: `P1`.");
    // Who may not is told so first.
    expect(word(says("/done P1", { saw, standing: [done] }))).toContain("This needs somebody in operations");
  });

  it("that was opened again since is open, whoever did that", () => {
    const opened = walkedBefore("P1", { state: "open", by: OLGA, at: NOW });
    expect(word(says("/done P1", { by: OTTO, saw, standing: [opened] }))).toBe("done: Done: `P1`.");
  });
});

describe("/done", () => {
  it("writes down who did it, when they wrote so, and what came out", () => {
    const came = says('/done p2 note="31 rows" url=https://example.com/run', { by: OTTO, now: LATER });
    expect(opened(came)).toEqual([
      {
        what: "opened",
        actor: "otto",
        about: "pull:42:12",
        says: walkedBefore("P2", {
          state: "done",
          by: OTTO,
          at: NOW,
          because: "31 rows",
          note: "31 rows",
          url: "https://example.com/run",
        }),
      },
    ]);
    expect(opened(says("/done P1", byOtto))).toMatchObject([{ says: { because: "otto did it", note: null } }]);
  });

  it("has the last word on clicks before it, and not on those after", () => {
    const click = (seconds: number) => ({
      by: DORA,
      at: instant(Date.parse(NOW) + seconds * 1000),
      ticked: true,
      shown: false,
      revision: 1,
    });
    const before = walkedBefore("P1", {
      state: "open",
      blob: at("older"),
      head: at("older"),
      clicks: [-1, 0, 1].map(click),
    });
    const came = opened(says("/done P1", { by: OTTO, standing: [before] }));
    expect(came).toMatchObject([{ says: { state: "done", blob: BLOB, head: HEAD, clicks: [click(1)] } }]);
  });

  it("asks for a result where the item does", () => {
    expect(word(says("/done S2"))).toBe('refused: `S2` asks for its result: `/done S2 note="…"`.');
    expect(word(says('/done S2 note=""'))).toBe('refused: `S2` asks for its result: `/done S2 note="…"`.');
  });

  it("lists what is open where no item is named", () => {
    const open = "`S1`, `S2`, `S3`, `S5`, `S6`, `P1`, `P2`, `P3`, `P5`, `P6`, `P9`";
    expect(word(says("/done"))).toBe(`done: Open: ${open.replace("`P1`", "`S9`, `P1`")}.`);
    expect(word(says("/done", { pull: { body: "" } }))).toContain("refused: No run-book is linked.");
    expect(says("/done", { facts: { [BOOK]: undefined } })).toBeNull();
    const optional = runBook([item(1, { optional: true })]);
    expect(word(says("/done", { facts: { [BOOK]: known(optional) } }))).toBe("done: Every item is done.");
    const many = runBook(Array.from({ length: 21 }, (_, place) => item(place + 1)));
    expect(word(says("/done", { facts: { [BOOK]: known(many) } }))).toMatch(/`P19` and 2 more\.$/);
  });

  it.each([
    ["/done P1 because it is", '`/done` takes a remark as `note="…"`.'],
    ['/done P1 note="a" NOTE="b"', "`note` and `url` stand there once."],
    [`/done P1 note="${"a".repeat(1001)}"`, "`note` and `url` take 1000 characters at most."],
    [`/done P1 url=https://${"a".repeat(1000)}`, "`note` and `url` take 1000 characters at most."],
    ["/done P1 url=http://example.com", "`url` begins with `https://`."],
    ['/done P1 url="https://example.com and more"', "`url` begins with `https://`."],
    ["/undo", "Which item?"],
    ["/skip because x", "Which item?"],
    ["/confirm", "Which gate, or which item?"],
    ["/confirm checks backup", "It takes one gate, and no “backup”."],
    ["/fail because x", "Which item?"],
    ["/skip P1", "It goes on record, so it needs its reason: end the line with `because …`."],
    ["/fail P1 because", "It goes on record, so it needs its reason: end the line with `because …`."],
    ["/confirm P1 because x", "`/confirm` takes no reason."],
  ])("and the others do not understand %s", (line, not) => {
    expect(says(line)).toBe(not);
  });
});

describe("The first item of the deployment", () => {
  const files = [{ path: "db/migrate/1_add.rb", before: null, blob: at("one"), destructive: [] }];
  const carries = known({ ...BROUGHT, changes: { files, whole: true } });
  const { data } = dataImpact({
    policy: policy(),
    comparison: { ...BROUGHT, changes: { files, whole: true } },
    pull: { body: null, dataLabel: false },
    mayAffect: [],
  });
  /** Otto does P3, which anybody in operations may, on a release that changes data. */
  const deploys = (on: On = {}, line = "/done P3") =>
    says(line, {
      by: OTTO,
      ...on,
      facts: {
        [BOOK]: known(runBook(ITEMS.map((one) => ({ ...one, owner: null })))),
        [`compare ${at("master")} ${HEAD}`]: carries,
        ...on.facts,
      },
    });
  const backup = attested({ data });
  const OLD = later(NOW, -30 * 3_600_000);
  const stop = (lacks: string, system = "SYSTEM") =>
    `refused: Stop: \`P3\` begins the deployment, and there is no valid backup to go back to: ${lacks}. @olga or @otto makes one and writes \`/attest backup system=${system} id=BACKUP-ID at=YYYY-MM-DDTHH:MM:SSZ\` here; then it is ticked again. Where no data is affected they say \`/attest no-data-impact because …\`.`;
  const aged = stop("the newest backup of `postgres-main` is 30 h old, and 24 h is the limit", "postgres-main");

  it("needs a backup that is valid then", () => {
    expect(word(deploys())).toBe(stop("no backup is attested"));
    expect(word(deploys({ standing: [backup] }))).toBe("done: Done: `P3`.");
    expect(word(deploys({ standing: [attested({ data, finished: OLD })] }))).toBe(aged);
    expect(word(deploys({ standing: [waiver({ data })] }))).toBe("done: Done: `P3`.");
    // Its owner does it, and operations have to see to the backup.
    const owned = (collaborators: Fact<unknown> | undefined) =>
      deploys({ by: OLGA, facts: { [BOOK]: known(runBook(ITEMS)), collaborators } });
    expect(word(owned(known([])))).toContain("Somebody in operations makes one and writes");
    expect(owned(undefined)).toBeNull();
  });

  it("is held against what was merged, and what served it", () => {
    const merge = at("merge");
    const on = (standing: On["standing"] = []): On => ({
      standing,
      pull: { mergeCommit: merge, baseHead: merge },
      facts: {
        [`compare ${at("master")} ${HEAD}`]: undefined,
        [`parents ${merge}`]: known([at("before"), HEAD]),
        [`compare ${at("before")} ${HEAD}`]: carries,
      },
    });
    expect(word(deploys(on([attested({ data, served: 12, number: 11 })])))).toBe("done: Done: `P3`.");
    expect(word(deploys(on([attested({ data, served: 12, finished: OLD })])))).toBe(aged);
    expect(word(deploys(on()))).toBe(stop("no backup is attested"));
    expect(deploys({ ...on(), facts: { ...on().facts, [`parents ${merge}`]: undefined } })).toBeNull();
  });

  it("is not asked where no backup is, nor of what comes after it", () => {
    const none = { facts: { [`compare ${at("master")} ${HEAD}`]: known(BROUGHT) } };
    expect(word(deploys(none))).toBe("done: Done: `P3`.");
    expect(word(deploys({ ...none, policy: { ...onRelease().policy, backup: policy().backup } }))).toBe(
      stop("no backup is attested"),
    );
    expect(word(deploys({ policy: { ...onRelease().policy, enforcement: "observe" } }))).toBe("done: Done: `P3`.");
    for (const line of ["/done P1 P5 S3", "/undo P3", "/skip P3 because x", "/fail P3 because x"])
      expect(word(deploys({}, line))).toMatch(/^done/);
    const done = walkedBefore("P3", { state: "done" });
    expect(word(deploys({ standing: [done] }))).toBe("done: Done: `P3`.");
  });
});

describe("/undo", () => {
  it("opens again", () => {
    const standing = [walkedBefore("P1", { state: "done", note: "fine" })];
    const came = says("/undo P1", { by: OTTO, standing });
    expect(word(came)).toBe("done: Open again: `P1`.");
    expect(opened(came)).toMatchObject([
      { says: { state: "open", by: OTTO, note: null, because: "otto opened it again" } },
    ]);
    expect(opened(says("/undo P1 because it was P2", byOtto))).toMatchObject([{ says: { because: "it was P2" } }]);
  });
});

describe("/skip and /confirm", () => {
  it("need two people before the merge and for tests, and one else", () => {
    const asks = says("/skip P1 P9 because it is quiet", byOtto);
    expect(word(asks)).toBe(
      "done: To be skipped: `P1`, `P9`. Somebody else who may tick it confirms with `/confirm P1 P9`.",
    );
    expect(opened(asks)).toMatchObject([{ says: { state: "skip-asked" } }, { says: { state: "skipped", by: OTTO } }]);
    expect(word(says("/skip P9 because it is quiet", byOtto))).toBe("done: Skipped: `P9`.");
    expect(opened(says("/skip P5 because x", byOtto))).toMatchObject([{ says: { state: "skip-asked" } }]);
  });

  it("agree by somebody else", () => {
    const standing = [walkedBefore("P1", { state: "skip-asked", by: OTTO, because: "it is quiet" })];
    const agreed = says("/confirm P1", { by: OLGA, standing });
    expect(word(agreed)).toBe("done: Skipped, as agreed: `P1`.");
    expect(opened(agreed)).toMatchObject([
      { actor: "olga", says: { state: "skipped", by: OTTO, confirmedBy: OLGA, because: "it is quiet" } },
    ]);
    expect(word(says("/confirm P1", { by: OTTO, standing }))).toBe(
      "refused: You asked to skip `P1` yourself; somebody else confirms it.",
    );
    expect(word(says("/confirm P2", { by: OLGA, standing }))).toBe(
      "refused: Nobody asked to skip `P2`: `/skip P2 because …` does.",
    );
    // Who asked is not known any more.
    const lost = [walkedBefore("P1", { state: "skip-asked", by: null })];
    expect(opened(says("/confirm P1", { by: OLGA, standing: lost }))).toMatchObject([{ says: { by: OLGA } }]);
  });
});

describe("/fail", () => {
  it("says so, with its reason", () => {
    const came = says("/fail P5 because nobody can log in", byOtto);
    expect(word(came)).toMatch(/^done: Failed: `P5`\. The release waits/);
    expect(opened(came)).toMatchObject([{ says: { state: "failed", because: "nobody can log in" } }]);
  });
});

describe("/runbook", () => {
  it("names the file", () => {
    expect(says(`/runbook ${PATH}`)).toEqual({
      came: "done",
      says: `The run-book of #12 is \`${PATH}\`.`,
      entries: [
        {
          what: "opened",
          actor: "dora",
          about: "pull:42:12",
          says: {
            kind: "link",
            key: "link:42:12",
            by: DORA,
            at: NOW,
            because: "dora named it",
            repository: 42,
            number: 12,
            path: PATH,
            body: `Run-book: ${PATH}`,
          },
        },
      ],
    });
    expect(opened(says("/run-book a%20b.md", { pull: { body: null } }))).toMatchObject([
      { says: { path: "a b.md", body: "" } },
    ]);
  });

  it.each([
    ["/runbook", "Which file? It needs a path from the root of the repository."],
    ["/runbook a.md b.md", "`/runbook` takes one path; write a blank in it as `%20`."],
    ["/runbook a.md because x", "`/runbook` takes one path; write a blank in it as `%20`."],
    ["/runbook ../../x", "refused: `../../x` leads out of acme/api; a run-book lies in the repository itself."],
    ["/runbook a//b.md", "refused: `a//b.md` is no path to a file of the repository."],
    ['/runbook ""', "refused: `` is no path."],
  ])("refuses %s", (line, refusal) => {
    expect(word(says(line))).toBe(refusal);
  });

  it("is for whoever may write", () => {
    expect(word(says(`/runbook ${PATH}`, { by: QUINN }))).toContain("This needs `write`");
    expect(word(says(`/runbook ${PATH}`, { by: RITA }))).toContain("done:");
  });
});
