import { describe, expect, it } from "@jest/globals";
import { oftenIn } from "../../src/board/often.ts";
import { later } from "../../src/flow/names.ts";
import { NOW } from "./samples.ts";

const at = (milliseconds: number) => later(NOW, milliseconds);

describe("Whoever comes too often", () => {
  it("waits until the time is over that began when they came first, and nobody else does", () => {
    const often = oftenIn(2, 60_000);
    expect([often.wait("a", at(0)), often.wait("a", at(1_000)), often.wait("a", at(2_000))]).toEqual([0, 0, 58_000]);
    expect(often.wait("b", at(2_000))).toBe(0);
    expect(often.wait("a", at(59_999))).toBe(1);
    expect([often.wait("a", at(60_000)), often.wait("a", at(60_000)), often.wait("a", at(60_000))]).toEqual([
      0, 0, 60_000,
    ]);
  });

  it("is forgotten where there are more than are kept, the oldest first", () => {
    const often = oftenIn(1, 60_000, 2);
    for (const who of ["a", "b", "c"]) expect(often.wait(who, at(0))).toBe(0);
    expect(often.wait("c", at(0))).toBe(60_000);
    expect(often.wait("a", at(0))).toBe(0);
  });
});
