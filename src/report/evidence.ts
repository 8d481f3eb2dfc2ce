import { type Instant, type Person, type Sha, short } from "../flow/names.ts";
import { count, listed } from "../flow/words.ts";
import type {
  Approval,
  Attested,
  Did,
  Evidence,
  Hop,
  Named,
  Override,
  Walked,
  WalkedItem,
} from "../release/evidence/record.ts";
import { code, codeInLine, inLine, prose } from "./markdown.ts";

/** What the evidence of a release says, to read and to print: all of it, with every text of others inert. */
export function evidenceMarkdown(evidence: Evidence): string {
  const parts = [
    `# Evidence of ${inLine(evidence.repository.name)} ${inLine(evidence.release.tag.name)}`,
    stateOf(evidence),
    ...unusual(evidence),
    ...released(evidence),
    ...approved(evidence),
    ...gated(evidence),
    ...walkedThrough(evidence),
    ...attestedTo(evidence),
    ...pastTheGates(evidence),
    ...brought(evidence),
    ...recorded(evidence),
  ];
  return `${parts.join("\n\n")}\n`;
}

function stateOf({ state, made, flowgate }: Evidence): string {
  const when = `made ${moment(made)} by Flowgate ${inLine(flowgate)}`;
  return state === "final"
    ? `**Final**, ${when}, after the last item that is to be done before publishing.`
    : `**Preliminary**, ${when}, at the merge, before it was deployed and tested. The final evidence replaces it.`;
}

/** What an auditor asks about first: skipped items before all else. */
function unusual(evidence: Evidence): readonly string[] {
  const walks = evidence.runBook?.walks ?? [];
  const items = (...states: readonly Did["state"][]) =>
    walks.flatMap((walk) => walk.items.filter(({ state }) => states.includes(state)));
  const skipped = items("skipped", "skip-asked").map((item) => `- **Skipped** ${itemLine(item)}`);
  const failed = items("failed").map((item) => `- **Failed** ${itemLine(item)}`);
  const overrides = evidence.overrides.map(
    ({ gate, because, by }) => `- **Overridden** ${codeInLine(gate)}: ${inLine(because)} (${who(by)})`,
  );
  const deviations = evidence.deviations.map(
    ({ what, stage, commit }) => `- **Past the gates** of ${codeInLine(stage)}: ${inLine(what)} (${sha(commit)})`,
  );
  const loose = evidence.loose.map(({ commit, title }) => `- **By no pull request** ${sha(commit)}: ${inLine(title)}`);
  const lines = [...skipped, ...failed, ...overrides, ...deviations, ...loose];
  const nothing = "Nothing was skipped, failed or overridden, and nothing came past the gates.";
  return ["## Out of the ordinary", lines.length === 0 ? nothing : lines.join("\n")];
}

function released(evidence: Evidence): readonly string[] {
  const { repository, release, policy, pull, hops } = evidence;
  const { previous } = release;
  const facts = [
    ["repository", `${code(repository.name)}, GitHub's id ${repository.id}`],
    ["version", code(release.version)],
    ["commit", code(release.commit)],
    ["tree", code(release.tree)],
    ["tag", `${code(release.tag.name)}, object ${code(release.tag.object)}`],
    [
      "release before it",
      previous === null ? "none" : `${code(previous.version)}, commit ${code(short(previous.commit))}`,
    ],
    [
      "config in force",
      policy.blob === null
        ? `the defaults: there is no ${code(policy.path)}`
        : `${code(policy.path)}, blob ${code(policy.blob)}`,
    ],
    ["published", publishedBy(evidence)],
  ];
  const way = [...hops, pull].map((hop) => row([`#${hop.number}`, ...hopCells(hop)]));
  return [
    "## Release",
    table(
      ["what", "which"],
      facts.map((cells) => row(cells)),
    ),
    "### Its way",
    table(["pull request", "from", "into", "head", "merge commit", "merged by", "when"], way),
  ];
}

