import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { deleteBranch, renameBranch, signatureOf } from "../../sandbox/branches.ts";
import { createRun } from "../../sandbox/check-runs.ts";
import { deleteComment } from "../../sandbox/comments.ts";
import type { RequestFault } from "../../sandbox/faults.ts";
import { changeApp, install, suspend } from "../../sandbox/installing.ts";
import { editIssue, openIssue } from "../../sandbox/issues.ts";
import { addLabels } from "../../sandbox/labels.ts";
import type { Team } from "../../sandbox/model.ts";
import { must } from "../../sandbox/outcome.ts";
import { attach, removeAsset } from "../../sandbox/release-assets.ts";
import { createRelease, deleteRelease } from "../../sandbox/releases.ts";
import { changeSettings } from "../../sandbox/repositories.ts";
import { editRuleset } from "../../sandbox/rulesets.ts";
import { createTeam } from "../../sandbox/setup.ts";
import { setStatus } from "../../sandbox/statuses.ts";
import { setTeamRole } from "../../sandbox/teams.ts";
import { rerunWorkflow, runWorkflow } from "../../sandbox/workflow-runs.ts";
import { assetsSlot, checkSlot, type Effect, executionSlot, type Receipt } from "../../src/flow/effect.ts";
import { type Answers, type Comparison, type Fact, type Facts, type TreeEntry, wantKey } from "../../src/flow/facts.ts";
import { digestOf } from "../../src/flow/ledger.ts";
import type { WantOfGithub } from "../../src/flow/look.ts";
import {
  branch,
  type Hash,
  type Instant,
  installationId,
  instant,
  later,
  type RepositoryId,
  repositoryId,
  type Sha,
  sha,
} from "../../src/flow/names.ts";
import { checkRuleset, type LiveRuleset, rulesetTitle, TAGS_TITLE, wantedRulesets } from "../../src/flow/ruleset.ts";
import type { Lease } from "../../src/flow/subject.ts";
import { connect, type Github } from "../../src/github/client.ts";
import { LANES_ONLY, OWNER, startWorld, type World } from "../world.ts";
import { FACTS } from "./api.ts";

// The same room that the tables try on answers written by hand, here on a GitHub that keeps state. What the sandbox
// answers is held to GitHub's published description elsewhere, so what is read here is read from GitHub too.

let world: World;
let github: Github;
let lease: Lease;
let repository: RepositoryId;
let number: number;
const paused: Instant[] = [];
const kept = new Map<string, { etag: string; body: string }>();
const name = `${OWNER}/api`;
const dora = () => world.person("dora");
const now = () => instant(world.clock.now().getTime());

beforeAll(async () => {
  world = await startWorld({ started: false });
  const installed = install(world.github, world.registered, OWNER, "all");
  repository = repositoryId(world.repository().id);
  const subject = { kind: "component", repository } as const;
  lease = { subject, installation: installationId(installed.id), priority: "bulk", token: "t" };
  github = connected();
  await dora().pushes("feature/units", "development", { message: "Tell units\n\nOf all readings", files: { a: "1" } });
  await dora().pushes("feature/units", undefined, { message: "Convert units", files: { b: "2" } });
  number = await dora().opens("feature/units", "development", { title: "Units" });
});

function connected(): Github {
  return connect({
    appId: world.registered.id,
    privateKey: world.registered.privateKey,
    apiUrl: world.sandbox.apiUrl,
    version: "1.2.3",
    log: pino({ level: "silent" }),
    clock: { now },
    cache: {
      get: async (url) => kept.get(url) ?? null,
      keep: async (url, etag, body) => {
        kept.set(url, { etag, body });
      },
    },
    onPause: (_installation, until) => paused.push(until),
    timeout: 500,
    grace: 1_000,
  });
}

afterEach(() => {
  world.github.faults.clear();
});

afterAll(async () => {
  github.stop();
  await world.stop();
});

