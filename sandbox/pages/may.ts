import type { Role } from "../model.ts";
import { atLeast, roleOf } from "../rights.ts";
import type { RepositoryVisit } from "./visit.ts";

/** Null when the person has at least this role here; else why a button is disabled for them. */
export function whyNot(visit: RepositoryVisit, needed: Role): string | null {
  const has = roleOf(visit.github, visit.by.account.id, visit.repository);
  if (atLeast(has, needed)) return null;
  return `Needs ${needed} access; ${visit.by.account.login} has ${has}.`;
}
