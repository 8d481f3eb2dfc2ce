import { isHome } from "./component.ts";
import { CONFIG_PATH, type Config, DEFAULT_POLICY, type Policy, policyOf } from "./config.ts";
import { canonical } from "./ledger.ts";
import type { Json } from "./names.ts";

type Tree = { readonly [key: string]: Json };

/** What two files together ask for, and what in them cannot be. */
export type Made = {
  readonly policy: Policy;
  /** The policy is in force without what they name. */
  readonly problems: readonly Flaw[];
};
/** What cannot be: the key it is about, and why, in one sentence. */
export type Flaw = { readonly path: readonly string[]; readonly because: string };

/**
 * The policy that a file makes where it lies.
 *
 * @param repository `owner/name`: that of the organisation's config has nothing above it.
 */
export const madeIn = (repository: string, own: Config | null, above: Config | null): Made =>
  isHome(repository) ? madeOf(null, own) : madeOf(own, above);

/**
 * The policy of a component: its own file over the organisation's over the defaults. Mappings are laid over each
 * other key by key, lists replace each other. A key that the organisation locks keeps the organisation's value.
 *
 * @param component null: it has no file. @param organisation null: there is none.
 */
export function madeOf(component: Config | null, organisation: Config | null): Made {
  if (component === null && organisation === null) return { policy: DEFAULT_POLICY, problems: [] };
  const { lock = [], ...ours } = (organisation ?? {}) as Config;
  const problems: Flaw[] = [];
  let theirs = (component ?? {}) as Tree;
  if (theirs["lock"] !== undefined) {
    problems.push({
      path: ["lock"],
      because: "`lock` counts in the organisation's file only; take it out of this one.",
    });
    theirs = without(theirs, ["lock"]);
  }
  for (const key of lock) {
    if (valueAt(theirs, key.split(".")) === undefined) continue;
    theirs = without(theirs, key.split("."));
    problems.push({
      path: key.split("."),
      because: `\`${key}\` is locked by the organisation's ${CONFIG_PATH}, so the value here does not count; take it out.`,
    });
  }
  const policy = policyOf(over(ours as Tree, theirs) as Config);
  return { policy, problems: [...problems, ...strangers(policy)] };
}

/** Approvals are asked into stages, and for hotfixes; a list under any other name would never be asked for. */
function strangers({ approvals, stages }: Policy): readonly Flaw[] {
  const known: readonly string[] = [...stages.slice(1), "hotfix"];
  return Object.keys(approvals)
    .filter((of) => !known.includes(of))
    .map((of) => ({
      path: ["approvals", of],
      because: `\`approvals.${of}\` is never asked for: \`${of}\` is no stage past the first. Known here: ${known.map((name) => `\`${name}\``).join(", ")}.`,
    }));
}

function over(below: Tree, above: Tree): Tree {
  const merged: { [key: string]: Json } = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const under = merged[key];
    merged[key] = isTree(under) && isTree(value) ? over(under, value) : value;
  }
  return merged;
}

const isTree = (value: Json | undefined): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function valueAt(tree: Tree, [key = "", ...rest]: readonly string[]): Json | undefined {
  const value = tree[key];
  if (rest.length === 0) return value;
  return isTree(value) ? valueAt(value, rest) : undefined;
}

function without(tree: Tree, [key = "", ...rest]: readonly string[]): Tree {
  const { [key]: value, ...others } = tree;
  return rest.length > 0 && isTree(value) ? { ...others, [key]: without(value, rest) } : others;
}

/** How one policy differs from another, a line for each key, in words. */
export function difference(before: Policy, after: Policy): readonly string[] {
  const lines = (policy: Policy) => new Map(flat("", policy as unknown as Tree));
  const was = lines(before);
  const is = lines(after);
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const from = shown(was.get(key));
    const to = shown(is.get(key));
    return from === to ? [] : [`${key}: ${from} → ${to}`];
  });
}

function flat(prefix: string, tree: Tree): readonly (readonly [string, Json])[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    return isTree(value) ? flat(name, value) : [[name, value] as const];
  });
}

function shown(value: Json | undefined): string {
  if (value === undefined) return "not set";
  if (value === null) return "nobody named";
  if (Array.isArray(value))
    return value.length === 0
      ? "none"
      : value.map((one) => (typeof one === "string" ? one : canonical(one))).join(", ");
  return String(value);
}
