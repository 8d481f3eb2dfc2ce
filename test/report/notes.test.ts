import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { sizeOf } from "../../src/flow/words.ts";
import type { CarriedPull } from "../../src/release/carried.ts";
import type { Exceptions, Told } from "../../src/release/notes.ts";
import { releaseNotes } from "../../src/report/notes.ts";
import { expectGolden } from "../board/golden.ts";
import { carried, loose, pull } from "../release/carrying.ts";
import { CARL, NINA, RITA } from "../release/walks.ts";

const NONE: Exceptions = { skipped: [], overrides: [], deviations: [] };
const told = (more: Partial<Told> = {}): Told => ({
  chosen: { tag: "v1.5.0", previous: "v1.4.0", because: "minor, because #12 brings a feature", remarks: [] },
  number: 40,
  by: RITA,
  carried: carried([]),
  exceptions: NONE,
  compareUrl: "https://github.com/acme/api/compare/v1.4.0...v1.5.0",
  ...more,
});
const by = (
  author: Omit<CarriedPull["author"], "bot">,
  number: number,
  title: string,
  more: Partial<CarriedPull> = {},
) => pull(number, title, { author: { bot: author.login.endsWith("[bot]"), ...author }, ...more });

const PULLS = [
  by({ id: 90, login: "renovate[bot]" }, 11, "chore(deps): bump left-pad from 1.0.0 to 1.3.0"),
  pull(12, "feat: log in with a passkey"),
  by(CARL, 14, "Fixes #3 | asked for by @acme/all, see https://example.com/a <b>now</b>", { labels: ["bug"] }),
  by(NINA, 15, "feat(api)!: drop v1", {
    messages: ["feat(api)!: drop v1\n\nBREAKING CHANGE: clients of v1 get 410.\nSee #9 and @dora.", "wip"],
  }),
  pull(16, "Tidy up"),
  pull(17, "docs: how to log in"),
  by(CARL, 18, "perf: fewer queries"),
  by(CARL, 19, 'revert: "log out" twice'),
];
const EXCEPTIONS: Exceptions = {
  skipped: [
    { label: "P5", text: "Tell @support", because: "nobody uses it yet", by: CARL, confirmedBy: RITA },
    { label: "P9", text: "Watch the errors", because: "no\nscreen", by: null, confirmedBy: null },
  ],
  overrides: [
    { gate: "backup", because: "the snapshot server is down, see #44", by: RITA, confirmedBy: CARL },
    { gate: "readiness", because: "severity was wrong", by: RITA, confirmedBy: null },
  ],
  deviations: [
    {
      because:
        "a1b2c3d was pushed to staging by dora at 2026-11-22 09:40 UTC, and no pull request that passed explains it",
      cleared: "accepted by rita: a typo in the README",
    },
    { because: "the ruleset of master was switched off by carl", cleared: null },
  ],
};

