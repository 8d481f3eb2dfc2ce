import { describe, expect, it } from "@jest/globals";
import { type KnownRelease, NO_ROLLBACK, type PullKnown } from "../../src/flow/facts.ts";
import { branch } from "../../src/flow/names.ts";
import { at, component, LATER, NOW, policy, pullMemory, REPOSITORY, unknown, verdict } from "../builders.ts";
import { FACTS, PATH } from "../commands/walking.ts";
import { OTTO } from "../gates/asking.ts";
import { attested } from "../release/attested.ts";
import { brings, FREE, type Hub, hub, judge, says } from "./hub.ts";
import { PLACE } from "./released.ts";
import { asks, done, MERGED, promotions, request, rollback, rollingBack, written } from "./under-way.ts";

const [OLD, LIVE] = [at("v1.0.0"), at("v1.1.0")];
const BOOKS = at("the run-books");
/** #12 released v1.1.0, which is live. */
const released = pullMemory(
  { head: "staging", base: "master" },
  { state: "closed", merged: true, mergeCommit: MERGED },
);
const known: Partial<PullKnown> = { memory: released, verdict: null };
const github: Hub = {
  ...hub(),
  tagged: [
    { tag: "v1.0.0", commit: OLD },
    { tag: "v1.1.0", commit: LIVE },
  ],
  "branch master": LIVE,
  [`compare ${OLD} ${LIVE}`]: { ...brings(), ahead: 1, commits: [{ sha: LIVE }] },
  [`folders ${LIVE} .github,docs/runbooks`]: [at("rules"), BOOKS],
  [`folders ${OLD} .github,docs/runbooks`]: [at("old rules"), at("old run-books")],
  [`tree ${OLD}`]: at("tree of v1.0.0"),
};
const open = { request: request("/rollback"), answer: { came: "under way" as const, body: null } };
const under: Partial<PullKnown> = { ...known, standing: [rollingBack()], requests: [open] };
const opened = (facts: Partial<PullKnown> = under, answers: Hub = github) => {
  const [effect] = judge(facts, answers).effects;
  if (effect?.thing !== "commit") throw new Error(`it is ${effect?.thing}`);
  return effect;
};

