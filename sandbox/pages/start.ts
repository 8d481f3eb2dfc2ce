import type { Account, Repository } from "../model.ts";
import { roleOf } from "../rights.ts";
import { type Html, html, webAddress } from "./html.ts";
import { act } from "./layout.ts";
import { type Answer, page, type Visit } from "./visit.ts";
import { count } from "./words.ts";

/** The start page: what this is, what to try, and every repository. */
export function startPage(visit: Visit): Answer {
  const owners = visit.github.state.accounts
    .all()
    .filter((account) => visit.github.find.repositoriesOf(account.id).length > 0)
    .sort((one, other) => Number(one.type === "User") - Number(other.type === "User"));
  return page(
    "Start",
    [],
    html`<header class="title"><h1>A small GitHub to play with</h1>
<p>Everything here is real git, and nothing leaves this machine. Be any of its people, break what you like, start afresh when you are done.</p></header>
${whatNow(visit)}
${owners.map((owner) => ownedBy(visit, owner))}`,
  );
}

/** The repositories of one person or organisation. */
export function ownerPage(visit: Visit, owner: Account): Answer {
  return page(
    owner.login,
    [{ text: owner.login, href: `/${owner.login}` }],
    html`<header class="title"><h1>${owner.name}</h1></header>${ownedBy(visit, owner)}`,
  );
}

/** Asks before everything is forgotten. */
export function afreshPage(visit: Visit): Answer {
  return page(
    "Start afresh",
    [],
    html`<header class="title"><h1>Start afresh?</h1>
<p>All repositories, pull requests and deliveries are forgotten, and the examples are made anew. Your clones of them will no longer match.</p></header>
<div class="row">${act(visit, "/-/afresh", "Forget everything and start afresh", { look: "danger" })} <a href="/">Keep it</a></div>`,
  );
}

function whatNow(visit: Visit): Html | null {
  const tries = visit.options.tries?.() ?? [];
  const links = visit.options.links?.() ?? [];
  if (tries.length === 0 && links.length === 0) return null;
  return html`<section class="stack" aria-labelledby="now"><h2 id="now">What now</h2>
${
  tries.length > 0 &&
  html`<ol class="cards">${tries.map(
    (one) =>
      html`<li class="card try"><div>${one.href ? html`<a href="${one.href}"><strong>${one.title}</strong></a>` : html`<strong>${one.title}</strong>`}</div><p class="small">${one.text}</p></li>`,
  )}</ol>`
}
${links.length > 0 && html`<p>${links.map((link) => html`<a class="button" href="${webAddress(link.href) ?? "/"}">${link.text}</a> `)}</p>`}</section>`;
}

function ownedBy(visit: Visit, owner: Account): Html {
  const repositories = visit.github.find
    .repositoriesOf(owner.id)
    .filter((repository) => !repository.private || roleOf(visit.github, visit.by.account.id, repository) !== "none");
  return html`<section class="stack" aria-labelledby="owner-${owner.id}"><h2 id="owner-${owner.id}">${owner.login}</h2>
<div class="cards">${repositories.map((repository) => repositoryCard(visit, owner, repository))}</div></section>`;
}

function repositoryCard(visit: Visit, owner: Account, repository: Repository): Html {
  const open = visit.github.find.pullsOf(repository.id).filter((pull) => pull.state === "open").length;
  const parent =
    repository.forkParentId === null ? undefined : visit.github.state.repositories.get(repository.forkParentId);
  const parentOwner = parent && visit.github.state.accounts.get(parent.ownerId);
  return html`<article class="card"><h3><a href="/${owner.login}/${repository.name}">${repository.name}</a></h3>
${repository.description && html`<p class="small">${repository.description}</p>`}
<p class="small quiet">${parent && parentOwner && html`fork of ${parentOwner.login}/${parent.name} · `}<a href="/${owner.login}/${repository.name}/pulls">${count(open, "open pull request")}</a> · you have ${roleOf(visit.github, visit.by.account.id, repository)}</p></article>`;
}
