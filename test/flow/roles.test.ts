import { expect, it } from "@jest/globals";
import type { Need, Policy } from "../../src/flow/config.ts";
import { type Fact, type Want, wantKey } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { reviewersFor } from "../../src/flow/roles.ts";
import { known, policy } from "../builders.ts";
import { ERIN, OTTO, QUINN, RITA, right } from "../gates/asking.ts";

const PEOPLE = [right(RITA, "maintain"), right(OTTO, "admin"), right(QUINN, "read"), right(ERIN, "none")];
const COLLABORATORS: Want = { want: "collaborators" };

/** Rita asked; null: what it wants was not read. */
function reviewers(needs: readonly Need[], roles: Partial<Policy["roles"]>, people: typeof PEOPLE | null = PEOPLE) {
  const read = new Map<string, Fact<unknown>>(people === null ? [] : [[wantKey(COLLABORATORS), known(people)]]);
  const look = looking(read);
  const of = policy({ roles: { ...policy().roles, ...roles } });
  return { asked: reviewersFor(needs, of, { owner: "Acme", but: RITA }, look), missing: look.missing() };
}
const asked = (...of: Parameters<typeof reviewers>) => {
  const { people, teams } = reviewers(...of).asked ?? { people: ["not read"], teams: [] };
  return [...people, ...teams.map((slug) => `team ${slug}`)].join(" ");
};
const MANY = Array.from({ length: 20 }, (_, place) => ({ id: 100 + place, login: `p${place}` }));

// biome-ignore format: a table is read by its columns
it.each<[string, readonly Need[], Partial<Policy["roles"]>, string]>([
  ["whoever has the right where nobody is named", ["maintainer"],                {},                                                    "otto"],
  ["people who are named and may read",           ["quality"],                   { quality: ["@Quinn", "erin", "nobody"] },               "quinn"],
  ["teams as teams",                              ["operations", "quality"],     { operations: ["@acme/ops"], quality: ["@acme/q", "quinn"] }, "quinn team ops team q"],
  ["each once",                                   ["operations", "operations"],  { operations: ["@acme/ops", "otto"] },                  "otto team ops"],
  ["no team of another owner",                    ["operations"],                { operations: ["@others/ops"] },                        ""],
  ["nobody where nobody is needed",               [],                            {},                                                    ""],
  ["not who asked",                               ["release-manager"],           { "release-manager": ["rita"] },                        ""],
])("asks for reviews of %s", (_what, needs, roles, words) => {
  expect(asked(needs, roles)).toBe(words);
});

it("asks no more than fifteen", () => {
  const people = MANY.map((person) => right(person, "maintain"));
  const of = reviewers(["operations", "maintainer"], { operations: ["@acme/ops"] }, people).asked;
  expect([of?.teams, of?.people]).toEqual([["ops"], MANY.slice(0, 14).map(({ login }) => login)]);
});

it("reads who the people are only where no team says it", () => {
  const lacks = { lacks: [COLLABORATORS] };
  expect(reviewers(["maintainer"], {}, null)).toEqual({ asked: null, missing: lacks });
  expect(reviewers(["quality"], { quality: ["quinn"] }, null)).toEqual({ asked: null, missing: lacks });
  expect(reviewers(["quality"], { quality: ["@acme/q"] }, null)).toMatchObject({ missing: null });
});
