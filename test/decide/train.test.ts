import { describe, expect, it } from "@jest/globals";
import { decide } from "../../src/decide.ts";
import type { Decision } from "../../src/flow/decision.ts";
import type { CameOfCar, ComponentKnown, Fact, InTrain, OpenRelease, TrainKnown } from "../../src/flow/facts.ts";
import { branch, type Instant, installationId, later, repositoryId } from "../../src/flow/names.ts";
import type { Heard } from "../../src/flow/request.ts";
import type { Car, Standing } from "../../src/flow/standing.ts";
import type { Train } from "../../src/flow/train.ts";
import {
  at,
  component,
  finding,
  known,
  LATER,
  NOW,
  policy,
  pullKnown,
  REPOSITORY,
  unknown,
  verdict,
} from "../builders.ts";
import { DORA, RITA, right } from "../gates/asking.ts";
import { decided, HOUSE } from "./facts.ts";
import { asks, request } from "./under-way.ts";

const NAMES = ["database", "api", "web"] as const;
type Name = (typeof NAMES)[number];
const idOf = (name: Name) => repositoryId(name === "api" ? REPOSITORY : 50 + NAMES.indexOf(name));
const MANAGED = policy({ roles: { ...policy().roles, "release-manager": ["rita"] } });
const memory = (name: string) =>
  component({ name: `acme/${name}`, config: { ...component().config, policy: MANAGED } });
const IN_MASTER = { base: branch("master"), lane: "release" as const };
const ready = (name: Name, more: Partial<OpenRelease> = {}): OpenRelease => ({
  number: 20 + NAMES.indexOf(name),
  head: at(name),
  draft: false,
  verdict: verdict({ ...IN_MASTER, head: at(name) }),
  promoted: false,
  ...more,
});
const inTrain = (name: Name, more: Partial<InTrain> = {}): InTrain => ({
  name: `acme/${name}`,
  is: { repository: idOf(name), component: memory(name) },
  open: [ready(name)],
  came: null,
  since: null,
  ...more,
});
const PEOPLE = new Map<string, Fact<unknown>>(
  NAMES.map((name) => [`collaborators acme/${name}`, known([right(RITA, "maintain"), right(DORA, "write")])]),
);

/** Rita's, asked for in a comment on an issue of acme/api. */
const train = (more: Partial<Train> = {}): Train => ({
  kind: "train",
  key: "train:comment:900",
  by: RITA,
  at: NOW,
  because: "/promote train city",
  installation: installationId(1),
  name: "city",
  of: NAMES.map((name) => `acme/${name}`),
  asked: { kind: "component", repository: REPOSITORY },
  request: request("/promote train city", { origin: { number: 7, comment: 900 } }),
  others: [],
  line: "/promote train city",
  cars: null,
  stopped: null,
  ...more,
});
const car = (name: Name, more: Partial<Car> = {}): Car => ({
  name: `acme/${name}`,
  repository: idOf(name),
  number: 20 + NAMES.indexOf(name),
  head: at(name),
  request: `train:comment:900:${idOf(name)}`,
  released: null,
  ...more,
});
const RELEASED = { version: "v1.4.0", commit: at("merged"), at: NOW };
const came = (more: Partial<CameOfCar> = {}): CameOfCar => ({
  answer: { came: "done", body: "It is.", says: "It is." },
  commit: at("merged"),
  version: "v1.4.0",
  untagged: false,
  ...more,
});

const facts = (trains: readonly TrainKnown[], more: Partial<ComponentKnown> = {}): ComponentKnown => ({
  now: NOW,
  cause: null,
  read: PEOPLE,
  component: memory("api"),
  memory: memory("api"),
  subject: { kind: "component", repository: REPOSITORY },
  organisation: null,
  letThrough: [],
  enrolment: { written: { fingerprint: "f" as never, id: 3, completed: false, at: NOW }, refused: null },
  standing: [],
  trains,
  allTrains: trains.map((one) => one.train),
  requests: [],
  installation: installationId(1),
  ...more,
});
const of = (one: Train = train(), components = NAMES.map((name) => inTrain(name)), takenBack = false): TrainKnown => ({
  train: one,
  components,
  takenBack,
});
const judge = (trains: readonly TrainKnown[], more: Partial<ComponentKnown> = {}) =>
  decided(decide(facts(trains, more), HOUSE));
