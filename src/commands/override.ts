import { after } from "../flow/duration.ts";
import type { Right } from "../flow/facts.ts";
import { closes, type Entry, opens } from "../flow/ledger.ts";
import { type Branch, type Person, short } from "../flow/names.ts";
import {
  type Confirmed,
  isConfirmed,
  isOverride,
  type OverriddenAt,
  type Override,
  overrideKey,
  overrideOn,
  tookPart,
  whyFirm,
} from "../flow/override.ts";
import { holdersOf, names, withRight } from "../flow/roles.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import type { Finding } from "../flow/verdict.ts";
import { listed } from "../flow/words.ts";
import {
  type Asked,
  type Came,
  type Command,
  type May,
  mayByRole,
  NEEDS_REASON,
  notBound,
  notBy,
  type OnPull,
  refused,
  rightIn,
} from "./command.ts";

export const override: Command = {
  name: "override",
  on: "pull and issue",
  usage: "/override GATE because …",
  who: "a release manager; `close` somebody in quality or a release manager, who took no part in it",
  does: "Lets one gate pass for this very commit, once a second release manager writes `/confirm GATE`, or, where there is no other, anybody else who may write. `/override close N because …` closes what was let through, by the number of its issue.",
  allows: (asked) => mayByRole(asked, ["release-manager", "quality"]),
  read({ words, because }) {
    const [first, second, more] = words.map((word) => word.toLowerCase());
    if (first === undefined) return { not: "Which gate?" };
    const isClosing = first === "close";
    const tooMuch = isClosing ? more : second;
    if (tooMuch !== undefined) return { not: `It takes one ${isClosing ? "number" : "gate"}, and no “${tooMuch}”.` };
    const number = /^#?(\d{1,10})$/.exec(second ?? "")?.[1];
    if (isClosing && number === undefined)
      return { not: "Which one? `/override close N because …` takes the number of its issue." };
    if (!because) return { not: NEEDS_REASON };
    if (number !== undefined)
      return {
        allows: (asked) => mayByRole(asked, ["quality", "release-manager"]),
        act: (asked) => closed(asked, Number(number), because),
      };
    return {
      allows: (asked) => mayByRole(asked, ["release-manager"]),
      act: (asked) => (asked.pull === null ? ON_PULL : wanted(asked as OnPull, first, because)),
    };
  },
};

const no = (says: string): Came => ({ came: "refused", says });
const ON_PULL = no("It belongs on the pull request whose gate it is about.");

const placeOf = ({ repository, pull: { number, head, base } }: OnPull): OverriddenAt => ({
  repository,
  number,
  head,
  base,
});

/** Somebody wants a gate to pass: that is on record, and counts for nothing until another one agrees. */
function wanted(asked: OnPull, gate: string, because: string): Came | null {
  const { by, now, comment, review, repository, pull } = asked;
  const found = openGate(asked, gate);
  if ("came" in found) return found;
  const before = overrideOn(asked.standing, placeOf(asked), gate);
  if (before !== undefined && isConfirmed(before)) return standsAlready(before);
  const others = whoConfirms(asked, by)?.others;
  if (others === undefined) return null;
  if (others.length === 0)
    return no("Nobody could confirm it: that takes a second release manager, or somebody else who may write.");
  if (before?.by.id === by.id)
    return { came: "done", says: `You asked for that already: ${names(others)} can write \`/confirm ${gate}\`.` };
  if (before !== undefined)
    return no(`${before.by.login} asked for that already: ${before.because}. \`/confirm ${gate}\` agrees with it.`);
  const { number, head, base } = pull;
  const standing: Override = {
    kind: "override",
    key: overrideKey(placeOf(asked), gate),
    by,
    at: now,
    because,
    repository,
    number,
    gate,
    head,
    base,
    lets: found.because,
    comment,
    review,
    confirmed: null,
    issue: null,
  };
  return {
    came: "done",
    says: `Nothing has changed yet: \`${gate}\` passes for ${short(head)} once ${names(others)} writes \`/confirm ${gate}\`.`,
    entries: [opens(aboutOf(standing), standing)],
  };
}

const standsAlready = ({ gate, by, confirmed, head }: Confirmed): Came => ({
  came: "done",
  says: `\`${gate}\` is overridden for ${short(head)} already, by ${by.login}, confirmed by ${confirmed.by.login}.`,
});

/** Whether somebody waits here for this person to agree; null: nobody does. */
export function mayConfirmGate(asked: Asked): May | null {
  const { by, pull, standing } = asked;
  const waiting = standing.filter(isOverride).filter((one) => one.number === pull?.number && one.confirmed === null);
  for (const one of waiting) {
    const others = whoConfirms(asked, one.by)?.others;
    if (others === undefined) return "unread";
    if (others.some(({ id }) => id === by.id)) return "yes";
  }
  return null;
}

