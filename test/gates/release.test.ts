import { describe, expect, it } from "@jest/globals";
import { withList } from "../../src/flow/carried-list.ts";
import { branch } from "../../src/flow/names.ts";
import type { Standing } from "../../src/flow/standing.ts";
import { backMerge } from "../../src/gates/back-merge.ts";
import { GATES } from "../../src/gates/catalog.ts";
import { changeOrder } from "../../src/gates/change-order.ts";
import { readiness } from "../../src/gates/readiness.ts";
import { at, component, history, known, NOW, REPOSITORY, unknown } from "../builders.ts";
import { type Asking, asked, cure, QUINN, said } from "./asking.ts";

const HEAD = at("login");
const head = HEAD.slice(0, 7);

describe("readiness", () => {
  const open = (...numbers: readonly number[]) => numbers.map((number) => ({ number, title: `Bug ${number}` }));
  const release = (issues: readonly object[], policy: Asking["policy"] = {}, more: Asking["answers"] = {}) =>
    asked(readiness, { policy, answers: { "issues severity-1": issues, ...more } });

  it("is asked on releases", () => {
    expect(said(asked(readiness, { lane: "promotion" }))[0]).toBe("not asked");
    expect(said(asked(readiness, { lane: "hotfix" }))[0]).toBe("not asked");
  });

  it("waits while an issue is open that holds a release", () => {
    expect(said(release([]))).toEqual(["passed", "No open issue is labelled `severity-1`."]);
    expect(said(release(open(3)))).toEqual(["pending", "Held by #3 “Bug 3”."]);
    expect(said(release(open(1, 2, 3, 4, 5, 6, 7)))[1]).toMatch(/#5 “Bug 5” and 2 others\.$/);
  });

  it("names an issue with two such labels once", () => {
    const readinessOf = { blockers: ["severity-1", "stop"], verdict: false };
    expect(said(release(open(3), { readiness: readinessOf }, { "issues stop": open(3) }))[1]).toBe(
      "Held by #3 “Bug 3”.",
    );
    expect(said(release([], { readiness: readinessOf }, { "issues stop": [] }))[1]).toBe(
      "No open issue is labelled `severity-1` or `stop`.",
    );
    expect(said(release([], { readiness: { blockers: [], verdict: false } }))).toEqual([
      "passed",
      "No label holds a release.",
    ]);
  });

  it("waits for the verdict of quality where one is asked for", () => {
    const policy = {
      readiness: { blockers: ["severity-1"], verdict: true },
      roles: { "release-manager": null, operations: null, engineering: null, quality: ["@acme/quality"] },
    };
    const found = release([], policy, { "team @acme/quality": [QUINN] });
    expect(said(found)).toEqual(["pending", `Waits for the verdict of quality on ${head}.`]);
    expect(cure(found)).toBe("@quinn says `/attest readiness because …`.");
    expect(cure(release([], policy, { "team @acme/quality": [] }))).toMatch(/^Somebody in `roles.quality` says/);
    expect(said(release([], policy, { "team @acme/quality": unknown("GitHub answered 502.") }))[0]).toBe("errored");
    const given = (more: object = {}) =>
      [
        { kind: "attestation", what: "readiness", number: 12, head: HEAD, by: QUINN, because: "tested", ...more },
      ] as never;
    const answers = { "issues severity-1": [], "team @acme/quality": [QUINN] };
    const with_ = (standing: never) => said(asked(readiness, { policy, standing, answers }));
    expect(with_(given())).toEqual([
      "passed",
      `No open issue is labelled \`severity-1\`. quinn found ${head} ready: tested.`,
    ]);
    expect(with_(given({ head: at("before") }))[0]).toBe("pending");
    expect(with_(given({ number: 13 }))[0]).toBe("pending");
    expect(with_(given({ what: "no-data-impact" }))[0]).toBe("pending");
    expect(with_(given({ kind: "hold" }))[0]).toBe("pending");
  });
});

describe("change orders", () => {
  /** What Flowgate lists in the body of a promotion. */
  const LIST = withList({ before: "", after: "" }, "It carries 1 pull request.\n\n- #7 ECO-0041: log in");
  const named = (title: string, body: string, pattern = "ECO-\\d{4}") =>
    asked(changeOrder, {
      policy: { changeOrder: { required: true, pattern } },
      answers: { "text 12": { title, body } },
    });

  it("are asked for where the config wants them, on what leaves the first stage", () => {
    expect(said(asked(changeOrder, {}))).toEqual(["not asked", "Off: `change_order.required` is not set."]);
    for (const lane of ["feature", "back-merge"] as const)
      expect(said(asked(changeOrder, { lane }))[0]).toBe("not asked");
  });

  it.each([
    ["in the title", "Release (ECO-0042)", "", "passed", "It names ECO-0042."],
    ["in the body", "Release", "For\r\nECO-0042.", "passed", "It names ECO-0042."],
    ["in what people wrote below the list", "Release", `${LIST}\nFor ECO-0042.`, "passed", "It names ECO-0042."],
    ["in what it carries", "Release", LIST, "failed", "It names no change order."],
    ["nowhere", "Release ECO-42", "eco-0042", "failed", "It names no change order."],
  ])("%s", (_what, title, body, outcome, because) => {
    expect(said(named(title, body))).toEqual([outcome, because]);
  });

  it("are found in time whatever the pattern", () => {
    expect(said(named("a".repeat(60_000), "", "(a+)+$b"))[0]).toBe("failed");
  });

  it("are not decided on without the text", () => {
    const found = asked(changeOrder, {
      policy: { changeOrder: { required: true, pattern: "x" } },
      answers: { "text 12": unknown("GitHub answered 502.") },
    });
    expect(said(found)[0]).toBe("errored");
  });
});

describe("back-merges", () => {
  /** Development was promoted into staging twice; `login` is what goes now. */
  function promoted(tree = "tree of two") {
    const git = history();
    git.commit("root", []);
    git.commit("one", ["root"]);
    git.commit("merge one", ["root", "one"], { tree: "tree of one" });
    git.commit("two", ["one"]);
    git.commit("merge two", ["merge one", "two"], { tree });
    git.commit("login", ["two"]);
    git.branch("staging", "merge two");
    return git;
  }
  const judge = (
    git: ReturnType<typeof history>,
    stagingAt: string,
    backMerges: readonly string[] = [],
    under?: number,
    ref = "development",
    head = "login",
    standing: readonly Standing[] = [],
  ) =>
    asked(backMerge, {
      standing,
      backMerges: backMerges.map(at),
      ...(under !== undefined && {
        source: {
          stage: branch("development"),
          since: null,
          heads: [],
          unexplained: [],
          trusted: [],
          backMerge: under,
        },
      }),
      lane: "promotion",
      pull: { head: ref, tip: at(head) },
      component: component({ stages: { development: HEAD, staging: at(stagingAt), master: at("root") } }),
      answers: new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
          get: (_, key) => {
            const [want, a, b] = String(key).split(" ");
            if (want === "compare") return git.answer({ want: "compare", base: a as never, head: b as never });
            return known(a === at("one") ? at("tree of one") : at(`tree of ${a}`));
          },
        },
      ),
    });

  it("are asked on promotions and releases", () => {
    for (const lane of ["feature", "hotfix", "back-merge"] as const)
      expect(said(asked(backMerge, { lane }))[0]).toBe("not asked");
  });

  it("are none where the base has only merges that brought nothing of their own", () => {
    expect(said(judge(promoted(), "merge two"))).toEqual(["passed", "development has everything that staging has."]);
  });

  it("are owed for a merge whose tree is not what it merged in", () => {
    const found = judge(promoted("another tree"), "merge two");
    expect(said(found)).toEqual([
      "failed",
      `staging has 1 commit that development lacks: ${at("merge two").slice(0, 7)} “Add merge two”.`,
    ]);
    expect(found).toMatchObject({ copy: "gh pr create --head staging --base development" });
  });

  it("are none where a back-merge joined what both sides have", () => {
    expect(said(judge(promoted("another tree"), "merge two", ["merge two"]))[0]).toBe("passed");
  });

  it("are owed for commits of its own, the newest named", () => {
    const git = promoted();
    for (const [name, parent] of [
      ["a", "merge two"],
      ["b", "a"],
      ["c", "b"],
      ["d", "c"],
    ] as const)
      git.commit(name, [parent], { title: name === "d" ? "x".repeat(80) : name });
    const found = said(judge(git, "d"));
    expect(found[0]).toBe("failed");
    expect(found[1]).toContain("staging has 4 commits that development lacks");
    expect(found[1]).toContain(`“${"x".repeat(59)}…”, and 1 before.`);
  });

  it("are owed for a merge of three: nobody can say what it brought", () => {
    const git = promoted();
    git.commit("octopus", ["merge two", "two", "one"], { tree: "tree of two" });
    expect(said(judge(git, "octopus"))[0]).toBe("failed");
  });

  it("are asked for where there is too much to look at", () => {
    const git = history({ listed: 1 });
    git.commit("root", []);
    git.commit("a", ["root"]);
    git.commit("b", ["a"]);
    git.commit("login", ["root"]);
    expect(said(judge(git, "b"))).toEqual([
      "failed",
      "staging has 2 commits that development lacks, more than can be looked at one by one.",
    ]);
  });

  it("that Flowgate has opened already are named instead", () => {
    const cure =
      "#31 brings it back: Flowgate merges that once its check is green and it has no conflict, then promote again.";
    expect(judge(promoted("another tree"), "merge two", [], 31)).toMatchObject({ cure, copy: null });
    const git = history({ listed: 1 });
    git.commit("root", []);
    git.commit("a", ["root"]);
    git.commit("b", ["a"]);
    git.commit("login", ["root"]);
    expect(judge(git, "b", [], 31)).toMatchObject({ cure, copy: null });
  });

  it("that somebody closed are named too, and nothing that would bring them otherwise", () => {
    const closed = (number: number, stage: string): Standing => ({
      kind: "closed-back-merge",
      key: `closed-back-merge:42:${number}`,
      by: null,
      at: NOW,
      because: "it was closed",
      repository: REPOSITORY,
      stage: branch(stage),
      number,
      commit: at("merge two"),
    });
    const standing = [closed(30, "development"), closed(31, "development"), closed(32, "staging")];
    expect(judge(promoted("another tree"), "merge two", [], undefined, "development", "login", standing)).toMatchObject(
      {
        cure: "#31 was to bring it back and was closed: reopen it, or merge its branch into `development` by another pull request, then promote again.",
        copy: null,
      },
    );
  });

  it("that came into the stage of what is pinned are taken along by moving that on", () => {
    const pinned = (git: ReturnType<typeof history>) =>
      judge(git, "merge two", [], undefined, "release/2026-11-24-1234567", "two");
    const back = promoted("another tree");
    back.commit("login", ["two", "merge two"]);
    expect(pinned(back)).toMatchObject({
      outcome: "failed",
      because: expect.stringContaining("staging has 1 commit that release/2026-11-24-1234567 lacks"),
      cure: "development has it by now: `/promote refresh` here takes it along.",
    });
    expect(cure(pinned(promoted("another tree")))).toMatch(/^Merge `staging` back into `development`, /);
    const git = history({ listed: 1 });
    for (const [name, ...parents] of [["root"], ["two", "root"], ["login", "two"], ["a", "two"], ["merge two", "a"]])
      git.commit(name as string, parents);
    expect(cure(pinned(git))).toBe("Merge `staging` back into `development` first.");
  });

  it("are not decided on while GitHub does not answer", () => {
    const answers = { [`compare ${HEAD} ${at("staging")}`]: unknown("GitHub answered 502.") };
    expect(said(asked(backMerge, { lane: "promotion", answers }))[0]).toBe("errored");
  });

  it("cannot be judged of a stage without a head: that is no component", () => {
    expect(() => asked(backMerge, { lane: "promotion", component: component({ stages: null }) })).toThrow(
      "has no head",
    );
  });
});

it("each gate says what it asks, why and how to pass it, in sentences", () => {
  for (const { name, asks, why, pass } of GATES) {
    expect(name).toMatch(/^[a-z-]+$/);
    for (const text of [asks, why, pass]) expect(text).toMatch(/^\p{Lu}.*[.?]$/u);
  }
});

it("a gate that has all it asked for and no answer is a fault, not a yes", () => {
  const silent = { name: "silent", asks: "Who?", why: "So.", pass: "Not.", judge: () => null };
  expect(() => asked(silent)).toThrow("the gate silent has all it asked for and no answer");
});
