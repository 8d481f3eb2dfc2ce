import type { Right } from "../flow/facts.ts";
import { named } from "../release/labels.ts";
import { type Acts, BUTTON_NEEDS, isJudged, isPromotable, suffices } from "./acts.ts";
import { ASSETS } from "./assets.ts";
import { componentsJson, pullJson } from "./json.ts";
import type { Login, Seer } from "./login.ts";
import { componentsPage } from "./pages/components.ts";
import { DRY_RUN } from "./pages/dry-run.ts";
import { pullPage, type Reader } from "./pages/pull.ts";
import {
  mayNot,
  NO_PAGE,
  NOT_HERE,
  nothingToJudge,
  nothingToPromote,
  nothingToTick,
  notOurForm,
  READ_ONLY,
  type Refusal,
  refused,
  unknownPull,
  unknownRepository,
} from "./pages/refusal.ts";
import { TICK } from "./pages/ticking.ts";
import {
  answered,
  type BoardRequest,
  type BoardResponse,
  data,
  goOn,
  isJson,
  page,
  pathOf,
  queryOf,
  refusal,
} from "./response.ts";
import { tickedIn } from "./tick-form.ts";
import type { PullView, Views } from "./views.ts";
import { isWalked, labelIn, needsToAsk, stepNamed, walksOf } from "./walks.ts";

export type { BoardRequest } from "./response.ts";

/**
 * Who may see the board. `loopback`: without log-in, only requests whose Host header is this machine's own. `login`:
 * whoever GitHub knows, and of it what GitHub shows them; they may act.
 */
export type Access =
  | { readonly kind: "loopback" }
  | { readonly kind: "refused"; readonly because: string }
  | { readonly kind: "login"; readonly login: Login; readonly acts: Acts };

const RECHECK = "/recheck";
const isAct = (part: string | undefined): boolean => part === RECHECK || part === DRY_RUN || part === TICK;
/** The parts of a name cannot be dots alone: those lead elsewhere. */
const PULL = /^\/([\w-]+\/(?!\.{1,2}\/)[\w.-]+)\/pull\/([1-9]\d{0,9})(\/recheck|\/dry-run|\/run-book|\.json)?$/;

/**
 * Answers a request for a page of the board, or does what a form on one asks for. Pages may be asked for any number of
 * times; only a POST changes anything.
 *
 * @param github where GitHub's own pages are, without a slash at the end; null: no links there.
 * Rejects when the store cannot be read.
 */
export async function boardRoute(
  request: BoardRequest,
  views: Views,
  access: Access,
  github: string | null = null,
): Promise<BoardResponse> {
  const path = pathOf(request);
  const json = isJson(request);
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (access.kind === "login") {
    const own = (await access.login.own(request)) ?? (await acted(request, views, access));
    if (own !== null) return own;
  }
  if (request.method !== "GET" && request.method !== "HEAD") return refusal(READ_ONLY, json, { allow: "GET, HEAD" });
  if (asset !== undefined) return answered(200, asset.type, asset.body, request);
  if (access.kind === "refused") return refusal(refused(access.because), json);
  if (access.kind === "login")
    return access.login.seeing(request, views, (seen, seer) => shown(request, seen, github, seer));
  if (!isLoopback(request.host)) return refusal(NOT_HERE, json);
  return shown(request, views, github, null);
}

/** An act, or the page that it is done on; null: no act has this address. */
async function acted(
  request: BoardRequest,
  views: Views,
  { login, acts }: Extract<Access, { readonly kind: "login" }>,
): Promise<BoardResponse | null> {
  const [, name, digits, act] = PULL.exec(pathOf(request)) ?? [];
  if (name === undefined || !isAct(act)) return null;
  const back = `/${name}/pull/${digits}`;
  // Somebody loads the address once more that a refusal has.
  if (request.method === "GET" || request.method === "HEAD") return goOn(back);
  if (request.method !== "POST") return null;
  return login.acting(request, views, back, async (seen, { person, visitor, rightsNow }) => {
    const no = (why: Refusal) => refusal(why, false, {}, visitor);
    const number = Number(digits);
    const rights = await rightsNow(name);
    if (rights === null) return no(unknownRepository(name));
    const view = await views.pullView(name, number);
    if (view?.repository !== rights.repository) return no(await unknown(name, number, seen));
    const lacks = (needs: Right) => no(mayNot(rights.name, rights.right, needs, back));
    if (act !== TICK && !suffices(rights.right, BUTTON_NEEDS)) return lacks(BUTTON_NEEDS);
    if (act === RECHECK) {
      if (!isJudged(view)) return no(nothingToJudge(back));
      await acts.recheck(view, person);
      return goOn(back);
    }
    if (act === DRY_RUN) {
      if (!isPromotable(view)) return no(nothingToPromote(back));
      await acts.dryRun(view, person);
      return goOn(`${back}#dry-run`);
    }
    const ticked = tickedIn(request.form ?? "");
    if (ticked === null) return no(notOurForm(back));
    const walked = walksOf(view);
    if (walked === null || !isWalked(view)) return no(nothingToTick(back));
    const { label } = ticked.act;
    const needs = needsToAsk(stepNamed(walked, label), named(label).walk);
    if (!suffices(rights.right, needs)) return lacks(needs);
    await acts.tick(view, ticked, person);
    return goOn(`${back}?from=${label}#${label}`);
  });
}

/** @param seer who sees it, where people are told apart; then `views` holds only what they may see. */
async function shown(
  request: BoardRequest,
  views: Views,
  github: string | null,
  seer: Seer | null,
): Promise<BoardResponse> {
  const visitor = seer?.visitor ?? null;
  const path = pathOf(request);
  const json = isJson(request);
  if (path === "/") return page(componentsPage(await views.componentsView(), visitor), request);
  if (path === "/index.json") return data(componentsJson(await views.componentsView()), request);
  const [, name, digits, more] = PULL.exec(path) ?? [];
  if (name === undefined || digits === undefined || isAct(more)) return refusal(NO_PAGE, json, {}, visitor);
  const number = Number(digits);
  const view = await views.pullView(name, number);
  if (view === null) return refusal(await unknown(name, number, views), json, {}, visitor);
  if (json) return data(pullJson(view), request);
  const query = queryOf(request);
  const chosen = { item: labelIn(query.get("item")), from: labelIn(query.get("from")) };
  const reader = seer && (await readerOf(view, name, views, seer));
  return page(pullPage(view, request.at, github, reader, chosen), request);
}

async function readerOf(
  view: PullView,
  name: string,
  views: Views,
  { visitor, person, rights }: Seer,
): Promise<Reader> {
  const right = (await rights(name))?.right ?? "none";
  const { repository, number } = view;
  const may = suffices(right, BUTTON_NEEDS);
  const pull = { kind: "pull", repository, number } as const;
  const dryRun = may && isPromotable(view) ? { last: await views.triedOnPage(pull, person.id) } : null;
  const asked = view.walked && (await views.askedOnPage(pull, person.id));
  return { visitor, right, mayRecheck: may && isJudged(view), dryRun, asked: asked ?? [] };
}

/**
 * Whether a Host header names this machine by a loopback name. A page elsewhere whose own name was pointed at
 * 127.0.0.1 still says its own name here, so it cannot read the board.
 */
export const isLoopback = (host: string | null): boolean =>
  host !== null && /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);

async function unknown(name: string, number: number, views: Views): Promise<Refusal> {
  const known = (await views.componentsView()).find(({ memory }) => memory.name.toLowerCase() === name.toLowerCase());
  return known === undefined ? unknownRepository(name) : unknownPull(known.memory.name, number);
}