const said = ({ answered }: Decision) =>
  (answered ?? []).map(({ answer }) =>
    `${answer.came}: ${answer.body}`.replaceAll("\\", "").replaceAll(":\u200b//", "://"),
  );
const opened = ({ entries }: Decision) =>
  entries.flatMap(({ what, says }) => (what === "opened" ? [says as unknown as Train] : []));
const without = (name: Name, more: Partial<InTrain>) =>
  of(
    train(),
    NAMES.map((one) => inTrain(one, one === name ? more : {})),
  );

describe("A train that was asked for", () => {
  it("leaves once all are ready: what it merges is settled, and the first is asked for", () => {
    const decision = judge([of()]);
    expect(opened(decision)).toEqual([train({ cars: NAMES.map((name) => car(name)) })]);
    expect(decision.news.asks).toEqual([
      {
        of: { kind: "pull", repository: idOf("database"), number: 20 },
        request: {
          id: `train:comment:900:${idOf("database")}`,
          by: RITA,
          at: NOW,
          body: `/promote ${at("database")}`,
          how: "written",
          origin: { number: 20, train: { name: "city", repository: REPOSITORY, place: "acme/api#7" } },
        },
      },
    ]);
    expect(decision.news.nudges).toEqual([
      { priority: "person", subject: { kind: "pull", repository: idOf("database"), number: 20 } },
    ]);
    expect(decision.effects).toMatchObject([
      { thing: "reaction", slot: "reaction:42:comment:900:under-way", comment: 900, content: "eyes", name: "acme/api" },
    ]);
    expect(said(decision)).toEqual([]);
  });

  it("takes no reaction where a review asked for it", () => {
    const asked = train({ request: request("/promote train city", { origin: { number: 7, review: 5 } }) });
    expect(judge([of(asked)]).effects).toEqual([]);
  });

  it("looks at who is what in every repository", () => {
    expect(decide(facts([of()], { read: new Map() }), HOUSE)).toEqual({
      lacks: NAMES.map((name) => ({ want: "collaborators", of: `acme/${name}` })),
    });
    const team = policy({ roles: { ...policy().roles, "release-manager": ["@acme/release-managers"] } });
    const web = component({ name: "acme/web", config: { ...component().config, policy: team } });
    const byTeam = without("web", { is: { repository: idOf("web"), component: web } });
    expect(decide(facts([byTeam], { read: PEOPLE }), HOUSE)).toEqual({
      lacks: [{ want: "team", team: "@acme/release-managers" }],
    });
    const silent = judge([of()], { read: new Map([...PEOPLE, ["collaborators acme/web", unknown("502")]]) });
    expect(silent).toMatchObject({ lookAgainAt: LATER, entries: [] });
  });

  const holds = finding({ gate: "window", outcome: "pending", because: "dora holds it: wait." });
  const pending = verdict({ ...IN_MASTER, outcome: "pending", findings: [holds] });
  // biome-ignore format: a table is read by its columns
  it.each<[string, Partial<InTrain>, string, ReadonlyMap<string, Fact<unknown>>?]>([
    ["no component",         { is: null, open: [] }, "| none | It is no component that Flowgate works on: see to its name in `trains`, and to where the App is installed. |"],
    ["not whole",            { is: { repository: idOf("web"), component: component({ stages: {} }) } }, "| none | It lacks stage branches, so it is left alone. |"],
    ["without a release",    { open: [] }, "| none | It has no open release: `/promote` what is to be released up to the last stage. |"],
    ["with two releases",    { open: [ready("web"), ready("web", { number: 30 })] }, "| [#22](https://github.com/acme/web/pull/22) | It has two open releases, #22 and #30: close one. |"],
    ["a draft",              { open: [ready("web", { draft: true })] }, "| [#22](https://github.com/acme/web/pull/22) | It is a draft, which GitHub does not merge: mark it ready for review first. |"],
    ["under way by itself",  { open: [ready("web", { promoted: true })] }, "| [#22](https://github.com/acme/web/pull/22) | A `/promote` of its own is under way for it. |"],
    ["not judged",           { open: [ready("web", { verdict: null })] }, "| [#22](https://github.com/acme/web/pull/22) | Its newest commit was not judged yet. Wait for its check. |"],
    ["held",                 { open: [ready("web", { verdict: pending })] }, "| [#22](https://github.com/acme/web/pull/22) | dora holds it: wait. |"],
    ["not hers to release",  {}, "| [#22](https://github.com/acme/web/pull/22) | This needs a release manager; you have `none` here. Nobody could today. |", new Map([["collaborators acme/web", known([])]])],
  ])("does not leave with one that is %s", (_what, more, row, people = new Map()) => {
    const decision = judge([without("web", more)], { read: new Map([...PEOPLE, ...people]) });
    expect(said(decision)).toEqual([
      [
        "refused: The train “city” does not leave, and nothing was merged: 1 of 3 components is not ready. `/promote train city` asks again.",
        "",
        "| component | release | where it stands |",
        "| --- | --- | --- |",
        "| acme/database | [#20](https://github.com/acme/database/pull/20) | It is ready. |",
        "| acme/api | [#21](https://github.com/acme/api/pull/21) | It is ready. |",
        `| acme/web ${row}`,
      ].join("\n"),
    ]);
    expect(decision.news.asks).toEqual([]);
    expect(decision.entries.map(({ what, actor, about }) => [what, actor, about])).toEqual([
      ["closed", "rita", "component:42"],
      ["answered", "rita", "component:42"],
    ]);
    // Its own request is answered at once, and one on a pull request there.
    expect(decision.lookAgainAt).toBe(NOW);
  });

  it("counts those that are not ready, and is answered where it was written, with what came of other lines", () => {
    const asked = { kind: "pull", repository: REPOSITORY, number: 7 } as const;
    const one = train({ name: "city hall", asked, others: [{ line: "/hold", says: "It is held." }] });
    const decision = judge([
      of(
        one,
        NAMES.map((name) => inTrain(name, { open: [] })),
      ),
    ]);
    expect(said(decision)[0]?.split("\n\n")[0]).toBe(
      [
        "refused: - `/hold`: It is held.",
        '- `/promote train city`: The train “city hall” does not leave, and nothing was merged: 3 of 3 components are not ready. `/promote train "city hall"` asks again.',
      ].join("\n"),
    );
    expect(decision).toMatchObject({ lookAgainAt: null, news: { nudges: [{ priority: "person", subject: asked }] } });
  });

  it("ends with its comment", () => {
    expect(said(judge([of(train(), undefined, true)]))).toEqual([
      "refused: Its comment was edited or deleted before anything was merged.",
    ]);
  });
});

