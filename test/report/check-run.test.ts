import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { NO_CONFIG } from "../../src/flow/absorb.ts";
import type { Policy } from "../../src/flow/config.ts";
import type { CheckContent } from "../../src/flow/effect.ts";
import { branch, later } from "../../src/flow/names.ts";
import type { Verdict } from "../../src/flow/verdict.ts";
import { checkRun, fingerprintOf, gateChecks, type Told } from "../../src/report/check-run.ts";
import { block, code, cutToBytes, prose } from "../../src/report/markdown.ts";
import { APP, at, component, finding, LATER, NOW, policy, stageMemory, verdict } from "../builders.ts";

const told = (more: Partial<Told> = {}): Told => ({
  name: "flowgate: development",
  verdict: verdict(),
  pull: 12,
  sharedBy: 0,
  component: component(),
  stage: stageMemory(),
  house: { app: APP, links: "http://127.0.0.1:3000", web: "https://github.com" },
  now: NOW,
  cause: "pull_request opened",
  ...more,
});
const refused = verdict({
  base: branch("master"),
  lane: null,
  outcome: "failed",
  findings: [
    finding({
      outcome: "failed",
      because: "feature/login enters at development, not at master. Open it into development instead.",
      cure: "Change the base of this pull request to `development`; from there `master` is reached stage by stage.",
      copy: "gh pr edit 12 --base development",
    }),
  ],
});
const withEnforcement = (enforcement: "managed" | "report" | "observe" | "observed", problem: string | null = null) =>
  component({
    config: {
      ...NO_CONFIG,
      policy: policy({ enforcement }),
      blob: enforcement === "observed" ? null : at("config"),
      newest: problem === null ? null : { blob: at("newest"), because: problem },
      problem,
    },
  });
const errored = verdict({
  lane: null,
  outcome: "errored",
  findings: [
    finding({
      outcome: "errored",
      because: "Could not find out what hotfix/x brings. GitHub answered 502.",
      cure: "Nobody has to do anything: Flowgate asks GitHub again.",
    }),
  ],
});
const pending = verdict({
  outcome: "pending",
  findings: [finding({ outcome: "pending", because: "Waiting for operations." })],
});

/** As a person reads them. Set UPDATE_GOLDEN to write them anew, and read what changed. */
const golden = (name: string, content: ReturnType<typeof checkRun>) => {
  const file = new URL(`../golden/check-runs/${name}.md`, import.meta.url);
  const { status, conclusion, title, summary, detailsUrl } = content;
  const text = `${content.name}: ${status}${conclusion === null ? "" : `, ${conclusion}`}\n${detailsUrl ?? "no link"}\n\n# ${title}\n\n${summary}\n`;
  if (process.env["UPDATE_GOLDEN"] || !existsSync(file)) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
};

describe("The button that tries out a promotion", () => {
  const has = (lane: Verdict["lane"], one = component()) =>
    checkRun(told({ verdict: verdict({ lane }), component: one })).dryRun ?? false;

  it("is beside the check of what is promoted, and of a hotfix", () => {
    const lanes = ["promotion", "release", "hotfix", "feature", "back-merge", null] as const;
    expect(lanes.filter((lane) => has(lane))).toEqual(["promotion", "release", "hotfix"]);
    expect(has("release", withEnforcement("observe"))).toBe(false);
  });

  it("is beside no check of a gate, and makes a check another one", () => {
    const one = told({ verdict: verdict({ lane: "release" }) });
    expect(gateChecks(one).some(({ dryRun }) => dryRun)).toBe(false);
    const { dryRun: _, ...without } = checkRun(one);
    expect(fingerprintOf(without)).not.toBe(fingerprintOf(checkRun(one)));
  });
});

describe("a check run reads", () => {
  it.each<[string, Partial<Told>]>([
    ["passed", {}],
    ["refused", { name: "flowgate: master", verdict: refused }],
    ["not-known", { verdict: errored }],
    ["waiting", { verdict: pending }],
    [
      "observed",
      {
        verdict: refused,
        component: withEnforcement("observed"),
        house: { app: APP, links: null, web: "https://github.com" },
      },
    ],
    ["observe", { component: withEnforcement("observe") }],
    [
      "advice-only",
      { stage: stageMemory({ enforced: { state: "no", because: "an admin of acme/api switched the ruleset off" } }) },
    ],
    [
      "enforced-in-part",
      {
        stage: stageMemory({
          enforced: {
            state: "yes",
            readAt: NOW,
            but: [
              "GitHub's button merges into development, too: the ruleset “flowgate: development merges” was disabled by @ada; Flowgate switches it on again at 2026-11-24 13:40 UTC.",
            ],
          },
        }),
      },
    ],
    [
      "config-broken",
      { component: withEnforcement("managed", ".github/flowgate.yml line 2: `stages` names a stage twice.") },
    ],
    [
      "shared",
      { sharedBy: 2, verdict: verdict({ findings: [finding({ read: ["abc1234 has 1 commit that master lacks"] })] }) },
    ],
  ])("%s", (name, more) => {
    golden(name, checkRun(told(more)));
  });
});

