import type { z } from "zod";
import { type InstallationId, type Instant, later } from "../flow/names.ts";
import type { Priority } from "../flow/subject.ts";
import type { Reply, Send } from "./call.ts";
import { failed, found, type Outcome } from "./failure.ts";
import { RAW } from "./transport.ts";

export const PER_PAGE = 100;
/** More pages than any list of ours has: 5,000 open pull requests are 50. */
const MOST_PAGES = 100;
/** When to ask again after an answer that was not what GitHub documents. */
const MALFORMED_MS = 60_000;

/** Answers by address, kept so that asking for what has not changed costs no quota. */
export type Cache = {
  get(url: string): Promise<{ readonly etag: string; readonly body: string } | null>;
  keep(url: string, etag: string, body: string): Promise<void>;
};

/** Who asks: null is the App itself. */
export type As = { readonly installation: InstallationId | null; readonly priority: Priority };

export type Pages<P> = { readonly pages: readonly P[]; readonly whole: boolean };

/** How an answer is kept. */
export type Keeping = {
  /** Names what is taken of it, where two shapes take different things of the same address. */
  readonly part?: string;
  /** That it never changes, as what is said of a full commit id: once it is there, nobody is asked again. */
  readonly immutable?: boolean;
};

export type Read = {
  /** One answer, checked against its shape. */
  one<T>(as: As, path: string, shape: z.ZodType<T>, keeping?: Keeping): Promise<Outcome<T>>;
  /** A list with a hundred items a page, to its last page. Fails where it is too long to be read whole. */
  all<T>(as: As, path: string, shape: z.ZodType<readonly T[]>, keeping?: Keeping): Promise<Outcome<readonly T[]>>;
  /** The same where a page is more than its items; `whole` is false where the list goes on. */
  pages<P>(
    as: As,
    path: string,
    shape: z.ZodType<P>,
    size: (page: P) => number,
    most: number,
    keeping?: Keeping,
  ): Promise<Outcome<Pages<P>>>;
  /** A file as GitHub keeps it, as text, wherever it is stored. Nothing of it is kept. */
  text(as: As, path: string): Promise<Outcome<string>>;
  /** What is said by the status alone. Nothing of it is kept. */
  status(as: As, path: string): Promise<Outcome<number>>;
  /** As `all`, of a list that has no page numbers: each page's link tells the cursor of the next. */
  following<T>(as: As, path: string, shape: z.ZodType<readonly T[]>): Promise<Outcome<readonly T[]>>;
};

type Page<T> = {
  readonly value: T;
  /** Whether GitHub said that there is a next page; null where it said nothing about it. */
  readonly next: boolean | null;
  /** The cursor of the next page, where the list is paged by cursors and goes on. */
  readonly after: string | null;
};

/**
 * Reads from GitHub, asking only for what changed.
 *
 * What is kept is our parsed value, a fraction of GitHub's text, under the version that parsed it.
 */
