import { branchesOf, createBranch, deleteBranch, renameBranch } from "../branches.ts";
import type { Pull } from "../model.ts";
import { releasesSeen } from "../releases.ts";
import { changeSettings, deleteRepository, forkRepository, setImmutableReleases } from "../repositories.ts";
import { rulesetsOf } from "../rulesets.ts";
import { tagNames } from "../tags.ts";
import { commitList, newestCommits } from "./commits.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { type Answer, go, page, type RepositoryVisit, type Trail } from "./visit.ts";
import { address, ago, count, loginOf, pullStanding, shortSha, shown } from "./words.ts";
import { workflowRuns } from "./workflow-runs.ts";

/** The path from the start to this repository. */
export function trailOf(visit: RepositoryVisit): Trail {
  const [owner = "", name = ""] = visit.fullName.split("/");
  return [
    { text: owner, href: `/${owner}` },
    { text: name, href: `/${visit.fullName}` },
  ];
}

/** The repository: open pull requests, branches, how to clone it, newest commits, rules, settings. */
export async function repositoryPage(visit: RepositoryVisit): Promise<Answer> {
  const { github, repository, fullName } = visit;
  const branches = branchesOf(github, repository.id);
  const open = pullsOf(visit).filter((pull) => pull.state === "open");
  const openIssues = github.find.issuesOf(repository.id).filter(({ state }) => state === "open");
  const head = branches.find((branch) => branch.name === repository.defaultBranch)?.sha;
  return page(
    fullName,
    trailOf(visit),
    html`<header class="title"><h1>${fullName}</h1>${repository.description && html`<p>${repository.description}</p>`}</header>
<div class="columns"><div class="stack">
<section class="stack" aria-labelledby="pulls"><div class="row"><h2 id="pulls">${count(open.length, "open pull request")}</h2><a class="end" href="/${fullName}/pulls">All</a></div>
${pullRows(visit, open)}
<p><a class="button main" href="/${fullName}/compare">Open a pull request</a></p></section>
<section class="stack" aria-labelledby="branches"><h2 id="branches">Branches</h2>${await branchRows(visit, branches)}${newBranch(visit, branches)}</section>
${head && html`<section class="stack" aria-labelledby="commits"><h2 id="commits">Newest on ${repository.defaultBranch}</h2>${await commitList(visit, await newestCommits(visit, head, 8))}</section>`}
</div><div class="stack">
${cloning(visit)}
<section class="card" aria-labelledby="issues"><h2 id="issues">Issues</h2><p class="small"><a href="/${fullName}/issues">${count(openIssues.length, "open issue")}</a></p></section>
<section class="card" aria-labelledby="releases"><h2 id="releases">Releases</h2><p class="small"><a href="/${fullName}/releases">${count(releasesSeen(github, visit.by, repository).length, "release")}</a>, <a href="/${fullName}/tags">${count(tagNames(github, repository.id).length, "tag")}</a></p></section>
<section class="card" aria-labelledby="rules"><h2 id="rules">Rules</h2><p class="small"><a href="/${fullName}/rules">${count(rulesetsOf(github, repository.id).length, "ruleset")}</a> say what may happen to its branches.</p></section>
<section class="card" aria-labelledby="fork"><h2 id="fork">Fork</h2>${act(visit, `/${fullName}/fork`, `Fork to ${visit.by.account.login}`, { why: whyNot(visit, "read") })}</section>
${workflowRuns(visit, branches)}
${settings(visit)}
</div></div>`,
  );
}

/** All pull requests, newest first. */
export function pullsPage(visit: RepositoryVisit): Answer {
  const pulls = [...pullsOf(visit)].reverse();
  return page(
    `Pull requests of ${visit.fullName}`,
    trailOf(visit),
    html`<header class="title"><h1>Pull requests</h1></header>
<p><a class="button main" href="/${visit.fullName}/compare">Open a pull request</a></p>${pullRows(visit, pulls)}`,
  );
}

/** What can be done to the repository itself. */
export async function actOnRepository(visit: RepositoryVisit, act: string): Promise<Answer | null> {
  const { github, by, repository, fullName, form } = visit;
  const home = `/${fullName}`;
  if (act === "fork") {
    const forked = await forkRepository(github, by, repository);
    const made = forked.done ? `/${by.account.login}/${forked.value.name}` : home;
    return go(made, forked, "Forked.");
  }
  if (act === "branches") {
    const name = form.get("name") ?? "";
    return go(
      home,
      await createBranch(github, by, repository, name, form.get("from") ?? ""),
      `Branch ${name} is made.`,
    );
  }
  if (act === "rename-branch") {
    const [from, to] = [form.get("from") ?? "", form.get("to") ?? ""];
    return go(home, await renameBranch(github, by, repository, from, to), `Branch ${from} is now called ${to}.`);
  }
  if (act === "delete-branch") {
    const name = form.get("name") ?? "";
    return go(home, await deleteBranch(github, by, repository, name), `Branch ${name} is deleted.`);
  }
  if (act === "settings") {
    const changed = await changeSettings(github, by, repository, {
      defaultBranch: form.get("default") ?? repository.defaultBranch,
      allowMergeCommit: form.has("merge"),
      allowSquashMerge: form.has("squash"),
      allowRebaseMerge: form.has("rebase"),
      allowAutoMerge: form.has("auto"),
    });
    const immutable = changed.done ? setImmutableReleases(github, by, repository, form.has("immutable")) : changed;
    return go(home, immutable, "Settings are saved.");
  }
  if (act === "delete") return go("/", await deleteRepository(github, by, repository), `${fullName} is deleted.`);
  return null;
}

