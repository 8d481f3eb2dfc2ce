import { describe, expect, it } from "@jest/globals";
import { branch, later } from "../../src/flow/names.ts";
import { followsIn, type OwedTold, owedIssue } from "../../src/report/owed.ts";
import { NOW } from "../builders.ts";
import { ERIN, OLGA } from "../gates/asking.ts";

const engineering = {
  thing: { what: "hotfix-review", role: "engineering" },
  closed: null,
  could: [ERIN, OLGA],
} as const;
const quality = { thing: { what: "hotfix-review", role: "quality" }, closed: null, could: [] } as const;
const rehearsal = { thing: { what: "hotfix-rehearsal" }, closed: null, could: [] } as const;
const told = (more: Partial<OwedTold> = {}) =>
  owedIssue({
    number: 12,
    is: "hotfix",
    base: branch("master"),
    merged: NOW,
    due: later(NOW, 60_000),
    now: NOW,
    severalRoles: false,
    things: [engineering, quality, rehearsal],
    mark: "<!-- m -->",
    ...more,
  });

describe("The issue about what a hotfix owes", () => {
  it("calls a rollback so", () => {
    const { title, body } = told({ is: "rollback" });
    expect(title).toBe("Reviews owed for rollback #12");
    expect(body).toMatch(/^#12 went into `master` as a rollback at /);
  });

  it("says who owes what, until when, and how it is given", () => {
    expect(told()).toEqual({
      title: "Reviews owed for hotfix #12",
      state: "open",
      mark: "<!-- m -->",
      body: `#12 went into \`master\` as a hotfix at 2026-11-24 09:40 UTC. What a release gets before it goes out, this one is to have by **2026-11-24 09:41 UTC**:

- **engineering**: an approving review of #12. @erin or @olga can give it.
- **quality**: nobody is left who could approve #12; an owner of the config adds somebody to \`roles.quality\`.
- **the rehearsal in staging**: whoever may write ticks the \`S\` items in the comment with the run-book on #12, or writes \`/done\` there.

GitHub takes a review of a merged pull request as of any other: *Files changed* on #12, *Review changes*, *Approve*. It counts from somebody in the role who neither opened it nor pushed to its branch; one person fills one role. After that time what is owed holds the next release, never a hotfix. Closing this issue alone changes nothing.

<!-- m -->`,
    });
    expect(told({ severalRoles: true }).body).toContain("nor pushed to its branch. After that time");
  });

  it("tells of a rehearsal alone by that name", () => {
    const { title, body } = told({ things: [rehearsal] });
    expect(title).toBe("Rehearsal owed for hotfix #12");
    expect(body).not.toContain("review");
    expect(body).toContain("there.\n\nAfter that time");
  });

  it("says what it holds from its time on", () => {
    expect(told({ now: later(NOW, 60_000) }).body).toContain(
      "That time is over: what is owed holds the next release, never a hotfix.",
    );
  });

  it("says who gave what, and is closed with the last", () => {
    const given = { ...engineering, closed: "erin approved it" };
    expect(told({ things: [given, quality] })).toMatchObject({
      state: "open",
      body: expect.stringContaining("- **engineering**: erin approved it.\n- **quality**: nobody"),
    });
    const { title, state, body } = told({
      things: [given, { ...rehearsal, closed: "its run-book was walked through there" }],
    });
    expect(title).toBe("Reviews owed for hotfix #12");
    expect(state).toBe("closed");
    expect(body).toMatch(/walked through there\.\n\nNothing is owed any more\.\n\n<!-- m -->$/);
  });
});

describe("What follows a hotfix", () => {
  const earlier = [branch("development"), branch("staging")];

  it.each([
    [
      "hotfix",
      [engineering, rehearsal],
      "Flowgate merges it back into development and staging by itself; an approval of engineering and its rehearsal are owed until Thursday.",
    ],
    [
      "hotfix",
      [quality],
      "Flowgate merges it back into development and staging by itself; an approval of quality is owed until Thursday.",
    ],
    ["hotfix", [], "Flowgate merges it back into development and staging by itself."],
    [
      "rollback",
      [rehearsal],
      "Flowgate takes it into the history of development and staging by itself, and leaves the files there as they are; its rehearsal is owed until Thursday.",
    ],
  ] as const)("is said in one sentence: %s, %j", (is, things, says) => {
    const owes = things.map(({ thing }) => thing);
    expect(followsIn({ is, earlier, owes, by: "until Thursday" })).toBe(says);
  });
});
