import { type Fact, type Facts, type Want, wantKey } from "../flow/facts.ts";
import type { Look, WantOfRunBook } from "../flow/look.ts";
import { type Instant, later, type Sha } from "../flow/names.ts";
import type { RunBook } from "../flow/run-book.ts";
import type { Lease } from "../flow/subject.ts";
import type { Reader } from "../reader.ts";
import { failed } from "../release/run-book/finding.ts";
import { unreadable } from "../release/run-book.ts";

const UNNAMED_MS = 60_000;
const TOO_LARGE = "The file has more than 1 MiB and is not read; split it into run-books of its parts.";

/** What run-books are read by. */
export type ReadRunBooks = {
  /** A file by its content; null: it is larger than anybody reads. Never rejects. */
  readonly bytes: (
    lease: Lease,
    facts: Facts,
    file: { readonly path: string; readonly sha: Sha },
  ) => Promise<Fact<Uint8Array | null>>;
  readonly reader: Pick<Reader, "runBook">;
  readonly clock: { now(): Instant };
};

/**
 * The same look that also reads run-books: their bytes are fetched while the rest is looked at, and made a run-book away
 * from the main thread, as the config in force asks.
 */
export function reading(look: Look<Exclude<Want, WantOfRunBook>>, source: ReadRunBooks): Look {
  return async (lease, facts, wants) => {
    const runBooks = wants.filter((want) => want.want === "run-book");
    const others = wants.filter((want) => want.want !== "run-book");
    const [seen, ...read] = await Promise.all([
      others.length === 0 ? new Map<string, Fact<unknown>>() : look(lease, facts, others),
      ...runBooks.map(async (want) => [wantKey(want), await runBookOf(lease, facts, want, source)] as const),
    ]);
    return new Map<string, Fact<unknown>>([...seen, ...read]);
  };
}

async function runBookOf(
  lease: Lease,
  facts: Facts,
  want: WantOfRunBook,
  { bytes, reader, clock }: ReadRunBooks,
): Promise<Fact<RunBook>> {
  const { component } = facts;
  if (component === null) {
    const because = "Flowgate has not heard of this repository's config yet.";
    return { known: false, because, retryAt: later(clock.now(), UNNAMED_MS) };
  }
  const file = await bytes(lease, facts, want);
  if (!file.known) return file;
  const { runBook, artifacts } = component.config.policy;
  const asked = { phases: runBook.phases, activation: artifacts.activation };
  const value =
    file.value === null ? unreadable(failed(1, TOO_LARGE)) : await reader.runBook(want.sha, file.value, asked);
  return { known: true, value, at: file.at };
}
