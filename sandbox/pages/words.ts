import type { Github } from "../github.ts";
import type { Account, CheckRun, Issue, MergeMethod, Pull } from "../model.ts";
import { type Html, html } from "./html.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** "2 h ago", with the exact UTC time on hover. */
export function ago(github: Github, time: string): Html {
  const exact = `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
  return html`<time datetime="${time}" title="${exact}">${distance(github.clock.now().getTime() - Date.parse(time))}</time>`;
}

function distance(milliseconds: number): string {
  if (milliseconds < minute) return "just now";
  if (milliseconds < hour) return `${Math.floor(milliseconds / minute)} min ago`;
  if (milliseconds < 2 * day) return `${Math.floor(milliseconds / hour)} h ago`;
  return `${Math.floor(milliseconds / day)} days ago`;
}

/** The first seven digits, marked whole by one click. */
export function shortSha(sha: string): Html {
  return html`<code class="sha" title="${sha}">${sha.slice(0, 7)}</code>`;
}

/** The login of an account; "ghost" when it is gone, as GitHub says. */
export function loginOf(github: Github, accountId: number | null): string {
  return (accountId === null ? undefined : github.state.accounts.get(accountId)?.login) ?? "ghost";
}

/** What somebody is here: an owner, in these teams, or neither. */
export function standingOf(github: Github, person: Account): string {
  const owned = github.state.memberships.all().filter((one) => one.userId === person.id && one.role === "admin");
  const joined = github.state.teams.all().filter((team) => team.members.some((member) => member.userId === person.id));
  const words = [
    ...owned.map((one) => `owner of ${loginOf(github, one.organisationId)}`),
    ...joined.map((team) => team.name),
  ];
  return words.join(", ") || "in no team";
}

/** "1 commit", "3 commits". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** The address of a page: each part's slashes lead on, everything else is escaped, so that any branch name can be linked. */
export function address(...parts: readonly (string | number)[]): string {
  return `/${parts
    .flatMap((part) => String(part).split("/"))
    .map(encodeURIComponent)
    .join("/")}`;
}

export type Tone = "green" | "amber" | "red" | "grey";
/** How something stands: a sign, a word and a colour, so that no one of them is needed alone. */
export type Standing = { readonly sign: string; readonly word: string; readonly tone: Tone };

/** How a check stands, in GitHub's words. */
export function checkStanding(run: Pick<CheckRun, "status" | "conclusion">): Standing {
  if (run.status !== "completed") return { sign: "●", word: run.status.replace("_", " "), tone: "amber" };
  const conclusion = run.conclusion ?? "neutral";
  const word = conclusion.replace("_", " ");
  if (conclusion === "success") return { sign: "✓", word, tone: "green" };
  if (conclusion === "neutral" || conclusion === "skipped") return { sign: "○", word, tone: "grey" };
  return { sign: "✗", word, tone: "red" };
}

/** Whether a pull request is open, a draft, merged or closed. */
export function pullStanding(pull: Pull): Standing {
  if (pull.merged) return { sign: "✓", word: "Merged", tone: "green" };
  if (pull.state === "closed") return { sign: "✗", word: "Closed", tone: "red" };
  return pull.draft ? { sign: "○", word: "Draft", tone: "grey" } : { sign: "●", word: "Open", tone: "green" };
}

/** Whether an issue is open. */
export function issueStanding({ state, stateReason }: Issue): Standing {
  if (state === "open") return { sign: "●", word: "Open", tone: "green" };
  return { sign: "✓", word: stateReason === "not_planned" ? "Closed as not planned" : "Closed", tone: "grey" };
}

/** A standing as it is shown. */
export function shown(standing: Standing): Html {
  return html`<span class="${standing.tone}"><span aria-hidden="true">${standing.sign}</span> ${standing.word}</span>`;
}

/** The ways of merging, as their buttons call them. */
export const methods: readonly { readonly method: MergeMethod; readonly label: string }[] = [
  { method: "merge", label: "Create a merge commit" },
  { method: "squash", label: "Squash and merge" },
  { method: "rebase", label: "Rebase and merge" },
];
