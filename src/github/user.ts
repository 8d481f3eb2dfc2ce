import type { z } from "zod";
import type { GithubAsUser, Grant, Readable, Told } from "../flow/as-user.ts";
import { type Instant, later } from "../flow/names.ts";
import { clean, limited, Unanswered } from "./failure.ts";
import * as shapes from "./parse-user.ts";
import { PER_PAGE, parsed } from "./read.ts";
import { type Answer, transport } from "./transport.ts";

const TIMEOUT_MS = 12_000;
/** More pages than the repositories of any installation fill. */
const MOST_PAGES = 100;

export type UserOptions = {
  /** Where GitHub's pages are, without a slash at the end; log-in is one of them, not a part of the API. */
  readonly webUrl: string;
  /** The base of the REST API, without a slash at the end. */
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly version: string;
  readonly clock: { now(): Instant };
  readonly timeout?: number;
};

export type AsUser = GithubAsUser & {
  /** Closes the connections. */
  stop(): void;
};

const told = <T>(value: T): Told<T> => ({ came: "told", value });
const unanswered = (because: string) => ({ came: "unanswered", because }) as const;

export function asUser({ webUrl, apiUrl, clientId, clientSecret, version, clock, timeout }: UserOptions): AsUser {
  const { fetch, stop } = transport(timeout ?? TIMEOUT_MS);
  const agent = { accept: "application/json", "user-agent": `flowgate/${version}` };

  async function send(...[url, init]: Parameters<typeof fetch>): Promise<Answer | ReturnType<typeof unanswered>> {
    try {
      return await fetch(url, init);
    } catch (error) {
      return unanswered(error instanceof Unanswered ? error.message : "GitHub's answer could not be read");
    }
  }

  /** GitHub says with status 200 also what it refuses. */
  async function grant(fields: Readonly<Record<string, string>>): Promise<Told<Grant>> {
    const now = clock.now();
    const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...fields }).toString();
    const headers = { ...agent, "content-type": "application/x-www-form-urlencoded" };
    const answer = await send(`${webUrl}/login/oauth/access_token`, { method: "POST", headers, body });
    if ("came" in answer) return answer;
    if (answer.status !== 200) return unanswered(`GitHub answered ${answer.status}`);
    const read = parsed(answer.body, shapes.grantShape);
    if ("flaw" in read) return unanswered("GitHub's answer was not as documented");
    if ("error" in read.value) return { came: "refused", because: clean(read.value.error) };
    const { token, seconds, refresh } = read.value;
    return told({ token, refresh, until: seconds === null ? null : later(now, seconds * 1000) });
  }

  /** @param absent what it means that GitHub shows nothing there. */
  async function get<T>(token: string, path: string, shape: z.ZodType<T>, absent?: T): Promise<Told<T>> {
    const headers = {
      ...agent,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      authorization: `Bearer ${token}`,
    };
    const answer = await send(`${apiUrl}${path}`, { headers });
    if ("came" in answer) return answer;
    const { status, body } = answer;
    if (status === 401) return { came: "refused", because: "GitHub does not take this token any more" };
    if (absent !== undefined && isClosed(answer)) return told(absent);
    if (status !== 200) return unanswered(`GitHub answered ${status}`);
    const read = parsed(body, shape);
    return "flaw" in read ? unanswered("GitHub's answer was not as documented") : told(read.value);
  }

  /** Whether GitHub keeps it from this person: not there, forbidden, or blocked; but not that it limits us. */
  function isClosed({ status, headers, body }: Answer): boolean {
    if (status === 404 || status === 410 || status === 451) return true;
    const said = { status, headers: Object.fromEntries(headers), message: body, signingIn: false };
    return status === 403 && limited(said, clock.now(), 0) === null;
  }

  async function all<T>(
    token: string,
    path: string,
    shape: z.ZodType<readonly T[]>,
    absent?: readonly T[],
  ): Promise<Told<readonly T[]>> {
    const items: T[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const came = await get(token, `${path}?per_page=${PER_PAGE}&page=${page}`, shape, absent);
      if (came.came !== "told") return came;
      items.push(...came.value);
      if (came.value.length < PER_PAGE) return told(items);
    }
    return unanswered("GitHub's list is longer than Flowgate reads");
  }

  return {
    authorizeUrl({ state, challenge, redirectUri }) {
      const query = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      return `${webUrl}/login/oauth/authorize?${query}`;
    },
    exchange: ({ code, verifier, redirectUri }) => grant({ code, code_verifier: verifier, redirect_uri: redirectUri }),
    refresh: (refreshToken) => grant({ grant_type: "refresh_token", refresh_token: refreshToken }),
    person: (token) => get(token, "/user", shapes.personShape),
    async repositories(token) {
      const installations = await all(token, "/user/installations", shapes.ownInstallationsShape);
      if (installations.came !== "told") return installations;
      const lists = await Promise.all(
        installations.value
          .filter(({ suspended }) => !suspended)
          .map(({ installation }) =>
            all(token, `/user/installations/${installation}/repositories`, shapes.ownRepositoriesShape, []),
          ),
      );
      const repositories: Readable[] = [];
      for (const list of lists) {
        if (list.came !== "told") return list;
        repositories.push(...list.value);
      }
      return told(repositories);
    },
    async repository(token, name) {
      const path = name.split("/").map(encodeURIComponent).join("/");
      return get<Readable | null>(token, `/repos/${path}`, shapes.ownRepositoryShape, null);
    },
    stop,
  };
}
