import { checkSlot } from "../flow/effect.ts";
import type { ComponentMemory, Memory, PullMemory, StageMemory } from "../flow/memory.ts";
import type { Branch, Instant, Person, RepositoryId } from "../flow/names.ts";
import { isConfirmed } from "../flow/override.ts";
import { type Answer, askedOnPage as idsOf, triedOnPage as idsOfTries, type Request } from "../flow/request.ts";
import { checkName } from "../flow/ruleset.ts";
import type { WalkedBook } from "../flow/run-book.ts";
import type { Standing, StandingOf } from "../flow/standing.ts";
import { type PullSubject, subjectKey } from "../flow/subject.ts";
import type { Verdict } from "../flow/verdict.ts";
import type { Connection } from "./database.ts";
import { entryOf } from "./ledger.ts";
import { siblingsOf } from "./recall/pull.ts";
import { memoryOf, parsed, rowOf } from "./rows.ts";
import type { Tables } from "./schema.ts";
import { slotState } from "./slots.ts";
import { standingFor } from "./standing.ts";

const MOST_ENTRIES = 50;
const MOST_ASKED = 10;
type Row = Tables["subject"];

async function components(on: Connection): Promise<readonly { readonly row: Row; readonly memory: ComponentMemory }[]> {
  const rows = await on
    .selectFrom("subject")
    .selectAll()
    .where("kind", "=", "component")
    .where("memory", "is not", null)
    .execute();
  return rows
    .map((row) => ({ row, memory: parsed<ComponentMemory>(row.memory) as ComponentMemory }))
    .sort((a, b) => (a.memory.name < b.memory.name ? -1 : 1));
}

/** The repository of that name: of several that had it, the newest that we may work on. */
export async function componentOf(on: Connection, name: string) {
  const named = (await components(on)).filter(({ memory }) => memory.name.toLowerCase() === name.toLowerCase());
  return named.sort((a, b) => b.row.may_work - a.row.may_work || b.row.repository - a.row.repository)[0];
}

/** All that the page of a pull request shows; null where the repository or the pull request is unknown. */
export async function pullView(on: Connection, name: string, number: number, now: Instant) {
  const found = await componentOf(on, name);
  if (found === undefined) return null;
  const repository = found.row.repository as RepositoryId;
  const key = subjectKey({ kind: "pull", repository, number });
  const row = await rowOf(on, key);
  const memory = parsed<PullMemory>(row?.memory);
  if (row === undefined || memory === null) return null;
  const { count } = await on
    .selectFrom("ledger_entry")
    .select((entry) => entry.fn.countAll<number>().as("count"))
    .where("about", "=", key)
    .executeTakeFirstOrThrow();
  const entries = await on
    .selectFrom("ledger_entry")
    .selectAll()
    .where("about", "=", key)
    .orderBy("sequence", "desc")
    .limit(MOST_ENTRIES)
    .execute();
  return {
    repository,
    number,
    component: found.memory,
    mayWork: await mayWork(on, found.row),
    memory,
    inHand: row.lease_token !== null || (row.due_at !== null && row.due_at <= now),
    verdict: parsed<Verdict>(row.verdict),
    siblings: await siblingsOf(on, repository, memory.head.sha, memory.base, number),
    stage: await memoryOf<StageMemory>(on, subjectKey({ kind: "stage", repository, branch: memory.base })),
    slot: await slotState(on, checkSlot(repository, memory.head.sha, checkName(memory.base))),
    walked: await walkedOn(on, { kind: "pull", repository, number }, row.installation),
    entries: entries.map(entryOf),
    entriesInAll: Number(count),
  };
}

