import { z } from "zod";
import type { Answers } from "../flow/facts.ts";
import { type Instant, later } from "../flow/names.ts";
import type { Line } from "./call.ts";
import { failed, found, type Outcome } from "./failure.ts";

/** When to ask again where there is no token. */
const NO_TOKEN_MS = 60_000;

const grantShape = z.object({ permissions: z.record(z.string(), z.string()) });

/**
 * What an installation lets the App do, as its token says. There is one anyway, so that this costs no call.
 * https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export async function permissionsOf(
  { octokit }: Pick<Line, "octokit">,
  clock: { now(): Instant },
): Promise<Outcome<Answers["permissions"]>> {
  try {
    const client = await octokit();
    return found(grantShape.parse(await client.auth({ type: "installation" })).permissions);
  } catch {
    const until = later(clock.now(), NO_TOKEN_MS);
    return failed({ kind: "unsent", status: null, message: "", how: "Flowgate could not sign in", until });
  }
}
