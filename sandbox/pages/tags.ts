import { branchesOf } from "../branches.ts";
import { releaseOfTag } from "../publishing.ts";
import { deleteTag, makeTag, type SeenTag, tagNamed, tagNames } from "../tags.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, go, page, type RepositoryVisit, unixLines } from "./visit.ts";
import { address, ago, shortSha } from "./words.ts";

/** All tags: where each leads, what an annotated one says, and its release. */
export async function tagsPage(visit: RepositoryVisit): Promise<Answer> {
  const { github, repository, fullName } = visit;
  const names = tagNames(github, repository.id);
  const seen = await Promise.all(names.map((name) => tagNamed(github, repository.id, name)));
  const tags = seen.flatMap((tag) => tag ?? []);
  return page(
    `Tags of ${fullName}`,
    trailOf(visit),
    html`<header class="title"><h1>Tags</h1><p>Names for commits that are meant to stay. <a href="/${fullName}/releases">Releases</a> are made of them.</p></header>
<ul class="rows" data-live="tags">${tags.map((tag) => tagRow(visit, tag))}</ul>
${tags.length === 0 && html`<p class="quiet">None yet.</p>`}
${newTag(visit)}`,
  );
}

/** What the forms of that page do. */
export async function actOnTags(visit: RepositoryVisit, name: string | undefined): Promise<Answer | null> {
  const { github, by, repository, fullName, form } = visit;
  const tag = form.get("name") ?? "";
  const home = `/${fullName}/tags`;
  if (name === "delete") return go(home, await deleteTag(github, by, repository, tag), `Tag ${tag} is deleted.`);
  if (name !== undefined) return null;
  const message = unixLines(form.get("message") ?? "").trim();
  const made = await makeTag(github, by, repository, { name: tag, at: form.get("at") ?? "", message });
  return go(home, made, `Tag ${tag} is made.`);
}

function tagRow(visit: RepositoryVisit, { name, commit, annotation }: SeenTag): Html {
  const { github, repository, fullName } = visit;
  const release = releaseOfTag(github, repository.id, name);
  const why = whyNot(visit, "write");
  return html`<li><div class="row"><strong>${name}</strong>${release && html` <a href="${address(fullName, "releases", "tag", name)}">release</a>`}<span class="end">${
    commit && html`<a href="/${fullName}/commit/${commit.sha}">${shortSha(commit.sha)}</a>`
  }</span></div>
${
  annotation
    ? html`<div class="small quiet">${annotation.tagger?.name ?? "somebody"} tagged it${annotation.tagger && html` ${ago(github, annotation.tagger.date)}`} as <code class="sha">${annotation.sha.slice(0, 7)}</code></div><pre>${annotation.message}</pre>`
    : html`<div class="small quiet">Lightweight: it says nothing of itself.</div>`
}
<div class="row">${act(visit, `/${fullName}/tags/delete`, `Delete ${name}`, { look: "slim danger", why, fields: { name } })}</div></li>`;
}

function newTag(visit: RepositoryVisit): Html {
  const { github, repository, fullName } = visit;
  return html`<details class="card"><summary><strong>New tag</strong></summary><form class="fields" method="post" action="/${fullName}/tags">${guard(visit)}
<label>Name <input name="name" required placeholder="v1.0.0"></label>
<label>At <input name="at" required list="tag-places" value="${repository.defaultBranch}"> <span class="quiet">A branch or a commit.</span></label>
<datalist id="tag-places">${branchesOf(github, repository.id).map((branch) => html`<option value="${branch.name}"></option>`)}</datalist>
<label>Message <textarea name="message"></textarea> <span class="quiet">With one it is an annotated tag.</span></label>
<div class="row">${submit("Make it", whyNot(visit, "write"))}</div></form></details>`;
}
