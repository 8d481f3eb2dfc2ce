import { type Answers, type Fact, type Facts, type Want, wantKey } from "./flow/facts.ts";
import type { Look, WantOfGithub, WantOfRunBook, WantOfVerifier } from "./flow/look.ts";

export type Verified = Answers["verified"];
/** Asks the verifier of a component. Never rejects. */
export type Verify = (
  url: string,
  asked: Omit<WantOfVerifier, "want"> & { readonly repository: string },
) => Promise<Fact<Verified>>;

/**
 * The same look that also asks verifiers whether a backup is there, while the rest is looked at.
 *
 * @param urlOf where the verifier of a component listens; null: it names none.
 */
export function verifying(
  look: Look<WantOfGithub>,
  {
    verify,
    urlOf,
    clock,
  }: {
    readonly verify: Verify;
    readonly urlOf: (facts: Facts) => string | null;
    readonly clock: { now(): import("./flow/names.ts").Instant };
  },
): Look<Exclude<Want, WantOfRunBook>> {
  return async (lease, facts, wants) => {
    const asked = wants.filter((want) => want.want === "verified");
    const others = wants.filter((want) => want.want !== "verified");
    const [seen, ...answered] = await Promise.all([
      others.length === 0 ? new Map<string, Fact<unknown>>() : look(lease, facts, others),
      ...asked.map(async (want) => [wantKey(want), await answer(facts, want)] as const),
    ]);
    return new Map<string, Fact<unknown>>([...seen, ...answered]);
  };

  async function answer(facts: Facts, { system, id, finished }: WantOfVerifier): Promise<Fact<Verified>> {
    const url = urlOf(facts);
    if (url === null || facts.component === null) {
      return {
        known: true,
        value: { is: false, because: "The config names no verifier (`backup.verifier.url`)." },
        at: clock.now(),
      };
    }
    return verify(url, { repository: facts.component.name, system, id, finished });
  }
}
