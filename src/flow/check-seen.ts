/**
 * A check run or commit status on a commit, the newest of its App and name.
 * https://docs.github.com/rest/checks/runs, https://docs.github.com/rest/commits/statuses
 */
export type CheckSeen = {
  readonly name: string;
  /** Null: a commit status, which says nothing of the App that wrote it; 0: an App that is no more. */
  readonly app: number | null;
  /** `pending` until it has ended; then GitHub's conclusion of a check run, or the state of a status. */
  readonly ended: "pending" | Ending;
  readonly id: number;
};
export const ENDINGS = [
  "success",
  "neutral",
  "skipped",
  "failure",
  "cancelled",
  "timed_out",
  "action_required",
  "stale",
  "startup_failure",
  "error",
] as const;
export type Ending = (typeof ENDINGS)[number];

/** What a newer one stands for an older one by. Contexts of statuses that differ in their case only are one. */
export const checkKey = ({ app, name }: CheckSeen): string => (app === null ? name.toLowerCase() : `${app} ${name}`);

/** What is known once one more is seen: of each App and name the newest, and of the same run its end. */
export function withSeen(known: readonly CheckSeen[], seen: CheckSeen): readonly CheckSeen[] {
  const before = known.find((one) => checkKey(one) === checkKey(seen));
  if (before === undefined) return [...known, seen];
  const newer =
    seen.id > before.id || (seen.id === before.id && before.ended === "pending" && seen.ended !== "pending");
  return newer ? known.map((one) => (one === before ? seen : one)) : known;
}
