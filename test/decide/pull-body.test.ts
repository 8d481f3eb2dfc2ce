import { describe, expect, it } from "@jest/globals";
import { digestOfList } from "../../src/flow/carried-list.ts";
import type { MergedPull, PullKnown } from "../../src/flow/facts.ts";
import { type Branch, branch } from "../../src/flow/names.ts";
import { promotionList } from "../../src/report/carried.ts";
import {
  at,
  component,
  LATER,
  NOW,
  type PullOptions,
  pullFacts,
  pullMemory,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { carried, pull } from "../release/carrying.ts";
import { brings, FREE, type Hub, hub, judge } from "./hub.ts";
import { HEAD, HELD, rollback, slot, underWay, written } from "./under-way.ts";

const POLICY = { ...FREE, backup: { ...FREE.backup, when: "data" as const } };
const ROOM = 60_000;
const FROM = branch("development");
/** What the body of #12 shows when it lists these. */
const shows = (titles: readonly string[], since: readonly number[] = [], stage: Branch = FROM): string => {
  const pulls = titles.map((title, place) => pull(place + 1, title));
  const came = since.map((number) => pull(number, "x"));
  const list = promotionList({ carried: carried(pulls), since: { stage, pulls: came } }, ROOM);
  return `${digestOfList(list as string)}:${ROOM}`;
};
/** A feature that was merged as the commit of that title. */
const merged = (number: number, title: string, more: Partial<MergedPull> = {}): MergedPull => ({
  ...pullFacts(),
  number,
  title,
  labels: [],
  lane: "feature",
  mergeCommit: at(title),
  overridden: [],
  ...more,
});
const MERGED = [merged(1, "feat: a"), merged(2, "fix: b"), merged(3, "feat: c")];

type Given = Partial<PullKnown> & {
  /** What its body shows; null: no list. */
  readonly list?: string | null;
  readonly title?: string;
  readonly enforcement?: "observe";
};
/** #12, pinned where development is and going into staging, or going from staging into master, brings `feat: a` and `fix: b`. */
function kept({ list = null, title, enforcement, ...facts }: Given, options: PullOptions = {}, answers: Hub = {}) {
  const { base = "staging", head = "release/2026-11-24-1234567" } = options;
  const lane = base === "master" ? ("release" as const) : ("promotion" as const);
  const stages = {
    development: HEAD,
    staging: at("staging"),
    master: at("master"),
    ...(head === "staging" && { staging: HEAD }),
  };
  const of = component();
  const decision = judge(
    {
      component: component({
        stages,
        config: { ...of.config, policy: { ...POLICY, ...(enforcement && { enforcement }) } },
      }),
      memory: pullMemory({ ...options, base, head }, { title: title ?? `Promote ${FROM} to ${base}`, list }),
      verdict: verdict({ lane, base: branch(base) }),
      merged: MERGED,
      ...facts,
    },
    {
      ...hub(),
      tags: ["v1.3.2"],
      "rules staging": [],
      "rules master": [],
      "issues severity-1": [],
      [`compare ${FROM} ${HEAD}`]: brings(),
      [`compare ${at("development")} ${HEAD}`]: brings(),
      [`compare ${HEAD} ${at(base)}`]: brings(),
      [`compare ${at(base)} ${HEAD}`]: brings("feat: a", "fix: b"),
      [`compare ${base} ${HEAD}`]: brings("feat: a", "fix: b"),
      [`checks ${HEAD}`]: [],
      ...Object.fromEntries(
        [HEAD, at("before"), at(base)].map((one) => [`file .github/flowgate.yml ${one}`, { found: false }]),
      ),
      ...answers,
    },
  );
  const effect = decision.effects.find(({ thing }) => thing === "pull-body");
  return { decision, effect: effect?.thing === "pull-body" ? effect : null };
}
const RELEASE: PullOptions = { head: "staging", base: "master" };

describe("The body of a promotion", () => {
  it("is brought up to date by what its gates compared", () => {
    const { effect, decision } = kept({ list: shows(["feat: a"]) });
    expect(effect).toMatchObject({ slot: `body:${REPOSITORY}:12`, number: 12, adds: false, title: null });
    expect(effect?.list).toMatch(
      /^It carries 2 pull requests by one author\.\n\n\*\*dora\*\*\n\n- #1 feat: a\n- #2 fix: b\n/,
    );
    expect(decision.asked).toEqual(kept({}).decision.asked);
    expect(decision.entries.some(({ what }) => what === "judged")).toBe(true);
    expect(decision.compared).toEqual(["development", "staging"]);
  });

  it.each<[string, Given, PullOptions]>([
    ["it shows that already", { list: shows(["feat: a", "fix: b"]) }, {}],
    ["it has no list", { list: null }, {}],
    ["nothing is enforced", { list: shows([]), enforcement: "observe" }, {}],
    [
      "it is no promotion",
      {
        list: shows([]),
        component: component({
          stages: { ...component().stages, staging: at("staging") },
          config: { ...component().config, policy: POLICY },
        }),
      },
      { head: "feature/login", base: "development" },
    ],
    ["people left no room", { list: "seen:9" }, {}],
  ])("is left where %s", (_what, given, options) => {
    expect(kept(given, options).effect).toBeNull();
  });

  it("is not written again before GitHub has told, nor while it refuses", () => {
    const list = shows(["feat: a"]);
    const fingerprint = kept({ list }).effect?.fingerprint as never;
    expect(kept({ list, body: written(12, fingerprint) }).effect).toBeNull();
    expect(kept({ list, body: written(12, "another") }).effect).not.toBeNull();
    const refused = kept({ list, body: slot({ refused: { fingerprint, because: "No.", at: LATER } }) });
    expect([refused.effect, refused.decision.lookAgainAt]).toEqual([null, "2026-11-24T10:50:00.000Z"]);
    // What others made of it is another thing to mend.
    expect(kept({ list: shows(["feat: b"]), body: written(12, fingerprint) }).effect).not.toBeNull();
  });

  it("waits for what may be carried where the list was only just seen", () => {
    const options = { head: "release/2026-11-24-1234567", base: "staging" };
    const facts = { ...pullFacts(options), list: shows(["feat: a"]) };
    const fresh: Hub = { "pull 12": { number: 12, asOf: NOW, facts } };
    for (const memory of [null, pullMemory(options, { doubt: true })]) {
      const { effect, decision } = kept({ memory, merged: [] }, {}, fresh);
      expect([effect, decision.lookAgainAt, decision.memory]).toEqual([null, NOW, expect.objectContaining(facts)]);
    }
    const known = pullMemory(options, { doubt: true, list: "seen:9" });
    expect(kept({ memory: known }, {}, fresh).effect).not.toBeNull();
  });

  describe("that is pinned", () => {
    const moved = { development: at("further"), staging: at("staging"), master: at("master") };
    const further = { component: component({ stages: moved, config: { ...component().config, policy: POLICY } }) };
    const github: Hub = {
      [`compare ${at("further")} ${HEAD}`]: brings(),
      [`compare ${HEAD} ${at("further")}`]: brings("feat: c"),
      "branch development": at("further"),
    };
    const list = shows(["feat: a", "fix: b"]);

    it("tells what came to its stage since", () => {
      expect(kept({ list, ...further }, {}, github).effect?.list).toContain(
        "Since then 1 pull request came to `development`: #3. `/promote refresh` takes it along.",
      );
      expect(kept({ list: shows(["feat: a", "fix: b"], [3]), ...further }, {}, github).effect).toBeNull();
      expect(kept({ list, ...further, merged: MERGED.slice(0, 2) }, {}, github).effect).toBeNull();
    });

    it("waits where GitHub does not say", () => {
      const silent = { ...github, [`compare ${HEAD} ${at("further")}`]: unknown("GitHub answered 502.") };
      const { effect, decision } = kept({ list, ...further }, {}, silent);
      expect([effect, decision.lookAgainAt, decision.compared]).toEqual([null, LATER, ["development", "staging"]]);
    });
  });
});

describe("The body of a release", () => {
  const BACK = rollback({ commit: at("back"), target: at("v1.3.0") });
  const list = shows(["feat: a", "fix: b"], [], branch("staging"));
  const lists = (standing: PullKnown["standing"], answers: Hub = {}) =>
    kept(
      { list, title: "Release v1.4.0", standing, merged: [...MERGED, merged(20, "back", { lane: "hotfix" })] },
      RELEASE,
      {
        [`compare ${at("v1.3.0")} ${at("back")}`]: brings("feat: c", "back"),
        ...answers,
      },
    );

  it("names again what was rolled back before it, and not the rollback", () => {
    expect(lists([BACK]).effect?.list).toMatch(
      /^It carries 3 pull requests by one author\.\n\n\*\*dora\*\*\n\n- #1 feat: a\n- #2 fix: b\n- #3 feat: c\n/,
    );
    expect(lists([{ ...BACK, broughtAgainBy: 12 }]).effect).not.toBeNull();
  });

  it.each<[string, PullKnown["standing"]]>([
    ["another release brought it", [{ ...BACK, broughtAgainBy: 8 }]],
    ["it is not merged", [{ ...BACK, commit: null }]],
    ["it is that rollback", [{ ...BACK, number: 12 }]],
  ])("does not where %s", (_what, standing) => {
    expect(lists(standing).effect).toBeNull();
  });

  it("waits where GitHub does not say what that was", () => {
    const { effect, decision } = lists([BACK], {
      [`compare ${at("v1.3.0")} ${at("back")}`]: unknown("GitHub answered 502."),
    });
    expect([effect, decision.lookAgainAt]).toEqual([null, LATER]);
  });
});

describe("The title of a release", () => {
  const title = (given: Given, answers?: Hub) =>
    kept({ list: shows(["feat: a", "fix: b"], [], branch("staging")), ...given }, RELEASE, answers).effect?.title;

  it.each<[string, Given, { readonly from: string; readonly to: string } | undefined]>([
    ["is that of its version", { title: "Release v1.4.0" }, undefined],
    ["follows it", { title: "Release v1.3.3" }, { from: "Release v1.3.3", to: "Release v1.4.0" }],
    [
      "is given where there was none",
      { title: "Promote staging to master" },
      { from: "Promote staging to master", to: "Release v1.4.0" },
    ],
    [
      "follows a label",
      {
        title: "Release v1.4.0",
        merged: [merged(1, "feat: a", { labels: ["release:major"] }), MERGED[1] as MergedPull],
      },
      { from: "Release v1.4.0", to: "Release v2.0.0" },
    ],
    ["is people's", { title: "The big one" }, undefined],
  ])("%s", (_what, given, to) => {
    expect(title(given)).toEqual(to);
  });

  it("is what a `/promote` asks for that is under way", () => {
    const standing = [HELD, underWay({ version: { version: "1.5.0" }, whenReadyUntil: LATER })];
    expect(title({ title: "Release v1.4.0", standing })).toEqual({ from: "Release v1.4.0", to: "Release v1.5.0" });
  });

  it("stays where no version is left", () => {
    const full = { tags: [`v${"9007199254740991.".repeat(3).slice(0, -1)}`] };
    expect(title({ title: "Release v1.4.0" }, full)).toBeUndefined();
  });
});
