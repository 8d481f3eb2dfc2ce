import { mayEnable, waitsFor } from "../auto-merge.ts";
import type { AutoMerge } from "../model.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import type { PullVisit } from "./visit.ts";
import { loginOf, methods } from "./words.ts";

/**
 * What the merge box says of auto-merge: that it is enabled and what it waits for, or how to enable it where one can.
 * `told` is what already stands there of why it cannot be merged.
 */
export async function autoMerge(visit: PullVisit, told: string | null): Promise<Html | null> {
  const { github, by, repository, pull } = visit;
  if (pull.autoMerge) return enabled(visit, pull.autoMerge, told);
  const may = await Promise.all(methods.map(({ method }) => mayEnable(github, by, repository, pull.number, method)));
  const possible = methods.filter((_, index) => may[index]?.done);
  if (possible.length === 0) return null;
  return html`<form class="inner stack" method="post" action="${visit.home}/enable-auto-merge" aria-label="Auto-merge">${guard(visit)}
<p class="small quiet">It can merge by itself, as ${by.account.login}, when all requirements are met.</p>
<div class="row"><select name="method" aria-label="How it merges">${possible.map(
    ({ method, label }) => html`<option value="${method}">${label}</option>`,
  )}</select>${submit("Enable auto-merge", null)}</div></form>`;
}

async function enabled(visit: PullVisit, { enabledById, method }: AutoMerge, told: string | null): Promise<Html> {
  const { github, repository, pull } = visit;
  const how = methods.find((one) => one.method === method)?.label;
  const waiting = (await waitsFor(github, repository, pull))?.replace(/\n+/g, "\n").trim() ?? null;
  return html`<div class="inner stack"><p><strong>Auto-merge is enabled</strong> by ${loginOf(github, enabledById)}: ${how}, as soon as all requirements are met.</p>
${waiting !== null && waiting !== told && html`<p class="words">It waits: ${waiting}</p>`}
${act(visit, `${visit.home}/disable-auto-merge`, "Disable auto-merge", { why: whyNot(visit, "write") })}</div>`;
}