describe("/rollback", () => {
  it("is kept first, and goes on at the next look", () => {
    const decision = judge({ ...known, requests: asks("/rollback because exports are empty") }, github);
    expect(done(decision)).toEqual([]);
    expect(promotions(decision)).toMatchObject([
      { what: "opened", kind: "rolling-back", because: "exports are empty", head: LIVE, withdraws: ["v1.1.0"] },
    ]);
    expect(decision.answered).toEqual([{ id: "comment:900", answer: { came: "under way", body: null } }]);
    expect(decision.lookAgainAt).toBe(NOW);
  });

  it("opens a pull request with the tree of then, but for what stays", () => {
    const decision = judge(under, github);
    expect(done(decision)).toEqual(["commit"]);
    expect(decision.final).toBe(false);
    expect(opened()).toMatchObject({
      slot: "rollback:42:12",
      branch: `hotfix/rollback-to-v1.0.0-${LIVE.slice(0, 7)}`,
      base: "master",
      parents: [LIVE],
      tree: at("tree of v1.0.0"),
      folders: [
        { path: ".github", tree: at("rules") },
        { path: "docs/runbooks", tree: BOOKS },
      ],
      title: "Roll back to v1.0.0",
      message: `Roll back to v1.0.0\n\nThe tree of v1.0.0 (${OLD.slice(0, 7)}) on top of ${LIVE.slice(0, 7)}, but for .github and docs/runbooks.\nIt withdraws v1.1.0.\n`,
    });
    expect(decision.entries).toMatchObject([
      { what: "promoting", actor: "rita", says: { does: "opens the pull request back to v1.0.0" } },
    ]);
  });

  it("names only what differs, and takes away what was not there yet", () => {
    const folders = (is: readonly unknown[], was: readonly unknown[]) =>
      opened(under, {
        ...github,
        [`folders ${LIVE} .github,docs/runbooks`]: is,
        [`folders ${OLD} .github,docs/runbooks`]: was,
      }).folders;
    expect(folders([at("rules"), null], [at("rules"), null])).toEqual([]);
    expect(folders([null, BOOKS], [at("rules"), null])).toEqual([
      { path: ".github", tree: null },
      { path: "docs/runbooks", tree: BOOKS },
    ]);
  });

  it("asks for run-books below .github no second time", () => {
    const at_ = (directory: string) => ({
      ...under,
      component: component({
        config: {
          ...component().config,
          policy: { ...FREE, runBook: { ...policy().runBook, required: false, directory } },
        },
      }),
    });
    const answers = { ...github, [`folders ${LIVE} .github`]: [null], [`folders ${OLD} .github`]: [null] };
    expect(opened(at_(".github/books/"), answers).folders).toEqual([]);
    expect(opened(at_(".github"), answers).folders).toEqual([]);
  });

  it("tells what it withdraws, by which run-book, and from which backups one could go back", () => {
    const withBook = component({
      config: { ...component().config, policy: { ...FREE, runBook: { ...policy().runBook, required: true } } },
    });
    const release = (number: number, version: string): KnownRelease => ({
      standing: {
        kind: "release",
        key: `release:42:${number}`,
        by: null,
        at: NOW,
        because: "minor",
        repository: REPOSITORY,
        number,
        version,
        commit: LIVE,
        notes: "",
        previous: null,
        ledger: PLACE,
      },
      ended: null,
      slot: null,
    });
    const backup = (id: string, served: number) => ({ ...attested({ id }), by: OTTO, served });
    const facts: Partial<PullKnown> = {
      ...under,
      component: withBook,
      verdict: verdict({ lane: "release", base: branch("master") }),
      memory: { ...released, body: `Run-book: ${PATH}` },
      ledger: null,
      rollback: { ...NO_ROLLBACK, releases: [release(12, "v1.1.0"), release(7, "v1.0.0")] },
      spent: [
        { standing: backup("snap-2", 12), closed: null },
        { standing: backup("snap-1", 7), closed: null },
        { standing: backup("snap-3", 12), closed: "its comment was deleted" },
        { standing: { ...backup("x", 12), what: "no-data-impact" } as never, closed: null },
      ],
    };
    const seen = Object.fromEntries(Object.entries(FACTS).map(([want, fact]) => [want, fact]));
    const { body } = opened(facts, {
      ...github,
      ...seen,
      collaborators: github["collaborators"],
      [`parents ${MERGED}`]: [at("before"), at("login")],
      [`compare ${at("before")} ${at("login")}`]: brings(),
    });
    expect(body).toMatch(new RegExp(`^Run-book: ${PATH}\n\n`));
    expect(body).toContain("`master` goes back to what `v1.0.0` was, and `v1.1.0` is withdrawn.");
    expect(body).toContain(`[\`${PATH}\`](https://github.com/acme/api/blob/${LIVE}/${PATH})`);
    expect(body).toMatch(
      /These backups were attested for what is withdrawn:\n\n- `snap-2` of `[^`]+`, finished .*, claimed by otto, before #12\n\nAsked/,
    );
    expect(body).toMatch(/Asked for by rita on #12: exports are empty\.$/);
    expect(opened().body).toContain("No backup is on record for what is withdrawn.");
    expect(opened({ ...under, standing: [rollingBack({ withdraws: ["v1.2.0", "v1.1.0"] })] }).body).toContain(
      "`v1.2.0` and `v1.1.0` are withdrawn.",
    );
  });

  it("is on record once its pull request is there, and answered", () => {
    const { fingerprint } = opened();
    const there = { ...NO_ROLLBACK, opened: written(20, fingerprint) };
    const decision = judge({ ...under, rollback: there }, github);
    expect(promotions(decision)).toMatchObject([
      { what: "opened", ...rollback() },
      { what: "closed", key: "rolling-back:42:12" },
    ]);
    expect(says(decision)).toEqual([
      "#20 rolls master back to `v1.0.0` and withdraws `v1.1.0`: it is judged as a hotfix, and `/promote` there merges it.",
    ]);
    // That was another one.
    expect(done(judge({ ...under, rollback: { ...NO_ROLLBACK, opened: written(19, "before") } }, github))).toEqual([
      "commit",
    ]);
  });

  it("says why GitHub takes no pull request", () => {
    const refused = { fingerprint: opened().fingerprint, because: "It says no.", at: NOW };
    const decision = judge({ ...under, rollback: { ...NO_ROLLBACK, opened: { written: null, refused } } }, github);
    expect(says(decision)).toEqual(["The pull request that rolls master back could not be opened. It says no."]);
    expect(promotions(decision)).toMatchObject([{ what: "closed", key: "rolling-back:42:12" }]);
  });

  it("waits where GitHub does not answer, and ends where it is asked for anew", () => {
    const silent = judge(under, { ...github, [`tree ${OLD}`]: unknown("GitHub answered 502.") });
    expect([done(silent), silent.lookAgainAt]).toEqual([[], LATER]);
    const requests = [
      open,
      ...asks("/rollback to v1.0.0", { id: "comment:901", origin: { number: 12, comment: 901 } }),
    ];
    const moved = { ...under, standing: [rollingBack({ head: at("older") })], requests };
    const anew = judge(moved, github);
    expect(says(anew)).toEqual(["rita asked for it anew, and this ends."]);
    expect(anew.lookAgainAt).toBe(NOW);
  });

  it("is not begun together with a `/promote`", () => {
    const decision = judge({ ...known, requests: asks("/promote\n/rollback") }, { ...github, tags: [] });
    expect(says(decision)[0]).toMatch(/Nothing was done\./);
    expect(promotions(decision)).toEqual([]);
  });
});
