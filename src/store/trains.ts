import { tagSlot } from "../flow/effect.ts";
import type { Became, CameOfCar, ComponentKnown, InTrain, OpenRelease } from "../flow/facts.ts";
import type { ComponentMemory, PullMemory } from "../flow/memory.ts";
import type { RepositoryId } from "../flow/names.ts";
import { type Answer, takenBackOf } from "../flow/request.ts";
import { type Car, promotionKey, releaseKey, type StandingOf } from "../flow/standing.ts";
import { subjectKey } from "../flow/subject.ts";
import { carUnderWay, isSameName } from "../flow/train.ts";
import { agreed, type Verdict } from "../flow/verdict.ts";
import type { Connection } from "./database.ts";
import { memoryOf, parsed } from "./rows.ts";

/** The trains of an installation, and what is known of what those take along that were asked for in a repository. */
export async function trainsFor(
  on: Connection,
  repository: RepositoryId,
  installation: number,
): Promise<Pick<ComponentKnown, "trains" | "allTrains">> {
  const allTrains = await trainsOf(on, installation);
  const here = allTrains.filter(({ asked, stopped }) => asked.repository === repository && stopped === null);
  if (here.length === 0) return { trains: [], allTrains };
  const components = await componentsIn(on, installation);
  const trains = await Promise.all(
    here.map(async (train) => ({
      train,
      takenBack: await isTakenBack(on, train),
      components: await Promise.all(train.of.map((name) => inTrain(on, train, name, { components, allTrains }))),
    })),
  );
  return { trains, allTrains };
}

/** All that stand in an installation, also those that stopped, oldest first. */
export async function trainsOf(on: Connection, installation: number): Promise<readonly StandingOf<"train">[]> {
  const rows = await on
    .selectFrom("standing")
    .select("standing")
    .where("installation", "=", installation)
    .where("kind", "=", "train")
    .where("closed_by", "is", null)
    .execute();
  return rows
    .map(({ standing }) => JSON.parse(standing) as StandingOf<"train">)
    .toSorted((a, b) => (`${a.at} ${a.key}` < `${b.at} ${b.key}` ? -1 : 1));
}

async function isTakenBack(on: Connection, { request }: StandingOf<"train">): Promise<boolean> {
  const asked = on.selectFrom("request").select("id").where("id", "=", takenBackOf(request.id));
  return (await asked.executeTakeFirst()) !== undefined;
}

type Component = NonNullable<InTrain["is"]>;

async function componentsIn(on: Connection, installation: number): Promise<readonly Component[]> {
  const rows = await on
    .selectFrom("subject")
    .select(["repository", "memory"])
    .where("kind", "=", "component")
    .where("installation", "=", installation)
    .where("may_work", "=", 1)
    .where("memory", "is not", null)
    .orderBy("repository")
    .execute();
  return rows.map(({ repository, memory }) => ({
    repository: repository as RepositoryId,
    component: parsed<ComponentMemory>(memory) as ComponentMemory,
  }));
}

/** What has not begun is looked at for whether it is ready, and then what is under way for what came of it. */
async function inTrain(
  on: Connection,
  train: StandingOf<"train">,
  name: string,
  {
    components,
    allTrains,
  }: { readonly components: readonly Component[]; readonly allTrains: readonly StandingOf<"train">[] },
): Promise<InTrain> {
  const is = components.find(({ component }) => isSameName(component.name, name)) ?? null;
  if (is === null) return { name, is, open: [], came: null, since: null };
  if (train.cars !== null) {
    const car = carUnderWay(train);
    return { name, is, open: [], came: car?.name === name ? await cameOf(on, car) : null, since: null };
  }
  const before = allTrains.find((other) => other.name === train.name && other.stopped !== null);
  const left = before?.cars?.find(({ repository, released }) => repository === is.repository && released === null);
  return { name, is, open: await openReleases(on, is), came: null, since: left ? await becameOf(on, left) : null };
}

async function openReleases(on: Connection, { repository, component }: Component): Promise<readonly OpenRelease[]> {
  const rows = await on
    .selectFrom("subject")
    .select(["number", "memory", "verdict"])
    .where("repository", "=", repository)
    .where("kind", "=", "pull")
    .where("open", "=", 1)
    .where("base", "=", component.config.policy.stages.at(-1) ?? "")
    .orderBy("number")
    .execute();
  const pulls = rows.map(({ number, memory, verdict }) => {
    const { head, base, draft } = parsed<PullMemory>(memory) as PullMemory;
    const judged = parsed<Verdict>(verdict);
    const isNow = judged?.head === head.sha && judged.base === base;
    return { number: number as number, head: head.sha, draft, judged: isNow ? judged : null };
  });
  const releases = pulls.filter(({ judged }) => judged === null || judged.lane === "release");
  return Promise.all(
    releases.map(async ({ number, head, draft, judged }) => ({
      number,
      head,
      draft,
      verdict:
        judged &&
        agreed([judged, ...pulls.flatMap((other) => (other.head === head && other.judged ? [other.judged] : []))]),
      promoted: (await standingAt(on, promotionKey(repository, number)))?.closed_by === null,
    })),
  );
}

async function cameOf(on: Connection, car: Car): Promise<CameOfCar | null> {
  const asked = await on.selectFrom("request").select("answer").where("id", "=", car.request).executeTakeFirst();
  const answer = parsed<Answer>(asked?.answer);
  return answer === null || answer.came === "under way" ? null : { answer, ...(await becameOf(on, car)) };
}

async function becameOf(on: Connection, { repository, number }: Car): Promise<Became> {
  const [pull, release, tag] = await Promise.all([
    memoryOf<PullMemory>(on, subjectKey({ kind: "pull", repository, number })),
    standingAt(on, releaseKey(repository, number)),
    on
      .selectFrom("slot")
      .select(["github_id", "refused_fingerprint"])
      .where("slot", "=", tagSlot(repository, number))
      .executeTakeFirst(),
  ]);
  return {
    commit: pull?.merged ? (pull.mergeCommit ?? pull.head.sha) : null,
    version: release === undefined ? null : (JSON.parse(release.standing) as StandingOf<"release">).version,
    untagged: tag !== undefined && tag.github_id === null && tag.refused_fingerprint !== null,
  };
}

/** What stands or stood under a key. */
const standingAt = (on: Connection, key: string) =>
  on.selectFrom("standing").select(["standing", "closed_by"]).where("key", "=", key).executeTakeFirst();
