import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commitFiles } from "./branches.ts";
import { createComment } from "./comments.ts";
import { runGit } from "./git/process.ts";
import type { Github } from "./github.ts";
import { mergePull } from "./merge.ts";
import type { Role } from "./model.ts";
import { must } from "./outcome.ts";
import { openPull } from "./pulls.ts";
import { forkRepository } from "./repositories.ts";
import { submitReview } from "./reviews.ts";
import { createApp, createOrganisation, createTeam, createUser, importRepository, install } from "./setup.ts";

/** The organisation that the examples belong to. */
export const organisation = "glucolabs";
/** Its stage branches, in the order in which changes travel. */
export const stages = ["development", "staging", "master"] as const;
/** Who has which role on each of its repositories. */
export const demoRoles: Readonly<Record<string, Role>> = {
  "@engineering": "write",
  "@quality": "write",
  "@operations": "maintain",
  "@release-managers": "maintain",
};

const people = [
  { login: "dora", name: "Dora Okafor, developer" },
  { login: "devin", name: "Devin Marsh, developer" },
  { login: "rita", name: "Rita Lindqvist, release manager" },
  { login: "otto", name: "Otto Brandt, operations" },
  { login: "quinn", name: "Quinn Abara, quality" },
  { login: "ada", name: "Ada Moreau, admin" },
  { login: "olga", name: "Olga Petrova, outside contributor" },
] as const;

type Example = {
  readonly name: string;
  readonly description: string;
  /** Commits from the first to the newest: who brought which paths, and how many days ago. */
  readonly history: readonly {
    readonly by: string;
    readonly daysAgo: number;
    readonly message: string;
    readonly paths: readonly string[];
  }[];
};

const examples: readonly Example[] = [
  {
    name: "glucose-api",
    description: "Stores glucose readings and answers for them over HTTP",
    history: [
      {
        by: "dora",
        daysAgo: 41,
        message: "Store and answer readings over HTTP",
        paths: ["README.md", "package.json", "src", "test"],
      },
      { by: "devin", daysAgo: 33, message: "Keep readings in PostgreSQL", paths: ["migrations", "scripts/migrate.sh"] },
      { by: "otto", daysAgo: 28, message: "Build an image and activate it", paths: ["Dockerfile", "scripts"] },
      {
        by: "rita",
        daysAgo: 20,
        message: "Write down how a release goes, and hold changes to their stages",
        paths: ["docs", ".github"],
      },
    ],
  },
  {
    name: "glucose-web",
    description: "The web front end: a day, a week, and time in range",
    history: [
      {
        by: "devin",
        daysAgo: 39,
        message: "Show today's readings",
        paths: ["README.md", "package.json", "public", "test"],
      },
      {
        by: "dora",
        daysAgo: 30,
        message: "Remember each person's unit and range",
        paths: ["migrations", "scripts/migrate.sh"],
      },
      { by: "otto", daysAgo: 27, message: "Serve it from nginx", paths: ["Dockerfile", "nginx.conf", "scripts"] },
      {
        by: "rita",
        daysAgo: 19,
        message: "Write down how a release goes, and hold changes to their stages",
        paths: ["docs", ".github"],
      },
    ],
  },
  {
    name: "glucose-worker",
    description: "Fetches sensor readings, drops duplicates, marks gaps",
    history: [
      {
        by: "dora",
        daysAgo: 36,
        message: "Put sensor readings in order",
        paths: ["README.md", "pyproject.toml", "glucose_worker", "tests"],
      },
      { by: "otto", daysAgo: 26, message: "Run it in the cluster", paths: ["Dockerfile", "migrations", "scripts"] },
      {
        by: "rita",
        daysAgo: 18,
        message: "Write down how a release goes, and hold changes to their stages",
        paths: ["docs", ".github"],
      },
    ],
  },
];

