import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Actor } from "./actor.ts";
import { commitFiles } from "./branches.ts";
import { createComment } from "./comments.ts";
import { demoRoles, type Example, examples, organisation, people, stages } from "./demo-data.ts";
import { runGit } from "./git/process.ts";
import type { Github } from "./github.ts";
import { createApp, install } from "./installing.ts";
import { mergePull } from "./merge.ts";
import type { Repository } from "./model.ts";
import { must } from "./outcome.ts";
import { openPull } from "./pulls.ts";
import { forkRepository } from "./repositories.ts";
import { submitReview } from "./reviews.ts";
import { createOrganisation, createTeam, createUser, importRepository } from "./setup.ts";

/** Fills a fresh sandbox with the example organisation: its people, teams, components, and work under way. */
export async function fillDemo(github: Github): Promise<void> {
  for (const { login, name } of people) createUser(github, login, { name, email: `${login}@${organisation}.example` });
  createOrganisation(github, organisation, { owners: ["ada"], members: ["dora", "devin", "rita", "otto", "quinn"] });
  createTeam(github, organisation, "engineering", ["dora", "devin"]);
  createTeam(github, organisation, "release-managers", ["rita", "ada"]);
  createTeam(github, organisation, "operations", ["otto", "ada"]);
  createTeam(github, organisation, "quality", ["quinn"]);
  const dependabot = createApp(github, {
    owner: organisation,
    name: "dependabot",
    permissions: { contents: "write", pull_requests: "write", metadata: "read" },
    events: [],
  });
  for (const example of examples) await addExample(github, example);
  const installation = install(github, dependabot, organisation, "all");
  await workOnApi(github);
  await workOnWeb(github);
  const bot = github.as("dependabot[bot]").account;
  await workOnWorker(github, {
    account: bot,
    installation,
    permissions: installation.permissions,
    repositoryIds: null,
  });
}

async function addExample(github: Github, { name, description, history }: Example): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sandbox-example-"));
  try {
    await cp(fileURLToPath(new URL(`../examples/${organisation}/${name}`, import.meta.url)), folder, {
      recursive: true,
    });
    await runGit(["init", "--quiet", "--initial-branch", stages[0]], { cwd: folder });
    for (const { by, daysAgo, message, paths } of history) {
      const at = new Date(github.clock.now().getTime() - daysAgo * 24 * 60 * 60 * 1000).toISOString();
      const who = people.find((person) => person.login === by)?.name ?? by;
      const email = `${by}@${organisation}.example`;
      await runGit(["add", "--", ...paths], { cwd: folder });
      await runGit(["commit", "--quiet", "--message", message], {
        cwd: folder,
        env: {
          GIT_AUTHOR_NAME: who,
          GIT_AUTHOR_EMAIL: email,
          GIT_AUTHOR_DATE: at,
          GIT_COMMITTER_NAME: who,
          GIT_COMMITTER_EMAIL: email,
          GIT_COMMITTER_DATE: at,
        },
      });
    }
    const repository = await importRepository(github, folder, { owner: organisation, name, stages, roles: demoRoles });
    const merging = { ...repository.merging, allowAutoMerge: true };
    github.state.repositories.change(repository.id, { description, merging });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The API has a change that was reviewed and merged, and one that waits for a review. */
async function workOnApi(github: Github): Promise<void> {
  const api = repositoryOf(github, "glucose-api");
  const [dora, devin] = [github.as("dora"), github.as("devin")];
  const title = "Ask for a day in the person's own time zone";
  await commit(github, dora, api, {
    branch: "fix/daylight-saving",
    message: title,
    change: "glucose-api/daylight-saving",
  });
  const fix = must(await openPull(github, dora, api, { title, head: "fix/daylight-saving", base: "development" }));
  const approval = { event: "APPROVE", body: "Checked with Auckland and Honolulu." } as const;
  must(await submitReview(github, devin, api, fix.number, approval));
  must(await mergePull(github, devin, api, fix.number, { method: "merge" }));

  const message = "Say when a reading is low";
  await commit(github, devin, api, { branch: "feature/low-alert", message, change: "glucose-api/low-alert" });
  const body = "Adds the two levels of the consensus.\n\n- [x] values at the edges\n- [ ] wording agreed with @quinn\n";
  const alert = must(
    await openPull(github, devin, api, { title: message, head: "feature/low-alert", base: "development", body }),
  );
  const question = "Should 54 itself be urgent? The consensus says *below* 54.";
  must(await createComment(github, dora, api, alert.number, question));
}

/** The web front end has a branch without a pull request yet, and one from a contributor's fork. */
async function workOnWeb(github: Github): Promise<void> {
  const web = repositoryOf(github, "glucose-web");
  await commit(github, github.as("dora"), web, {
    branch: "feature/unit-switch",
    message: "Let people switch between mg/dL and mmol/L",
    change: "glucose-web/unit-switch",
  });
  const olga = github.as("olga");
  const fork = must(await forkRepository(github, olga, web));
  const title = "Say it kindly when there are no readings";
  await commit(github, olga, fork, { branch: "fix/empty-day", message: title, change: "glucose-web/empty-day" });
  must(await openPull(github, olga, web, { title, head: "olga:fix/empty-day", base: "development" }));
}

/** The worker has a bot's update that aims past the stages. */
async function workOnWorker(github: Github, bot: Actor): Promise<void> {
  const worker = repositoryOf(github, "glucose-worker");
  const title = "Bump python from 3.13-slim to 3.14-slim";
  const head = "dependabot/docker/python-3.14-slim";
  await commit(github, bot, worker, { branch: head, message: title, change: "glucose-worker/python-3.14" });
  must(
    await openPull(github, bot, worker, {
      title,
      head,
      base: "master",
      body: `Bumps \`python\`, as asked for weekly.`,
    }),
  );
}

type Work = {
  readonly branch: string;
  readonly message: string;
  /** A folder under examples/changes, whose files are written. */
  readonly change: string;
};

async function commit(github: Github, by: Actor, repository: Repository, work: Work): Promise<void> {
  const folder = fileURLToPath(new URL(`../examples/changes/${work.change}`, import.meta.url));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path)] = await readFile(path, "utf8");
  }
  const { branch, message } = work;
  must(await commitFiles(github, by, repository, { branch, message, files, from: stages[0] }));
}

function repositoryOf(github: Github, name: string): Repository {
  const repository = github.repository(`${organisation}/${name}`);
  if (!repository) throw new Error(`there is no example ${name}`);
  return repository;
}
