import { describe, expect, it } from "@jest/globals";
import { type Fact, type Tagged, wantKey } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch } from "../../src/flow/names.ts";
import type { Standing, StandingOf } from "../../src/flow/standing.ts";
import { rollbackTo } from "../../src/release/rollback.ts";
import { at, known, NOW, REPOSITORY, unknown } from "../builders.ts";
import { PLACE } from "../decide/released.ts";
import { rollback } from "../decide/under-way.ts";

/** What was merged into master, oldest first; each is tagged as it is called. */
type Place = {
  readonly commits?: readonly string[];
  /** Tags beside those of the commits: `TAG COMMIT`. */
  readonly tags?: readonly string[];
  readonly standing?: readonly Standing[];
  /** GitHub lists no commits of comparisons. */
  readonly cut?: true;
};

/** Asks until nothing is lacking. */
function back(
  asked: string | null,
  { commits = ["v1.0.0", "v1.1.0", "v1.2.0"], tags = [], standing = [], cut }: Place,
) {
  const tagged: readonly Tagged[] = [
    ...commits.filter((name) => name.startsWith("v")).map((name) => ({ tag: name, commit: at(name) })),
    ...tags.map((one) => {
      const [tag = "", commit = ""] = one.split(" ");
      return { tag, commit: at(commit) };
    }),
  ];
  const read = new Map<string, Fact<unknown>>();
  const asks: string[] = [];
  for (let round = 0; round < 9; round++) {
    const look = looking(read);
    const came = rollbackTo(asked, { stage: branch("master"), standing, look });
    const missing = look.missing();
    if (missing === null) return { came, asks };
    if (!("lacks" in missing)) throw new Error(missing.unknown);
    expect(came).toBeNull();
    for (const want of missing.lacks) {
      asks.push(want.want);
      if (want.want === "tagged") read.set(wantKey(want), known(tagged));
      else if (want.want === "branch")
        read.set(wantKey(want), known(commits.length === 0 ? null : at(commits.at(-1) ?? "")));
      else if (want.want === "compare") {
        const from = commits.findIndex((name) => at(name) === want.base);
        const since = commits.slice(from + 1).map((name) => ({ sha: at(name) }));
        read.set(wantKey(want), known({ behind: from < 0 ? 1 : 0, commits: cut ? [] : since, whole: !cut }));
      } else throw new Error(`asked for ${wantKey(want)}`);
    }
  }
  throw new Error("it keeps asking");
}
/** In few words: where it goes, and what is withdrawn. */
function says(asked: string | null, place: Place = {}): string {
  const { came } = back(asked, place);
  if (came === null) return "nothing";
  return "refused" in came ? came.refused : `${came.to.version} ← ${came.withdraws.join(", ")}`;
}

const back10 = rollback({ commit: at("v1.1.1") });
const merged: StandingOf<"release"> = {
  kind: "release",
  key: "release:42:12",
  by: null,
  at: NOW,
  because: "minor",
  repository: REPOSITORY,
  number: 12,
  version: "v1.3.0",
  commit: at("untagged"),
  notes: "",
  previous: null,
  ledger: PLACE,
};

