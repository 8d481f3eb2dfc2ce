import { configNote, isEnforced, mergesByPromoteOnly } from "../flow/component.ts";
import { type CheckContent, fingerprinted } from "../flow/effect.ts";
import type { House } from "../flow/house.ts";
import { canonical, digestOf } from "../flow/ledger.ts";
import type { ComponentMemory, StageMemory } from "../flow/memory.ts";
import { type Hash, type Instant, type Json, short } from "../flow/names.ts";
import { type Finding, isClear, type Outcome, type Verdict } from "../flow/verdict.ts";
import { count, listed, minute } from "../flow/words.ts";
import { block, code, cutToBytes, prose } from "./markdown.ts";

/** GitHub takes no longer summary; it is cut by bytes, which are never fewer than its characters. */
const LARGEST_SUMMARY = 65_535;
const LONGEST_TITLE = 250;
/** The line of the summary that tells the time, and so is left out of what counts as a change. */
const WHEN = "<sub>Judged at ";

/** How an outcome reads for people: a sign and a word. */
export const WORDS: { readonly [outcome in Outcome]: string } = {
  failed: "✗ refused",
  errored: "? not known",
  pending: "… waiting",
  overridden: "! overridden",
  passed: "✓ passed",
};

export type Told = {
  readonly name: string;
  readonly verdict: Verdict;
  readonly pull: number;
  /** Other open pull requests that this one check also speaks for. */
  readonly sharedBy: number;
  readonly component: ComponentMemory;
  readonly stage: StageMemory | null;
  readonly house: Pick<House, "app" | "links" | "web">;
  readonly now: Instant;
  /** Why it was looked at; null: its time had come. */
  readonly cause: string | null;
};

/**
 * A verdict as GitHub shows it. This is the one map from outcome to GitHub's words: passed → success, failed →
 * failure, pending and errored → in progress. Never neutral where enforced, since GitHub lets neutral through; only
 * an observed component's check is neutral.
 */
export function checkRun(told: Told): CheckContent {
  const { verdict, component, house } = told;
  const observed = !isEnforced(component.config.policy);
  const page = house.links && `${house.links}/${component.name}/pull/${told.pull}`;
  return {
    name: told.name,
    ...(observed ? { status: "completed", conclusion: "neutral" } : GITHUB[verdict.outcome]),
    title: plain(`${observed ? WOULD[verdict.outcome] : ""}${titleOf(verdict)}`),
    summary: summaryOf(told, page),
    detailsUrl: page,
    ...annotationsOf(verdict.findings),
    ...(!observed && isPromoted(verdict) && { dryRun: true }),
  };
}

/** Whether it leaves the first stage, or goes right into the last one. */
export const isPromoted = ({ lane }: Verdict): boolean =>
  lane === "promotion" || lane === "release" || lane === "hotfix";

/**
 * A check `flowgate: BASE / GATE` for each gate that a promotion, a release or a hotfix was asked, so that the list of
 * checks itself says what is open; for the gate `policy` wherever Flowgate's own config changes. What was read is in
 * the one check above, so these change only with their outcome or reason.
 *
 * @param there names of such checks that are on the commit already: they never keep saying what was so before.
 */
export function gateChecks(told: Told, there: readonly string[] = []): readonly CheckContent[] {
  const { verdict, component, house } = told;
  const observed = !isEnforced(component.config.policy);
  const all = isPromoted(verdict) && component.config.policy.gateChecks && !observed;
  const page = house.links && `${house.links}/${component.name}/pull/${told.pull}`;
  const nameOf = ({ gate }: Finding) => `${told.name} / ${gate}`;
  const shown = verdict.findings.filter(
    (finding) => all || finding.changesConfig !== undefined || there.includes(nameOf(finding)),
  );
  return shown.map((finding) => ({
    name: nameOf(finding),
    ...(observed ? { status: "completed", conclusion: "neutral" } : GITHUB[finding.outcome]),
    title: plain(`${observed ? WOULD[finding.outcome] : ""}${finding.because}`),
    summary: cutToBytes(
      `${finding.cure === null ? "Nothing to do." : prose(finding.cure)}${finding.copy === null ? "" : `\n\nTo copy:\n\n${block(finding.copy)}`}`,
      LARGEST_SUMMARY,
      "\n\n… cut here.",
    ),
    detailsUrl: page,
    ...annotationsOf([finding]),
  }));
}

