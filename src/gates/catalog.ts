import { approvals } from "./approvals.ts";
import { artifacts } from "./artifacts.ts";
import { backMerge } from "./back-merge.ts";
import { backup } from "./backup.ts";
import { changeOrder } from "./change-order.ts";
import { checks } from "./checks.ts";
import { dataTransition } from "./data-transition.ts";
import type { Gate } from "./gate.ts";
import { policy } from "./policy.ts";
import { provenance } from "./provenance.ts";
import { readiness } from "./readiness.ts";
import { runBook } from "./run-book.ts";
import { window } from "./window.ts";

/** The gates behind the lane, in the order in which tables list them. */
export const GATES: readonly Gate[] = [
  window,
  policy,
  provenance,
  backMerge,
  approvals,
  checks,
  runBook,
  backup,
  dataTransition,
  artifacts,
  readiness,
  changeOrder,
];
