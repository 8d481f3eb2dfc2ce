import { LineCounter, type Node, parseDocument } from "yaml";
import { z } from "zod";
import { type Branch, branch } from "./names.ts";

/** Where a component's config lies, on its default branch. */
export const CONFIG_PATH = ".github/flowgate.yml";

/** A file beyond this many characters is refused unread. */
const LARGEST_FILE = 1_000_000;

/** Branches that open the feature lane, as picomatch patterns; case counts. */
export const DEFAULT_FEATURES = [
  "feature/**",
  "fix/**",
  "bugfix/**",
  "chore/**",
  "docs/**",
  "dependabot/**",
  "renovate/**",
  "copilot/**",
  "revert-*",
  "*-patch-*",
  "pre-commit-ci-*",
] as const;

const branchName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^(?!\/|-|.*(?:\.\.|\/\/|@\{|\.lock$|\/$|\.$))[^\s~^:?*[\\]+$/, "is no name that a branch can have")
  .transform(branch);

/** What the file may say. The reference in docs/config.md and schema/flowgate.schema.json are made of it. */
export const configSchema = z.object({
  enforcement: z
    .enum(["managed", "report", "observe"])
    .default("managed")
    .describe(
      "`managed`: Flowgate keeps a ruleset `flowgate: STAGE` on each stage, so that GitHub refuses what Flowgate refuses. `report`: checks are red and green as in `managed`, but Flowgate writes no ruleset; whether another rule requires the check is read and said. `observe`: checks are neutral and say what they would say; nothing is required.",
    ),
  stages: z
    .array(branchName)
    .min(2, "needs two stages or more, in promotion order")
    .max(20)
    .refine((stages) => new Set(stages).size === stages.length, "names a stage twice")
    .prefault(["development", "staging", "master"])
    .describe(
      "The stage branches in promotion order. Changes enter at the first; the last is production. A repository that lacks one of them is left alone.",
    ),
  flow: z
    .object({
      features: z
        .array(z.string().min(1).max(255))
        .max(100)
        .default([...DEFAULT_FEATURES])
        .describe(
          "Patterns of branches that may enter the first stage. `*` stands for anything but a slash, `**` for anything; case counts. A list here replaces the default one.",
        ),
      forks: z
        .enum(["allow", "refuse"])
        .default("allow")
        .describe("Whether a pull request from a fork may enter the first stage. It may never enter another."),
    })
    .prefault({})
    .describe("Who may enter the first stage."),
});

/** Stages in promotion order, two or more. */
export type Stages = readonly Branch[];

/** What a component's file, over the defaults, asks for. */
export type Policy = {
  /** `observed`: no file was ever valid, so nothing is enforced. */
  readonly enforcement: "managed" | "report" | "observe" | "observed";
  readonly stages: Stages;
  readonly features: readonly string[];
  readonly forks: "allow" | "refuse";
};

/** The policy without a file: the default stages, observed. */
export const DEFAULT_POLICY: Policy = { ...policyOf(configSchema.parse({})), enforcement: "observed" };

/**
 * Reads the text of a config file.
 *
 * @returns the policy, or what is wrong with the file in one sentence that names line and key.
 */
export function parseConfig(text: string): { readonly policy: Policy } | { readonly problem: string } {
  if (text.length > LARGEST_FILE)
    return { problem: `${CONFIG_PATH} is over ${LARGEST_FILE} characters long; shorten it.` };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    return { problem: `${CONFIG_PATH} line ${lines.linePos(broken.pos[0]).line}: ${firstLine(broken.message)}` };
  }
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return { problem: `${CONFIG_PATH}: ${firstLine((error as Error).message)}` };
  }
  const parsed = configSchema.safeParse(content);
  if (parsed.success) return { policy: policyOf(parsed.data) };
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  const node = (path.length === 0 ? document.contents : document.getIn(path, true)) as Node;
  const { line } = lines.linePos(node.range?.[0] as number);
  return { problem: `${CONFIG_PATH} line ${line}: \`${path.map(String).join(".") || "the file"}\` ${message}.` };
}

function policyOf({ enforcement, stages, flow }: z.output<typeof configSchema>): Policy {
  return { enforcement, stages, features: flow.features, forks: flow.forks };
}

const firstLine = (text: string) => text.replace(/\n.*/s, "");
