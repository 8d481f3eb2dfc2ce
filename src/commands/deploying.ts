import { isEnforced } from "../flow/component.ts";
import { holdersOf, names } from "../flow/roles.ts";
import { attestedFor } from "../release/attestation.ts";
import { backedBy } from "../release/backup.ts";
import type { Progress, Step } from "../release/progress.ts";
import { affectedBy } from "./affected.ts";
import type { May, OnPull } from "./command.ts";

/**
 * Whether an item may be done as far as the backup goes: that is judged once more when the first *deploy* item of production
 * is, since hours may lie between that and the merge, and somebody may have taken it back. SPEC 5.
 */
export function mayDeploy(asked: OnPull, { item, label }: Step, { walk, steps }: Progress): May {
  const { policy, repository, pull, standing, look, now } = asked;
  const begun = steps.some((one) => one.item.phase === "deploy" && one.came?.state === "done");
  if (walk !== "production" || item.phase !== "deploy" || begun || !isEnforced(policy)) return "yes";
  const affected = affectedBy(asked);
  if (affected === null) return "unread";
  const { impact, comparison } = affected;
  if (!impact.affected && policy.backup.when === "data") return "yes";
  const { number, lane } = pull;
  const attested = attestedFor(standing, { repository, number, lane, commits: comparison.commits });
  const measure = { policy: policy.backup, data: impact.data, destructive: impact.destructive !== null, now };
  const backed = backedBy(attested, measure);
  if (!("lacks" in backed)) return "yes";
  const operations = holdersOf("operations", policy, look);
  if (operations === null) return "unread";
  return {
    came: "refused",
    says: `Stop: \`${label}\` begins the deployment, and there is no valid backup to go back to: ${backed.lacks}. ${names(operations.people) || "Somebody in operations"} makes one and writes \`${backed.copy}\` here; then it is ticked again. Where no data is affected they say \`/attest no-data-impact because …\`.`,
  };
}
