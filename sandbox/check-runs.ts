import type { Actor } from "./actor.ts";
import { suiteOf } from "./checks.ts";
import { announceNow } from "./events.ts";
import type { Github } from "./github.ts";
import type { Annotation, CheckAction, CheckConclusion, CheckRun, CheckStatus, Repository } from "./model.ts";
import { done, invalid, notFound, type Outcome, refused } from "./outcome.ts";
import { presentRun } from "./present/checks.ts";

/** What an App sends of a check run; missing fields stay as they are. */
export type RunInput = {
  readonly name?: string | undefined;
  readonly status?: CheckStatus | undefined;
  readonly conclusion?: CheckConclusion | undefined;
  readonly externalId?: string | undefined;
  readonly detailsUrl?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly completedAt?: string | undefined;
  readonly title?: string | undefined;
  readonly summary?: string | undefined;
  readonly text?: string | undefined;
  readonly annotations?: readonly Annotation[] | undefined;
  readonly actions?: readonly CheckAction[] | undefined;
};

const longestText = 65_535;
const mostAnnotations = 50;
const mostActions = 3;
const field = (name: string, message: string) =>
  invalid({ resource: "CheckRun", field: name, code: "custom", message });

function wrong({ summary, text, annotations, actions }: RunInput): Outcome<never> | null {
  if ((summary?.length ?? 0) > longestText)
    return field("summary", `Summary exceeds a maximum of ${longestText} characters`);
  if ((text?.length ?? 0) > longestText) return field("text", `Text exceeds a maximum of ${longestText} characters`);
  if ((annotations?.length ?? 0) > mostAnnotations)
    return field("annotations", `Annotations exceed a maximum quantity of ${mostAnnotations}`);
  if ((actions?.length ?? 0) > mostActions)
    return field("actions", `Actions exceed a maximum quantity of ${mostActions}`);
  const long = actions?.find(
    ({ label, description, identifier }) => label.length > 20 || description.length > 40 || identifier.length > 20,
  );
  return long ? field("actions", `The action ${long.label} has a word that is too long`) : null;
}

/** Makes a check run on a commit. Only Apps may; a conclusion completes it. */
export async function createRun(
  github: Github,
  by: Actor,
  repository: Repository,
  headSha: string,
  input: RunInput & { readonly name: string },
): Promise<Outcome<CheckRun>> {
  const appId = by.installation?.appId;
  if (appId === undefined) return refused(403, "You must authenticate via a GitHub App.");
  if (!(await github.git.commit(repository.id, headSha))) return refused(422, `No commit found for SHA: ${headSha}`);
  const refusal = wrong(input);
  if (refusal) return refusal;
  const { suite } = suiteOf(github, repository, appId, headSha, { branch: null, before: null });
  const at = github.time();
  const status = input.conclusion === undefined ? (input.status ?? "queued") : "completed";
  if (status === "completed" && input.conclusion === undefined)
    return field("conclusion", "A completed run needs a conclusion");
  const run = github.state.runs.put({
    id: github.state.nextId(),
    repositoryId: repository.id,
    suiteId: suite.id,
    appId,
    name: input.name,
    headSha,
    status,
    conclusion: input.conclusion ?? null,
    externalId: input.externalId ?? "",
    detailsUrl: input.detailsUrl ?? null,
    startedAt: input.startedAt ?? at,
    completedAt: status === "completed" ? (input.completedAt ?? at) : null,
    title: input.title ?? null,
    summary: input.summary ?? null,
    text: input.text ?? null,
    annotations: input.annotations ?? [],
    actions: input.actions ?? [],
  });
  announce(github, by, repository, run, "created");
  if (status === "completed") announce(github, by, repository, run, "completed");
  return done(run);
}

/** Changes a check run of the App's own. One that is completed stays so; annotations are added to those before. */
export function updateRun(
  github: Github,
  by: Actor,
  repository: Repository,
  id: number,
  input: RunInput,
): Outcome<CheckRun> {
  const run = github.state.runs.get(id);
  if (!run || run.repositoryId !== repository.id) return notFound;
  if (run.appId !== by.installation?.appId) {
    return refused(
      403,
      `Invalid app_id \`${by.installation?.appId ?? 0}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  const refusal = wrong(input);
  if (refusal) return refusal;
  const completes = input.conclusion !== undefined || input.status === "completed";
  const status = run.status === "completed" || completes ? "completed" : (input.status ?? run.status);
  const conclusion = input.conclusion ?? run.conclusion;
  if (status === "completed" && conclusion === null) return field("conclusion", "A completed run needs a conclusion");
  const changed = github.state.runs.change(id, {
    name: input.name ?? run.name,
    status,
    conclusion,
    externalId: input.externalId ?? run.externalId,
    detailsUrl: input.detailsUrl ?? run.detailsUrl,
    completedAt: status === "completed" ? (input.completedAt ?? run.completedAt ?? github.time()) : null,
    title: input.title ?? run.title,
    summary: input.summary ?? run.summary,
    text: input.text ?? run.text,
    annotations: [...run.annotations, ...(input.annotations ?? [])],
    actions: input.actions ?? run.actions,
  });
  if (status === "completed") announce(github, by, repository, changed, "completed");
  return done(changed);
}

function announce(
  github: Github,
  by: Actor,
  repository: Repository,
  run: CheckRun,
  action: "created" | "completed",
): void {
  announceNow(github, by, repository, { event: "check_run", action }, () => ({
    check_run: presentRun(github, repository, run),
  }));
}
