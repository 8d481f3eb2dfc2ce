import { createHmac, randomUUID } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { DeliveryFault, Faults } from "./faults.ts";
import type { Lookups } from "./lookups.ts";
import type { App, Delivery, Installation } from "./model.ts";
import { type Answer, openPost } from "./post.ts";
import type { State } from "./state.ts";

/** One webhook to one App, before it is signed and sent. */
export type Event = {
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly payload: Readonly<Record<string, unknown>>;
};

/** Sends webhooks and remembers every attempt. */
export type Hooks = {
  /** Queues a delivery; never waits for the receiver. */
  send(app: App, event: Event): void;
  /** Sends a delivery of the log again, under the same GUID. */
  redeliver(delivery: Delivery): void;
  /** Resolves when nothing is under way or queued. */
  settled(): Promise<void>;
  /** How many deliveries to one App may be under way at once; with 1 they arrive in order. */
  connections: number;
  close(): void;
};

const timeLimit = 10_000;
/** A receiver slower than this no longer holds up the deliveries behind. */
const patience = 500;
const keptFor = 3 * 24 * 60 * 60 * 1000;

type Job = {
  readonly appId: number;
  readonly guid: string;
  readonly redelivery: boolean;
  readonly event: Omit<Event, "payload">;
  readonly body: string;
  /** Already let another delivery pass. */
  postponed: boolean;
};
type Lane = { readonly queue: Job[]; readonly held: Job[]; underWay: number };

/** Opens the sender. Deliveries start in order, one lane an App. */
export function openHooks(parts: {
  readonly state: State;
  readonly find: Lookups;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly log: (line: string) => void;
}): Hooks {
  const { state, find, clock, faults, log } = parts;
  const post = openPost();
  const lanes = new Map<number, Lane>();
  let open = 0;
  let closed = false;
  let waiting: (() => void)[] = [];

  const laneOf = (appId: number) => {
    const lane = lanes.get(appId) ?? { queue: [], held: [], underWay: 0 };
    lanes.set(appId, lane);
    return lane;
  };
  const finished = () => {
    open -= 1;
    if (open > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };

  const record = (job: Job, app: App, headers: Record<string, string>, started: number, answer: Answer) => {
    const at = clock.now();
    state.deliveries.put({
      id: state.nextId(),
      guid: job.guid,
      appId: app.id,
      event: job.event.event,
      action: job.event.action,
      installationId: job.event.installationId,
      repositoryId: job.event.repositoryId,
      deliveredAt: at.toISOString(),
      duration: Math.round((performance.now() - started) / 10) / 100,
      redelivery: job.redelivery,
      status: answer.status,
      statusCode: answer.statusCode,
      url: app.webhookUrl ?? "",
      requestHeaders: headers,
      body: job.body,
      responseHeaders: answer.headers,
      responseBody: answer.body,
    });
    const oldest = at.getTime() - keptFor;
    for (const old of find.deliveriesOf(app.id)) {
      if (Date.parse(old.deliveredAt) >= oldest) break;
      state.deliveries.remove(old.id);
    }
  };

  const attempt = async (job: Job, dropped: boolean) => {
    const app = state.apps.get(job.appId);
    if (!app || app.webhookUrl === null || closed) return;
    const headers = headersOf(app, job);
    const started = performance.now();
    const answer: Answer = dropped
      ? { status: "failed to connect to host", statusCode: 0, headers: {}, body: "" }
      : await post.send(app.webhookUrl, headers, job.body, timeLimit);
    if (closed) return;
    record(job, app, headers, started, answer);
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      log(`webhook ${job.event.event} ${job.guid} to ${app.slug}: ${answer.statusCode} ${answer.status}`);
    }
  };

  const perform = async (job: Job, struck: readonly DeliveryFault["does"][]) => {
    for (const fault of struck) {
      if (fault.kind === "delay") await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    }
    await attempt(
      job,
      struck.some((fault) => fault.kind === "drop"),
    );
    if (struck.some((fault) => fault.kind === "double")) await attempt(job, false);
  };

  const advance = (lane: Lane) => {
    while (lane.underWay < hooks.connections) {
      const job = lane.queue.shift() ?? lane.held.shift();
      if (!job) return;
      const struck = job.postponed ? [] : faults.forDelivery(job.event.event);
      if (struck.some((fault) => fault.kind === "reorder") && !job.postponed) {
        job.postponed = true;
        lane.held.push(job);
        if (lane.queue.length > 0) continue;
        setTimeout(() => advance(lane), patience / 5).unref();
        return;
      }
      lane.underWay += 1;
      let counted = true;
      const leave = () => {
        if (!counted) return;
        counted = false;
        lane.underWay -= 1;
        advance(lane);
      };
      const impatient = setTimeout(leave, patience);
      void perform(job, struck).finally(() => {
        clearTimeout(impatient);
        leave();
        for (const late of lane.held.splice(0)) lane.queue.unshift(late);
        advance(lane);
        finished();
      });
    }
  };

  const enqueue = (job: Job) => {
    open += 1;
    const lane = laneOf(job.appId);
    lane.queue.push(job);
    setImmediate(() => advance(lane));
  };

  const hooks: Hooks = {
    connections: 1,
    send(app, event) {
      if (app.webhookUrl === null || closed) return;
      const { payload, ...about } = event;
      enqueue({
        appId: app.id,
        guid: randomUUID(),
        redelivery: false,
        event: about,
        body: JSON.stringify(payload),
        postponed: false,
      });
    },
    redeliver(delivery) {
      const { event, action, installationId, repositoryId } = delivery;
      enqueue({
        appId: delivery.appId,
        guid: delivery.guid,
        redelivery: true,
        event: { event, action, installationId, repositoryId },
        body: delivery.body,
        postponed: false,
      });
    },
    settled: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      closed = true;
      post.close();
      for (const lane of lanes.values()) {
        open -= lane.queue.splice(0).length + lane.held.splice(0).length;
      }
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  };
  return hooks;
}