describe("A train beside another one", () => {
  const earlier = (more: Partial<Train> = {}) =>
    train({ key: "train:comment:800", at: later(NOW, -60_000), by: DORA, ...more });
  const answers = (other: Train, one = train()) => said(judge([of(one)], { allTrains: [other, one] }));

  it("is the same one, asked for twice", () => {
    const already = "done: The train “city” is under way already: dora asked for it at 2026-11-24 09:39 UTC.";
    expect(answers(earlier())).toEqual([already]);
    expect(answers(earlier({ at: NOW, key: "train:comment:100" }))).toHaveLength(1);
    expect(answers(earlier({ at: LATER, cars: [] }))).toHaveLength(1);
    // The other one is told.
    expect(answers(earlier({ at: LATER }))).toEqual([]);
  });

  it("waits for one that takes the same component along, and for no other", () => {
    expect(answers(earlier({ name: "country", of: ["acme/jobs", "acme/API"] }))).toEqual([
      "refused: The train “country” is under way and takes acme/api along: dora asked for it at 2026-11-24 09:39 UTC. Wait for its end, and say it again.",
    ]);
    expect(answers(earlier({ name: "country", of: ["acme/jobs"] }))).toEqual([]);
    expect(answers(earlier({ name: "country", stopped: NOW }))).toEqual([]);
  });

  it("leaves in the same look in which that one ends", () => {
    const other = of(
      earlier({ name: "country" }),
      NAMES.map((name) => inTrain(name, { open: [] })),
    );
    const decision = judge([other, of()]);
    expect(said(decision)).toHaveLength(1);
    expect(decision.news.asks).toHaveLength(1);
  });
});

