import { editIssue, openIssue } from "../issues.ts";
import { labelsOf } from "../labels.ts";
import type { Issue, Pull } from "../model.ts";
import { presentPlainIssue } from "../present/issues.ts";
import { presentIssue } from "../present/pulls.ts";
import { editPull } from "../pulls.ts";
import {
  type Answer,
  answerOf,
  type Call,
  created,
  listed,
  missing,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";

const repo = "/repos/{owner}/{repo}";
const eitherRead = [{ issues: "read" }, { pull_requests: "read" }] as const;
const eitherWrite = [{ issues: "write" }, { pull_requests: "write" }] as const;

/** What a number stands for: to GitHub a pull request is an issue too. */
export function numbered(call: Call): Issue | Pull | undefined {
  const { find } = call.github;
  const number = numberOf(call, "number");
  return find.issue(call.repository.id, number) ?? find.pull(call.repository.id, number);
}

const present = ({ github, repository }: Call, one: Issue | Pull) =>
  "head" in one ? presentIssue(github, one) : presentPlainIssue(github, repository, one);

/** Issues and pull requests together, those that have every label asked for. */
function list(call: Call): Promise<Answer> {
  const { github, repository, query } = call;
  const state = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").split(",").filter((name) => name !== "");
  const sort = query.get("sort") === "updated" ? "updatedAt" : "createdAt";
  const has = (one: Issue | Pull, name: string) =>
    labelsOf(github, one).some((label) => label.name.toLowerCase() === name.toLowerCase());
  const found = [...github.find.issuesOf(repository.id), ...github.find.pullsOf(repository.id)]
    .filter((one) => state === "all" || one.state === state)
    .filter((one) => labels.every((name) => has(one, name)))
    .toSorted((a, b) => (a[sort] === b[sort] ? a.number - b.number : a[sort] < b[sort] ? -1 : 1));
  return listed(call, query.get("direction") === "asc" ? found : found.toReversed(), (one) => present(call, one));
}

async function open(call: Call): Promise<Answer> {
  const input = read(call.body, { title: "string", body: "string|null?", labels: "strings?" });
  if (!input.done) return refusal(input.refusal);
  const opened = await openIssue(call.github, call.by, call.repository, input.value);
  return answerOf(opened, (issue) => created(present(call, issue)));
}

async function edit(call: Call): Promise<Answer> {
  const input = read(call.body, {
    title: "string?",
    body: "string|null?",
    state: "string?",
    state_reason: "string|null?",
    labels: "strings?",
  });
  if (!input.done) return refusal(input.refusal);
  const { state_reason, ...fields } = input.value;
  const state = fields.state as Issue["state"] | undefined;
  if (state !== undefined && state !== "open" && state !== "closed")
    return refusal({ status: 422, message: `Invalid request.\n\nFor 'properties/state', ${state} is not a state.` });
  const number = numberOf(call, "number");
  const { github, by, repository } = call;
  if (github.find.pull(repository.id, number)) {
    const { title, body } = fields;
    const edited = await editPull(github, by, repository, number, { title, body, state });
    return answerOf(edited, (pull) => ok(present(call, pull)));
  }
  const stateReason = state_reason as Issue["stateReason"] | undefined;
  const edited = await editIssue(github, by, repository, number, { ...fields, state, stateReason });
  return answerOf(edited, (issue) => ok(present(call, issue)));
}

/** https://docs.github.com/rest/issues/issues */
export const issueRoutes: readonly Route[] = [
  route(`GET ${repo}/issues`, eitherRead, list),
  route(`POST ${repo}/issues`, { issues: "write" }, open),
  route(`GET ${repo}/issues/{number}`, eitherRead, (call) => {
    const found = numbered(call);
    return found ? ok(present(call, found)) : missing;
  }),
  route(`PATCH ${repo}/issues/{number}`, eitherWrite, edit),
];
