import { describe, expect, it } from "@jest/globals";
import type { Comparison, Review } from "../../src/flow/facts.ts";
import type { Person } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { approvals } from "../../src/gates/approvals.ts";
import { at, NOW, REPOSITORY, unknown } from "../builders.ts";
import { HELD, rollback } from "../decide/under-way.ts";
import { type Asking, asked, cure, DORA, ERIN, OLGA, OTTO, QUINN, RITA, right, said } from "./asking.ts";

const HEAD = at("login");
const by = (person: Person, more: Partial<Review> = {}, bot = false): Review => ({
  id: 1,
  by: { ...person, bot },
  state: "approved",
  commit: HEAD,
  at: NOW,
  ...more,
});
const carried = (...authors: readonly (Person | null)[]): Comparison => ({
  ahead: authors.length,
  behind: 0,
  mergeBase: at("p"),
  mergeBaseTree: at("tree of p"),
  whole: true,
  commits: authors.map((author, n) => ({
    sha: at(`c${n}`),
    parents: [at("p")],
    tree: at(`t${n}`),
    title: "Add",
    author,
  })),
  changes: { files: [], whole: true },
});

const roles = {
  "release-manager": ["rita"],
  operations: ["@acme/ops"],
  quality: ["@acme/quality"],
  engineering: ["@acme/devs"],
};
const all = [DORA, OLGA, OTTO, QUINN, ERIN, RITA].map((person) => right(person, "write"));
const answers = {
  "reviews 12": [],
  "team @acme/ops": [OLGA, OTTO],
  "team @acme/quality": [QUINN],
  "team @acme/devs": [DORA, ERIN],
  collaborators: all,
  [`compare ${at("master")} ${HEAD}`]: carried(DORA),
  [`compare ${at("staging")} ${HEAD}`]: carried(DORA),
  "pushers hotfix/login": [DORA],
  "pushers back-merge/login": [DORA],
};
const three = {
  roles,
  approvals: { master: ["engineering", "operations", "quality"], staging: ["operations"], hotfix: ["release-manager"] },
} as const;
/** A release that asks three roles, with these reviews. */
const release = (reviews: readonly Review[], more: Asking = {}) =>
  asked(approvals, {
    lane: "release",
    policy: three,
    ...more,
    answers: { ...answers, "reviews 12": reviews, ...more.answers },
  });

