import { branchesOf, commitFiles } from "../branches.ts";
import { changedFiles } from "../git/history.ts";
import type { Sha } from "../model.ts";
import { commitList, fileChanges, newestCommits, subjectOf } from "./commits.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, page, type RepositoryVisit, refusalWords, unixLines } from "./visit.ts";
import { address, ago, count, shortSha } from "./words.ts";

const shownFiles = 300;

/** A branch: its newest commits, its files, and a form to change one. `rest` is what follows /tree/. */
export async function branchPage(visit: RepositoryVisit, rest: string): Promise<Answer | null> {
  const branch = branchesOf(visit.github, visit.repository.id).find((one) => one.name === rest);
  if (!branch) return null;
  const { fullName, repository } = visit;
  const files = await filesOf(visit, branch.sha);
  const write = whyNot(visit, "write");
  const isDefault = branch.name === repository.defaultBranch;
  return page(
    `${branch.name} in ${fullName}`,
    trailOf(visit),
    html`<header class="title"><h1><code class="branch">${branch.name}</code></h1>
<p class="row">${shortSha(branch.sha)} ${isDefault && html`<span class="tag">default</span>`} <a href="${compareAddress(fullName, null, branch.name)}">Open a pull request from it</a></p></header>
<div class="columns"><div class="stack">
<section class="stack" aria-labelledby="commits"><h2 id="commits">Commits</h2>${await commitList(visit, await newestCommits(visit, branch.sha, 15))}</section>
<section class="stack" aria-labelledby="change"><h2 id="change">Write a file</h2>${editor(visit, branch.name, { path: "", content: "", message: "" })}</section>
</div><div class="stack">
<section class="stack" aria-labelledby="files"><h2 id="files">${count(files.length, "file")}</h2>
<ul class="rows tight">${files.slice(0, shownFiles).map((file) => html`<li><a href="${address(fullName, "blob", branch.name, file)}"><code>${file}</code></a></li>`)}</ul>
${files.length > shownFiles && html`<p class="quiet">${count(files.length - shownFiles, "more file")} not shown.</p>`}</section>
<details class="card"><summary><strong>Rename or delete</strong></summary>
<form class="fields" method="post" action="/${fullName}/rename-branch">${guard(visit)}<input type="hidden" name="from" value="${branch.name}">
<label>New name <input name="to" value="${branch.name}" required></label><div class="row">${submit("Rename", write)}</div></form>
<div class="row">${act(visit, `/${fullName}/delete-branch`, "Delete this branch", { look: "danger", why: isDefault ? "It is the default branch." : write, fields: { name: branch.name } })}</div></details>
</div></div>`,
  );
}

/** One file of a branch or commit, which can be changed where it is a branch. `rest` is what follows /blob/. */
export async function filePage(visit: RepositoryVisit, rest: string): Promise<Answer | null> {
  const place = placeOf(visit, rest);
  const shown =
    place && (await visit.github.git.run(visit.repository.id, ["cat-file", "blob", `${place.sha}:${place.path}`]));
  if (!place || !shown || shown.code !== 0) return null;
  const content = shown.stdout.toString("utf8");
  const binary = content.includes("\0");
  const body = binary
    ? html`<p class="quiet">${count(shown.stdout.length, "byte")}, not text.</p>`
    : place.path.endsWith(".md")
      ? html`<article class="card markdown">${renderMarkdown(content.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, ""), 2, null)}</article>`
      : html`<pre><code>${content}</code></pre>`;
  return page(
    `${place.path} in ${visit.fullName}`,
    trailOf(visit),
    html`<header class="title"><h1><code>${place.path}</code></h1>
<p class="row">${place.branch ? html`<a class="branch" href="${address(visit.fullName, "tree", place.branch)}"><code>${place.branch}</code></a>` : shortSha(place.sha)}</p></header>
${body}
${place.branch && !binary && html`<section class="stack" aria-labelledby="change"><h2 id="change">Change it</h2>${editor(visit, place.branch, { path: place.path, content, message: "" })}</section>`}`,
  );
}

