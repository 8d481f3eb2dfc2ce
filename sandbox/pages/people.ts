import { roleOf } from "../rights.ts";
import { html } from "./html.ts";
import { type Answer, page, type Visit } from "./visit.ts";
import { standingOf } from "./words.ts";

/** Who there is, in which teams, and what each may do where. */
export function peoplePage(visit: Visit): Answer {
  const { state } = visit.github;
  const people = state.accounts.all().filter((account) => account.type === "User");
  const repositories = state.repositories.all().filter((repository) => repository.forkParentId === null);
  return page(
    "People",
    [{ text: "People", href: "/-/people" }],
    html`<header class="title"><h1>People</h1><p>Who has which role, by themselves, a team or the organisation.</p></header>
<div class="card plain scroll" role="group" aria-label="Roles" tabindex="0"><table><caption class="hidden">Roles of each person</caption>
<thead><tr><th scope="col">Person</th><th scope="col">Teams</th>${repositories.map((repository) => html`<th scope="col">${repository.name}</th>`)}</tr></thead>
<tbody>${people.map(
      (
        person,
      ) => html`<tr><th scope="row">${person.login}${person.name !== person.login && html`<br><span class="small quiet">${person.name}</span>`}</th><td>${standingOf(visit.github, person)}</td>
${repositories.map((repository) => html`<td>${roleOf(visit.github, person.id, repository)}</td>`)}</tr>`,
    )}</tbody></table></div>`,
  );
}
