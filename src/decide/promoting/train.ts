import { mayByRole } from "../../commands/command.ts";
import { isComponent } from "../../flow/component.ts";
import type { Answer, News } from "../../flow/decision.ts";
import { after } from "../../flow/duration.ts";
import { type Effect, reactionSlot } from "../../flow/effect.ts";
import type { Became, ComponentKnown, InTrain, OpenRelease, TrainKnown, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { closes, digestOf, type Entry, opens } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import { type Instant, later, short } from "../../flow/names.ts";
import type { Answer as Answered, Heard, Request } from "../../flow/request.ts";
import type { Car, Released } from "../../flow/standing.ts";
import { type ComponentSubject, type PullSubject, subjectKey } from "../../flow/subject.ts";
import { carUnderWay, GOES_ON_WITHIN, sharedBy, type Train, trainLine } from "../../flow/train.ts";
import { openIn } from "../../flow/verdict.ts";
import { count, listed, minute } from "../../flow/words.ts";
import { reply } from "../../report/reply.ts";
import { productRecord, type Row, releaseUrl, whereItStands } from "../../report/train.ts";
import { earlier } from "../answer.ts";

/** What a train does next. */
type Next = {
  readonly entries: readonly Entry[];
  readonly effects: readonly Effect[];
  readonly answered: readonly { readonly id: string; readonly answer: Answered }[];
  readonly asks: News["asks"];
  readonly nudges: News["nudges"];
  readonly lookAgainAt: Instant | null;
};
type Step = Next | { readonly lacks: readonly Want[] };
const NOTHING: Next = { entries: [], effects: [], answered: [], asks: [], nudges: [], lookAgainAt: null };

/** From here on it survives anything; it goes on where its component is looked at. */
export function setsOut(
  request: Heard,
  of: Pick<Train, "name" | "of" | "line" | "others">,
  { subject, installation, now }: Pick<ComponentKnown, "installation" | "now"> & { readonly subject: Train["asked"] },
): Entry {
  const train: Train = {
    ...of,
    kind: "train",
    key: `train:${request.id}`,
    by: request.by,
    at: now,
    because: of.line,
    installation,
    asked: subject,
    request,
    cars: null,
    stopped: null,
  };
  return opens(subjectKey(subject), train);
}

/** A component, looked at, and what the trains that were asked for in it do next. */
export function withTrains(answer: Answer, known: ComponentKnown, house: House): Answer {
  if ("lacks" in answer || known.memory === null) return answer;
  const { decided } = answer;
  // What was only just asked for is not among them yet: it is looked at at once.
  const isNew = decided.entries.some(({ what, says }) => what === "opened" && says["kind"] === "train");
  if (!isNew && known.trains.length === 0) return answer;
  const steps: Next[] = [];
  let beside = known.allTrains;
  for (const one of known.trains) {
    const step = next(one, { known, name: known.memory.name, house, beside });
    if ("lacks" in step) return step;
    steps.push(step);
    beside = step.entries.reduce(standingAfter, beside);
  }
  const { news } = decided;
  return {
    decided: {
      ...decided,
      entries: [...decided.entries, ...steps.flatMap(({ entries }) => entries)],
      effects: [...decided.effects, ...steps.flatMap(({ effects }) => effects)],
      answered: [...(decided.answered ?? []), ...steps.flatMap(({ answered }) => answered)],
      news: {
        ...news,
        asks: [...news.asks, ...steps.flatMap(({ asks }) => asks)],
        nudges: [...news.nudges, ...steps.flatMap(({ nudges }) => nudges)],
      },
      lookAgainAt: [isNew ? known.now : null, ...steps.map((step) => step.lookAgainAt)].reduce(
        earlier,
        decided.lookAgainAt,
      ),
    },
  };
}

function standingAfter(trains: readonly Train[], { what, says }: Entry): readonly Train[] {
  const others = trains.filter(({ key }) => key !== says["key"]);
  return what === "opened" ? [...others, says as unknown as Train] : others;
}

type At = {
  readonly known: ComponentKnown;
  /** Of the component that it was asked for in. */
  readonly name: string;
  readonly house: House;
  /** All trains, as they stand by now. */
  readonly beside: readonly Train[];
};

const next = (of: TrainKnown, at: At): Step =>
  of.train.cars === null ? leaving(of, at) : goingOn(of, of.train.cars, at);

/** Whether all are ready, on what their checks say and on who is what right now; then the first is asked for. */
function leaving({ train, components, takenBack }: TrainKnown, at: At): Step {
  const { known, beside, house } = at;
  const clash = clashing(train, beside);
  if (clash !== null) return ended(train, clash, at);
  if (takenBack)
    return ended(train, { came: "refused", says: "Its comment was edited or deleted before anything was merged." }, at);
  const before = beside.find(({ name, stopped }) => name === train.name && stopped !== null);
  const kept = before !== undefined && isRecent(before, known.now) ? (before.cars as readonly Car[]) : [];
  const look = looking(known.read);
  const found = components.map((one) => looked(one, train, releasedOf(one, kept, known.now), look));
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING, lookAgainAt: missing.retryAt };
  const notReady = found.filter((one) => one.car === null);
  if (notReady.length > 0) {
    const says = `The train “${train.name}” does not leave, and nothing was merged: ${notReady.length} of ${count(found.length, "component")} ${notReady.length === 1 ? "is" : "are"} not ready. \`${trainLine(train.name)}\` asks again.`;
    return ended(train, { came: "refused", says, shows: whereItStands(found, house.web) }, at);
  }
  const cars = found.map(({ car }) => car).filter((car) => car !== null);
  const about = subjectKey(train.asked);
  const goesOn =
    before === undefined ? [] : [closes(about, train.by.login, before.key, `${train.by.login} asked for it again`)];
  const step = further({ ...train, cars }, cars, at, false);
  return { ...step, effects: eyes(train, at), entries: [...goesOn, ...step.entries] };
}

