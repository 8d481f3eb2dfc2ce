import { closes, opens } from "../flow/ledger.ts";
import type { StandingOf } from "../flow/standing.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { type Came, type Command, mayByRight, notBy, noWords, type OnPull } from "./command.ts";

export const hold: Command = {
  name: "hold",
  on: "pull",
  usage: "/hold [because …]",
  who: "whoever may write",
  does: "Holds this pull request until somebody lifts it.",
  allows: (asked) => mayByRight(asked, "write"),
  read(written) {
    const not = noWords(written);
    if (not !== null) return { not };
    return { act: (asked) => held(asked, written.because) };
  },
};

export const unhold: Command = {
  name: "unhold",
  on: "pull",
  usage: "/unhold",
  who: "whoever has at least the right of the one who holds it",
  does: "Lifts a hold.",
  allows: (asked) => mayByRight(asked, "write"),
  read(written) {
    const not = noWords(written);
    if (not !== null) return { not };
    return {
      act(asked) {
        const now = holdOn(asked);
        if (now === undefined) return { came: "done", says: `#${asked.pull.number} was not held.` };
        // Whoever has left has no right any more, and holds nothing up.
        const may = mayByRight(asked, now.by ?? "write");
        if (may !== "yes") return notBy(may);
        return {
          came: "done",
          says: `#${asked.pull.number} is not held any more.`,
          entries: [closes(aboutOf(asked), asked.by.login, now.key, `lifted by ${asked.by.login}`)],
          nudges: sharing(asked),
        };
      },
    };
  },
};

function held(asked: OnPull, because: string | null): Came {
  const { by, now, repository, pull } = asked;
  const reason = because === null || because === "" ? "no reason was given" : because;
  const standing: StandingOf<"hold"> = {
    kind: "hold",
    key: keyOf(asked),
    by,
    at: now,
    because: reason,
    repository,
    number: pull.number,
  };
  const before = holdOn(asked);
  if (before?.by?.id === by.id && before.because === reason)
    return { came: "done", says: `#${pull.number} is held by you already.` };
  return {
    came: "done",
    says: `#${pull.number} is held: ${reason}. \`/unhold\` lifts it.`,
    entries: [opens(aboutOf(asked), standing)],
    nudges: sharing(asked),
  };
}

const keyOf = ({ repository, pull }: OnPull) => `hold:${repository}:${pull.number}`;
const aboutOf = ({ repository, pull }: OnPull) => subjectKey({ kind: "pull", repository, number: pull.number });
const holdOn = ({ standing, pull }: OnPull) =>
  standing.find((one): one is StandingOf<"hold"> => one.kind === "hold" && one.number === pull.number);
/** A hold on one holds all that share its check. */
const sharing = ({ repository, pull: { head, base } }: OnPull): readonly Nudge[] => [
  { priority: "person", openPulls: { repository, head, base } },
];
