import { between, type Instant } from "../flow/names.ts";
import { holdersOf, names } from "../flow/roles.ts";
import { code, listed, minute } from "../flow/words.ts";
import {
  type AttestedBackup,
  type AttestedWaiver,
  attestedFor,
  durationWords,
  type Measure,
  maxAge,
  measured,
  spanned,
} from "../release/attestation.ts";
import { type DataImpact, dataImpact } from "../release/data-impact.ts";
import { changeOf } from "./change.ts";
import type { Case, Found, Gate } from "./gate.ts";

export const backup: Gate = {
  name: "backup",
  asks: "Is there a fresh backup of what this may damage?",
  why: "SOP-0013: operations confirm a backup before a release that may affect data, so that there is something to go back to.",
  pass: "Somebody in `operations` says which backup there is, a line for each system of `backup.systems`: `/attest backup system=postgres-main id=snap-8f31 at=2026-11-22T09:40:00Z`, or with `run=` a link to the run of a workflow of `backup.workflows` that made it. Where no data is affected they say `/attest no-data-impact because …`.",
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
    const waiver = attested.find(
      (one): one is AttestedWaiver => one.what === "no-data-impact" && one.data === impact.data,
    );
    if (waiver !== undefined) return { outcome: "passed", because: waived(waiver) };
    const { systems } = policy.backup;
    const measure = { policy: policy.backup, data: impact.data, destructive: impact.destructive !== null, now };
    const backups = attested.filter((one) => one.what === "backup");
    const states = (systems.length === 0 ? [null] : systems).map((system) =>
      stateOf(
        system,
        backups.filter((one) => system === null || one.system === system),
        measure,
      ),
    );
    const open = states.filter((state) => "lacks" in state);
    if (open.length === 0) return passed(states.filter((state) => "good" in state));
    const operations = holdersOf("operations", policy, of.look);
    return operations && waits(open, names(operations.people) || "Somebody in operations", impact, of);
  },
};

/** How one system stands; null: any. */
type Good = { readonly good: AttestedBackup; readonly until: Instant };
type Open = { readonly lacks: string; readonly system: string | null };

function stateOf(system: string | null, backups: readonly AttestedBackup[], measure: Measure): Good | Open {
  const newest = backups.toSorted((one, other) => (one.finished < other.finished ? 1 : -1));
  const good = newest
    .flatMap((one) => {
      const standard = measured(one, measure);
      return "until" in standard ? [{ good: one, until: standard.until }] : [];
    })
    .reduce<Good | null>((best, one) => (best === null || one.until > best.until ? one : best), null);
  if (good !== null) return good;
  const [last] = newest;
  const of = system ?? last?.system ?? null;
  return { system: of, lacks: last === undefined ? noneOf(system) : flawOf(last, measure) };
}

const noneOf = (system: string | null) => `no backup${system === null ? "" : ` of ${code(system)}`} is attested`;

function flawOf(last: AttestedBackup, measure: Measure): string {
  const { policy, now } = measure;
  const standard = measured(last, measure);
  const newest = `the newest backup of ${code(last.system)}`;
  switch ("not" in standard && standard.not) {
    case "made for other files":
      return `the files that affect data changed since ${code(last.id)} of ${code(last.system)} was attested`;
    case "never restored":
      return `${newest} does not say when a restore was tested last (\`restore-tested\`)`;
    case "restored too long ago":
      return `the last restore of ${code(last.system)} was tested on ${last.restoreTested}, and ${durationWords(policy.restoreTest as never)} is the limit`;
    default:
      return `${newest} is ${spanned(between(last.finished, now))} old, and ${durationWords(maxAge(measure))} is the limit`;
  }
}

function waits(open: readonly Open[], who: string, impact: DataImpact, { policy }: Case): Found {
  const [first] = open as readonly [Open, ...Open[]];
  const tested = policy.backup.restoreTest === null ? "" : " restore-tested=YYYY-MM-DD";
  const strict = impact.destructive === null ? "" : ` What it brings may destroy data: ${plain(impact.destructive)}`;
  return {
    outcome: "pending",
    because: `Waiting for operations: ${listed(open.map(({ lacks }) => lacks))}.`,
    cure: `${who} makes a backup and copies the line with its id and when it was finished, or names the run that made it.${open.length > 1 ? ` A line for each: ${listed(open.map(({ system }) => code(system as string)))}.` : ""}${strict} Where no data is affected they say \`/attest no-data-impact because …\`.`,
    copy: `/attest backup system=${first.system ?? "SYSTEM"} id=BACKUP-ID at=YYYY-MM-DDTHH:MM:SSZ${tested}`,
  };
}

/** A statement, or a sentence already. */
const plain = (destructive: string) => (destructive.endsWith(".") ? destructive : `${code(destructive)}.`);

const waived = ({ by, because }: AttestedWaiver) =>
  `${by?.login ?? "Somebody"} attested that no data is affected: ${because}.`;

/** It turns when the first of them is as old as it may be. */
function passed(states: readonly Good[]): Found {
  const until = states.map((state) => state.until).toSorted()[0] as Instant;
  const each = states.map(
    ({ good: { system, id, finished, level, by } }) =>
      `${code(id)} of ${code(system)} was finished at ${minute(finished)} (${level === "checked" ? "checked" : `claimed by ${by?.login ?? "somebody"}`})`,
  );
  return { outcome: "passed", because: `${listed(each)}. Counts until ${minute(until)}.`, until };
}