/** The run-book that is walked on a pull request, with what stands of its items; null: none is. */
async function walkedOn(on: Connection, pull: PullSubject, installation: number) {
  const row = await on.selectFrom("walked").select("book").where("pull", "=", subjectKey(pull)).executeTakeFirst();
  const book = parsed<WalkedBook>(row?.book);
  if (book === null) return null;
  const standing = await standingFor(on, pull.repository, installation, pull.number);
  return { book, items: standing.filter((one): one is StandingOf<"item"> => one.kind === "item") };
}

/** What somebody asked for on the page of a pull request, newest first; the newest only. */
export async function askedOnPage(on: Connection, pull: PullSubject, by: Person["id"]) {
  const ids = idsOf(pull, by);
  const rows = await on
    .selectFrom("request")
    .select(["request", "answer"])
    .where("id", ">=", ids)
    .where("id", "<", `${ids}\u{10FFFF}`)
    .orderBy("id", "desc")
    .limit(MOST_ASKED)
    .execute();
  return rows.flatMap(({ request, answer }) => {
    const { at, origin } = JSON.parse(request) as Request;
    return "page" in origin ? [{ at, act: origin.page, answer: parsed<Answer>(answer) }] : [];
  });
}

/** What a person tried out last by *Dry run* on the page of a pull request; null: nothing. */
export async function triedOnPage(on: Connection, pull: PullSubject, by: Person["id"]) {
  const ids = idsOfTries(pull, by);
  const row = await on
    .selectFrom("request")
    .select(["request", "answer"])
    .where("id", ">=", ids)
    .where("id", "<", `${ids}\u{10FFFF}`)
    .orderBy("id", "desc")
    .executeTakeFirst();
  if (row === undefined) return null;
  return { at: (JSON.parse(row.request) as Request).at, answer: parsed<Answer>(row.answer) };
}

/** Whether it was decided what comes of a request. */
export async function isAnswered(on: Connection, id: string): Promise<boolean> {
  const row = await on.selectFrom("request").select("answer").where("id", "=", id).executeTakeFirst();
  return row !== undefined && row.answer !== null;
}

/** Every repository known, with its stages and open pull requests. */
export async function componentsView(on: Connection, now: Instant) {
  const all = await on
    .selectFrom("subject")
    .selectAll()
    .where("kind", "in", ["stage", "pull"])
    .where("memory", "is not", null)
    .where("open", "=", 1)
    .execute();
  const views = [];
  for (const { row, memory } of await components(on)) {
    const own = all.filter(({ repository }) => repository === row.repository);
    views.push({
      repository: row.repository as RepositoryId,
      mayWork: await mayWork(on, row),
      memory,
      standing: (await standingFor(on, row.repository as RepositoryId, row.installation, null)).filter((one) =>
        standsInTheWay(one, now),
      ),
      stages: own
        .filter(({ kind }) => kind === "stage")
        .map((stage) => ({ branch: stage.base as Branch, memory: parsed<Memory>(stage.memory) as StageMemory })),
      pulls: own
        .filter(({ kind }) => kind === "pull")
        .sort((a, b) => (b.number ?? 0) - (a.number ?? 0))
        .map((pull) => ({
          number: pull.number as number,
          memory: parsed<Memory>(pull.memory) as PullMemory,
          verdict: parsed<Verdict>(pull.verdict),
        })),
    });
  }
  return views;
}

/** Not what is one pull request's own or is only on its way, nor what nobody agreed to, nor a freeze or a rollback that is over. */
function standsInTheWay(one: Standing, now: Instant): boolean {
  if (one.kind === "override") return isConfirmed(one);
  if (one.kind === "rollback") return one.commit !== null && one.broughtAgainBy === null;
  if (one.kind === "hold" || one.kind === "attestation" || one.kind === "train") return false;
  return one.kind !== "freeze" || one.until === null || one.until > now;
}

async function mayWork(on: Connection, { may_work, installation }: Row): Promise<boolean> {
  const row = await on.selectFrom("installation").select("may_work").where("id", "=", installation).executeTakeFirst();
  return may_work === 1 && (row?.may_work ?? 1) === 1;
}
