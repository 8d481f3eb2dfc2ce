import { done, type Outcome, refused } from "../outcome.ts";
import type { Body } from "./call.ts";

type Kinds = {
  string: string;
  integer: number;
  boolean: boolean;
  object: Body;
  objects: readonly Body[];
  strings: readonly string[];
  integers: readonly number[];
};
type Kind = keyof Kinds;
/** A field's kind; a question mark says it may be missing, a bar and null that it may be null. */
type Spec = Kind | `${Kind}?` | `${Kind}|null?`;
type Value<S extends Spec> = S extends `${infer K extends Kind}|null?`
  ? Kinds[K] | null | undefined
  : S extends `${infer K extends Kind}?`
    ? Kinds[K] | undefined
    : S extends Kind
      ? Kinds[S]
      : never;
type Read<Shape extends Readonly<Record<string, Spec>>> = { readonly [Name in keyof Shape]: Value<Shape[Name]> };

const isObject = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
const checks: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === "boolean",
  object: isObject,
  objects: (value) => Array.isArray(value) && value.every(isObject),
  strings: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
  integers: (value) => Array.isArray(value) && value.every((one) => Number.isSafeInteger(one)),
};

/** The fields a request's body must or may have, or GitHub's 422 naming the first that is wrong. */
export function read<const Shape extends Readonly<Record<string, Spec>>>(
  body: Body,
  shape: Shape,
): Outcome<Read<Shape>> {
  const found: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(shape)) {
    const value = body[name];
    const kind = spec.replace(/(\|null)?\?$/, "") as Kind;
    if (value === undefined || (value === null && spec.endsWith("?"))) {
      if (!spec.endsWith("?")) return refused(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
      if (value === null && spec.includes("|null")) found[name] = null;
      continue;
    }
    if (!checks[kind](value)) {
      return refused(422, `Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not a ${kind}.`);
    }
    found[name] = value;
  }
  return done(found as Read<Shape>);
}
