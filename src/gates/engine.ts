import type { Read, Want } from "../flow/facts.ts";
import { looking } from "../flow/looking.ts";
import type { Finding, NotAsked } from "../flow/verdict.ts";
import type { CaseWithoutLane, Gate } from "./gate.ts";

/**
 * Asks every gate. What several lack is asked for together. A gate that looked for something unknown is `errored`,
 * whatever it says itself: what GitHub did not say is never read as yes.
 */
export function ask<Of extends CaseWithoutLane>(
  gates: readonly Gate<Of>[],
  of: Omit<Of, "look">,
  read: Read,
):
  | { readonly lacks: readonly Want[] }
  | { readonly findings: readonly Finding[]; readonly notAsked: readonly NotAsked[] } {
  const lacks: Want[] = [];
  const findings: Finding[] = [];
  const notAsked: NotAsked[] = [];
  for (const gate of gates) {
    const look = looking(read);
    const found = gate.judge({ ...of, look } as unknown as Of);
    const missing = look.missing();
    if (missing !== null && "lacks" in missing) lacks.push(...missing.lacks);
    else if (missing !== null) findings.push(couldNotFindOut(gate, missing, look.seen));
    else if (found === null) throw new Error(`the gate ${gate.name} has all it asked for and no answer`);
    else if ("notAsked" in found) notAsked.push({ gate: gate.name, because: found.notAsked });
    else findings.push({ ...NOTHING_TO_CLEAR, ...found, gate: gate.name, read: look.seen });
  }
  return lacks.length > 0 ? { lacks } : { findings, notAsked };
}

const NOTHING_TO_CLEAR = { cure: null, copy: null, until: null } as const;

function couldNotFindOut(
  { name }: Pick<Gate, "name">,
  { unknown, retryAt }: { readonly unknown: string; readonly retryAt: Finding["until"] },
  read: readonly string[],
): Finding {
  return {
    gate: name,
    outcome: "errored",
    because: `Could not find out about ${name}. ${unknown}`,
    cure: "Nobody has to do anything: Flowgate asks GitHub again.",
    copy: null,
    read,
    until: retryAt,
  };
}
