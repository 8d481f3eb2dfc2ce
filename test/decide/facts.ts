import type { Answer, Decision } from "../../src/flow/decision.ts";
import type { StageKnown } from "../../src/flow/facts.ts";
import type { House } from "../../src/flow/house.ts";
import type { PullMemory } from "../../src/flow/memory.ts";
import { branch } from "../../src/flow/names.ts";
import type { Label, StickyEdit } from "../../src/flow/request.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { APP, at, component, NO_RECORDS, NOW, policy, pullMemory, REPOSITORY, stageMemory } from "../builders.ts";
import { BLOB, PATH } from "../commands/walking.ts";
import { signer } from "../release/releases.ts";

/** Without pages of its own. */
export const HOUSE: House = {
  app: APP,
  links: null,
  web: "https://github.com",
  version: "0.0.0",
  signer: signer(),
};

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

/** What is known of a stage that is looked at; staging where it is not said. */
export const stageKnown = (more: Partial<StageKnown> = {}): StageKnown => ({
  now: NOW,
  cause: null,
  read: new Map(),
  component: component(),
  subject: { kind: "stage", repository: REPOSITORY, branch: branch("staging") },
  memory: stageMemory({ look: true }),
  unchecked: [],
  slots: {},
  records: NO_RECORDS,
  deviations: [],
  backMerge: null,
  closedBackMerges: [],
  releases: [],
  ...more,
});
