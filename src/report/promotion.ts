import type { Branch } from "../flow/names.ts";
import { code } from "./markdown.ts";

/** The body of a pull request that takes one stage into the next. */
export const promotionBody = ({
  from,
  into,
  number,
  asker,
}: {
  readonly from: Branch;
  readonly into: Branch;
  /** Of the pull request that was promoted. */
  readonly number: number;
  readonly asker: string;
}): string =>
  `Takes ${code(from)} on to ${code(into)}: #${number} was merged, and @\u200b${asker} asked for it with ${code("/promote")}.`;
