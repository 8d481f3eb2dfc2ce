import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import type { Finding, Verdict } from "../../src/flow/verdict.ts";
import { checkRun, gateChecks, type Told, turnedBack } from "../../src/report/check-run.ts";
import { APP, component, finding, NOW, policy, stageMemory, verdict } from "../builders.ts";

const ready = finding({ because: "staging goes into master: the next stage.", read: ["the rules on master"] });
const waits = finding({
  gate: "approvals",
  outcome: "pending",
  because: "Waits for quality to approve.",
  cure: "@quinn (quality) can approve 1a2b3c4.",
  read: ["the reviews of #12", "the members of @acme/quality"],
});
const owed = finding({
  gate: "back-merge",
  outcome: "failed",
  because: "master has 1 commit that staging lacks: 1a2b3c4 “Mend the crash”.",
  cure: "Merge `master` back into `staging`, then promote again: else this would lose what is there.",
  copy: "gh pr create --head master --base staging",
});
const over = finding({
  gate: "checks",
  outcome: "overridden",
  because:
    "Overridden by rita, confirmed by carl: the runner is down. The gate itself says: `build` ended in failure on 1a2b3c4.",
  cure: "It is to be made good, and closed by 2026-11-29 09:40 UTC: its issue tells how.",
  override: { by: { id: 10, login: "rita" }, confirmedBy: { id: 11, login: "carl" }, because: "the runner is down" },
});
const release = (outcome: Verdict["outcome"], findings: readonly Finding[], more: Partial<Verdict> = {}) =>
  verdict({ base: branch("master"), lane: "release", outcome, findings, ...more });
const told = (one: Verdict, more: Partial<Told> = {}): Told => ({
  name: `flowgate: ${one.base}`,
  verdict: one,
  pull: 12,
  sharedBy: 0,
  component: component(),
  stage: stageMemory(),
  house: { app: APP, links: "http://127.0.0.1:3000", web: "https://github.com" },
  now: NOW,
  cause: "pull_request opened",
  ...more,
});

