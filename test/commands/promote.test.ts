import { describe, expect, it } from "@jest/globals";
import { commandNamed } from "../../src/commands/catalog.ts";
import type { Command, OnPull } from "../../src/commands/command.ts";
import { commandsIn, type Written } from "../../src/commands/grammar.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { at, NOW } from "../builders.ts";
import { release } from "../decide/released.ts";
import { underWay } from "../decide/under-way.ts";
import { OLGA, RITA } from "../gates/asking.ts";
import { HEAD, type On, onRelease, walkedBefore, word } from "./walking.ts";

/** What comes of one line on a pull request from staging into master. */
function says(line: string, on: On = {}): string | null {
  const [written] = commandsIn(line) as [Written];
  const command = commandNamed(written.name) as Command;
  const read = command.read(written, NOW);
  if ("not" in read) return `not understood: ${read.not}`;
  const asked = onRelease({ by: RITA, ...on });
  const may = command.allows(asked);
  return word(may === "yes" ? read.act(asked as OnPull) : may === "unread" ? null : may);
}
const SHORT = HEAD.slice(0, 7);
const promotes = (more: object = {}) =>
  `under way: ${JSON.stringify({ head: HEAD, whenReadyUntil: null, version: null, refreshTo: null, ...more })}`;

describe("/promote", () => {
  // biome-ignore format: a table is read by its columns
  it.each<[string, On, string | null]>([
    ["/promote",                       {}, promotes()],
    ["/promote to master",             {}, promotes()],
    [`/promote ${HEAD}`,               {}, promotes()],
    [`/promote ${SHORT} v2.0.0`,       {}, promotes({ version: { version: "2.0.0" } })],
    ["/promote minor when ready",      {}, promotes({ whenReadyUntil: later(NOW, 24 * 3_600_000), version: { bump: "minor" } })],
    ["/promote dry run",               {}, "done: Nothing was done."],
    ["/promote",                       { by: OLGA }, "refused: This needs a release manager; you have `write` here. @rita could."],
    ["/promote",                       { facts: { collaborators: undefined } }, null],
    [`/promote ${at("x").slice(0, 8)}`, {}, `refused: ${at("x").slice(0, 8)} is not the head: that is ${SHORT}. Look at that one, and say it again.`],
    [`/promote ${SHORT}`,              { pull: { fork: true } }, promotes()],
    ["/promote",                       { pull: { fork: true } }, `refused: The head lies in a fork, where others may push: name the commit that you looked at, \`/promote ${SHORT}\`.`],
    ["/promote to staging",            {}, "refused: It goes one step at a time, and from here that is master, not staging."],
    ["/promote to Staging",            {}, "refused: There is no stage “Staging”: the stages are development, staging, master."],
    ["/promote to staging",            { pull: { state: "merged" } }, "refused: master is the last stage: #12 is where it was to go."],
    ["/promote now",                   {}, "not understood: `/promote` does not know what `now` is; a stage is written `to now`."],
    ["/promote v1",                    {}, "not understood: `v1` is no version of three numbers: write `v1.0.0`."],
    ["/promote train city",            {}, "refused: The config knows no train “city”. `trains` names them, in the organisation's file or in this component's."],
  ])("%s, %j", (line, on, came) => {
    expect(says(line, on)).toBe(came);
  });

  // biome-ignore format: a table is read by its columns
  it.each<[string, string]>([
    ["/promote train city",       'under way: {"name":"city","of":["acme/api","acme/web"]}'],
    ['/promote train "old town"', 'under way: {"name":"old town","of":["acme/web","acme/api"]}'],
    ["/promote train City",       "refused: The config knows no train “City”. It knows “city” and “old town”."],
    ["/promote train toString",   "refused: The config knows no train “toString”. It knows “city” and “old town”."],
  ])("%s", (line, came) => {
    const trains = { city: ["api", "web"], "old town": ["web", "api"] };
    expect(says(line, { policy: { ...onRelease().policy, trains } })).toBe(came);
  });

  it("under way for the same head and version is not begun again", () => {
    const already = `done: rita asked for that already, and it is under way for ${SHORT}.`;
    const on = (more: Partial<StandingOf<"promotion">>) => ({ standing: [underWay(more)] });
    expect(says("/promote", on({}))).toBe(already);
    expect(says("/promote v2.0.0", on({ version: { version: "2.0.0" } }))).toBe(already);
    expect(says("/promote v2.0.0", on({}))).toBe(promotes({ version: { version: "2.0.0" } }));
    expect(says("/promote", on({ head: at("older") }))).toBe(promotes());
    expect(says("/promote", on({ number: 13 }))).toBe(promotes());
    // That one merges nothing.
    expect(says("/promote", on({ refreshTo: at("staging") }))).toBe(promotes());
    expect(says("/promote dry run", on({}))).toBe("done: Nothing was done.");
  });
});

