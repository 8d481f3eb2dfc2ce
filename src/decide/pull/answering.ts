import type { Decision } from "../../flow/decision.ts";
import { type Effect, type Reaction, reactionSlot, replySlot } from "../../flow/effect.ts";
import type { Heard as Asking } from "../../flow/facts.ts";
import { digestOf, type Entry } from "../../flow/ledger.ts";
import type { ComponentMemory } from "../../flow/memory.ts";
import type { RepositoryId } from "../../flow/names.ts";
import type { Answer, Line, Request } from "../../flow/request.ts";
import { type Nudge, type Subject, subjectKey } from "../../flow/subject.ts";
import type { Verdict } from "../../flow/verdict.ts";
import { reply } from "../../report/reply.ts";
import { type Obeyed, type Said, toComponent } from "./requests.ts";

/** Where people asked, and what they did. */
type Answered = Pick<Asking, "requests"> & {
  readonly subject: Extract<Subject, { readonly kind: "pull" | "component" }>;
  readonly component: ComponentMemory;
};

/** A decision with the answers, and with those that an earlier run wrote down and did not get said. */
export function answering(
  decision: Decision,
  { said, entries, nudges, retryAt }: Obeyed,
  { subject, component, requests }: Answered,
  verdict: Verdict | null,
): Decision {
  const answers = said.map(({ request, came, lines, waits }) => ({
    request,
    answer: { ...answerOf(request, came, lines, verdict), ...(waits && { waits }) },
    lines,
  }));
  const again = requests.flatMap(({ request, answer }) =>
    answer === null || answer.came === "under way" ? [] : [{ request, answer, lines: [] }],
  );
  const about = subjectKey(subject);
  const told = answers.map(
    ({ request, answer, lines }): Entry => ({
      what: "answered",
      actor: request.by.login,
      about,
      says: {
        request: request.id,
        lines: lines.map(({ line }) => line),
        came: answer.came,
        because: answer.says ?? answer.body,
      },
    }),
  );
  const saidAgain: Entry[] = again.map(({ request }) => ({
    what: "answered",
    actor: "app",
    about,
    says: { request: request.id, again: true },
  }));
  const effects = [...answers, ...again].flatMap((one) => saying(one, subject.repository, component));
  return {
    ...decision,
    entries: [...entries, ...told, ...saidAgain, ...decision.entries],
    effects: [...decision.effects, ...effects],
    answered: answers.map(({ request, answer }) => ({ id: request.id, answer })),
    news: { ...decision.news, nudges: [...decision.news.nudges, ...nudges, ...said.flatMap(toTrain)] },
    lookAgainAt: [decision.lookAgainAt, retryAt].filter((at) => at !== null).sort()[0] ?? null,
  };
}

/** The train that asked for it goes on, or stops. */
const toTrain = ({ request: { origin }, came }: Said): readonly Nudge[] =>
  "train" in origin && came !== "under way" ? [toComponent(origin.train.repository)] : [];

/** On a page nothing is written on GitHub: the page says what came of it. What a train asked for is said there and to the train. */
function answerOf(
  { origin, by }: Request,
  came: Answer["came"],
  lines: readonly Line[],
  verdict: Verdict | null,
): Answer {
  const says = lines.map((line) => line.says).join(" ");
  if ("page" in origin || ("button" in origin && origin.button === "page")) {
    const shows = lines.flatMap((line) => line.shows ?? []).join("\n\n");
    return { came, body: null, says, ...(shows !== "" && { shows }) };
  }
  if ("train" in origin && lines.length > 0) {
    const { name, place } = origin.train;
    return {
      came,
      body: reply([{ line: "", says: `For the train “${name}” (${place}): ${says}` }], verdict),
      says,
    };
  }
  // Nobody wrote anything that the answer to a button would stand below.
  const said =
    "button" in origin ? lines.map((line) => ({ ...line, says: `Dry run for ${by.login}: ${line.says}` })) : lines;
  return { came, body: lines.length === 0 ? null : reply(said, verdict) };
}

const REACTIONS: { readonly [came in Answer["came"]]: Reaction } = {
  "under way": "eyes",
  done: "rocket",
  refused: "-1",
  "not understood": "confused",
};

/** The reaction, and as the last of all the reply. */
function saying(
  { request, answer }: { readonly request: Request; readonly answer: Answer },
  repository: RepositoryId,
  { name }: ComponentMemory,
): readonly Effect[] {
  const { body, came } = answer;
  if (body === null) return [];
  const { origin, id } = request;
  const mark = `<!-- flowgate:reply ${id} -->`;
  const common = { does: "set", repository, name } as const;
  const fingerprint = digestOf(id);
  const slot = replySlot(repository, id);
  return [
    // What was taken back may be gone.
    ...("comment" in origin && request.how !== "taken back" && request.how !== "sticky"
      ? [
          {
            ...common,
            thing: "reaction",
            slot: reactionSlot(repository, id),
            fingerprint,
            comment: origin.comment,
            content: REACTIONS[came],
          } as const,
        ]
      : []),
    { ...common, thing: "comment", slot, fingerprint, number: origin.number, mark, body: `${body}\n\n${mark}` },
  ];
}
