import {
  type Answers,
  type AnswerTo,
  answerTo,
  type BroughtBy,
  type Comparison,
  type Read,
  type Want,
  wantKey,
} from "./facts.ts";
import { type Instant, isSha, short } from "./names.ts";
import { count } from "./words.ts";

/** What is still to be read, or what could not be found out and when to ask again. */
export type Missing = { readonly lacks: readonly Want[] } | { readonly unknown: string; readonly retryAt: Instant };

/** Takes answers from what was read, and notes what was used and what is missing. */
export type Look = {
  /** The answer; null where it is not there, and then `missing` says so. */
  at<W extends Want>(want: W): AnswerTo<W> | null;
  missing(): Missing | null;
  /** What the answer rests on, in words. */
  readonly seen: readonly string[];
};

export function looking(read: Read): Look {
  const seen: string[] = [];
  const lacks = new Map<string, Want>();
  let unknown: { readonly unknown: string; readonly retryAt: Instant } | null = null;
  return {
    at(want) {
      const fact = answerTo(read, want);
      if (fact === undefined) lacks.set(wantKey(want), want);
      else if (!fact.known) unknown ??= { unknown: fact.because, retryAt: fact.retryAt };
      else {
        seen.push(inWords(want, fact.value));
        return fact.value;
      }
      return null;
    },
    missing: () => unknown ?? (lacks.size > 0 ? { lacks: [...lacks.values()] } : null),
    seen,
  };
}

/** Without counts of what may come and go beside what decides: a verdict that says the same is the same. */
function inWords(want: Want, value: unknown): string {
  switch (want.want) {
    case "compare":
      return `${short(want.head)} has ${count((value as Comparison).ahead, "commit")} that ${isSha(want.base) ? short(want.base) : want.base} lacks`;
    case "brought-by":
      return `${short(want.commit)} came by ${(value as readonly BroughtBy[]).map(({ number }) => `#${number}`).join(", ") || "no pull request"}`;
    case "file":
      return `${want.path} as it is in ${short(want.at)}`;
    case "run":
      return `run ${want.id} of ${want.repository}`;
    case "touched":
      return `who changed ${want.path}`;
    case "verified":
      return `what the verifier says of ${want.id}`;
    case "run-book":
    case "blob":
      return `${want.path} (${short(want.sha)})`;
    case "entries":
      return `the files of ${short(want.commit)}`;
    case "root-files":
      return `the files in the root of ${short(want.commit)}`;
    case "team":
      return value === null ? `there is no team ${want.team}` : `the members of ${want.team}`;
    case "team-access":
      return `whether ${want.team} has access`;
    case "collaborators":
      return `the people of ${want.of ?? "the repository"}`;
    case "reviews":
      return `the reviews of #${want.number}`;
    case "checks":
      return `the checks of ${short(want.head)}`;
    case "issues":
      return `the open issues labelled ${want.label}`;
    case "rules":
      return `the rules on ${want.branch}`;
    case "pushers":
      return `who pushed to ${want.branch}`;
    case "text":
      return `the text of #${want.number}`;
    case "issue": {
      const issue = value as Answers["issue"];
      const by = issue?.closedBy ? ` by ${issue.closedBy.login}` : "";
      return `the issue #${want.number}, which is ${issue === null ? "gone" : issue.open ? "open" : `closed${by}`}`;
    }
    case "tree":
      return `the tree of ${short(want.commit)}`;
    case "tag":
      return `the tag ${want.tag}`;
    case "user":
      return `who ${want.login} is`;
    case "parents":
      return `what ${short(want.commit)} was made on`;
    default:
      return Object.values(want).join(" ");
  }
}
