import { closes, opens } from "../flow/ledger.ts";
import { short } from "../flow/names.ts";
import { acceptedKey, commitOf, type StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { type Asked, type Came, type Command, mayByRole, NEEDS_REASON } from "./command.ts";

export const accept: Command = {
  name: "accept",
  on: "pull and issue",
  usage: "/accept COMMIT because …",
  who: "a release manager or somebody in engineering, but not who did it",
  does: "Accepts what came onto a stage past its gates, or what was done by hand to a release, by the release's commit. A pull request that went into the last stage that way is released then.",
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
  const { by, standing, unexplained, repository } = asked;
  const open = standing.filter((one) => one.kind === "deviation");
  // Nobody has to wait for the ten minutes that GitHub is given.
  const early = unexplained.filter(({ key }) => !open.some((one) => one.key === key));
  const isMeant = (one: StandingOf<"deviation">) => commitOf(one).startsWith(commit);
  const found = [...open, ...early].filter(isMeant);
  if (found.length === 0)
    return { came: "refused", says: `Nothing of ${commit.slice(0, 7)} waits to be accepted here.` };
  if (found.some((one) => one.by?.id === by.id))
    return { came: "refused", says: "Who did it does not accept it: somebody else has to." };
  const [first] = found as [StandingOf<"deviation">];
  const released = releasedBy(found, asked);
  const follows = released.map(({ number }) => ` What #${number} brought makes a release now.`).join("");
  return {
    came: "done",
    says: `${short(commitOf(first))} is accepted: ${because}.${follows}`,
    entries: [
      ...early.filter(isMeant).map((one) => opens(subjectKey({ kind: "stage", repository, branch: one.stage }), one)),
      ...found.map((one) =>
        closes(
          subjectKey({ kind: "stage", repository, branch: one.stage }),
          by.login,
          one.key,
          `accepted by ${by.login}: ${because}`,
        ),
      ),
      ...released.map((one) => opens(subjectKey({ kind: "pull", repository, number: one.number }), one)),
    ],
    nudges: [
      ...found.map(
        ({ stage }) => ({ priority: "person", subject: { kind: "stage", repository, branch: stage } }) as const,
      ),
      ...released.map(({ number }) => ({ priority: "person", subject: { kind: "pull", repository, number } }) as const),
    ],
  };
}

/** What was merged into the last stage past its gates makes a release from now on. SPEC.md 7. */
function releasedBy(
  found: readonly StandingOf<"deviation">[],
  { by, now, repository, policy }: Asked,
): readonly StandingOf<"accepted">[] {
  return found.flatMap((one) =>
    one.push === undefined || one.push.after === null || one.merged === undefined || one.stage !== policy.stages.at(-1)
      ? []
      : [
          {
            kind: "accepted",
            key: acceptedKey(repository, one.merged),
            by,
            at: now,
            because: "what it was merged as was accepted",
            repository,
            number: one.merged,
            commit: one.push.after,
          },
        ],
  );
}
