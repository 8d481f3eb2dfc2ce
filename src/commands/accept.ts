import { closes } from "../flow/ledger.ts";
import { short } from "../flow/names.ts";
import { commitOf, type StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { type Asked, type Came, type Command, mayByRole, NEEDS_REASON } from "./command.ts";

export const accept: Command = {
  name: "accept",
  on: "pull and issue",
  usage: "/accept COMMIT because …",
  who: "a release manager or somebody in engineering, but not who did it",
  does: "Accepts what came onto a stage past its gates, or what was done by hand to a release, by the release's commit.",
  allows: (asked) => mayByRole(asked, ["release-manager", "engineering"]),
  read({ words, because }) {
    const [commit, more] = words;
    if (commit === undefined || !/^[0-9a-f]{7,40}$/i.test(commit))
      return { not: "Which commit? `/accept COMMIT because …`, with at least its first seven digits." };
    if (more !== undefined) return { not: `\`/accept\` takes one commit, and no “${more}”.` };
    if (because === null || because === "") return { not: NEEDS_REASON };
    return { act: (asked) => accepted(asked, commit.toLowerCase(), because) };
  },
};

function accepted(asked: Asked, commit: string, because: string): Came {
  const { by, standing, repository } = asked;
  const found = standing.filter(
    (one): one is StandingOf<"deviation"> => one.kind === "deviation" && commitOf(one).startsWith(commit),
  );
  if (found.length === 0)
    return { came: "refused", says: `Nothing of ${commit.slice(0, 7)} waits to be accepted here.` };
  if (found.some((one) => one.by?.id === by.id))
    return { came: "refused", says: "Who did it does not accept it: somebody else has to." };
  const [first] = found as [StandingOf<"deviation">];
  return {
    came: "done",
    says: `${short(commitOf(first))} is accepted: ${because}.`,
    entries: found.map((one) =>
      closes(
        subjectKey({ kind: "stage", repository, branch: one.stage }),
        by.login,
        one.key,
        `accepted by ${by.login}: ${because}`,
      ),
    ),
    nudges: found.map(
      ({ stage }) => ({ priority: "person", subject: { kind: "stage", repository, branch: stage } }) as const,
    ),
  };
}
