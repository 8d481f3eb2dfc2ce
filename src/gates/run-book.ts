import type { Comparison } from "../flow/facts.ts";
import { type Sha, short } from "../flow/names.ts";
import { holdersOf, lastWords, names } from "../flow/roles.ts";
import type { Item, RunBook } from "../flow/run-book.ts";
import { isValid } from "../flow/run-book.ts";
import { rollbackBy, type StandingOf } from "../flow/standing.ts";
import { count, listed } from "../flow/words.ts";
import { type LinkedBook, linkedBook } from "../release/linked.ts";
import { openIn, type Progress, progressOf, REHEARSED, type Step, skippedIn, toRedo } from "../release/progress.ts";
import { type Deviation, deviations } from "../release/run-book/comparison.ts";
import { type Case, type Found, type Gate, headOf } from "./gate.ts";

/** So many are named one by one. */
const NAMED = 5;

export const runBook: Gate = {
  name: "run-book",
  asks: "Is there a run-book for this release, tried in staging, and is what comes before the merge done?",
  why: "SOP-0013: a release is put into production by a run-book that was walked through in staging before; what was not tried is not released.",
  pass: "Link a run-book in the body, `Run-book: docs/runbooks/release.md`, or with `/runbook PATH`. On a release, tick its items in the comment of Flowgate: first *Rehearsal in staging*, then the items of *Production* that come before the merge.",
  judge(of) {
    const { lane, pull, policy, look, component, standing } = of;
    const isRelease = lane.lane === "release" || lane.lane === "hotfix";
    const isBeforeLast = lane.lane === "promotion" && pull.base === policy.stages.at(-2);
    if (!isRelease && !isBeforeLast)
      return { notAsked: "Asked on releases, on hotfixes, and on promotions into the stage before the last." };
    if (!policy.runBook.required) return { notAsked: "`runbook.required` is false." };
    const linked = linkedBook({ pull, policy, repository: component.name, web: of.web, standing, look });
    // As the other gates compare it, so that it is read once.
    const base = lane.lane === "hotfix" ? pull.base : headOf(component, pull.base);
    const parted = look.at({ want: "compare", base, head: pull.head.sha });
    const weaker =
      linked === null || parted === null || "missing" in linked ? [] : weakened(of, linked, parted.changes);
    if (linked === null || weaker === null || look.missing() !== null) return null;
    if ("missing" in linked)
      return { outcome: "failed", because: linked.missing, cure: linked.cure, copy: linked.copy };
    if (!isValid(linked.book)) return invalid(linked);
    const agreed = weaker.length === 0 ? AGREED : approvedBy(of, linked.path, weaker);
    if (agreed === null) return null;
    if (!("says" in agreed)) return agreed;
    const warned = warnings(linked);
    if (!isRelease)
      return {
        outcome: "passed",
        because: `${linked.path} (${short(linked.blob)}) is linked and valid.${agreed.says}${warned}`,
      };
    return walks(of, linked, `${agreed.says}${warned}`);
  },
};

type Book = Extract<LinkedBook, { readonly book: RunBook }>;
const AGREED = { says: "" } as const;

/** Names each line at fault. */
function invalid({ path, book }: Book): Found {
  const wrong = book.findings.filter(({ severity }) => severity === "failed");
  const shown = wrong.slice(0, NAMED).map(({ line, because }) => `Line ${line}: ${because}`);
  const more = wrong.length - shown.length;
  return {
    outcome: "failed",
    because: `${path} is not valid. ${shown.join(" ")}${more > 0 ? ` And ${more} more.` : ""}`,
    cure: "Whoever keeps it repairs the lines and pushes.",
    annotations: wrong.map(({ line, because }) => ({ path, line, message: because })),
  };
}

function warnings({ book }: Book): string {
  const said = book.findings.filter(({ severity }) => severity === "warning");
  const [first] = said;
  return first === undefined
    ? ""
    : ` To look at: line ${first.line}: ${first.because}${said.length > 1 ? ` And ${said.length - 1} more.` : ""}`;
}

/** What the file asks for less than on the base; null while that is read. */
function weakened(
  { pull, component, look }: Case,
  { path, blob, book }: Book,
  { files, whole }: Comparison["changes"],
): readonly Deviation[] | null {
  const changed = files.find((file) => file.path === path);
  if (changed === undefined && whole) return [];
  const entries = look.at({ want: "entries", commit: headOf(component, pull.base) });
  if (entries === null) return null;
  const before = entries.find((entry) => entry.path === (changed?.before ?? path));
  if (before === undefined || before.blob === blob || before.kind === "link" || before.kind === "submodule") return [];
  const was = look.at({ want: "run-book", path: before.path, sha: before.blob });
  return was === null ? null : deviations(was.items, book.items);
}

