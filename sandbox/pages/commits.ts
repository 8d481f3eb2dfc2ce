import type { ChangedFile } from "../git/history.ts";
import type { Sha } from "../model.ts";
import { type Html, html } from "./html.ts";
import type { RepositoryVisit } from "./visit.ts";
import { ago, count, shortSha } from "./words.ts";

/** The newest commits reachable from `head`, at most `limit`. */
export async function newestCommits(visit: RepositoryVisit, head: Sha, limit: number): Promise<readonly Sha[]> {
  const { stdout } = await visit.github.git.run(visit.repository.id, ["rev-list", `--max-count=${limit}`, head, "--"]);
  return stdout.toString().split("\n").filter(Boolean);
}

/** Commits as a list, in the order given. */
export async function commitList(visit: RepositoryVisit, shas: readonly Sha[]): Promise<Html> {
  const commits = await Promise.all(shas.map((sha) => visit.github.git.commit(visit.repository.id, sha)));
  return html`<ul class="rows">${commits.map(
    (commit) =>
      commit &&
      html`<li><div class="row"><a href="/${visit.fullName}/commit/${commit.sha}">${subjectOf(commit.message)}</a><span class="end">${shortSha(commit.sha)}</span></div>
<div class="small quiet">${commit.author.name}, ${ago(visit.github, commit.author.date)}${commit.parents.length > 1 && " · merge"}</div></li>`,
  )}</ul>`;
}

/** The first line of a commit message. */
export function subjectOf(message: string): string {
  return message.split("\n", 1)[0] || "(no message)";
}

const shownFiles = 100;
const shownLines = 400;

/** Changed files, each opening to its patch. */
export function fileChanges(files: readonly ChangedFile[]): Html {
  if (files.length === 0) return html`<p class="quiet">No file differs.</p>`;
  return html`<ul class="rows">${files.slice(0, shownFiles).map(
    (
      file,
    ) => html`<li><details><summary><code>${file.previous_filename && `${file.previous_filename} → `}${file.filename}</code>
<span class="small quiet">${file.status}, <span class="green">+${file.additions}</span> <span class="red">−${file.deletions}</span></span></summary>
${file.patch === undefined ? html`<p class="quiet">No text to show.</p>` : patch(file.patch)}</details></li>`,
  )}</ul>
${files.length > shownFiles && html`<p class="quiet">${count(files.length - shownFiles, "more file")} not shown.</p>`}`;
}

function patch(text: string): Html {
  const lines = text.split("\n");
  return html`<pre class="diff">${lines.slice(0, shownLines).map((line) => html`<span class="${lineKind(line)}">${line}</span>`)}${
    lines.length > shownLines &&
    html`<span class="at">${count(lines.length - shownLines, "more line")} not shown</span>`
  }</pre>`;
}

function lineKind(line: string): string {
  if (line.startsWith("+")) return "add";
  if (line.startsWith("-")) return "del";
  return line.startsWith("@@") ? "at" : "";
}
