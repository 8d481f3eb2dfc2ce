import { createHash, randomBytes } from "node:crypto";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import type { GithubAsUser, Readable } from "../flow/as-user.ts";
import { type Instant, later, type Person } from "../flow/names.ts";
import type { Sessions, StoredSession } from "../store/sessions.ts";
import { countedAs } from "./caller.ts";
import { cookiesOf, returnPath } from "./cookies.ts";
import { seenBy, sight } from "./eyes.ts";
import type { Visitor } from "./pages/frame.ts";
import {
  DECLINED,
  FORGED,
  forgedAct,
  loggedOutMeanwhile,
  loggedOutPage,
  loginTo,
  logOutPage,
  NOT_BEGUN,
  NOT_LOGGED_IN,
  notSetUp,
  notTold,
  RAN_OUT,
  tooOften,
} from "./pages/login.ts";
import { READ_ONLY, type Refusal } from "./pages/refusal.ts";
import {
  type BoardRequest,
  type BoardResponse,
  goOn,
  isJson,
  page,
  pathOf,
  personal,
  queryOf,
  refusal,
} from "./response.ts";
import { same, sealsOf } from "./seal.ts";
import { tokensOf } from "./tokens.ts";
import { Unseen } from "./unseen.ts";
import type { Views } from "./views.ts";

/** GitHub's codes are good for ten minutes too. */
const BEGUN_MS = 10 * 60_000;
/** After that one logs in again, which GitHub mostly does by itself. */
const SESSION_MS = 30 * 24 * 3_600_000;
/** From one address within so many seconds, in each process; a log-in counts twice, and a browser may open many tabs again at once. */
const MOST_OFTEN = { points: 60, duration: 60 };
/** Log-ins begun in one browser at the same moment, such as by tabs that it opens again. */
const MOST_BEGUN = 8;
const SESSION = "session";
const BEGUN = "login-";

export type LoginPorts = {
  readonly clientSecret: string;
  /** Where people reach the board, without a slash at the end. */
  readonly at: string;
  readonly github: GithubAsUser;
  readonly sessions: Sessions;
  readonly clock: { now(): Instant };
  readonly log: { warn(fields: object, message: string): void };
};

/** Somebody who is logged in, and looks at pages or acts on one. */
export type Seer = {
  readonly person: Person;
  readonly visitor: Visitor;
  /** What they may do in the repository of that name, at most a minute ago; null: not even read it. */
  rights(name: string): Promise<Readable | null>;
  /** The same as GitHub says it now. */
  rightsNow(name: string): Promise<Readable | null>;
};

/** The board's log-in: people come by way of GitHub, and see what GitHub lets them read. */
export type Login = {
  /** Answers what belongs to logging in and out; null: another address. */
  own(request: BoardRequest): Promise<BoardResponse | null>;
  /** Shows a page to whoever is logged in, made of what they may see; sends everybody else to log in and back. */
  seeing(
    request: BoardRequest,
    views: Views,
    show: (views: Views, seer: Seer) => Promise<BoardResponse>,
  ): Promise<BoardResponse>;
  /**
   * Does what a form asks for whose own will it is: it was sent by the page of a session that still is. Everybody else
   * is told that nothing was done.
   *
   * @param back the page that has the form.
   */
  acting(
    request: BoardRequest,
    views: Views,
    back: string,
    act: (views: Views, seer: Seer) => Promise<BoardResponse>,
  ): Promise<BoardResponse>;
};

/** What a browser keeps while its person is at GitHub. */
type Begun = { readonly state: string; readonly verifier: string; readonly to: string; readonly until: Instant };

