import { type WorkflowRun, workflowConclusions } from "../model.ts";
import { rerunWorkflow, runWorkflow } from "../workflow-runs.ts";
import { type Html, html } from "./html.ts";
import { guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { type Answer, go, type RepositoryVisit } from "./visit.ts";
import { ago, loginOf } from "./words.ts";

const shownRuns = 8;

/** The newest runs of workflows, and how to have one. */
export function workflowRuns(visit: RepositoryVisit, branches: readonly { readonly name: string }[]): Html {
  const { github, repository, fullName } = visit;
  const runs = [...github.find.workflowRunsOf(repository.id)].reverse().slice(0, shownRuns);
  return html`<section class="card" id="actions" aria-labelledby="workflow-runs"><h2 id="workflow-runs">Workflow runs</h2>
${runs.length > 0 && html`<ul class="rows">${runs.map((run) => row(visit, run))}</ul>`}
<details><summary>Run a workflow</summary><form class="fields" method="post" action="/${fullName}/workflow-runs">${guard(visit)}
<label>File <input name="workflow" value=".github/workflows/backup.yml" required></label>
<label>Branch <select name="branch">${branches.map(
    ({ name }) => html`<option${name === repository.defaultBranch && html` selected`}>${name}</option>`,
  )}</select></label>
${ending(github.time())}
<div class="row">${submit("Run it", whyNot(visit, "write"))}</div></form>
<p class="small quiet">The sandbox executes nothing: a run ends as said here.</p></details></section>`;
}

function row(visit: RepositoryVisit, run: WorkflowRun): Html {
  const { github, fullName } = visit;
  const last = run.attempts.at(-1);
  return html`<li><div class="row"><strong>${run.workflow.split("/").at(-1)}</strong> <span class="quiet">#${run.id}</span><span class="end small">${last?.conclusion ?? "in progress"}</span></div>
<div class="small quiet">${run.attempts.length > 1 && `attempt ${run.attempts.length}, `}on <code class="branch">${run.headBranch}</code> by ${loginOf(github, run.actorId)}, ${ago(github, last?.updatedAt ?? run.createdAt)}</div>
<details class="small"><summary>Run again<span class="hidden"> ${run.id}</span></summary><form class="fields" method="post" action="/${fullName}/workflow-runs/${run.id}">${guard(visit)}
${ending(github.time())}<div class="row">${submit("Run it again", whyNot(visit, "write"), "slim")}</div></form></details></li>`;
}

function ending(now: string): Html {
  return html`<label>Ends in <select name="conclusion">${workflowConclusions.map((word) => html`<option>${word}</option>`)}<option value="">nothing yet</option></select></label>
<label>At <input name="at" value="${now}" required></label>`;
}

/** What the forms above send. */
export async function actOnWorkflowRuns(visit: RepositoryVisit, id: string | undefined): Promise<Answer> {
  const { github, by, repository, fullName, form } = visit;
  const back = `/${fullName}#actions`;
  const outcome = { conclusion: form.get("conclusion") || null, at: form.get("at") ?? undefined };
  if (id !== undefined)
    return go(back, rerunWorkflow(github, by, repository, Number(id), outcome), "It was run again.");
  const [workflow, branch] = [form.get("workflow") ?? "", form.get("branch") ?? ""];
  const run = await runWorkflow(github, by, repository, { workflow, branch, ...outcome });
  return go(back, run, run.done ? `Run ${run.value.id} is made.` : "");
}