function publishedBy({ state, authorised }: Evidence): string {
  if (authorised !== null) return `authorised by ${prose(authorised.by.login)}, ${moment(authorised.at)}`;
  return state === "final" ? "by Flowgate, once all was done" : "not yet";
}

const hopCells = ({ from, into, head, merge, by, at }: Hop): readonly string[] => [
  code(from),
  code(into),
  code(head),
  code(merge),
  by === null ? "not known" : prose(by.login),
  at === null ? "not known" : moment(at),
];

function approved({ approvals }: Evidence): readonly string[] {
  const rows = approvals.map(({ by, meaning, at, commit, review, withdrawn }: Approval) =>
    row([
      printed(by),
      prose(by.login),
      `${meaning === null ? "no role that was asked for" : prose(meaning)}${withdrawn ? ", **withdrawn**" : ""}`,
      moment(at),
      code(commit),
      String(review),
    ]),
  );
  const note =
    "Each is a review that its author submitted on GitHub for that commit. Their log-in there is the only factor that was shown.";
  return [
    "## Approvals",
    ...(rows.length === 0
      ? ["None."]
      : [table(["printed name", "login", "meaning", "when", "commit", "review"], rows), note]),
  ];
}

function gated({ gates }: Evidence): readonly string[] {
  if (gates.length === 0) return ["## Gates", "None: it was merged before any had judged it."];
  const rows = gates.map(({ gate, outcome, because, read }) =>
    row([code(gate), outcome, prose(because), read.length === 0 ? "" : read.map(prose).join("; ")]),
  );
  return ["## Gates", table(["gate", "outcome", "why", "read"], rows)];
}

const WALKS: { readonly [walk in Walked["walk"]]: string } = {
  rehearsal: "Rehearsal in staging",
  production: "Production",
};

function walkedThrough({ runBook }: Evidence): readonly string[] {
  if (runBook === null) return ["## Run-book", "There was none."];
  const walks = runBook.walks.flatMap(({ walk, items, gone }) => [
    `### ${WALKS[walk]}`,
    table(["item", "phase", "what", "state", "who", "when", "said"], items.map(itemRow)),
    ...(gone.length === 0 ? [] : [`Done, and in the run-book no more:\n\n${gone.map(goneLine).join("\n")}`]),
  ]);
  return ["## Run-book", `${code(runBook.path)}, blob ${code(runBook.blob)}.`, ...walks];
}

const STATES: { readonly [state in Did["state"]]: string } = {
  open: "open",
  done: "done",
  "skip-asked": "to be skipped",
  skipped: "skipped",
  failed: "failed",
  "not-applicable": "not applicable",
};

const itemRow = (item: WalkedItem): string =>
  row([
    item.label,
    item.phase,
    `${prose(item.text)}${item.optional ? " (optional)" : ""}`,
    STATES[item.state],
    item.by === null ? "" : prose(item.by.login),
    item.at === null ? "" : moment(item.at),
    said(item, prose, code),
  ]);
const itemLine = (item: WalkedItem): string => `${item.label} ${inLine(item.text)}: ${doneLine(item)}`;
const goneLine = (one: Walked["gone"][number]): string =>
  `- ${codeInLine(one.item)}, ${STATES[one.state]}: ${doneLine(one)}`;

function doneLine(did: Did): string {
  const when = did.at === null ? "" : `, ${moment(did.at)}`;
  return `${said(did, inLine, codeInLine)} (${did.by === null ? "nobody is known" : inLine(did.by.login)}${when})`;
}

/** What was said of it, and who agreed. */
function said({ because, note, url, confirmedBy }: Did, words: Inert, link: Inert): string {
  // Who says what came out gives no other reason.
  const remarks = [...new Set([because, note])].filter((text) => text !== null).map(words);
  const seen = url === null ? [] : [link(url)];
  const agreed = confirmedBy === null ? [] : [`confirmed by ${words(confirmedBy.login)}`];
  return [...remarks, ...seen, ...agreed].join("; ");
}
type Inert = (text: string) => string;

