import { describe, expect, it } from "@jest/globals";
import type { MergedPull, PullKnown } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import {
  at,
  component,
  LATER,
  NOW,
  type PullOptions,
  policy,
  pullFacts,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { FACTS, PATH } from "../commands/walking.ts";
import { DORA, RITA } from "../gates/asking.ts";
import { done as itemDone } from "../release/walks.ts";
import { execution } from "./facts.ts";
import { brings, FREE, type Hub, hub, judge } from "./hub.ts";
import { asks, done, HEAD, MERGED, request, slot, written } from "./under-way.ts";

const SHORT = HEAD.slice(0, 7);
const STAGES = ["development", "staging", "master"] as const;
const LANES = { development: "feature", staging: "promotion", master: "release" } as const;

const withPolicy = (more: Partial<typeof FREE> = {}, heads: { readonly [stage: string]: typeof HEAD } = {}) =>
  component({
    stages: { development: at("development"), staging: at("staging"), master: at("master"), ...heads },
    config: { ...component().config, policy: { ...FREE, backup: { ...FREE.backup, when: "data" }, ...more } },
  });

type Facts = { readonly known: Partial<PullKnown>; readonly github: Hub };
/** #12 takes the stage before into that one, or a feature into the first; there it brings these. */
function into(base: (typeof STAGES)[number], ...titles: readonly string[]): Facts {
  const head = STAGES[STAGES.indexOf(base) - 1] ?? "feature/login";
  const options: PullOptions = { head, base };
  const stages = Object.fromEntries(STAGES.map((stage) => [stage, stage === head ? HEAD : at(stage)]));
  return {
    known: {
      component: withPolicy({}, stages),
      memory: pullMemory(options),
      verdict: verdict({ lane: LANES[base], base: branch(base) }),
    },
    github: {
      ...hub({}, options),
      [`rules ${base}`]: [],
      tags: ["v1.3.2", "latest"],
      [`compare ${HEAD} ${at(base)}`]: brings(),
      [`compare ${at("master")} ${HEAD}`]: brings("older", ...titles),
      [`compare ${at(base)} ${HEAD}`]: brings(...titles),
      [`compare ${base} ${HEAD}`]: brings(...titles),
      [`checks ${HEAD}`]: [],
      [`file .github/flowgate.yml ${HEAD}`]: { found: false },
      [`file .github/flowgate.yml ${at("before")}`]: { found: false },
      [`file .github/flowgate.yml ${at(base)}`]: { found: false },
      "issues severity-1": [],
      [`root-files ${HEAD}`]: [],
    },
  };
}
const merged = (number: number, title: string, more: Partial<MergedPull> = {}): MergedPull => ({
  ...pullFacts(),
  author: { ...DORA, bot: false },
  number,
  title,
  labels: [],
  lane: "feature",
  mergeCommit: at(title),
  overridden: [],
  ...more,
});
const FEATURES = [merged(7, "feat: a"), merged(8, "fix: b")];

/** The answer, as it is written; nothing else is done. */
function tried({ known, github }: Facts, words = "", more: Partial<PullKnown> = {}, answers: Hub = {}): string {
  const facts = { ...known, ...more, requests: asks(`/promote ${words} dry run`) };
  const decision = judge(facts, { ...github, ...answers });
  expect(done(decision)).toEqual(["reaction", "comment"]);
  const [comment] = decision.effects.filter((effect) => effect.thing === "comment");
  return (comment as { body: string }).body.replaceAll(/[\\\u200b]/g, "");
}
const first = (text: string) => text.split("\n\n")[0];
const PACKAGE = {
  [`root-files ${HEAD}`]: [{ path: "package.json", kind: "file", blob: at("package.json"), size: 20 }],
  [`blob package.json ${at("package.json")}`]: '{"version":"1.5.0"}',
};

describe("/promote dry run of a feature", () => {
  it("names what takes it on, and not what that would carry", () => {
    const feature = into("development");
    expect(first(tried(feature))).toBe(
      `\`/promote\` would merge #12 into development at ${SHORT}. Once it is merged, “Promote development to staging” would be opened. Nothing was done.`,
    );
    const open = {
      "open-pulls": [{ number: 13, asOf: NOW, facts: { ...pullFacts({ head: "development", base: "staging" }) } }],
    };
    expect(first(tried(feature, "", {}, open))).toContain("#13 takes it on to staging.");
    const two = withPolicy({ stages: [branch("development"), branch("master")] });
    const short = { ...into("development"), github: { ...into("development").github } };
    expect(first(tried(short, "", { component: two }))).toContain(
      "Once it is merged, the pull request into master would be opened. Nothing was done.",
    );
  });
});

describe("/promote dry run of a promotion", () => {
  it("says first what is carried, lists that, and names the release that it would lead to", () => {
    const text = tried(into("staging", "feat: a", "fix: b"), "", { merged: FEATURES });
    expect(first(text)).toBe(
      `It carries 2 pull requests, none of them yours. \`/promote\` would merge #12 into staging at ${SHORT}. Once it is merged, “Release v1.4.0” would be opened. Nothing was done.`,
    );
    expect(text).toContain(
      "<details><summary>What it carries</summary>\n\n**dora**\n\n- #7 feat: a\n- #8 fix: b\n\n</details>\n\n| gate |",
    );
  });

  it("that carries nothing lists nothing, and the last version has none after it", () => {
    const huge = Number.MAX_SAFE_INTEGER;
    const text = tried(into("staging"), "", {}, { tags: [`v${huge}.${huge}.${huge}`] });
    expect(first(text)).toContain("It carries no pull request.");
    expect(first(text)).toContain("Once it is merged, the pull request into master would be opened.");
    expect(text).not.toContain("<details>");
  });
});

describe("/promote dry run of a release", () => {
  const release = into("master", "feat: a", "fix: b");

  it("shows its version, its notes, and what should be seen of both", () => {
    const text = tried(release, "", { merged: FEATURES }, PACKAGE);
    expect(text).toContain(
      [
        `It carries 2 pull requests, none of them yours. \`/promote\` would merge #12 into master at ${SHORT}. The release would be \`v1.4.0\`: minor, because #7 brings a feature. Nothing was done.`,
        "- `package.json` says `1.5.0`, and not 1.4.0.\n- `/promote v1.5.0` would agree with `package.json`.\n- Left alone, since they are no versions: `latest`.",
        "<details><summary>The notes of v1.4.0</summary>",
        "After `v1.3.2`: minor, because #7 brings a feature. `v1.4.0` brings 2 pull requests by 1 author, and was released with #12, on the word of rita. [All that changed](https://github.com/acme/api/compare/v1.3.2...v1.4.0)",
        "### Features",
      ].join("\n\n"),
    );
    expect(text).toContain(
      "### About the version\n\n- `package.json` says `1.5.0`, and not 1.4.0.\n\n</details>\n\n| gate |",
    );
  });

  it.each([
    ["v2.0.0", "The release would be `v2.0.0`, because the command names it."],
    ["major", "The release would be `v2.0.0`: major, because the command says so."],
  ])("goes by the words: %s", (words, says) => {
    expect(first(tried(release, words))).toContain(says);
  });

  it("says once that there can be none of that version", () => {
    expect(first(tried(release, "v1.3.2"))).toBe(
      "`/promote` would answer: `v1.3.2` is taken: write `v1.3.3`, `v1.4.0` or `v2.0.0`. Nothing was done.",
    );
  });

  it("is shown before its gates pass, too", () => {
    const held = {
      kind: "hold",
      key: "hold:42:12",
      by: DORA,
      at: NOW,
      because: "wait",
      repository: REPOSITORY,
      number: 12,
    } as const;
    const waiting = verdict({ lane: "release", base: branch("master"), outcome: "pending" });
    const text = tried(release, "", { standing: [held], verdict: waiting, merged: FEATURES });
    expect(first(text)).toMatch(
      /^It carries 2 pull requests, none of them yours\. `\/promote` would answer: It cannot be promoted yet\. .*dora.* The release would be `v1\.4\.0`: /,
    );
    expect(first(tried(release, "v1.3.2", { standing: [held], verdict: waiting }))).toMatch(
      /^`\/promote` would answer: It cannot be promoted yet\. .* `\/promote` would answer: `v1\.3\.2` is taken: /,
    );
  });

  it("tells of the exceptions that its notes would have", () => {
    const one = { ...release };
    const more = {
      component: withPolicy({ runBook: { ...policy().runBook, required: true } }, { staging: HEAD }),
      memory: pullMemory({ head: "staging", base: "master" }, { body: `Run-book: ${PATH}` }),
      standing: [execution(), itemDone(RITA, { number: 12, item: "i1", state: "skipped", because: "nobody is there" })],
    };
    const book = { ...FACTS, [`compare ${at("master")} ${HEAD}`]: brings("feat: a") };
    const facts = { ...one.known, ...more, requests: asks("/promote dry run") };
    const answers = {
      ...one.github,
      ...book,
      [`entries ${at("master")}`]: [],
      collaborators: one.github["collaborators"],
    };
    const decision = judge(facts, answers);
    const text = decision.effects.flatMap((effect) => (effect.thing === "comment" ? [effect.body] : [])).at(-1);
    expect(text).toContain("nobody is there");
    const silent = judge(facts, { ...answers, [`entries ${HEAD}`]: unknown("GitHub answered 502.") });
    expect([silent.lookAgainAt, silent.answered]).toEqual([LATER, undefined]);
  });

  it("makes none where nothing is enforced", () => {
    const observed = withPolicy({ enforcement: "observe" }, { staging: HEAD });
    const text = tried(release, "", { component: observed, merged: FEATURES });
    expect(first(text)).toContain("It carries 2 pull requests");
    expect(text).not.toContain("v1.4.0");
  });

  it("waits while GitHub does not say what it takes", () => {
    const facts = { ...release.known, requests: asks("/promote dry run") };
    for (const want of ["tags", `root-files ${HEAD}`]) {
      const waits = judge(facts, { ...release.github, [want]: unknown("GitHub answered 502.") });
      expect([want, waits.answered, done(waits), waits.lookAgainAt]).toEqual([want, undefined, [], LATER]);
    }
  });

  it("waits while GitHub does not say how it would merge", () => {
    const { known, github } = into("development");
    const answers = { ...github, repository: unknown("GitHub answered 502.") };
    const waits = judge({ ...known, requests: asks("/promote dry run") }, answers);
    expect([waits.answered, done(waits), waits.lookAgainAt]).toEqual([undefined, [], LATER]);
  });

  it("waits while it cannot be judged", () => {
    const doubted = { ...release.known, memory: pullMemory({ head: "staging", base: "master" }, { doubt: true }) };
    const waits = judge(
      { ...doubted, requests: asks("/promote dry run") },
      { ...release.github, "pull 12": unknown("GitHub answered 502.") },
    );
    expect([waits.answered, done(waits), waits.lookAgainAt]).toEqual([undefined, [], LATER]);
  });

  it("is not tried out and done in one comment", () => {
    const both = judge({ ...release.known, requests: asks("/promote dry run\n/promote") }, release.github);
    expect(done(both)).toEqual(["reaction", "comment"]);
    expect(both.answered).toMatchObject([{ answer: { came: "not understood" } }]);
  });
});

it("/promote dry run says that no lane allows it", () => {
  const facts = into("staging");
  const known = {
    ...facts.known,
    memory: pullMemory({ head: "feature/login", base: "staging" }),
    verdict: verdict({ lane: null, outcome: "failed" }),
    component: withPolicy(),
  };
  const brought = STAGES.flatMap((stage) => [stage, at(stage)]).map((base) => [`compare ${base} ${HEAD}`, brings("a")]);
  expect(first(tried({ ...facts, known }, "", {}, Object.fromEntries(brought)))).toMatch(
    /^`\/promote` would answer: It cannot be promoted yet\. feature\/login [^`]+ Nothing was done\.$/,
  );
});

describe("/promote dry run of what is merged", () => {
  const isIn = (base: "development" | "staging", more: Partial<PullKnown> = {}): Facts => {
    const { known, github } = into(base);
    const head = base === "development" ? "feature/login" : "development";
    const memory = pullMemory({ head, base }, { state: "closed", merged: true, mergeCommit: MERGED });
    return {
      known: { ...known, memory, component: withPolicy(), merged: FEATURES, ...more },
      github: {
        ...github,
        [`compare ${at("staging")} ${MERGED}`]: brings("feat: a"),
        [`compare ${at("master")} ${MERGED}`]: brings("feat: a", "fix: b"),
      },
    };
  };

  it("tells what would be opened, and what that carries", () => {
    expect(first(tried(isIn("development")))).toBe(
      "It carries 1 pull request, not yours. `/promote` would open “Promote development to staging”. Nothing was done.",
    );
    const text = tried(isIn("staging"));
    expect(first(text)).toBe(
      "It carries 2 pull requests, none of them yours. `/promote` would open “Release v1.4.0”. Nothing was done.",
    );
    expect(text).toContain("<summary>What it carries</summary>");
  });

  it("tells of what is open already", () => {
    expect(first(tried(isIn("development", { next: written(13, "any") })))).toBe(
      "#13 takes it on to staging. Nothing was done.",
    );
    expect(first(tried(isIn("development", { next: slot() })))).toContain("would open");
  });

  it("goes no further where it goes back", () => {
    const back = verdict({ lane: "back-merge", base: branch("staging") });
    expect(first(tried(isIn("staging", { verdict: back })))).toBe("#12 is where it was to go. Nothing was done.");
  });

  it("is known by what we did ourselves, before GitHub tells", () => {
    const { known, github } = into("development");
    const facts: Facts = { known: { ...known, merge: written(12, "any") }, github };
    expect(first(tried(facts, "", {}, { [`compare ${at("staging")} ${HEAD}`]: brings("feat: a") }))).toContain(
      "`/promote` would open “Promote development to staging”.",
    );
  });

  it("compares with a stage by its name where that is not there", () => {
    const { known, github } = isIn("development");
    const home = component({
      name: "acme/.github",
      stages: { development: at("development"), staging: null, master: null },
      config: { ...component().config, policy: FREE },
    });
    const answers = { [`compare staging ${MERGED}`]: brings("feat: a") };
    expect(first(tried({ known: { ...known, component: home }, github }, "", {}, answers))).toContain("would open");
  });

  it("waits while GitHub does not say", () => {
    const { known, github } = isIn("development");
    const waits = judge(
      { ...known, requests: asks("/promote dry run") },
      { ...github, "open-pulls": unknown("GitHub answered 502.") },
    );
    expect([waits.answered, waits.lookAgainAt]).toEqual([undefined, LATER]);
  });
});

it("by the button on its page it is answered there, and nothing is written", () => {
  const { known, github } = into("staging", "feat: a");
  const origin = { number: 12, button: "page" } as const;
  const pressed = (body: string) => [{ request: request(body, { id: "dry-run:x", origin }), answer: null }];
  const tries = judge({ ...known, merged: FEATURES, requests: pressed(`/promote ${HEAD} dry run`) }, github);
  expect(done(tries)).toEqual([]);
  expect(tries.answered).toMatchObject([
    {
      id: "dry-run:x",
      answer: {
        came: "done",
        body: null,
        says: expect.stringMatching(/^It carries 1 pull request, not yours\. .* Nothing was done\.$/),
        shows: expect.stringMatching(/^<details><summary>What it carries<\/summary>/),
      },
    },
  ]);
  const other = judge({ ...known, requests: pressed(`/promote ${at("other")} dry run`) }, github);
  expect(other.answered?.[0]?.answer).toEqual({
    came: "refused",
    body: null,
    says: `${at("other")} is not the head: that is ${SHORT}. Look at that one, and say it again.`,
  });
});

it("by the button it is said whose it is, in a comment", () => {
  const { known, github } = into("development");
  const origin = { number: 12, button: "check" } as const;
  const pressed = [{ request: request(`/promote ${HEAD} dry run`, { id: "button:42:12:10:x", origin }), answer: null }];
  const decision = judge({ ...known, requests: pressed }, github);
  expect(done(decision)).toEqual(["comment"]);
  expect(decision.effects.at(-1)).toMatchObject({
    slot: "reply:42:button:42:12:10:x",
    body: expect.stringMatching(/^Dry run for rita: `\/promote` would merge \\#12 /),
  });
});
