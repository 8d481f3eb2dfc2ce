import type { Actor } from "../actor.ts";
import type { Github } from "../github.ts";
import type { Access, App, Repository } from "../model.ts";
import type { Outcome, Refusal } from "../outcome.ts";

/** What REST answers. `body` is sent as JSON; `raw` as it is. */
export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly raw?: { readonly type: string; readonly content: Buffer };
  readonly headers?: Readonly<Record<string, string>>;
};

export type Body = Readonly<Record<string, unknown>>;

/** A request that found its route. */
export type Call = {
  readonly github: Github;
  /** Throws for routes an App calls with its own JWT, which have no actor. */
  readonly by: Actor;
  /** The App of the JWT; throws for other routes. */
  readonly app: App;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The repository of the path; throws for routes without. */
  readonly repository: Repository;
  /** The address asked for, without its query. */
  readonly address: string;
  readonly accept: string;
  /** The body as it came. `whole` false: it broke off. */
  readonly upload: { readonly bytes: Buffer; readonly whole: boolean; readonly contentType: string };
};

/** A permission an installation token must have, such as { contents: "read" }. */
export type Need = Readonly<Record<string, Access>>;

export type Route = {
  readonly method: string;
  readonly path: string;
  /** Who may call: an App with its JWT, an installation, a person, or both of the latter. */
  readonly auth: "app" | "installation" | "user" | "any";
  /** Any one of these is enough for an installation; an empty list asks for nothing. */
  readonly needs: readonly Need[];
  /** JSON below the API's base, or any bytes below that of uploads. */
  readonly takes: "json" | "bytes";
  readonly handle: (call: Call) => Answer | Promise<Answer>;
};

type Handle = Route["handle"];

/** A route for people and installations. `needs` are alternatives. */
export function route(template: string, needs: Need | readonly Need[], handle: Handle): Route {
  const list = Array.isArray(needs) ? (needs as readonly Need[]) : [needs as Need];
  return { ...split(template), auth: "any", needs: list, takes: "json", handle };
}

/** The same for a file that is uploaded. */
export function uploadRoute(template: string, needs: Need, handle: Handle): Route {
  return { ...route(template, needs, handle), takes: "bytes" };
}

/** A route only an App with its JWT may call. */
export function appRoute(template: string, handle: Handle): Route {
  return { ...split(template), auth: "app", needs: [], takes: "json", handle };
}

/** A route only an installation may call. */
export function installationRoute(template: string, handle: Handle): Route {
  return { ...split(template), auth: "installation", needs: [], takes: "json", handle };
}

/** A route only a person may call. */
export function userRoute(template: string, handle: Handle): Route {
  return { ...split(template), auth: "user", needs: [], takes: "json", handle };
}

function split(template: string) {
  const [method = "GET", path = "/"] = template.split(" ");
  return { method, path };
}

export const metadata: Need = { metadata: "read" };

/** 200 with this body. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** 201 with this body. */
export function created(body: unknown): Answer {
  return { status: 201, body };
}

export const noContent: Answer = { status: 204 };

const documentation = "https://docs.github.com/rest";

/** GitHub's shape for a refusal. */
export function refusal({ status, message, errors }: Refusal, headers?: Readonly<Record<string, string>>): Answer {
  const body = {
    message,
    ...(errors === undefined ? {} : { errors }),
    documentation_url: documentation,
    status: String(status),
  };
  return headers ? { status, body, headers } : { status, body };
}

export const missing: Answer = refusal({ status: 404, message: "Not Found" });

/** The refusal, or what `show` makes of the value. */
export function answerOf<T>(outcome: Outcome<T>, show: (value: T) => Answer): Answer {
  return outcome.done ? show(outcome.value) : refusal(outcome.refusal);
}

/** The same when showing takes time. */
export async function answerLater<T>(outcome: Outcome<T>, show: (value: T) => Promise<Answer>): Promise<Answer> {
  return outcome.done ? show(outcome.value) : refusal(outcome.refusal);
}

/** A whole number in the path; -1, which nothing has, when it is none. */
export function numberOf(call: Call, name: string): number {
  const text = call.params[name] ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

const mostPerPage = 100;

function paging(call: Call, byDefault: number) {
  const number = (name: string, fallback: number) => {
    const value = Number(call.query.get(name) ?? fallback);
    return Number.isInteger(value) && value > 0 ? value : fallback;
  };
  const size = call.query.has("per_page") ? Math.min(mostPerPage, number("per_page", byDefault)) : byDefault;
  return { page: number("page", 1), size };
}

/** The Link header for a list of `total` entries; undefined when one page holds them all. */
export function linkHeader(call: Call, total: number, byDefault = 30): string | undefined {
  const { page, size } = paging(call, byDefault);
  const last = Math.max(1, Math.ceil(total / size));
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(call.query);
    query.set("page", String(to));
    return `<${call.address}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  return links.length > 0 ? links.join(", ") : undefined;
}

/** The part of a list that the page parameters ask for. */
export function pageOf<T>(call: Call, list: readonly T[], byDefault = 30): readonly T[] {
  const { page, size } = paging(call, byDefault);
  return list.slice((page - 1) * size, page * size);
}

/** 200 with one page of a list, each entry shown, and a Link header. `wrap` puts the page into an object. */
export async function listed<T>(
  call: Call,
  list: readonly T[],
  show: (entry: T) => unknown,
  wrap?: (page: readonly unknown[]) => unknown,
): Promise<Answer> {
  const page = await Promise.all(pageOf(call, list).map(show));
  const link = linkHeader(call, list.length);
  const body = wrap ? wrap(page) : page;
  return link === undefined ? ok(body) : { status: 200, body, headers: { link } };
}
