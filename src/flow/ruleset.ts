import type { Branch } from "./names.ts";

/** A rule as GitHub's REST API takes it, of the types that Flowgate writes. */
export type Rule =
  | { readonly type: "creation" | "update" | "deletion" | "non_fast_forward" }
  | {
      readonly type: "pull_request";
      readonly parameters: {
        readonly required_approving_review_count: number;
        readonly dismiss_stale_reviews_on_push: boolean;
        readonly require_code_owner_review: boolean;
        readonly require_last_push_approval: boolean;
        readonly required_review_thread_resolution: boolean;
        readonly allowed_merge_methods: readonly ("merge" | "squash" | "rebase")[];
      };
    }
  | {
      readonly type: "required_status_checks";
      readonly parameters: {
        readonly required_status_checks: readonly { readonly context: string; readonly integration_id: number }[];
        readonly strict_required_status_checks_policy: boolean;
        readonly do_not_enforce_on_create: boolean;
      };
    };

/** Whom a ruleset does not bind. The id of an App is the App's, of what there is once it may be null. */
export type BypassActor = {
  readonly actor_id: number | null;
  readonly actor_type: string;
  /** `always`, `pull_request` or `exempt`. */
  readonly bypass_mode: string;
};

/** A repository ruleset as we write it: PUT replaces all of it. */
export type RulesetContent = {
  readonly name: string;
  readonly target: "branch" | "tag";
  readonly enforcement: "active";
  readonly bypass_actors: readonly BypassActor[];
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  readonly rules: readonly Rule[];
};

/** A ruleset as GitHub tells it. */
export type LiveRuleset = {
  readonly id: number;
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  /** Null: GitHub does not show it to us. */
  readonly bypassActors: readonly BypassActor[] | null;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly { readonly type: string; readonly parameters: { readonly [key: string]: unknown } }[];
};

export const checkName = (base: Branch): string => `flowgate: ${base}`;
export const rulesetTitle = (stage: Branch): string => `flowgate: ${stage}`;
/** A branch's name has no blank, so no stage has a ruleset of this title. */
export const mergesTitle = (stage: Branch): string => `flowgate: ${stage} merges`;
export const TAGS_TITLE = "flowgate: tags";
export const TAGS_FINAL_TITLE = "flowgate: tags are final";

const OF_A_STAGE = /^flowgate: (\S+)(?: merges)?$/;

/** The stage that a ruleset of that title is for; `every`: those for tags, which one of the stages keeps; null: it is none of ours. */
export function stageOf(title: string): Branch | "every" | null {
  if (title === TAGS_TITLE || title === TAGS_FINAL_TITLE) return "every";
  return (OF_A_STAGE.exec(title)?.[1] as Branch | undefined) ?? null;
}

/** What a ruleset of that title is for. */
export const targetOf = (title: string): RulesetContent["target"] => (stageOf(title) === "every" ? "tag" : "branch");

/** What the rulesets of a stage depend on. */
export type Ruled = {
  readonly stage: Branch;
  readonly first: boolean;
  /** The last stage keeps the rulesets for tags too: what it holds is what they name. */
  readonly last: boolean;
  readonly mergeBy: "promote" | "anyone";
  /** The App's id: a check of the same name by anybody else does not count. */
  readonly app: number;
};

/** The titles of all rulesets that a stage may have of us. */
export const titlesOf = ({ stage, last }: Pick<Ruled, "stage" | "last">): readonly string[] => [
  rulesetTitle(stage),
  mergesTitle(stage),
  ...(last ? [TAGS_TITLE, TAGS_FINAL_TITLE] : []),
];

/** The rulesets by which GitHub refuses on a stage what Flowgate refuses, that of its check first. */
export const wantedRulesets = (ruled: Ruled): readonly RulesetContent[] => [
  checkRuleset(ruled),
  ...(ruled.first || ruled.mergeBy === "anyone" ? [] : [mergesRuleset(ruled)]),
  ...(ruled.last ? tagRulesets(ruled) : []),
];

/**
 * Only pull requests, with our check from our App; past the first stage by merge commit only, since a squash would cut
 * the ancestry that promotions rest on; no force-push, no deletion, and nobody bypasses.
 */
export const checkRuleset = ({ stage, first, app }: Pick<Ruled, "stage" | "first" | "app">): RulesetContent => ({
  ...onBranch(rulesetTitle(stage), stage),
  bypass_actors: [],
  rules: [
    { type: "deletion" },
    { type: "non_fast_forward" },
    {
      type: "pull_request",
      parameters: {
        required_approving_review_count: 0,
        dismiss_stale_reviews_on_push: false,
        require_code_owner_review: false,
        require_last_push_approval: false,
        required_review_thread_resolution: false,
        allowed_merge_methods: first ? ["merge", "squash", "rebase"] : ["merge"],
      },
    },
    {
      type: "required_status_checks",
      parameters: {
        required_status_checks: [{ context: checkName(stage), integration_id: app }],
        strict_required_status_checks_policy: false,
        do_not_enforce_on_create: true,
      },
    },
  ],
});