describe("approvals are asked", () => {
  it.each([
    ["on a feature, of nobody", { lane: "feature" }, "not asked"],
    ["on a back-merge that brings nothing of its own, of nobody", { lane: "back-merge" }, "not asked"],
    ["where the config asks for none, of nobody", { policy: { approvals: { master: [] } } }, "passed"],
    ["into a stage that the config says nothing of, of nobody", { policy: { approvals: {} } }, "passed"],
    ["on a hotfix that it says nothing of, of nobody", { lane: "hotfix", policy: { approvals: {} } }, "passed"],
    [
      "on a resolved back-merge that it says nothing of, of nobody",
      { lane: "back-merge", own: true, policy: { approvals: {} } },
      "passed",
    ],
  ] as const)("%s", (_what, asking, outcome) => {
    expect(said(asked(approvals, asking as Asking))[0]).toBe(outcome);
  });

  it("on a promotion of operations", () => {
    const found = asked(approvals, { lane: "promotion", policy: three, answers });
    expect(said(found)).toEqual(["pending", "Waits for operations to approve."]);
    expect(cure(found)).toBe(`@olga or @otto (operations) can approve ${HEAD.slice(0, 7)}.`);
  });

  it("on a hotfix of a release manager", () => {
    expect(said(asked(approvals, { lane: "hotfix", policy: three, answers }))).toEqual([
      "pending",
      "Waits for a release manager to approve.",
    ]);
  });

  it("on a rollback of another release manager than who asked for it", () => {
    const found = (number: number, managers: readonly string[]) =>
      asked(approvals, {
        lane: "hotfix",
        policy: { ...three, roles: { ...roles, "release-manager": managers } },
        standing: [HELD, rollback({ number })],
        answers: { ...answers, "reviews 12": [by(RITA)] },
      });
    expect(said(found(12, ["rita", "otto"]))).toEqual(["pending", "Waits for a release manager to approve."]);
    expect(said(found(12, ["rita"]))[0]).toBe("failed");
    expect(said(found(13, ["rita"]))[0]).toBe("passed");
  });

  it("of somebody else than who had Flowgate open it", () => {
    const word = (by: Person): Standing => ({
      kind: "on-word",
      key: "on-word:42:12",
      by,
      at: NOW,
      because: "`/promote` had it opened",
      repository: REPOSITORY,
      number: 12,
    });
    const found = (asker: Person) => {
      const read = { ...answers, "reviews 12": [by(OTTO)] };
      return said(asked(approvals, { lane: "promotion", policy: three, standing: [word(asker)], answers: read }));
    };
    expect([found(RITA)[0], found(OTTO)]).toEqual(["passed", ["pending", "Waits for operations to approve."]]);
    const small = { ...three, severalRoles: true };
    const everybody = { "team @acme/ops": [ERIN, OTTO], "team @acme/quality": [ERIN], "team @acme/devs": [ERIN] };
    const released = (asker: Person) =>
      said(release([by(ERIN)], { policy: small, answers: everybody, pull: { bot: true }, standing: [word(asker)] }))[0];
    // With who asked for it they are two.
    expect([released(OTTO), released(ERIN)]).toEqual(["passed", "failed"]);
  });

  it("on what people let into the last stage past the lanes as on a release", () => {
    const found = (reviews: readonly Review[]) =>
      asked(approvals, {
        lane: "hotfix",
        letThrough: true,
        policy: three,
        answers: { ...answers, "reviews 12": reviews, [`compare ${at("master")} ${HEAD}`]: carried(OLGA, QUINN, ERIN) },
      });
    expect(said(found([by(RITA)]))).toEqual(["pending", "Waits for engineering, operations and quality to approve."]);
    // One of them wrote none of it.
    expect(said(found([by(ERIN), by(OLGA), by(QUINN)]))[0]).toBe("pending");
    expect(said(found([by(ERIN), by(OTTO), by(QUINN)]))[0]).toBe("passed");
  });

  it("on a back-merge with commits of its own as on a promotion into that stage", () => {
    const found = asked(approvals, { lane: "back-merge", own: true, policy: three, answers });
    expect(said(found)).toEqual(["pending", "Waits for operations to approve."]);
  });

  it("on one into the first stage of anybody else who may write", () => {
    const into = { lane: "back-merge", own: true, pull: { base: "development" }, policy: three } as const;
    const found = asked(approvals, { ...into, answers });
    expect(said(found)).toEqual(["pending", "Waits for somebody who may write to approve."]);
    expect(cure(found)).toContain("@olga, @otto, @quinn, @erin or @rita (somebody who may write) can approve");
    expect(said(asked(approvals, { ...into, answers: { ...answers, "reviews 12": [by(ERIN)] } }))).toEqual([
      "passed",
      `Approved ${HEAD.slice(0, 7)}: erin (somebody who may write).`,
    ]);
  });

  it("without roles of whoever has the right that stands for them", () => {
    const people = [right(DORA, "admin"), right(OLGA, "maintain"), right(ERIN, "write"), right(QUINN, "read")];
    const bare = { lane: "release", answers: { ...answers, collaborators: people } } as const;
    expect(cure(asked(approvals, { ...bare, policy: { approvals: { master: ["maintainer"] } } }))).toContain(
      "@olga (somebody with `maintain` or `admin`)",
    );
    expect(cure(asked(approvals, { ...bare, policy: { approvals: { master: ["operations"] } } }))).toContain(
      "@olga (op",
    );
    expect(cure(asked(approvals, { ...bare, policy: { approvals: { master: ["quality"] } } }))).toContain(
      "@olga or @erin",
    );
  });
});

