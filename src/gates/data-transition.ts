import type { ChangedFile, Comparison } from "../flow/facts.ts";
import { type Sha, short } from "../flow/names.ts";
import { meantBy } from "../flow/pattern.ts";
import { isRequired } from "../flow/run-book.ts";
import type { Standing, StandingOf, Waiver } from "../flow/standing.ts";
import { code, count } from "../flow/words.ts";
import { type DataImpact, dataImpact, isMigration, saysSo } from "../release/data-impact.ts";
import { type LinkedBook, linkedBook } from "../release/linked.ts";
import { names } from "../release/run-book/item.ts";
import { changeOf, differing, filesAt } from "./change.ts";
import type { Case, Found, Gate } from "./gate.ts";

export const dataTransition: Gate = {
  name: "data-transition",
  asks: "Where data is affected: is there a script that carries it over, and does the run-book name it?",
  why: "SOP-0013: a release may need a data transition script that prepares data and schema before the new version is checked out. What is not in the repository and in the run-book is forgotten on the day.",
  pass: "Commit the script, under a path of `data.transition` or as a migration, and name it in a *before* or *deploy* item of the run-book. Where data needs no script, somebody in `operations` says `/attest no-data-transition because …`; where no data is affected, `/attest no-data-impact because …`.",
  judge(of) {
    const { lane, policy, pull, mayAffect } = of;
    if (lane.lane === "feature") return { notAsked: onFeature(of) };
    if (!isAsked(of)) return { notAsked: ASKED_ON };
    const comparison = changeOf(of);
    if (comparison === null) return null;
    const impact = dataImpact({ policy, comparison, pull, mayAffect });
    if (!impact.affected) return { outcome: "passed", because: "No data is affected." };
    const waiver = waiverFor(of, impact, comparison);
    if (waiver !== undefined) return waived(waiver);

    const brought = broughtBy(of, comparison);
    const linked = linkedBook({ ...of, repository: of.component.name });
    if (brought === null || linked === null) return null;
    const [first, ...more] = scriptsIn(brought, of);
    return first === undefined ? lacking(impact) : named([first, ...more], linked);
  },
};

const ASKED_ON = "Asked on releases, hotfixes, and promotions into the stage before the last.";

/** A back-merge with commits of its own is asked what a promotion into that stage is asked; the first stage has none. */
function isAsked({ lane, pull, policy: { stages } }: Case): boolean {
  if (lane.lane === "release" || lane.lane === "hotfix") return true;
  return pull.base === stages.at(-2) && pull.base !== stages[0] && (lane.lane === "promotion" || lane.own === true);
}

/** What the release will need, by what the pull request says of itself: nothing is read for it. */
function onFeature({ pull }: Case): string {
  const says = saysSo(pull);
  return says === null
    ? ASKED_ON
    : `This pull request ${says}: its release will need a script that carries the data over, and an item of the run-book that names it.`;
}

type Attested = StandingOf<"attestation"> & Waiver;

/** Said here; or on a promotion that this release carries. It counts while the files that it was said of are the same. */
function waiverFor(
  { standing, lane, pull }: Case,
  { data }: DataImpact,
  { commits }: Comparison,
): Attested | undefined {
  const carries = (head: Sha) => lane.lane === "release" && commits.some(({ sha }) => sha === head);
  return standing.find(
    (one: Standing): one is Attested =>
      one.kind === "attestation" &&
      (one.what === "no-data-impact" || one.what === "no-data-transition") &&
      one.repository === pull.repository &&
      one.data === data &&
      (one.number === pull.number || carries(one.head)),
  );
}

function waived({ what, by, because }: Attested): Found {
  const that = what === "no-data-impact" ? "no data is affected" : "no script is needed to carry the data over";
  return { outcome: "passed", because: `${by?.login ?? "Somebody"} attested that ${that}: ${because}.` };
}

/** What it adds or changes; by the files of both commits where GitHub does not list all. Null: still to be read. */
function broughtBy({ look, pull }: Case, { changes, mergeBase }: Comparison): readonly ChangedFile[] | null {
  if (changes.whole) return changes.files;
  const [before, tree] = [filesAt(look, mergeBase), filesAt(look, pull.head.sha)];
  return before === null || tree === null ? null : differing(before, tree);
}

type Script = { readonly path: string; readonly blob: Sha };

const scriptsIn = (brought: readonly ChangedFile[], { policy }: Case): readonly Script[] =>
  brought.flatMap(({ path, blob }) => {
    const { transition, ignore } = policy.data;
    const isScript = meantBy(path, { paths: transition, ignore }) !== null || isMigration(path, policy);
    return blob !== null && isScript ? [{ path, blob }] : [];
  });

const OR_WAIVE = "Where none is needed, somebody in operations says `/attest no-data-transition because …`.";

const lacking = ({ because }: DataImpact): Found => ({
  outcome: "failed",
  because: `No script carries the data over. ${because}`,
  cure: `Commit one, under a path of \`data.transition\` or as a migration, and name it in a *before* or *deploy* item of the run-book. ${OR_WAIVE}`,
});

/** Items that need not be done do not count. One script that is named may run the others. */
function named(scripts: readonly [Script, ...Script[]], linked: LinkedBook): Found {
  const [first, ...others] = scripts;
  const all = `${code(first.path)}${others.length === 0 ? "" : ` and ${count(others.length, "other script")}`}`;
  if ("missing" in linked)
    return {
      outcome: "pending",
      because: `The run-book that is to name ${all} is not linked. ${linked.missing}`,
      cure: `${linked.cure} ${OR_WAIVE}`,
      copy: linked.copy,
    };
  const items = linked.book.items.filter(
    (item) => (item.phase === "before" || item.phase === "deploy") && isRequired(item),
  );
  for (const { path, blob } of scripts) {
    const item = items.find((one) => names(one, path));
    if (item === undefined) continue;
    const rest = scripts.filter((one) => !items.some((other) => names(other, one.path)));
    return {
      outcome: "passed",
      because: `Item ${item.ordinal} of ${code(linked.path)} names ${code(path)} (${short(blob)})${rest.length === 0 ? "" : `; ${count(rest.length, "other script")} of this change ${rest.length === 1 ? "is" : "are"} not named`}.`,
    };
  }
  return {
    outcome: "failed",
    because: `No *before* or *deploy* item of ${code(linked.path)} that has to be done names ${all}.`,
    cure: `Add the line to the run-book, under a heading of the phase in which it runs. ${OR_WAIVE}`,
    copy: `- [ ] Run ${code(first.path)}`,
  };
}
