import type { Decision } from "../../src/flow/decision.ts";
import type { SlotState } from "../../src/flow/effect.ts";
import type { Heard } from "../../src/flow/request.ts";
import type { StandingOf } from "../../src/flow/standing.ts";
import { at, NOW, REPOSITORY } from "../builders.ts";
import { DORA, RITA } from "../gates/asking.ts";

export const HEAD = at("login");
/** What #12 was merged as. */
export const MERGED = at("merged");

export const request = (body: string, more: Partial<Heard> = {}): Heard => ({
  id: "comment:900",
  by: RITA,
  at: NOW,
  body,
  how: "written",
  judged: HEAD,
  origin: { number: 12, comment: 900 },
  ...more,
});
export const asks = (body: string, more: Partial<Heard> = {}) => [{ request: request(body, more), answer: null }];

/** Dora holds #12. */
export const HELD: StandingOf<"hold"> = {
  kind: "hold",
  key: "hold:42:12",
  by: DORA,
  at: NOW,
  because: "wait",
  repository: REPOSITORY,
  number: 12,
};

/** A `/promote` of #12 that is under way since now. */
export const underWay = (more: Partial<StandingOf<"promotion">> = {}): StandingOf<"promotion"> => ({
  kind: "promotion",
  key: "promotion:42:12",
  by: RITA,
  at: NOW,
  because: "/promote",
  repository: REPOSITORY,
  number: 12,
  head: HEAD,
  whenReadyUntil: null,
  version: null,
  refreshTo: null,
  carries: null,
  request: request("/promote"),
  others: [],
  line: "/promote",
  answered: false,
  ...more,
});
/** A `/rollback` from v1.1.0, asked on #12, that is under way since now. */
export const rollingBack = (more: Partial<StandingOf<"rolling-back">> = {}): StandingOf<"rolling-back"> => ({
  kind: "rolling-back",
  key: "rolling-back:42:12",
  by: RITA,
  at: NOW,
  because: "exports are empty",
  repository: REPOSITORY,
  number: 12,
  head: at("v1.1.0"),
  to: { version: "v1.0.0", commit: at("v1.0.0") },
  withdraws: ["v1.1.0"],
  request: request("/rollback"),
  others: [],
  line: "/rollback",
  ...more,
});
/** The pull request that it opened, which is not merged. */
export const rollback = (more: Partial<StandingOf<"rollback">> = {}): StandingOf<"rollback"> => ({
  kind: "rollback",
  key: "rollback:42:20",
  by: RITA,
  at: NOW,
  because: "exports are empty",
  repository: REPOSITORY,
  number: 20,
  version: "v1.0.0",
  target: at("v1.0.0"),
  withdraws: ["v1.1.0"],
  commit: null,
  issue: null,
  broughtAgainBy: null,
  ...more,
});

/** The request while it is under way. */
export const OPEN = [{ request: request("/promote"), answer: { came: "under way" as const, body: null } }];

export const slot = (more: Partial<SlotState> = {}): SlotState => ({ written: null, refused: null, ...more });
export const written = (id: number, fingerprint: string): SlotState =>
  slot({ written: { fingerprint: fingerprint as never, id, completed: false, at: NOW } });

/** What is done on GitHub beside checks. */
export const done = ({ effects }: Decision) =>
  effects.map(({ thing }) => thing).filter((thing) => thing !== "check-run");
/** What stands from now on, and what does not any more. */
export const promotions = (decision: Decision) =>
  decision.entries.flatMap(({ what, says }) => (what === "opened" || what === "closed" ? [{ what, ...says }] : []));
export const mergeOf = (decision: Decision) => decision.effects.find((effect) => effect.thing === "merge");