describe("The notes of a release", () => {
  it.each<[string, Partial<Told>]>([
    ["several", { carried: carried(PULLS), exceptions: EXCEPTIONS }],
    [
      "first",
      {
        chosen: { tag: "v1.0.0", previous: null, because: "`v1.0.0`, because it is the first release", remarks: [] },
        by: null,
        compareUrl: null,
        carried: carried(PULLS.slice(1, 2), {
          whole: false,
          loose: [loose("a", "Mend #1"), loose("b", "x", { author: null })],
        }),
      },
    ],
    ["nothing", {}],
    [
      "breaks-much",
      {
        carried: carried([
          pull(1, "feat!: all of it", {
            messages: Array.from({ length: 7 }, (_, n) => `x\n\nBREAKING CHANGE: ${"long ".repeat(n * 20)}${n}`),
          }),
        ]),
      },
    ],
  ])("%s", (name, more) => {
    expectGolden(`notes/${name}.md`, `${releaseNotes(told(more))}\n`);
  });

  const many = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => pull(n + 1, `${n % 3 === 0 ? "feat" : "fix"}: ${"@".repeat(length)}`));
  const skipped = (count: number): Exceptions => ({
    ...NONE,
    skipped: Array.from({ length: count }, () => ({
      label: "P1",
      text: "x".repeat(300),
      because: "y".repeat(300),
      by: CARL,
      confirmedBy: null,
    })),
  });
  it.each<[string, Partial<Told>, RegExp, RegExp]>([
    ["all, where it fits", { carried: carried(many(300, 100)) }, /^- #300 fix: @/m, /^\d+ pull requests/m],
    [
      "the longest section in numbers",
      { carried: carried(many(330, 240)) },
      /^### Features\n\n- #1 feat: [\s\S]+\n\n### Fixes\n\n220 pull requests: #2, #3, #5, /m,
      /^- #2 /m,
    ],
    [
      "all in numbers",
      { carried: carried(many(1_000, 240)) },
      /^### Features\n\n334 pull requests: #1, #4, [\s\S]+\n\n### Fixes\n\n666 pull requests: #2, /m,
      /^- /m,
    ],
    ["how many there are", { carried: carried(many(60_000, 1)) }, /^### Fixes\n\n40000 pull requests$/m, /#2/],
    [
      "commits by number",
      { carried: carried([], { loose: Array.from({ length: 1_000 }, (_, n) => loose(`${n}`, "@".repeat(200))) }) },
      /known for\n\n1000 commits$/,
      /^- /m,
    ],
    [
      "exceptions before changes",
      { carried: carried(many(1_000, 200)), exceptions: skipped(90) },
      /^### Exceptions\n\n(?:- Skipped: [^\n]+(?:\n|$)){90}/m,
      /^- #/m,
    ],
    [
      "exceptions, counted",
      { carried: carried(many(3, 10)), exceptions: skipped(200) },
      /### Exceptions\n\n200 items skipped, 0 gates overridden, 0 deviations; the evidence tells of each$/,
      /^- Skipped/m,
    ],
  ])("tell %s, and always fit", (_what, more, shows, hides) => {
    const notes = releaseNotes(told(more));
    expect(sizeOf(notes)).toBeLessThanOrEqual(125_000);
    expect(notes).toMatch(shows);
    expect(notes).not.toMatch(hides);
  });

  it("tell what its version makes people look at", () => {
    const remarks = ["`package.json` says `1.3.0`, and not 1.5.0.", `Left alone: \`${"x".repeat(400)}\`.`];
    const notes = releaseNotes(told({ chosen: { ...told().chosen, remarks } }));
    expect(notes).toMatch(
      /\n\n### About the version\n\n- `package\.json` says `1\.3\.0`, and not 1\.5\.0\.\n- Left alone: `x{280,300}…`$/,
    );
  });

  it("take no more room than there is", () => {
    const much = told({ carried: carried(many(300, 100)), exceptions: skipped(90) });
    const notes = releaseNotes(much, 20_000);
    expect(sizeOf(notes)).toBeLessThanOrEqual(20_000);
    expect(notes).toContain("90 items skipped, 0 gates overridden");
  });

  it("are the same however things are listed", () => {
    const shuffled = fc.shuffledSubarray(PULLS, { minLength: PULLS.length });
    fc.assert(
      fc.property(shuffled, (pulls) => {
        expect(releaseNotes(told({ carried: carried(pulls) }))).toBe(releaseNotes(told({ carried: carried(PULLS) })));
      }),
    );
  });

  it("name the pull request that a gate was overridden on, where that is another one", () => {
    const over = { gate: "checks", because: "the runner is down", by: CARL, confirmedBy: RITA };
    const exceptions = { ...NONE, overrides: [over, { ...over, on: 8 }] };
    expect(releaseNotes(told({ exceptions }))).toContain(
      "### Exceptions\n\n- Overridden: `checks`, by carl, confirmed by rita: the runner is down\n- Overridden: `checks` on #8, by carl, confirmed by rita: the runner is down",
    );
  });

  it("link and call nobody but by our own numbers", () => {
    const hostile = "x @dora #9 https://a.example <!-- GH-3 [a](b)";
    const notes = releaseNotes(
      told({
        carried: carried([pull(1, hostile, { messages: [`feat!: ${hostile}`] })], { loose: [loose("a", hostile)] }),
        exceptions: {
          skipped: [{ label: "P1", text: hostile, because: hostile, by: CARL, confirmedBy: RITA }],
          overrides: [{ gate: "backup", because: hostile, by: CARL, confirmedBy: null }],
          deviations: [{ because: hostile, cleared: hostile }],
        },
      }),
    );
    expect(notes).not.toMatch(/@dora|#9|https:\/\/a|[^\\]<|GH-3|[^\\]\[a/);
  });
});
