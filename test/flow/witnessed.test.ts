import { expect, it } from "@jest/globals";
import type { Fact } from "../../src/flow/facts.ts";
import { witnessed } from "../../src/flow/witnessed.ts";
import { NOW } from "../builders.ts";

it("tells what was read by its digest, whatever the order of its fields", () => {
  const known = (value: unknown): Fact<unknown> => ({ known: true, value, at: NOW });
  const read = (value: unknown) => witnessed(new Map([["branch master", known(value)]]));
  expect(read({ a: 1, b: [null] })).toEqual({ "branch master": expect.stringMatching(/^[\da-f]{64}$/) });
  expect(read({ b: [null], a: 1 })).toEqual(read({ a: 1, b: [null] }));
  expect(read({ a: 2, b: [null] })).not.toEqual(read({ a: 1, b: [null] }));
  expect(witnessed(new Map([["tags", { known: false, because: "GitHub is down.", retryAt: NOW }]]))).toEqual({
    tags: null,
  });
});