/** What a comment says once when what was green is not any more, and who can clear it. */
export function turnedBack({ name, verdict }: Pick<Told, "name" | "verdict">, mark: string): string {
  const open = verdict.findings.filter(({ outcome }) => !isClear(outcome));
  const rows = open.map(
    ({ gate, because, cure }) => `- ${code(gate)}: ${prose(because)}${cure === null ? "" : ` ${prose(cure)}`}`,
  );
  return `${code(name)} was green on ${code(short(verdict.head))} and is not any more.\n\n${rows.join("\n")}\n\n${mark}`;
}

function annotationsOf(findings: readonly Finding[]): Pick<CheckContent, "annotations"> {
  const annotations = findings.flatMap(({ annotations = [] }) => annotations);
  return annotations.length > 0 ? { annotations } : {};
}

const GITHUB: { readonly [outcome in Outcome]: Pick<CheckContent, "status" | "conclusion"> } = {
  failed: { status: "completed", conclusion: "failure" },
  errored: { status: "in_progress", conclusion: null },
  pending: { status: "in_progress", conclusion: null },
  overridden: { status: "completed", conclusion: "success" },
  passed: { status: "completed", conclusion: "success" },
};
const WOULD: { readonly [outcome in Outcome]: string } = {
  failed: "Would refuse: ",
  errored: "Would wait: ",
  pending: "Would wait: ",
  overridden: "Would pass: ",
  passed: "Would pass: ",
};

/** Of the content without the time in it: the same fingerprint is not written twice. */
export function fingerprintOf({ annotations, ...content }: CheckContent): Hash {
  const summary = content.summary.split("\n").filter((line) => !line.startsWith(WHEN));
  const words = digestOf(canonical({ ...content, summary }));
  return fingerprinted(words, annotations ? digestOf(canonical(annotations as unknown as Json)) : null);
}

/** The lane and the window: what every pull request is asked. */
const ASKED_OF_ALL = 2;

/**
 * How many gates are open, which are overridden and by whom, how many items of the run-book were skipped, and the first gate
 * that makes the whole what it is; where all passed, the lane.
 */
function titleOf({ findings, outcome }: Verdict): string {
  const shown = findings.find((finding) => finding.outcome === outcome) ?? findings[0];
  const because = shown?.because ?? "Nothing was judged.";
  if (findings.length < 2) return because;
  const open = findings.filter((finding) => !isClear(finding.outcome)).length;
  const over = findings.flatMap(({ gate, override }) =>
    override === undefined ? [] : [`${gate} (by ${override.by.login}, confirmed by ${override.confirmedBy.login})`],
  );
  // Where the gate of the run-book is shown, it says so itself.
  const [without = ""] = findings.flatMap((one) =>
    one.skipped === undefined || one === shown ? [] : [`, ${count(one.skipped, "item")} skipped`],
  );
  if (open > 0) {
    const overriding = over.length === 0 ? "" : `, overridden: ${listed(over)}`;
    return `${open} of ${findings.length} gates open${without}${overriding}. ${because}`;
  }
  if (over.length > 0) return `Overridden: ${listed(over)}.${othersPassed(findings.length - over.length, without)}`;
  return findings.length <= ASKED_OF_ALL ? because : `${because} All ${findings.length} gates passed${without}.`;
}

function othersPassed(n: number, without: string): string {
  if (n === 0) return "";
  return n === 1 ? ` The other gate passed${without}.` : ` All other ${n} gates passed${without}.`;
}