describe("A rollback goes", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, string | null, Place, string]>([
    ["to the release before", null, {}, "v1.1.0 ← v1.2.0"],
    ["to the one that is named, and withdraws all since", "1.0.0", {}, "v1.0.0 ← v1.2.0, v1.1.0"],
    ["past what is no release", null, { tags: ["latest v1.2.0", "v2.0.0-rc.1 v1.2.0"] }, "v1.1.0 ← v1.2.0"],
    ["past what was never there", null, { tags: ["v9.0.0 elsewhere", "v8.0.0 elsewhere too", "v7.0.0 nor there", "v6.0.0 or there"] }, "v1.1.0 ← v1.2.0"],
    ["back from what was pushed since", null, { commits: ["v1.0.0", "v1.1.0", "pushed"] }, "v1.0.0 ← v1.1.0"],
    ["back from what could not be tagged", null, { commits: ["v1.0.0", "v1.1.0", "untagged"], standing: [merged] }, "v1.1.0 ← v1.3.0"],
    ["to a tag without v", null, { commits: ["old", "v1.1.0"], tags: ["1.0.0 old"] }, "1.0.0 ← v1.1.0"],
    ["not to the same commit under another name", null, { tags: ["1.2.0 v1.2.0"] }, "v1.1.0 ← v1.2.0, 1.2.0"],
    ["to the name with v", null, { commits: ["one", "two"], tags: ["1.0.0 one", "v1.0.0 one", "v1.1.0 two", "1.1.0 two"] }, "v1.0.0 ← v1.1.0, 1.1.0"],
    ["past what was withdrawn", null, { commits: ["v0.9.0", "v1.0.0", "v1.1.0", "v1.1.1", "v1.1.2"], standing: [back10] }, "v1.1.1 ← v1.1.2"],
    ["past what runs already", null, { commits: ["v0.9.0", "v1.0.0", "v1.1.0", "v1.1.1"], standing: [back10] }, "v0.9.0 ← v1.1.1, v1.0.0"],
    ["also to what was withdrawn, where that is named", "1.1.0", { commits: ["v1.0.0", "v1.1.0", "v1.1.1"], standing: [back10] }, "v1.1.0 ← v1.1.1"],
    ["where a rollback is not merged yet, as if there were none", null, { standing: [rollback()] }, "v1.1.0 ← v1.2.0"],
    ["where GitHub cuts the list, by the versions", "1.0.0", { cut: true }, "v1.0.0 ← v1.2.0, v1.1.0"],
    ["nowhere without a release", null, { commits: ["pushed"] }, "No release is in master: there is none yet."],
    ["nowhere where none is there", null, { commits: ["pushed"], tags: ["v1.0.0 elsewhere"] }, "No release is in master: there is `v1.0.0`."],
    ["nowhere before the first", null, { commits: ["v1.0.0"] }, "Before `v1.0.0` there is no release to go back to."],
    ["nowhere without the stage", null, { commits: [] }, "There is no branch master."],
    ["not to what nobody released", "1.3.0", {}, "There is no release `v1.3.0`: there are `v1.2.0`, `v1.1.0` and `v1.0.0`."],
    ["not to what runs", "1.2.0", {}, "`v1.2.0` is what runs: it is the newest release in master."],
    ["not to what runs below a push", "1.2.0", { commits: ["v1.0.0", "v1.2.0", "pushed"] }, "`v1.2.0` is what runs: it is the newest release in master."],
    ["not to what a rollback went back to", "1.0.0", { commits: ["v1.0.0", "v1.1.0", "v1.1.1"], standing: [back10] }, "`v1.0.0` is what runs: `v1.1.1` went back to it."],
    ["not to another branch", "9.0.0", { tags: ["v9.0.0 elsewhere"] }, "`v9.0.0` was never in master, so that there is no way back to it. Name a release that was."],
  ])("%s", (_what, asked, place, came) => {
    expect(says(asked, place)).toBe(came);
  });

  it("names ten releases at most", () => {
    const commits = Array.from({ length: 12 }, (_, minor) => `v1.${minor}.0`);
    expect(says("3.0.0", { commits })).toMatch(/: there are `v1\.11\.0`, .*`v1\.2\.0` and 2 more\.$/);
  });

  it("looks at no more than it needs", () => {
    expect(back(null, {}).asks).toEqual(["tagged", "branch", "compare", "compare"]);
    expect(back("1.0.0", {}).asks).toEqual(["tagged", "branch", "compare"]);
  });

  it("waits where GitHub says nothing", () => {
    const read = new Map<string, Fact<unknown>>([
      ["tagged", unknown("GitHub answered 502.")],
      ["branch master", known(at("v1.0.0"))],
    ]);
    expect(rollbackTo(null, { stage: branch("master"), standing: [], look: looking(read) })).toBeNull();
  });
});
