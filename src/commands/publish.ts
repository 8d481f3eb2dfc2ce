import type { StandingOf } from "../flow/standing.ts";
import { openIn } from "../release/progress.ts";
import type { Came, OnPull } from "./command.ts";
import { listLabels, walked } from "./items.ts";
import type { Step } from "./promote-words.ts";

/** The release that a merged pull request made and that a release manager publishes; undefined: there is none here. */
export function waitsForWord({ pull, policy, standing }: OnPull): StandingOf<"release"> | undefined {
  if (policy.release.publish !== "by-hand" || pull.state !== "merged") return undefined;
  return standing.find((one): one is StandingOf<"release"> => one.kind === "release" && one.number === pull.number);
}

/** A `/promote` on it: it is let go once all is done that its run-book asks for after the merge. Null: to be read yet. */
export function published(asked: OnPull, words: Step, { version, number }: StandingOf<"release">): Came | null {
  const { pull, policy, standing } = asked;
  const no = (says: string): Came => ({ came: "refused", says });
  if (words.to !== null || words.commit !== null || words.version !== null || words.how !== "at once")
    return no(`#${number} is merged and tagged as ${version}: \`/promote\` alone publishes that.`);
  if (policy.runBook.required) {
    const found = walked(asked);
    if (found === null || "came" in found) return found;
    const open = openIn(found.walks.production, ["deploy", "test"]).map(({ label }) => `\`${label}\``);
    if (open.length > 0)
      return no(
        `${version} is not published before it is deployed and tested. Still open: ${listLabels(open)}. Operations tick them, or write \`/done\` with their names.`,
      );
  }
  const under = standing.find(
    (one): one is StandingOf<"promotion"> =>
      one.kind === "promotion" && one.number === number && one.publishes === true,
  );
  if (under !== undefined)
    return {
      came: "done",
      says: `${under.request.by.login} let ${version} be published already, and that is under way.`,
    };
  const promotes = { head: pull.head, whenReadyUntil: null, version: null, refreshTo: null, publishes: true } as const;
  return { came: "under way", promotes };
}
