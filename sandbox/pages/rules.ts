import type { Ruleset } from "../model.ts";
import type { RulesetInput } from "../ruleset-input.ts";
import { createRuleset, deleteRuleset, editRuleset, rulesetsOf } from "../rulesets.ts";
import { type Html, html } from "./html.ts";
import { act, guard, submit } from "./layout.ts";
import { whyNot } from "./may.ts";
import { trailOf } from "./repository.ts";
import { type Answer, go, page, type RepositoryVisit, type Trail } from "./visit.ts";
import { ago, type Standing, shown } from "./words.ts";

const standings: Readonly<Record<Ruleset["enforcement"], Standing>> = {
  active: { sign: "●", word: "active", tone: "green" },
  disabled: { sign: "○", word: "disabled", tone: "grey" },
  evaluate: { sign: "○", word: "evaluate only", tone: "amber" },
};

const example: RulesetInput = {
  name: "no force-push",
  target: "branch",
  enforcement: "active",
  conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
  rules: [{ type: "non_fast_forward" }],
  bypass_actors: [],
};

/** The rulesets of a repository, with what each does in words, and a form for a new one. */
export function rulesPage(visit: RepositoryVisit): Answer {
  const rulesets = rulesetsOf(visit.github, visit.repository.id);
  const why = whyNot(visit, "admin");
  return page(
    `Rules of ${visit.fullName}`,
    trailOfRules(visit),
    html`<header class="title"><h1>Rulesets</h1><p>Every active one holds; the strictest wins. Only admins change them.</p></header>
<ul class="rows">${rulesets.map(
      (
        ruleset,
      ) => html`<li><div class="row"><a href="/${visit.fullName}/rules/${ruleset.id}"><strong>${ruleset.name}</strong></a><span class="end">${shown(standings[ruleset.enforcement])}</span></div>
<div class="small quiet">${ruleset.target} ${ruleset.include.map((ref) => html`<code>${ref.replace(/^refs\/(heads|tags)\//, "")}</code> `)}: ${ruleset.rules.map(ruleWords).join("; ")}</div></li>`,
    )}</ul>
${rulesets.length === 0 && html`<p class="quiet">None yet.</p>`}
<details class="card"><summary><strong>New ruleset</strong></summary>${editor(visit, `/${visit.fullName}/rules`, example, "Make it", why)}</details>`,
  );
}

/** One ruleset, to disable, edit or delete. */
export function rulesetPage(visit: RepositoryVisit, ruleset: Ruleset): Answer {
  const why = whyNot(visit, "admin");
  const home = `/${visit.fullName}/rules/${ruleset.id}`;
  const on = ruleset.enforcement === "active";
  return page(
    ruleset.name,
    trailOfRules(visit),
    html`<header class="title"><h1>${ruleset.name}</h1>
<p class="row"><strong>${shown(standings[ruleset.enforcement])}</strong> <span class="small quiet">changed ${ago(visit.github, ruleset.updatedAt)}</span></p></header>
<ul>${ruleset.rules.map((rule) => html`<li>${ruleWords(rule)}</li>`)}</ul>
<p>${ruleset.bypassActors.length === 0 ? "Nobody bypasses it." : `Bypassed by ${ruleset.bypassActors.map((actor) => `${actor.actor_type} ${actor.actor_id ?? ""} (${actor.bypass_mode})`).join(", ")}.`}</p>
<div class="row">${act(visit, `${home}/enforcement`, on ? "Disable" : "Activate", { why, fields: { enforcement: on ? "disabled" : "active" } })}
${act(visit, `${home}/delete`, "Delete", { look: "danger", why: why === null ? null : "" })}</div>
<details class="card"><summary><strong>Edit</strong></summary>${editor(visit, `${home}/edit`, inputOf(ruleset), "Save", why)}</details>`,
  );
}

/** Makes a ruleset from the form. */
export function makeRuleset(visit: RepositoryVisit): Answer {
  const input = read(visit);
  if (typeof input === "string") return said(`/${visit.fullName}/rules`, input);
  return go(
    `/${visit.fullName}/rules`,
    createRuleset(visit.github, visit.by, visit.repository, input),
    `Ruleset ${input.name} is made.`,
  );
}

/** What can be done to one ruleset. */
export function actOnRuleset(visit: RepositoryVisit, ruleset: Ruleset, name: string): Answer | null {
  const { github, by, repository, fullName, form } = visit;
  const home = `/${fullName}/rules/${ruleset.id}`;
  if (name === "delete")
    return go(
      `/${fullName}/rules`,
      deleteRuleset(github, by, repository, ruleset.id),
      `Ruleset ${ruleset.name} is deleted.`,
    );
  if (name === "enforcement") {
    const enforcement = form.get("enforcement") === "active" ? "active" : "disabled";
    return go(
      home,
      editRuleset(github, by, repository, ruleset.id, { enforcement }),
      `Ruleset ${ruleset.name} is ${enforcement}.`,
    );
  }
  if (name !== "edit") return null;
  const input = read(visit);
  if (typeof input === "string") return said(home, input);
  return go(home, editRuleset(github, by, repository, ruleset.id, input), "Saved.");
}

/** A rule in words. */
function ruleWords(rule: Ruleset["rules"][number]): string {
  const parameters = rule.parameters ?? {};
  if (rule.type === "required_status_checks") {
    const checks = parameters["required_status_checks"];
    const names = Array.isArray(checks) ? checks.map((check: { context?: unknown }) => String(check.context)) : [];
    return `requires the check ${names.join(", ") || "(none)"}`;
  }
  if (rule.type === "pull_request") {
    const methods = parameters["allowed_merge_methods"];
    return `asks for a pull request with ${Number(parameters["required_approving_review_count"] ?? 0)} approvals${Array.isArray(methods) ? `, merged by ${methods.join(" or ")}` : ""}`;
  }
  return ruleNames[rule.type] ?? rule.type.replaceAll("_", " ");
}

const ruleNames: Readonly<Record<string, string>> = {
  non_fast_forward: "no force-push",
  deletion: "no deletion",
  creation: "creation only by those who bypass",
  update: "only those who bypass may move it",
  merge_queue: "merges go through the queue",
};

function editor(visit: RepositoryVisit, action: string, input: RulesetInput, label: string, why: string | null): Html {
  return html`<form class="fields" method="post" action="${action}">${guard(visit)}
<label>As GitHub's REST API takes it <textarea class="code" name="ruleset" spellcheck="false">
${JSON.stringify(input, null, 2)}</textarea></label><div class="row">${submit(label, why)}</div></form>`;
}

function inputOf(ruleset: Ruleset): RulesetInput {
  return {
    name: ruleset.name,
    target: ruleset.target,
    enforcement: ruleset.enforcement,
    conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
    rules: ruleset.rules,
    bypass_actors: ruleset.bypassActors,
  };
}

function read(visit: RepositoryVisit): RulesetInput | string {
  try {
    const input: unknown = JSON.parse(visit.form.get("ruleset") ?? "");
    return typeof input === "object" && input !== null ? (input as RulesetInput) : "A ruleset is a JSON object.";
  } catch (error) {
    return `That is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function said(to: string, text: string): Answer {
  return { kind: "go", to, said: { tone: "refused", text } };
}

function trailOfRules(visit: RepositoryVisit): Trail {
  return [...trailOf(visit), { text: "rules", href: `/${visit.fullName}/rules` }];
}