describe("A train under way", () => {
  const CARS = NAMES.map((name) => car(name));
  const cars = (released: number): readonly Car[] =>
    CARS.map((one, place) => (place < released ? { ...one, released: RELEASED } : one));
  const on = (released: number, result: CameOfCar | null, takenBack = false): TrainKnown =>
    of(
      train({ cars: cars(released) }),
      NAMES.map((name, place) => inTrain(name, { open: [], came: place === released ? result : null })),
      takenBack,
    );

  it("waits for what it asked for, and looks at whether it can still come", () => {
    expect(judge([on(1, null)])).toMatchObject({ entries: [], answered: [], lookAgainAt: later(NOW, 3_600_000) });
  });

  it("asks for the next once one is released", () => {
    const decision = judge([on(0, came())]);
    expect(opened(decision)).toEqual([train({ cars: cars(1) })]);
    expect(decision.news.asks.map(({ request: { body } }) => body)).toEqual([`/promote ${at("api")}`]);
    expect(said(decision)).toEqual([]);
  });

  it("is through with the last one, and on record as a product", () => {
    const decision = judge([on(2, came({ version: null }))]);
    expect(said(decision)).toEqual([
      [
        `done: The train “city” is through: acme/database v1.4.0, acme/api v1.4.0 and acme/web ${at("merged").slice(0, 7)}.`,
        "",
        "| component | version | commit | by |",
        "| --- | --- | --- | --- |",
        ...["database", "api"].map(
          (name, place) =>
            `| acme/${name} | [v1.4.0](https://github.com/acme/${name}/releases/tag/v1.4.0) | [${at("merged").slice(0, 7)}](https://github.com/acme/${name}/commit/${at("merged")}) | [#${20 + place}](https://github.com/acme/${name}/pull/${20 + place}) |`,
        ),
        `| acme/web | none | [${at("merged").slice(0, 7)}](https://github.com/acme/web/commit/${at("merged")}) | [#22](https://github.com/acme/web/pull/22) |`,
        "",
        "The evidence of each is with its release, once that is deployed, tested and published.",
      ].join("\n"),
    ]);
    expect(decision.entries.map(({ what }) => what)).toEqual(["product", "closed", "answered"]);
    expect(decision.entries[0]).toMatchObject({
      actor: "rita",
      about: "component:42",
      says: {
        train: "city",
        components: [
          {
            name: "acme/database",
            number: 20,
            version: "v1.4.0",
            commit: at("merged"),
            release: "https://github.com/acme/database/releases/tag/v1.4.0",
          },
          { name: "acme/api" },
          { name: "acme/web", version: null, release: null },
        ],
      },
    });
  });

  const refused = {
    came: "refused",
    body: "It is held.",
    says: "It cannot be promoted yet. dora holds it: wait.",
  } as const;

  it.each<[string, CameOfCar, string]>([
    ["is refused", came({ answer: refused, commit: null, version: null }), refused.says],
    ["was merged and has no tag", came({ untagged: true }), "It is."],
    ["was not merged", came({ commit: null, answer: { came: "done", body: null } }), "It is not merged."],
  ])("stops where one %s, and says where it stands", (_what, result, stands) => {
    const decision = judge([on(1, result)]);
    expect(said(decision)).toEqual([
      [
        "refused: The train “city” stopped at acme/api: 1 of 3 components is released. `/promote train city` goes on with the rest, within a week.",
        "",
        "| component | release | where it stands |",
        "| --- | --- | --- |",
        `| acme/database | [#20](https://github.com/acme/database/pull/20) | It is released as v1.4.0, at ${at("merged").slice(0, 7)}. |`,
        `| acme/api | [#21](https://github.com/acme/api/pull/21) | ${stands} |`,
        "| acme/web | [#22](https://github.com/acme/web/pull/22) | It was not begun. |",
      ].join("\n"),
    ]);
    expect(opened(decision)).toEqual([train({ cars: cars(1), stopped: NOW })]);
    expect(decision.entries.map(({ what }) => what)).toEqual(["opened", "answered"]);
    expect(decision.news.asks).toEqual([]);
  });

  it("leaves nothing behind where the first one is refused", () => {
    const decision = judge([on(0, came({ answer: refused, commit: null }))]);
    expect(said(decision)[0]).toMatch(
      /^refused: The train “city” stopped at acme\/database: 0 of 3 components are released\. `\/promote train city` asks again\.\n/,
    );
    expect(decision.entries.map(({ what }) => what)).toEqual(["closed", "answered"]);
  });

  it("stops where the App was taken from a repository", () => {
    const gone = of(train({ cars: cars(0) }), [inTrain("database", { is: null })]);
    expect(said(judge([gone]))[0]).toContain("| It is no component that Flowgate works on:");
  });

  it("goes no further where its comment was deleted", () => {
    const decision = judge([on(0, came(), true)]);
    expect(said(decision)[0]).toContain(
      "| acme/api | [#21](https://github.com/acme/api/pull/21) | The comment that asked for it was edited or deleted. |",
    );
    expect(opened(decision)).toEqual([train({ cars: cars(1), stopped: NOW })]);
    expect(said(judge([on(2, came(), true)]))[0]).toMatch(/^done: /);
  });

  it("does not hinder what is looked at of the component", () => {
    expect("lacks" in decide(facts([of()], { memory: { ...memory("api"), look: true } }), HOUSE)).toBe(true);
    const unheard = { memory: null, component: null };
    expect(judge([of()], unheard).entries).toEqual([]);
  });
});