it("is never neutral where something is enforced, and always where nothing is", () => {
  for (const one of [verdict(), refused, errored, pending]) {
    for (const enforcement of ["managed", "report"] as const)
      expect(checkRun(told({ verdict: one, component: withEnforcement(enforcement) })).conclusion).not.toBe("neutral");
    for (const enforcement of ["observe", "observed"] as const)
      expect(checkRun(told({ verdict: one, component: withEnforcement(enforcement) }))).toMatchObject({
        conclusion: "neutral",
        title: expect.stringMatching(/^Would (pass|refuse|wait): /),
      });
  }
});

it("has what merges it past the first stage to copy once it passed, where only Flowgate merges", () => {
  const passed = (base: string, more: Partial<Policy> = {}, outcome: Verdict["outcome"] = "passed") => {
    const config = { ...NO_CONFIG, policy: policy(more), blob: at("config") };
    const { summary } = checkRun(
      told({ verdict: verdict({ base: branch(base), outcome }), component: component({ config }) }),
    );
    return summary.includes("```sh\n/promote\n```");
  };
  expect(["development", "staging", "master", "docs"].map((base) => passed(base))).toEqual([false, true, true, false]);
  expect(passed("staging", { mergeBy: "anyone" })).toBe(false);
  expect(passed("staging", { enforcement: "report" })).toBe(false);
  expect(passed("staging", {}, "pending")).toBe(false);
});

it("says that GitHub will not block only where somebody might believe it does", () => {
  const off = stageMemory({ enforced: { state: "no", because: "enforcement is not switched on here" } });
  const advice = (enforcement: "managed" | "report" | "observe") =>
    checkRun(told({ stage: off, component: withEnforcement(enforcement) })).summary.includes("Advice only");
  expect([advice("managed"), advice("report"), advice("observe")]).toEqual([true, true, false]);
  expect(checkRun(told({ stage: null })).summary).not.toContain("Advice only");
});

it("counts as changed when its words change, not when only the time does", () => {
  const first = fingerprintOf(checkRun(told()));
  expect(fingerprintOf(checkRun(told({ now: later(NOW, 60_000) })))).toBe(first);
  expect(fingerprintOf(checkRun(told({ verdict: refused })))).not.toBe(first);
});

describe("what is wrong in Flowgate's own config", () => {
  const annotation = { path: ".github/flowgate.yml", line: 2, message: "`teem` is no key of the config." };
  const broken = (more: Partial<Verdict> = {}) =>
    verdict({
      outcome: "failed",
      findings: [
        finding(),
        finding({
          gate: "policy",
          outcome: "failed",
          because: "The config is broken.",
          annotations: [annotation],
          changesConfig: { to: at("broken") },
        }),
      ],
      ...more,
    });
  const named = (contents: readonly CheckContent[]) => contents.map(({ name, conclusion }) => [name, conclusion]);

  it("is marked on its lines by the check, and by one of its own wherever the file changes", () => {
    expect(checkRun(told({ verdict: broken() })).annotations).toEqual([annotation]);
    expect(checkRun(told())).not.toHaveProperty("annotations");
    const without = component({
      config: { ...component().config, policy: policy({ gateChecks: false }) },
    });
    for (const one of [component(), without]) {
      const own = gateChecks(told({ verdict: broken(), component: one }));
      expect(named(own)).toEqual([["flowgate: development / policy", "failure"]]);
      expect(own[0]).toMatchObject({ title: "The config is broken.", annotations: [annotation] });
    }
    expect(gateChecks(told())).toEqual([]);
    expect(named(gateChecks(told({ name: "flowgate: master", verdict: broken({ lane: "hotfix" }) })))).toEqual([
      ["flowgate: master / flow", "success"],
      ["flowgate: master / policy", "failure"],
    ]);
  });

  it("is neutral where nothing is enforced", () => {
    const observed = gateChecks(told({ verdict: broken(), component: withEnforcement("observe") }));
    expect(named(observed)).toEqual([["flowgate: development / policy", "neutral"]]);
    expect(observed[0]?.title).toBe("Would refuse: The config is broken.");
  });

  it("is taken back by its own check where the file does not change any more", () => {
    const mended = verdict({ findings: [finding(), finding({ gate: "policy", because: "It leaves it as it is." })] });
    expect(named(gateChecks(told({ verdict: mended }), ["flowgate: development / policy"]))).toEqual([
      ["flowgate: development / policy", "success"],
    ]);
  });

  it("counts as changed when its lines change", () => {
    const marks = (line: number) =>
      fingerprintOf({ ...checkRun(told()), annotations: [{ ...annotation, line }] }).split(":");
    const [words, lines] = marks(2);
    expect(words).toBe(fingerprintOf(checkRun(told())));
    expect(marks(3)).toEqual([words, expect.not.stringMatching(lines as string)]);
  });
});

