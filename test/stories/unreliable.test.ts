import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { startWorld, type World } from "../world.ts";

/**
 * What a few people do in a morning, one act after another. Refusals by GitHub are part of a morning: a merge that is
 * not allowed yet is simply not done.
 */
type Act = {
  readonly kind: "push" | "open" | "retarget" | "close" | "reopen" | "merge";
  readonly which: number;
  readonly base: number;
};

const BASES = ["development", "staging", "master"] as const;
const BRANCHES = ["feature/a", "feature/b", "fix/c", "login", "hotfix/d"] as const;

async function doAll(world: World, acts: readonly Act[], pace: () => Promise<void>): Promise<void> {
  const dora = world.person("dora");
  const numbers: number[] = [];
  for (const { kind, which, base } of acts) {
    const branch = BRANCHES[which % BRANCHES.length] as string;
    const number = numbers[which % Math.max(numbers.length, 1)];
    if (kind === "push" || numbers.length === 0) await dora.pushes(branch, "development").catch(() => {});
    if (kind === "open" || numbers.length === 0) {
      const opened = await dora.opens(branch, BASES[base % BASES.length] as string).catch(() => null);
      if (opened !== null) numbers.push(opened);
    }
    if (number === undefined) continue;
    if (kind === "retarget") await dora.retargets(number, BASES[base % BASES.length] as string).catch(() => {});
    if (kind === "close") await dora.closes(number).catch(() => {});
    if (kind === "reopen") await dora.reopens(number).catch(() => {});
    if (kind === "merge") await dora.merges(number);
    await pace();
  }
}

/** Each open pull request with what its check says. */
const state = (world: World) =>
  world.github.find
    .pullsOf(world.repository().id)
    .filter(({ state }) => state === "open")
    .map(({ number, head, base }) => {
      const run = world.check(number);
      return { number, head: head.ref, base: base.ref, title: run?.title ?? null, conclusion: run?.conclusion ?? null };
    });

const act = fc.record<Act>({
  kind: fc.constantFrom("push", "open", "open", "retarget", "close", "reopen", "merge"),
  which: fc.nat(9),
  base: fc.nat(2),
});

it("ends in the same state whether deliveries are dropped, doubled and reordered or not", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 6, maxLength: 14 }), fc.nat(0xffffff), async (acts, seed) => {
      const world = await startWorld();
      try {
        let dice = seed;
        const chance = () => {
          dice = (dice * 1_103_515_245 + 12_345) % 2_147_483_648;
          return dice / 2_147_483_648;
        };
        const kinds = ["drop", "double", "reorder"] as const;
        await doAll(world, acts, async () => {
          world.github.faults.clear();
          const kind = kinds[Math.floor(chance() * kinds.length)] ?? "drop";
          if (chance() < 0.6) world.github.faults.add({ on: "delivery", times: 1, does: { kind } });
        });
        await world.quiet();
        world.github.faults.clear();
        await world.app().sweep();
        await world.quiet();
        const unreliable = state(world);

        // What a Flowgate says that heard of nothing but the final state.
        await world.stopApp();
        await world.start();
        await world.quiet();
        expect(unreliable).toEqual(state(world));
        for (const { title } of unreliable) expect(title).not.toBeNull();
      } finally {
        await world.stop();
      }
    }),
    { numRuns: 8, endOnFailure: true },
  );
}, 120_000);
