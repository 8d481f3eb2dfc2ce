import { branchesOf } from "../branches.ts";
import { storedAt } from "../downloads.ts";
import type { Release, ReleaseAsset } from "../model.ts";
import { downloadUrl, tagInAddress } from "../present/releases.ts";
import { refAt, resolveCommit } from "../refs.ts";
import { latestRelease, releasesSeen } from "../releases.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { renderMarkdown } from "./markdown.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, page, type RepositoryVisit } from "./visit.ts";
import { address, ago, count, loginOf, type Standing, shortSha, shown } from "./words.ts";

/** The address of a release's page. */
export function releaseAddress(fullName: string, release: Release): string {
  return address(fullName, "releases", "tag", tagInAddress(release));
}

/** The release at such an address that this person may see; null when there is none. */
export function releaseAt(visit: RepositoryVisit, tag: string): Release | null {
  return releasesSeen(visit.github, visit.by, visit.repository).find((one) => tagInAddress(one) === tag) ?? null;
}

/** All releases this person may see, and a form for a new one. */
export function releasesPage(visit: RepositoryVisit): Answer {
  const { github, by, repository, fullName } = visit;
  const releases = releasesSeen(github, by, repository);
  return page(
    `Releases of ${fullName}`,
    trailOf(visit),
    html`<header class="title"><h1>Releases</h1><p>${repository.immutableReleases ? "What is published keeps its tag and its files for ever." : "What is published can be changed later."} <a href="/${fullName}/tags">All tags</a></p></header>
<ul class="rows" data-live="releases">${releases.map((release) => releaseRow(visit, release))}</ul>
${releases.length === 0 && html`<p class="quiet">None yet.</p>`}
<details class="card"><summary><strong>New release</strong></summary>${newRelease(visit)}</details>`,
  );
}

/** One release: its notes, its files to download, and what those with the right can do to it. */
export async function releasePage(visit: RepositoryVisit, release: Release): Promise<Answer> {
  const { github, repository, fullName } = visit;
  const tagged = refAt(github, repository.id, `refs/tags/${release.tagName}`) !== undefined;
  const commit = tagged ? await resolveCommit(github, repository.id, `refs/tags/${release.tagName}`) : undefined;
  const assets = github.find.assetsOf(release.id);
  return page(
    release.name ?? release.tagName,
    [...trailOf(visit), { text: "releases", href: `/${fullName}/releases` }],
    html`<header class="title"><h1>${release.name ?? release.tagName}</h1>
<p class="row"><strong>${shown(standingOf(visit, release))}</strong> <code class="branch">${release.tagName}</code> ${
      commit
        ? html`<a href="/${fullName}/commit/${commit}">${shortSha(commit)}</a>`
        : html`<span class="small quiet">The tag will be made at <code class="branch">${release.target}</code>.</span>`
    } <span class="small quiet">${loginOf(github, release.authorId)}, ${ago(github, release.publishedAt ?? release.updatedAt)}</span></p></header>
<div class="columns"><div class="stack">
<article class="card markdown" data-live="notes" aria-label="Notes">${release.body ? renderMarkdown(release.body, 2, null) : html`<p class="quiet">It has no notes.</p>`}</article>
<section class="stack" aria-labelledby="assets"><h2 id="assets">${count(assets.length, "file")}</h2>
<ul class="rows" data-live="assets">${assets.map((asset) => assetRow(visit, release, asset))}</ul></section>
</div><aside class="stack" aria-label="About this release">
${acting(visit, release)}${editing(visit, release)}${attaching(visit, release)}
</aside></div>`,
  );
}

function standingOf({ github, repository }: RepositoryVisit, release: Release): Standing {
  const locked = release.immutable ? ", immutable" : "";
  if (release.draft) return { sign: "○", word: "Draft", tone: "grey" };
  if (release.prerelease) return { sign: "●", word: `Pre-release${locked}`, tone: "amber" };
  if (latestRelease(github, repository.id)?.id === release.id)
    return { sign: "✓", word: `Latest${locked}`, tone: "green" };
  return { sign: "✓", word: `Published${locked}`, tone: "green" };
}

