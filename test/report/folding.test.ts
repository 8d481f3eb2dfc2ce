import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sizeOf } from "../../src/flow/words.ts";
import { folded, type Part } from "../../src/report/folding.ts";

const A: Part = ["aaaaaaaaaaaa", "aaaaa", "a"];
const B: Part = ["bbbbbbbbbb", "b"];

describe("Parts of a text", () => {
  it("stand there in full, with an empty line between them, where there is room", () => {
    expect(folded([A, B, ["c"]], 1_000)).toBe("aaaaaaaaaaaa\n\nbbbbbbbbbb\n\nc");
    expect(folded([], 0)).toBe("");
  });

  it.each<[number, string]>([
    [27, "aaaaaaaaaaaa\n\nbbbbbbbbbb"],
    [26, "aaaaa\n\nbbbbbbbbbb"],
    [20, "aaaaa\n\nbbbbbbbbbb"],
    [19, "aaaaa\n\nb"],
    [10, "a\n\nb"],
    [7, "a\n\nb"],
    [0, "a\n\nb"],
  ])("are shortened for a room of %d, the longest first", (room, text) => {
    expect(folded([A, B], room)).toBe(text);
  });

  it("are measured as they will be written", () => {
    expect(folded([A, B], 100, (text) => 10 * sizeOf(text))).toBe("aaaaa\n\nb");
  });

  const part = fc
    .tuple(fc.string({ maxLength: 60 }), fc.array(fc.string({ maxLength: 20 }), { maxLength: 3 }))
    .map(([first, more]): Part => [first, ...more]);
  it("fit where they can, and are no shorter than they need to be", () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), fc.nat(400), (parts, room) => {
        const text = folded(parts, room);
        const full = parts.map(([first]) => first).join("\n\n");
        const least = parts.map((words) => words.at(-1)).join("\n\n");
        if (sizeOf(full) <= room) expect(text).toBe(full);
        else expect(sizeOf(text) <= room || text === least).toBe(true);
      }),
    );
  });
});