export function reader(send: Send, cache: Cache, clock: { now(): Instant }, version: string): Read {
  async function page<T>(
    as: As,
    path: string,
    shape: z.ZodType<T>,
    { part, immutable = false }: Keeping = {},
  ): Promise<Outcome<Page<T>>> {
    const key = `${version} ${as.installation} ${path}${part === undefined ? "" : ` ${part}`}`;
    const kept = await cache.get(key);
    if (immutable && kept !== null) return found(JSON.parse(kept.body) as Page<T>);
    const headers = kept === null ? {} : { "if-none-match": kept.etag };
    const outcome = await send({ ...as, method: "GET", path, headers });
    if (!outcome.ok) return outcome;
    const reply = outcome.value;
    if (reply.status === 304 && kept !== null) {
      const { next, after, value } = JSON.parse(kept.body) as Page<T>;
      // A list that grew past a full page may have an unchanged first page.
      return found({ value, next: next || null, after });
    }
    const result = parsed(reply.text, shape);
    if ("flaw" in result) return malformed(result.flaw, reply.status, clock.now());
    const read: Page<T> = { value: result.value, next: hasNext(reply), after: cursorOf(reply) };
    const etag = reply.headers["etag"];
    if (typeof etag === "string") await cache.keep(key, etag, JSON.stringify(read));
    return found(read);
  }

  async function pages<P>(
    as: As,
    path: string,
    shape: z.ZodType<P>,
    size: (page: P) => number,
    most: number,
    keeping?: Keeping,
  ) {
    const read: P[] = [];
    for (let number = 1; number <= most; number++) {
      const outcome = await page(
        as,
        `${path}${path.includes("?") ? "&" : "?"}per_page=${PER_PAGE}&page=${number}`,
        shape,
        keeping,
      );
      if (!outcome.ok) return outcome;
      const { value, next } = outcome.value;
      read.push(value);
      if (!(next ?? size(value) >= PER_PAGE)) return found({ pages: read, whole: true });
    }
    return found({ pages: read, whole: false });
  }

  /** More than this is not read, since half a list would be taken for the whole. */
  function tooLong(): Outcome<never> {
    const how = `GitHub has more than ${MOST_PAGES * PER_PAGE} of these, which is more than Flowgate reads`;
    return failed({ kind: "unclear", status: null, message: "", how, until: later(clock.now(), MALFORMED_MS) });
  }

  return {
    one: async (as, path, shape, keeping) => {
      const outcome = await page(as, path, shape, keeping);
      return outcome.ok ? found(outcome.value.value) : outcome;
    },
    pages,
    all: async (as, path, shape, keeping) => {
      const outcome = await pages(as, path, shape, (items) => items.length, MOST_PAGES, keeping);
      if (!outcome.ok) return outcome;
      return outcome.value.whole ? found(outcome.value.pages.flat()) : tooLong();
    },
    text: async (as, path) => {
      const outcome = await send({ ...as, method: "GET", path, headers: { accept: RAW } });
      return outcome.ok ? found(outcome.value.text) : outcome;
    },
    status: async (as, path) => {
      const outcome = await send({ ...as, method: "GET", path });
      return outcome.ok ? found(outcome.value.status) : outcome;
    },
    following: async (as, path, shape) => {
      const first = `${path}${path.includes("?") ? "&" : "?"}per_page=${PER_PAGE}`;
      const items = [];
      let address = first;
      for (let number = 1; number <= MOST_PAGES; number++) {
        const outcome = await page(as, address, shape);
        if (!outcome.ok) return outcome;
        const { value, next, after } = outcome.value;
        items.push(...value);
        if (!next) return found(items);
        if (after === null) return malformed("its link to the next page has no cursor", 200, clock.now());
        address = `${first}&after=${after}`;
      }
      return tooLong();
    },
  };
}

/**
 * @param revive as JSON.parse takes it.
 * @returns the value of a JSON text, or what the text lacks.
 */
export function parsed<T>(
  text: string,
  shape: z.ZodType<T>,
  revive?: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
): { readonly value: T } | { readonly flaw: string } {
  let content: unknown;
  try {
    content = JSON.parse(text, revive as Parameters<typeof JSON.parse>[1]);
  } catch {
    return { flaw: "it is no JSON" };
  }
  const result = shape.safeParse(content);
  if (result.success) return { value: result.data };
  const issue = result.error.issues[0];
  return { flaw: `${issue?.path.map(String).join(".") || "all of it"}: ${issue?.message ?? "is not valid"}` };
}

/** GitHub answered, but not with what it documents. */
export function malformed(flaw: string, status: number, now: Instant): Outcome<never> {
  const how = `GitHub's answer was not as documented (${flaw})`;
  return failed({ kind: "unclear", status, message: "", how, until: later(now, MALFORMED_MS) });
}

/** Of the link only the cursor is taken: where to ask, we know ourselves. */
const cursorOf = ({ headers }: Reply): string | null =>
  /[?&]after=([^&>]+)[^>]*>\s*;[^,]*rel="next"/.exec(String(headers["link"] ?? ""))?.[1] ?? null;
const hasNext = ({ headers }: Reply): boolean => /<[^>]+>\s*;[^,]*rel="next"/.test(String(headers["link"] ?? ""));
