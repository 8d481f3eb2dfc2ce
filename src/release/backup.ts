import { between, type Instant } from "../flow/names.ts";
import { code, listed } from "../flow/words.ts";
import {
  type Attested,
  type AttestedBackup,
  type AttestedWaiver,
  durationWords,
  type Measure,
  maxAge,
  measured,
  spanned,
} from "./attestation.ts";

/** How it stands with what a release or a hotfix may damage. */
export type Backed =
  /** Somebody answers for it that no data is affected. */
  | { readonly waiver: AttestedWaiver }
  /** A backup of each system, until the first of them is as old as it may be. */
  | { readonly good: readonly AttestedBackup[]; readonly until: Instant }
  | {
      /** What is not backed up, as said in a sentence, and the systems that are known. */
      readonly lacks: string;
      readonly systems: readonly string[];
      /** One line to copy. */
      readonly copy: string;
    };

/**
 * Whether each system of `backup.systems`, or one where it names none, has a valid backup, by what was attested for this
 * pull request.
 */
export function backedBy(attested: readonly Attested[], measure: Measure): Backed {
  const waiver = attested.find(
    (one): one is AttestedWaiver => one.what === "no-data-impact" && one.data === measure.data,
  );
  if (waiver !== undefined) return { waiver };
  const { systems, restoreTest } = measure.policy;
  const backups = attested.filter((one) => one.what === "backup");
  const states = (systems.length === 0 ? [null] : systems).map((system) =>
    stateOf(
      system,
      backups.filter((one) => system === null || one.system === system),
      measure,
    ),
  );
  const [first, ...more] = states.filter((state) => "lacks" in state);
  if (first === undefined) {
    const good = states.filter((state) => "good" in state);
    return { good: good.map((one) => one.good), until: good.map(({ until }) => until).toSorted()[0] as Instant };
  }
  const open = [first, ...more];
  const tested = restoreTest === null ? "" : " restore-tested=YYYY-MM-DD";
  return {
    lacks: listed(open.map(({ lacks }) => lacks)),
    systems: open.flatMap(({ system }) => system ?? []),
    copy: `/attest backup system=${first.system ?? "SYSTEM"} id=BACKUP-ID at=YYYY-MM-DDTHH:MM:SSZ${tested}`,
  };
}

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
