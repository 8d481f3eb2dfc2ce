import type { Need, Policy } from "../flow/config.ts";
import type { Comparison, Review } from "../flow/facts.ts";
import { type Branch, type Person, short } from "../flow/names.ts";
import { approvalsIn, barredFrom, filled, type Holders, holdersOf, isRole, NEED_WORDS, names } from "../flow/roles.ts";
import { openedFor } from "../flow/standing.ts";
import { listed } from "../flow/words.ts";
import { broughtAgain } from "../release/again.ts";
import { type Case, type Found, type Gate, headOf } from "./gate.ts";

export const approvals: Gate = {
  name: "approvals",
  asks: "Have the people whose roles the config asks for approved this very commit?",
  why: "QP-0009: quality, engineering and operations approve each change, by distinct people; a new commit goes back to them. SOP-0010: nobody approves their own.",
  pass: "Somebody in each role named approves the pull request on GitHub as it is now. After a push they approve again. Whoever opened it, or pushed to its branch, cannot.",
  judge(of) {
    const needs = needsOf(of);
    if (needs === null)
      return { notAsked: "Asked on promotions, releases and hotfixes, and on back-merges with commits of their own." };
    if (needs.length === 0) return { outcome: "passed", because: "The config asks for nobody's approval here." };
    const { pull, policy, component, look } = of;
    const reviews = look.at({ want: "reviews", number: pull.number });
    const holders = needs.map((need) => holdersOf(need, policy, look));
    const askers = openedFor(of.standing, pull.number);
    const barred = barredFrom(pull, policy, look, askers);
    const carries = carriesOthers(of.lane);
    const into = headOf(component, pull.base);
    const carried = carries ? look.at({ want: "compare", base: into, head: pull.head.sha }) : NOTHING;
    const again = of.lane.lane === "release" ? broughtAgain(of.standing, pull.number, look) : [];
    if (reviews === null || barred === null || carried === null || again === null || look.missing() !== null)
      return null;
    return judge(of, needs, {
      holders: holders as readonly Holders[],
      reviews,
      barred,
      carried: together([carried, ...again]),
      people: peopleFor(of, askers),
    });
  },
};

/** Promotions and releases bring what others wrote; what goes into the last stage past the lanes is asked as a release is. */
const carriesOthers = ({ lane, letThrough }: Case["lane"]): boolean =>
  lane === "promotion" || lane === "release" || (lane === "hotfix" && letThrough === true);

const NOTHING: Carried = { ahead: 0, commits: [], whole: true };

type Carried = Pick<Comparison, "ahead" | "commits" | "whole">;

const together = (all: readonly Carried[]): Carried => ({
  ahead: all.reduce((sum, { ahead }) => sum + ahead, 0),
  commits: all.flatMap(({ commits }) => commits),
  whole: all.every(({ whole }) => whole),
});

/** Whose approvals a hotfix needs; one that two people let past the lanes needs those of a release. */
export const hotfixNeeds = ({ approvals }: Policy, base: Branch, letThrough: boolean): readonly Need[] =>
  approvals[letThrough ? base : "hotfix"] ?? [];

/** Whose approvals are asked for; null: this lane asks for none. */
function needsOf({ pull, lane, policy }: Case): readonly Need[] | null {
  switch (lane.lane) {
    case "feature":
      return null;
    case "hotfix":
      return hotfixNeeds(policy, pull.base, lane.letThrough === true);
    case "back-merge":
      if (!lane.own) return null;
      return pull.base === policy.stages[0] ? ["writer"] : (policy.approvals[pull.base] ?? []);
    default:
      return policy.approvals[pull.base] ?? [];
  }
}

/** How many people have to approve, whatever roles they fill: with who opened it, or had us open it, they are two. */
function peopleFor({ pull, policy, lane: { lane } }: Case, askers: readonly Person[]): 0 | 1 | 2 {
  if (!policy.severalRoles || lane === "promotion" || lane === "back-merge") return 0;
  return pull.author.bot && askers.length === 0 ? 2 : 1;
}

type Asking = {
  readonly holders: readonly Holders[];
  readonly reviews: readonly Review[];
  readonly barred: ReadonlySet<number>;
  readonly carried: Carried;
  readonly people: 0 | 1 | 2;
};

