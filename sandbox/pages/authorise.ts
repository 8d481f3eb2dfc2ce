import { askingOf, authorise, decline } from "../oauth.ts";
import { html } from "./html.ts";
import { guard } from "./layout.ts";
import { type Answer, page, type Visit } from "./visit.ts";
import { standingOf } from "./words.ts";

/** Asks the person whose eyes one sees with whether an App may act for them. */
export function authorisePage(visit: Visit): Answer | null {
  const asking = askingOf(visit.github, visit.query);
  if (asking === null) return null;
  if (typeof asking === "string") return refused(asking);
  const { app, redirectUri } = asking;
  const { account } = visit.by;
  const content = html`<header class="title"><h1>Authorise ${app.name}?</h1>
<p>You are <strong>${account.login}</strong> (${standingOf(visit.github, account)}). ${app.name} would see what both it and you may see here, and you would go on to ${new URL(redirectUri).origin}. To be somebody else, choose above.</p></header>
<form class="row" method="post" action="${visit.here}">${guard(visit)}
<button type="submit" name="answer" value="yes">Authorise ${app.name}</button>
<button type="submit" name="answer" value="no" class="slim">Cancel</button></form>`;
  // A form's way on after its answer counts as part of sending it, so the policy has to name where it leads.
  return { ...page(`Authorise ${app.name}`, [], content), leadsTo: new URL(redirectUri).origin };
}

/** Sends the person back with a code, or with their no. */
export function answerApp(visit: Visit): Answer | null {
  const asking = askingOf(visit.github, visit.query);
  if (asking === null) return null;
  if (typeof asking === "string") return refused(asking);
  const agreed = visit.form.get("answer") === "yes";
  const to = agreed ? authorise(visit.github, visit.by.account, asking) : decline(asking);
  return { kind: "go", to, said: null };
}

function refused(why: string): Answer {
  return page("Be careful", [], html`<header class="title"><h1>Be careful</h1><p>${why}</p></header>`, 400);
}
