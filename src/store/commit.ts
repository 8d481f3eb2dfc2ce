import type { Decision } from "../flow/decision.ts";
import { type Effect, type Receipt, requestAnsweredIn } from "../flow/effect.ts";
import type { ComponentKnown, PullKnown } from "../flow/facts.ts";
import { digestOf, type Entry } from "../flow/ledger.ts";
import type { Hash, Instant, Slot } from "../flow/names.ts";
import { digestOfWalked, type WalkedBook } from "../flow/run-book.ts";
import { type Lease, subjectKey } from "../flow/subject.ts";
import { apply, columnsOf, takeTurns } from "./apply.ts";
import type { Connection, Database } from "./database.ts";
import { append, chainOf } from "./ledger.ts";
import { siblingsOf } from "./recall/pull.ts";
import type { Recalled } from "./recall.ts";
import type { Tables } from "./schema.ts";
import { trainsOf } from "./trains.ts";

/** Writes a decision down with all that follows from it, or nothing. See `Ports` for what the answers mean. */
export async function commit(
  on: Connection,
  kind: Database["kind"],
  lease: Lease,
  { facts, nudges }: Recalled,
  decision: Decision,
  now: Instant,
): Promise<"written" | "stale" | "busy"> {
  const { subject } = lease;
  const key = subjectKey(subject);
  const leaves = subject.kind === "component" && isLeaving(facts as ComponentKnown, decision);
  await takeTurns(on, kind, decision.news, leaves ? lease.installation : null);
  let query = on.selectFrom("subject").select(["lease_token", "nudges", "memory"]).where("key", "=", key);
  if (kind === "postgres") query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (row === undefined || row.lease_token !== lease.token) return "stale";
  const remembered = facts.memory === null ? null : JSON.stringify(facts.memory);
  if (decision.memory !== undefined && (row.nudges !== nudges || row.memory !== remembered)) return "stale";
  // What cannot be undone is decided on all that was told by then.
  if (row.nudges !== nudges && decision.effects.some(({ thing }) => FOR_GOOD.includes(thing))) return "stale";

  if (leaves && !(await sameTrains(on, lease.installation, facts as ComponentKnown))) return "stale";

  for (const effect of decision.effects) {
    await lockSlot(on, kind, effect);
    const other = await on
      .selectFrom("effect")
      .select("id")
      .where("slot", "=", effect.slot)
      .where("settled_at", "is", null)
      .where("subject", "!=", key)
      .limit(1)
      .executeTakeFirst();
    if (other !== undefined) return "busy";
  }
  if (
    subject.kind === "pull" &&
    (decision.effects.length > 0 || decision.verdict != null) &&
    !(await sameSiblings(on, facts as PullKnown))
  )
    return "stale";

  if (decision.verdict !== undefined || decision.memory !== undefined || decision.compared !== undefined) {
    await on.updateTable("subject").set(changesOf(decision)).where("key", "=", key).execute();
  }
  if (decision.walked !== undefined) await show(on, key, decision.walked);
  if (decision.entries.length > 0) {
    const entry = await append(on, kind, chainOf(subject.repository), decision.entries, now);
    for (const effect of decision.effects) await decideEffect(on, key, effect, entry, now);
    for (const { id, answer } of decision.answered ?? []) {
      const replied_at = answer.body === null && answer.came !== "under way" ? now : null;
      await on
        .updateTable("request")
        .set({ answer: JSON.stringify(answer), replied_at })
        .where("id", "=", id)
        .execute();
    }
  } else if (decision.effects.length > 0 || (decision.answered ?? []).length > 0) {
    throw new Error(`an effect or an answer without an entry: ${decision.because}`);
  }
  await apply(on, kind, decision.news, now, key);
  return "written";
}

/** What cannot be undone. */
const FOR_GOOD: readonly Effect["thing"][] = ["merge", "tag"];

function changesOf({ verdict, memory, compared }: Decision): Partial<Tables["subject"]> {
  return {
    ...(verdict === undefined ? {} : { verdict: verdict === null ? null : JSON.stringify(verdict) }),
    ...(memory === undefined ? {} : { memory: JSON.stringify(memory), ...columnsOf(memory) }),
    ...(compared === undefined ? {} : { compared: JSON.stringify(compared) }),
  };
}

async function show(on: Connection, pull: string, walked: WalkedBook): Promise<void> {
  const row = { digest: digestOfWalked(walked), book: JSON.stringify(walked) };
  await on
    .insertInto("walked")
    .values({ pull, ...row })
    .onConflict((conflict) => conflict.column("pull").doUpdateSet(row))
    .execute();
}

/** On PostgreSQL, who writes the same slot waits for each other on its row; SQLite has one writer. */
async function lockSlot(on: Connection, kind: Database["kind"], { slot }: Effect): Promise<void> {
  if (kind === "sqlite") return;
  await on
    .insertInto("slot")
    .values(blankSlot(slot))
    .onConflict((conflict) => conflict.column("slot").doNothing())
    .execute();
  await on.selectFrom("slot").select("slot").where("slot", "=", slot).forUpdate().execute();
}

const blankSlot = (slot: Slot): Tables["slot"] => ({
  slot,
  fingerprint: null,
  github_id: null,
  told: null,
  completed: 0,
  written_at: null,
  refused_fingerprint: null,
  refused_because: null,
  refused_at: null,
});

/** Whether a train leaves with this: it was looked at whether another one is under way with something of it. */
const isLeaving = ({ trains }: ComponentKnown, { entries }: Decision): boolean =>
  entries.some(
    ({ what, says }) =>
      what === "opened" &&
      says["kind"] === "train" &&
      says["cars"] !== null &&
      trains.some(({ train }) => train.key === says["key"] && train.cars === null),
  );