const KINDS: { readonly [kind in Deviation["kind"]]: string } = {
  removed: "removed",
  reworded: "reworded",
  moved: "moved to another phase",
  optional: "made optional",
  "not-applicable": "marked as not applicable",
  owner: "given to somebody else",
  result: "without its result",
};

/** What was taken out or made weaker needs operations, at this very commit. SPEC 4. */
function approvedBy(
  { pull, policy, look }: Case,
  path: string,
  weaker: readonly Deviation[],
): Found | { readonly says: string } | null {
  const reviews = look.at({ want: "reviews", number: pull.number });
  const operations = holdersOf("operations", policy, look);
  if (reviews === null || operations === null) return null;
  const may = new Set(operations.people.filter(({ id }) => id !== pull.author.id).map(({ id }) => id));
  const by = lastWords(reviews).find(
    ({ by, state, commit }) => state === "approved" && commit === pull.head.sha && may.has(by.id),
  );
  const shown = weaker.slice(0, NAMED).map(({ kind, was }) => `“${was.text}” ${KINDS[kind]}`);
  const more = weaker.length - shown.length;
  const what = `${path} asks for less than on ${pull.base}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  if (by !== undefined) return { says: ` ${what}; ${by.by.login} approved that.` };
  return {
    outcome: "pending",
    because: `${what}.`,
    cure: `Operations approve ${short(pull.head.sha)} on GitHub: ${names(operations.people.filter(({ id }) => may.has(id)))} can.`,
  };
}

type Answered = Exclude<Found, { readonly notAsked: string }>;

/** The rehearsal, and what comes before the merge. */
function walks({ pull, lane, standing, policy }: Case, { path, blob, book }: Book, more: string): Found {
  const items = standing.filter((one): one is StandingOf<"item"> => one.kind === "item");
  const place: { readonly blob: Sha; readonly head: Sha } = { blob, head: pull.head.sha };
  const rehearsal = progressOf(book, "rehearsal", items, place);
  const production = progressOf(book, "production", items, place);
  const tried = openIn(rehearsal, REHEARSED);
  const before = openIn(production, ["before"]);
  const skipped = [rehearsal, production].flatMap(skippedIn).length;
  const without = skipped === 0 ? "" : ` ${count(skipped, "item")} skipped.`;
  const counted = (found: Answered): Answered => (skipped === 0 ? found : { ...found, skipped });
  if (lane.lane === "release" && tried.length > 0)
    return counted(
      waits(
        "Rehearsal in staging",
        rehearsal,
        tried,
        without,
        "Whoever may write ticks the items in the comment with the run-book, or with `/done`.",
      ),
    );
  if (before.length > 0)
    return counted(
      waits(
        "Before the merge",
        production,
        before,
        without,
        `${policy.roles.operations === null ? "Somebody with `maintain` ticks" : "Operations tick"} the items in the comment with the run-book, or with \`/done\`.`,
      ),
    );
  const owes = lane.lane === "hotfix" && rollbackBy(standing, pull.number) === undefined && tried.length > 0;
  const owed = owes ? " Its rehearsal is owed." : "";
  return counted({
    outcome: "passed",
    because: `${lane.lane === "hotfix" ? "Ready" : "Rehearsed"} by ${path} (${short(blob)}), and what comes before the merge is done.${without}${owed}${more}`,
  });
}

function waits(what: string, progress: Progress, open: readonly Step[], without: string, cure: string): Answered {
  const labels = open.map(({ label }) => label);
  const [first] = open as readonly [Step];
  const failed = open.filter(({ came }) => came?.state === "failed").map(({ label }) => label);
  const asked = open.filter(({ came }) => came?.state === "skip-asked").map(({ label }) => label);
  const again = toRedo(progress);
  const notes = [
    failed.length > 0 ? ` ${listed(failed)} failed.` : "",
    asked.length > 0
      ? ` ${listed(asked)} ${asked.length === 1 ? "waits" : "wait"} for somebody else's \`/confirm\`.`
      : "",
    again.length > 0
      ? ` ${count(again.length, "item")} to do again, since the run-book or the commit is another one.`
      : "",
  ].join("");
  return {
    outcome: "pending",
    because: `${what}: ${count(open.length, "item")} open, next ${labels[0]} “${titleOf(first.item)}”.${notes}${without}`,
    cure: asked.length === open.length ? `Somebody else writes \`/confirm ${asked[0]}\`.` : cure,
    copy:
      asked.length === open.length
        ? `/confirm ${asked[0]}`
        : `/done ${labels[0]}${first.item.needsResult ? ' note="…"' : ""}`,
  };
}

const LONGEST_TITLE = 80;
const titleOf = ({ text }: Item): string =>
  text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE - 1)}…` : text;
