import type { Answer, Decision } from "../../src/flow/decision.ts";
import type { House } from "../../src/flow/house.ts";
import type { PullMemory } from "../../src/flow/memory.ts";
import type { Label, StickyEdit } from "../../src/flow/request.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { APP, at, component, NOW, policy, pullMemory, REPOSITORY } from "../builders.ts";
import { BLOB, PATH } from "../commands/walking.ts";

/** Without pages of its own. */
export const HOUSE: House = { app: APP, links: null, web: "https://github.com" };

/** What was decided, where nothing was left to be read. */
export function decided(answer: Answer): Decision {
  if (!("decided" in answer)) throw new Error(`it lacks ${JSON.stringify(answer.lacks)}`);
  return answer.decided;
}

/** A component whose releases go by a run-book. */
export const WITH_RUN_BOOK = component({
  config: { ...component().config, policy: policy({ runBook: { ...policy().runBook, required: true } }) },
});

/** The pull request of `onRelease`, which links the run-book of its FACTS. */
export const release = (more: Partial<PullMemory> = {}): PullMemory =>
  pullMemory({ head: "staging", base: "master" }, { body: `Run-book: ${PATH}`, ...more });

/** The file that it was walked by before. */
export const OLDER = { path: "older.md", blob: at("an older run-book") };

/** Its comment as it was written the third time. */
export const execution = (more: Partial<StandingOf<"execution">> = {}): StandingOf<"execution"> => ({
  kind: "execution",
  key: "execution:42:12",
  by: null,
  at: NOW,
  because: "its run-book is walked from here on",
  repository: REPOSITORY,
  number: 12,
  path: PATH,
  blob: BLOB,
  revision: 3,
  shows: "shown" as never,
  undone: [],
  before: [OLDER],
  ...more,
});

/** An edit that clicked on boxes of it, by their labels: ticked, or unticked where a minus stands before one. */
export const stickyEdit = (labels: readonly string[] = [], more: Partial<StickyEdit> = {}): StickyEdit => ({
  revision: 3,
  blob: BLOB,
  clicks: labels.map((name) => {
    const ticked = !name.startsWith("-");
    return { label: name.replace("-", "") as Label, ticked, shown: !ticked };
  }),
  other: "no",
  ...more,
});
