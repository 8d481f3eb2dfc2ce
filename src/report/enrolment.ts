import { CONFIG_PATH } from "../flow/config.ts";
import type { Branch } from "../flow/names.ts";
import type { Replay } from "../flow/replay.ts";
import { count } from "../flow/words.ts";
import { code, prose } from "./markdown.ts";

const NAMED = 10;

export const TITLE = "Hold pull requests to their stages";

/** The config that is proposed to a repository that has none. */
export const proposedConfig = (stages: readonly Branch[]): string =>
  `# Changes go through these stages one by one, and GitHub refuses a merge that skips one.
enforcement: managed
stages: [${stages.join(", ")}]
`;

/** What the proposing pull request says. */
export function proposal(stages: readonly Branch[], replay: Replay): string {
  return [
    `This switches Flowgate on for this repository: ${code(CONFIG_PATH)} on the default branch. Until it is merged, nothing is enforced, and checks say what they would say.`,
    `From then on changes go ${stages.map(code).join(" → ")}, and GitHub refuses a merge that skips a stage. Past the first stage approvals and checks are asked for too, and only ${code("/promote")} of a release manager merges, unless the file says ${code("merge_by: anyone")}: add roles and required checks to the file before you merge it.`,
    told(replay),
    "Close this pull request to leave the repository observed: it is not opened again.",
  ].join("\n\n");
}

function told({ judged, refused, open }: Replay): string {
  if (judged === 0) return "No pull request was merged here yet, so there is nothing to compare with.";
  const unclear = open.length > 0 ? ` Of ${open.length} their branches alone do not tell.` : "";
  if (refused.length === 0)
    return `Of the last ${count(judged, "merged pull request")} it would have stopped none.${unclear}`;
  const rows = refused.slice(0, NAMED).map(({ number, because }) => `- #${number}: ${prose(because)}`);
  const more = refused.length > NAMED ? [`- and ${refused.length - NAMED} more`] : [];
  return `Of the last ${count(judged, "merged pull request")} it would have stopped ${refused.length}:${unclear}\n\n${[...rows, ...more].join("\n")}`;
}
