import { opens } from "../flow/ledger.ts";
import { short } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { type Came, type Command, mayByRole, type OnPull } from "./command.ts";

export const attest: Command = {
  name: "attest",
  on: "pull",
  usage: "/attest readiness because …",
  who: "somebody in quality",
  does: "Says that this very commit is ready for release; it counts while the comment stays as it is.",
  allows: (asked) => mayByRole(asked, ["quality"]),
  read({ words, because }) {
    const [what, more] = words;
    if (what?.toLowerCase() !== "readiness")
      return { not: `What is attested? It knows \`readiness\`${what === undefined ? "" : `, and no “${what}”`}.` };
    if (more !== undefined) return { not: `\`/attest readiness\` takes no “${more}”.` };
    if (because === null || because === "")
      return { not: "It goes on record, so it needs its reason: end the line with `because …`." };
    return { act: (asked) => attested(asked, because) };
  },
};

/** Of the commit that was judged when the comment was written; another head is another release. */
function attested({ by, now, repository, pull, judged, comment, policy }: OnPull, because: string): Came {
  const last = policy.stages.at(-1);
  if (pull.base !== last)
    return {
      came: "refused",
      says: `It counts on a release: a pull request into \`${last}\`. This one goes into \`${pull.base}\`.`,
    };
  if (judged === null)
    return { came: "refused", says: `${short(pull.head)} was not judged yet when you wrote it; write it again.` };
  if (judged !== pull.head)
    return {
      came: "refused",
      says: `You saw ${short(judged)}, and by now the head is ${short(pull.head)}: look at that, and write it again.`,
    };
  const standing: StandingOf<"attestation"> = {
    kind: "attestation",
    key: `attestation:readiness:${repository}:${pull.number}`,
    by,
    at: now,
    because,
    what: "readiness",
    repository,
    number: pull.number,
    head: pull.head,
    comment,
  };
  return {
    came: "done",
    says: `${short(pull.head)} is ready by ${by.login}'s word: ${because}. It counts for this commit, and while the comment stays as it is.`,
    entries: [opens(subjectKey({ kind: "pull", repository, number: pull.number }), standing)],
    nudges: [{ priority: "person", openPulls: { repository, head: pull.head, base: pull.base } }],
  };
}
