import { describe, expect, it } from "@jest/globals";
import type { Commit, Fact } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import type { Sha } from "../../src/flow/names.ts";
import { owed } from "../../src/release/debt.ts";
import { at, known, unknown } from "../builders.ts";
import { brings } from "../decide/hub.ts";

const commit = (name: string, tree: string, ...parents: readonly string[]): Commit => ({
  sha: at(name),
  parents: parents.map(at),
  tree: at(tree),
  title: name,
  author: null,
});
/** Where the two sides parted. */
const PARTED = { mergeBase: at("parted"), mergeBaseTree: at("0") };
/** What is owed, by title; or what is still to be read. */
function debt(
  commits: readonly Commit[],
  read: ReadonlyMap<string, Fact<unknown>> = new Map(),
  backMerges: readonly Sha[] = [],
) {
  const look = looking(read);
  const found = owed(look, { ...brings(), ...PARTED, commits, ahead: commits.length }, backMerges);
  return found === null ? look.missing() : found.map(({ title }) => title);
}
const tree = (of: string, is: string): [string, Fact<unknown>] => [`tree ${at(of)}`, known(at(is))];

describe("what is owed", () => {
  it("is every commit with its own work: the first, one on another, and a merge of three", () => {
    const all = [commit("first", "1"), commit("next", "2", "first"), commit("octopus", "2", "first", "next", "other")];
    expect(debt(all)).toEqual(["first", "next", "octopus"]);
  });

  it("is no merge whose tree is that of what it merged in, which is read where it is not in the list", () => {
    const listed = [commit("work", "1", "before"), commit("merge", "1", "before", "work")];
    expect(debt(listed)).toEqual(["work"]);
    const merge = [commit("merge", "1", "before", "work")];
    expect(debt(merge)).toEqual({ lacks: [{ want: "tree", commit: at("work") }] });
    expect(debt(merge, new Map([tree("work", "1")]))).toEqual([]);
  });

  it("is no merge that left its own side as it was", () => {
    const merge = [commit("merge", "1", "before", "work")];
    const one = new Map([tree("work", "2")]);
    expect(debt(merge, one)).toEqual({ lacks: [{ want: "tree", commit: at("before") }] });
    expect(debt(merge, new Map([...one, tree("before", "1")]))).toEqual([]);
    expect(debt(merge, new Map([...one, tree("before", "3")]))).toEqual(["merge"]);
  });

  it("is told without reading where the two sides parted, which the comparison names", () => {
    expect(debt([commit("merge", "0", "before", "parted")])).toEqual([]);
    const one = new Map([tree("before", "1")]);
    expect(debt([commit("merge", "2", "before", "parted")], one)).toEqual(["merge"]);
  });

  it("is no back-merge that was merged by a pull request, and nothing is read of it; squashed it is", () => {
    expect(debt([commit("merge", "1", "before", "work")], new Map(), [at("merge")])).toEqual([]);
    expect(debt([commit("squashed", "1", "before")], new Map(), [at("squashed")])).toEqual(["squashed"]);
  });

  it("is unknown while GitHub does not answer", () => {
    const merge = [commit("work", "1", "before"), commit("merge", "1", "before", "other")];
    expect(debt(merge, new Map([[`tree ${at("other")}`, unknown("GitHub answered 502.")]]))).toMatchObject({
      unknown: "GitHub answered 502.",
    });
  });
});