/** Another train is under way that takes along what this one does. What has begun goes first, then what was asked for first. */
function clashing(train: Train, beside: readonly Train[]): End | null {
  const isFirst = (other: Train) => other.cars !== null || `${other.at} ${other.key}` < `${train.at} ${train.key}`;
  const other = beside.find(
    (one) => one.key !== train.key && one.stopped === null && isFirst(one) && sharedBy(train, one) !== undefined,
  );
  if (other === undefined) return null;
  const where = `${other.by.login} asked for it`;
  if (other.name === train.name)
    return { came: "done", says: `The train “${train.name}” is under way already: ${where} at ${minute(other.at)}.` };
  return {
    came: "refused",
    says: `The train “${other.name}” is under way and takes ${sharedBy(train, other)} along: ${where} at ${minute(other.at)}. Wait for its end, and say it again.`,
  };
}

const isRecent = ({ stopped }: Train, now: Instant): boolean => after(stopped as Instant, GOES_ON_WITHIN) > now;

/** What of a train that stopped is released by now: by itself, or by somebody since. */
function releasedOf({ is, since }: InTrain, kept: readonly Car[], now: Instant): RanBefore | null {
  const car = kept.find(({ repository }) => repository === is?.repository);
  const released = car?.released ?? (since && releasedBy(since, now));
  return car === undefined || released === null ? null : { ...car, released };
}
type RanBefore = Car & { readonly released: Released };

type Looked = Row & { readonly car: Car | null };

