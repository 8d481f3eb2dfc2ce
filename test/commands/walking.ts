import type { Came, OnPull } from "../../src/commands/command.ts";
import type { Answers, Fact, TreeEntry } from "../../src/flow/facts.ts";
import { looking } from "../../src/flow/looking.ts";
import { branch, installationId, instant } from "../../src/flow/names.ts";
import type { RunBook, Section } from "../../src/flow/run-book.ts";
import type { Standing } from "../../src/flow/standing.ts";
import type { ItemStanding } from "../../src/release/execution.ts";
import { at, known, NOW, policy, REPOSITORY } from "../builders.ts";
import { DORA, OLGA, OTTO, QUINN, RITA, right } from "../gates/asking.ts";
import { item } from "../release/walks.ts";

export const PATH = "docs/runbooks/release.md";
export const BLOB = at("the run-book");
export const HEAD = at("login");

const PHASE: Section = { line: 1, isEmpty: false, hasLink: false };
export const runBook = (items: RunBook["items"], more: Partial<RunBook> = {}): RunBook => ({
  items,
  phases: { before: PHASE, deploy: PHASE, test: PHASE, rollback: PHASE, monitor: PHASE },
  about: null,
  findings: [],
  ...more,
});

/** One item of each kind: 2 asks for a result, 3 belongs to a team and 6 to otto, 5 and 6 stand below 4. */
export const ITEMS = [
  item(1),
  item(2, { needsResult: true }),
  item(3, { phase: "deploy", owner: "@acme/data" }),
  item(4, { phase: "test" }),
  item(5, { phase: "test", parent: 4 }),
  item(6, { phase: "test", parent: 4, owner: "@Otto" }),
  item(7, { phase: "test", notApplicable: "there is no database" }),
  item(8, { phase: "rollback" }),
  item(9, { phase: "monitor" }),
];

export const entry = (path: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  kind: "file",
  blob: BLOB,
  size: 100,
  ...more,
});

const PEOPLE: Answers["collaborators"] = [
  right(DORA, "write"),
  right(OLGA, "write"),
  right(OTTO, "write"),
  right(RITA, "maintain"),
  right(QUINN, "read"),
];

/** What a release brings where nothing says more. */
export const BROUGHT: Answers["compare"] = {
  ahead: 1,
  behind: 0,
  mergeBase: at("master"),
  mergeBaseTree: at("tree of master"),
  whole: true,
  commits: [],
  changes: { files: [], whole: true },
};

/** What GitHub says: a pull request whose head has the run-book, and that affects no data. */
export const FACTS: { readonly [want: string]: Fact<unknown> } = {
  collaborators: known(PEOPLE),
  "team @acme/data": known([DORA, OLGA]),
  [`entries ${HEAD}`]: known([entry(PATH)]),
  [`run-book ${PATH} ${BLOB}`]: known(runBook(ITEMS)),
  [`compare ${at("master")} ${HEAD}`]: known(BROUGHT),
};

export type On = Partial<Omit<OnPull, "pull" | "look">> & {
  readonly pull?: Partial<OnPull["pull"]>;
  /** Instead of what GitHub says; undefined: nobody asked it yet. */
  readonly facts?: { readonly [want: string]: Fact<unknown> | undefined };
};

/** Somebody on a release; olga and otto are its operations. */
export const onRelease = ({ pull, facts, ...more }: On = {}): OnPull => ({
  by: DORA,
  at: NOW,
  now: NOW,
  unexplained: [],
  repository: REPOSITORY,
  installation: installationId(1),
  pull: {
    number: 12,
    head: HEAD,
    base: branch("master"),
    ref: branch("staging"),
    author: RITA,
    state: "open",
    draft: false,
    fork: false,
    baseHead: at("master"),
    sourceHead: null,
    lane: "release",
    verdict: null,
    dataLabel: false,
    mergeCommit: null,
    body: `Run-book: ${PATH}`,
    ...pull,
  },
  spent: [],
  mayAffect: [],
  lastRelease: null,
  name: "acme/api",
  web: "https://github.com",
  policy: policy({
    roles: { "release-manager": ["rita"], operations: ["otto", "olga"], quality: null, engineering: null },
    backup: { ...policy().backup, when: "data" },
  }),
  organisation: policy(),
  standing: [],
  judged: HEAD,
  comment: 900,
  saw: null,
  review: null,
  look: looking(
    new Map(
      Object.entries({ ...FACTS, ...facts }).flatMap(([want, fact]) => (fact === undefined ? [] : [[want, fact]])),
    ),
  ),
  ...more,
});

/** What is on record of an item of this release, as a command left it at the beginning. */
export const walkedBefore = (
  label: string,
  more: Partial<ItemStanding> & Pick<ItemStanding, "state">,
): Extract<Standing, { readonly kind: "item" }> => {
  const walk = label.startsWith("S") ? "rehearsal" : "production";
  const id = `i${label.slice(1)}`;
  return {
    kind: "item",
    key: `item:42:12:${walk}:${id}`,
    repository: REPOSITORY,
    number: 12,
    walk,
    item: id,
    by: DORA,
    at: instant(0),
    because: "it was so",
    note: null,
    url: null,
    confirmedBy: null,
    blob: BLOB,
    head: HEAD,
    clicks: [],
    ...more,
  };
};

/** In few words. */
export const word = (came: Came | string | null): string | null =>
  came === null || typeof came === "string"
    ? came
    : came.came === "under way"
      ? `under way: ${JSON.stringify("train" in came ? came.train : "promotes" in came ? came.promotes : came.rollsBack)}`
      : `${came.came}: ${came.says}`;