function headersOf(app: App, job: Job): Record<string, string> {
  const signed = (algorithm: string) => createHmac(algorithm, app.webhookSecret).update(job.body).digest("hex");
  return {
    accept: "*/*",
    "content-type": "application/json",
    "user-agent": "GitHub-Hookshot/5b0c1d2",
    "x-github-delivery": job.guid,
    "x-github-event": job.event.event,
    "x-github-hook-id": String(app.id),
    "x-github-hook-installation-target-id": String(app.id),
    "x-github-hook-installation-target-type": "integration",
    "x-hub-signature": `sha1=${signed("sha1")}`,
    "x-hub-signature-256": `sha256=${signed("sha256")}`,
  };
}

/** What an App must have been granted to get an event. Events not named here need nothing. */
const needed: Readonly<Record<string, string>> = {
  branch_protection_rule: "administration",
  check_run: "checks",
  check_suite: "checks",
  commit_comment: "contents",
  create: "contents",
  delete: "contents",
  deployment: "deployments",
  deployment_status: "deployments",
  fork: "contents",
  issue_comment: "issues",
  issues: "issues",
  label: "issues",
  member: "members",
  membership: "members",
  merge_group: "merge_queues",
  organization: "members",
  pull_request: "pull_requests",
  pull_request_review: "pull_requests",
  push: "contents",
  release: "contents",
  repository: "metadata",
  repository_ruleset: "administration",
  status: "statuses",
  team: "members",
};
const unasked = new Set(["installation", "installation_repositories", "installation_target"]);

/** True when GitHub sends this event to this installation: it asked for it, and may see it. */
export function wants(installation: Installation, event: string): boolean {
  if (unasked.has(event)) return true;
  if (installation.suspendedAt !== null) return false;
  const { permissions, events } = installation;
  if ((event === "check_run" || event === "check_suite") && permissions["checks"] === "write") return true;
  if (!events.includes(event)) return false;
  if (event === "issue_comment" || event === "label") {
    return permissions["issues"] !== undefined || permissions["pull_requests"] !== undefined;
  }
  const permission = needed[event];
  return permission === undefined || permission === "metadata" || permissions[permission] !== undefined;
}
