import { sql } from "kysely";
import { absorb } from "../flow/absorb.ts";
import type { Access, News } from "../flow/decision.ts";
import type { ComponentMemory, Lesson, Memory } from "../flow/memory.ts";
import type { Branch, InstallationId, Instant, RepositoryId } from "../flow/names.ts";
import type { Request } from "../flow/request.ts";
import { type Nudge, type OpenPulls, type Subject, subjectKey } from "../flow/subject.ts";
import type { Verdict } from "../flow/verdict.ts";
import type { Connection, Database } from "./database.ts";
import { memoryOf, parsed, rowOf } from "./rows.ts";
import type { Tables } from "./schema.ts";

type Row = Tables["subject"];

/** So many locks at most, however many repositories there are: PostgreSQL keeps them in memory of a fixed size. */
const LOCKS = 1024;

/**
 * On PostgreSQL, who writes to several subjects waits here for others of the same repositories, before any row is
 * locked: two at once never wait for each other in a ring, which PostgreSQL ends only after a second, by failing one.
 *
 * @param trainOf the installation that a train leaves in, after any other of it; null: none leaves.
 */
export async function takeTurns(
  on: Connection,
  kind: Database["kind"],
  news: News,
  trainOf: InstallationId | null = null,
): Promise<void> {
  if (kind === "sqlite") return;
  const repositories = [
    ...news.lessons.map(({ repository }) => repository),
    ...news.nudges.flatMap((nudge) => {
      if ("subject" in nudge) return [nudge.subject.repository];
      if ("openPulls" in nudge) return [nudge.openPulls.repository];
      return "stagesOf" in nudge ? [nudge.stagesOf] : [];
    }),
    ...news.access.flatMap((access) => ("repository" in access ? [access.repository] : [])),
  ];
  const locks = [
    ...new Set(repositories.map((repository) => repository % LOCKS)),
    ...(trainOf === null ? [] : [LOCKS + (trainOf % LOCKS)]),
  ];
  if (locks.length === 0) return;
  await sql`select pg_advisory_xact_lock(turn) from (select turn from unnest(${locks}::bigint[]) as turn order by turn) as turns`.execute(
    on,
  );
}

/**
 * Writes down what news teaches and makes due whom it nudges, in its turn.
 *
 * @param except the key of the subject that brought the news, which never nudges itself.
 */
export async function apply(
  on: Connection,
  kind: Database["kind"],
  news: News,
  now: Instant,
  except: string | null,
): Promise<void> {
  await takeTurns(on, kind, news);
  for (const access of news.access) await applyAccess(on, access);
  const named = news.nudges.flatMap((nudge) => ("subject" in nudge ? [nudge.subject] : []));
  const aimed = (await Promise.all(news.lessons.map((lesson) => subjectsOf(on, lesson)))).flat();
  const subjects = new Map(
    [...aimed.map(({ subject }) => subject), ...named].map((subject) => [subjectKey(subject), subject]),
  );
  const rows = await lockRows(on, kind, subjects, news.installation);
  for (const { subject, lesson } of aimed) {
    const key = subjectKey(subject);
    const before = rows.get(key);
    if (before === undefined) continue;
    const changed = await teach(on, rows, before, lesson, news.installation);
    // Whoever is just reading the checks for the first time may have read them before this one.
    const reading = before.lease_token !== null && lesson.of === "checks";
    if (changed ? nudgesItself(lesson, before, rows.get(key) as Row) : reading)
      await nudgeOne(on, { priority: "bulk", subject }, now, except, news.cause);
  }
  for (const { of, request } of news.asks) await ask(on, subjectKey(of), request);
  for (const nudge of news.nudges) await nudgeOne(on, nudge, now, except, news.cause);
  for (const name of news.forget) {
    const below = name.endsWith(":") ? name : `${name} / `;
    await on
      .updateTable("slot")
      .set({ fingerprint: null })
      .where((row) =>
        row.or([row("slot", "=", name), row.and([row("slot", ">=", below), row("slot", "<", `${below}\u{10FFFF}`)])]),
      )
      .execute();
  }
}

/** What a nudge that no delivery brought is said to come from. */
const OWN = "what was decided beside it";

/** Lessons that nobody is nudged for beside them. */
const ALONE: readonly Lesson["of"][] = ["checks", "push", "merge", "landing", "release"];

/** Whether what was just learned is reason enough to look again, whoever else is nudged. */
function nudgesItself(lesson: Lesson, before: Row, after: Row): boolean {
  if (lesson.of !== "component") return ALONE.includes(lesson.of);
  const looks = ({ memory }: Row) => parsed<ComponentMemory>(memory)?.look === true;
  return before.memory !== null && !looks(before) && looks(after);
}

