import { expect, it } from "@jest/globals";
import { reply } from "../../src/report/reply.ts";
import { verdict } from "../builders.ts";

it("says of one line what came of it, and of several each", () => {
  expect(reply([{ line: "/hold", says: "#12 is held: *no*." }], null)).toBe("\\#12 is held: \\*no\\*.");
  expect(
    reply(
      [
        { line: "/hold", says: "Held." },
        { line: "/gates", says: "Judged." },
      ],
      null,
    ),
  ).toBe("- `/hold`: Held.\n- `/gates`: Judged.");
});

it("shows below it what belongs to it", () => {
  expect(reply([{ line: "/help", says: "So.", shows: "| a |" }], null)).toBe("So.\n\n| a |");
  const table = reply([{ line: "/gates", says: "Judged afresh.", table: true }], verdict());
  expect(table).toMatch(/^Judged afresh\.\n\n\| gate \| outcome \| why \| what to do \|\n/);
  expect(reply([{ line: "/gates", says: "Judged afresh.", table: true }], null)).toBe(
    "Judged afresh.\n\nThere is nothing to judge here.",
  );
  expect(reply([], null)).toBe("");
});
