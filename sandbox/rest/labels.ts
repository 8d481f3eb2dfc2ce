import {
  addLabels,
  createLabel,
  deleteLabel,
  editLabel,
  findLabel,
  labelsOf,
  removeLabel,
  setLabels,
} from "../labels.ts";
import type { Label } from "../model.ts";
import type { Outcome } from "../outcome.ts";
import { presentLabel } from "../present/repositories.ts";
import {
  type Answer,
  answerOf,
  type Call,
  created,
  listed,
  missing,
  noContent,
  numberOf,
  ok,
  type Route,
  refusal,
  route,
} from "./call.ts";
import { read } from "./input.ts";
import { numbered } from "./issues.ts";

const repo = "/repos/{owner}/{repo}";
const eitherRead = [{ issues: "read" }, { pull_requests: "read" }] as const;
const eitherWrite = [{ issues: "write" }, { pull_requests: "write" }] as const;

const nameOf = ({ params }: Call) => params["name"] ?? "";
const answered = ({ github }: Call, labels: Outcome<readonly Label[]>): Answer =>
  answerOf(labels, (list) => ok(list.map((one) => presentLabel(github, one))));

/** What adds the labels of a body to a number, or leaves it with those alone. */
const withLabels = (act: typeof addLabels) => async (call: Call) => {
  const input = read(call.body, { labels: "strings" });
  if (!input.done) return refusal(input.refusal);
  const { github, by, repository } = call;
  return answered(call, await act(github, by, repository, numberOf(call, "number"), input.value.labels));
};

function post(call: Call): Answer {
  const input = read(call.body, { name: "string", color: "string?", description: "string|null?" });
  if (!input.done) return refusal(input.refusal);
  const { github, by, repository } = call;
  return answerOf(createLabel(github, by, repository, input.value), (label) => created(presentLabel(github, label)));
}

function patch(call: Call): Answer {
  const input = read(call.body, { new_name: "string?", color: "string?", description: "string|null?" });
  if (!input.done) return refusal(input.refusal);
  const { github, by, repository } = call;
  const { new_name: name, ...rest } = input.value;
  const edited = editLabel(github, by, repository, nameOf(call), { name, ...rest });
  return answerOf(edited, (label) => ok(presentLabel(github, label)));
}

/** https://docs.github.com/rest/issues/labels */
export const labelRoutes: readonly Route[] = [
  route(`GET ${repo}/labels`, eitherRead, (call) =>
    listed(call, call.github.find.labelsOf(call.repository.id), (one) => presentLabel(call.github, one)),
  ),
  route(`POST ${repo}/labels`, eitherWrite, post),
  route(`GET ${repo}/labels/{name}`, eitherRead, (call) => {
    const label = findLabel(call.github, call.repository.id, nameOf(call));
    return label ? ok(presentLabel(call.github, label)) : missing;
  }),
  route(`PATCH ${repo}/labels/{name}`, eitherWrite, patch),
  route(`DELETE ${repo}/labels/{name}`, eitherWrite, (call) =>
    answerOf(deleteLabel(call.github, call.by, call.repository, nameOf(call)), () => noContent),
  ),
  route(`GET ${repo}/issues/{number}/labels`, eitherRead, (call) => {
    const found = numbered(call);
    return found ? listed(call, labelsOf(call.github, found), (one) => presentLabel(call.github, one)) : missing;
  }),
  route(`POST ${repo}/issues/{number}/labels`, eitherWrite, withLabels(addLabels)),
  route(`PUT ${repo}/issues/{number}/labels`, eitherWrite, withLabels(setLabels)),
  route(`DELETE ${repo}/issues/{number}/labels`, eitherWrite, async (call) => {
    const { github, by, repository } = call;
    return answerOf(await setLabels(github, by, repository, numberOf(call, "number"), []), () => noContent);
  }),
  route(`DELETE ${repo}/issues/{number}/labels/{name}`, eitherWrite, async (call) => {
    const { github, by, repository } = call;
    return answered(call, await removeLabel(github, by, repository, numberOf(call, "number"), nameOf(call)));
  }),
];
