import { isComponent } from "../../flow/component.ts";
import { CONFIG_PATH } from "../../flow/config.ts";
import type { Answer } from "../../flow/decision.ts";
import { type Effect, enrolmentSlot } from "../../flow/effect.ts";
import type { ComponentKnown, Read } from "../../flow/facts.ts";
import { digestOf } from "../../flow/ledger.ts";
import type { ComponentMemory } from "../../flow/memory.ts";
import type { Branch } from "../../flow/names.ts";
import { replay } from "../../flow/replay.ts";
import { proposal, proposedConfig, TITLE } from "../../report/enrolment.ts";
import { allOf } from "../answer.ts";

/** A component without a file of its own or of its organisation; one with a broken file has to mend that. */
export const isUnenrolled = (memory: ComponentMemory): boolean =>
  isComponent(memory) && memory.config.policy.enforcement === "observed" && memory.config.problem === null;

/**
 * The pull request that would switch enforcement on, with what that would have meant, once. It comes from a branch that
 * the lanes themselves allow into the default branch.
 */
export function proposalOf(
  { repository }: ComponentKnown["subject"],
  { name, defaultBranch, config }: ComponentMemory,
  read: Read,
): { readonly effects: readonly Effect[] } | { readonly answer: Answer } {
  const { policy } = config;
  const base = defaultBranch as Branch;
  const asked = allOf(read, [{ want: "merged-pulls" }, { want: "branch", branch: base }]);
  if ("answer" in asked) return asked;
  const [merged, from] = asked.values;
  if (from === null) return { effects: [] };
  const text = proposedConfig(policy.stages);
  const branch = (base === policy.stages.at(-1) ? "hotfix/flowgate" : "chore/flowgate") as Branch;
  return {
    effects: [
      {
        does: "set",
        thing: "proposal",
        slot: enrolmentSlot(repository),
        fingerprint: digestOf(text),
        repository,
        name,
        branch,
        base,
        from,
        path: CONFIG_PATH,
        text,
        title: TITLE,
        body: proposal(policy.stages, replay(repository, merged, policy)),
      },
    ],
  };
}
