import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import { actsWith } from "./board/acts.ts";
import { loginWith } from "./board/login.ts";
import { type Access, boardRoute } from "./board/routes.ts";
import { openConsole } from "./console.ts";
import type { News } from "./flow/decision.ts";
import type { Self } from "./flow/facts.ts";
import type { House } from "./flow/house.ts";
import type { ComponentMemory } from "./flow/memory.ts";
import type { Instant } from "./flow/names.ts";
import type { Signer } from "./flow/signer.ts";
import { connect } from "./github/client.ts";
import { asUser } from "./github/user.ts";
import { metricsOf } from "./metrics.ts";
import { settle } from "./pipeline.ts";
import { reading } from "./reader/look.ts";
import { openReader } from "./reader.ts";
import { appServer } from "./server.ts";
import { openSigner } from "./signer.ts";
import { openStore, type Store } from "./store/store.ts";
import { sweep, sweepInstallation } from "./sweep.ts";
import { saying, traced } from "./trace.ts";
import { verifier, verifying } from "./verifier.ts";
import { startWorker } from "./worker.ts";

export { instant } from "./flow/names.ts";

/** The time as the App sees it; a sandbox may move it. */
export type AppClock = { now(): Instant; onMove?(listener: () => void): void };

export type Settings = {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Base of GitHub's REST API, without a slash at the end. */
  readonly apiUrl: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Base of the addresses that checks link to; `self`: where the App listens; null: checks carry no link. */
  readonly links: string | "self" | null;
  readonly board: BoardSettings;
  readonly databaseUrl: string | null;
  /** Of the embedded database; null: in memory. */
  readonly folder: string | null;
  readonly log: Logger;
  readonly clock: AppClock;
  /** How long a call that was cut off may still be under way at GitHub. */
  readonly inFlightGraceMs: number;
  readonly sweepEveryMs: number;
  /** How long the work of a process that died is left alone before another takes it over. */
  readonly leaseMs?: number;
  /** PEM of the key that signs evidence; left out: one that is kept in the folder. */
  readonly evidenceKey?: string;
  /** What verifiers of backups are asked with; left out: none is asked. */
  readonly verifier?: { readonly secret: string; readonly loopback?: boolean };
  /** What GitHub grants an installation: points a minute and calls at once; GitHub's published limits when left out. */
  readonly budget?: { readonly points: number; readonly inFlight: number };
  /** Milliseconds after which a call to GitHub is given up; 12,000 when left out. */
  readonly callTimeoutMs?: number;
};

export type BoardSettings =
  | Exclude<Access, { readonly kind: "login" }>
  | {
      readonly kind: "login";
      readonly clientId: string;
      readonly clientSecret: string;
      /** Where people reach the board, without a slash at the end; `self`: where the App listens. */
      readonly at: string | "self";
    };

export type App = {
  readonly url: string;
  readonly port: number;
  /** Looks for what nobody told us, now. */
  sweep(): Promise<void>;
  /** Whether nothing is due, in hand or unsettled, and no sweep is under way. */
  idle(): Promise<boolean>;
  /** Signs evidence, and says by which key. */
  readonly signer: Signer;
  /** What is wrong with the ledger, in one sentence; null: every chain is whole. */
  ledgerFlaw(): Promise<string | null>;
  stop(): Promise<void>;
};

const { version: VERSION } = createRequire(import.meta.url)("../package.json") as { readonly version: string };

/** A worker renews its leases well before they run out; a dead one's are free again after this. */
const LEASE_MS = 60_000;
/** How soon a sweep that GitHub cut short is tried again. */
const SWEEP_AGAIN_MS = 60_000;

/**
 * Builds everything from the settings and starts it. Rejects with a sentence for people where the database cannot
 * be opened, the key for evidence is none, or the port is taken.
 */
