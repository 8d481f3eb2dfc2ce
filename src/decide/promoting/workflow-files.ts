import type { Look } from "../../flow/looking.ts";
import type { Lane } from "../../flow/verdict.ts";
import { code } from "../../flow/words.ts";
import { headOf } from "../../gates/gate.ts";
import type { At } from "./promotion.ts";

/** GitHub lets an App change what lies here only with a permission of its own. */
const FOLDER = ".github/workflows/";

/**
 * Why GitHub would not let the App merge it: it changes workflows, and the App may not. Compared as the gates compare it, and
 * only where that permission is missing. Null where nothing is known against it; `look` knows what is still to be read.
 */
export function workflowsRefused(
  { pull, component }: Pick<At, "pull" | "component">,
  lane: Lane | null,
  look: Look,
): string | null {
  const permissions = look.at({ want: "permissions" });
  if (permissions === null || permissions["workflows"] === "write") return null;
  const byName = lane === "hotfix" || lane === "back-merge";
  const base = byName ? pull.base : headOf(component, pull.base);
  const files = look.at({ want: "compare", base, head: pull.head.sha })?.changes.files ?? [];
  const file = files.flatMap(({ path, before }) => [path, before ?? ""]).find((path) => path.startsWith(FOLDER));
  if (file === undefined) return null;
  const [owner] = component.name.split("/");
  return `It changes ${code(file)}, which GitHub lets an App merge only with the permission Workflows: write. Whoever owns the App asks for it, an owner of ${owner} agrees, and then say it again.`;
}
