import { z } from "zod";
import { type Collaborator, RIGHTS, type Right } from "../flow/facts.ts";
import type { Person } from "../flow/names.ts";
import { id } from "./parse.ts";

const person = z.object({ id, login: z.string() }).transform(({ id, login }): Person => ({ id, login }));

/** https://docs.github.com/rest/users/users#get-a-user */
export const userShape = z
  .object({ id, name: z.string().nullish() })
  .transform(({ id, name }) => ({ id, name: name?.trim() || null }));

/** https://docs.github.com/rest/teams/members#list-team-members */
export const membersShape = z.array(person);

const permissions = z.object({
  admin: z.boolean(),
  maintain: z.boolean().nullish(),
  push: z.boolean(),
  triage: z.boolean().nullish(),
  pull: z.boolean(),
});
const isRight = (name: string): name is Right => (RIGHTS as readonly string[]).includes(name);
/** What an organisation's own role amounts to: the highest of GitHub's that it includes. */
function rightOf({ admin, maintain, push, triage, pull }: z.output<typeof permissions>): Right {
  if (admin) return "admin";
  if (maintain) return "maintain";
  if (push) return "write";
  if (triage) return "triage";
  return pull ? "read" : "none";
}
/** https://docs.github.com/rest/collaborators/collaborators#list-repository-collaborators */
export const collaboratorsShape = z.array(
  z
    .union([
      z.object({ id, login: z.string(), role_name: z.string().refine(isRight) }),
      z.object({ id, login: z.string(), permissions: permissions.transform(rightOf) }),
    ])
    .transform(
      (one): Collaborator => ({
        person: { id: one.id, login: one.login },
        right: "role_name" in one ? one.role_name : one.permissions,
      }),
    ),
);

/** Who did something to a branch; null where that is no push, or its account was deleted. */
export const activitiesShape = z.array(
  z.union([
    z
      .object({
        activity_type: z.enum(["push", "force_push", "branch_creation", "pr_merge", "merge_queue_merge"]),
        actor: person.nullable(),
      })
      .transform(({ actor }) => actor),
    z.object({ activity_type: z.literal("branch_deletion") }).transform(() => null),
  ]),
);