/** Heard twice it is asked once. What was judged by then is what it is about. */
async function ask(on: Connection, subject: string, request: Request): Promise<void> {
  const judged = parsed<Verdict>((await rowOf(on, subject))?.verdict)?.head ?? null;
  await on
    .insertInto("request")
    .values({
      id: request.id,
      subject,
      at: request.at,
      request: JSON.stringify({ ...request, judged }),
      answer: null,
      replied_at: null,
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

type Aimed = { readonly subject: Subject; readonly lesson: Lesson };

/** Whom a lesson teaches: the one that it names, if need be only where it is known, all stages, or all open pull requests with a commit as their head. */
async function subjectsOf(on: Connection, lesson: Lesson): Promise<readonly Aimed[]> {
  const { repository } = lesson;
  switch (lesson.of) {
    case "pull":
      return [{ subject: { kind: "pull", repository, number: lesson.number }, lesson }];
    case "group":
      return [{ subject: { kind: "group", repository, head: lesson.head }, lesson }];
    case "stage": {
      const branches = lesson.branch === null ? await stagesKnown(on, repository) : [lesson.branch];
      return branches.map((branch) => ({ subject: { kind: "stage", repository, branch }, lesson }));
    }
    case "component":
      return [{ subject: { kind: "component", repository }, lesson }];
    case "push":
    case "merge":
    case "landing":
    case "back-merge":
      return stageIfKnown(on, lesson, lesson.branch);
    case "release": {
      const component = await memoryOf<ComponentMemory>(on, subjectKey({ kind: "component", repository }));
      const last = component?.config.policy.stages.at(-1);
      return last === undefined ? [] : stageIfKnown(on, lesson, last);
    }
    case "checks": {
      const rows = await on
        .selectFrom("subject")
        .select("number")
        .where("repository", "=", repository)
        .where("kind", "=", "pull")
        .where("open", "=", 1)
        .where("head", "=", lesson.head)
        .execute();
      return rows.map(({ number }) => ({ subject: { kind: "pull", repository, number: number as number }, lesson }));
    }
  }
}

async function stageIfKnown(on: Connection, lesson: Lesson, branch: Branch): Promise<readonly Aimed[]> {
  const subject = { kind: "stage", repository: lesson.repository, branch } as const;
  return (await memoryOf(on, subjectKey(subject))) === null ? [] : [{ subject, lesson }];
}

async function stagesKnown(on: Connection, repository: RepositoryId): Promise<readonly Branch[]> {
  const rows = await on
    .selectFrom("subject")
    .select("base")
    .where("repository", "=", repository)
    .where("kind", "=", "stage")
    .where("memory", "is not", null)
    .execute();
  return rows.map(({ base }) => base as Branch);
}

async function lockRows(
  on: Connection,
  kind: Database["kind"],
  subjects: ReadonlyMap<string, Subject>,
  installation: InstallationId | null,
): Promise<Map<string, Row>> {
  const keys = [...subjects.keys()].sort();
  if (keys.length === 0) return new Map();
  const found = async () => {
    let query = on.selectFrom("subject").selectAll().where("key", "in", keys).orderBy("key");
    if (kind === "postgres") query = query.forUpdate();
    return new Map((await query.execute()).map((row) => [row.key, row]));
  };
  const rows = await found();
  const missing = keys.filter((key) => !rows.has(key));
  if (missing.length === 0) return rows;
  for (const key of missing) {
    const subject = subjects.get(key) as Subject;
    const component = await componentOf(on, subject.repository);
    const owner = installation ?? component?.installation;
    if (owner !== undefined) {
      await on
        .insertInto("subject")
        .values({ ...blank(key, subject, owner), may_work: component?.may_work ?? 1 })
        .onConflict((conflict) => conflict.column("key").doNothing())
        .execute();
    }
  }
  return found();
}

/** Whose a repository is as far as we know, and whether we may work there. */
async function componentOf(
  on: Connection,
  repository: RepositoryId,
): Promise<Pick<Row, "installation" | "may_work"> | undefined> {
  return on
    .selectFrom("subject")
    .select(["installation", "may_work"])
    .where("key", "=", subjectKey({ kind: "component", repository }))
    .executeTakeFirst();
}

const blank = (key: string, subject: Subject, installation: number): Row => ({
  key,
  kind: subject.kind,
  installation,
  repository: subject.repository,
  number: subject.kind === "pull" ? subject.number : null,
  head: subject.kind === "group" ? subject.head : null,
  base: subject.kind === "stage" ? subject.branch : null,
  open: subject.kind === "pull" ? 0 : 1,
  compared: "[]",
  may_work: 1,
  memory: null,
  verdict: null,
  due_at: null,
  priority: 1,
  nudges: 0,
  cause: null,
  speaks: 0,
  lease_token: null,
  lease_until: 0,
});

/** @returns whether there was anything to learn. */
async function teach(
  on: Connection,
  rows: Map<string, Row>,
  row: Row,
  lesson: Lesson,
  installation: InstallationId | null,
): Promise<boolean> {
  const { key } = row;
  const memory = JSON.stringify(absorb(row.memory === null ? null : (JSON.parse(row.memory) as Memory), lesson));
  const owner = installation ?? row.installation;
  if (memory === row.memory && owner === row.installation) return false;
  const changed = { memory, installation: owner, ...columnsOf(JSON.parse(memory) as Memory) };
  rows.set(key, { ...row, ...changed });
  // A memory that came by itself is news to whoever is judging from the older one.
  await on.updateTable("subject").set(changed).where("key", "=", key).execute();
  if (lesson.of === "component" && owner !== row.installation) {
    await on.updateTable("subject").set({ installation: owner }).where("repository", "=", lesson.repository).execute();
  }
  return true;
}

/** What SQL searches by, as the memory has it. */
export function columnsOf(memory: Memory): Partial<Pick<Row, "head" | "base" | "open" | "speaks">> {
  switch (memory.kind) {
    case "pull":
      return {
        head: memory.head.sha,
        base: memory.base,
        open: memory.state === "open" ? 1 : 0,
        speaks: memory.dataLabel || memory.body !== null ? 1 : 0,
      };
    case "group":
      return { base: memory.base, open: memory.destroyed ? 0 : 1 };
    default:
      return {};
  }
}

/** How the memory of a pull request begins to say what Flowgate lists in its body; nobody can write that into a title. */
const LISTS = '%"list":"%';

async function nudgeOne(
  on: Connection,
  nudge: Nudge,
  now: Instant,
  except: string | null,
  cause: string | null,
): Promise<void> {
  const priority = nudge.priority === "person" ? 0 : 1;
  let query = on.updateTable("subject").set((row) => ({
    nudges: row("nudges", "+", 1),
    cause: cause ?? OWN,
    due_at: row.fn.coalesce(row.case().when("due_at", "<", now).then(row.ref("due_at")).end(), row.val(now)),
    priority: row
      .case()
      .when(row.and([row("due_at", "is not", null), row("priority", "<", priority)]))
      .then(row.ref("priority"))
      .else(priority)
      .end(),
  }));
  if (except !== null) query = query.where("key", "!=", except);
  if ("subject" in nudge) query = query.where("key", "=", subjectKey(nudge.subject));
  else if ("installation" in nudge) query = query.where("installation", "=", nudge.installation);
  else if ("componentsBeside" in nudge) {
    const owner = await componentOf(on, nudge.componentsBeside);
    if (owner === undefined) return;
    query = query.where("installation", "=", owner.installation).where("kind", "=", "component");
  } else if ("stagesOf" in nudge) query = query.where("repository", "=", nudge.stagesOf).where("kind", "=", "stage");
  else {
    const pulls: OpenPulls = nudge.openPulls;
    query = query.where("repository", "=", pulls.repository).where("kind", "=", "pull").where("open", "=", 1);
    if (pulls.head !== undefined) query = query.where("head", "=", pulls.head);
    if (pulls.base !== undefined) query = query.where("base", "=", pulls.base);
    if (pulls.lists) query = query.where("memory", "like", LISTS);
    if (pulls.compared !== undefined) {
      const rows = await on
        .selectFrom("subject")
        .select(["key", "compared"])
        .where("repository", "=", pulls.repository)
        .where("kind", "=", "pull")
        .where("open", "=", 1)
        .where("compared", "!=", "[]")
        .execute();
      const keys = rows
        .filter(({ compared }) => (JSON.parse(compared) as string[]).includes(pulls.compared as string))
        .map(({ key }) => key);
      if (keys.length === 0) return;
      query = query.where("key", "in", keys);
    }
  }
  await query.execute();
}

async function applyAccess(on: Connection, access: Access): Promise<void> {
  const may_work = access.may === "work" ? 1 : 0;
  if ("repository" in access) {
    await on
      .updateTable("subject")
      .set({ may_work })
      .where("repository", "=", access.repository)
      .where("may_work", "!=", may_work)
      .execute();
    return;
  }
  const { installation: id, account } = access;
  await on
    .insertInto("installation")
    .values({ id, account, may_work, paused_until: null, worker: null, worker_until: 0 })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ may_work, account }))
    .execute();
  if (access.may === "work") await forgetRefusals(on, id);
}

/** Rights may have been granted, so what GitHub refused before is tried again. */
async function forgetRefusals(on: Connection, installation: InstallationId): Promise<void> {
  const refused = await on.selectFrom("slot").select("slot").where("refused_fingerprint", "is not", null).execute();
  if (refused.length === 0) return;
  const rows = await on
    .selectFrom("subject")
    .select("repository")
    .where("installation", "=", installation)
    .where("kind", "=", "component")
    .execute();
  const repositories = new Set(rows.map(({ repository }) => String(repository)));
  const slots = refused.map(({ slot }) => slot).filter((slot) => repositories.has(slot.split(":")[1] ?? ""));
  if (slots.length === 0) return;
  await on.updateTable("slot").set({ refused_fingerprint: null }).where("slot", "in", slots).execute();
}
