import { RE2JS } from "re2js";
import { z } from "zod";
import { type Duration, parseDuration } from "./duration.ts";
import type { MergeMethod } from "./effect.ts";
import { type Branch, branch } from "./names.ts";
import { refusedPattern } from "./pattern.ts";

/** Where a config lies: a component's on its default branch, an organisation's on that of its repository `.github`. */
export const CONFIG_PATH = ".github/flowgate.yml";

/** What people are to a release. SOP-0013 (operations promote), QP-0009 (engineering, operations and quality approve). */
export const ROLES = ["release-manager", "operations", "quality", "engineering"] as const;
export type Role = (typeof ROLES)[number];

/** When an item of a run-book is done, in this order. */
export const PHASES = ["before", "deploy", "test", "rollback", "monitor"] as const;
export type Phase = (typeof PHASES)[number];

/** Branches that open the feature lane, as patterns; case counts. */
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

/** Files that change data or its shape, by the habits of common frameworks. A folder with all below it holds migrations. */
export const DEFAULT_DATA_PATHS = [
  "**/*.sql",
  "**/db/{migrate,migrations,migration,data,changelog}/**",
  "**/db/{schema.rb,seeds.rb}",
  "**/database/{migrations,seeders}/**",
  "**/migrations/**/*.{py,php,js,cjs,mjs,ts,cs,rb,exs}",
  "**/migration/src/**",
  "**/supabase/migrations/**",
  "**/priv/repo/migrations/**",
  "**/alembic/versions/**",
  "**/prisma/migrations/**",
  "**/*.prisma",
  "**/drizzle/**",
  "**/data/migrations/**",
  "**/data/schema/*",
  "**/*changelog*.{xml,yaml,yml,json}",
  "**/sqitch.plan",
  "**/*{migrat,backfill,transition}*.{sh,rb,py,js,ts}",
] as const;

/** Files that look so and change nothing that is kept. */
export const DEFAULT_DATA_IGNORE = [
  "**/{test,tests,spec,__tests__,fixtures,__fixtures__}/**",
  "**/*.{test,spec}.{js,cjs,mjs,ts}",
  "**/*_{test,spec}.{rb,py}",
  "**/test_*.py",
  "**/migrations/__init__.py",
  "**/CHANGELOG*",
] as const;

/** Scripts that carry data over. */
export const DEFAULT_DATA_TRANSITION = ["**/*transition*.{sh,rb,py,js,ts,sql}"] as const;

