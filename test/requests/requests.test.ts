import { expect, it } from "@jest/globals";
import { isMet, measureRequests } from "../../bench/requests.ts";

it("asks of GitHub no more than each event may cost", async () => {
  const rows = await measureRequests();
  expect(rows.map(({ event, was }) => ({ event, ...was }))).toEqual(
    rows.map((row) => ({ event: row.event, ...(isMet(row) ? row.was : row.goal) })),
  );
  expect(rows.flatMap(({ calls }) => calls).filter((call) => /graphql|search|\/files/.test(call))).toEqual([]);
}, 300_000);
