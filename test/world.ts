import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { pino } from "pino";
import { parse } from "yaml";
import type { Actor } from "../sandbox/actor.ts";
import { commitFiles, createBranch, deleteBranch, renameBranch, signatureOf } from "../sandbox/branches.ts";
import { createRun } from "../sandbox/check-runs.ts";
import { machineClock, type SkippableClock } from "../sandbox/clock.ts";
import { createComment, editComment } from "../sandbox/comments.ts";
import { mergeTrees, replay } from "../sandbox/git/history.ts";
import { writeFiles } from "../sandbox/git/trees.ts";
import type { Github } from "../sandbox/github.ts";
import { changeApp, createApp, install } from "../sandbox/installing.ts";
import { pushRefs } from "../sandbox/landing.ts";
import { mergePull } from "../sandbox/merge.ts";
import type {
  CheckConclusion,
  CheckRun,
  Installation,
  MergeMethod,
  Pull,
  App as RegisteredApp,
  Repository,
} from "../sandbox/model.ts";
import { must } from "../sandbox/outcome.ts";
import { editPull, openPull } from "../sandbox/pulls.ts";
import { branchAt } from "../sandbox/refs.ts";
import { forkRepository } from "../sandbox/repositories.ts";
import { dismissReview, reviewsOf, submitReview } from "../sandbox/reviews.ts";
import { type Pages, type Sandbox, startSandbox } from "../sandbox/server.ts";
import { createOrganisation, createRepository, createTeam, createUser, importRepository } from "../sandbox/setup.ts";
import { boxesOf, setBox } from "../sandbox/task-list.ts";
import { addTeamMember, removeTeamMember } from "../sandbox/teams.ts";
import { type App, instant, type Settings, startApp } from "../src/app.ts";
import { freshDatabase } from "./postgres/fresh.ts";

/** What the App asks for when it is registered. */
export const manifest = parse(readFileSync(new URL("../app.yml", import.meta.url), "utf8")) as {
  readonly default_permissions: RegisteredApp["permissions"];
  readonly default_events: readonly string[];
};

export const OWNER = "acme";
export const STAGES = ["development", "staging", "master"] as const;
/** Who is in which team of the organisation. */
export const TEAMS: Readonly<Record<string, readonly string[]>> = {
  engineering: ["dora", "devin"],
  operations: ["otto"],
  quality: ["quinn"],
  "release-managers": ["rita"],
};

/** A config that asks for the lanes and for nothing behind them; who merges presses GitHub's button. */
export function lanesOnly(stages: readonly string[] = STAGES): string {
  const nobody = [...stages.slice(1), "hotfix"].map((of) => `${of}: []`).join(", ");
  return `enforcement: managed
stages: [${stages.join(", ")}]
approvals: { ${nobody} }
merge_by: anyone
checks: { allow_none: true }
runbook: { required: false }
backup: { when: data }
report: { gate_checks: false }
`;
}
export const LANES_ONLY = lanesOnly();

/** A run-book of five items, three of which come after the merge. */
export const RUN_BOOK = `# Run-book

## Before

- [ ] Tell the hospitals
- [ ] Dry run of the migration (result)

## Deploy

- [ ] Run scripts/activate.sh

## Test

- [ ] Log in
- [ ] Read a value

## Rollback

Run scripts/activate.sh with the tag before.

## Monitor

Look at https://status.example.com
`;
export const RUN_BOOK_PATH = "docs/runbooks/release.md";

export type WorldOptions = {
  /** The text of `.github/flowgate.yml` on the default branch, `LANES_ONLY` when left out; null: there is none. */
  readonly config?: string | null;
  readonly stages?: readonly string[];
  /** The default branch; the last stage when left out. */
  readonly defaultBranch?: string;
  /** What the App is granted; all it asks for when left out. */
  readonly permissions?: RegisteredApp["permissions"];
  /** Whether the App is installed and running at once. */
  readonly started?: boolean;
  readonly private?: boolean;
  /** A local git repository to take over instead of a made-up one. */
  readonly imported?: string;
  readonly settings?: Partial<Settings>;
  /** The sandbox's pages; none when left out. */
  readonly pages?: Pages;
};

