import type { Branch, Instant, Person } from "../flow/names.ts";
import { owedWords } from "../flow/owed.ts";
import { names } from "../flow/roles.ts";
import type { OwedThing } from "../flow/standing.ts";
import { listed, minute } from "../flow/words.ts";
import { codeInLine, inLine } from "./markdown.ts";

/** What a hotfix owes, as its issue tells it. */
export type OwedTold = {
  readonly number: number;
  /** A rollback owes what a hotfix does. */
  readonly is: "hotfix" | "rollback";
  readonly base: Branch;
  readonly merged: Instant;
  readonly due: Instant;
  readonly now: Instant;
  /** Whether one person may fill several roles. */
  readonly severalRoles: boolean;
  readonly things: readonly {
    readonly thing: OwedThing;
    /** Who gave it, without a full stop; null: it is still owed. */
    readonly closed: string | null;
    /** Who could give it, where it is an approval. */
    readonly could: readonly Person[];
  }[];
  readonly mark: string;
};

/** The issue about what a hotfix owes: who owes it, until when, and how it is given. */
export function owedIssue(told: OwedTold): {
  readonly title: string;
  readonly body: string;
  readonly mark: string;
  readonly state: "open" | "closed";
} {
  const { number, is, base, merged, due, things, mark } = told;
  const open = things.filter(({ closed }) => closed === null).map(({ thing }) => thing);
  const what = things.some(({ thing }) => thing.what === "hotfix-review") ? "Reviews" : "Rehearsal";
  const lines = things.map((one) => `- ${lineOf(one, number)}`).join("\n");
  const intro = `#${number} went into ${codeInLine(base)} as a ${is} at ${minute(merged)}. What a release gets before it goes out, this one is to have by **${minute(due)}**:`;
  const rest = open.length === 0 ? "Nothing is owed any more." : stillOwed(open, told);
  return {
    title: `${what} owed for ${is} #${number}`,
    body: `${intro}\n\n${lines}\n\n${rest}\n\n${mark}`,
    mark,
    state: open.length === 0 ? "closed" : "open",
  };
}

function lineOf({ thing, closed, could }: OwedTold["things"][number], number: number): string {
  const name = thing.what === "hotfix-review" ? `**${thing.role}**` : "**the rehearsal in staging**";
  if (closed !== null) return `${name}: ${inLine(closed)}.`;
  if (thing.what === "hotfix-rehearsal")
    return `${name}: whoever may write ticks the ${codeInLine("S")} items in the comment with the run-book on #${number}, or writes ${codeInLine("/done")} there.`;
  if (could.length > 0) return `${name}: an approving review of #${number}. ${names(could)} can give it.`;
  return `${name}: nobody is left who could approve #${number}; an owner of the config adds somebody to ${codeInLine(`roles.${thing.role}`)}.`;
}

function stillOwed(open: readonly OwedThing[], { number, due, now, severalRoles }: OwedTold): string {
  const how = open.some(({ what }) => what === "hotfix-review")
    ? `GitHub takes a review of a merged pull request as of any other: *Files changed* on #${number}, *Review changes*, *Approve*. It counts from somebody in the role who neither opened it nor pushed to its branch${severalRoles ? "" : "; one person fills one role"}. `
    : "";
  const holds =
    due > now
      ? "After that time what is owed holds the next release, never a hotfix."
      : "That time is over: what is owed holds the next release, never a hotfix.";
  return `${how}${holds} Closing this issue alone changes nothing.`;
}

/** What follows a hotfix that went out, or a rollback. */
export type Follows = Pick<OwedTold, "is"> & {
  /** The stages before the one that it went into. */
  readonly earlier: readonly Branch[];
  readonly owes: readonly OwedThing[];
  /** How long, such as `until 2026-11-24 09:40 UTC`. */
  readonly by: string;
};

/** That it comes to the earlier stages by itself, and what is owed for it, in one sentence. */
export function followsIn({ is, earlier, owes, by }: Follows): string {
  const stages = listed(earlier);
  const back =
    is === "hotfix"
      ? `Flowgate merges it back into ${stages} by itself`
      : `Flowgate takes it into the history of ${stages} by itself, and leaves the files there as they are`;
  return `${back}${owes.length === 0 ? "" : `; ${owedWords(owes)} ${owes.length === 1 ? "is" : "are"} owed ${by}`}.`;
}
