import type { Answers } from "../flow/facts.ts";
import { short } from "../flow/names.ts";
import { holdersOf } from "../flow/roles.ts";
import { listed } from "../flow/words.ts";
import type { Gate } from "./gate.ts";

const NAMED = 5;
type Issue = Answers["issues"][number];

export const readiness: Gate = {
  name: "readiness",
  asks: "Is no issue open that holds a release, and did quality give its verdict where one is asked for?",
  why: "QP-0010: no release while a severity 1 bug is open; whether it is ready is a verdict of quality.",
  pass: "Close the issues that carry a label of `readiness.blockers`, or take the label off. With `readiness.verdict: required` somebody in `quality` says that this commit is ready: `/attest readiness because …`.",
  judge({ lane, pull, policy, look, standing }) {
    if (lane.lane !== "release") return { notAsked: "Asked on releases." };
    const { blockers, verdict } = policy.readiness;
    const found = blockers.map((label) => look.at({ want: "issues", label }));
    const given = standing.find(
      (one) =>
        one.kind === "attestation" &&
        one.what === "readiness" &&
        one.number === pull.number &&
        one.head === pull.head.sha,
    );
    const quality = verdict && given === undefined ? holdersOf("quality", policy, look) : null;
    if (look.missing() !== null) return null;
    const open = [...new Map((found as (readonly Issue[])[]).flat().map((issue) => [issue.number, issue])).values()];
    if (open.length > 0) {
      return {
        outcome: "pending",
        because: `Held by ${listed(open.slice(0, NAMED).map(({ number, title }) => `#${number} “${title}”`))}${open.length > NAMED ? ` and ${open.length - NAMED} others` : ""}.`,
        cure: "It goes on when the issue is closed, or loses its label because it holds no release.",
      };
    }
    if (quality !== null) {
      return {
        outcome: "pending",
        because: `Waits for the verdict of quality on ${short(pull.head.sha)}.`,
        cure: `${
          listed(
            quality.people.slice(0, NAMED).map(({ login }) => `@${login}`),
            "or",
          ) || "Somebody in `roles.quality`"
        } says \`/attest readiness because …\`.`,
      };
    }
    const free =
      blockers.length === 0
        ? "No label holds a release."
        : `No open issue is labelled ${listed(
            blockers.map((label) => `\`${label}\``),
            "or",
          )}.`;
    return {
      outcome: "passed",
      because:
        given === undefined
          ? free
          : `${free} ${given.by?.login} found ${short(pull.head.sha)} ready: ${given.because}.`,
    };
  },
};
