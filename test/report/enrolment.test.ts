import { expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import { proposal } from "../../src/report/enrolment.ts";

const STAGES = ["development", "staging", "master"].map(branch);
const told = (refused: number, judged = 30, open = 0) =>
  proposal(STAGES, {
    judged,
    open,
    refused: Array.from({ length: refused }, (_, n) => ({
      number: n + 1,
      because: "A fork may only enter development.",
    })),
  }).split("\n\n");

it("says what it switches on, and how to leave it", () => {
  const [what, then, , leave] = told(0);
  expect(what).toMatch(
    /^This switches Flowgate on for this repository: `\.github\/flowgate\.yml` on the default branch\./,
  );
  expect(then).toMatch(/^From then on changes go `development` → `staging` → `master`/);
  expect(leave).toBe("Close this pull request to leave the repository observed: it is not opened again.");
});

it.each([
  [0, 0, 0, "No pull request was merged here yet, so there is nothing to compare with."],
  [0, 30, 0, "Of the last 30 merged pull requests it would have stopped none."],
  [0, 1, 1, "Of the last 1 merged pull request it would have stopped none. Of 1 their branches alone do not tell."],
  [2, 30, 0, "Of the last 30 merged pull requests it would have stopped 2:"],
])("with %i of %i stopped and %i unclear", (refused, judged, open, words) => {
  expect(told(refused, judged, open)[2]).toBe(words);
});

it("names ten at most", () => {
  const [, , , list] = told(12);
  expect(list?.split("\n")).toHaveLength(11);
  expect(list).toMatch(/^- #1: A fork may only enter development\.\n/);
  expect(list).toMatch(/\n- and 2 more$/);
});
