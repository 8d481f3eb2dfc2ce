import { z } from "zod";
import { type News, NO_NEWS } from "../flow/decision.ts";
import type { Self } from "../flow/facts.ts";
import type { Lesson } from "../flow/memory.ts";
import { repositoryId } from "../flow/names.ts";
import { stageOf } from "../flow/ruleset.ts";
import { componentIn, newsOf, place } from "./place.ts";

export const repositoryEvent = place.extend({
  action: z.string(),
  changes: z.object({ default_branch: z.unknown() }).partial().nullish(),
});

export function repository(event: z.output<typeof repositoryEvent>): News {
  const repository = repositoryId(event.repository.id);
  if (event.action === "deleted") return { ...newsOf(event), access: [{ repository, may: "not work" }] };
  return {
    ...newsOf(event),
    lessons: [{ ...componentIn(event), look: true, doubted: true }],
    nudges: [
      { priority: "bulk", subject: { kind: "component", repository } },
      // The default branch is gated though it may be no stage, and the one before it not any more.
      ...(event.changes?.default_branch === undefined
        ? []
        : [{ priority: "bulk", openPulls: { repository } } as const]),
    ],
  };
}

export const rulesetEvent = place.extend({
  repository_ruleset: z.object({ name: z.string() }),
  changes: z.object({ name: z.object({ from: z.string() }).nullish() }).nullish(),
  sender: z.object({ login: z.string() }).nullish(),
});

export function ruleset(event: z.output<typeof rulesetEvent>, self: Self | null): News {
  if (self !== null && event.sender?.login === self.bot) return NO_NEWS;
  const repository = repositoryId(event.repository.id);
  const names = [event.repository_ruleset.name, event.changes?.name?.from ?? ""];
  const stages = [...new Set(names.flatMap((name) => stageOf(name) ?? []))];
  return {
    ...newsOf(event),
    lessons: stages.map(
      (stage): Lesson => ({
        of: "stage",
        repository,
        branch: stage === "every" ? null : stage,
        changedBy: event.sender?.login ?? null,
      }),
    ),
    nudges: stages.map((stage) =>
      stage === "every"
        ? { priority: "person", stagesOf: repository }
        : { priority: "person", subject: { kind: "stage", repository, branch: stage } },
    ),
  };
}
