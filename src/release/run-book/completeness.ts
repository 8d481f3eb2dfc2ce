import type { Phase } from "../../flow/config.ts";
import { type Finding, type Item, isRequired, type Sections } from "../../flow/run-book.ts";
import { failed } from "./finding.ts";
import { names } from "./item.ts";

/**
 * What a run-book must hold and does not: items, one each of *deploy* and *test* that has to be done, a rollback that says
 * something, a link to what is monitored, and the activation script where there is one.
 *
 * @param activation its path from the root of the repository; null: there is none.
 */
export function lacking(items: readonly Item[], phases: Sections, activation: string | null): readonly Finding[] {
  const at = (phase: Phase, because: string) => failed(phases[phase].line ?? 1, because);
  const findings: Finding[] = [];
  if (items.length === 0)
    findings.push(failed(1, "There is no item in this file; write what is to be done as `- [ ] …`."));
  else {
    for (const [phase, title] of [
      ["deploy", "Deploy"],
      ["test", "Test"],
    ] as const) {
      const own = items.filter((item) => item.phase === phase);
      if (own.length === 0)
        findings.push(at(phase, `There is no item in the phase ${phase}; put one below a heading \`## ${title}\`.`));
      else if (!own.some(isRequired))
        findings.push(
          at(phase, `No item of the phase ${phase} has to be done; let one be neither optional nor \`N/A\`.`),
        );
    }
    if (
      activation !== null &&
      !items.some((item) => item.phase === "deploy" && isRequired(item) && names(item, activation))
    )
      findings.push(
        at(
          "deploy",
          `No item of the phase deploy that has to be done names \`${activation}\`; say in one where it is run.`,
        ),
      );
  }
  if (phases.rollback.isEmpty)
    findings.push(at("rollback", "Nothing says how to go back; write it below a heading `## Rollback`."));
  if (!phases.monitor.hasLink)
    findings.push(at("monitor", "Nothing links to what is watched after it; put a link below a heading `## Monitor`."));
  return findings;
}