/** A commit with what it changed against its first parent. */
export async function commitPage(visit: RepositoryVisit, sha: Sha): Promise<Answer | null> {
  const commit = /^[0-9a-f]{40}$/.test(sha) ? await visit.github.git.commit(visit.repository.id, sha) : undefined;
  if (!commit) return null;
  const files = await changedFiles(visit.github.git, visit.repository.id, commit.parents[0] ?? null, sha);
  const body = commit.message.split("\n").slice(1).join("\n").trim();
  return page(
    subjectOf(commit.message),
    trailOf(visit),
    html`<header class="title"><h1>${subjectOf(commit.message)}</h1>
<p class="row">${commit.author.name} ${ago(visit.github, commit.author.date)} <code class="sha">${sha}</code></p>
<p class="row small quiet">${count(commit.parents.length, "parent")} ${commit.parents.map((parent) => html`<a href="/${visit.fullName}/commit/${parent}">${shortSha(parent)}</a> `)}</p></header>
${body && html`<pre>${body}</pre>`}
<section class="stack" aria-labelledby="files"><h2 id="files">${count(files.length, "changed file")}</h2>${fileChanges(files)}</section>`,
  );
}

/** Commits one file to a branch, a new one when it does not exist yet. */
export async function commitFile(visit: RepositoryVisit): Promise<Answer> {
  const { form, fullName } = visit;
  const from = form.get("from") ?? "";
  const branch = (form.get("branch") ?? "").trim() || from;
  const path = (form.get("path") ?? "").trim();
  const message = (form.get("message") ?? "").trim() || `Update ${path}`;
  const content = unixLines(form.get("content") ?? "");
  const text = form.has("delete") ? null : content;
  const committed = await commitFiles(visit.github, visit.by, visit.repository, {
    branch,
    message,
    files: { [path]: text },
    from,
  });
  if (committed.done) {
    const to = branch === from ? address(fullName, "tree", branch) : compareAddress(fullName, null, branch);
    return { kind: "go", to, said: { tone: "done", text: `Committed ${committed.value.slice(0, 7)} to ${branch}.` } };
  }
  return page(
    `Not committed`,
    trailOf(visit),
    html`<header class="title"><h1>Not committed</h1><p class="said refused" role="alert">${refusalWords(committed.refusal)}</p></header>
${editor(visit, from, { path, content, message, branch })}`,
    422,
  );
}

/** The page that offers to open a pull request. A base of null leaves the choice open. */
export function compareAddress(fullName: string, base: string | null, head: string): string {
  const query = new URLSearchParams(base === null ? { head } : { base, head });
  return `/${fullName}/compare?${query}`;
}

type Draft = { readonly path: string; readonly content: string; readonly message: string; readonly branch?: string };

function editor(visit: RepositoryVisit, branch: string, draft: Draft): Html {
  return html`<form class="fields card" method="post" action="/${visit.fullName}/commit">${guard(visit)}<input type="hidden" name="from" value="${branch}">
<label>Path <input name="path" value="${draft.path}" required placeholder="docs/notes.md"></label>
<label>Content <textarea class="code" name="content" spellcheck="false">
${draft.content}</textarea></label>
${draft.path !== "" && html`<label class="choice"><input type="checkbox" name="delete"> Delete the file instead</label>`}
<label>Message <input name="message" value="${draft.message}" placeholder="Say what it does"></label>
<label>Commit to <input name="branch" value="${draft.branch ?? branch}" required> <span class="quiet">Another name makes a new branch from ${branch}.</span></label>
<div class="row">${submit("Commit", whyNot(visit, "write"), "main")}</div></form>`;
}

async function filesOf(visit: RepositoryVisit, sha: Sha): Promise<readonly string[]> {
  const { stdout } = await visit.github.git.run(visit.repository.id, ["ls-tree", "-r", "-z", "--name-only", sha]);
  return stdout.toString("utf8").split("\0").filter(Boolean);
}

type Place = { readonly branch: string | null; readonly sha: Sha; readonly path: string };

function placeOf(visit: RepositoryVisit, rest: string): Place | null {
  const commit = /^([0-9a-f]{40})\/(.+)$/s.exec(rest);
  if (commit?.[1] && commit[2]) return { branch: null, sha: commit[1], path: commit[2] };
  const branch = branchesOf(visit.github, visit.repository.id).find((one) => rest.startsWith(`${one.name}/`));
  return branch ? { branch: branch.name, sha: branch.sha, path: rest.slice(branch.name.length + 1) } : null;
}
