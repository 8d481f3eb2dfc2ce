import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { peopleIn } from "../../src/flow/carried-list.ts";
import { branch } from "../../src/flow/names.ts";
import { sizeOf } from "../../src/flow/words.ts";
import type { Carried, CarriedPull } from "../../src/release/carried.ts";
import { isPromotionTitle, type Listing, promotionBody, promotionTitle } from "../../src/report/carried.ts";
import { expectGolden } from "../board/golden.ts";
import { carried, loose, pull } from "../release/carrying.ts";
import { CARL, RITA } from "../release/walks.ts";

const RENOVATE = { id: 90, login: "renovate[bot]", bot: true };
const by = (author: CarriedPull["author"], number: number, title: string) => pull(number, title, { author });
const listing = (all: Carried, since: readonly CarriedPull[] = []): Listing => ({
  carried: all,
  since: { stage: branch("development"), pulls: since },
});

const SEVERAL = [
  by(RENOVATE, 11, "chore(deps): bump left-pad from 1.0.0 to 1.3.0"),
  pull(12, "feat: log in with a passkey"),
  by({ ...CARL, bot: false }, 15, "Fixes #3, asked for by @acme/all <!-- flowgate:carried end -->"),
  pull(14, "fix: `--help` ends | with *0*"),
];

describe("The body of a promotion", () => {
  it.each<[string, string, Listing]>([
    ["new", "Run-book: [release](docs/runbooks/release.md)", listing(carried(SEVERAL))],
    ["pinned", "", listing(carried(SEVERAL.slice(1, 2)), [pull(21, "x"), pull(20, "y")])],
    ["pinned-one", "", listing(carried(SEVERAL.slice(0, 2)), [pull(20, "y")])],
    [
      "loose",
      "Hello.",
      listing(
        carried(SEVERAL.slice(0, 1), {
          whole: false,
          loose: [loose("a", "Mend #1"), loose("b", "x", { author: null })],
        }),
      ),
    ],
    ["nothing", "", listing(carried([]))],
    [
      "many-since",
      "",
      listing(
        carried([]),
        Array.from({ length: 25 }, (_, place) => pull(30 + place, "x")),
      ),
    ],
  ])("%s", (name, body, of) => {
    expectGolden(`promotions/${name}.md`, promotionBody(body, of));
  });

  it("is brought up to date around what people wrote", () => {
    const first = promotionBody("Run-book: a.md", listing(carried(SEVERAL.slice(0, 2))));
    const edited = first.replace("**dora**", "Mind the passkeys.\n\n**dora**").concat("\nBye.");
    const second = promotionBody(edited, listing(carried(SEVERAL)));
    expect(peopleIn(second)).toEqual({ before: "Run-book: a.md\n\n", after: "\nMind the passkeys.\n\nBye." });
    expect(second).toContain("- #14 fix: ");
    expect(second.match(/- #12 /g)).toHaveLength(1);
  });

  const many = (count: number, authors: number, length: number) =>
    carried(
      Array.from({ length: count }, (_, place) =>
        by(
          { id: 100 + (place % authors), login: `author-${place % authors}`, bot: false },
          place + 1,
          "@".repeat(length),
        ),
      ),
    );
  it.each<[string, number, number, number, RegExp, string]>([
    ["fits", 100, 10, 200, /^- #100 /m, ""],
    ["folds the longest to numbers", 1_000, 10, 60, /^\*\*author-0\*\*: #1, #11, /m, ""],
    ["folds all", 1_000, 10, 256, /^\*\*author-9\*\*: #10, #20, /m, ""],
    ["counts", 20_000, 2, 10, /^\*\*author-1\*\*: 10000 pull requests/m, ""],
    [
      "says but how many",
      4_000,
      4_000,
      10,
      /^It carries 4000 pull requests by 4000 authors\.<!---->\n\n<!-- flowgate:carried end -->$/m,
      "",
    ],
    ["leaves to people what is theirs", 1_000, 10, 200, /^\*\*author-0\*\*: #1, #11, /m, "x".repeat(45_000)],
    [
      "leaves to people all but a line",
      1_000,
      10,
      200,
      /^It carries 1000 pull requests by 10 authors\.<!---->\n\n<!-- /m,
      "x".repeat(65_200),
    ],
  ])("always fits: it %s", (_what, count, authors, length, shows, people) => {
    const body = promotionBody(people, listing(many(count, authors, length)));
    expect(sizeOf(body)).toBeLessThanOrEqual(65_536);
    expect(body.startsWith(people)).toBe(true);
    expect(body).toMatch(shows);
  });

  it("stays as it is where people left no room", () => {
    const full = "x".repeat(65_500);
    expect(promotionBody(full, listing(carried(SEVERAL)))).toBe(full);
  });

  it("is the same however things are listed", () => {
    const shuffled = fc.shuffledSubarray(SEVERAL, { minLength: SEVERAL.length });
    fc.assert(
      fc.property(shuffled, (pulls) => {
        expect(promotionBody("", listing(carried(pulls)))).toBe(promotionBody("", listing(carried(SEVERAL))));
      }),
    );
    const twice = [by({ ...RITA, bot: false }, 2, "b"), by({ id: 7, login: "Anna", bot: false }, 9, "a")];
    expect(promotionBody("", listing(carried(twice)))).toMatch(/\*\*Anna\*\*[\s\S]+\*\*rita\*\*/);
  });
});

it("is called after where it goes, and a release after its version", () => {
  expect(promotionTitle({ from: branch("development"), to: branch("staging") })).toBe("Promote development to staging");
  expect(promotionTitle({ tag: "v1.4.0" })).toBe("Release v1.4.0");
});

it.each([
  ["Promote staging to master", true],
  ["Release v1.4.0", true],
  ["Release v1.4.0-rc.1", true],
  ["Release v1.4", false],
  ["Release v1.4.0 at last", false],
  ["Promote development to staging", false],
  ["Ship it", false],
])("“%s” is a title that Flowgate gives a release: %s", (title, is) => {
  expect(isPromotionTitle(title, { from: branch("staging"), to: branch("master") })).toBe(is);
});