/** One component: what it takes along of it, or why that is not ready. */
function looked({ name, is, open }: InTrain, train: Train, before: RanBefore | null, look: Look): Looked {
  const no = (stands: string, number: number | null = null): Looked => ({ name, number, stands, car: null });
  if (is === null) return no(UNKNOWN);
  const { component, repository } = is;
  if (!isComponent(component)) return no("It lacks stage branches, so it is left alone.");
  const may = mayByRole({ by: train.by, policy: component.config.policy, look: lookIn(look, component.name) }, [
    "release-manager",
  ]);
  const [release, other] = open;
  if (release === undefined)
    return before === null
      ? no("It has no open release: `/promote` what is to be released up to the last stage.")
      : { name, number: before.number, stands: releasedAs(before.released), car: before };
  const { number, head } = release;
  if (other !== undefined) return no(`It has two open releases, #${number} and #${other.number}: close one.`, number);
  if (may !== "yes" && may !== "unread") return no(may.says, number);
  const waits = notReady(release);
  if (waits !== null) return no(waits, number);
  const request = `${train.key}:${repository}`;
  return {
    name,
    number,
    stands: "It is ready.",
    car: { name, repository, number, head, request, released: null },
  };
}

function notReady({ verdict, draft, promoted }: OpenRelease): string | null {
  if (promoted) return "A `/promote` of its own is under way for it.";
  if (draft) return "It is a draft, which GitHub does not merge: mark it ready for review first.";
  if (verdict === null) return "Its newest commit was not judged yet. Wait for its check.";
  return verdict.outcome === "passed" ? null : openIn(verdict);
}

/** Who is what is asked of another repository. */
const lookIn = (look: Look, of: string): Look => ({
  ...look,
  at: (want) => look.at(want.want === "collaborators" ? { ...want, of } : want),
});

/** What is next once it has left: it waits for what is under way, asks for the next, or is at its end. */
function goingOn({ train, components, takenBack }: TrainKnown, cars: readonly Car[], at: At): Step {
  const { now } = at.known;
  const car = carUnderWay(train) as Car;
  const one = components.find(({ name }) => name === car.name);
  if (!one?.is) return stopped(train, cars, { at, car, because: UNKNOWN });
  const { came } = one;
  if (came === null) return { ...NOTHING, lookAgainAt: later(now, WAITS_MS) };
  const released = came.answer.came === "done" ? releasedBy(came, now) : null;
  if (released === null) return stopped(train, cars, { at, car, because: came.answer.says ?? "It is not merged." });
  const after = cars.map((each) => (each === car ? { ...each, released } : each));
  return further({ ...train, cars: after }, after, at, takenBack);
}
/** What it waits for tells it; that the App was taken from that repository, nothing does. */
const WAITS_MS = 3_600_000;
const UNKNOWN =
  "It is no component that Flowgate works on: see to its name in `trains`, and to where the App is installed.";

/** The next is asked for, unless all are released, or it was taken back. */
function further(train: Train, cars: readonly Car[], at: At, takenBack: boolean): Next {
  const car = carUnderWay(train);
  if (car === undefined) return arrived(train, cars, at);
  if (takenBack)
    return stopped(train, cars, { at, car, because: "The comment that asked for it was edited or deleted." });
  return { ...asking(train, car, at), entries: [opens(subjectKey(train.asked), train)] };
}

/** What the one that is under way asks of its pull request: a `/promote` of the very commit that was ready. */
function asking(train: Train, car: Car, { known, name }: At): Next {
  const of: PullSubject = { kind: "pull", repository: car.repository, number: car.number };
  const request: Request = {
    id: car.request,
    by: train.by,
    at: known.now,
    body: `/promote ${car.head}`,
    how: "written",
    origin: {
      number: car.number,
      train: {
        name: train.name,
        repository: train.asked.repository,
        place: `${name}#${train.request.origin.number}`,
      },
    },
  };
  return { ...NOTHING, asks: [{ of, request }], nudges: [{ priority: "person", subject: of }] };
}

/** What it became; null: it is not merged, or not tagged. */
const releasedBy = ({ commit, version, untagged }: Became, at: Instant): Released | null =>
  commit === null || untagged ? null : { version, commit, at };