/** Fills a fresh sandbox with the example organisation: its people, teams, components, and work under way. */
export async function fillDemo(github: Github): Promise<void> {
  for (const { login, name } of people) createUser(github, login, { name, email: `${login}@${organisation}.example` });
  createOrganisation(github, organisation, { owners: ["ada"], members: ["dora", "devin", "rita", "otto", "quinn"] });
  createTeam(github, organisation, "engineering", ["dora", "devin"]);
  createTeam(github, organisation, "release-managers", ["rita"]);
  createTeam(github, organisation, "operations", ["otto"]);
  createTeam(github, organisation, "quality", ["quinn"]);
  const dependabot = createApp(github, {
    owner: organisation,
    name: "dependabot",
    permissions: { contents: "write", pull_requests: "write", metadata: "read" },
    events: [],
  });
  for (const example of examples) await addExample(github, example);
  install(github, dependabot, organisation, "all");
  await workOnApi(github);
  await workOnWeb(github);
  await workOnWorker(github);
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
      const who = people.find((person) => person.login === by)?.name.split(",")[0] ?? by;
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
    github.state.repositories.change(repository.id, { description });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The API has a change that was reviewed and merged, and one that waits for a review. */
async function workOnApi(github: Github): Promise<void> {
  const api = repositoryOf(github, "glucose-api");
  const [dora, devin] = [github.as("dora"), github.as("devin")];
  await commit(github, "dora", "glucose-api", "fix/daylight-saving", "Ask for a day in the person's own time zone", {
    "src/day.mjs": `/** The first and last moment of a person's day, whatever the server's own time zone. */
export function dayOf(date, offsetMinutes) {
  const start = Date.parse(\`\${date}T00:00:00Z\`) - offsetMinutes * 60_000;
  return { from: new Date(start).toISOString(), to: new Date(start + 86_400_000).toISOString() };
}
`,
  });
  const fix = must(
    await openPull(github, dora, api, {
      title: "Ask for a day in the person's own time zone",
      head: "fix/daylight-saving",
      base: "development",
    }),
  );
  must(
    await submitReview(github, devin, api, fix.number, {
      event: "APPROVE",
      body: "Checked with Auckland and Honolulu.",
    }),
  );
  must(await mergePull(github, devin, api, fix.number, { method: "merge" }));
  await commit(github, "devin", "glucose-api", "feature/low-alert", "Say when a reading is low", {
    "src/alerts.mjs": `const LOW_MGDL = 70;
const URGENT_MGDL = 54;

/** "urgent", "low", or null: what a new reading asks the person to look at. */
export function alertFor(mgdl) {
  if (mgdl < URGENT_MGDL) return "urgent";
  return mgdl < LOW_MGDL ? "low" : null;
}
`,
  });
  const alert = must(
    await openPull(github, devin, api, {
      title: "Say when a reading is low",
      head: "feature/low-alert",
      base: "development",
      body: "Adds the two levels of the consensus on time in range.\n\n- [x] values at the edges\n- [ ] wording agreed with @quinn\n",
    }),
  );
  must(
    await createComment(github, dora, api, alert.number, "Should 54 itself be urgent? The consensus says *below* 54."),
  );
}

/** The web front end has a branch without a pull request yet, and one from a contributor's fork. */
async function workOnWeb(github: Github): Promise<void> {
  const web = repositoryOf(github, "glucose-web");
  await commit(github, "dora", "glucose-web", "feature/unit-switch", "Let people switch between mg/dL and mmol/L", {
    "public/units.js": `/** What a value in mg/dL is called in the unit that the person chose. */
export function shown(mgdl, unit) {
  return unit === "mmol/L" ? \`\${(mgdl / 18.0182).toFixed(1)} mmol/L\` : \`\${mgdl} mg/dL\`;
}
`,
  });
  const olga = github.as("olga");
  const fork = must(await forkRepository(github, olga, web));
  must(
    await commitFiles(github, olga, fork, {
      branch: "fix/empty-day",
      from: "development",
      message: "Say it kindly when there are no readings",
      files: { "public/empty.js": `export const emptyDay = "Nothing measured yet today.";\n` },
    }),
  );
  must(
    await openPull(github, olga, web, {
      title: "Say it kindly when there are no readings",
      head: "olga:fix/empty-day",
      base: "development",
    }),
  );
}

/** The worker has a bot's update that aims past the stages. */
async function workOnWorker(github: Github): Promise<void> {
  const bot = "dependabot[bot]";
  await commit(
    github,
    bot,
    "glucose-worker",
    "dependabot/docker/python-3.14-slim",
    "Bump python from 3.13-slim to 3.14-slim",
    {
      Dockerfile: `FROM python:3.14-slim
WORKDIR /app
COPY pyproject.toml ./
COPY glucose_worker ./glucose_worker
ENV PYTHONUNBUFFERED=1
USER nobody
CMD ["python", "-m", "glucose_worker"]
`,
    },
  );
  must(
    await openPull(github, github.as(bot), repositoryOf(github, "glucose-worker"), {
      title: "Bump python from 3.13-slim to 3.14-slim",
      head: "dependabot/docker/python-3.14-slim",
      base: "master",
      body: "Bumps `python` from 3.13-slim to 3.14-slim.",
    }),
  );
}

async function commit(
  github: Github,
  login: string,
  name: string,
  branch: string,
  message: string,
  files: Readonly<Record<string, string>>,
) {
  must(
    await commitFiles(github, github.as(login), repositoryOf(github, name), {
      branch,
      from: stages[0],
      message,
      files,
    }),
  );
}

function repositoryOf(github: Github, name: string) {
  const repository = github.repository(`${organisation}/${name}`);
  if (!repository) throw new Error(`there is no example ${name}`);
  return repository;
}