function releaseRow(visit: RepositoryVisit, release: Release): Html {
  const { github, fullName } = visit;
  return html`<li><div class="row"><a href="${releaseAddress(fullName, release)}"><strong>${release.name ?? release.tagName}</strong></a> <code class="branch">${release.tagName}</code><span class="end small">${shown(standingOf(visit, release))}</span></div>
<div class="small quiet">${loginOf(github, release.authorId)}, ${ago(github, release.publishedAt ?? release.updatedAt)}; ${count(github.find.assetsOf(release.id).length, "file")}</div></li>`;
}

function assetRow(visit: RepositoryVisit, release: Release, asset: ReleaseAsset): Html {
  const { github, repository } = visit;
  const why = whyNot(visit, "write");
  const open = !release.draft && !repository.private;
  const link = open ? downloadUrl(github, repository, release, asset) : storedAt(github, asset);
  return html`<li><div class="row">${
    asset.stored
      ? html`<a href="${link}"><strong>${asset.label ?? asset.name}</strong></a>`
      : html`<strong>${asset.label ?? asset.name}</strong> <span class="red">its upload broke off</span>`
  }<span class="end small">${count(asset.size, "byte")}</span></div>
${asset.stored && html`<div class="small quiet"><code class="sha">${asset.stored.digest}</code></div>`}
<div class="row">${act(visit, `${actsOf(visit, release)}/remove`, `Delete ${asset.name}`, { look: "slim danger", why, fields: { asset: String(asset.id) } })}</div></li>`;
}

const actsOf = ({ fullName }: RepositoryVisit, release: Release) => `/${fullName}/releases/${release.id}`;

function acting(visit: RepositoryVisit, release: Release): Html {
  const why = whyNot(visit, "write");
  const also = why === null ? null : "";
  const home = actsOf(visit, release);
  return html`<div class="row">${
    release.draft
      ? act(visit, `${home}/publish`, "Publish", { look: "main", why })
      : act(visit, `${home}/unpublish`, "Make it a draft", { why })
  }${act(visit, `${home}/delete`, "Delete this release", { look: "danger", why: also })}</div>`;
}

function editing(visit: RepositoryVisit, release: Release): Html {
  return html`<details class="card"><summary><strong>Edit</strong></summary>
<form class="fields" method="post" action="${actsOf(visit, release)}/edit">${guard(visit)}
<label>Tag <input name="tag" value="${release.tagName}" required></label>
<label>Title <input name="name" value="${release.name ?? ""}"></label>
<label>Notes <textarea name="body">
${release.body}</textarea></label>
<label class="choice"><input type="checkbox" name="prerelease"${release.prerelease && html` checked`}> It is a pre-release</label>
<div class="row">${submit("Save", whyNot(visit, "write"))}</div></form></details>`;
}

function attaching(visit: RepositoryVisit, release: Release): Html {
  return html`<details class="card"><summary><strong>Attach a file</strong></summary>
<form class="fields" method="post" action="${actsOf(visit, release)}/attach">${guard(visit)}
<label>File name <input name="file" required placeholder="notes.txt"></label>
<label>What it holds <textarea class="code" name="content" spellcheck="false" required></textarea></label>
<div class="row">${submit("Attach", whyNot(visit, "write"))}</div></form></details>`;
}

function newRelease(visit: RepositoryVisit): Html {
  const { github, repository, fullName } = visit;
  return html`<form class="fields" method="post" action="/${fullName}/releases">${guard(visit)}
<label>Tag <input name="tag" required placeholder="v1.0.0"> <span class="quiet">One that is there, or one to be made.</span></label>
<label>Target <select name="target">${branchesOf(github, repository.id).map(
    (branch) => html`<option${branch.name === repository.defaultBranch && html` selected`}>${branch.name}</option>`,
  )}</select></label>
<label>Title <input name="name"></label>
<label>Notes <textarea name="body"></textarea></label>
<label class="choice"><input type="checkbox" name="prerelease"> It is a pre-release</label>
<div class="row">${submit("Save as a draft", whyNot(visit, "write"))}</div></form>`;
}
