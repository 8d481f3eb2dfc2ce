import { describe, expect, it } from "@jest/globals";
import { branch } from "../../src/flow/names.ts";
import { backMergeBody, backMergeTitle, notMergedBack } from "../../src/report/back-merge.ts";
import { at } from "../builders.ts";

const BETWEEN = { from: branch("master"), into: branch("development") };
const commit = (title: string) => ({
  sha: at(title),
  parents: [],
  tree: at(title),
  title,
  author: { id: 5, login: "dora" },
});

describe("a back-merge of Flowgate's", () => {
  it("says what it brings back, why, and who merges it", () => {
    expect(backMergeTitle(BETWEEN)).toBe("Merge master back into development");
    expect(
      backMergeBody(BETWEEN, { owed: [commit("fix: *crash* @acme/all"), commit("And a test")], whole: true }),
    ).toBe(
      `\`master\` has 2 commits that \`development\` lacks, and that the next release would lose:

- ${at("fix: *crash* @acme/all").slice(0, 7)} fix: \\*crash\\* @\u200bacme/all (dora)
- ${at("And a test").slice(0, 7)} And a test (dora)

Flowgate merges this by itself, by a merge commit, once \`flowgate: development\` is green. \`/hold\` stops it.`,
    );
  });

  it("lists the newest twenty", () => {
    const owed = Array.from({ length: 22 }, (_, n) => commit(`Change ${n}`));
    const lines = backMergeBody(BETWEEN, { owed, whole: true }).split("\n");
    expect(lines[2]).toBe("- 2 commits before these");
    expect(lines.filter((line) => line.includes("Change"))).toHaveLength(20);
    expect(lines.some((line) => line.includes("Change 1 "))).toBe(false);
  });

  it("says where GitHub lists no more", () => {
    expect(backMergeBody(BETWEEN, { owed: [commit("a")], whole: false })).toMatch(
      /^`master` has more commits that `development` lacks than GitHub lists, and that the next release would lose:/,
    );
  });

  it("that conflicts says how it is resolved, and by whom", () => {
    const says = notMergedBack(
      BETWEEN,
      branch("back-merge/development-1a2b3c4"),
      "GitHub answered 405 (Pull Request is not mergeable) when asked to merge #12 in acme/api.",
    );
    expect(
      says,
    ).toBe(`This cannot be merged as it is: it conflicts with \`development\`. Somebody who may write resolves it on this branch:

\`\`\`sh
git fetch origin
git switch back-merge/development-1a2b3c4
git merge origin/development
# resolve the conflict, and then
git commit
git push
\`\`\`

Somebody else approves that, and Flowgate merges it. Until then \`development\` lacks what \`master\` has, and that holds promotions.`);
  });

  it("that GitHub refuses for another reason gives GitHub's", () => {
    expect(notMergedBack(BETWEEN, branch("back-merge/x"), "Flowgate may not write merges in acme/api.")).toBe(
      "This was not merged. Flowgate may not write merges in acme/api. Flowgate tries again every hour, and when something is pushed here.",
    );
  });
});