function pullsOf(visit: RepositoryVisit): readonly Pull[] {
  return visit.github.find.pullsOf(visit.repository.id);
}

function pullRows(visit: RepositoryVisit, pulls: readonly Pull[]): Html {
  if (pulls.length === 0) return html`<p class="quiet">None.</p>`;
  return html`<ul class="rows">${pulls.map(
    (
      pull,
    ) => html`<li><div class="row"><a href="/${visit.fullName}/pull/${pull.number}"><strong>${pull.title}</strong></a> <span class="quiet">#${pull.number}</span><span class="end small">${shown(pullStanding(pull))}</span></div>
<div class="small quiet">${loginOf(visit.github, pull.authorId)}: ${headAndBase(visit, pull)}, ${ago(visit.github, pull.createdAt)}</div></li>`,
  )}</ul>`;
}

/** Head → base, the head with its owner where it lies in a fork. */
export function headAndBase(visit: RepositoryVisit, pull: Pull): Html {
  const own = pull.head.repositoryId === visit.repository.id;
  return html`<code class="branch">${own ? "" : `${pull.head.owner}:`}${pull.head.ref}</code> → <code class="branch">${pull.base.ref}</code>`;
}

async function branchRows(
  visit: RepositoryVisit,
  branches: readonly { readonly name: string; readonly sha: string }[],
): Promise<Html> {
  const commits = await Promise.all(branches.map((branch) => visit.github.git.commit(visit.repository.id, branch.sha)));
  return html`<ul class="rows">${branches.map((branch, index) => {
    const commit = commits[index];
    return html`<li><div class="row"><a class="branch" href="${address(visit.fullName, "tree", branch.name)}"><code>${branch.name}</code></a>${
      branch.name === visit.repository.defaultBranch && html`<span class="tag">default</span>`
    }<span class="end">${shortSha(branch.sha)}</span></div>
${commit && html`<div class="small quiet">${commit.message.split("\n", 1)[0]} · ${commit.author.name}, ${ago(visit.github, commit.committer.date)}</div>`}</li>`;
  })}</ul>`;
}

function newBranch(visit: RepositoryVisit, branches: readonly { readonly name: string }[]): Html {
  return html`<details><summary>New branch</summary><form class="fields" method="post" action="/${visit.fullName}/branches">${guard(visit)}
<label>Name <input name="name" required></label>
<label>From <select name="from">${branches.map((branch) => html`<option>${branch.name}</option>`)}</select></label>
<div class="row">${submit("Make it", whyNot(visit, "write"))}</div></form></details>`;
}

function cloning(visit: RepositoryVisit): Html {
  const login = visit.by.account.login;
  const address = new URL(`/${visit.fullName}.git`, visit.github.url);
  address.username = login;
  address.password = visit.github.tokenOf(login);
  return html`<section class="card" aria-labelledby="clone"><h2 id="clone">Clone it as ${login}</h2>
<pre><code class="sha">git clone ${address.href}</code></pre>
<p class="small quiet">The address holds ${login}'s token: what you push with it, ${login} pushed. One click marks the line.</p></section>`;
}

function settings(visit: RepositoryVisit): Html {
  const why = whyNot(visit, "admin");
  const { merging, defaultBranch } = visit.repository;
  const choice = (name: string, label: string, on: boolean) =>
    html`<label class="choice"><input type="checkbox" name="${name}"${on && html` checked`}${why !== null && html` disabled`}> ${label}</label>`;
  return html`<details class="card"><summary><strong>Settings</strong></summary>
<form class="fields" method="post" action="/${visit.fullName}/settings">${guard(visit)}
<label>Default branch <select name="default"${why !== null && html` disabled`}>${branchesOf(
    visit.github,
    visit.repository.id,
  ).map(
    (branch) => html`<option${branch.name === defaultBranch && html` selected`}>${branch.name}</option>`,
  )}</select></label>
<fieldset><legend>Pull requests may be merged by</legend>
${choice("merge", "merge commit", merging.allowMergeCommit)}${choice("squash", "squashing", merging.allowSquashMerge)}${choice("rebase", "rebasing", merging.allowRebaseMerge)}</fieldset>
<fieldset><legend>When all requirements are met</legend>${choice("auto", "allow auto-merge", merging.allowAutoMerge === true)}</fieldset>
<fieldset><legend>Releases</legend>${choice("immutable", "are immutable once published", visit.repository.immutableReleases === true)}</fieldset>
<div class="row">${submit("Save", why)}</div></form>
<div class="row">${act(visit, `/${visit.fullName}/delete`, "Delete this repository", { look: "danger", why })}</div></details>`;
}