describe("A train that stopped", () => {
  const stopped = (since: Instant, released = [car("database", { released: RELEASED }), car("api")]) =>
    train({ key: "train:comment:800", cars: released, stopped: since });
  const DAY = 24 * 3_600_000;
  const rest = (open: readonly OpenRelease[] = []) => without("database", { open });
  const judged = (before: Train, one: TrainKnown) => judge([one], { allTrains: [before, one.train] });

  it("is gone on with: what it released and has nothing new to release counts", () => {
    const decision = judged(stopped(later(NOW, -6 * DAY)), rest());
    const [first, ...others] = [car("database", { released: RELEASED }), car("api"), car("web")];
    expect(opened(decision)).toEqual([train({ cars: [first as Car, ...others] })]);
    expect(decision.news.asks.map(({ request: { body } }) => body)).toEqual([`/promote ${at("api")}`]);
    expect(decision.entries[0]).toMatchObject({
      what: "closed",
      says: { key: "train:comment:800", because: "rita asked for it again" },
    });
    const again = judged(stopped(later(NOW, -6 * DAY)), rest([ready("database")]));
    expect(opened(again)).toEqual([train({ cars: NAMES.map((name) => car(name)) })]);
  });

  it("counts what somebody has released since by itself", () => {
    const by = (since: InTrain["since"]) =>
      of(
        train({ of: ["acme/database", "acme/api"] }),
        ["database", "api"].map((name) => inTrain(name as Name, { open: [], since: name === "api" ? since : null })),
      );
    const became = { commit: at("merged"), version: "v1.5.0", untagged: false };
    expect(said(judged(stopped(NOW), by(became)))[0]).toMatch(
      /^done: The train “city” is through: acme\/database v1\.4\.0 and acme\/api v1\.5\.0\.\n/,
    );
    for (const not of [null, { ...became, commit: null }, { ...became, untagged: true }])
      expect(said(judged(stopped(NOW), by(not)))[0]).toContain("| acme/api | none | It has no open release:");
  });

  it("is too old after a week", () => {
    const late = said(judged(stopped(later(NOW, -7 * DAY)), rest()))[0];
    expect(late).toContain("| acme/database | none | It has no open release:");
  });

  it("says of what it released that it is, where another one is not ready", () => {
    const both = of(train(), [inTrain("database", { open: [] }), inTrain("api", { open: [] })]);
    const noVersion = [car("database", { released: { ...RELEASED, version: null } })];
    expect(said(judged(stopped(NOW), both))[0]).toContain(
      `| acme/database | [#20](https://github.com/acme/database/pull/20) | It is released as v1.4.0, at ${at("merged").slice(0, 7)}. |`,
    );
    expect(said(judged(stopped(NOW, noVersion), both))[0]).toContain(`It is merged as ${at("merged").slice(0, 7)}.`);
  });

  it("is through at once where the config takes nothing else along by now", () => {
    const alone = of(train({ of: ["acme/database"] }), [inTrain("database", { open: [] })]);
    const decision = judged(stopped(NOW), alone);
    expect(said(decision)[0]).toMatch(/^done: The train “city” is through: acme\/database v1\.4\.0\.\n/);
  });
});

