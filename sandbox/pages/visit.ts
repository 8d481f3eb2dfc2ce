import type { Actor } from "../actor.ts";
import type { Github } from "../github.ts";
import type { Issue, Pull, Repository } from "../model.ts";
import type { Outcome, Refusal } from "../outcome.ts";
import type { Html } from "./html.ts";

/** What the one who starts the sandbox adds to its pages. The pages know nothing of the Apps that are at work on it. */
export type PagesOptions = {
  /** Links shown in the strip, such as to an App's own pages. Asked for at each page. */
  readonly links?: () => readonly { readonly text: string; readonly href: string }[];
  /** Things to try, shown on the start page. `href` is a page of the sandbox. */
  readonly tries?: () => readonly { readonly title: string; readonly text: string; readonly href: string | null }[];
  /** Moves the sandbox's clock forward. Without it the button is not shown. */
  readonly skip?: (milliseconds: number) => void | Promise<void>;
  /** Forgets everything and builds the sandbox anew. Without it the button is not shown. */
  readonly startAfresh?: () => Promise<void>;
};

/** What the last act came to, shown once on the page that follows. */
export type Said = { readonly tone: "done" | "refused"; readonly text: string };

/** One request, with all that a page needs to answer it. */
export type Visit = {
  readonly github: Github;
  readonly options: PagesOptions;
  /** Whose eyes one sees with, and who acts. */
  readonly by: Actor;
  /** Address as it was asked for, query included. */
  readonly here: string;
  readonly query: URLSearchParams;
  /** The fields of a POST; empty for a GET. */
  readonly form: URLSearchParams;
  /** To be sent back with every POST. */
  readonly token: string;
};

/** A visit to a page below OWNER/NAME. */
export type RepositoryVisit = Visit & { readonly repository: Repository; readonly fullName: string };

/** A visit to one pull request; `home` is the address of its page. */
export type PullVisit = RepositoryVisit & { readonly pull: Pull; readonly home: string };

/** A visit to one issue. */
export type IssueVisit = RepositoryVisit & { readonly issue: Issue; readonly home: string };
/** A visit to one of both, where people talk. */
export type TalkVisit = RepositoryVisit & { readonly home: string };

export type Answer =
  | {
      readonly kind: "page";
      readonly status: number;
      readonly title: string;
      readonly content: Html;
      readonly trail: Trail;
      /** Another site to which a form of this page may lead. */
      readonly leadsTo?: string;
    }
  | { readonly kind: "go"; readonly to: string; readonly said: Said | null };
export type Trail = readonly { readonly text: string; readonly href: string }[];

/** A page to show. */
export function page(title: string, trail: Trail, content: Html, status = 200): Extract<Answer, { kind: "page" }> {
  return { kind: "page", status, title, trail, content };
}

/** After an act: on to a page which says what came of it, in GitHub's words when it was refused. */
export function go(to: string, outcome: Outcome<unknown> | null, done: string): Answer {
  if (outcome && !outcome.done)
    return { kind: "go", to, said: { tone: "refused", text: refusalWords(outcome.refusal) } };
  return { kind: "go", to, said: { tone: "done", text: done } };
}

/** A refusal as one text: the message, then what each error says. */
export function refusalWords(refusal: Refusal): string {
  const errors = (refusal.errors ?? []).map((error) => {
    if (typeof error === "string") return error;
    return error.message ?? [error.resource, error.field, error.code].filter(Boolean).join(" ");
  });
  return [`${refusal.status} ${refusal.message}`, ...errors].join("\n").replace(/\n+/g, "\n").trim();
}

/** Browsers send CRLF for every line end, also of text nobody touched. */
export function unixLines(text: string): string {
  return text.replace(/\r\n/g, "\n");
}
