import { expect, it } from "@jest/globals";
import { workflowsRefused } from "../../src/decide/promoting/workflow-files.ts";
import { type ChangedFile, type Comparison, type Fact, type Want, wantKey } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch } from "../../src/flow/names.ts";
import type { Lane } from "../../src/flow/verdict.ts";
import { at, component, known, pullMemory } from "../builders.ts";
import { brings } from "./hub.ts";
import { HEAD } from "./under-way.ts";

const PERMISSIONS: Want = { want: "permissions" };
const CI = ".github/workflows/ci.yml";
const file = (path: string, before: string | null = null): ChangedFile => ({ path, before, blob: at(path) });

function refused(lane: Lane | null, workflows: string | null, files: readonly ChangedFile[] | null) {
  const base = lane === "hotfix" || lane === "back-merge" ? branch("master") : at("master");
  const comparison: Comparison = { ...brings("fix: b"), changes: { files: files ?? [], whole: true } };
  const read = new Map<string, Fact<unknown>>([
    [wantKey(PERMISSIONS), known({ contents: "write", ...(workflows && { workflows }) })],
    ...(files === null ? [] : ([[wantKey({ want: "compare", base, head: HEAD }), known(comparison)]] as const)),
  ]);
  const look = looking(read);
  const says = workflowsRefused({ pull: pullMemory({ base: "master" }), component: component() }, lane, look);
  return look.missing() === null ? (says?.slice(0, 40) ?? null) : look.missing();
}

const NO = `It changes \`${CI}\`, whi`.slice(0, 40);
// biome-ignore format: a table is read by its columns
it.each<[string, Lane | null, string | null, readonly ChangedFile[] | null, unknown]>([
  ["the App may change them",               "release",    "write", null,                       null],
  ["it may read them only",                 "release",    "read",  [file(CI)],                 NO],
  ["it may not",                            "feature",    null,    [file("a"), file(CI)],      NO],
  ["it may not, and one is moved away",     "hotfix",     null,    [file("ci.yml", CI)],       NO],
  ["it may not, and none is changed",       "back-merge", null,    [file("docs/ci.yml", "x")], null],
  ["it may not, and it was not compared",   "release",    null,    null,                       { lacks: [{ want: "compare", base: at("master"), head: HEAD }] }],
])("what changes workflows is refused, or not, where %s", (_what, lane, workflows, files, words) => {
  expect(refused(lane, workflows, files)).toEqual(words);
});

it("waits until it is known what the App may do", () => {
  const look = looking(new Map());
  expect(workflowsRefused({ pull: pullMemory(), component: component() }, "feature", look)).toBeNull();
  expect(look.missing()).toEqual({ lacks: [PERMISSIONS] });
});