/** Agrees to let a gate pass. */
export function confirmGate(asked: OnPull, gate: string): Came | null {
  const { by, now, policy, pull } = asked;
  const found = openGate(asked, gate);
  if ("came" in found) return found;
  const one = overrideOn(asked.standing, placeOf(asked), gate);
  if (one === undefined)
    return no(
      `Nobody asked to override \`${gate}\` for ${short(pull.head)}: a release manager does, with \`/override ${gate} because …\`.`,
    );
  if (isConfirmed(one)) return standsAlready(one);
  const who = whoConfirms(asked, one.by);
  if (who === null) return null;
  const { managers, others, right } = who;
  if (!managers.some(({ id }) => id === one.by.id))
    return no(`${one.by.login}, who asked for it, is no release manager any more: one who is asks for it anew.`);
  if (one.by.id === by.id) return refused("You asked for it yourself, and somebody else confirms it.", others);
  if (!others.some(({ id }) => id === by.id)) {
    const needed = managers.length > 1 ? "a second release manager" : "`write`";
    return refused(`To confirm it takes ${needed}; you have \`${right}\` here.`, others);
  }
  const due = after(now, policy.override.closeWithin);
  const standing: Confirmed = { ...one, lets: found.because, confirmed: { by, at: now, due } };
  return {
    came: "done",
    says: `\`${gate}\` is overridden for ${short(pull.head)}, and for that commit alone: ${one.because}.`,
    links: standing.key,
    entries: [{ ...opens(aboutOf(one), standing), actor: by.login }],
    nudges: [intoLast(asked)],
  };
}

type Confirming = {
  readonly managers: readonly Person[];
  /** Who may agree: the other release managers, or whoever may write where there is none. */
  readonly others: readonly Person[];
  /** What the person who gives the command may do here. */
  readonly right: Right;
};

/** Who may agree with somebody's override. Null while it is read. */
function whoConfirms({ policy, look, by: asking }: Asked, by: Person): Confirming | null {
  const managers = holdersOf("release-manager", policy, look);
  const people = look.at({ want: "collaborators" });
  if (managers === null || people === null) return null;
  const others = ([managers.people, withRight(people, "write")] as const).map((all) =>
    all.filter(({ id }) => id !== by.id),
  );
  return {
    managers: managers.people,
    others: others.find((some) => some.length > 0) ?? [],
    right: rightIn(people, asking),
  };
}

/** What the gate says, where two people may let that through; else why not, and what they may. */
function openGate(asked: OnPull, gate: string): Finding | Came {
  const { pull, policy } = asked;
  const { verdict, number, state } = pull;
  if (state !== "open") return no(`#${number} is ${state}: only what is still to be merged can be let through.`);
  const unbound = notBound(asked);
  if (unbound !== null) return no(unbound);
  if (policy.enforcement === "observed") return no("Nothing is enforced here, so there is nothing to let through.");
  const findings = verdict?.findings ?? [];
  const finding = findings.find((one) => one.gate === gate);
  const against = finding === undefined ? notAsked(pull, gate) : whyFirm(finding);
  // What is overridden already is said by who asks, not refused.
  if (finding !== undefined && (against === null || finding.outcome === "overridden")) return finding;
  const open = findings.filter((one) => whyFirm(one) === null).map((one) => `\`${one.gate}\``);
  const could = open.length === 0 ? "no gate can be overridden here now" : `what can be overridden is ${listed(open)}`;
  return no(`${(against as string).replace(/\.$/, "")}; ${could}.`);
}

function notAsked({ verdict }: OnPull["pull"], gate: string): string {
  const why = verdict?.notAsked?.find((one) => one.gate === gate)?.because;
  return why === undefined ? `There is no gate “${gate}” here` : `\`${gate}\` is not asked here`;
}

/** What was let through is made good, by the word of somebody who had no part in it. */
function closed(asked: Asked, number: number, because: string): Came | null {
  const { by, standing, repository } = asked;
  const open = standing.filter(isConfirmed);
  // Where GitHub took no issue the pull request stands for it.
  const found = open.filter((one) => (one.issue ?? one.number) === number);
  if (found.length === 0) {
    const all = open.map((one) => `#${one.issue ?? one.number}`);
    return no(
      `No open override has the number ${number}: ${all.length === 0 ? "none is open" : `open are ${listed(all)}`}.`,
    );
  }
  if (found.some((one) => tookPart(one, by))) {
    const may = mayCloseOwn(asked, found);
    if (may !== "yes") return notBy(may);
  }
  const gates = listed(found.map(({ gate }) => `\`${gate}\``));
  const pulls = [...new Set(found.map((one) => one.number))];
  return {
    came: "done",
    says: `The override of ${gates} on ${listed(pulls.map((one) => `#${one}`))} is closed: ${because}. It lets nothing through any more.`,
    entries: found.map((one) => closes(aboutOf(one), by.login, one.key, `${by.login} closed it: ${because}`)),
    nudges: [
      ...pulls.map((one) => ({ priority: "person", subject: { kind: "pull", repository, number: one } }) as const),
      intoLast(asked),
    ],
  };
}

/** Who took part closes it only where nobody else is left who could, and in the name of quality. */
function mayCloseOwn(asked: Asked, found: readonly Override[]): May {
  const { by, policy, look } = asked;
  const [quality, managers] = (["quality", "release-manager"] as const).map((role) => holdersOf(role, policy, look));
  if (!quality || !managers) return "unread";
  const others = [...new Map([...quality.people, ...managers.people].map((one) => [one.id, one])).values()].filter(
    (one) => !found.some((each) => tookPart(each, one)),
  );
  if (others.length === 0 && quality.people.some(({ id }) => id === by.id)) return "yes";
  return refused("You took part in it: somebody in quality, or a release manager who did not, closes it.", others);
}

const aboutOf = ({ repository, number }: Pick<Override, "repository" | "number">): Entry["about"] =>
  subjectKey({ kind: "pull", repository, number });
/** A release is held by what is overdue, and is looked at when that is. */
const intoLast = ({ repository, policy }: Asked): Nudge => ({
  priority: "bulk",
  openPulls: { repository, base: policy.stages.at(-1) as Branch },
});