/** Only the App moves it: past the first stage `/promote` merges, and no button. */
const mergesRuleset = ({ stage, app }: Ruled): RulesetContent => ({
  ...onBranch(mergesTitle(stage), stage),
  bypass_actors: [theApp(app)],
  rules: [{ type: "update" }],
});

/** Only the App names a release, and nobody moves or takes away a name once it is given, the App neither. */
const tagRulesets = ({ app }: Ruled): readonly RulesetContent[] => [
  { ...onTags(TAGS_TITLE), bypass_actors: [theApp(app)], rules: [{ type: "creation" }] },
  { ...onTags(TAGS_FINAL_TITLE), bypass_actors: [], rules: [{ type: "update" }, { type: "deletion" }] },
];

const onBranch = (name: string, stage: Branch) =>
  ({
    name,
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: [`refs/heads/${stage}`], exclude: [] } },
  }) as const;

const onTags = (name: string) =>
  ({
    name,
    target: "tag",
    enforcement: "active",
    conditions: { ref_name: { include: ["refs/tags/v*"], exclude: [] } },
  }) as const;

const APP = "Integration";
const theApp = (app: number): BypassActor => ({ actor_id: app, actor_type: APP, bypass_mode: "always" });

/**
 * What somebody changed in a ruleset of ours, in words, in a fixed order; empty where it is as we want it.
 * Parameters that we do not set are GitHub's to default.
 */
export function drift(wanted: RulesetContent, live: LiveRuleset): readonly string[] {
  const found: string[] = [];
  if (live.target !== wanted.target) found.push(`its target is ${live.target}`);
  if (live.enforcement !== wanted.enforcement) found.push(`its enforcement is ${live.enforcement}`);
  if (live.bypassActors !== null) found.push(...bypassDrift(wanted.bypass_actors, live.bypassActors));
  const { include, exclude } = wanted.conditions.ref_name;
  if (!same(live.include, include) || !same(live.exclude, exclude)) {
    found.push(`it covers ${[...live.include, ...live.exclude.map((ref) => `not ${ref}`)].join(", ") || "nothing"}`);
  }
  for (const rule of wanted.rules) {
    const there = live.rules.find(({ type }) => type === rule.type);
    if (there === undefined) found.push(`the rule ${rule.type} is gone`);
    else if ("parameters" in rule && !within(rule.parameters, there.parameters))
      found.push(`the rule ${rule.type} was changed`);
  }
  for (const { type } of live.rules) {
    if (!wanted.rules.some((rule) => rule.type === type)) found.push(`a rule ${type} was added`);
  }
  return found;
}

function bypassDrift(wanted: readonly BypassActor[], live: readonly BypassActor[]): readonly string[] {
  const isSame = (a: BypassActor, b: BypassActor) => a.actor_type === b.actor_type && a.actor_id === b.actor_id;
  return [
    ...wanted.filter((actor) => !live.some((other) => isSame(actor, other))).map(() => "Flowgate may not bypass it"),
    ...live
      .filter((actor) => !wanted.some((other) => isSame(actor, other) && actor.bypass_mode === other.bypass_mode))
      .map(
        (actor) => `${inWords(actor)} may bypass it${actor.bypass_mode === "always" ? "" : ` (${actor.bypass_mode})`}`,
      ),
  ];
}

/** The ids of GitHub's own roles are the same everywhere; the name of a team, a person or an App is not told with its id. */
function inWords({ actor_type: type, actor_id: id }: BypassActor): string {
  const all = type === "RepositoryRole" ? ROLES[id ?? 0] : EVERYBODY[type];
  return all ?? `${ONE[type] ?? type} ${id ?? ""}`.trim();
}

const ROLES: { readonly [id: number]: string } = {
  2: "who has `maintain`",
  4: "who has `write`",
  5: "who has `admin`",
};
const EVERYBODY: { readonly [type: string]: string } = {
  OrganizationAdmin: "owners of the organisation",
  EnterpriseOwner: "owners of the enterprise",
  DeployKey: "who has a deploy key",
};
const ONE: { readonly [type: string]: string } = { [APP]: "the App", Team: "the team", User: "the user" };

/** Whether the only thing that differs is that somebody switched it off: an admin's decision, not a mistake. */
export const onlyDisabled = (wanted: RulesetContent, live: LiveRuleset): boolean =>
  live.enforcement === "disabled" && drift(wanted, { ...live, enforcement: wanted.enforcement }).length === 0;

/** Whether everything that `wanted` sets is set so in `live`, which may have more keys; lists agree in any order. */
function within(wanted: unknown, live: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(live) || live.length !== wanted.length) return false;
    return wanted.every((item) => live.some((other) => within(item, other)));
  }
  if (wanted === null || typeof wanted !== "object") return wanted === live;
  if (live === null || typeof live !== "object") return false;
  return Object.entries(wanted).every(([key, value]) => within(value, (live as Record<string, unknown>)[key]));
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((ref) => b.includes(ref));
