import { type Html, html } from "../html.ts";
import { frame, type Visitor, wordIn } from "./frame.ts";
import type { Refusal } from "./refusal.ts";

const LOG_IN = { text: "Log in with GitHub", href: "/login" } as const;

/** Where one logs in, to come back to this page of the board. */
export const loginTo = (page: string): string =>
  page === "/" ? LOG_IN.href : `${LOG_IN.href}?${new URLSearchParams({ to: page })}`;

/** What somebody sees who logged out, and whoever comes here without having logged in. */
export const loggedOutPage = (): Html =>
  frame(
    "Logged out",
    null,
    html`<h1>You are logged out of Flowgate.</h1>
<p>GitHub itself still knows you in this browser, so logging in again may ask you for nothing.</p>
<p><a href="${LOG_IN.href}">${LOG_IN.text}</a></p>`,
  );

/** Asks before somebody is logged out who came here by a link: a link changes nothing. */
export const logOutPage = (visitor: Visitor): Html =>
  frame(
    "Log out",
    null,
    html`<h1>Log out, ${visitor.login}?</h1>
<form method="post" action="/logout">${wordIn(visitor)}<button type="submit">Log out</button></form>`,
    visitor,
  );

/** For programs; people are sent to GitHub. */
export const NOT_LOGGED_IN: Refusal = {
  status: 401,
  because: "This board is for people who are logged in.",
  next: ["Open it with a browser, which leads to GitHub and back."],
  link: LOG_IN,
};

/** @param back the page whose form was sent. */
export const loggedOutMeanwhile = (back: string): Refusal => ({
  status: 401,
  because: "Nothing was done: you are not logged in.",
  next: ["Log in, and press it once more."],
  link: { ...LOG_IN, href: loginTo(back) },
});

/** @param back the page whose form it seems to be. */
export const forgedAct = (back: string): Refusal => ({
  status: 403,
  because: "Nothing was done: this form is not one of your session.",
  next: ["It was older than your session, or another site sent it. Press it on the page itself."],
  link: { text: "Go to the page", href: back },
});

export const NOT_BEGUN: Refusal = {
  status: 400,
  because: "This log-in was not begun in this browser, or more than ten minutes ago.",
  next: ["Nothing happened. If you asked to log in, begin once more, and let your browser keep this site’s cookies."],
  link: LOG_IN,
};

export const DECLINED: Refusal = {
  status: 403,
  because: "You did not let Flowgate see with your eyes.",
  next: [
    "Flowgate shows what you may read on GitHub, so it has to ask GitHub in your name. It does nothing else in it.",
  ],
  link: LOG_IN,
};

/** @param seconds until it is let in again. */
export const tooOften = (seconds: number): Refusal => ({
  status: 429,
  because: "Too many log-ins came from your address.",
  next: [
    `Load this page again in ${seconds} ${seconds === 1 ? "second" : "seconds"}. Nothing is wrong with your account; whoever shares your address, as in an office, counts as well.`,
  ],
});

export const RAN_OUT: Refusal = {
  status: 400,
  because: "GitHub does not take this log-in any more.",
  next: ["A log-in is good once and for ten minutes. Begin once more."],
  link: LOG_IN,
};

/** @param code GitHub's own word for it. */
export const notSetUp = (code: string): Refusal => ({
  status: 503,
  because: "Flowgate’s log-in is not set up rightly.",
  next: [
    `GitHub answered \`${code}\`. Whoever runs Flowgate compares \`GITHUB_CLIENT_ID\`, \`GITHUB_CLIENT_SECRET\` and \`PUBLIC_URL\` with the App’s settings on GitHub.`,
  ],
});

/** @param because what happened, as in "GitHub answered 502". */
export const notTold = (because: string): Refusal => ({
  status: 503,
  because: "GitHub does not say who you are or what you may read, so nothing is shown.",
  next: [`${because.replace(/\.$/, "")}. Load this page again in a moment.`],
});

export const FORGED: Refusal = {
  status: 403,
  because: "You are still logged in.",
  next: ["This form was older than your session, or another site sent it. Press Log out here once more."],
};