it("/promote dry run says what it tries out", () => {
  const [written] = commandsIn("/promote minor dry run") as [Written];
  const read = (commandNamed("promote") as Command).read(written, NOW);
  expect("act" in read && read.act(onRelease({ by: RITA }))).toEqual({
    came: "done",
    says: "Nothing was done.",
    rehearses: { version: { bump: "minor" } },
    table: true,
  });
});

describe("/promote on a release that is published by hand", () => {
  const item = (label: string) => walkedBefore(label, { state: "done", by: RITA });
  const byHand = ({ standing = [release()], ...on }: On = {}): On => {
    const { policy } = onRelease();
    const runBook = { ...policy.runBook, required: true };
    return {
      pull: { state: "merged" },
      policy: { ...policy, release: { publish: "by-hand" }, runBook },
      standing,
      ...on,
    };
  };
  const done = ["P3", "P5", "P6"].map(item);
  const open = (labels: string) =>
    `refused: v1.4.0 is not published before it is deployed and tested. Still open: ${labels}. Operations tick them, or write \`/done\` with their names.`;
  const alone = "refused: #12 is merged and tagged as v1.4.0: `/promote` alone publishes that.";
  const elsewhere = "refused: master is the last stage: #12 is where it was to go.";
  const automatic: On = { pull: { state: "merged" }, standing: [release()] };

  // biome-ignore format: a table is read by its columns
  it.each<[string, On, string | null]>([
    ["/promote",            byHand({ standing: [release(), ...done] }), promotes({ publishes: true })],
    ["/promote",            byHand(), open("`P3`, `P5`, `P6`")],
    ["/promote",            byHand({ standing: [release(), item("P3"), item("P5")] }), open("`P6`")],
    ["/promote",            byHand({ facts: { [`entries ${HEAD}`]: undefined } }), null],
    ["/promote",            byHand({ pull: { state: "merged", body: "Run-book: none.md" } }), expect.stringMatching(/^refused: .*none\.md/) as never],
    ["/promote",            byHand({ policy: { ...onRelease().policy, release: { publish: "by-hand" } } }), promotes({ publishes: true })],
    ["/promote",            byHand({ standing: [release(), ...done, underWay({ publishes: true })] }), "done: rita let v1.4.0 be published already, and that is under way."],
    ["/promote",            byHand({ standing: [release(), ...done, underWay()] }), promotes({ publishes: true })],
    ["/promote",            byHand({ by: OLGA }), "refused: This needs a release manager; you have `write` here. @rita could."],
    ["/promote minor",      byHand(), alone],
    ["/promote to master",  byHand(), alone],
    [`/promote ${SHORT}`,   byHand(), alone],
    ["/promote when ready", byHand(), alone],
    ["/promote",            byHand({ standing: [release({ number: 13 })] }), elsewhere],
    ["/promote",            byHand({ standing: [] }), elsewhere],
    ["/promote",            automatic, elsewhere],
  ])("%s, %#", (line, on, came) => {
    expect(says(line, on)).toEqual(came);
  });
});

describe("/promote refresh", () => {
  const pinned = { ref: branch("release/2026-11-24-1234567"), base: branch("staging"), sourceHead: at("development") };
  const none = "refused: #12 is not pinned: `/promote refresh` moves a branch `release/…` on to where its stage is.";

  it.each<[string, NonNullable<On["pull"]>, string]>([
    ["moves what is pinned on", pinned, promotes({ refreshTo: at("development") })],
    ["has nothing to do there", { ...pinned, sourceHead: HEAD }, `done: #12 is where development is: at ${SHORT}.`],
    ["leaves a stage where it is", { ...pinned, ref: branch("development") }, none],
    ["leaves another's branch where it is", { ...pinned, fork: true }, none],
    ["has no stage to follow", { ...pinned, base: branch("development"), sourceHead: null }, none],
    ["has lost its stage", { ...pinned, sourceHead: null }, none],
    ["comes too late", { ...pinned, state: "merged" }, "refused: #12 is merged: there is nothing to move on."],
  ])("%s", (_what, pull, came) => {
    expect(says("/promote refresh", { pull })).toBe(came);
  });
});
