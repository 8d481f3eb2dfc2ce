import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { GroupKnown } from "../../src/flow/facts.ts";
import type { GroupMemory } from "../../src/flow/memory.ts";
import { branch, later } from "../../src/flow/names.ts";
import { at, component, finding, NOW, pullMemory, REPOSITORY, verdict } from "../builders.ts";
import { HOUSE } from "./facts.ts";

const group = (more: Partial<GroupMemory> = {}): GroupMemory => ({
  kind: "group",
  base: branch("development"),
  number: 12,
  requestedAt: NOW,
  destroyed: false,
  from: at("development"),
  ...more,
});
function judge(more: Partial<GroupKnown> = {}): Decision {
  const facts: GroupKnown = {
    now: NOW,
    cause: null,
    read: new Map(),
    component: component(),
    subject: { kind: "group", repository: REPOSITORY, head: at("group") },
    memory: group(),
    pull: { memory: pullMemory(), verdict: verdict() },
    slot: null,
    ...more,
  };
  const answer = decide(facts, HOUSE);
  if (!("decided" in answer)) throw new Error("it lacks something");
  return answer.decided;
}
const content = ({ effects: [effect] }: Decision) => (effect?.thing === "check-run" ? effect.content : undefined);

describe("a merge group", () => {
  it("says of its own commit what was said of its pull request", () => {
    expect(judge()).toMatchObject({
      effects: [{ head: at("group"), content: { name: "flowgate: development", conclusion: "success" } }],
      entries: [{ what: "judged", about: `group:42:${at("group")}` }],
      lookAgainAt: null,
    });
  });

  it("of a pull request that waits fails with the reason, since nobody can be waited for in a queue", () => {
    const pending = verdict({
      outcome: "pending",
      findings: [finding({ outcome: "pending", because: "Waiting for operations." })],
    });
    expect(content(judge({ pull: { memory: pullMemory(), verdict: pending } }))).toMatchObject({
      conclusion: "failure",
      summary: expect.stringContaining("Waiting for operations."),
    });
  });

  it.each<[string, GroupKnown["pull"]]>([
    ["never heard of", null],
    ["not judged yet", { memory: pullMemory(), verdict: null }],
    ["judged at another commit", { memory: pullMemory(), verdict: verdict({ head: at("old") }) }],
    ["judged for another base", { memory: pullMemory(), verdict: verdict({ base: branch("master") }) }],
    ["not known", { memory: pullMemory(), verdict: verdict({ outcome: "errored", lane: null }) }],
  ])("of a pull request %s looks again soon, and is final within ten minutes", (_what, pull) => {
    expect(judge({ pull })).toMatchObject({ effects: [], entries: [], lookAgainAt: later(NOW, 2_000) });
    const late = judge({ pull, now: later(NOW, 10 * 60_000) });
    expect(content(late)).toMatchObject({
      conclusion: "failure",
      summary: expect.stringContaining("#12 could not be judged within ten minutes."),
    });
  });

  it.each<[string, Partial<GroupKnown>]>([
    ["that was destroyed", { memory: group({ destroyed: true }) }],
    ["that nobody told of", { memory: null }],
    ["into no stage", { memory: group({ base: branch("gh-pages") }) }],
    ["of no component", { component: null }],
  ])("%s is left alone", (_what, more) => {
    expect(judge(more)).toMatchObject({ effects: [], entries: [], lookAgainAt: null });
  });

  it("into a default branch that is no stage is answered as well", () => {
    const base = branch("trunk");
    const known = { component: component({ defaultBranch: base }), memory: group({ base }) };
    const pull = { memory: pullMemory({ base }), verdict: verdict({ base, lane: null }) };
    expect(content(judge({ ...known, pull }))).toMatchObject({ name: "flowgate: trunk", conclusion: "success" });
  });

  it("marks no lines: they are those of another commit", () => {
    const annotations = [{ path: ".github/flowgate.yml", line: 1, message: "No." }];
    const broken = verdict({ outcome: "failed", findings: [finding({ outcome: "failed", annotations })] });
    expect(content(judge({ pull: { memory: pullMemory(), verdict: broken } }))).not.toHaveProperty("annotations");
  });

  it("is said once", () => {
    const first = judge();
    const written = { fingerprint: first.effects[0]?.fingerprint as never, id: 1, completed: true, at: NOW };
    expect(judge({ slot: { written, refused: null } })).toMatchObject({ effects: [], entries: [] });
  });
});