describe("what counts", () => {
  it("is one approval of each role, at this head", () => {
    expect(said(release([by(ERIN), by(OLGA), by(QUINN)]))).toEqual([
      "passed",
      `Approved ${HEAD.slice(0, 7)}: erin (engineering), olga (operations) and quinn (quality).`,
    ]);
  });

  it.each<[string, readonly Review[], string]>([
    ["not a comment", [by(ERIN), by(OLGA), by(QUINN, { state: "commented" })], "quality"],
    ["not one at an earlier commit", [by(ERIN), by(OLGA), by(QUINN, { commit: at("before") })], "quality"],
    ["not one whose commit is gone", [by(ERIN), by(OLGA), by(QUINN, { commit: null })], "quality"],
    ["not one that was dismissed", [by(ERIN), by(OLGA), by(QUINN, { state: "dismissed" })], "quality"],
    [
      "not one that was taken back",
      [by(QUINN), by(ERIN), by(OLGA), by(QUINN, { state: "changes-requested" })],
      "quality",
    ],
    ["not a bot's", [by(ERIN), by(OLGA), by(QUINN, {}, true)], "quality"],
    ["not the author's", [by(DORA), by(OLGA), by(QUINN)], "engineering"],
    ["not of somebody without the role", [by(RITA), by(OLGA), by(QUINN)], "engineering"],
  ])("is %s", (_what, reviews, missing) => {
    expect(said(release(reviews))).toEqual(["pending", `Waits for ${missing} to approve.`]);
  });

  it("still is one after which its author only commented", () => {
    expect(said(release([by(ERIN), by(OLGA), by(QUINN), by(QUINN, { state: "commented" })]))[0]).toBe("passed");
  });

  it("names who approved before a push", () => {
    const found = release([by(ERIN), by(OLGA), by(QUINN, { commit: at("before") })]);
    expect(cure(found)).toBe(
      `@quinn (quality) can approve ${HEAD.slice(0, 7)}. quinn approved ${at("before").slice(0, 7)}, which is not the head any more.`,
    );
    expect(cure(release([by(ERIN), by(OLGA), by(QUINN, { commit: null })]))).toContain(
      "quinn approved an earlier commit",
    );
  });

  it("is not one of whoever pushed to the head branch, where that is no stage", () => {
    const pushed = { "pushers release/1": [OLGA] };
    const pinned = release([by(ERIN), by(OLGA), by(QUINN)], { pull: { head: "release/1" }, answers: pushed });
    expect(said(pinned)).toEqual(["pending", "Waits for operations to approve."]);
    expect(cure(pinned)).toMatch(/^@otto \(operations\) can/);
  });

  it("fills as many roles as it can: who holds two gives one where the other has somebody else", () => {
    const both = { "team @acme/ops": [QUINN, OLGA], "team @acme/quality": [QUINN] };
    expect(said(release([by(ERIN), by(OLGA), by(QUINN)], { answers: both }))[0]).toBe("passed");
    expect(said(release([by(OLGA), by(QUINN), by(ERIN)], { answers: both }))[0]).toBe("passed");
  });

  it("never fills two roles with one person", () => {
    const both = { "team @acme/ops": [QUINN, OTTO], "team @acme/quality": [QUINN] };
    expect(said(release([by(ERIN), by(QUINN)], { answers: both }))[0]).toBe("pending");
  });

  it("takes a role several times where the config names it several times", () => {
    const policy = { ...three, approvals: { master: ["operations", "operations"] } } as const;
    expect(said(release([by(OLGA)], { policy }))).toEqual(["pending", "Waits for operations to approve."]);
    expect(said(release([by(OLGA), by(OTTO)], { policy }))[0]).toBe("passed");
  });
});

describe("a small team", () => {
  const small = { ...three, severalRoles: true } as const;
  const everybody = { "team @acme/ops": [ERIN, OTTO], "team @acme/quality": [ERIN], "team @acme/devs": [ERIN, DORA] };

  it("lets one person fill all roles, beside the author", () => {
    expect(said(release([by(ERIN)], { policy: small, answers: everybody }))[0]).toBe("passed");
  });

  it("needs a second person where a bot is the author", () => {
    const found = release([by(ERIN)], { policy: small, answers: everybody, pull: { bot: true } });
    expect(said(found)).toEqual(["pending", "Waits for one more person to approve; 1 did."]);
    expect(cure(found)).toBe(`@otto can approve ${HEAD.slice(0, 7)}.`);
    expect(said(release([by(ERIN), by(OTTO)], { policy: small, answers: everybody, pull: { bot: true } }))[0]).toBe(
      "passed",
    );
  });

  it("of one person and a bot cannot release at all", () => {
    const one = { "team @acme/ops": [ERIN], "team @acme/quality": [ERIN], "team @acme/devs": [ERIN] };
    const found = release([by(ERIN)], { policy: small, answers: one, pull: { bot: true } });
    expect(said(found)).toEqual(["failed", "Only one person is left who could approve, and two are needed in all."]);
    expect(cure(found)).toBe("An owner of the config adds somebody to `roles`.");
  });
});

