import { holdersOf, names } from "../flow/roles.ts";
import { code, listed, minute } from "../flow/words.ts";
import { type AttestedWaiver, attestedFor } from "../release/attestation.ts";
import { type Backed, backedBy } from "../release/backup.ts";
import { type DataImpact, dataImpact } from "../release/data-impact.ts";
import { changeOf } from "./change.ts";
import type { Found, Gate } from "./gate.ts";

export const backup: Gate = {
  name: "backup",
  asks: "Is there a fresh backup of what this may damage?",
  why: "SOP-0013: operations confirm a backup before a release that may affect data, so that there is something to go back to.",
  pass: "Somebody in `operations` says which backup there is, a line for each system of `backup.systems`: `/attest backup system=postgres-main id=snap-8f31 at=2026-11-22T09:40:00Z`, or with `run=` a link to the run of a workflow of `backup.workflows` that made it. Where no data is affected they say `/attest no-data-impact because …`. It is looked at once more when the first *deploy* item of the run-book is done, and a backup serves one release.",
  judge(of) {
    const { lane, pull, policy, standing, mayAffect, now } = of;
    if (lane.lane !== "release" && lane.lane !== "hotfix") return { notAsked: "Asked on releases and hotfixes." };
    const comparison = changeOf(of);
    if (comparison === null) return null;
    const impact = dataImpact({ policy, comparison, pull, mayAffect });
    if (!impact.affected && policy.backup.when === "data")
      return { notAsked: "No data is affected, and `backup.when` asks only where it is." };

    const { commits } = comparison;
    const attested = attestedFor(standing, { ...pull, lane: lane.lane, commits });
    const measure = { policy: policy.backup, data: impact.data, destructive: impact.destructive !== null, now };
    const backed = backedBy(attested, measure);
    if ("waiver" in backed) return { outcome: "passed", because: waived(backed.waiver) };
    if ("good" in backed) return passed(backed);
    const operations = holdersOf("operations", policy, of.look);
    return operations && waits(backed, names(operations.people) || "Somebody in operations", impact);
  },
};

type Good = Extract<Backed, { readonly good: unknown }>;
type Open = Extract<Backed, { readonly lacks: unknown }>;

function waits({ lacks, systems, copy }: Open, who: string, impact: DataImpact): Found {
  const strict = impact.destructive === null ? "" : ` What it brings may destroy data: ${plain(impact.destructive)}`;
  return {
    outcome: "pending",
    because: `Waiting for operations: ${lacks}.`,
    cure: `${who} makes a backup and copies the line with its id and when it was finished, or names the run that made it.${systems.length > 1 ? ` A line for each: ${listed(systems.map(code))}.` : ""}${strict} Where no data is affected they say \`/attest no-data-impact because …\`.`,
    copy,
  };
}

/** A statement, or a sentence already. */
const plain = (destructive: string) => (destructive.endsWith(".") ? destructive : `${code(destructive)}.`);

const waived = ({ by, because }: AttestedWaiver) =>
  `${by?.login ?? "Somebody"} attested that no data is affected: ${because}.`;

/** It turns when the first of them is as old as it may be. */
function passed({ good, until }: Good): Found {
  const each = good.map(
    ({ system, id, finished, level, by }) =>
      `${code(id)} of ${code(system)} was finished at ${minute(finished)} (${level === "checked" ? "checked" : `claimed by ${by?.login ?? "somebody"}`})`,
  );
  return { outcome: "passed", because: `${listed(each)}. Counts until ${minute(until)}.`, until };
}
