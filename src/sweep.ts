import type { Logger } from "pino";
import { type News, NO_NEWS, pullsListed } from "./flow/decision.ts";
import type { ListedPull } from "./flow/facts.ts";
import type { ComponentMemory, PullMemory } from "./flow/memory.ts";
import { type InstallationId, type Instant, later, type RepositoryId } from "./flow/names.ts";
import type { Github } from "./github/client.ts";
import { arrived } from "./intake/installations.ts";

/** Where it comes from what no delivery told. */
const LISTS = "a look at GitHub's lists";
/** GitHub keeps deliveries for redelivery this long. Source: docs.github.com, "Redelivering webhooks". */
const KEPT_MS = 3 * 24 * 3_600_000;
/** Read again a little of what was read before: deliveries may be listed late. */
const OVERLAP_MS = 10 * 60_000;
/** Repositories listed at once. */
const AT_ONCE = 10;
const LAST_SWEEP = "deliveries looked through until";

export type SweepPorts = {
  readonly clock: { now(): Instant };
  readonly log: Logger;
  readonly github: Pick<
    Github,
    "installations" | "repositories" | "openPulls" | "pull" | "failedDeliveries" | "redeliver"
  >;
  readonly store: {
    learn(news: News): Promise<void>;
    components(
      installation: InstallationId,
    ): Promise<readonly { readonly repository: RepositoryId; readonly memory: ComponentMemory }[]>;
    openPulls(repository: RepositoryId): Promise<ReadonlyMap<number, PullMemory>>;
    setting(key: string): Promise<string | null>;
    set(key: string, value: string): Promise<void>;
  };
};

/**
 * What nobody told us: deliveries that failed are asked for again, and what GitHub lists is compared with what is
 * remembered. Reads are lists and conditional, so that it costs by repositories, not by pull requests.
 *
 * @returns null when all was looked through, else why not, and it is worth trying again soon.
 */
export async function sweep(ports: SweepPorts): Promise<string | null> {
  const lost = await redeliverFailed(ports);
  const installations = await ports.github.installations();
  if (!installations.known) return installations.because;
  const problems: string[] = lost === null ? [] : [lost];
  for (const { installation, account, suspended } of installations.value) {
    await ports.store.learn({
      ...NO_NEWS,
      cause: LISTS,
      installation,
      access: [{ installation, may: suspended ? "not work" : "work", account }],
    });
    const problem = suspended ? null : await sweepInstallation(installation, ports);
    if (problem !== null) problems.push(problem);
  }
  return problems[0] ?? null;
}

/** One installation: its repositories, their open pull requests, their rulesets. */
export async function sweepInstallation(installation: InstallationId, ports: SweepPorts): Promise<string | null> {
  const { github, store } = ports;
  const repositories = await github.repositories(installation);
  if (!repositories.known) return repositories.because;
  const remembered = new Map(
    (await store.components(installation)).map(({ repository, memory }) => [repository, memory]),
  );
  const gone = [...remembered.keys()].filter(
    (repository) => !repositories.value.some((listed) => listed.repository === repository),
  );
  await store.learn({
    ...arrived(
      installation,
      repositories.value.map(({ repository, name }) => ({ id: repository, full_name: name })),
    ),
    cause: LISTS,
    access: [
      ...repositories.value.map(({ repository }) => ({ repository, may: "work" as const })),
      ...gone.map((repository) => ({ repository, may: "not work" as const })),
    ],
  });
  const known = repositories.value.filter(({ repository }) => (remembered.get(repository)?.stages ?? null) !== null);
  const problems: string[] = [];
  for (let at = 0; at < known.length; at += AT_ONCE) {
    const came = await Promise.all(
      known
        .slice(at, at + AT_ONCE)
        .map((of) => compare({ ...of, installation }, remembered.get(of.repository) as ComponentMemory, ports)),
    );
    problems.push(...came.flatMap((problem) => problem ?? []));
  }
  return problems[0] ?? null;
}

/** Only pull requests that differ from what is remembered are looked at again; rulesets are read afresh. */
async function compare(
  of: { readonly installation: InstallationId; readonly repository: RepositoryId; readonly name: string },
  { config }: ComponentMemory,
  { github, store }: SweepPorts,
): Promise<string | null> {
  const { repository, installation } = of;
  const listed = await github.openPulls(of);
  if (!listed.known) return listed.because;
  const remembered = await store.openPulls(repository);
  const differing = listed.value.filter((pull) => !sameAs(pull, remembered.get(pull.number)));
  const open = new Set(listed.value.map(({ number }) => number));
  const closed: ListedPull[] = [];
  for (const number of remembered.keys()) {
    if (open.has(number)) continue;
    const pull = await github.pull(of, number);
    if (!pull.known) return pull.because;
    closed.push(pull.value);
  }
  const { lessons, nudges } = pullsListed(repository, [...differing, ...closed]);
  // Where checks are waited for, one that ended while nobody listened is found by reading them again.
  const waiting = listed.value.flatMap(({ number, facts: { head } }) =>
    remembered.get(number)?.checks?.head === head.sha
      ? [{ of: "checks", repository, head: head.sha, seen: null } as const]
      : [],
  );
  const { stages } = config.policy;
  await store.learn({
    ...NO_NEWS,
    cause: LISTS,
    installation,
    lessons: [
      ...lessons,
      ...waiting,
      ...stages.map((branch) => ({ of: "stage", repository, branch, changedBy: null }) as const),
    ],
    nudges: [
      ...nudges,
      ...stages.map((branch) => ({ priority: "bulk", subject: { kind: "stage", repository, branch } }) as const),
    ],
  });
  return null;
}

const sameAs = ({ facts }: ListedPull, memory: PullMemory | undefined) =>
  memory !== undefined &&
  !memory.doubt &&
  memory.head.sha === facts.head.sha &&
  memory.head.ref === facts.head.ref &&
  memory.head.repository === facts.head.repository &&
  memory.base === facts.base &&
  memory.draft === facts.draft &&
  memory.state === facts.state;

/** GitHub never sends a failed delivery again by itself. */
async function redeliverFailed({ github, store, clock, log }: SweepPorts): Promise<string | null> {
  const now = clock.now();
  const done = await store.setting(LAST_SWEEP);
  const oldest = later(now, -KEPT_MS);
  const since = done !== null && done > oldest ? later(done as Instant, -OVERLAP_MS) : oldest;
  const failed = await github.failedDeliveries(since);
  if (!failed.known) return failed.because;
  for (const { id, guid } of failed.value) {
    const asked = await github.redeliver(id);
    if (!asked.known) return asked.because;
    log.info({ delivery: guid }, "A delivery that failed was asked for again.");
  }
  await store.set(LAST_SWEEP, now);
  return null;
}
