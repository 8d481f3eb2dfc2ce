import { startApp } from "../src/app.ts";
import { KEY } from "./candidates.ts";
import { deliver, labelled, manyTimes, opened, SECRET } from "./load.ts";
import { benchSettings } from "./settings.ts";
import { startStub } from "./stub.ts";

const RUN = 1;

/**
 * Opens so many feature pull requests and puts a label on each that no rule is about: on a stub, since Flowgate hears all
 * that it has to know.
 *
 * @returns what Flowgate asked of GitHub for the labels, as `GET /path`.
 */
export async function measureLabels(pulls: number): Promise<readonly string[]> {
  const stub = await startStub(0);
  const app = await startApp(benchSettings({ apiUrl: stub.url, privateKey: KEY, webhookSecret: SECRET }));
  const quiet = async () => {
    for (let calm = 0; calm < 2; calm = (await app.idle()) ? calm + 1 : 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    await quiet();
    stub.reset();
    await manyTimes(pulls, 16, (n) => deliver(app.url, `opened-${n}`, opened(RUN, n)));
    await stub.arrived(pulls);
    await quiet();
    stub.reset();
    await manyTimes(pulls, 16, (n) => deliver(app.url, `labelled-${n}`, labelled(RUN, n, "autumn")));
    await quiet();
    // What could not be read would cost nothing either.
    const metrics = await (await fetch(`${app.url}/metrics`)).text();
    if (!/^flowgate_unread 0$/m.test(metrics)) throw new Error("Flowgate could not read all that it was sent");
    return [...stub.asked];
  } finally {
    await app.stop();
    stub.stop();
  }
}
