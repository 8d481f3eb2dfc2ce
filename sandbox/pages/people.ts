import type { Account } from "../model.ts";
import { roleOf } from "../rights.ts";
import { type Html, html } from "./html.ts";
import { type Answer, page, type Visit } from "./visit.ts";

/** Who there is, in which teams, and what each may do where. */
export function peoplePage(visit: Visit): Answer {
  const { state } = visit.github;
  const people = state.accounts.all().filter((account) => account.type !== "Organization");
  const repositories = state.repositories.all().filter((repository) => repository.forkParentId === null);
  return page(
    "People",
    [{ text: "People", href: "/-/people" }],
    html`<header class="title"><h1>People</h1><p>Who has which role, by themselves, a team or the organisation.</p></header>
<div class="scroll" role="group" aria-label="Roles" tabindex="0"><table class="card plain"><caption class="hidden">Roles of each person</caption>
<thead><tr><th scope="col">Person</th><th scope="col">Teams</th>${repositories.map((repository) => html`<th scope="col">${repository.name}</th>`)}</tr></thead>
<tbody>${people.map(
      (
        person,
      ) => html`<tr><th scope="row">${person.login}${person.name !== person.login && html`<br><span class="small quiet">${person.name}</span>`}</th><td>${teamsOf(visit, person)}</td>
${repositories.map((repository) => html`<td>${roleOf(visit.github, person.id, repository)}</td>`)}</tr>`,
    )}</tbody></table></div>`,
  );
}

function teamsOf(visit: Visit, person: Account): Html {
  const { teams, memberships, accounts } = visit.github.state;
  const owned = memberships.all().filter((one) => one.userId === person.id && one.role === "admin");
  const joined = teams.all().filter((team) => team.members.some((member) => member.userId === person.id));
  const words = [
    ...owned.map((one) => `owner of ${accounts.get(one.organisationId)?.login ?? "ghost"}`),
    ...joined.map((team) => team.name),
  ];
  return html`${words.join(", ") || html`<span class="quiet">none</span>`}`;
}