export type Commit = { readonly message?: string; readonly files?: Readonly<Record<string, string | null>> };

/** A repository, and what goes on there. */
type Place = {
  readonly repository: () => Repository;
  person(login: string): Person;
  /** Another App that may write here, at work as its bot. */
  bot(name: string): Person;
  /** What another App reports on a pull request's head; null: that it has begun. */
  reports(number: number, name: string, conclusion: CheckConclusion | null): Promise<void>;
  /** The newest check run of this name, by our App. */
  check(number: number, name?: string): CheckRun | undefined;
  runs(sha: string): readonly CheckRun[];
  pull(number: number): Pull;
  head(branch: string): string;
};

/** A small GitHub with one component, its people, and Flowgate at work on it: what stories are told in. */
export type World = Place & {
  readonly sandbox: Sandbox;
  readonly github: Github;
  readonly clock: SkippableClock;
  readonly registered: RegisteredApp;
  readonly installation: () => Installation;
  readonly app: () => App;
  readonly settings: Settings;
  /** Log lines of warn and above since the start. */
  readonly warnings: readonly { readonly level: number; readonly msg: string }[];
  /** Log lines of info since the start, in order: what was decided and why. */
  readonly said: readonly string[];
  /** Moves everybody's clock forward, and waits until what falls due then is done. */
  skip(milliseconds: number): Promise<void>;
  start(): Promise<void>;
  stopApp(): Promise<void>;
  /** Waits until every delivery is answered and Flowgate has nothing left to do. */
  quiet(): Promise<void>;
  /** The same world as seen from another repository in it. */
  at(repository: Repository): World;
  stop(): Promise<void>;
};

/** What a person does, as one would say it. */
export type Person = {
  readonly actor: Actor;
  /** Commits to a branch, which is cut from `from` when it is new. Rejects with GitHub's refusal. */
  pushes(branch: string, from?: string, commit?: Commit): Promise<string>;
  branches(branch: string, from: string): Promise<string>;
  deletes(branch: string): Promise<void>;
  opens(
    head: string,
    base: string,
    more?: { readonly title?: string; readonly body?: string; readonly draft?: boolean },
  ): Promise<number>;
  retargets(number: number, base: string): Promise<void>;
  retitles(number: number, title: string): Promise<void>;
  /** Writes another body. */
  rewrites(number: number, body: string): Promise<void>;
  closes(number: number): Promise<void>;
  reopens(number: number): Promise<void>;
  /** Null when it is merged, else GitHub's refusal. */
  merges(
    number: number,
    method?: MergeMethod,
    sha?: string,
  ): Promise<{ readonly status: number; readonly message: string } | null>;
  /** Forks the repository into the person's own account; answers the same person at work there. */
  forks(): Promise<Person>;
  /** Merges another branch into a branch and pushes that; `files` resolve what conflicts. */
  joins(branch: string, other: string, files?: Readonly<Record<string, string>>): Promise<string>;
  /** Cherry-picks a commit onto a branch and pushes that. */
  picks(branch: string, commit: string): Promise<string>;
  /** Pushes a branch to where another branch or commit is, with force. */
  forces(branch: string, to: string): Promise<void>;
  renames(branch: string, to: string): Promise<void>;
  approves(number: number): Promise<void>;
  /** Writes a comment on a pull request or an issue; answers its id. */
  says(number: number, body: string): Promise<number>;
  /** Changes a comment. */
  corrects(comment: number, body: string): Promise<void>;
  /** Clicks on a box in the comment of the App that shows the run-book, by its label, such as `S3`. */
  ticks(number: number, label: string, ticked?: boolean): Promise<void>;
  /** Submits a review that only comments. */
  remarks(number: number, body: string): Promise<void>;
  /** Takes back every approval of a pull request, whoever gave it. */
  dismisses(number: number): Promise<void>;
  addsToTeam(team: string, login: string): Promise<void>;
  takesFromTeam(team: string, login: string): Promise<void>;
};

