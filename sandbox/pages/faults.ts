import type { Fault } from "../faults.ts";
import { type Html, html } from "./html.ts";
import { act, guard } from "./layout.ts";
import { type Answer, go, page, type Visit } from "./visit.ts";

type Offer = { readonly key: string; readonly label: string; readonly fault: Fault };

const offers: readonly Offer[] = [
  {
    key: "slow",
    label: "API answers take 2 s longer",
    fault: { on: "request", does: { kind: "latency", milliseconds: 2000 } },
  },
  {
    key: "502-before",
    label: "API answers 502 and does nothing",
    fault: { on: "request", does: { kind: "502", effect: false } },
  },
  {
    key: "502-after",
    label: "API answers 502 although it did the work",
    fault: { on: "request", does: { kind: "502", effect: true } },
  },
  { key: "reset", label: "API connections break", fault: { on: "request", does: { kind: "reset", effect: false } } },
  {
    key: "secondary",
    label: "API says 403, secondary rate limit, retry after 30 s",
    fault: { on: "request", does: { kind: "secondary", retryAfter: 30 } },
  },
  {
    key: "half",
    label: "API answers 502, and an upload breaks off half-way",
    fault: { on: "request", does: { kind: "half" } },
  },
  {
    key: "base-modified",
    label: "API says 405, base branch was modified",
    fault: {
      on: "request",
      does: {
        kind: "refusal",
        status: 405,
        message: "Base branch was modified. Review and try the merge again.",
      },
    },
  },
  { key: "drop", label: "Webhooks are lost", fault: { on: "delivery", does: { kind: "drop" } } },
  { key: "double", label: "Webhooks arrive twice", fault: { on: "delivery", does: { kind: "double" } } },
  { key: "reorder", label: "Webhooks arrive in the wrong order", fault: { on: "delivery", does: { kind: "reorder" } } },
  {
    key: "delay",
    label: "Webhooks arrive 10 s late",
    fault: { on: "delivery", does: { kind: "delay", milliseconds: 10_000 } },
  },
];

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Which faults can be switched on, with how often each is to strike. */
export function faultsPage(visit: Visit): Answer {
  return page(
    "Faults",
    [],
    html`<header class="title"><h1>Faults on demand</h1><p>Break this GitHub and watch how the Apps on it cope.</p></header>
<form class="card fields" method="post" action="/-/faults">${guard(visit)}
<fieldset><legend>What goes wrong</legend>${offers.map((offer, index) => choice(offer, index === 0))}</fieldset>
<label>Which requests <select name="method"><option value="">any</option>${methods.map((method) => html`<option>${method}</option>`)}</select></label>
<label>Where their address has <input name="path" placeholder="/merge" spellcheck="false"> <span class="quiet">Both leave out webhooks. Empty: everywhere.</span></label>
<label>How often <select name="times"><option value="1">the next time</option><option value="5">the next 5 times</option><option value="">until all are taken away</option></select></label>
<div class="row"><button type="submit" class="main">Switch it on</button></div></form>
${act(visit, "/-/faults/clear", "Take all faults away")}`,
  );
}

/** Switches a fault on. */
export function addFault(visit: Visit): Answer {
  const offer = offers.find((one) => one.key === visit.form.get("fault"));
  if (!offer) return go("/-/faults", null, "Nothing was chosen.");
  const times = Number(visit.form.get("times"));
  visit.github.faults.add({ ...aimed(offer.fault, visit.form), ...(times > 0 ? { times } : {}) });
  return go("/-/faults", null, `${offer.label}: on.`);
}

/** The fault for the requests that the form names alone. */
function aimed(fault: Fault, form: URLSearchParams): Fault {
  const [method, path] = [form.get("method") ?? "", form.get("path") ?? ""];
  if (fault.on !== "request") return fault;
  return {
    ...fault,
    ...(method === "" ? {} : { method }),
    ...(path === "" ? {} : { path }),
  };
}

/** Takes all faults away. */
export function clearFaults(visit: Visit): Answer {
  visit.github.faults.clear();
  return go("/-/faults", null, "All faults are taken away.");
}

function choice(offer: Offer, first: boolean): Html {
  return html`<label class="choice"><input type="radio" name="fault" value="${offer.key}"${first && html` checked`}> ${offer.label}</label>`;
}