function attestedTo({ attestations }: Evidence): readonly string[] {
  const rows = attestations.map((one) =>
    row([
      one.what,
      backupOf(one),
      prose(one.because),
      one.by === null ? "" : prose(one.by.login),
      moment(one.at),
      `#${one.number}${one.comment === null ? "" : `, comment ${one.comment}`}`,
    ]),
  );
  return [
    "## Attestations",
    rows.length === 0 ? "None." : table(["of", "backup", "why", "who", "when", "where"], rows),
  ];
}

function backupOf(one: Attested): string {
  if (one.what !== "backup") return "";
  const tested = one.restoreTested === null ? "" : `, restore tested ${code(one.restoreTested)}`;
  const fields = Object.entries(one.fields).map(([key, value]) => `, ${prose(key)} ${code(value)}`);
  return `${one.level}: ${code(one.system)} ${code(one.id)}, finished ${moment(one.finished)}${tested}${fields.join("")}`;
}

function pastTheGates({ overrides, deviations }: Evidence): readonly string[] {
  const over = overrides.map((one: Override) =>
    row([
      code(one.gate),
      code(one.head),
      prose(one.because),
      listed([one.by, ...(one.confirmedBy === null ? [] : [one.confirmedBy])].map(({ login }) => prose(login))),
      moment(one.at),
      one.closed === null ? "open" : `${prose(one.closed.because)} (${prose(one.closed.by)}, ${moment(one.closed.at)})`,
    ]),
  );
  const past = deviations.map(({ stage, commit, what, by, at, closed }) =>
    row([
      code(stage),
      code(commit),
      prose(what),
      by === null ? "" : prose(by.login),
      moment(at),
      closed === null ? "open" : prose(closed),
    ]),
  );
  return [
    "## Overrides and deviations",
    over.length === 0 ? "No gate was overridden." : table(["gate", "head", "why", "who", "when", "closed"], over),
    past.length === 0
      ? "Nothing came past the gates."
      : table(["stage", "commit", "what", "who", "when", "settled"], past),
  ];
}

function brought({ carried, loose }: Evidence): readonly string[] {
  const pulls = carried.map(({ number, title, authors }) =>
    row([`#${number}`, prose(title), listed(authors.map(({ login }) => prose(login)))]),
  );
  const commits = loose.map(({ commit, title, author }) =>
    row([code(commit), prose(title), author === null ? "" : prose(author)]),
  );
  return [
    "## What it brought",
    carried.length === 0 ? "No pull request." : `${count(carried.length, "pull request")}:`,
    ...(pulls.length === 0 ? [] : [table(["pull request", "title", "authors"], pulls)]),
    ...(commits.length === 0
      ? []
      : ["Commits that came by no pull request:", table(["commit", "title", "author"], commits)]),
  ];
}

function recorded({ ledger }: Evidence): readonly string[] {
  const { chain, from, merged, head } = ledger;
  return [
    "## Ledger",
    `Chain ${code(chain)}, entries ${from} to ${head.sequence}. The merge is entry ${merged.sequence}: its hash ${code(merged.hash)} stands in the tag's message. The last one has the hash ${code(head.hash)}.`,
    "`evidence.json` beside this page holds the same, signed, and the digest of this page. `flowgate verify evidence.json` checks both.",
  ];
}

const table = (names: readonly string[], rows: readonly string[]): string =>
  [row(names), row(names.map(() => "---")), ...rows].join("\n");
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** To the second, as records of signatures ask. */
const moment = (at: Instant): string => `${at.slice(0, 19).replace("T", " ")} UTC`;
const printed = ({ name }: Named): string => (name === null ? "no name known" : prose(name));
const who = ({ login }: Person): string => inLine(login);
const sha = (commit: Sha): string => codeInLine(short(commit));
