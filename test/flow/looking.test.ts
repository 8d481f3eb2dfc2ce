import { expect, it } from "@jest/globals";
import { type Fact, type Want, wantKey } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch } from "../../src/flow/names.ts";
import { at, known, LATER, unknown } from "../builders.ts";

const HEAD = at("login");
const head = HEAD.slice(0, 7);

it.each<[Want, unknown, string]>([
  [{ want: "compare", base: branch("master"), head: HEAD }, { ahead: 2 }, `${head} has 2 commits that master lacks`],
  [
    { want: "compare", base: at("x"), head: HEAD },
    { ahead: 1 },
    `${head} has 1 commit that ${at("x").slice(0, 7)} lacks`,
  ],
  [{ want: "brought-by", commit: HEAD }, [{ number: 3 }], `${head} came by #3`],
  [{ want: "brought-by", commit: HEAD }, [], `${head} came by no pull request`],
  [{ want: "file", path: "a.md", at: HEAD }, { found: false }, `a.md as it is in ${head}`],
  [{ want: "entries", commit: HEAD }, [], `the files of ${head}`],
  [{ want: "root-files", commit: HEAD }, [], `the files in the root of ${head}`],
  [{ want: "blob", path: "build.sh", sha: HEAD }, "", `build.sh (${head})`],
  [{ want: "team", team: "@acme/ops" }, [], "the members of @acme/ops"],
  [{ want: "team", team: "@acme/ops" }, null, "there is no team @acme/ops"],
  [{ want: "team-access", team: "@acme/ops" }, true, "whether @acme/ops has access"],
  [{ want: "collaborators" }, [], "the people of the repository"],
  [{ want: "collaborators", of: "acme/web" }, [], "the people of acme/web"],
  [{ want: "reviews", number: 3 }, [], "the reviews of #3"],
  [{ want: "checks", head: HEAD }, [], `the checks of ${head}`],
  [{ want: "issues", label: "severity-1" }, [], "the open issues labelled severity-1"],
  [{ want: "rules", branch: branch("master") }, [], "the rules on master"],
  [{ want: "pushers", branch: branch("hotfix/x") }, [], "who pushed to hotfix/x"],
  [{ want: "text", number: 3 }, {}, "the text of #3"],
  [{ want: "tree", commit: HEAD }, HEAD, `the tree of ${head}`],
  [{ want: "parents", commit: HEAD }, [HEAD], `what ${head} was made on`],
  [{ want: "pull", number: 3 }, {}, "pull 3"],
])("%j in words", (want, value, words) => {
  const look = looking(new Map([[wantKey(want), known(value)]]));
  expect(look.at(want)).toBe(value);
  expect(look.seen).toEqual([words]);
  expect(look.missing()).toBeNull();
});

it("tells what is missing: what was not read, or first what cannot be known", () => {
  const wants = [
    { want: "reviews", number: 1 },
    { want: "text", number: 1 },
    { want: "pull", number: 1 },
  ] as const;
  const read = new Map<string, Fact<unknown>>([["text 1", unknown("GitHub answered 502.")]]);
  const look = looking(read);
  expect(look.at(wants[0])).toBeNull();
  expect(look.missing()).toEqual({ lacks: [wants[0]] });
  look.at(wants[1]);
  look.at(wants[2]);
  expect(look.missing()).toEqual({ unknown: "GitHub answered 502.", retryAt: LATER });
  expect(look.seen).toEqual([]);
});
