import { itemKey } from "../../commands/items.ts";
import { type Effect, executionSlot, issueSlot } from "../../flow/effect.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { digestOf, type Entry, opens } from "../../flow/ledger.ts";
import { looking } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Instant, Sha } from "../../flow/names.ts";
import { digestOfWalked, isValid, type WalkedBook } from "../../flow/run-book.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import type { Lane } from "../../flow/verdict.ts";
import { stateFrom } from "../../release/execution.ts";
import { linkedBook } from "../../release/linked.ts";
import { isVerified, type Progress, progressOf } from "../../release/progress.ts";
import { type Sticky, stickyComment } from "../../report/execution.ts";
import { failedItem, goneItem } from "../../report/failed-item.ts";
import { earlier, unlessThere } from "../answer.ts";
import { promotionOn, releaseOn } from "../promoting/under-way.ts";
import { rollbackOn } from "../releasing/withdrawing.ts";
import { isLeft, leftUntil, undoneOf } from "../undoing.ts";
import { executionOn } from "./sticky.ts";

/** What is to be written so that the comment shows the run-book as it stands. */
export type Showing = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  /** What its page shows of it from now on; left out: what it shows already. */
  readonly walked?: WalkedBook;
  readonly lookAgainAt: Instant | null;
};
export const NOTHING_SHOWN: Showing = { entries: [], effects: [], lookAgainAt: null };

/** The walks through the run-book of a release or a hotfix. */
export type Walks = {
  readonly path: string;
  readonly blob: Sha;
  readonly items: WalkedBook["items"];
  readonly rehearsal: Progress;
  readonly production: Progress;
};

/**
 * How far both walks are, by the run-book as it is at the head.
 *
 * @param lane null: it is merged, and goes on with what it had. @returns null where there are none.
 */
export function walksOn(
  { subject, standing, read }: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
  lane: Lane | null,
): Walks | { readonly lacks: readonly Want[] } | { readonly retryAt: Instant } | null {
  const { policy } = component.config;
  if (!policy.runBook.required) return null;
  if (lane === null ? executionOn({ standing, pull: subject }) === undefined : lane !== "release" && lane !== "hotfix")
    return null;
  const look = looking(read);
  const linked = linkedBook({
    pull: { ...pull, number: subject.number },
    policy,
    repository: component.name,
    web: house.web,
    standing,
    look,
  });
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { retryAt: missing.retryAt };
  if (linked === null || "missing" in linked || !isValid(linked.book)) return null;
  const { path, blob, book } = linked;
  const known = standing.filter((one): one is StandingOf<"item"> => one.kind === "item");
  const place = { blob, head: pull.head.sha };
  return {
    path,
    blob,
    items: book.items,
    rehearsal: progressOf(book, "rehearsal", known, place),
    production: progressOf(book, "production", known, place),
  };
}

/** A hotfix is rehearsed after it went out, and a rollback not at all: staging runs later files than those it goes back to. */
function inOrder({ rehearsal, production }: Walks, known: PullKnown, lane: Lane | null): readonly Progress[] {
  if (rollbackOn(known) !== undefined) return [production];
  return (lane ?? known.verdict?.lane) === "hotfix" ? [production, rehearsal] : [rehearsal, production];
}