it("keeps within what GitHub takes, and says where the rest is", () => {
  const long = "ü".repeat(40_000);
  const huge = checkRun(told({ verdict: verdict({ findings: [finding({ because: long })] }) }));
  expect([...huge.title]).toHaveLength(250);
  expect(Buffer.byteLength(huge.summary)).toBeLessThanOrEqual(65_535);
  expect(huge.summary).toMatch(/… cut here; \[all of it\]\(http:\/\/127\.0\.0\.1:3000\/acme\/api\/pull\/12\)\.$/);
  expect(
    checkRun(
      told({
        house: { app: APP, links: null, web: "https://github.com" },
        verdict: verdict({ findings: [finding({ because: long })] }),
      }),
    ).summary,
  ).toMatch(/… cut here\.$/);
  expect(checkRun(told({ verdict: verdict({ findings: [] }) })).title).toBe("Nothing was judged.");
  expect(checkRun(told({ verdict: verdict({ outcome: "failed", findings: [finding()] }) })).title).toContain(
    "may enter development",
  );
});

describe("text of others", () => {
  const rendered = (text: string) =>
    micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });

  it.each([
    ["@ada and @acme/ops", /@ada|@acme/],
    ["<script>alert(1)</script>", /<script/],
    ["<!-- flowgate:execution -->", /<!--/],
    ["[a](http://evil.example)", /<a href/],
    ["![a](http://evil.example/x.png)", /<img/],
    ["**bold** _it_ ~~gone~~ # no", /<(strong|em|del|h1)/],
    ["a | b", /<td/],
    ["`<b>` and ``x``", /<b>/],
    ["one\n\n# two\r\n- [x] three", /<h1|<li/],
  ])("is inert: %j", (text, live) => {
    expect(rendered(prose(text))).not.toMatch(live);
  });

  it("never mentions anybody nor brings HTML, whatever it is", () => {
    const nasty = fc.stringMatching(/^[-@<>`|[\]()!#*_~\\&a-z0-9 \n"'/:.]{0,60}$/);
    fc.assert(
      fc.property(nasty, (text) => {
        const html = rendered(`| x | ${prose(text)} |\n| --- | --- |`);
        expect(
          html.replace(/<\/?(p|table|thead|tr|th|code|em|strong|del|br|a)( [^>]*)?>|&[a-z#0-9]+;/g, ""),
        ).not.toMatch(/[<>]/);
        expect(html.replace(/<code>.*?<\/code>/gs, "")).not.toMatch(/(^|[^\w`])@[a-z]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it("stays what it is in code, and a block cannot be broken out of", () => {
    expect(rendered(code("a|b`c\nd"))).toBe("<p><code>a\\|b'c d</code></p>");
    expect(code("")).toBe("");
    expect(rendered(block("a\n```\nb\n````"))).toBe('<pre><code class="language-sh">a\n```\nb\n````\n</code></pre>');
  });

  it("is cut on a character", () => {
    expect(cutToBytes("short", 10, "…")).toBe("short");
    expect(cutToBytes("üüüüü", 7, "…")).toBe("üü…");
  });
});

describe("the last line", () => {
  const last = (more: Partial<Told>) => checkRun(told(more)).summary.split("\n").at(-1);

  it("says when it was judged, because of what, and when it is looked at again", () => {
    expect(last({})).toContain(
      "Judged at 2026-11-24 09:40:00 UTC by the policy of `.github/flowgate.yml` (blob `dfba7aa`), because of `pull_request opened`; looked at again when something changes.",
    );
    const waiting = verdict({ outcome: "pending", findings: [finding({ until: LATER }), finding({ until: NOW })] });
    expect(last({ cause: null, verdict: waiting })).toContain(
      "because its time had come; looked at again at 2026-11-24 09:40 UTC at the latest.",
    );
  });

  it("is no change of what the check says", () => {
    const before = fingerprintOf(checkRun(told()));
    expect(fingerprintOf(checkRun(told({ cause: "push" })))).toBe(before);
    const config = { ...component().config, blob: at("another policy") };
    expect(fingerprintOf(checkRun(told({ component: component({ config }) })))).toBe(before);
  });
});
