import { createComment } from "../sandbox/comments.ts";
import { must } from "../sandbox/outcome.ts";
import { startWorld } from "../test/world.ts";
import type { Size } from "./load.ts";
import { counted } from "./requests.ts";

/** What Flowgate asks of GitHub, reads + writes, when a feature pull request of a size is opened, and when it is pushed to. */
export type GrowthCost = { readonly opened: string; readonly pushed: string };

/** Opens a feature pull request of this size, has it talked about, and pushes to it. */
export async function measureGrowth({ files, commits, comments }: Size): Promise<GrowthCost> {
  const world = await startWorld();
  try {
    const dora = world.person("dora");
    const content = Object.fromEntries(Array.from({ length: files }, (_, n) => [`many/${n}.txt`, `${n}\n`]));
    await dora.pushes("feature/large", "development", { files: content });
    for (let n = 1; n < commits; n++) await dora.pushes("feature/large");
    await world.quiet();
    const cost = async (act: () => Promise<unknown>) => {
      world.clock.skip(2_000);
      world.github.requests.reset();
      await act();
      await world.quiet();
      const { reads, writes } = counted(world).was;
      return `${reads} + ${writes}`;
    };
    let number = 0;
    const opened = await cost(async () => {
      number = await dora.opens("feature/large", "development");
    });
    for (let n = 0; n < comments; n++)
      must(createComment(world.github, dora.actor, world.repository(), number, `Thought ${n}`));
    await world.quiet();
    const pushed = await cost(() => dora.pushes("feature/large"));
    return { opened, pushed };
  } finally {
    await world.stop();
  }
}
