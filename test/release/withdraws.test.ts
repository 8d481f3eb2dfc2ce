import { expect, it } from "@jest/globals";
import { bodyThatCounts } from "../../src/flow/listed.ts";
import { withdrawsIn } from "../../src/release/withdraws.ts";

// biome-ignore format: a table is read by its columns
it.each<[string, string | null, readonly string[]]>([
  ["no body", null, []],
  ["another body", "It mends the export.", []],
  ["a line", "It mends the export.\n\nWithdraws: v1.4.0", ["1.4.0"]],
  ["several, in bold, and once", "**Withdraws:** v1.4.0, 1.4.1\n- withdraws: v1.4.0", ["1.4.0", "1.4.1"]],
  ["a link", "Withdraws: [v1.4.0](https://example.com)", ["1.4.0"]],
  ["what is none", "Withdraws: the export", []],
  ["a quote and code", "> Withdraws: v1.4.0\n\n```\nWithdraws: v1.4.0\n```", []],
  ["a body that cannot be read", `Withdraws: v1.4.0${"[".repeat(40_000)}`, []],
])("%s says what a hotfix withdraws", (_what, body, versions) => {
  expect(withdrawsIn(body)).toEqual(versions);
});

it("A body is kept that says so", () => {
  expect(bodyThatCounts("It mends the export.\n\n**Withdraws**: v1.4.0")).not.toBeNull();
  expect(bodyThatCounts("It withdraws nothing.")).toBeNull();
});
