import { branchesOf } from "../branches.ts";
import { changedFiles, commitsBetween, mergeBase } from "../git/history.ts";
import { openPull } from "../pulls.ts";
import { commitList, fileChanges, subjectOf } from "./commits.ts";
import { type Html, html } from "./html.ts";
import { guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, go, page, type RepositoryVisit, refusalWords, unixLines } from "./visit.ts";
import { count } from "./words.ts";

type Draft = {
  readonly base: string;
  readonly head: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
};

/** Choose base and head, see what would be merged, and open the pull request. `range` is what follows /compare/, as in BASE...HEAD. */
export async function comparePage(visit: RepositoryVisit, range: string | null): Promise<Answer> {
  const [rangeBase, rangeHead] = range?.split("...") ?? [];
  const base = visit.query.get("base") ?? rangeBase ?? visit.repository.defaultBranch;
  const head = visit.query.get("head") ?? rangeHead ?? "";
  return form(visit, { base, head, title: await titleFor(visit, base, head), body: "", draft: false }, null);
}

/** Opens the pull request, or shows the form again with GitHub's refusal. */
export async function openFromForm(visit: RepositoryVisit): Promise<Answer> {
  const { form: fields } = visit;
  const draft = {
    base: fields.get("base") ?? "",
    head: fields.get("head") ?? "",
    title: fields.get("title") ?? "",
    body: unixLines(fields.get("body") ?? ""),
    draft: fields.has("draft"),
  };
  const title = draft.title.trim() || (await titleFor(visit, draft.base, draft.head));
  if (fields.has("compare")) return form(visit, { ...draft, title }, null);
  const opened = await openPull(visit.github, visit.by, visit.repository, {
    ...draft,
    title,
    body: draft.body || null,
  });
  if (opened.done)
    return go(`/${visit.fullName}/pull/${opened.value.number}`, opened, `#${opened.value.number} is open.`);
  return form(visit, draft, refusalWords(opened.refusal));
}

async function form(visit: RepositoryVisit, draft: Draft, refusal: string | null): Promise<Answer> {
  const heads = headsOf(visit);
  const known = heads.find((one) => one.name === draft.head);
  return page(
    `Open a pull request in ${visit.fullName}`,
    trailOf(visit),
    html`<header class="title"><h1>Open a pull request</h1></header>
${refusal && html`<p class="said refused" role="alert">${refusal}</p>`}
<form class="card fields" method="post" action="/${visit.fullName}/pulls">${guard(visit)}
<label>Into (base) <select name="base">${branchesOf(visit.github, visit.repository.id).map((branch) => option(branch.name, draft.base))}</select></label>
<label>From (head) <select name="head">${!known && html`<option value="">Choose a branch</option>`}${heads.map((one) => option(one.name, draft.head))}</select></label>
<label>Title <input name="title" value="${draft.title}"></label>
<label>Description <textarea name="body">
${draft.body}</textarea></label>
<label class="choice"><input type="checkbox" name="draft"${draft.draft && html` checked`}> Only a draft for now</label>
<div class="row">${submit("Open the pull request", whyNot(visit, "read"), "main")} <button type="submit" name="compare" value="yes">Show what it brings</button></div></form>
${known && (await difference(visit, draft.base, known.sha))}`,
    refusal === null ? 200 : 422,
  );
}

function option(name: string, chosen: string): Html {
  return html`<option${name === chosen && html` selected`}>${name}</option>`;
}

function headsOf(visit: RepositoryVisit): readonly { readonly name: string; readonly sha: string }[] {
  const { github, repository } = visit;
  const forks = github.find.forksOf(repository.id);
  return [
    ...branchesOf(github, repository.id),
    ...forks.flatMap((fork) => {
      const owner = github.state.accounts.get(fork.ownerId)?.login ?? "ghost";
      return branchesOf(github, fork.id).map((branch) => ({ name: `${owner}:${branch.name}`, sha: branch.sha }));
    }),
  ];
}

async function difference(visit: RepositoryVisit, base: string, head: string): Promise<Html> {
  const { github, repository } = visit;
  const baseSha = branchesOf(github, repository.id).find((one) => one.name === base)?.sha;
  if (!baseSha) return html`<p class="quiet">There is no branch ${base}.</p>`;
  if (!(await github.git.commit(repository.id, head)))
    return html`<p class="quiet">The fork's commits are shown once the pull request is open.</p>`;
  const shas = await commitsBetween(github.git, repository.id, baseSha, head);
  const files = await changedFiles(
    github.git,
    repository.id,
    await mergeBase(github.git, repository.id, baseSha, head),
    head,
  );
  return html`<section class="stack" aria-labelledby="brings"><h2 id="brings">It brings ${count(shas.length, "commit")}, ${count(files.length, "changed file")}</h2>
${shas.length > 0 && (await commitList(visit, [...shas].reverse().slice(0, 50)))}${shas.length > 0 && fileChanges(files)}</section>`;
}

/** As GitHub proposes it: the subject of a single commit, else the branch's name in words. */
async function titleFor(visit: RepositoryVisit, base: string, head: string): Promise<string> {
  const { github, repository } = visit;
  const headSha = headsOf(visit).find((one) => one.name === head)?.sha;
  const baseSha = branchesOf(github, repository.id).find((one) => one.name === base)?.sha;
  if (headSha && baseSha && (await github.git.commit(repository.id, headSha))) {
    const shas = await commitsBetween(github.git, repository.id, baseSha, headSha);
    const only = shas.length === 1 && shas[0] ? await github.git.commit(repository.id, shas[0]) : undefined;
    if (only) return subjectOf(only.message);
  }
  const words = head
    .replace(/^[^:]*:/, "")
    .replace(/^[^/]*\//, "")
    .replace(/[-_/]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