async function look<T = unknown>(want: WantOfGithub, from = github): Promise<Fact<T>> {
  const component = { ...(FACTS.component as NonNullable<Facts["component"]>), name };
  const facts: Facts = {
    now: now(),
    cause: null,
    read: new Map(),
    subject: { kind: "component", repository },
    component,
    memory: null,
    organisation: null,
    enrolment: null,
    letThrough: [],
    standing: [],
    trains: [],
    allTrains: [],
    requests: [],
    installation: lease.installation,
  };
  return (await from.look(lease, facts, [want])).get(wantKey(want)) as Fact<T>;
}
async function value<T = unknown>(want: WantOfGithub): Promise<T> {
  const fact = await look<T>(want);
  if (!fact.known) throw new Error(fact.because);
  return fact.value;
}
const head = () => sha(world.head("feature/units"));
const goesWrong = (does: RequestFault["does"], method: string, times = 1) =>
  world.github.faults.add({ on: "request", method, path: /^\/repos\//, does, times });
const asked = () => world.github.requests.all().map(({ method, status }) => `${method} ${status}`);

describe("every want", () => {
  test("repository", async () => {
    expect(await value({ want: "repository" })).toEqual({
      name,
      defaultBranch: "master",
      methods: ["merge", "squash", "rebase"],
    });
  });

  test("branch", async () => {
    expect(await value({ want: "branch", branch: branch("feature/units") })).toBe(head());
    expect(await value({ want: "branch", branch: branch("feature/none") })).toBeNull();
  });

  test("branch, renamed and removed", async () => {
    const by = dora().actor;
    await dora().branches("feature/old", "development");
    must(await renameBranch(world.github, world.github.as("ada"), world.repository(), "feature/old", "feature/new"));
    expect(await value({ want: "branch", branch: branch("feature/old") })).toBeNull();
    expect(await value({ want: "branch", branch: branch("feature/new") })).toBe(world.head("development"));
    must(await deleteBranch(world.github, by, world.repository(), "feature/new"));
    expect(await value({ want: "branch", branch: branch("feature/new") })).toBeNull();
  });

  test("document", async () => {
    const path = ".github/flowgate.yml";
    expect(await value({ want: "document", path })).toMatchObject({ found: true, text: LANES_ONLY });
    expect(await value({ want: "document", path: ".github/none.yml" })).toEqual({ found: false });
    expect(await value({ want: "document", path: ".github" })).toEqual({ found: false });
  });

  test("document over 1 MB", async () => {
    const long = "# ä\n".repeat(300_000);
    await world.person("ada").pushes("master", undefined, { files: { "long.yml": long } });
    expect(await value({ want: "document", path: "long.yml" })).toMatchObject({ found: true, text: long });
  });

  test("pull and open-pulls tell the same", async () => {
    const pull = await value({ want: "pull", number });
    expect(pull).toMatchObject({
      number,
      facts: {
        title: "Units",
        author: { login: "dora", bot: false },
        draft: false,
        state: "open",
        merged: false,
        head: { sha: head(), ref: "feature/units", repository },
        base: "development",
      },
    });
    expect(await value({ want: "open-pulls" })).toEqual([pull]);
  });

  test("pull of a fork", async () => {
    const devin = await world.person("devin").forks();
    await devin.pushes("patch-1", "development", { files: { c: "3" } });
    const from = await world.person("devin").opens("devin:patch-1", "development");
    const pull = await value<{ facts: { head: { repository: number } } }>({ want: "pull", number: from });
    expect(pull.facts.head.repository).not.toBe(repository);
    await world.person("devin").closes(from);
    expect(await value({ want: "pull", number: from })).toMatchObject({ facts: { state: "closed", merged: false } });
  });

  test("compare", async () => {
    const comparison = await value({ want: "compare", base: branch("development"), head: head() });
    expect(comparison).toMatchObject({
      ahead: 2,
      behind: 0,
      mergeBase: world.head("development"),
      whole: true,
      commits: [
        { title: "Tell units", parents: [world.head("development")], author: { login: "dora" } },
        { sha: head(), title: "Convert units" },
      ],
      changes: {
        files: [
          { path: "a", before: null },
          { path: "b", before: null },
        ],
        whole: true,
      },
    });
    const at = sha(world.head("development"));
    expect(await value({ want: "compare", base: branch("development"), head: at })).toMatchObject({
      ahead: 0,
      commits: [],
      whole: true,
    });
    expect(await look({ want: "compare", base: branch("none"), head: at })).toMatchObject({ known: false });
  });

  test("compare page by page", async () => {
    await dora().branches("feature/many", "development");
    const { git } = world.github;
    const author = signatureOf(world.github, dora().actor);
    let tip = world.head("development");
    const tree = (await git.commit(repository, tip))?.tree as string;
    for (let commit = 0; commit < 103; commit++) {
      tip = await git.writeCommit(repository, {
        tree,
        parents: [tip],
        author,
        committer: author,
        message: `${commit}`,
      });
    }
    await dora().forces("feature/many", tip);
    const comparison = await value<{ commits: { sha: string }[]; ahead: number; whole: boolean }>({
      want: "compare",
      base: branch("development"),
      head: sha(world.head("feature/many")),
    });
    expect(comparison).toMatchObject({ ahead: 103, whole: true });
    expect(new Set(comparison.commits.map((commit) => commit.sha)).size).toBe(103);
  }, 60_000);

  test("brought-by", async () => {
    expect(await value({ want: "brought-by", commit: head() })).toEqual([
      { number, author: expect.objectContaining({ login: "dora" }), merged: false, base: "development", head: head() },
    ]);
    const alone = sha(world.head("development"));
    expect(await value({ want: "brought-by", commit: alone })).toEqual([]);
  });

  test("reviews", async () => {
    expect(await value({ want: "reviews", number })).toEqual([]);
    await world.person("rita").approves(number);
    expect(await value({ want: "reviews", number })).toEqual([
      {
        by: expect.objectContaining({ login: "rita", bot: false }),
        state: "approved",
        commit: head(),
        at: expect.any(String),
        id: expect.any(Number),
      },
    ]);
  });

  test("compare with a commit, and the tree of one", async () => {
    const base = sha(world.head("development"));
    const other = await value<Comparison>({ want: "compare", base: head(), head: base });
    expect(other).toMatchObject({ ahead: 0, behind: 2, mergeBase: base, commits: [], whole: true });
    const { commits } = await value<Comparison>({ want: "compare", base, head: head() });
    expect(await value({ want: "tree", commit: head() })).toBe(commits.at(-1)?.tree);
    expect(await value({ want: "tree", commit: base })).not.toBe(commits.at(-1)?.tree);
    expect(await look({ want: "tree", commit: sha("0".repeat(40)) })).toMatchObject({ known: false });
  });

  test("checks, of runs and statuses", async () => {
    const want = { want: "checks", head: sha(world.head("master")) } as const;
    expect(await value(want)).toEqual([]);
    const set = async (context: string, state: string) =>
      must(await setStatus(world.github, dora().actor, world.repository(), want.head, { context, state }));
    await set("ci/build", "failure");
    await set("CI/Build", "success");
    const status = { name: "CI/Build", app: null, ended: "success", id: expect.any(Number) };
    expect(await value(want)).toEqual([status]);
    const bot = { ...dora().actor, installation: world.github.state.installations.get(lease.installation) ?? null };
    const run = { name: "build", status: "in_progress" } as const;
    must(await createRun(world.github, bot, world.repository(), want.head, { name: "build", conclusion: "failure" }));
    must(await createRun(world.github, bot, world.repository(), want.head, run));
    expect(await value(want)).toEqual([
      status,
      { name: "build", app: world.registered.id, ended: "pending", id: expect.any(Number) },
    ]);
  });

  test("team, with the teams below it", async () => {
    createTeam(world.github, OWNER, "night-shift", ["devin"], "operations");
    const team = await value<{ login: string }[]>({ want: "team", team: `@${OWNER}/operations` });
    expect(team.map(({ login }) => login).toSorted()).toEqual(["devin", "otto"]);
    expect(await value({ want: "team", team: `@${OWNER}/none` })).toBeNull();
  });

  test("access of a team, or of one above it", async () => {
    createTeam(world.github, OWNER, "day-shift", ["devin"], "quality");
    const may = () =>
      Promise.all(
        ["quality", "day-shift", "none"].map((slug) => value({ want: "team-access", team: `@${OWNER}/${slug}` })),
      );
    expect(await may()).toEqual([false, false, false]);
    const quality = world.github.find.teamsOf(world.repository().ownerId).find(({ slug }) => slug === "quality");
    must(setTeamRole(world.github, world.github.as("ada"), quality as Team, world.repository(), "read"));
    expect(await may()).toEqual([true, true, false]);
  });

  test("collaborators", async () => {
    const list = await value<{ person: { login: string }; right: string }[]>({ want: "collaborators" });
    const rights = Object.fromEntries(list.map(({ person, right }) => [person.login, right]));
    expect(rights).toMatchObject({ ada: "admin", dora: "write", rita: "maintain" });
    expect(rights).not.toHaveProperty("olaf");
  });

  test("issues", async () => {
    const want = { want: "issues", label: "blocks release" } as const;
    expect(await value(want)).toEqual([]);
    const labels = ["blocks release"];
    const issue = async (title: string) =>
      must(await openIssue(world.github, dora().actor, world.repository(), { title, labels })).number;
    const [first, second] = [await issue("First"), await issue("Second")];
    must(await addLabels(world.github, dora().actor, world.repository(), number, labels));
    must(await editIssue(world.github, dora().actor, world.repository(), first, { state: "closed" }));
    expect(await value(want)).toEqual([{ number: second, title: "Second" }]);
  });

  test("rules, with what a classic protection requires", async () => {
    await dora().branches("stage/classic", "master");
    const want = { want: "rules", branch: branch("stage/classic") } as const;
    expect(await value(want)).toEqual([]);
    world.github.state.protections.put({
      id: world.github.state.nextId(),
      repositoryId: repository,
      branch: want.branch,
      strict: false,
      checks: [
        { context: "ci", appId: world.registered.id },
        { context: "scan", appId: null },
      ],
      enforceAdmins: true,
    });
    const checks = [
      { context: "ci", app: world.registered.id },
      { context: "scan", app: null },
    ];
    expect(await value(want)).toEqual([{ type: "required_status_checks", checks }]);
    expect(await value({ want: "branch", branch: want.branch })).toBe(world.head("master"));
  });

  test("files of a commit, and the text of one", async () => {
    const entries = await value<Answers["entries"]>({ want: "entries", commit: head() });
    const a = entries.find(({ path }) => path === "a") as TreeEntry;
    expect(a).toMatchObject({ kind: "file", size: 1 });
    expect(await value({ want: "blob", path: "a", sha: a.blob })).toBe("1");
  });

  test("the bytes of a file, who touched it, and what its new lines may destroy", async () => {
    const from = sha(world.head("development"));
    await dora().pushes("feature/bytes", "development", { files: { "docs/a b.sql": "DROP TABLE users;\n" } });
    await dora().pushes("feature/bytes", undefined, { files: { other: "1" } });
    const at = sha(world.head("feature/bytes"));
    const compared = await value<Comparison>({ want: "compare", base: from, head: at });
    const file = compared.changes.files.find(({ path }) => path === "docs/a b.sql");
    expect(file?.destructive).toEqual(["DROP TABLE users"]);
    const touched = await value<Answers["touched"]>({ want: "touched", path: "docs/a b.sql", head: at });
    expect(touched).toEqual([compared.commits[0]?.sha]);
    const facts = { component: { ...FACTS.component, name } } as Facts;
    const bytes = await github.bytes(lease, facts, { path: "docs/a b.sql", sha: file?.blob as Sha });
    expect(bytes.known && Buffer.from(bytes.value ?? []).toString()).toBe("DROP TABLE users;\n");
  });

  test("run, of the last attempt and of one before", async () => {
    const workflow = ".github/workflows/backup.yml";
    await dora().pushes("feature/backup", "development", { files: { [workflow]: "on: push\n" } });
    const by = dora().actor;
    const outcome = { conclusion: "failure", at: "2026-11-24T03:00:00Z" };
    const { id } = must(
      await runWorkflow(world.github, by, world.repository(), { workflow, branch: "feature/backup", ...outcome }),
    );
    must(rerunWorkflow(world.github, by, world.repository(), id, { ...outcome, conclusion: "success" }));
    const want = { want: "run", repository: name, id, attempt: null } as const;
    expect(await value(want)).toEqual({
      id,
      attempt: 2,
      repository: name,
      defaultBranch: "master",
      workflow,
      branch: "feature/backup",
      foreign: false,
      conclusion: "success",
      started: "2026-11-24T02:59:00.000Z",
      finished: "2026-11-24T03:00:00.000Z",
    });
    expect(await value({ ...want, attempt: 1 })).toMatchObject({ attempt: 1, conclusion: "failure" });
    expect(await value({ ...want, attempt: 3 })).toBeNull();
    expect(await value({ ...want, id: 1 })).toBeNull();
    expect(await value({ ...want, repository: "else/where" })).toBeNull();
  });

  test("text and pushers of a pull request", async () => {
    expect(await value({ want: "text", number })).toEqual({ title: "Units", body: "" });
    const pushers = await value({ want: "pushers", branch: branch("feature/units") });
    expect(pushers).toEqual([expect.objectContaining({ login: "dora" })]);
    expect(await value({ want: "pushers", branch: branch("feature/none") })).toEqual([]);
  });

  test("pushers of more than a page", async () => {
    await dora().branches("feature/busy", "development");
    await world.person("rita").pushes("feature/busy", undefined, { files: { first: "1" } });
    for (let push = 0; push < 101; push++) await dora().pushes("feature/busy", undefined, { files: { x: `${push}` } });
    const pushers = await value<{ login: string }[]>({ want: "pushers", branch: branch("feature/busy") });
    expect(pushers.map(({ login }) => login)).toEqual(["dora", "rita"]);
  }, 60_000);

  test("what is not there is not known", async () => {
    for (const want of [
      { want: "pull", number: 999 },
      { want: "reviews", number: 999 },
      { want: "brought-by", commit: sha("0".repeat(40)) },
    ] as const) {
      expect(await look(want)).toMatchObject({ known: false });
    }
  });

  test("asked again, nothing is sent that did not change", async () => {
    const wants: WantOfGithub[] = [{ want: "repository" }, { want: "open-pulls" }, { want: "pull", number }];
    for (const want of wants) await look(want);
    world.github.requests.reset();
    for (const want of wants) expect(await look(want)).toMatchObject({ known: true });
    expect(asked()).toEqual(["GET 304", "GET 304", "GET 304"]);
  });
});

describe("every effect", () => {
  const check = (more: { status?: "in_progress" | "completed"; mark?: string; over?: Receipt | null } = {}): Effect => {
    const { status = "completed", mark = "f1", over = null } = more;
    const written =
      over?.came === "done" && over.effect.thing === "check-run"
        ? {
            id: over.id,
            fingerprint: over.effect.fingerprint,
            completed: over.effect.content.status === "completed",
            at: over.at,
          }
        : null;
    return {
      does: "set",
      thing: "check-run",
      slot: checkSlot(repository, head(), "flowgate: development"),
      fingerprint: mark as Hash,
      repository,
      name,
      head: head(),
      over: written,
      content: {
        name: "flowgate: development",
        status,
        conclusion: status === "completed" ? "success" : null,
        title: `Title ${mark}`,
        summary: "Because.",
        detailsUrl: null,
      },
    };
  };
  const runs = () =>
    world.runs(head()).map(({ id, status, conclusion, externalId }) => ({ id, status, conclusion, externalId }));

  test("a check run is made, completed, changed, and made anew instead of opened again", async () => {
    const opened = await github.perform(lease, check({ status: "in_progress", mark: "a" }));
    expect(opened).toMatchObject({ came: "done" });
    const completed = await github.perform(lease, check({ mark: "b", over: opened }));
    const changed = await github.perform(lease, check({ mark: "c", over: completed }));
    const anew = await github.perform(lease, check({ status: "in_progress", mark: "d", over: changed }));
    const ids = [opened, completed, changed, anew].map((receipt) => (receipt.came === "done" ? receipt.id : receipt));
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(runs()).toEqual([
      { id: ids[0], status: "completed", conclusion: "success", externalId: "c" },
      { id: ids[3], status: "in_progress", conclusion: null, externalId: "d" },
    ]);
    expect(await github.find(lease, check({ mark: "d" }), now())).toMatchObject({ came: "done", id: ids[3] });
    // The older run still has this mark, and is not what stands there.
    expect(await github.find(lease, check({ mark: "c" }), later(now(), -1_000))).toBeNull();
  });

  const cut = ["502", "timeout", "reset"] as const;
  test.each(cut)("cut off by %s after it was done: found, and not done twice", async (kind) => {
    goesWrong({ kind, effect: true }, "POST");
    const before = runs().length;
    const effect = check({ mark: `after ${kind}` });
    expect(await github.perform(lease, effect)).toMatchObject({ came: "unsure" });
    expect(await github.find(lease, effect, now())).toMatchObject({ came: "done", id: runs().at(-1)?.id });
    expect(runs()).toHaveLength(before + 1);
  });

  test.each(cut)("cut off by %s before it was done: looked for, and not there", async (kind) => {
    goesWrong({ kind, effect: false }, "POST");
    const before = runs().length;
    const effect = check({ mark: `before ${kind}` });
    expect(await github.perform(lease, effect)).toMatchObject({ came: "unsure" });
    expect(await github.find(lease, effect, now())).toMatchObject({ came: "unsure" });
    expect(await github.find(lease, effect, later(now(), -1_000))).toBeNull();
    expect(runs()).toHaveLength(before);
  });

  test("a check on a commit that is not there is refused", async () => {
    const effect = { ...check(), head: sha("0".repeat(40)) } as Effect;
    expect(await github.perform(lease, effect)).toMatchObject({ came: "refused" });
  });

  const staging = branch("staging");
  const ruleset = (over: number | null, remove = false): Effect => ({
    does: "set",
    thing: "ruleset",
    slot: "ruleset" as Effect["slot"],
    fingerprint: "r1" as Hash,
    repository,
    name,
    title: rulesetTitle(staging),
    content: remove ? null : checkRuleset({ stage: staging, first: false, app: world.registered.id }),
    over,
  });
  const wanted = { want: "rulesets", titles: [rulesetTitle(staging)] } as const;

  test("a comment is made, found, written over, and made anew where somebody deleted it", async () => {
    const said = (body: string, over: number | null): Effect => ({
      does: "set",
      thing: "comment",
      slot: executionSlot(repository, number),
      fingerprint: body as Hash,
      repository,
      name,
      number,
      mark: "<!-- execution -->",
      body: `${body} <!-- execution -->`,
      over,
    });
    const texts = () => world.github.find.commentsOf(world.repository().id, number).map(({ body }) => body);
    const did = async (effect: Effect) => {
      const receipt = await github.perform(lease, effect);
      if (receipt.came !== "done") throw new Error(JSON.stringify(receipt));
      return receipt.id;
    };
    const id = await did(said("None done.", null));
    expect(await github.find(lease, said("None done.", null), now())).toMatchObject({ came: "done", id });
    expect(await github.find(lease, said("One done.", id), later(now(), -60_000))).toBeNull();
    expect(await did(said("One done.", id))).toBe(id);
    expect(await github.find(lease, said("One done.", id), now())).toMatchObject({ came: "done", id });
    expect(texts()).toEqual(["One done. <!-- execution -->"]);
    must(deleteComment(world.github, dora().actor, world.repository(), id));
    expect(await did(said("Two done.", id))).not.toBe(id);
    expect(texts()).toEqual(["Two done. <!-- execution -->"]);
  });

  test("files of a release are sent, read back, mended where an upload broke off, and put right again", async () => {
    const rita = world.github.as("rita");
    const release = must(
      await createRelease(world.github, rita, world.repository(), {
        tagName: "v1.0.0",
        draft: true,
        target: undefined,
      }),
    );
    const files = [
      { name: "evidence.json", text: '{"said":"\u00fc"}\n' },
      { name: "evidence.md", text: "# Evidence\n" },
    ];
    const assets: Extract<Effect, { thing: "assets" }> = {
      does: "set",
      thing: "assets",
      slot: assetsSlot(repository, number),
      fingerprint: "a1" as Hash,
      repository,
      name,
      tag: "v1.0.0",
      release: release.id,
      sendTo: null,
      files,
    };
    const there = () =>
      world.github.find.assetsOf(release.id).map(({ name, stored }) => [name, stored?.digest ?? "starter"]);
    const right = files.map(({ name, text }) => [name, `sha256:${digestOf(text)}`]);
    const over = later(now(), -60_000);
    const done = { came: "done", id: release.id };

    world.github.faults.add({ on: "request", path: /name=evidence\.md$/, times: 1, does: { kind: "half" } });
    expect(await github.perform(lease, assets)).toMatchObject({ came: "unsure" });
    expect(there()).toEqual([right[0], ["evidence.md", "starter"]]);
    expect(await github.find(lease, assets, over)).toBeNull();
    expect(await github.perform(lease, assets)).toMatchObject(done);
    expect(there()).toEqual(right);
    expect(await github.find(lease, assets, now())).toMatchObject(done);

    const another = { name: "evidence.json", label: null, contentType: "text/plain", whole: true };
    const [first] = world.github.find.assetsOf(release.id);
    must(removeAsset(world.github, rita, world.repository(), first?.id ?? 0));
    const bytes = Buffer.from("Somebody's");
    must(await attach(world.github, rita, world.repository(), release.id, { ...another, bytes }));
    must(await attach(world.github, rita, world.repository(), release.id, { ...another, name: "notes.txt", bytes }));
    expect(await github.find(lease, assets, over)).toBeNull();
    world.github.faults.add({ on: "request", method: "POST", times: 1, does: { kind: "502", effect: true } });
    expect(await github.perform(lease, assets)).toMatchObject({ came: "unsure" });
    expect(await github.find(lease, assets, now())).toMatchObject(done);
    expect(there()).toEqual(expect.arrayContaining([...right, ["notes.txt", `sha256:${digestOf("Somebody's")}`]]));

    world.github.requests.reset();
    const anew = must(
      await createRelease(world.github, rita, world.repository(), {
        tagName: "v1.1.0",
        draft: true,
        target: undefined,
      }),
    );
    expect(await github.perform(lease, { ...assets, release: anew.id })).toMatchObject({ came: "done", id: anew.id });
    expect(asked()).toEqual(["GET 200", "POST 201", "POST 201", "GET 200"]);

    must(await deleteRelease(world.github, rita, world.repository(), release.id));
    expect(await github.perform(lease, assets)).toMatchObject({
      came: "refused",
      because: expect.stringContaining("does not show the release v1.0.0 any more"),
    });
    expect(await github.find(lease, assets, over)).toBeNull();
  });

  test("a ruleset is made, found, enforced, put right again and removed", async () => {
    expect(await github.find(lease, ruleset(null), later(now(), -1_000))).toBeNull();
    const made = await github.perform(lease, ruleset(null));
    expect(made).toMatchObject({ came: "done" });
    const id = made.came === "done" ? made.id : 0;
    expect(await github.find(lease, ruleset(null), now())).toMatchObject({ came: "done", id });
    expect(await value(wanted)).toMatchObject([{ id, enforcement: "active", bypassActors: [] }]);
    expect(await value({ want: "rulesets", titles: ["another"] })).toEqual([]);
    const rules = await value<{ type: string; checks: object[] }[]>({ want: "rules", branch: staging });
    expect(rules.map(({ type }) => type).sort()).toEqual([
      "deletion",
      "non_fast_forward",
      "pull_request",
      "required_status_checks",
    ]);
    expect(rules.find(({ type }) => type === "required_status_checks")?.checks).toEqual([
      { context: "flowgate: staging", app: world.registered.id },
    ]);
    expect(await value({ want: "rules", branch: branch("feature/units") })).toEqual([]);

    must(editRuleset(world.github, world.github.as("ada"), world.repository(), id, { enforcement: "disabled" }));
    expect(await value(wanted)).toMatchObject([{ enforcement: "disabled" }]);
    expect(await github.find(lease, ruleset(id), later(now(), -1_000))).toBeNull();
    expect(await github.perform(lease, ruleset(id))).toMatchObject({ came: "done", id });
    expect(await github.find(lease, ruleset(id), now())).toMatchObject({ came: "done", id });

    expect(await github.perform(lease, ruleset(id, true))).toMatchObject({ came: "done", id: 0 });
    expect(await value(wanted)).toEqual([]);
    expect(await github.find(lease, ruleset(id, true), now())).toMatchObject({ came: "done", id: 0 });
    expect(await github.perform(lease, ruleset(id, true))).toMatchObject({ came: "done", id: 0 });
    const anew = await github.perform(lease, ruleset(id));
    expect(anew).toMatchObject({ came: "done" });
    expect(await github.perform(lease, ruleset(null))).toMatchObject({ came: "refused" });
    expect(await github.perform(lease, ruleset(null, true))).toMatchObject({ came: "done" });
  });

  test("rulesets that only we pass, and those for tags, are kept by GitHub as we write them", async () => {
    const app = world.registered.id;
    const all = wantedRulesets({ stage: staging, first: false, last: true, mergeBy: "promote", app }).slice(1);
    const effects = all.map((content): Effect => ({ ...ruleset(null), title: content.name, content }) as Effect);
    for (const effect of effects) {
      expect(await github.perform(lease, effect)).toMatchObject({ came: "done" });
      expect(await github.find(lease, effect, now())).toMatchObject({ came: "done" });
    }
    const titles = all.map(({ name }) => name);
    const shown = await value<LiveRuleset[]>({ want: "rulesets", titles });
    expect(shown.map(({ name, target, bypassActors }) => [name, target, bypassActors])).toEqual(
      all.map(({ name, target, bypass_actors }) => [name, target, bypass_actors]),
    );
    // Somebody makes it one for branches: it is still ours, and put right.
    const id = shown.find(({ name }) => name === TAGS_TITLE)?.id as number;
    must(editRuleset(world.github, world.github.as("ada"), world.repository(), id, { target: "branch" }));
    expect(await value({ want: "rulesets", titles: [TAGS_TITLE] })).toMatchObject([{ id, target: "branch" }]);
    expect(await github.find(lease, effects[1] as Effect, later(now(), -1_000))).toBeNull();
    const removed = effects.map((effect): Effect => ({ ...effect, content: null, over: null }) as Effect);
    for (const effect of removed) expect(await github.perform(lease, effect)).toMatchObject({ came: "done" });
    expect(await value({ want: "rulesets", titles })).toEqual([]);
  });
});

describe("as the App", () => {
  test("self, installations, repositories, open pull requests", async () => {
    expect(await github.self()).toMatchObject({ value: { app: world.registered.id, bot: "flowgate[bot]" } });
    const { installation } = lease;
    expect(await github.installations()).toMatchObject({ value: [{ installation, account: OWNER, suspended: false }] });
    expect(await github.repositories(installation)).toMatchObject({
      value: [{ repository, name, defaultBranch: "master" }],
    });
    const of = { installation, repository, name };
    const pulls = await github.openPulls(of);
    expect(pulls).toMatchObject({ value: [{ number }] });
    expect(await github.pull(of, number)).toMatchObject({ value: pulls.known ? pulls.value[0] : null });
  });

  test("what could not be delivered is found and asked for again, until it was taken", async () => {
    let status = 503;
    const seen: string[] = [];
    const inbox = http.createServer((request, response) => {
      seen.push(String(request.headers["x-github-delivery"]));
      request.resume().on("end", () => response.writeHead(status).end());
    });
    await new Promise<void>((resolve) => inbox.listen(0, "127.0.0.1", resolve));
    const { port } = inbox.address() as AddressInfo;
    changeApp(world.github, world.registered.id, { webhookUrl: `http://127.0.0.1:${port}/` });
    const since = later(now(), -1_000);
    await dora().retargets(number, "staging");
    await dora().retargets(number, "development");
    await world.github.settled();
    const failed = await github.failedDeliveries(since);
    if (!failed.known) throw new Error(failed.because);
    expect(failed.value.map(({ guid }) => guid).sort()).toEqual([...new Set(seen)].sort());
    expect(seen.length).toBeGreaterThan(1);
    status = 202;
    for (const { id } of failed.value) expect(await github.redeliver(id)).toMatchObject({ known: true });
    await world.github.settled();
    expect(await github.failedDeliveries(since)).toMatchObject({ known: true, value: [] });
    inbox.close();
    inbox.closeAllConnections();
  });
});

describe("when GitHub is not well", () => {
  const want: WantOfGithub = { want: "branch", branch: branch("master") };

  test("the token runs out", async () => {
    await look(want);
    world.clock.skip(61 * 60_000);
    world.github.requests.reset();
    expect(await Promise.all([look(want), look({ want: "repository" })])).toMatchObject([
      { known: true },
      { known: true },
    ]);
    expect(asked()).toEqual(["POST 201", "GET 200", "GET 200"]);
  });

  test("suspended: nothing is taken to be missing", async () => {
    suspend(world.github, lease.installation, true);
    const fresh = connected();
    expect(await look(want, fresh)).toMatchObject({ known: false, because: expect.stringContaining("token") });
    fresh.stop();
    suspend(world.github, lease.installation, false);
  });

  test("the repository is renamed", async () => {
    const ada = world.github.as("ada");
    must(await changeSettings(world.github, ada, world.repository(), { name: "renamed" }));
    expect(await value({ want: "repository" })).toMatchObject({ name: `${OWNER}/renamed` });
    expect(await value({ want: "branch", branch: branch("master") })).toBe(world.head("master"));
    must(await changeSettings(world.github, ada, world.repository(), { name: "api" }));
  });

  test("a secondary limit holds everything until it ends", async () => {
    goesWrong({ kind: "secondary", retryAfter: 30 }, "GET");
    const fact = await look(want);
    expect(fact).toMatchObject({ known: false });
    expect(paused).toHaveLength(1);
    world.github.requests.reset();
    expect(await look(want)).toMatchObject({ known: false, because: expect.stringContaining("rate limit") });
    expect(asked()).toEqual([]);
    world.clock.skip(30_000);
    expect(await look(want)).toMatchObject({ known: true });
  });
});