const branchName = z
  .string()
  .min(1)
  .max(255)
  .regex(/^(?!\/|-|.*(?:\.\.|\/\/|@\{|\.lock$|\/$|\.$))[^\s~^:?*[\\]+$/, "is no name that a branch can have")
  .transform(branch);

const text = z.string().min(1).max(255);
const pattern = text.superRefine((written, { addIssue }) => {
  const refused = refusedPattern(written);
  if (refused !== null) addIssue({ code: "custom", message: refused.because });
});
const role = z.enum(ROLES);
/** What a backup is known by, and what a system is called: no markup, no mention, no blank. */
export const PLAIN_NAME = /^(?!.*\/\/)[A-Za-z\d](?:[\w.:/+-]{0,126}[A-Za-z\d])?$/;
const system = z
  .string()
  .regex(PLAIN_NAME, "is no name of a system: 128 letters, digits and `.`, `_`, `-`, `:`, `/`, `+` within, at most");
/** What a train is called. */
const TRAIN_NAME = /^(?=.{1,100}$)[A-Za-z\d]+(?:[ ._-]+[A-Za-z\d]+)*$/;
const WORKFLOW = /^[A-Za-z\d-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+\.ya?ml$/;
/** As it is written; whole once it was read. */
const duration = z
  .string()
  .regex(/^\d{1,12}(s|m|h|d|wd)$/, "is no time such as `90s`, `30m`, `4h`, `5d` or `2wd` (working days)")
  .refine((text) => parseDuration(text) !== null, "is longer than ten years");
const filePath = z
  .string()
  .min(1)
  .max(1024)
  .regex(
    /^(?!\/)(?!(?:.*\/)?\.{0,2}(?:\/|$))[^\p{C}]+$/u,
    "is no path from the root of the repository, such as `scripts/activate.sh`",
  );
const holders = (who: string, unset: string) =>
  z
    .array(
      text.regex(
        /^@?[A-Za-z\d](?:[A-Za-z\d-]*[A-Za-z\d])?$|^@[A-Za-z\d][A-Za-z\d-]*\/[A-Za-z\d][\w.-]*$/,
        "is neither a team, `@organisation/team`, nor a login",
      ),
    )
    .min(1, "names nobody; leave it out instead")
    .max(50)
    .optional()
    .describe(`${who} Teams as \`@organisation/team\`, with their child teams, and logins. Left out: ${unset}.`);

const words = (phase: Phase) =>
  z
    .array(text)
    .max(50)
    .default([])
    .describe(
      `More words that a heading of a run-book may say for the phase \`${phase}\`, beside those in seven languages that are known. Case, accents, numbers and emoji do not count.`,
    );

/** What the file may say. The reference in docs/config.md and schema/flowgate.schema.json are made of it. */
export const configSchema = z.strictObject({
  enforcement: z
    .enum(["managed", "report", "observe"])
    .default("managed")
    .describe(
      "`managed`: Flowgate keeps rulesets on each stage, so that GitHub refuses what Flowgate refuses, and on the tags of releases, which only Flowgate makes and nobody moves. `report`: checks are red and green as in `managed`, but Flowgate writes no ruleset; whether another rule requires the check is read and said. `observe`: checks are neutral and say what they would say; nothing is required.",
    ),
  enforcement_grace: duration
    .default("4h")
    .describe(
      "How long an admin may keep a ruleset of Flowgate's switched off before Flowgate switches it on again. It is said on every check meanwhile.",
    ),
  team: z
    .enum(["small", "standard", "regulated"])
    .default("standard")
    .describe(
      "Sets defaults of other keys. `small`: one person may fill several roles, but a release and a hotfix need two people in all, and `backup.when` is `data`. `regulated`: `change_order.required` is on, `readiness.verdict` is `required`, `backup.restore_test` is `90d` and `release.publish` is `by-hand`.",
    ),
  stages: z
    .array(branchName)
    .min(2, "needs two stages or more, in promotion order")
    .max(20)
    .refine((stages) => new Set(stages).size === stages.length, "names a stage twice")
    // The ruleset of such a stage would be called as the one for tags is.
    .refine(
      (stages) => !stages.includes("tags" as Branch),
      "calls a stage `tags`, which is kept for the tags of releases",
    )
    .prefault(["development", "staging", "master"])
    .describe(
      "The stage branches in promotion order. Changes enter at the first; the last is production. A repository that lacks one of them is left alone.",
    ),
  flow: z
    .strictObject({
      features: z
        .array(pattern)
        .max(100)
        .default([...DEFAULT_FEATURES])
        .describe(
          "Patterns of branches that may enter the first stage; case counts. `*` stands for anything but a slash, `**` between slashes for any number of folders, `?` for one character but a slash, `[a-z]` and `[!a-z]` for one of a set and one of the others, `{a,b}` for either, and what follows `\\` for itself. A list here replaces the default one.",
        ),
      forks: z
        .enum(["allow", "refuse"])
        .default("allow")
        .describe("Whether a pull request from a fork may enter the first stage. It may never enter another."),
    })
    .prefault({})
    .describe("Who may enter the first stage."),
  roles: z
    .strictObject({
      "release-manager": holders(
        "Who releases, and lets changes of this file through.",
        "who has `maintain` or `admin`",
      ),
      operations: holders("Who runs the product.", "who has `maintain` or `admin`"),
      quality: holders("Who answers for its quality.", "who may write"),
      engineering: holders("Who answers for its code.", "who may write"),
    })
    .prefault({})
    .describe("Who is what."),
  approvals: z
    .record(text, z.array(role).max(4))
    .optional()
    .describe(
      "Whose approvals a pull request past the first stage needs: a list of roles for each stage, and one for `hotfix`. A role may stand there several times. What is left out: `[operations]` into a stage between the first and the last; into the last each of `engineering`, `operations` and `quality` that `roles` names, or, where it names none of them, one person with `maintain` or `admin`; `[release-manager]` for a hotfix.",
    ),
  merge: z
    .strictObject({
      first_stage: z
        .enum(["merge", "squash", "rebase"])
        .optional()
        .describe(
          "How `/promote` merges a feature. Left out: the first of merge, squash and rebase that the repository allows. Past the first stage it is always a merge commit.",
        ),
    })
    .prefault({})
    .describe("How `/promote` merges."),
  merge_by: z
    .enum(["promote", "anyone"])
    .default("promote")
    .describe(
      "Who merges past the first stage. `promote`: only Flowgate, when a release manager says `/promote`; GitHub refuses its own button there to everybody, admins too. `anyone`: also whoever may press GitHub's button, once the check is green; needed on stages that have a merge queue.",
    ),
  promotion: z
    .strictObject({
      head: z
        .enum(["pinned", "stage"])
        .default("pinned")
        .describe(
          "What a promotion out of the first stage comes from: `pinned`, a branch `release/DATE-COMMIT` at the commit that was merged, so that later merges void no approval; or `stage`, the stage itself.",
        ),
    })
    .prefault({})
    .describe("Pull requests that `/promote` opens."),
  release: z
    .strictObject({
      publish: z
        .enum(["automatic", "by-hand"])
        .optional()
        .describe(
          "Who publishes a release once all that its run-book asks for after the merge is done: Flowgate (`automatic`), or a release manager, by `/promote` on the merged pull request (`by-hand`), who stands in its evidence. Left out: `by-hand` for `team: regulated`, else `automatic`.",
        ),
    })
    .prefault({})
    .describe("Releases."),
  checks: z
    .strictObject({
      required: z
        .array(
          z.union([
            text.transform((name) => ({ name, app: null })),
            z.strictObject({ name: text, app: z.int().positive().nullable().default(null) }),
          ]),
        )
        .max(100)
        .prefault([])
        .describe(
          "Checks and statuses that must have succeeded on a promotion, a release and a hotfix, beside those that GitHub requires: a name, or `{ name: build, app: 15368 }` to take it from that App only.",
        ),
      allow_none: z
        .boolean()
        .default(false)
        .describe("Whether a commit without any check may pass where no check is required."),
    })
    .prefault({})
    .describe("Other Apps' checks."),
  provenance: z
    .strictObject({
      trusted: z
        .array(text.regex(/^[a-z\d](?:[a-z\d-]*[a-z\d])?$/, "is no App's name as it stands in its address"))
        .max(20)
        .prefault([])
        .describe(
          "Apps that may push to a stage past pull requests, by the name in their address, such as `renovate`. Their pushes are listed and not refused.",
        ),
    })
    .prefault({})
    .describe("How changes came onto a stage."),
  artifacts: z
    .strictObject({
      activation: filePath
        .optional()
        .describe(
          "The script that activates a release, such as `scripts/activate.sh`. It must be there and executable. Left out: none is asked for.",
        ),
      services: z
        .record(text, filePath)
        .refine((services) => Object.keys(services).length <= 40, "lists more than 40 services")
        .default({})
        .describe(
          "External services, each with the path of its procedure, such as `{ postgres: docs/services/postgres.md }`: a `.md` that is there and not empty.",
        ),
      forbidden: z
        .array(pattern)
        .max(100)
        .default([])
        .describe(
          'Patterns of files that no pull request may add or change, such as `["**/*.pem"]`, written as those of `flow.features`; case does not count.',
        ),
      allowed: z
        .array(pattern)
        .max(100)
        .default([])
        .describe("Patterns of files that `artifacts.forbidden` does not mean; here case counts."),
      secrets: z
        .array(text)
        .max(200)
        .default([])
        .describe(
          "Parameters of Dockerfiles and compose files that are set outside the repository because they are secret, and paths of `env_file`s that are.",
        ),
      build: z
        .record(text, filePath)
        .refine((build) => Object.keys(build).length <= 100, "lists more than 100 Dockerfiles")
        .default({})
        .describe(
          "Dockerfiles, each with the path of the file that builds it, such as `{ docker/api.Dockerfile: scripts/build.sh }`. Needed only where no shell script, Makefile, compose file or workflow says so in a way that can be read.",
        ),
      on_feature: z
        .boolean()
        .default(false)
        .describe("Whether features are asked as well, not only what leaves the first stage."),
    })
    .prefault({})
    .describe("What the repository must hold for a release."),
  runbook: z
    .strictObject({
      required: z
        .boolean()
        .default(true)
        .describe(
          "Whether releases, hotfixes, and promotions into the stage before the last need a run-book. `false` for a component that nobody deploys by itself, such as a library.",
        ),
      default: filePath
        .optional()
        .describe(
          "The run-book of a pull request that Flowgate opens and no other is linked for, such as `docs/runbooks/release.md`. Left out: the only file of `runbook.directory`.",
        ),
      directory: filePath.default("docs/runbooks").describe("Where run-books lie."),
      phases: z
        .strictObject({
          before: words("before"),
          deploy: words("deploy"),
          test: words("test"),
          rollback: words("rollback"),
          monitor: words("monitor"),
        })
        .prefault({})
        .describe("What headings call a phase."),
    })
    .prefault({})
    .describe("Run-books."),
  backup: z
    .strictObject({
      when: z
        .enum(["always", "data"])
        .optional()
        .describe(
          "When a release or a hotfix needs a backup: `always`, or only where `data` is affected. Left out: `data` for `team: small`, else `always`.",
        ),
      max_age: duration.default("24h").describe("How long a backup counts after it was finished."),
      max_age_destructive: duration
        .default("4h")
        .describe("The same where a statement is seen that may destroy data, such as `DROP TABLE`."),
      systems: z
        .array(system)
        .max(40)
        .refine((systems) => new Set(systems).size === systems.length, "names a system twice")
        .default([])
        .describe(
          "The systems that each need a backup, such as `[postgres-main]`. None: one backup of any system is enough.",
        ),
      workflows: z
        .record(text, z.array(system).min(1, "backs up nothing; leave it out instead").max(40))
        .refine(
          (workflows) => Object.keys(workflows).every((path) => WORKFLOW.test(path)),
          "names no workflow such as `acme/ops/.github/workflows/backup.yml`",
        )
        .refine((workflows) => Object.keys(workflows).length <= 40, "lists more than 40 workflows")
        .default({})
        .describe(
          "Workflows that make backups, each with the systems that it backs up, such as `{ acme/ops/.github/workflows/backup.yml: [postgres-main] }`. A run of one is checked by Flowgate when somebody attests it.",
        ),
      restore_test: z
        .union([z.literal("off"), duration])
        .optional()
        .describe(
          "How old the last test of a restore may be; `off`: none is asked for. Left out: `90d` for `team: regulated`, else `off`.",
        ),
      verifier: z
        .strictObject({
          url: z
            .string()
            .max(2048)
            .regex(
              /^https:\/\/[A-Za-z\d[][^\s@/?#]*(?:[/?][^\s#]*)?$/,
              "is no address that begins with `https://` and holds no credentials",
            )
            .describe(
              "The `https` address of a service of yours that Flowgate asks whether an attested backup is there, by a POST signed with `VERIFIER_SECRET`. Left out: a person's word counts.",
            ),
        })
        .optional(),
    })
    .prefault({})
    .describe("Backups before a release."),
  data: z
    .strictObject({
      paths: z
        .array(pattern)
        .max(200)
        .default([...DEFAULT_DATA_PATHS])
        .describe(
          "Patterns of files that change data or its shape, written as those of `flow.features`; case does not count. A folder with all below it, such as `db/migrate/**`, holds migrations: what is added there carries its data over by itself. A list here replaces the default one.",
        ),
      ignore: z
        .array(pattern)
        .max(200)
        .default([...DEFAULT_DATA_IGNORE])
        .describe("Patterns of files that `data.paths` and `data.transition` do not mean; here case counts."),
      transition: z
        .array(pattern)
        .max(100)
        .default([...DEFAULT_DATA_TRANSITION])
        .describe("Patterns of scripts that carry data over, which the run-book has to name; case does not count."),
    })
    .prefault({})
    .describe(
      "What counts as a change of data. A pull request may also say so: by the label `data-impact`, or a line `Data impact: yes` in its body.",
    ),
  override: z
    .strictObject({
      close_within: duration
        .default("5d")
        .describe(
          "How long after it was confirmed an override is to be made good and closed. One that is overdue holds the next release.",
        ),
    })
    .prefault({})
    .describe("Gates that two people let pass for one commit, by `/override` and `/confirm`."),
  hotfix: z
    .strictObject({
      review_within: duration
        .default("2wd")
        .describe(
          "How long after it was merged a hotfix is to have the approvals of engineering and quality, as far as `roles` names them, and a rehearsal. What is overdue holds the next release.",
        ),
    })
    .prefault({})
    .describe("What goes into the last stage past the others."),
  readiness: z
    .strictObject({
      blockers: z
        .array(text)
        .max(20)
        .default(["severity-1"])
        .describe("Labels of issues that hold a release while one of them is open."),
      verdict: z
        .enum(["off", "required"])
        .optional()
        .describe(
          "`required`: a release needs a verdict of `quality` for its very commit. Left out: `required` for `team: regulated`, else `off`.",
        ),
    })
    .prefault({})
    .describe("Whether a release may be ready."),
  change_order: z
    .strictObject({
      required: z
        .boolean()
        .optional()
        .describe(
          "Whether promotions, releases and hotfixes must name a change order. Left out: only for `team: regulated`.",
        ),
      pattern: text
        .refine(compiles, "is no regular expression in RE2's syntax")
        .default("ECO-\\d{4}")
        .describe(
          "What a change order looks like: a regular expression in [RE2's syntax](https://github.com/google/re2/wiki/Syntax), which cannot run away.",
        ),
    })
    .prefault({})
    .describe("Change orders."),
  report: z
    .strictObject({
      gate_checks: z
        .boolean()
        .default(true)
        .describe("Whether promotions, releases and hotfixes have a check `flowgate: BASE / GATE` for each gate."),
    })
    .prefault({})
    .describe("What is said where."),
  trains: z
    .record(
      z.string(),
      z
        .array(
          z.string().regex(/^(?!\.{1,2}$)[\w.-]{1,100}$/, "is no name of a repository; it stands without its owner"),
        )
        .min(2, "takes two repositories or more along")
        .max(40)
        .refine(
          (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
          "names a repository twice",
        ),
    )
    .refine(
      (trains) => Object.keys(trains).every((name) => TRAIN_NAME.test(name)),
      "calls a train by something else than up to 100 letters, digits and `.`, `_`, `-`, or blanks within",
    )
    .refine((trains) => Object.keys(trains).length <= 40, "lists more than 40 trains")
    .default({})
    .describe(
      "Components of the same owner that are released together, by the name of their train: repositories without their owner, in order, such as `{ hospital: [database, api, web] }`. `/promote train hospital` releases them one after the other, once all are ready.",
    ),
  lock: z
    .array(text)
    .max(50)
    .optional()
    .describe(
      "In the organisation's file only: keys, such as `roles` or `checks.required`, that components may not set. A component that does gets the organisation's value and a message.",
    ),
});

function compiles(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** A config file as it is written, valid by itself; what it leaves out is not there. */
export type Config = z.input<typeof configSchema>;

/** Stages in promotion order, two or more. */
export type Stages = readonly Branch[];

/** Whom an approval is asked of: a role, whoever has `maintain` or `admin`, or anybody who may write. */
export type Need = Role | "maintainer" | "writer";

/** What holds for a component: its file over the organisation's over the defaults of the team. */
export type Policy = {
  /** `observed`: no file was ever valid, so nothing is enforced. */
  readonly enforcement: "managed" | "report" | "observe" | "observed";
  /** How long an admin may keep a ruleset switched off. */
  readonly enforcementGrace: Duration;
  /** Whether one person may fill several roles. */
  readonly severalRoles: boolean;
  readonly stages: Stages;
  readonly features: readonly string[];
  readonly forks: "allow" | "refuse";
  /** Teams as `@organisation/team` and logins; null: nobody was named. */
  readonly roles: { readonly [role in Role]: readonly string[] | null };
  /** By stage past the first, and by `hotfix`. */
  readonly approvals: { readonly [of: string]: readonly Need[] };
  /** Into the first stage; null: as the repository allows. */
  readonly mergeFirst: MergeMethod | null;
  /** Past the first stage: only Flowgate, at a `/promote`, or GitHub's button too. */
  readonly mergeBy: "promote" | "anyone";
  readonly promotionHead: "pinned" | "stage";
  readonly release: { readonly publish: "automatic" | "by-hand" };
  readonly checks: { readonly required: readonly RequiredCheck[]; readonly allowNone: boolean };
  readonly provenance: { readonly trusted: readonly string[] };
  readonly artifacts: {
    readonly activation: string | null;
    /** Path of the procedure, by service. */
    readonly services: { readonly [service: string]: string };
    readonly forbidden: readonly string[];
    readonly allowed: readonly string[];
    readonly secrets: readonly string[];
    /** Path of the build command, by Dockerfile. */
    readonly build: { readonly [dockerfile: string]: string };
    readonly onFeature: boolean;
  };
  readonly runBook: {
    readonly required: boolean;
    readonly default: string | null;
    readonly directory: string;
    /** More words for headings, by phase. */
    readonly phases: { readonly [phase in Phase]: readonly string[] };
  };
  readonly backup: {
    readonly when: "always" | "data";
    readonly maxAge: Duration;
    /** Where a statement is seen that may destroy data. */
    readonly maxAgeDestructive: Duration;
    /** Each needs one; none named: one of any system is enough. */
    readonly systems: readonly string[];
    /** The systems that a workflow backs up, by `owner/name/path`. */
    readonly workflows: { readonly [workflow: string]: readonly string[] };
    /** How old the last test of a restore may be; null: none is asked for. */
    readonly restoreTest: Duration | null;
    readonly verifier: { readonly url: string } | null;
  };
  /** Patterns: of files that change data, of those that only look so, and of scripts that carry data over. */
  readonly data: {
    readonly paths: readonly string[];
    readonly ignore: readonly string[];
    readonly transition: readonly string[];
  };
  readonly override: { readonly closeWithin: Duration };
  readonly hotfix: { readonly reviewWithin: Duration };
  readonly readiness: { readonly blockers: readonly string[]; readonly verdict: boolean };
  readonly changeOrder: { readonly required: boolean; readonly pattern: string };
  readonly gateChecks: boolean;
  /** Repositories without their owner, in order, by the name of the train. */
  readonly trains: { readonly [name: string]: readonly string[] };
};
/** A check or status by name; `app` null: of whichever App. */
export type RequiredCheck = { readonly name: string; readonly app: number | null };

/** What a config says once it is whole. */
export function policyOf(config: Config): Policy {
  const { enforcement, enforcement_grace, team, stages, flow, roles, approvals, checks, ...rest } =
    configSchema.parse(config);
  const {
    provenance,
    artifacts,
    runbook,
    backup,
    data,
    readiness,
    change_order,
    report,
    merge,
    merge_by,
    promotion,
    release,
    override,
    trains,
    hotfix,
  } = rest;
  const named = namedIn(roles);
  return {
    enforcement,
    enforcementGrace: parseDuration(enforcement_grace) as Duration,
    severalRoles: team === "small",
    stages,
    features: flow.features,
    forks: flow.forks,
    roles: named,
    approvals: { ...defaultApprovals(stages, named), ...approvals },
    mergeFirst: merge.first_stage ?? null,
    mergeBy: merge_by,
    promotionHead: promotion.head,
    release: { publish: release.publish ?? (team === "regulated" ? "by-hand" : "automatic") },
    checks: { required: checks.required, allowNone: checks.allow_none },
    provenance,
    artifacts: {
      activation: artifacts.activation ?? null,
      services: artifacts.services,
      forbidden: artifacts.forbidden,
      allowed: artifacts.allowed,
      secrets: artifacts.secrets,
      build: Object.fromEntries(
        Object.entries(artifacts.build).map(([dockerfile, command]) => [dockerfile.replace(/^\.\//, ""), command]),
      ),
      onFeature: artifacts.on_feature,
    },
    runBook: { ...runbook, default: runbook.default ?? null },
    backup: {
      when: backup.when ?? (team === "small" ? "data" : "always"),
      maxAge: parseDuration(backup.max_age) as Duration,
      maxAgeDestructive: parseDuration(backup.max_age_destructive) as Duration,
      systems: backup.systems,
      workflows: backup.workflows,
      // `off` is no duration.
      restoreTest: parseDuration(backup.restore_test ?? (team === "regulated" ? "90d" : "off")),
      verifier: backup.verifier ?? null,
    },
    data,
    override: { closeWithin: parseDuration(override.close_within) as Duration },
    hotfix: { reviewWithin: parseDuration(hotfix.review_within) as Duration },
    readiness: {
      blockers: readiness.blockers,
      verdict: (readiness.verdict ?? (team === "regulated" ? "required" : "off")) === "required",
    },
    changeOrder: { required: change_order.required ?? team === "regulated", pattern: change_order.pattern },
    gateChecks: report.gate_checks,
    trains,
  };
}

const namedIn = (roles: z.output<typeof configSchema>["roles"]): Policy["roles"] => ({
  "release-manager": roles["release-manager"] ?? null,
  operations: roles.operations ?? null,
  quality: roles.quality ?? null,
  engineering: roles.engineering ?? null,
});

function defaultApprovals(stages: Stages, roles: Policy["roles"]): Policy["approvals"] {
  const last = (["engineering", "operations", "quality"] as const).filter((role) => roles[role] !== null);
  return {
    ...Object.fromEntries(stages.slice(1, -1).map((stage) => [stage, ["operations"] as const])),
    [stages.at(-1) as Branch]: last.length > 0 ? last : ["maintainer"],
    hotfix: ["release-manager"],
  };
}

/** The policy without a file: the default stages, observed. */
export const DEFAULT_POLICY: Policy = { ...policyOf({}), enforcement: "observed" };
