import { GATES } from "../src/gates/catalog.ts";
import type { Gate } from "../src/gates/gate.ts";

/** The lane's own page: it is no gate behind a lane, but people read it as one. */
const FLOW: Pick<Gate, "name" | "asks" | "why" | "pass"> = {
  name: "flow",
  asks: "May this branch go into this base?",
  why: "SOP-0013: every change enters at the first stage and goes through all of them; a release is the promotion of the stage before the last.",
  pass: "Do what the title says: most often another base, or another name for the branch. [Why can't I merge?](../why-cant-i-merge.md) goes through every title.",
};

const pages = [FLOW, ...GATES];

/** The page of each gate, by its path. */
export const gatePages: Readonly<Record<string, () => string>> = Object.fromEntries(
  pages.map((gate) => [`docs/gates/${gate.name}.md`, () => page(gate)]),
);

/** The list of gates, in the order in which checks list them. */
export function gateIndex(): string {
  const rows = pages.map(({ name, asks }) => `| [\`${name}\`](${name}.md) | ${asks} |`);
  return `# Gates

${MADE}
Each gate is one question about a pull request, answered from facts and policy alone. Checks list them in this order:

| gate | asks |
| --- | --- |
${rows.join("\n")}

A gate is *refused* where the change itself must change, *waiting* where it waits for a person or a clock, and *not known* where
GitHub did not answer: what it did not say is never a yes.
`;
}

const MADE = "<!-- Made by `npm run generate` from src/gates: change it there. -->\n";

function page({ name, asks, why, pass }: Pick<Gate, "name" | "asks" | "why" | "pass">): string {
  return `# \`${name}\`

${MADE}
**${asks}**

- **Why:** ${why}
- **To pass it:** ${pass}

[All gates](README.md) · [Why can't I merge?](../why-cant-i-merge.md#${name}) · [Config](../config.md)
`;
}
