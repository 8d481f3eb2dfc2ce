import { z } from "zod";
import type { Self } from "../flow/facts.ts";
import { instantText } from "../flow/listed.ts";
import { installationId, repositoryId } from "../flow/names.ts";
import { id, repositoryShape } from "./parse.ts";

// The shapes of what GitHub tells the App about itself, where it is installed, and what it delivered.

export const appShape = z
  .object({ id, slug: z.string().min(1) })
  .transform(({ id: app, slug }): Self => ({ app, bot: `${slug}[bot]` }));

export const installationsShape = z.array(
  z
    .object({
      id,
      account: z.object({ login: z.string().optional(), slug: z.string().optional() }).nullish(),
      suspended_at: z.string().nullish(),
    })
    .transform(({ id, account, suspended_at }) => ({
      installation: installationId(id),
      /** The login of an account; an enterprise has a slug instead. */
      account: account?.login ?? account?.slug ?? "",
      suspended: typeof suspended_at === "string",
    })),
);

export const installedShape = z.object({ repositories: z.array(repositoryShape) }).transform(({ repositories }) =>
  repositories.map(({ id, full_name, default_branch }) => ({
    repository: repositoryId(id),
    name: full_name,
    defaultBranch: default_branch,
  })),
);

export const deliveriesShape = z.array(
  z
    .object({
      /** Text where it is too long for a number. */
      id: z.union([id, z.string().regex(/^\d+$/)]),
      guid: z.string().min(1),
      delivered_at: instantText,
      status_code: z.number(),
      event: z.string(),
    })
    .transform(({ id, guid, delivered_at, status_code, event }) => ({
      id: String(id),
      guid,
      at: delivered_at,
      event,
      taken: status_code >= 200 && status_code < 300,
    })),
);
export type Deliveries = z.output<typeof deliveriesShape>;
