import type { Right } from "../../flow/facts.ts";
import { type Content, type Html, html, prose } from "../html.ts";
import { frame, type Visitor } from "./frame.ts";

/** Why there is no page, and what would make it appear. */
export type Refusal = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 429 | 503;
  /** One sentence that is the answer. */
  readonly because: string;
  /** What to do next, and who can; each a sentence. */
  readonly next: readonly string[];
  /** Where to go on, of this board. */
  readonly link?: { readonly text: string; readonly href: string };
};

export function refusalPage({ because, next, link }: Refusal, visitor: Visitor | null = null): Html {
  const steps: Content = next.map((step) => html`<p>${prose(step)}</p>`);
  return frame(
    because,
    null,
    html`<h1>${prose(because)}</h1>
${steps}${link !== undefined && html`<p><a href="${link.href}">${link.text}</a></p>`}`,
    visitor,
  );
}

/** Nobody told of this repository. */
export const unknownRepository = (name: string): Refusal => ({
  status: 404,
  because: `Flowgate has not heard of ${name}.`,
  next: [
    "It appears as soon as the App is installed on it: an owner of the account adds the repository to the installation, on GitHub under Settings, GitHub Apps.",
    "Look at the spelling too: an address here is the one on GitHub, with another host in front.",
  ],
});

/** The repository is known, this pull request of it is not. */
export const unknownPull = (name: string, number: number): Refusal => ({
  status: 404,
  because: `Flowgate has not heard of #${number} in ${name}.`,
  next: [
    "It appears as soon as it is opened, pushed to or edited, and at the latest when open pull requests are next compared with GitHub’s list, once an hour.",
    "An issue has no page here, and neither has a pull request that was closed before the App came.",
  ],
});

export const NO_PAGE: Refusal = {
  status: 404,
  because: "There is no such page.",
  next: [
    "There is the board at `/`, and one page a pull request at `/OWNER/REPO/pull/NUMBER`; with `.json` at the end the same for programs.",
  ],
};

export const READ_ONLY: Refusal = {
  status: 405,
  because: "Pages here are only read.",
  next: [
    "Nothing on this address can be changed or sent: open it with a browser. Webhooks go to `/api/github/webhooks`.",
  ],
};

/** @param page of the pull request. */
export const mayNot = (name: string, had: Right, needs: Right, page: string): Refusal => ({
  status: 403,
  because: `Nothing was done: this takes \`${needs}\` in ${name}, and you have \`${had}\`.`,
  next: ["An admin of the repository can give you more, on GitHub under Settings, Collaborators and teams."],
  link: { text: "Go back to the pull request", href: page },
});

/** @param page of the pull request. */
export const nothingToJudge = (page: string): Refusal => ({
  status: 409,
  because: "Nothing was done: there is nothing to judge afresh.",
  next: ["The pull request was closed, or it is in a place that Flowgate does not gate. Its page says which."],
  link: { text: "Go back to the pull request", href: page },
});

/** @param page of the pull request. */
export const nothingToPromote = (page: string): Refusal => ({
  status: 409,
  because: "Nothing was done: there is nothing to try out.",
  next: [
    "It was closed, or no lane takes it past the first stage by now, or nothing is enforced there. Its page says which.",
  ],
  link: { text: "Go back to the pull request", href: page },
});

/** @param page of the pull request. */
export const nothingToTick = (page: string): Refusal => ({
  status: 409,
  because: "Nothing was done: no run-book is walked on this pull request.",
  next: ["It was closed, or it goes elsewhere by now, or Flowgate lost its access. Its page says which."],
  link: { text: "Go back to the pull request", href: page },
});

/** @param page of the pull request. */
export const notOurForm = (page: string): Refusal => ({
  status: 400,
  because: "Nothing was done: no form of this page sends that.",
  next: [
    "Open the page, and press it there. Programs write a comment on the pull request instead, such as `/done P3`.",
  ],
  link: { text: "Go to the pull request", href: page },
});

/** Without log-in the board may be seen from its own machine only. */
export const NOT_HERE: Refusal = {
  status: 403,
  because: "Without log-in this board opens only on the machine that it runs on.",
  next: [
    "There, open it as `http://127.0.0.1` or `http://localhost` with its port.",
    "For everybody else its operator sets `GITHUB_CLIENT_ID` and `GITHUB_CLIENT_SECRET`, which switch on log-in with GitHub, and starts Flowgate again.",
    "The check on the pull request says all that this page does.",
  ],
};

/** @param because what the operator set or left out. */
export const refused = (because: string): Refusal => ({
  status: 403,
  because: "This board is closed.",
  next: [because, "The check on the pull request says all that this page does."],
});