/** The comment on a release or a hotfix that shows how far its run-book is, and an issue for each item that failed. */
export function showing(
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
  lane: Lane | null,
): Showing | { readonly lacks: readonly Want[] } {
  const { subject, standing, now } = known;
  const before = executionOn({ standing, pull: subject });
  const walks = walksOn(known, pull, component, house, lane);
  if (walks === null) return NOTHING_SHOWN;
  if ("lacks" in walks) return walks;
  if ("retryAt" in walks) return { ...NOTHING_SHOWN, lookAgainAt: walks.retryAt };

  const { path, blob, items, production } = walks;
  const sticky = {
    path,
    blob,
    walks: inOrder(walks, known, lane),
    ...waitsForWord(known, component, production),
    pageUrl: house.links === null ? null : `${house.links}/${component.name}/pull/${subject.number}#run-book`,
  };
  const walked = {
    path,
    blob,
    head: pull.head.sha,
    walks: sticky.walks.map(({ walk }) => walk),
    items,
  };
  const beside = {
    ...failures(known, component, sticky.walks),
    ...(digestOfWalked(walked) !== known.walked && { walked }),
  };
  const undone = before === undefined ? [] : undoneOf(before, now);
  if (isLeft(undone)) return { ...beside, lookAgainAt: earlier(leftUntil(undone), beside.lookAgainAt) };

  const shows = digestOf(stickyComment({ ...sticky, revision: 1 }));
  const revision =
    (before?.revision ?? 0) + (before?.shows === shows && known.sticky?.written?.fingerprint === shows ? 0 : 1);
  const mark = `<!-- flowgate:execution revision=${revision} -->`;
  const comment = unlessThere(
    {
      does: "set",
      thing: "comment",
      slot: executionSlot(subject.repository, subject.number),
      fingerprint: shows,
      repository: subject.repository,
      name: component.name,
      number: subject.number,
      mark,
      body: stickyComment({ ...sticky, revision }),
      over: known.sticky?.written?.id ?? null,
    },
    known.sticky,
    now,
  );
  const lookAgainAt = earlier(comment.retryAt, beside.lookAgainAt);
  if (comment.effects.length === 0) return { ...beside, lookAgainAt };
  const files = before === undefined ? [] : [{ path: before.path, blob: before.blob }, ...before.before];
  const execution: StandingOf<"execution"> = {
    kind: "execution",
    key: `execution:${subject.repository}:${subject.number}`,
    by: null,
    at: now,
    because: before === undefined ? "its run-book is walked from here on" : "it shows how far its run-book is",
    repository: subject.repository,
    number: subject.number,
    path,
    blob,
    revision,
    shows,
    undone,
    before: files.filter((file) => file.blob !== blob).slice(0, KEPT),
  };
  return {
    ...beside,
    entries: [opens(subjectKey(subject), execution), ...beside.entries],
    effects: [...comment.effects, ...beside.effects],
    lookAgainAt,
  };
}

/** Whether all is done and a release manager has yet to say that it is published. */
function waitsForWord(known: PullKnown, { config }: ComponentMemory, production: Progress): Pick<Sticky, "publishes"> {
  const release = releaseOn(known);
  const waits =
    config.policy.release.publish === "by-hand" && isVerified(production) && promotionOn(known) === undefined;
  return waits && release !== undefined && release.authorised === undefined ? { publishes: release.version } : {};
}

/** So many earlier files: their labels may still be on somebody's screen. */
const KEPT = 10;

/** An issue for each item that failed, closed when it is done after all, or no longer in the run-book. */
function failures(known: PullKnown, { name }: ComponentMemory, walks: readonly Progress[]): Showing {
  const { subject, standing, itemIssues, now } = known;
  const { repository, number } = subject;
  const there = walks.flatMap(({ walk, steps }) =>
    steps.map(({ item, label, came }) => {
      const key = itemKey(repository, number, walk, item.id);
      return {
        key,
        failed: came?.state === "failed",
        issue: (mark: string) => failedItem({ label, item, came, number, mark }),
      };
    }),
  );
  const keys = new Set(there.map(({ key }) => key));
  const gone = standing.flatMap((one) => {
    if (one.kind !== "item" || keys.has(one.key)) return [];
    const came = stateFrom(one);
    return came.state === "failed"
      ? [{ key: one.key, failed: false, issue: (mark: string) => goneItem(came, number, mark) }]
      : [];
  });
  const writes = [...there, ...gone].flatMap(({ key, failed, issue }) => {
    const slot = itemIssues[key] ?? null;
    const over = slot?.written ?? null;
    if (!failed && over === null) return [];
    const mark = `<!-- flowgate:item ${key} -->`;
    const told = issue(mark);
    const effect: Effect = {
      does: "set",
      thing: "issue",
      slot: issueSlot(repository, key),
      fingerprint: digestOf(`${told.state} ${told.title}\n${told.body}`),
      repository,
      name,
      mark,
      ...told,
      over,
    };
    return [unlessThere(effect, slot, now)];
  });
  const effects = writes.flatMap((write) => write.effects);
  const says = { issues: effects.map(({ slot }) => slot) };
  const told: Entry = { what: "reported", actor: "app", about: subjectKey(subject), says };
  return {
    entries: effects.length > 0 ? [told] : [],
    effects,
    lookAgainAt: writes.map(({ retryAt }) => retryAt).reduce(earlier, null),
  };
}