let commits = 0;

const EVIDENCE_KEY = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const moved = new Set<() => void>();
  const clock = clockThatTells(moved);
  const sandbox = await startSandbox({
    folder: null,
    host: "127.0.0.1",
    port: 0,
    clock,
    log: () => {},
    ...(options.pages && { pages: options.pages }),
  });
  const { github } = sandbox;
  for (const login of ["ada", "dora", "devin", "rita", "otto", "quinn", "olaf"]) createUser(github, login);
  createOrganisation(github, OWNER, { owners: ["ada"], members: ["dora", "devin", "rita", "otto", "quinn"] });
  for (const [team, members] of Object.entries(TEAMS)) createTeam(github, OWNER, team, members);
  const stages = options.stages ?? STAGES;
  const config = options.config === undefined ? lanesOnly(options.stages) : options.config;
  const files = { "README.md": "# api\n", ...(config === null ? {} : { ".github/flowgate.yml": config }) };
  const [oldest = "master", ...rest] = [...stages].reverse();
  const roles = { dora: "write", devin: "write", rita: "maintain", otto: "write", quinn: "write" } as const;
  const made = options.imported
    ? await importRepository(github, options.imported, {
        owner: OWNER,
        name: "api",
        stages,
        file: { path: ".github/flowgate.yml", content: LANES_ONLY },
        roles,
      })
    : await createRepository(github, {
        owner: OWNER,
        name: "api",
        private: options.private ?? false,
        defaultBranch: options.defaultBranch ?? oldest,
        roles,
        branches: [
          { name: oldest, commits: [{ message: "Begin", author: "dora", files }] },
          ...rest.map((name) => ({ name, from: oldest })),
        ],
      });
  const registered = createApp(github, {
    owner: OWNER,
    name: "flowgate",
    permissions: options.permissions ?? manifest.default_permissions,
    events: manifest.default_events,
    webhookSecret: randomBytes(12).toString("hex"),
  });
  const database = await freshDatabase();
  const warnings: { level: number; msg: string }[] = [];
  const said: string[] = [];
  const log = pino(
    { level: "info" },
    {
      write(text: string) {
        const line = JSON.parse(text) as { level: number; msg: string };
        if (line.level > 30) warnings.push(line);
        else said.push(line.msg);
      },
    },
  );
  const settings: Settings = {
    appId: registered.id,
    privateKey: registered.privateKey,
    webhookSecret: registered.webhookSecret,
    apiUrl: sandbox.apiUrl,
    host: "127.0.0.1",
    port: 0,
    links: null,
    board: { kind: "loopback" },
    databaseUrl: database?.url ?? null,
    folder: null,
    // Else a world with a folder warns that it made one.
    evidenceKey: EVIDENCE_KEY,
    log,
    clock: { now: () => instant(clock.now().getTime()), onMove: (listener) => void moved.add(listener) },
    inFlightGraceMs: 300,
    sweepEveryMs: 3_600_000,
    ...options.settings,
  };
  let app: App | null = null;
  let installation: Installation | null = null;
  let ci: Actor | null = null;
  const placed = (repository: () => Repository): Place => {
    const here: Place = {
      repository,
      person: (login) => personOf(github, repository, github.as(login)),
      bot: (name) => personOf(github, repository, installedApp(github, name, { contents: "write" })),
      async reports(number, name, conclusion) {
        ci ??= installedApp(github, "ci", { checks: "write" });
        const { head } = here.pull(number);
        const status = conclusion === null ? { status: "in_progress" as const } : { conclusion };
        must(await createRun(github, ci, repository(), head.sha, { name, ...status }));
      },
      check(number, name) {
        const pull = here.pull(number);
        const wanted = name ?? `flowgate: ${pull.base.ref}`;
        return here.runs(pull.head.sha).findLast((run) => run.name === wanted);
      },
      runs: (sha) => github.find.runsAt(repository().id, sha).filter(({ appId }) => appId === registered.id),
      pull(number) {
        const pull = github.find.pull(repository().id, number);
        if (!pull) throw new Error(`there is no #${number}`);
        return pull;
      },
      head(branch) {
        const sha = branchAt(github, repository().id, branch);
        if (!sha) throw new Error(`there is no branch ${branch}`);
        return sha;
      },
    };
    return here;
  };

  const world: World = {
    sandbox,
    github,
    clock,
    registered,
    ...placed(() => github.state.repositories.get(made.id) as Repository),
    at: ({ id }) => ({ ...world, ...placed(() => github.state.repositories.get(id) as Repository) }),
    installation: () => installation as Installation,
    app: () => app as App,
    settings,
    warnings,
    said,
    async skip(milliseconds) {
      clock.skip(milliseconds);
      await world.quiet();
    },
    async start() {
      app = await startApp(settings);
      changeApp(github, registered.id, { webhookUrl: `${app.url}/api/github/webhooks` });
      installation ??= install(github, registered, OWNER, "all");
    },
    async stopApp() {
      await app?.stop();
      app = null;
    },
    async quiet() {
      for (let calm = 0; calm < 2; ) {
        await github.settled();
        calm = (await world.app().idle()) ? calm + 1 : 0;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async stop() {
      await world.stopApp();
      await sandbox.stop();
      await database?.drop();
    },
  };
  if (options.started ?? true) {
    await world.start();
    await world.quiet();
  }
  return world;
}

/** The comment that shows the run-book of a pull request. */
export const runBookOf = (github: Github, { id }: Repository, number: number) =>
  github.find.commentsOf(id, number).find(({ body }) => body.startsWith("<!-- flowgate:execution "));

function personOf(github: Github, repository: () => Repository, actor: Actor): Person {
  return {
    actor,
    async pushes(branch, from, { message, files } = {}) {
      commits += 1;
      const content = files ?? { [`src/${commits}.ts`]: `export const n = ${commits};\n` };
      const input = {
        branch,
        message: message ?? `Change ${commits}`,
        files: content,
        ...(from === undefined ? {} : { from }),
      };
      return must(await commitFiles(github, actor, repository(), input));
    },
    branches: async (branch, from) => must(await createBranch(github, actor, repository(), branch, from)),
    async deletes(branch) {
      must(await deleteBranch(github, actor, repository(), branch));
    },
    async opens(head, base, more = {}) {
      return must(
        await openPull(github, actor, repository(), { title: `Take ${head} into ${base}`, head, base, ...more }),
      ).number;
    },
    async retargets(number, base) {
      must(await editPull(github, actor, repository(), number, { base }));
    },
    async retitles(number, title) {
      must(await editPull(github, actor, repository(), number, { title }));
    },
    async rewrites(number, body) {
      must(await editPull(github, actor, repository(), number, { body }));
    },
    async closes(number) {
      must(await editPull(github, actor, repository(), number, { state: "closed" }));
    },
    async reopens(number) {
      must(await editPull(github, actor, repository(), number, { state: "open" }));
    },
    async merges(number, method = "merge", sha) {
      const came = await mergePull(github, actor, repository(), number, {
        method,
        ...(sha === undefined ? {} : { sha }),
      });
      return came.done ? null : { status: came.refusal.status, message: came.refusal.message };
    },
    async forks() {
      const { id } = must(await forkRepository(github, actor, repository()));
      return personOf(github, () => github.state.repositories.get(id) as Repository, actor);
    },
    async joins(branch, other, files) {
      const { id } = repository();
      const [ours, theirs] = [tip(branch), tip(other)];
      const merged = await mergeTrees(github.git, id, ours, theirs);
      if (merged === null && files === undefined) throw new Error(`${other} conflicts with ${branch}`);
      const tree = merged ?? ((await github.git.commit(id, ours))?.tree as string);
      const signature = signatureOf(github, actor);
      return push(branch, {
        tree: await writeFiles(github.git, id, tree, files ?? {}),
        parents: [ours, theirs],
        author: signature,
        committer: signature,
        message: `Merge branch '${other}' into ${branch}`,
      });
    },
    async picks(branch, commit) {
      const picked = await replay(github.git, repository().id, [commit], tip(branch), signatureOf(github, actor));
      if (picked === null) throw new Error(`${commit} conflicts with ${branch}`);
      await moves(branch, picked);
      return picked;
    },
    forces: (branch, to) => moves(branch, branchAt(github, repository().id, to) ?? to),
    async renames(branch, to) {
      must(await renameBranch(github, actor, repository(), branch, to));
    },
    async approves(number) {
      must(submitReview(github, actor, repository(), number, { event: "APPROVE" }));
    },
    async says(number, body) {
      return must(createComment(github, actor, repository(), number, body)).id;
    },
    async corrects(comment, body) {
      must(editComment(github, actor, repository(), comment, body));
    },
    async ticks(number, label, ticked = true) {
      const shown = runBookOf(github, repository(), number);
      if (shown === undefined) throw new Error(`#${number} shows no run-book`);
      const at = shown.body.indexOf(`] **${label}** `);
      const index = boxesOf(shown.body).findIndex((box) => box.at === at - 1);
      must(editComment(github, actor, repository(), shown.id, setBox(shown.body, index, ticked) as string));
    },
    async remarks(number, body) {
      must(submitReview(github, actor, repository(), number, { event: "COMMENT", body }));
    },
    async dismisses(number) {
      for (const { id, state } of reviewsOf(github, repository().id, number))
        if (state === "APPROVED") must(dismissReview(github, actor, repository(), number, id, "Look again."));
    },
    async addsToTeam(team, login) {
      must(addTeamMember(github, actor, teamNamed(team), login, "member"));
    },
    async takesFromTeam(team, login) {
      must(removeTeamMember(github, actor, teamNamed(team), login));
    },
  };

  function teamNamed(slug: string) {
    const team = github.find.teamsOf(repository().ownerId).find((one) => one.slug === slug);
    if (!team) throw new Error(`there is no team ${slug}`);
    return team;
  }
  function tip(branch: string): string {
    const sha = branchAt(github, repository().id, branch);
    if (!sha) throw new Error(`there is no branch ${branch}`);
    return sha;
  }
  async function push(branch: string, commit: Parameters<Github["git"]["writeCommit"]>[1]): Promise<string> {
    const sha = await github.git.writeCommit(repository().id, commit);
    await moves(branch, sha);
    return sha;
  }
  async function moves(branch: string, to: string): Promise<void> {
    const change = { ref: `refs/heads/${branch}`, before: tip(branch), after: to };
    must(await github.exclusively(repository().id, () => pushRefs(github, actor, repository(), [change])));
  }
}

/** Another App at work on the repository, as its bot. */
function installedApp(github: Github, name: string, permissions: RegisteredApp["permissions"]): Actor {
  const app = createApp(github, {
    owner: OWNER,
    name,
    permissions,
    events: [],
    webhookSecret: "",
  });
  const installation = install(github, app, OWNER, "all");
  const bot = github.state.accounts.get(app.botId);
  if (!bot) throw new Error(`${name} has no bot`);
  return { account: bot, installation, permissions: installation.permissions, repositoryIds: null };
}

/** The sandbox's clock, which also tells the App when it was moved. */
function clockThatTells(moved: ReadonlySet<() => void>): SkippableClock {
  const clock = machineClock();
  return {
    ...clock,
    skip(milliseconds) {
      clock.skip(milliseconds);
      for (const tell of moved) tell();
    },
  };
}