/** One that was asked for in the same moment in another repository may not have been seen. */
async function sameTrains(on: Connection, installation: number, { allTrains }: ComponentKnown): Promise<boolean> {
  return JSON.stringify(await trainsOf(on, installation)) === JSON.stringify(allTrains);
}

async function sameSiblings(on: Connection, { subject, memory, siblings }: PullKnown): Promise<boolean> {
  if (memory === null) return true;
  const now = await siblingsOf(on, subject.repository, memory.head.sha, memory.base, subject.number);
  return JSON.stringify(now) === JSON.stringify(siblings);
}

async function decideEffect(on: Connection, subject: string, effect: Effect, entry: Hash, now: Instant): Promise<void> {
  await on
    .insertInto("effect")
    .values({
      subject,
      slot: effect.slot,
      effect: JSON.stringify(effect),
      entry,
      decided_at: now,
      settled_at: null,
      came: null,
    })
    .execute();
}

/** Writes down what came of an effect. What is unsure stays unsettled, to be looked for. */
export async function record(on: Connection, kind: Database["kind"], lease: Lease, receipt: Receipt): Promise<void> {
  const key = subjectKey(lease.subject);
  const { effect, at } = receipt;
  if (receipt.came === "unsure") return;
  await on
    .updateTable("effect")
    .set({ settled_at: at, came: receipt.came })
    .where("subject", "=", key)
    .where("slot", "=", effect.slot)
    .where("settled_at", "is", null)
    .execute();
  if (receipt.came === "absent") return;
  const change: Partial<Tables["slot"]> =
    receipt.came === "done"
      ? {
          fingerprint: effect.fingerprint,
          github_id: receipt.id,
          told: receipt.told ?? null,
          completed: isEnd(effect) ? 1 : 0,
          written_at: at,
          refused_fingerprint: null,
          refused_because: null,
          refused_at: null,
        }
      : { refused_fingerprint: effect.fingerprint, refused_because: receipt.because, refused_at: at };
  await on
    .insertInto("slot")
    .values({ ...blankSlot(effect.slot), ...change })
    .onConflict((conflict) => conflict.column("slot").doUpdateSet(change))
    .execute();
  const asked = requestAnsweredIn(effect.slot);
  if (asked !== null) await on.updateTable("request").set({ replied_at: at }).where("id", "=", asked).execute();
  await append(on, kind, chainOf(effect.repository), [entryOf(key, receipt)], at);
}

/** Whether what stands there now is at its end. */
const isEnd = (effect: Effect): boolean =>
  (effect.thing === "check-run" && effect.content.status === "completed") ||
  (effect.thing === "release" && !effect.draft);

/** What the ledger keeps of what was written. */
function saidOf(effect: Effect): Entry["says"] {
  switch (effect.thing) {
    case "check-run":
      return { title: effect.content.title, conclusion: effect.content.conclusion };
    case "comment":
      return { body: effect.body };
    case "reaction":
      return { content: effect.content };
    case "proposal":
      return { title: effect.title, branch: effect.branch, base: effect.base };
    case "commit":
      return {
        title: effect.title,
        branch: effect.branch,
        base: effect.base,
        parents: effect.parents,
        tree: effect.tree,
        folders: effect.folders,
      };
    case "promotion":
      return { title: effect.title, branch: effect.branch, base: effect.base, pinned: effect.pinned };
    case "pull-body":
      return { number: effect.number, title: effect.title?.to ?? null };
    case "reviewers":
      return { number: effect.number, people: effect.people, teams: effect.teams };
    case "merge":
      return { number: effect.number, head: effect.head, method: effect.method };
    case "branch":
      return { branch: effect.branch, to: effect.to };
    case "tag":
      return { tag: effect.tag, commit: effect.commit, message: effect.message };
    case "release":
      return { tag: effect.tag, title: effect.title, body: effect.body, draft: effect.draft };
    case "assets":
      return {
        tag: effect.tag,
        files: effect.files.map(({ name, text }) => ({ name, sha256: text === null ? null : digestOf(text) })),
      };
    case "issue":
    case "ruleset":
      return { title: effect.title };
  }
}

function entryOf(about: string, receipt: Extract<Receipt, { came: "done" | "refused" }>): Entry {
  const { effect } = receipt;
  const what = saidOf(effect);
  return {
    what: receipt.came,
    actor: "app",
    about,
    says: {
      slot: effect.slot,
      fingerprint: effect.fingerprint,
      ...what,
      ...(receipt.came === "done" ? { id: receipt.id } : { because: receipt.because }),
      ...(receipt.came === "done" && receipt.told !== undefined && { told: receipt.told }),
    },
  };
}

/** Gives a subject back: due at `at`, or at once when it was nudged after `nudges`. */
export async function release(
  on: Connection,
  lease: Lease,
  nudges: number,
  at: Instant | null,
  now: Instant,
): Promise<void> {
  await on
    .updateTable("subject")
    .set((row) => ({
      due_at: row.case().when("nudges", ">", nudges).then(row.val(now)).else(row.val(at)).end(),
      cause: row.case().when("nudges", ">", nudges).then(row.ref("cause")).else(null).end(),
      priority: row.case().when("nudges", ">", nudges).then(row.ref("priority")).else(1).end(),
      lease_token: null,
      lease_until: 0,
    }))
    .where("key", "=", subjectKey(lease.subject))
    .where("lease_token", "=", lease.token)
    .execute();
}
