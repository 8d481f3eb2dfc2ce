import { createPrivateKey } from "node:crypto";
import { type Logger, Probot, ProbotOctokit } from "probot";
import type { Look, WantOfGithub } from "../flow/look.ts";
import { type InstallationId, type Instant, instant } from "../flow/names.ts";
import { type AppLevel, appLevel } from "./app.ts";
import { type Line, type Octokit, sender } from "./call.ts";
import { type Find, finder } from "./find.ts";
import { limiter } from "./limiter.ts";
import { type Bytes, fetcher, looker } from "./look.ts";
import { type Perform, performer } from "./perform.ts";
import { permissionsOf } from "./permissions.ts";
import { type Cache, reader } from "./read.ts";
import { transport } from "./transport.ts";

/** What GitHub grants an installation. Source: docs.github.com, "Rate limits for the REST API", secondary limits. */
export const BUDGET = { points: 900, inFlight: 20 } as const;
/** GitHub cuts a call off after 10 s. */
const TIMEOUT_MS = 12_000;
const GRACE_MS = 12_000;

export type GithubOptions = {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  /** The base of the REST API, without a slash at the end, such as https://api.github.com. */
  readonly apiUrl: string;
  /** Flowgate's own version, for the user agent. */
  readonly version: string;
  readonly log: Logger;
  readonly clock: { now(): Instant };
  readonly cache: Cache;
  /** GitHub wants no calls of this installation until then. */
  readonly onPause: (installation: InstallationId, until: Instant) => void;
  /** Points a minute, and calls under way at once, for each installation. Default: GitHub's published limits. */
  readonly budget?: { readonly points: number; readonly inFlight: number };
  /** Milliseconds for one call. Default: 12 s. */
  readonly timeout?: number;
  /** Milliseconds in which what was begun may still turn up. Default: 12 s. */
  readonly grace?: number;
};

/** GitHub, as Flowgate uses it. Nothing here rejects but what the cache does: a failure is a fact that is not known, or a receipt that says so. */
export type Github = AppLevel & {
  readonly look: Look<WantOfGithub>;
  readonly bytes: Bytes;
  readonly perform: Perform;
  readonly find: Find;
  /** What we may do there changed: the next call asks for a new token, since the old one knows only the old rights. */
  signInAnew(installation: InstallationId): void;
  /** Closes the connections. */
  stop(): void;
};

type ProbotGives = { readonly auth: { readonly request?: unknown; readonly [option: string]: unknown } };

/** Connects to GitHub as an App. Nothing is sent before the first question. Throws where the private key is none. */
export function connect(options: GithubOptions): Github {
  const { appId, clock, version, budget = BUDGET } = options;
  const { fetch, stop } = transport(options.timeout ?? TIMEOUT_MS);
  const probot = new Probot({
    appId,
    privateKey: pkcs8(options.privateKey),
    baseUrl: options.apiUrl,
    log: options.log,
    request: { fetch },
    // Only a function replaces Probot's own settings. Its throttling lets one write a second through, and its retries
    // repeat writes that may have been done: the limiter and the pipeline do both knowingly. And it signs in with a
    // client that does not know `baseUrl`; without that one Octokit takes its own.
    Octokit: ProbotOctokit.defaults(({ auth: { request: _, ...auth }, ...given }: ProbotGives) => ({
      ...given,
      auth,
      throttle: { enabled: false },
      retry: { enabled: false },
      userAgent: `flowgate/${version}`,
    })),
  });
  const lines = new Map<InstallationId | null, Line>();

  function line(installation: InstallationId | null): Line {
    const known = lines.get(installation);
    if (known !== undefined) return known;
    let client: Promise<Octokit> | null = null;
    const made: Line = {
      octokit: () => {
        client ??= probot.auth(installation ?? undefined) as Promise<Octokit>;
        return client;
      },
      limiter: limiter(budget, clock),
      signedInAt: null,
      failures: { count: 0, at: 0 },
      limits: { count: 0, at: 0 },
    };
    lines.set(installation, made);
    return made;
  }

  const send = sender({ line, clock, onPause: options.onPause });
  const read = reader(send, options.cache, clock, version);
  return {
    ...appLevel(send, read, clock),
    look: looker(read, clock, ({ installation }) => permissionsOf(line(installation), clock)),
    bytes: fetcher(read, clock),
    perform: performer(send, read, clock, options.apiUrl),
    find: finder(read, clock, appId, options.grace ?? GRACE_MS),
    signInAnew(installation) {
      line(installation).signedInAt = instant(0);
    },
    stop,
  };
}

/** Octokit signs with PKCS#8, and would convert GitHub's PKCS#1 anew for each token. */
function pkcs8(pem: string): string {
  const convert = () => createPrivateKey(pem).export({ type: "pkcs8", format: "pem" }).toString();
  try {
    return convert();
  } catch {
    // Node may throw what an earlier use of OpenSSL left behind ("asn1 encoding routines::too long", seen after a key
    // was made). Only what is thrown again is about this key.
    return convert();
  }
}