/** As a person reads them, one after the other. Set UPDATE_GOLDEN to write them anew, and read what changed. */
function golden(name: string, told: Told): void {
  const file = new URL(`../golden/check-runs/${name}.md`, import.meta.url);
  const text = [checkRun(told), ...gateChecks(told)]
    .map(
      ({ name, status, conclusion, title, summary }) =>
        `${name}: ${status}${conclusion === null ? "" : `, ${conclusion}`}\n\n# ${title}\n\n${summary}\n`,
    )
    .join("\n---\n\n");
  if (process.env["UPDATE_GOLDEN"] || !existsSync(file)) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

describe("a release reads", () => {
  const notAsked = [{ gate: "change-order", because: "Off: `change_order.required` is not set." }];

  it.each<[string, Verdict]>([
    [
      "release-passed",
      release("passed", [ready, { ...waits, outcome: "passed", because: "Approved.", cure: null }], { notAsked }),
    ],
    ["release-waiting", release("pending", [ready, waits], { notAsked })],
    ["release-refused", release("failed", [ready, owed, waits])],
    [
      "release-overridden",
      release("passed", [ready, over, { ...waits, outcome: "passed", because: "Approved.", cure: null }]),
    ],
  ])("%s", (name, one) => {
    golden(name, told(one));
  });
});

describe("a gate has a check of its own", () => {
  const names = (one: Verdict, more: Partial<Told> = {}) => gateChecks(told(one, more)).map(({ name }) => name);
  const both = ["flowgate: master / flow", "flowgate: master / approvals"];

  it("on promotions, releases and hotfixes", () => {
    for (const lane of ["promotion", "release", "hotfix"] as const)
      expect(names(release("pending", [ready, waits], { lane }))).toEqual(both);
    for (const lane of ["feature", "back-merge", null] as const)
      expect(names(release("pending", [ready, waits], { lane }))).toEqual([]);
  });

  it("where the config wants it, and where something is enforced", () => {
    const one = release("pending", [ready, waits]);
    const under = (more: Parameters<typeof policy>[0]) =>
      names(one, { component: component({ config: { ...component().config, policy: policy(more) } }) });
    expect(under({})).toEqual(both);
    expect(under({ enforcement: "report" })).toEqual(both);
    expect(under({ gateChecks: false })).toEqual([]);
    expect(under({ enforcement: "observe" })).toEqual([]);
    expect(under({ enforcement: "observed" })).toEqual([]);
  });

  it("that says nothing of what was read, so that it changes only with its outcome or reason", () => {
    const [, before] = gateChecks(told(release("pending", [ready, waits])));
    const [, after] = gateChecks(told(release("pending", [ready, { ...waits, read: ["all else"] }])));
    expect(after).toEqual(before);
  });

  it("that links where the board has an address", () => {
    const one = release("pending", [ready, waits]);
    expect(gateChecks(told(one))[0]?.detailsUrl).toBe("http://127.0.0.1:3000/acme/api/pull/12");
    expect(
      gateChecks(told(one, { house: { app: APP, links: null, web: "https://github.com" } }))[0]?.detailsUrl,
    ).toBeNull();
  });
});

it("what turned back from green is named gate by gate, with who can clear it", () => {
  const silent = { ...waits, gate: "checks", because: "build has not ended.", cure: null };
  expect(turnedBack(told(release("pending", [ready, waits, silent])), "<!-- mark -->")).toBe(
    "`flowgate: master` was green on `2736fab` and is not any more.\n\n- `approvals`: Waits for quality to approve. @\u200bquinn (quality) can approve 1a2b3c4.\n- `checks`: build has not ended.\n\n<!-- mark -->",
  );
});

it("counts in the title what of the run-book was skipped", () => {
  const book = finding({ gate: "run-book", because: "Rehearsed. 2 items skipped.", skipped: 2 });
  const titled = (outcome: Verdict["outcome"], ...findings: readonly Finding[]) =>
    checkRun(told(release(outcome, findings))).title;
  expect(titled("passed", ready, { ...waits, outcome: "passed" }, book)).toBe(
    "staging goes into master: the next stage. All 3 gates passed, 2 items skipped.",
  );
  expect(titled("pending", ready, waits, { ...book, skipped: 1 })).toBe(
    "1 of 3 gates open, 1 item skipped. Waits for quality to approve.",
  );
  // Where that gate is shown it says so itself.
  expect(titled("pending", ready, { ...book, outcome: "pending" })).toBe(
    "1 of 2 gates open. Rehearsed. 2 items skipped.",
  );
});

it("says in the title what was overridden, and by whom", () => {
  const titled = (outcome: Verdict["outcome"], ...findings: readonly Finding[]) =>
    checkRun(told(release(outcome, findings))).title;
  const who = "(by rita, confirmed by carl)";
  const second = { ...over, gate: "backup" };
  expect(titled("passed", ready, over)).toBe(`Overridden: checks ${who}. The other gate passed.`);
  expect(titled("passed", ready, ready, over, second)).toBe(
    `Overridden: checks ${who} and backup ${who}. All other 2 gates passed.`,
  );
  expect(titled("passed", over, second)).toBe(`Overridden: checks ${who} and backup ${who}.`);
  expect(titled("passed", over)).toBe(over.because.replaceAll("`", ""));
  expect(titled("pending", ready, over, waits)).toBe(
    `1 of 3 gates open, overridden: checks ${who}. Waits for quality to approve.`,
  );
  const book = finding({ gate: "run-book", because: "Rehearsed. 2 items skipped.", skipped: 2 });
  expect(titled("passed", ready, over, book)).toBe(
    `Overridden: checks ${who}. All other 2 gates passed, 2 items skipped.`,
  );
});

it("holds nothing up by what was overridden", () => {
  expect(turnedBack(told(release("pending", [ready, over, waits])), "")).not.toContain("`checks`");
});

it("lists once what several gates read", () => {
  const read = ["2736fab has 3 commits that 8f4e033 lacks"];
  const { summary } = checkRun(told(release("pending", [ready, { ...waits, read }, { ...owed, read }])));
  expect(summary.match(/3 commits/g)).toHaveLength(1);
});

it("a verdict without findings says so", () => {
  expect(checkRun(told(release("errored", []))).title).toBe("Nothing was judged.");
});
