import type { Read } from "./facts.ts";
import { canonical, digestOf } from "./ledger.ts";
import type { Hash, Json } from "./names.ts";

/**
 * The digest of all that was read from GitHub for a judgement, by what was asked, so that somebody who has the same answer
 * can show that it was the one; null where GitHub did not say.
 */
export const witnessed = (read: Read): { readonly [want: string]: Hash | null } =>
  Object.fromEntries(
    [...read].map(([want, fact]) => [want, fact.known ? digestOf(canonical(fact.value as Json)) : null]),
  );
