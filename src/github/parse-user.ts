import { z } from "zod";
import type { Readable } from "../flow/as-user.ts";
import type { Right } from "../flow/facts.ts";
import { installationId, type Person, repositoryId } from "../flow/names.ts";
import { id } from "./parse.ts";

// The shapes of what GitHub tells about a person, to whoever asks as that person.

/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app */
export const grantShape = z.union([
  z
    .object({
      access_token: z.string().min(1),
      /** Seconds. Not there where the App's owner chose tokens that do not expire. */
      expires_in: z.number().positive().optional(),
      refresh_token: z.string().min(1).optional(),
    })
    .transform(({ access_token, expires_in, refresh_token }) => ({
      token: access_token,
      seconds: expires_in ?? null,
      refresh: refresh_token ?? null,
    })),
  z.object({ error: z.string().min(1) }),
]);

export const personShape = z
  .object({ id, login: z.string().min(1) })
  .transform(({ id, login }): Person => ({ id, login }));

export const ownInstallationsShape = z
  .object({ installations: z.array(z.object({ id, suspended_at: z.string().nullish() })) })
  .transform(({ installations }) =>
    installations.map(({ id, suspended_at }) => ({
      installation: installationId(id),
      suspended: typeof suspended_at === "string",
    })),
  );

/** GitHub's words for what somebody may do, the most first. */
const MAY = [
  ["admin", "admin"],
  ["maintain", "maintain"],
  ["push", "write"],
  ["triage", "triage"],
] as const;
/** That GitHub shows a repository at all means that one may read it; what it does not say is no right. */
const rightShape = z
  .object({ admin: z.boolean(), maintain: z.boolean(), push: z.boolean(), triage: z.boolean() })
  .partial()
  .nullish()
  .transform((may): Right => MAY.find(([word]) => may?.[word])?.[1] ?? "read");

const repository = z.object({ id, full_name: z.string().min(1), permissions: rightShape }).transform(
  ({ id, full_name, permissions }): Readable => ({
    repository: repositoryId(id),
    name: full_name,
    right: permissions,
  }),
);
export const ownRepositoriesShape = z
  .object({ repositories: z.array(repository) })
  .transform(({ repositories }) => repositories);
export const ownRepositoryShape = repository;
