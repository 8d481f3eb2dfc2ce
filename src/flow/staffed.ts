import { type Policy, ROLES } from "./config.ts";
import type { Look } from "./looking.ts";
import type { Person } from "./names.ts";
import type { Flaw } from "./policy.ts";
import { holdersOf, matched, NEED_WORDS } from "./roles.ts";
import { listed } from "./words.ts";

/**
 * What a policy asks of people that today's people cannot give: teams that are not there, and approvals that could never
 * be complete, whoever opens the pull request; and a `/promote` that nobody could say where only that merges.
 *
 * @returns null while something was not read; `look` knows what.
 */
export function unstaffed(policy: Policy, look: Look): readonly Flaw[] | null {
  const strangers = ROLES.flatMap((role) =>
    (policy.roles[role] ?? [])
      .filter((name) => name.includes("/"))
      .map((team) => ({ role, team, members: look.at({ want: "team", team }) })),
  );
  const asked = Object.entries(policy.approvals).map(([of, needs]) => ({
    of,
    needs,
    holders: needs.map((need) => holdersOf(need, policy, look)?.people ?? []),
  }));
  const merge = policy.enforcement === "managed" && policy.mergeBy === "promote";
  const mergers = merge ? holdersOf("release-manager", policy, look)?.people : undefined;
  if (look.missing() !== null) return null;
  const absent = strangers.filter(({ members }) => members === null);
  if (absent.length > 0) {
    return absent.map(({ role, team }) => ({
      path: ["roles", role],
      because: `\`roles.${role}\` names ${team}, and there is no such team, or the App may not see it; correct its name.`,
    }));
  }
  if (mergers?.length === 0) {
    return [
      {
        path: ["roles", "release-manager"],
        because:
          "Nobody could merge past the first stage: nobody is a release manager, who says `/promote`; add people to `roles.release-manager`, or set `merge_by: anyone`.",
      },
    ];
  }
  return asked.flatMap(({ of, needs, holders }) => {
    const filled = policy.severalRoles ? holders.map(first) : matched(holders);
    const open = [...new Set(needs.filter((_, place) => filled[place] === null).map((need) => NEED_WORDS[need]))];
    if (open.length === 0) return [];
    return [
      {
        path: ["approvals", of],
        because: `\`approvals.${of}\` could never be complete: nobody is left for ${listed(open)}${policy.severalRoles ? "" : ", one role a person"}; add people to \`roles\`, or ask for less.`,
      },
    ];
  });
}

const first = (people: readonly Person[]): Person | null => people[0] ?? null;
