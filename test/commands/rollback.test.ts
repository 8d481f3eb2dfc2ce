import { expect, it } from "@jest/globals";
import { commandNamed } from "../../src/commands/catalog.ts";
import type { Command, OnPull } from "../../src/commands/command.ts";
import { commandsIn, type Written } from "../../src/commands/grammar.ts";
import { at, known, NOW } from "../builders.ts";
import { rollingBack } from "../decide/under-way.ts";
import { OLGA, RITA } from "../gates/asking.ts";
import { type On, onRelease, word } from "./walking.ts";

const [OLD, LIVE] = [at("v1.0.0"), at("v1.1.0")];
const FACTS: NonNullable<On["facts"]> = {
  tagged: known([
    { tag: "v1.0.0", commit: OLD },
    { tag: "v1.1.0", commit: LIVE },
  ]),
  "branch master": known(LIVE),
  [`compare ${OLD} ${LIVE}`]: known({ behind: 0, commits: [{ sha: LIVE }], whole: true }),
};

function says(line: string, on: On = {}): string | null {
  const [written] = commandsIn(line) as [Written];
  const command = commandNamed(written.name) as Command;
  const read = command.read(written, NOW);
  if ("not" in read) return `not understood: ${read.not}`;
  const asked = onRelease({ by: RITA, ...on, facts: { ...FACTS, ...on.facts } });
  const may = command.allows(asked);
  return word(may === "yes" ? read.act(asked as OnPull) : may === "unread" ? null : may);
}
const back = (because = "rita asked for it") =>
  `under way: ${JSON.stringify({ head: LIVE, to: { version: "v1.0.0", commit: OLD }, withdraws: ["v1.1.0"], because })}`;
// biome-ignore format: a table is read by its columns
it.each<[string, On, string | null]>([
  ["/rollback", {}, back()],
  ["/rollback to v1.0.0", {}, back()],
  ["/rollback TO 1.0.0 because exports are empty", {}, back("exports are empty")],
  ["/rollback", { pull: { state: "merged" } }, back()],
  ["/rollback", { by: OLGA }, "refused: This needs a release manager; you have `write` here. @rita could."],
  ["/rollback", { facts: { tagged: undefined } }, null],
  ["/rollback to v1.1.0", {}, "refused: `v1.1.0` is what runs: it is the newest release in master."],
  ["/rollback v1.0.0", {}, "not understood: `/rollback` does not know what `v1.0.0` is; a release is written `to v1.3.0`."],
  ["/rollback to", {}, "not understood: To which release? Its version follows `to`."],
  ["/rollback to v1.0.0 now", {}, "not understood: `/rollback` does not know what `now` is."],
  ["/rollback to staging", {}, "not understood: `staging` is no version."],
  ["/rollback to v1", {}, "not understood: `v1` is no version of three numbers: write `v1.0.0`."],
  ["/rollback", { standing: [rollingBack()] }, "done: rita asked for that already, and it is under way to `v1.0.0`."],
  ["/rollback", { standing: [rollingBack({ number: 13 })] }, back()],
  ["/rollback", { standing: [rollingBack({ head: OLD })] }, back()],
  ["/rollback", { standing: [rollingBack({ to: { version: "v0.9.0", commit: OLD } })] }, back()],
])("%s, %j", (line, on, came) => {
  expect(says(line, on)).toBe(came);
});
