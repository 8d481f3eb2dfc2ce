import type { Role } from "./model.ts";

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

/** Its people, and a contributor from outside. */
export const people = [
  { login: "dora", name: "Dora Okafor" },
  { login: "devin", name: "Devin Marsh" },
  { login: "rita", name: "Rita Lindqvist" },
  { login: "otto", name: "Otto Brandt" },
  { login: "quinn", name: "Quinn Abara" },
  { login: "ada", name: "Ada Moreau" },
  { login: "olga", name: "Olga Petrova" },
] as const;

/** A component: its files lie under examples/, its history is told here. */
export type Example = {
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

export const examples: readonly Example[] = [
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