export async function startApp(settings: Settings): Promise<App> {
  const { clock, log, leaseMs = LEASE_MS } = settings;
  const store = await openStore({ url: settings.databaseUrl, folder: settings.folder, clock, leaseMs, log });
  const signer = await signerBeside(store, settings);
  const github = connect({
    appId: settings.appId,
    privateKey: settings.privateKey,
    apiUrl: settings.apiUrl,
    version: VERSION,
    log,
    clock,
    cache: { get: store.cached, keep: store.keep },
    grace: settings.inFlightGraceMs,
    ...(settings.budget && { budget: settings.budget }),
    ...(settings.callTimeoutMs && { timeout: settings.callTimeoutMs }),
    onPause: (installation, until) =>
      void store.pause(installation, until).catch(logged("A pause could not be stored.")),
  });
  const reader = openReader();
  const webUrl = webAddress(settings.apiUrl);
  let self: Self | null = null;
  let stopped = false;
  let access: Access = { kind: "refused", because: "Flowgate is starting. Load this page again in a moment." };

  const server = appServer({
    secret: settings.webhookSecret,
    clock,
    log,
    self: () => self,
    accept(delivery) {
      const { news } = delivery;
      if (news !== null && news.installation !== null && news.access.length > 0) github.signInAnew(news.installation);
      return store.accept(delivery);
    },
    onAccess: (news) => void followAccess(news).catch(logged("An installation could not be swept.")),
    page: (request) => boardRoute(request, store, access, webUrl),
    unready: () => store.unready(),
    metrics: async () => metricsOf({ ...(await store.counts()), sweeps }),
  });
  server.listen(settings.port, settings.host);
  await Promise.race([once(server, "listening"), once(server, "error").then(([error]) => Promise.reject(error))]);
  const { port } = server.address() as AddressInfo;
  const url = `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;

  const board = openBoard(settings.board);
  access = board.access;
  // PostgreSQL answers the command line itself.
  const { databaseUrl, folder } = settings;
  const commandLine = databaseUrl === null && folder !== null ? await openConsole(folder, store.audit, log) : null;

  const house: House = {
    app: settings.appId,
    links: settings.links === "self" ? url : settings.links,
    web: webUrl,
    version: VERSION,
    signer,
  };
  const { perform, find } = github;
  const verify = verifier({ secret: null, ...settings.verifier, clock });
  const look = reading(verifying(github.look, { verify, urlOf: verifierIn, clock }), {
    bytes: github.bytes,
    reader,
    clock,
  });
  const ports = saying(traced({ house, clock, store, look, perform, find }, log), log);
  const worker = startWorker({
    clock,
    log,
    store,
    renewEveryMs: leaseMs / 3,
    settle: (lease) => settle(lease, ports),
  });
  clock.onMove?.(() => worker.wake());

  const sweepPorts = { clock, log, github, store };
  let sweeping: Promise<void> = Promise.resolve();
  /** Sweeps asked for and not ended, of everything or of one installation. */
  let sweepsUnderWay = 0;
  let sweeps = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Sweeps follow each other: two at once would read everything twice. */
  function sweepNow(): Promise<void> {
    clearTimeout(timer);
    sweepsUnderWay += 1;
    sweeping = sweeping
      .then(async () => {
        if (stopped) return;
        await learnSelf();
        const problem = await sweep(sweepPorts);
        if (problem !== null)
          log.warn({ problem }, "Not everything could be looked through; Flowgate tries again in a minute.");
        await store.forgetOld();
        sweeps += 1;
        plan(problem === null ? settings.sweepEveryMs : SWEEP_AGAIN_MS);
      })
      .catch((error: unknown) => {
        logged("The sweep failed.")(error);
        plan(SWEEP_AGAIN_MS);
      })
      .finally(() => {
        sweepsUnderWay -= 1;
      });
    return sweeping;
  }

  function plan(inMs: number): void {
    if (stopped) return;
    timer = setTimeout(() => void sweepNow(), inMs);
    timer.unref();
  }

  async function learnSelf(): Promise<void> {
    if (self !== null) return;
    const told = await github.self();
    if (told.known) self = told.value;
  }

  /** Where we may work again there are things to tell that no delivery told. */
  async function followAccess({ access, installation }: News): Promise<void> {
    const works = access.some((change) => change.may === "work");
    if (!works || installation === null) return;
    sweepsUnderWay += 1;
    await sweepInstallation(installation, sweepPorts).finally(() => {
      sweepsUnderWay -= 1;
    });
  }

  /** People are sent back to the board's own address, which is known once it listens. */
  function openBoard(board: BoardSettings): { readonly access: Access; stop(): void } {
    if (board.kind !== "login") return { access: board, stop: () => {} };
    const { clientId, clientSecret } = board;
    const people = asUser({ webUrl, apiUrl: settings.apiUrl, clientId, clientSecret, version: VERSION, clock });
    const at = board.at === "self" ? url : board.at;
    const login = loginWith({ clientSecret, at, github: people, sessions: store.sessions, clock, log });
    const acts = actsWith({ accept: store.accept, isAnswered: store.isAnswered, clock, log });
    return { access: { kind: "login", login, acts }, stop: people.stop };
  }

  function logged(message: string): (error: unknown) => void {
    return (error) => log.error({ err: error }, message);
  }

  // Nobody waits for it: a long ledger takes a while, a part at a time.
  const ending = new AbortController();
  const verified = store.ledgerFlaw(ending.signal).then(
    (flaw) => {
      if (flaw !== null)
        log.error({ flaw }, "The ledger was tampered with: keep this database as it is, and compare it with a copy.");
    },
    (error: unknown) => {
      if (!ending.signal.aborted) logged("The ledger could not be verified.")(error);
    },
  );
  const firstSweep = sweepNow();
  log.info({ url }, "Flowgate listens.");
  return {
    url,
    port,
    sweep: sweepNow,
    idle: async () => sweepsUnderWay === 0 && (await store.idle()),
    signer,
    ledgerFlaw: () => store.ledgerFlaw(),
    async stop() {
      stopped = true;
      ending.abort();
      clearTimeout(timer);
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      await Promise.all([closed, commandLine?.stop(), worker.stop(), verified, firstSweep, sweeping]);
      await reader.stop();
      github.stop();
      board.stop();
      await store.stop();
    },
  };
}

/** Opened after the store: who has the database has the folder too, so no two make a key there. */
async function signerBeside(store: Store, { evidenceKey, folder, log }: Settings): Promise<Signer> {
  try {
    return openSigner(evidenceKey ?? null, folder, log);
  } catch (error) {
    await store.stop();
    throw error;
  }
}

/** Where the verifier of backups listens that the config names; null: it names none. */
const verifierIn = ({ config }: ComponentMemory): string | null => config.policy.backup.verifier?.url ?? null;

/** Where people see what the API serves: api.github.com, api.SUB.ghe.com, and HOST/api/v3 of an Enterprise Server. */
function webAddress(apiUrl: string): string {
  return apiUrl.replace(/\/api\/v3$/, "").replace(/^(https:\/\/)api\./, "$1");
}
