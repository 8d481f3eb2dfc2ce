import type { Delivery } from "../model.ts";
import { type Html, html } from "./html.ts";
import { act } from "./layout.ts";
import { type Answer, go, page, type Visit } from "./visit.ts";
import { ago, type Standing, shown } from "./words.ts";

const shownDeliveries = 100;

/** The newest webhooks sent to any App. */
export function deliveriesPage(visit: Visit): Answer {
  const deliveries = [...visit.github.state.deliveries.all()].sort((one, other) => other.id - one.id);
  return page(
    "Deliveries",
    [],
    html`<header class="title"><h1>Webhook deliveries</h1><p>What the Apps were told, newest first. A delivery sent again keeps its id.</p></header>
<div data-live="deliveries"><ul class="rows">${deliveries.slice(0, shownDeliveries).map(
      (
        delivery,
      ) => html`<li><div class="row"><a href="/-/deliveries/${delivery.id}"><strong>${delivery.event}${delivery.action && `.${delivery.action}`}</strong></a>
<span class="small quiet">${repositoryName(visit, delivery)}${delivery.redelivery && " · sent again"}</span><span class="end small">${shown(standing(delivery))}</span></div>
<div class="small quiet"><code>${delivery.guid}</code>, ${ago(visit.github, delivery.deliveredAt)}</div></li>`,
    )}</ul>
${deliveries.length === 0 && html`<p class="quiet">None yet: no App is installed, or nothing has happened.</p>`}</div>`,
  );
}

/** One delivery: what was sent, what came back, and a button to send it again. */
export function deliveryPage(visit: Visit, delivery: Delivery): Answer {
  return page(
    `Delivery ${delivery.guid}`,
    [],
    html`<header class="title"><h1>${delivery.event}${delivery.action && `.${delivery.action}`}</h1>
<p class="row"><strong>${shown(standing(delivery))}</strong> <code>${delivery.guid}</code> <span class="small quiet">${ago(visit.github, delivery.deliveredAt)}, took ${Math.round(delivery.duration * 1000)} ms</span></p></header>
${act(visit, `/-/deliveries/${delivery.id}/redeliver`, "Send it again")}
<section class="stack" aria-labelledby="sent"><h2 id="sent">Sent to ${delivery.url}</h2>${headers(delivery.requestHeaders)}<pre>${indented(delivery.body)}</pre></section>
<section class="stack" aria-labelledby="answer"><h2 id="answer">Answer</h2>${headers(delivery.responseHeaders)}<pre>${delivery.responseBody || "(empty)"}</pre></section>`,
  );
}

/** Sends a delivery of the log again. */
export function redeliver(visit: Visit, delivery: Delivery): Answer {
  visit.github.hooks.redeliver(delivery);
  return go("/-/deliveries", null, `${delivery.event} is sent again.`);
}

function standing(delivery: Delivery): Standing {
  const good = delivery.statusCode >= 200 && delivery.statusCode < 300;
  const word = delivery.statusCode === 0 ? delivery.status : `${delivery.statusCode} ${delivery.status}`;
  return good ? { sign: "✓", word, tone: "green" } : { sign: "✗", word, tone: "red" };
}

function repositoryName(visit: Visit, delivery: Delivery): string {
  return delivery.repositoryId === null ? "" : (visit.github.state.repositories.get(delivery.repositoryId)?.name ?? "");
}

function headers(list: Readonly<Record<string, string>>): Html {
  return html`<details><summary class="small">Headers</summary><pre>${Object.entries(list)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n")}</pre></details>`;
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
