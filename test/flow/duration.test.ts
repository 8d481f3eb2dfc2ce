import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { after, parseDuration } from "../../src/flow/duration.ts";
import { between, instant, later, weekday } from "../../src/flow/names.ts";

/** 2026-11-20 was a Friday. */
const day = (date: number, hour = 9) => instant(Date.UTC(2026, 10, date, hour));
const FRIDAY = 20;
const plus = (text: string, from = day(FRIDAY)) =>
  after(from, parseDuration(text) as NonNullable<ReturnType<typeof parseDuration>>);

describe("A duration", () => {
  it.each([
    ["90s", { milliseconds: 90_000 }],
    ["30m", { milliseconds: 1_800_000 }],
    ["4h", { milliseconds: 14_400_000 }],
    ["5d", { milliseconds: 432_000_000 }],
    ["2wd", { workingDays: 2 }],
    ["0s", { milliseconds: 0 }],
    ["3650d", { milliseconds: 3_650 * 86_400_000 }],
    ["3651d", null],
    ["3651wd", null],
    ["999999999999d", null],
    ["9999999999999s", null],
  ])("%s", (text, duration) => {
    expect(parseDuration(text)).toEqual(duration);
  });

  it.each(["", "4", "h", "4 h", "-4h", "4.5h", "4H", "4w", "4h30m", "１h", "4h\n"])("is not “%s”", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it("of working days leaves out Saturday and Sunday, and keeps the time of day", () => {
    expect(plus("1wd")).toBe(day(23));
    expect(plus("2wd")).toBe(day(24));
    expect(plus("5wd")).toBe(day(27));
    expect(plus("6wd")).toBe(day(30));
    expect(plus("1wd", day(21))).toBe(day(23));
    expect(plus("1wd", day(22, 23))).toBe(day(23, 23));
    expect(plus("0wd", day(21))).toBe(day(21));
  });

  it("of n working days is n days that are none of the weekend", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 30 }), (n, date) => {
        const [from, to] = [day(date), after(day(date), { workingDays: n })];
        const days = Array.from({ length: between(from, to) / 86_400_000 }, (_, i) =>
          later(from, (i + 1) * 86_400_000),
        );
        expect(days.filter((at) => weekday(at) !== 0 && weekday(at) !== 6)).toHaveLength(n);
      }),
    );
  });
});