describe("on what carries others' work", () => {
  it("one approver must have written none of it", () => {
    const wrote = { [`compare ${at("master")} ${HEAD}`]: carried(ERIN, OLGA, null) };
    expect(said(release([by(ERIN), by(OLGA), by(QUINN)], { answers: wrote }))[0]).toBe("passed");
    const policy = { ...three, approvals: { master: ["operations"] } } as const;
    const found = release([by(OLGA)], { policy, answers: wrote });
    expect(said(found)).toEqual(["pending", "Waits for an approval by somebody who wrote none of what it carries."]);
    expect(cure(found)).toBe(`@otto can approve ${HEAD.slice(0, 7)}.`);
  });

  it("merging is not writing", () => {
    const merge = carried(OLGA, OTTO);
    const merges = { ...merge, commits: merge.commits.map((commit) => ({ ...commit, parents: [at("a"), at("b")] })) };
    const policy = { ...three, approvals: { master: ["operations"] } } as const;
    expect(said(release([by(OLGA)], { policy, answers: { [`compare ${at("master")} ${HEAD}`]: merges } }))[0]).toBe(
      "passed",
    );
  });

  it("by somebody who wrote none of what a rollback took away and it brings again", () => {
    const back = rollback({ commit: at("back"), target: at("v1.0.0") });
    const again = `compare ${at("v1.0.0")} ${at("back")}`;
    const policy = { ...three, approvals: { master: ["operations"] } } as const;
    const came = (known: object) =>
      said(release([by(OLGA)], { policy, standing: [back], answers: { [again]: known } as never }));
    expect(came(carried(OLGA))).toEqual([
      "pending",
      "Waits for an approval by somebody who wrote none of what it carries.",
    ]);
    expect(came(carried(ERIN))[0]).toBe("passed");
    expect(came(unknown("GitHub answered 502."))[0]).toBe("errored");
  });

  it("nobody can approve where everybody wrote some of it, and that is said", () => {
    const wrote = { [`compare ${at("master")} ${HEAD}`]: carried(ERIN, OLGA, OTTO, QUINN) };
    const found = release([], { answers: wrote });
    expect(said(found)).toEqual(["failed", "Everybody who could approve wrote some of what it carries."]);
    expect(cure(found)).toContain("one approver of a release must have written none of it");
  });

  it("what cannot be read to its end is not let through", () => {
    const long = { [`compare ${at("master")} ${HEAD}`]: { ...carried(DORA), ahead: 5000, whole: false } };
    const found = release([by(ERIN), by(OLGA), by(QUINN)], { answers: long });
    expect(said(found)).toEqual(["failed", "It carries 5000 commits, more than can be looked at one by one."]);
    expect(cure(found)).toBe("Promote it in smaller steps.");
  });
});

describe("nobody is left in a deadlock", () => {
  it("where a role is held by the author alone", () => {
    const found = release([], { answers: { "team @acme/devs": [DORA] } });
    expect(said(found)).toEqual([
      "failed",
      "Nobody is left who could approve as engineering. Who opened it or pushed to it does not count, and one person fills one role.",
    ]);
    expect(cure(found)).toBe("An owner of the config adds somebody to `roles.engineering`.");
  });

  it("where a role has one person for two approvals", () => {
    const policy = { ...three, approvals: { master: ["quality", "quality"] } } as const;
    expect(said(release([by(QUINN)], { policy }))[0]).toBe("failed");
  });

  it("where a team is not there", () => {
    const found = release([], {
      policy: { ...three, approvals: { master: ["quality"] } },
      answers: { "team @acme/quality": null },
    });
    expect(said(found)).toEqual([
      "failed",
      "Nobody is left who could approve as quality. The config names @acme/quality, which is not there or which the App may not see.",
    ]);
  });

  it("where the only one who may write opened it", () => {
    const policy = { approvals: { master: ["maintainer"] } } as const;
    const found = asked(approvals, {
      lane: "release",
      policy,
      answers: { ...answers, collaborators: [right(DORA, "admin")] },
    });
    expect(said(found)).toEqual([
      "failed",
      "Nobody is left who could approve as somebody with `maintain` or `admin`. Who opened it or pushed to it does not count.",
    ]);
    expect(cure(found)).toBe("An owner of the config adds somebody to the repository's people.");
  });

  it("where a named person has left the repository", () => {
    const policy = { roles: { ...roles, quality: ["@Quinn", "gone"] }, approvals: { master: ["quality"] } } as const;
    expect(said(release([by(QUINN)], { policy }))[0]).toBe("passed");
    expect(said(release([by(QUINN)], { policy, answers: { collaborators: [] } }))[0]).toBe("failed");
  });

  it("and at most five are named", () => {
    const many = Array.from({ length: 8 }, (_, n) => ({ id: 100 + n, login: `o${n}` }));
    const found = release([], {
      policy: { ...three, approvals: { master: ["operations"] } },
      answers: { "team @acme/ops": many },
    });
    expect(cure(found)).toBe(`@o0, @o1, @o2, @o3, @o4 or 3 others (operations) can approve ${HEAD.slice(0, 7)}.`);
  });
});

it.each(["reviews 12", "team @acme/ops", `compare ${at("master")} ${HEAD}`])(
  "without an answer to %s nothing is decided",
  (want) => {
    const found = release([by(ERIN), by(OLGA), by(QUINN)], { answers: { [want]: unknown("GitHub answered 502.") } });
    expect(said(found)).toEqual(["errored", "Could not find out about approvals. GitHub answered 502."]);
  },
);
