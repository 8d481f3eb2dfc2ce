import type { GithubAsUser, Readable } from "../flow/as-user.ts";
import { type Instant, later } from "../flow/names.ts";
import type { Tokens } from "./tokens.ts";
import type { ComponentView, Views } from "./views.ts";

/** What GitHub said of a person's rights is not asked again so long. */
const KEPT_MS = 60_000;
/** At most so many repositories that a person was not let into are asked for one by one, in case they are public. */
const ASKED_EACH = 30;
/** At most so many names are remembered for one person. */
const MOST_NAMES = 500;

/** What a person may read on GitHub. Each throws `Unseen` where GitHub does not say. */
export type Eyes = {
  /** The repository of that name; null where they may not read it or there is none. */
  repository(name: string): Promise<Readable | null>;
  /** The same as GitHub says it now: nobody acts by a right that they had a minute ago. */
  afresh(name: string): Promise<Readable | null>;
  /** Those of the board's repositories that they may read. */
  among(views: readonly ComponentView[]): Promise<readonly ComponentView[]>;
};
export type Sight = {
  of(session: string): Eyes;
  forget(session: string): void;
};

type Kept = {
  readonly until: Instant;
  listed: Promise<readonly Readable[]> | null;
  readonly named: Map<string, Promise<Readable | null>>;
};

export function sight(
  github: Pick<GithubAsUser, "repositories" | "repository">,
  tokens: Pick<Tokens, "use">,
  clock: { now(): Instant },
): Sight {
  const kept = new Map<string, Kept>();

  function keptFor(session: string): Kept {
    const now = clock.now();
    const known = kept.get(session);
    if (known !== undefined && known.until > now) return known;
    for (const [old, { until }] of kept) if (until <= now) kept.delete(old);
    const fresh: Kept = { until: later(now, KEPT_MS), listed: null, named: new Map() };
    kept.set(session, fresh);
    return fresh;
  }

  function listed(session: string): Promise<readonly Readable[]> {
    const mine = keptFor(session);
    mine.listed ??= tokens
      .use(session, (token) => github.repositories(token))
      .catch((error: unknown) => {
        // A failure is no answer, so the next page asks again.
        mine.listed = null;
        throw error;
      });
    return mine.listed;
  }

  const asked = (session: string, name: string) => tokens.use(session, (token) => github.repository(token, name));

  function named(session: string, name: string): Promise<Readable | null> {
    const mine = keptFor(session);
    const key = name.toLowerCase();
    const known = mine.named.get(key);
    if (known !== undefined) return known;
    const asking = asked(session, name).catch((error: unknown) => {
      mine.named.delete(key);
      throw error;
    });
    if (mine.named.size < MOST_NAMES) mine.named.set(key, asking);
    return asking;
  }

  return {
    of: (session) => ({
      async repository(name) {
        const own = (await listed(session)).find((one) => one.name.toLowerCase() === name.toLowerCase());
        return own ?? named(session, name);
      },
      afresh: (name) => asked(session, name),
      async among(views) {
        const own = new Set((await listed(session)).map(({ repository }) => repository));
        const others = views.filter(({ repository }) => !own.has(repository)).slice(0, ASKED_EACH);
        const read = await Promise.all(
          others.map(async ({ repository, memory }) => (await named(session, memory.name))?.repository === repository),
        );
        const open = new Set(others.filter((_, place) => read[place]).map(({ repository }) => repository));
        return views.filter(({ repository }) => own.has(repository) || open.has(repository));
      },
    }),
    forget: (session) => void kept.delete(session),
  };
}

/**
 * The board as one person may see it: everything else is not there. Every page is made of these views, so that none
 * can show more. A name that nobody has is asked for as well: otherwise the time an answer takes would tell.
 */
export function seenBy(eyes: Eyes, views: Views): Views {
  return {
    async pullView(name, number) {
      const readable = await eyes.repository(name);
      const view = readable === null ? null : await views.pullView(name, number);
      return view?.repository === readable?.repository ? view : null;
    },
    askedOnPage: (pull, by) => views.askedOnPage(pull, by),
    triedOnPage: (pull, by) => views.triedOnPage(pull, by),
    componentsView: async () => eyes.among(await views.componentsView()),
  };
}
