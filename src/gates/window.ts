import type { Instant } from "../flow/names.ts";
import { type Confirmed, isConfirmed } from "../flow/override.ts";
import { owedWords } from "../flow/owed.ts";
import { rollbackBy, type Standing, type StandingOf } from "../flow/standing.ts";
import { listed, minute } from "../flow/words.ts";
import type { Case, Gate } from "./gate.ts";

/** One thing that holds it: in a sentence, and how it ends. */
type Held = { readonly because: string; readonly cure: string; readonly until: Instant | null };

export const window: Gate = {
  name: "window",
  asks: "Is the way open: no hold, no freeze, no outage, nothing overdue?",
  why: "SOP-0013: a release has its time, and nothing goes out while production is down; what was let through before is made good first.",
  pass: "What holds it is named with who can lift it: a hold by `/unhold`, a freeze by `/unfreeze` or at its end, an outage by `/outage resolve`. What is overdue has its own issue, and so has what was rolled back and would come again.",
  judge(of) {
    const { standing, now } = of;
    const concerns = standing.filter((one): one is Holding => holds(one, of));
    const held = [
      ...concerns.flatMap((one) => (one.kind === "rollback" ? unmended(one, of) : heldBy(one, now, standing)) ?? []),
      ...overdueHotfixes(concerns, of),
    ];
    // What is owed holds from the moment that it is overdue.
    const next = concerns.flatMap((one) => dueOf(one) ?? []).filter((due) => due > now);
    const until = [...held.flatMap(({ until }) => until ?? []), ...next].sort()[0] ?? null;
    if (held.length === 0) return { outcome: "passed", because: "Nothing holds it.", until };
    return {
      outcome: "pending",
      because: held.map(({ because }) => because).join(" "),
      cure: held.map(({ cure }) => cure).join(" "),
      until,
    };
  },
};

/** What holds by standing there; all else is other gates'. */
type Holding =
  | Extract<Standing, { readonly kind: "hold" | "freeze" | "outage" | "owed" | "release" | "rollback" }>
  | Confirmed;

/** Holds and freezes count in every lane; outages past the first stage; what is owed only before a release. */
function holds(one: Standing, { lane: { lane }, pull }: Case): boolean {
  switch (one.kind) {
    case "hold":
      return true;
    case "freeze":
      return one.stage === pull.base;
    case "outage":
      return (lane === "promotion" || lane === "release") && one.severity !== "minor";
    // By its own override it is let through.
    case "override":
      return lane === "release" && isConfirmed(one) && one.number !== pull.number;
    case "rollback":
      return lane === "release" && one.commit !== null && one.broughtAgainBy === null;
    case "owed":
    case "release":
      return lane === "release";
    default:
      return false;
  }
}

function heldBy(
  one: Exclude<Holding, StandingOf<"rollback">>,
  now: Instant,
  standing: readonly Standing[],
): Held | null {
  switch (one.kind) {
    case "freeze":
      return one.until !== null && one.until <= now ? null : frozen(one);
    // All that one hotfix owes is told together.
    case "owed":
      return null;
    case "override":
      return one.confirmed.due > now ? null : overdue(one);
    case "hold":
      return {
        because: `Held by ${whoOf(one)} on #${one.number}: ${one.because}.`,
        cure: "`/unhold` lifts it, by somebody with at least the right of who set it.",
        until: null,
      };
    case "outage":
      return {
        because: `A ${one.severity} outage is open since ${minute(one.at)}: ${one.because}.`,
        cure: "It goes on when operations write `/outage resolve`.",
        until: null,
      };
    case "release":
      return {
        because: `${one.version} is merged and not released yet${outByHand(one, standing)}.`,
        cure: `One release at a time: ${one.version} is tested and published, or taken back by \`/rollback\`, first.`,
        until: null,
      };
  }
}

/** What was rolled back comes again with the next release, so it waits until somebody says that it is mended. */
function unmended({ number, withdraws, issue }: StandingOf<"rollback">, { look }: Case): Held | null {
  const state = issue === null ? null : look.at({ want: "issue", number: issue });
  if (issue !== null && state !== null && !state.open) return null;
  const because = `#${number} rolled ${listed(withdraws)} back, and this would bring ${withdraws.length === 1 ? "it" : "them"} again.`;
  if (issue === null)
    return { because, cure: "Flowgate opens an issue about it, which is closed once it is mended.", until: null };
  if (state === null)
    return {
      because: `${because} Its issue #${issue} is gone.`,
      cure: "Once it is mended, two release managers let this commit pass with `/override window because …`.",
      until: null,
    };
  return {
    because: `${because} #${issue} is open.`,
    cure: `Whoever mended it or took it out closes #${issue}.`,
    until: null,
  };
}
const outByHand = ({ version }: StandingOf<"release">, standing: readonly Standing[]): string =>
  standing.some((one) => one.kind === "deviation" && one.touched?.did === "published" && one.touched.tag === version)
    ? ", though it was published by hand"
    : "";

const frozen = ({ stage, until, because, of, by }: StandingOf<"freeze">): Held => ({
  because: `${stage} is frozen${until === null ? "" : ` until ${minute(until)}`}${"installation" in of ? " in all components" : ""}: ${because}.`,
  cure: `${until === null ? "It" : "It opens by itself then; before that it"} is lifted by ${by === null ? "a release manager" : `@${by.login} or another release manager`} with \`/unfreeze ${stage}${"installation" in of ? " all" : ""}\`.`,
  until,
});

/** When what is owed is overdue; null: nothing is. */
function dueOf(one: Holding): Instant | null {
  if (one.kind === "owed") return one.due;
  return one.kind === "override" ? one.confirmed.due : null;
}

const overdue = ({ gate, number, issue, confirmed: { due }, because }: Confirmed): Held => ({
  because: `The override of ${gate} on #${number} was to be closed by ${minute(due)}: ${because}.`,
  cure: `Somebody in quality, or a release manager who took no part in it, closes it: \`/override close ${issue ?? number} because …\`.`,
  until: null,
});

/** What hotfixes owe and should have by now, each hotfix once. */
function overdueHotfixes(concerns: readonly Holding[], { standing, now }: Case): readonly Held[] {
  const overdue = concerns.filter((one): one is StandingOf<"owed"> => one.kind === "owed" && one.due <= now);
  return [...Map.groupBy(overdue, ({ number }) => number).values()].map((all) => owedBy(all, standing));
}

function owedBy(all: readonly StandingOf<"owed">[], standing: readonly Standing[]): Held {
  const [{ number, due, issue }] = all as readonly [StandingOf<"owed">];
  const isRollback = rollbackBy(standing, number) !== undefined;
  const told = issue === null ? "" : `#${issue} tells who can, and how. `;
  return {
    because: `The ${isRollback ? "rollback" : "hotfix"} #${number} was to have ${owedWords(all)} by ${minute(due)}.`,
    cure: `${told}What it owes is given on #${number}, merged as it is: an approval by a review there, a rehearsal by ticking its items.`,
    until: null,
  };
}

const whoOf = ({ by }: Standing): string => (by === null ? "Flowgate" : `@${by.login}`);
