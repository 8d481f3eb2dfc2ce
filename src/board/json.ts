import { missingStages } from "../flow/component.ts";
import type { Instant } from "../flow/names.ts";
import type { Standing } from "../flow/standing.ts";
import { labelOf } from "../release/labels.ts";
import { countIn } from "../release/progress.ts";
import { answerOf, openBecause } from "./answer.ts";
import { enforcementOf, marked, sorted } from "./listing.ts";
import type { Refusal } from "./pages/refusal.ts";
import type { ComponentView, PullView } from "./views.ts";
import { walksOf } from "./walks.ts";

/** What the page of a pull request shows, for programs. Times are UTC, ISO 8601. */
export function pullJson(view: PullView): unknown {
  const { component, memory, siblings, stage, entries, entriesInAll } = view;
  const { standing, sentence, clear, notes, explained } = answerOf(view);
  const { policy, blob, problem } = component.config;
  return {
    component: {
      id: view.repository,
      name: component.name,
      access: view.mayWork,
      stages: policy.stages,
      enforcement: policy.enforcement,
      config: { blob, problem },
    },
    pull: {
      number: view.number,
      title: memory.title,
      author: memory.author.login,
      draft: memory.draft,
      state: memory.merged ? "merged" : memory.state,
      head: { ref: memory.head.ref, sha: memory.head.sha, fork: memory.head.repository !== view.repository },
      base: memory.base,
    },
    answer: {
      is: standing.is,
      outcome: standing.is === "judged" ? standing.shown.outcome : null,
      sentence,
      clear,
      notes,
    },
    verdict: explained?.verdict ?? null,
    judged: explained?.judged
      ? { at: explained.judged.at, hash: explained.judged.entry.hash, config: explained.judged.policy }
      : null,
    enforced: view.mayWork && stage !== null && openBecause(component, stage, memory.base) === null,
    run_book: runBookJson(view),
    shared_with: siblings.map(({ number }) => number),
    history: entries.map(({ sequence, at, what, actor, says, hash }) => ({ sequence, at, what, actor, says, hash })),
    history_in_all: entriesInAll,
  };
}

/** The walks through the run-book, in the order they are walked; null: none is walked there. */
function runBookJson(view: PullView): unknown {
  const walked = walksOf(view);
  if (walked === null) return null;
  const { path, blob, head } = walked.book;
  return {
    path,
    blob,
    head,
    walks: walked.walks.map((progress) => ({
      walk: progress.walk,
      ...countIn(progress),
      items: progress.steps.map(({ item, label, came, cleared }) => ({
        label,
        phase: item.phase,
        text: item.text,
        line: item.line,
        owner: item.owner,
        parent: item.parent === null ? null : labelOf(progress.walk, item.parent),
        optional: item.optional,
        not_applicable: item.notApplicable,
        needs_result: item.needsResult,
        cleared,
        state: came?.state ?? "open",
        by: came?.by?.login ?? null,
        at: came?.at ?? null,
        because: came?.because ?? null,
        note: came?.note ?? null,
        url: came?.url ?? null,
        confirmed_by: came?.confirmedBy?.login ?? null,
      })),
    })),
  };
}

/** The board for programs: what the first page shows, and all open pull requests, not the first few alone. */
export function componentsJson(views: readonly ComponentView[]): unknown {
  const { components, incomplete, bare, unseen } = sorted(views);
  return {
    components: components.map((view) => ({
      id: view.repository,
      name: view.memory.name,
      access: view.mayWork,
      stages: view.memory.config.policy.stages.map((branch) => ({
        branch,
        head: view.memory.stages?.[branch] ?? null,
      })),
      enforcement: view.memory.config.policy.enforcement,
      enforced: enforcementOf(view).enforced,
      not_enforced: enforcementOf(view).open.map(({ because, stages }) => ({ because, stages })),
      config: { blob: view.memory.config.blob, problem: view.memory.config.problem },
      standing: view.standing.map((one) => ({
        kind: one.kind,
        stage: "stage" in one ? one.stage : null,
        since: one.at,
        until: untilOf(one),
        by: one.by?.login ?? null,
        because: one.because,
      })),
      pulls: marked(view).map(({ pull: { number, memory, verdict }, word }) => ({
        number,
        title: memory.title,
        head: memory.head.ref,
        base: memory.base,
        outcome: verdict?.outcome ?? null,
        word,
      })),
    })),
    incomplete: incomplete.map(({ repository, memory }) => ({
      id: repository,
      name: memory.name,
      missing: missingStages(memory),
    })),
    without_stages: bare.map(({ repository, memory }) => ({ id: repository, name: memory.name })),
    not_looked_at: unseen.map(({ repository, memory }) => ({ id: repository, name: memory.name })),
  };
}

/** When it ends by itself, or is to be closed. */
function untilOf(one: Standing): Instant | null {
  if (one.kind === "freeze") return one.until;
  return one.kind === "override" ? (one.confirmed?.due ?? null) : null;
}

/** A refusal for programs. */
export const refusalJson = ({ because, next }: Refusal): unknown => ({ message: because, next });