function summaryOf(told: Told, page: string | null): string {
  const { verdict, component, stage, now } = told;
  const { policy } = component.config;
  const note = configNote(component.config);
  const parts: string[] = [];
  if (stage?.enforced.state === "no" && isEnforced(policy)) {
    parts.push(`**Advice only: GitHub will not block this merge because ${prose(stage.enforced.because)}.**`);
  }
  if (stage?.enforced.state === "yes" && isEnforced(policy)) {
    parts.push(...stage.enforced.but.map((sentence) => `**${prose(sentence)}**`));
  }
  if (policy.enforcement === "observed") {
    parts.push(`Nothing is enforced here: add ${code(".github/flowgate.yml")} to the default branch to switch it on.`);
  } else if (policy.enforcement === "observe") {
    parts.push(`Nothing is enforced here: ${code("enforcement: observe")} is set in ${code(".github/flowgate.yml")}.`);
  }
  if (note !== null) parts.push(prose(note));
  parts.push(tableOf(verdict.findings));
  if (verdict.findings.length > 1) parts.push(...notAskedOf(verdict));
  const copy = verdict.findings.flatMap((finding) => finding.copy ?? []);
  const isNext = verdict.outcome === "passed" && mergesByPromoteOnly(policy, verdict.base);
  if (isNext)
    parts.push(`Past the first stage only ${code("/promote")} merges: a release manager writes it in a new comment.`);
  if (copy.length > 0 || isNext)
    parts.push(`To copy:\n\n${block([...copy, ...(isNext ? ["/promote"] : [])].join("\n"))}`);
  if (told.sharedBy > 0) {
    parts.push(
      `${told.sharedBy + 1} open pull requests share this commit and base; this is the verdict of the strictest lane among them.`,
    );
  }
  parts.push(readOf(verdict));
  parts.push(
    `${WHEN}${now.slice(0, 19).replace("T", " ")} UTC by ${policyOf(component)}, because ${told.cause === null ? "its time had come" : `of ${code(told.cause)}`}; looked at again ${nextLook(verdict)}.${page ? ` [Every fact and what happened before](${page})` : ""}</sub>`,
  );
  return cutToBytes(
    parts.join("\n\n"),
    LARGEST_SUMMARY,
    page ? `\n\n… cut here; [all of it](${page}).` : "\n\n… cut here.",
  );
}

/** What changes by itself has its time; all else is told. */
function nextLook({ findings }: Verdict): string {
  const [next] = findings.flatMap(({ until }) => until ?? []).sort();
  return next === undefined ? "when something changes" : `at ${minute(next)} at the latest`;
}

export function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map(
    ({ gate, outcome, because, cure }) =>
      `| ${code(gate)} | ${WORDS[outcome]} | ${prose(because)} | ${cure === null ? "nothing to do" : prose(cure)} |`,
  );
  return ["| gate | outcome | why | what to do |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function notAskedOf({ notAsked = [] }: Verdict): readonly string[] {
  if (notAsked.length === 0) return [];
  const rows = notAsked.map(({ gate, because }) => `\n- ${code(gate)}: ${prose(because)}`).join("");
  return [
    `<details><summary>Not asked: ${notAsked.map(({ gate }) => gate).join(", ")}</summary>\n${rows}\n\n</details>`,
  ];
}

/** Beside the time: another policy by which the verdict is the same is no reason to write it again. */
function policyOf({ config: { blob } }: ComponentMemory): string {
  return blob === null
    ? "the default policy"
    : `the policy of ${code(".github/flowgate.yml")} (blob ${code(blob.slice(0, 7))})`;
}

function readOf({ head, findings }: Verdict): string {
  const facts = [...new Set(findings.flatMap(({ read }) => read))];
  return `<details><summary>What was read</summary>\n\nHead ${code(short(head))}.${facts.map((fact) => `\n- ${prose(fact)}`).join("")}\n\n</details>`;
}

/** GitHub shows titles as they are, without Markdown, and on one line. */
function plain(title: string): string {
  const signs = [...title.replaceAll("`", "").replace(/\s+/g, " ")];
  return signs.length <= LONGEST_TITLE ? signs.join("") : `${signs.slice(0, LONGEST_TITLE - 1).join("")}…`;
}