function judge(
  { pull, policy, lane }: Case,
  needs: readonly Need[],
  { holders, reviews, barred, carried, people }: Asking,
): Found {
  const head = pull.head.sha;
  const wrote = new Set(
    carried.commits.flatMap(({ author, parents }) => (author && parents.length < 2 ? [author.id] : [])),
  );
  const independent = ({ id }: Person) => carried.whole && !wrote.has(id);
  const asksIndependent = carriesOthers(lane);
  const enough = (fits: readonly (readonly Person[])[]) => {
    const all = new Map(fits.flat().map((person) => [person.id, person]));
    return {
      filled: filled(fits, policy),
      independent: !asksIndependent || [...all.values()].some(independent),
      people: all.size >= people,
    };
  };

  const last = approvalsIn(reviews, barred);
  const approved = last.filter(({ commit }) => commit === head);
  const given = new Set(approved.map(({ by }) => by.id));
  const free = holders.map((of) => of.people.filter(({ id }) => !barred.has(id)));
  const now = enough(free.map((all) => all.filter(({ id }) => given.has(id))));
  const open = needs.filter((_, place) => now.filled[place] === null);
  if (open.length === 0 && now.independent && now.people) {
    const filled = now.filled as readonly Person[];
    return {
      outcome: "passed",
      because: `Approved ${short(head)}: ${by(needs, filled)}.`,
      filled: needs.map((need, place) => ({ by: personOf(filled[place] as Person), as: rolled(need) })),
    };
  }

  const could = enough(free);
  const empty = needs.filter((_, place) => could.filled[place] === null);
  if (empty.length > 0) return nobodyLeft(empty, holders, needs);
  if (!could.independent) {
    return {
      outcome: "failed",
      because: carried.whole
        ? "Everybody who could approve wrote some of what it carries."
        : `It carries ${carried.ahead} commits, more than can be looked at one by one.`,
      cure: carried.whole
        ? `An owner of the config adds somebody else to \`roles\`: one approver of a ${lane.lane} must have written none of it.`
        : "Promote it in smaller steps.",
    };
  }
  if (!could.people) {
    return {
      outcome: "failed",
      because: "Only one person is left who could approve, and two are needed in all.",
      cure: "An owner of the config adds somebody to `roles`.",
    };
  }
  const stale = last.filter(({ commit }) => commit !== head);
  return {
    outcome: "pending",
    because: waits(open, now, approved.length),
    cure: `${candidates(needs, free, now.filled, given)} can approve ${short(head)}.${earlier(stale)}`,
  };
}

const by = (needs: readonly Need[], filled: readonly Person[]) =>
  listed(needs.map((need, place) => `${filled[place]?.login} (${rolled(need)})`));
const rolled = (need: Need): string => (isRole(need) ? need : NEED_WORDS[need]);
const personOf = ({ id, login }: Person): Person => ({ id, login });

function waits(open: readonly Need[], now: { readonly independent: boolean }, approvals: number): string {
  if (open.length > 0) return `Waits for ${listed(open.map((need) => NEED_WORDS[need]))} to approve.`;
  if (!now.independent) return "Waits for an approval by somebody who wrote none of what it carries.";
  return `Waits for one more person to approve; ${approvals} did.`;
}

/** Who could be asked for what is still open, or for one more where all roles are filled. */
function candidates(
  needs: readonly Need[],
  free: readonly (readonly Person[])[],
  filled: readonly (Person | null)[],
  given: ReadonlySet<number>,
): string {
  const open = needs.flatMap((need, place) =>
    filled[place] === null ? [{ need, people: free[place] as readonly Person[] }] : [],
  );
  if (open.length === 0) {
    const others = new Map(free.flat().map((person) => [person.id, person]));
    return names([...others.values()].filter(({ id }) => !given.has(id)));
  }
  return listed(
    open.map(
      ({ need, people }) =>
        `${names(people.filter(({ id }) => !given.has(id)))} (${isRole(need) ? need : NEED_WORDS[need]})`,
    ),
  );
}

function earlier(stale: readonly Review[]): string {
  if (stale.length === 0) return "";
  return ` ${listed(stale.map(({ by: { login }, commit }) => `${login} approved ${commit ? short(commit) : "an earlier commit"}`))}, which is not the head any more.`;
}

function nobodyLeft(empty: readonly Need[], holders: readonly Holders[], needs: readonly Need[]): Found {
  const strangers = [...new Set(holders.flatMap((of) => of.strangers))];
  const why =
    strangers.length > 0
      ? ` The config names ${listed(strangers)}, which is not there or which the App may not see.`
      : needs.length > 1
        ? " Who opened it or pushed to it does not count, and one person fills one role."
        : " Who opened it or pushed to it does not count.";
  return {
    outcome: "failed",
    because: `Nobody is left who could approve as ${listed([...new Set(empty)].map((need) => NEED_WORDS[need]))}.${why}`,
    cure: `An owner of the config adds somebody to ${listed([...new Set(empty)].map((need) => (isRole(need) ? `\`roles.${need}\`` : "the repository's people")))}.`,
  };
}
