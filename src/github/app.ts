import type { Fact, ListedPull, Self } from "../flow/facts.ts";
import { type Branch, type InstallationId, type Instant, later, type RepositoryId } from "../flow/names.ts";
import type { Send } from "./call.ts";
import { found, type Outcome } from "./failure.ts";
import { factOf } from "./look.ts";
import * as shapes from "./parse-app.ts";
import { openPulls, pullAt } from "./pulls.ts";
import { type As, malformed, PER_PAGE, parsed, type Read } from "./read.ts";

/** GitHub keeps its delivery log for three days. Source: docs.github.com, "Redelivering webhooks". */
const LOG_KEPT_MS = 3 * 24 * 3600_000;
const MOST_LOG_PAGES = 1_000;
const APP: As = { installation: null, priority: "bulk" };

export type Installation = {
  readonly installation: InstallationId;
  readonly account: string;
  readonly suspended: boolean;
};
export type Installed = { readonly repository: RepositoryId; readonly name: string; readonly defaultBranch: Branch };
/** A repository as an installation reaches it. */
export type Reached = Pick<Installed, "repository" | "name"> & { readonly installation: InstallationId };
/** A delivery that we did not take. Its id may be too long for a number. */
export type FailedDelivery = {
  readonly id: string;
  readonly guid: string;
  readonly event: string;
  readonly at: Instant;
};

/** What GitHub tells the App about itself, where it is installed, and what it failed to deliver. */
export type AppLevel = {
  self(): Promise<Fact<Self>>;
  installations(): Promise<Fact<readonly Installation[]>>;
  /** The repositories that an installation may see. */
  repositories(installation: InstallationId): Promise<Fact<readonly Installed[]>>;
  openPulls(of: Reached): Promise<Fact<readonly ListedPull[]>>;
  pull(of: Reached, number: number): Promise<Fact<ListedPull>>;
  /** Deliveries since then, at most three days back, of which no attempt was taken: each once, the newest attempt. */
  failedDeliveries(since: Instant): Promise<Fact<readonly FailedDelivery[]>>;
  /** Asks GitHub to deliver again; it comes as a delivery with the same GUID. */
  redeliver(id: string): Promise<Fact<null>>;
};

export function appLevel(send: Send, read: Read, clock: { now(): Instant }): AppLevel {
  const fact = <T>(outcome: Outcome<T>, asked: string): Fact<T> => factOf(outcome, asked, clock.now());

  return {
    self: async () => fact(await read.one(APP, "/app", shapes.appShape), "asked about the App"),
    installations: async () =>
      fact(await read.all(APP, "/app/installations", shapes.installationsShape), "asked where the App is installed"),
    repositories: async (installation) =>
      fact(
        await read.all({ installation, priority: "bulk" }, "/installation/repositories", shapes.installedShape),
        `asked for the repositories of installation ${installation}`,
      ),
    openPulls: async (of) =>
      fact(await openPulls(read, { ...of, priority: "bulk" }), `asked for the open pull requests of ${of.name}`),
    pull: async (of, number) =>
      fact(await pullAt(read, { ...of, priority: "bulk" }, number), `asked for pull request #${number} of ${of.name}`),
    failedDeliveries: async (since) => fact(await failedDeliveries(since), "asked for what it could not deliver"),
    redeliver: async (id) => {
      const path = `/app/hook/deliveries/${id}/attempts`;
      const outcome = await send({ ...APP, method: "POST", path });
      return fact(outcome.ok ? found(null) : outcome, `asked to deliver ${id} again`);
    },
  };

  async function failedDeliveries(since: Instant): Promise<Outcome<readonly FailedDelivery[]>> {
    const kept = later(clock.now(), -LOG_KEPT_MS);
    const from = since > kept ? since : kept;
    const taken = new Set<string>();
    const failures = new Map<string, FailedDelivery>();
    let path: string | null = `/app/hook/deliveries?per_page=${PER_PAGE}`;
    for (let page = 0; path !== null && page < MOST_LOG_PAGES; page++) {
      const outcome: Outcome<LogPage> = await logPage(path);
      if (!outcome.ok) return outcome;
      for (const { id, guid, event, at, taken: ok } of outcome.value.deliveries) {
        if (at < from) return found(left());
        if (ok) taken.add(guid);
        else if (!failures.has(guid)) failures.set(guid, { id, guid, event, at });
      }
      path = outcome.value.next;
    }
    return found(left());

    function left(): readonly FailedDelivery[] {
      return [...failures.values()].filter(({ guid }) => !taken.has(guid));
    }
  }

  type LogPage = { readonly deliveries: shapes.Deliveries; readonly next: string | null };

  /** The log is paged by a cursor that only the answer's link tells. */
  async function logPage(path: string): Promise<Outcome<LogPage>> {
    const outcome = await send({ ...APP, method: "GET", path });
    if (!outcome.ok) return outcome;
    const { text, headers } = outcome.value;
    const result = parsed(text, shapes.deliveriesShape, exactIds);
    if ("flaw" in result) return malformed(result.flaw, outcome.value.status, clock.now());
    const cursor = /[?&]cursor=([^&>]+)[^>]*>\s*;[^,]*rel="next"/.exec(String(headers["link"] ?? ""))?.[1];
    const next = cursor === undefined ? null : `/app/hook/deliveries?per_page=${PER_PAGE}&cursor=${cursor}`;
    return found({ deliveries: result.value, next });
  }
}

/** Ids that a number cannot hold exactly are kept as the text they were written as. */
function exactIds(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  return typeof value === "number" && !Number.isSafeInteger(value) ? context.source : value;
}