describe("/promote train", () => {
  const TRAINS = policy({ ...MANAGED, trains: { city: ["database", "api"] } });
  const api = component({ config: { ...component().config, policy: TRAINS } });
  const people = new Map([["collaborators", known([right(RITA, "maintain")])]]);
  const line = "/promote train city";
  const heard = (body: string, more: Partial<Heard> = {}) =>
    asks(body, { origin: { number: 7, comment: 900 }, ...more });
  const onIssue = (requests: ComponentKnown["requests"], standing: readonly Standing[] = []) =>
    judge([], { requests, standing, memory: api, component: api, read: people });

  it("on an issue is under way from then on, and looked at at once", () => {
    const decision = onIssue(heard(line));
    expect(opened(decision)).toMatchObject([
      train({ of: ["acme/database", "acme/api"], request: request(line, { origin: { number: 7, comment: 900 } }) }),
    ]);
    expect(decision).toMatchObject({ lookAgainAt: NOW, effects: [] });
    expect(decision.answered).toEqual([{ id: "comment:900", answer: { came: "under way", body: null } }]);
  });

  it("on a pull request is handed over to the component", () => {
    const decision = decided(
      decide(pullKnown({ component: api, read: people, requests: asks(`${line}\n/hold`), verdict: verdict() }), HOUSE),
    );
    const asked = { kind: "pull", repository: REPOSITORY, number: 12 };
    expect(opened(decision).find(({ kind }) => kind === "train")).toMatchObject({
      asked,
      others: [{ line: "/hold", says: "#12 is held: no reason was given. `/unhold` lifts it." }],
    });
    expect(decision.news.nudges).toContainEqual({
      priority: "person",
      subject: { kind: "component", repository: REPOSITORY },
    });
  });

  it("stands there once, and alone of its kind", () => {
    expect(onIssue(heard(`${line}\n${line}`)).answered).toMatchObject([{ answer: { came: "not understood" } }]);
    expect(onIssue(heard("/promote")).answered).toMatchObject([
      {
        answer: {
          came: "refused",
          body: "It belongs on the pull request that it is about; on an issue there is only `/promote train NAME`.",
        },
      },
    ]);
  });

  it("is taken back by an edit or with its comment: the component is told", () => {
    const back = { id: "comment:900:taken-back", how: "taken back" as const };
    const told = { priority: "person", subject: { kind: "component", repository: REPOSITORY } };
    const taken = (one: Train) => onIssue(heard(line, back), [one]).news.nudges;
    expect(taken(train())).toEqual([told]);
    expect(taken(train({ asked: { kind: "component", repository: idOf("web") } }))).toEqual([]);
    expect(taken(train({ request: request(line, { id: "comment:1" }) }))).toEqual([]);
  });

  it("asks each pull request by itself, which answers there and to the train", () => {
    const origin = { number: 12, train: { name: "city", repository: idOf("web"), place: "acme/web#7" } };
    const requests = asks(`/promote ${at("login")}`, { id: "train:comment:900:42", origin, by: DORA });
    const decision = decided(decide(pullKnown({ read: PEOPLE_HERE, requests, verdict: verdict() }), HOUSE));
    const says = "This needs a release manager; you have `write` here. @rita could.";
    expect(decision.answered).toEqual([
      {
        id: "train:comment:900:42",
        answer: {
          came: "refused",
          says,
          body: `For the train “city” (acme/web\\#7): ${says.replace("@", "@\u200b")}`,
        },
      },
    ]);
    expect(decision.effects.map(({ thing }) => thing)).toEqual(["check-run", "comment"]);
    expect(decision.news.nudges).toContainEqual({
      priority: "person",
      subject: { kind: "component", repository: idOf("web") },
    });
    const alone = component({ stages: { ...component().stages, staging: null } });
    const left = decided(decide(pullKnown({ component: alone, read: PEOPLE_HERE, requests }), HOUSE));
    expect(left.answered).toEqual([{ id: "train:comment:900:42", answer: { came: "done", body: null } }]);
  });
});
const PEOPLE_HERE = new Map([["collaborators", known([right(RITA, "maintain"), right(DORA, "write")])]]);
