import { approvals } from "./approvals.ts";
import { backMerge } from "./back-merge.ts";
import { changeOrder } from "./change-order.ts";
import { checks } from "./checks.ts";
import type { Gate } from "./gate.ts";
import { policy } from "./policy.ts";
import { readiness } from "./readiness.ts";

/** The gates behind the lane, in the order in which tables list them. */
export const GATES: readonly Gate[] = [policy, backMerge, approvals, checks, readiness, changeOrder];
