import type { Branch } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { code } from "../flow/words.ts";
import { rollbackTo } from "../release/rollback.ts";
import { askedIn } from "../release/version.ts";
import { type Came, type Command, mayByRole, type OnPull } from "./command.ts";

export const rollback: Command = {
  name: "rollback",
  on: "pull",
  usage: "/rollback [to vX.Y.Z] [because …]",
  who: "a release manager",
  does: "Opens a pull request that takes the last stage back to an earlier release, the one before where none is named: a hotfix with the tree of that release, but for `.github/` and the run-books.",
  allows: (asked) => mayByRole(asked, ["release-manager"]),
  read({ words: [to, word, more], because }) {
    if (to === undefined) return { act: (asked) => rolledBack(asked, null, because) };
    if (to.toLowerCase() !== "to")
      return { not: `\`/rollback\` does not know what ${code(to)} is; a release is written \`to v1.3.0\`.` };
    if (word === undefined) return { not: "To which release? Its version follows `to`." };
    if (more !== undefined) return { not: `\`/rollback\` does not know what ${code(more)} is.` };
    const asked = askedIn(word);
    if (asked === null) return { not: `${code(word)} is no version.` };
    return "not" in asked ? asked : { act: (of) => rolledBack(of, asked.version, because) };
  },
};

function rolledBack(of: OnPull, asked: string | null, reason: string | null): Came | null {
  const { pull, policy, standing, look, by } = of;
  const stage = policy.stages.at(-1) as Branch;
  const back = rollbackTo(asked, { stage, standing, look });
  if (back === null) return null;
  if ("refused" in back) return { came: "refused", says: back.refused };
  const under = standing.find(
    (one): one is StandingOf<"rolling-back"> => one.kind === "rolling-back" && one.number === pull.number,
  );
  if (under !== undefined && under.head === back.head && under.to.version === back.to.version)
    return {
      came: "done",
      says: `${under.by.login} asked for that already, and it is under way to ${code(back.to.version)}.`,
    };
  return { came: "under way", rollsBack: { ...back, because: reason ?? `${by.login} asked for it` } };
}