export function loginWith({ clientSecret, at, github, sessions, clock, log }: LoginPorts): Login {
  const seals = sealsOf(clientSecret);
  const cookies = cookiesOf(URL.parse(at)?.protocol === "https:");
  const tokens = tokensOf({ sessions, github, seals, clock });
  const eyes = sight(github, tokens, clock);
  const often = new RateLimiterMemory(MOST_OFTEN);
  const redirectUri = `${at}/login/callback`;

  /** The session of a browser; what is no session of ours is nobody's. */
  async function sessionOf({ cookie }: BoardRequest): Promise<StoredSession | null> {
    const key = cookies.read(cookie ?? null, SESSION);
    return key === null || !/^[\w-]{43}$/.test(key) ? null : sessions.find(digest(key));
  }

  const visitorOf = ({ id, person }: StoredSession): Visitor => ({ login: person.login, word: seals.wordFor(id) });

  /** Off to GitHub. Nothing is stored here: what must be known at the return goes with the browser, sealed. */
  async function begin(request: BoardRequest): Promise<BoardResponse> {
    const to = returnPath(queryOf(request).get("to"));
    if ((await sessionOf(request)) !== null) return goOn(to);
    const begun: Begun = { state: random(), verifier: random(), to, until: later(clock.now(), BEGUN_MS) };
    const name = nameOf(begun.state);
    const before = cookies.named(request.cookie ?? null, BEGUN);
    const stale = before.length >= MOST_BEGUN ? before : [];
    const challenge = createHash("sha256").update(begun.verifier).digest("base64url");
    return goOn(github.authorizeUrl({ state: begun.state, challenge, redirectUri }), [
      ...stale.map(cookies.clear),
      cookies.set(name, seals.seal(JSON.stringify(begun), name), BEGUN_MS / 1000),
    ]);
  }

  /** Back from GitHub. The state must be one that this very browser was sent away with. */
  async function finish(request: BoardRequest): Promise<BoardResponse> {
    const query = queryOf(request);
    const state = query.get("state") ?? "";
    const begun = begunWith(request, state);
    if (begun === null) return refusal(NOT_BEGUN, false);
    const over = [cookies.clear(nameOf(state))];
    const no = (why: Refusal) => ({ ...refusal(why, false), cookies: over });
    if (query.get("error") === "access_denied") return no(DECLINED);
    const code = query.get("code");
    if (code === null) return no(misconfigured(query.get("error") ?? ""));

    const grant = await github.exchange({ code, verifier: begun.verifier, redirectUri });
    if (grant.came === "unanswered") return no(notTold(grant.because));
    if (grant.came === "refused") {
      return no(grant.because === "bad_verification_code" ? RAN_OUT : misconfigured(grant.because));
    }
    const person = await github.person(grant.value.token);
    if (person.came !== "told") return no(notTold(person.because));
    // Always a new key: one that was in the browser before might be known to somebody else.
    const key = random();
    const id = digest(key);
    const old = await sessionOf(request);
    if (old !== null) await ended(old);
    const until = later(clock.now(), SESSION_MS);
    await sessions.begin({ id, person: person.value, until, ...tokens.sealed(id, grant.value) });
    return goOn(begun.to, [...over, cookies.set(SESSION, key, SESSION_MS / 1000)]);
  }

  /** Why somebody is not let in just now; null: they are. */
  async function tooSoon({ address = "" }: BoardRequest): Promise<BoardResponse | null> {
    const held = await often.consume(countedAs(address)).then(
      () => null,
      (held: RateLimiterRes) => held,
    );
    if (held === null) return null;
    const seconds = Math.ceil(held.msBeforeNext / 1000);
    return refusal(tooOften(seconds), false, { "retry-after": String(seconds) });
  }

  function begunWith({ cookie }: BoardRequest, state: string): Begun | null {
    if (!/^[\w-]{43}$/.test(state)) return null;
    const name = nameOf(state);
    const opened = seals.open(cookies.read(cookie ?? null, name) ?? "", name);
    const begun = opened === null ? null : (JSON.parse(opened) as Begun);
    return begun !== null && same(begun.state, state) && begun.until > clock.now() ? begun : null;
  }

  function misconfigured(code: string): Refusal {
    const word = code.replace(/[^\w ]/g, "").slice(0, 60);
    log.warn({ code: word }, "GitHub refused a log-in to the board.");
    return notSetUp(word);
  }

  async function leave(request: BoardRequest): Promise<BoardResponse> {
    const session = await sessionOf(request);
    if (request.method !== "POST") {
      return session === null
        ? page(loggedOutPage(), request)
        : personal(page(logOutPage(visitorOf(session)), request));
    }
    if (session === null) return goOn("/logout");
    const visitor = visitorOf(session);
    if (!isOwn(request, visitor)) return personal(refusal(FORGED, false, {}, visitor));
    await ended(session);
    return goOn("/logout", [cookies.clear(SESSION)]);
  }

  async function ended({ id }: StoredSession): Promise<void> {
    await sessions.end(id);
    eyes.forget(id);
  }

  /** Away to GitHub and back to this page; a program is told so instead. */
  const away = (request: BoardRequest): BoardResponse =>
    isJson(request) ? refusal(NOT_LOGGED_IN, true) : goOn(loginTo(returnPath(request.path)));

  /** With the person's own eyes. Where GitHub does not say what they may, nothing is shown and nothing is done. */
  async function as(
    session: StoredSession,
    request: BoardRequest,
    views: Views,
    answer: (views: Views, seer: Seer) => Promise<BoardResponse>,
    loggedOut: () => BoardResponse,
  ): Promise<BoardResponse> {
    const visitor = visitorOf(session);
    const own = eyes.of(session.id);
    const seer = { person: session.person, visitor, rights: own.repository, rightsNow: own.afresh };
    try {
      return personal(await answer(seenBy(own, views), seer));
    } catch (error) {
      if (!(error instanceof Unseen)) throw error;
      if (error.again) return loggedOut();
      return personal(refusal(notTold(error.message), isJson(request), { "retry-after": "10" }, visitor));
    }
  }

  return {
    async own(request) {
      const { method } = request;
      const path = pathOf(request);
      if (path === "/logout" && (method === "POST" || isRead(method))) return leave(request);
      if (path === "/login" && isRead(method)) return (await tooSoon(request)) ?? begin(request);
      // A HEAD would use the code up.
      if (path === "/login/callback")
        return method === "GET" ? ((await tooSoon(request)) ?? finish(request)) : refusal(READ_ONLY, false);
      return null;
    },
    async seeing(request, views, show) {
      const session = await sessionOf(request);
      return session === null ? away(request) : as(session, request, views, show, () => away(request));
    },
    async acting(request, views, back, act) {
      // Not sent to log in: the form's policy holds also where its answer leads, and what was pressed would be lost.
      const loggedOut = () => refusal(loggedOutMeanwhile(back), false);
      const session = await sessionOf(request);
      if (session === null) return loggedOut();
      const visitor = visitorOf(session);
      if (!isOwn(request, visitor)) return personal(refusal(forgedAct(back), false, {}, visitor));
      return as(session, request, views, act, loggedOut);
    },
  };
}

/** Whether a form was sent by a page of this session. Browsers that say where it comes from are believed as well. */
function isOwn({ form, fetchSite }: BoardRequest, { word }: Visitor): boolean {
  const site = fetchSite ?? null;
  return (site === null || site === "same-origin") && same(new URLSearchParams(form ?? "").get("word") ?? "", word);
}

const isRead = (method: string) => method === "GET" || method === "HEAD";
/** 256 bits, 43 characters. */
const random = () => randomBytes(32).toString("base64url");
/** What is stored of a browser's key: who reads the database cannot make the key of it. */
const digest = (key: string) => createHash("sha256").update(key).digest("hex");
/** Each log-in has a cookie of its own, so that two tabs do not undo each other's. */
const nameOf = (state: string) => BEGUN + state.slice(0, 8);
