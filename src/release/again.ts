import type { Comparison } from "../flow/facts.ts";
import type { Look } from "../flow/looking.ts";
import type { Standing } from "../flow/standing.ts";

/**
 * What comes again with a release: for each rollback whose work no other release brought again, all that came since the
 * release that it went back to. The last stage has those commits, and not what they changed.
 *
 * @param number of the release's pull request.
 * @returns null while something is still to be read: `look` knows what.
 */
export function broughtAgain(standing: readonly Standing[], number: number, look: Look): readonly Comparison[] | null {
  const again = standing.flatMap((one) => {
    if (one.kind !== "rollback" || one.commit === null || one.number === number) return [];
    if (one.broughtAgainBy !== null && one.broughtAgainBy !== number) return [];
    return [look.at({ want: "compare", base: one.target, head: one.commit })];
  });
  return again.includes(null) ? null : (again as readonly Comparison[]);
}