const releasedAs = ({ version, commit }: Released): string =>
  version === null ? `It is merged as ${short(commit)}.` : `It is released as ${version}, at ${short(commit)}.`;

type End = { readonly came: "done" | "refused"; readonly says: string; readonly shows?: string };

/** All are released. That is on record, and said. */
function arrived(train: Train, cars: readonly Car[], at: At): Next {
  const rows = cars.map(({ name, number, released }) => ({ name, number, released: released as Released }));
  const { web } = at.house;
  const names = rows.map(({ name, released: { version, commit } }) => `${name} ${version ?? short(commit)}`);
  const record: Entry = {
    what: "product",
    actor: train.by.login,
    about: subjectKey(train.asked),
    says: {
      train: train.name,
      components: rows.map(({ name, number, released: { version, commit } }) => ({
        name,
        number,
        version,
        commit,
        release: version === null ? null : releaseUrl(web, name, version),
      })),
    },
  };
  const end = ended(
    train,
    { came: "done", says: `The train “${train.name}” is through: ${listed(names)}.`, shows: productRecord(rows, web) },
    at,
  );
  return { ...end, entries: [record, ...end.entries] };
}

/** It goes no further: which are released, and why this one is not. What is released can be built on for a while. */
function stopped(
  train: Train,
  cars: readonly Car[],
  { at, car, because }: { readonly at: At; readonly car: Car; readonly because: string },
): Next {
  const done = cars.filter(({ released }) => released !== null).length;
  const rows = cars.map((one): Row => {
    const stands = one.released !== null ? releasedAs(one.released) : one === car ? because : "It was not begun.";
    return { name: one.name, number: one.number, stands };
  });
  const goesOn =
    done === 0
      ? `\`${trainLine(train.name)}\` asks again.`
      : `\`${trainLine(train.name)}\` goes on with the rest, within a week.`;
  const says = `The train “${train.name}” stopped at ${car.name}: ${done} of ${count(cars.length, "component")} ${done === 1 ? "is" : "are"} released. ${goesOn}`;
  const end = ended(train, { came: "refused", says, shows: whereItStands(rows, at.house.web) }, at);
  if (done === 0) return end;
  const stays = opens(subjectKey(train.asked), { ...train, cars, stopped: at.known.now });
  return { ...end, entries: [stays, ...end.entries.slice(1)] };
}

/** It stands no longer, and its comment is answered where that was written. */
function ended(train: Train, { came, says, shows }: End, { known }: At): Next {
  const { asked, by, key, request, others, line } = train;
  const about = subjectKey(asked);
  const last = { line, says, ...(shows !== undefined && { shows }) };
  const answer: Answered = { came, body: reply([...others, last], null) };
  return {
    ...NOTHING,
    entries: [
      closes(about, by.login, key, says.replace(/\.$/, "")),
      { what: "answered", actor: by.login, about, says: { request: request.id, lines: [line], came, because: says } },
    ],
    answered: [{ id: request.id, answer }],
    ...saidAt(asked, known.now),
  };
}

/** Who has the request says what came of it. */
const saidAt = (asked: PullSubject | ComponentSubject, now: Instant): Pick<Next, "nudges" | "lookAgainAt"> =>
  asked.kind === "pull"
    ? { nudges: [{ priority: "person", subject: asked }], lookAgainAt: null }
    : { nudges: [], lookAgainAt: now };

/** It takes longer than people wait for. */
function eyes({ request, asked }: Train, { name }: At): readonly Effect[] {
  const { origin, id } = request;
  if (!("comment" in origin)) return [];
  const of = `${id}:under-way`;
  return [
    {
      does: "set",
      thing: "reaction",
      slot: reactionSlot(asked.repository, of),
      fingerprint: digestOf(of),
      repository: asked.repository,
      name,
      comment: origin.comment,
      content: "eyes",
    },
  ];
}
