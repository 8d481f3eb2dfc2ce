import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { INSTALLATION, REPOSITORY } from "./stub.ts";

export const SECRET = "bench secret";

/** A commit id that nothing else has. */
export const headOf = (run: number, n: number) => (run * 1_000_000 + n).toString(16).padStart(40, "0");

/** How much a pull request holds. */
export type Size = { readonly files: number; readonly commits: number; readonly comments: number };
export const SMALL: Size = { files: 3, commits: 2, comments: 1 };
export const LARGE: Size = { files: 3_000, commits: 250, comments: 2_000 };

const DORA = { id: 5, login: "dora", type: "User", avatar_url: `https://avatars.example/${"u".repeat(200)}` };
const COMPONENT = { ...REPOSITORY, owner: { id: 9, login: "acme" }, urls: "r".repeat(4_800) };
const SENT = { repository: COMPONENT, installation: { id: INSTALLATION }, sender: DORA };

/** A pull request's `opened` as GitHub sends it, some 20 KB. */
export function opened(run: number, n: number): Buffer {
  const number = run * 1_000_000 + n;
  return told("opened", pullOf({ number, branch: `feature/${run}-${n}`, head: headOf(run, n), second: number }));
}

/** Its `synchronize`, with another head that many seconds later. */
export function pushed(run: number, n: number, head: string, second: number, size: Size): Buffer {
  const number = run * 1_000_000 + n;
  return told("synchronize", pullOf({ number, branch: `feature/${run}-${n}`, head, second: number + second, size }), {
    before: headOf(run, n),
    after: head,
  });
}

/** Its `labeled`, the second after. */
export function labelled(run: number, n: number, name: string): Buffer {
  const number = run * 1_000_000 + n;
  const branch = `feature/${run}-${n}`;
  const labels = [{ id: 3, name }];
  return told("labeled", pullOf({ number, branch, head: headOf(run, n), second: number + 1, labels }), {
    label: labels[0],
  });
}

/** A comment on it that is no command. */
export function commented(run: number, n: number, id: number): Buffer {
  const comment = { id, body: `Thought ${id}: ${"c".repeat(600)}`, updated_at: instantOf(id), user: DORA };
  const issue = { number: run * 1_000_000 + n, pull_request: {}, body: "b".repeat(3_000) };
  return Buffer.from(JSON.stringify({ action: "created", issue, comment, ...SENT }));
}

type Shown = {
  readonly number: number;
  readonly branch: string;
  readonly head: string;
  /** When it was last changed, in seconds. */
  readonly second: number;
  readonly size?: Size;
  readonly labels?: readonly unknown[];
};

function pullOf({ number, branch, head, second, size = SMALL, labels = [] }: Shown) {
  const end = (ref: string, sha: string) => ({ ref, sha, label: `acme:${ref}`, user: DORA, repo: COMPONENT });
  return {
    id: number,
    number,
    state: "open",
    title: `Change ${number}`,
    body: "b".repeat(3_000),
    draft: false,
    merged: false,
    merged_at: null,
    user: DORA,
    labels,
    created_at: instantOf(number),
    updated_at: instantOf(second),
    head: end(branch, head),
    base: end("development", "b".repeat(40)),
    comments: size.comments,
    commits: size.commits,
    changed_files: size.files,
  };
}

const told = (action: string, pull: ReturnType<typeof pullOf>, more: object = {}) =>
  Buffer.from(JSON.stringify({ action, number: pull.number, pull_request: pull, ...more, ...SENT }));

const instantOf = (second: number) => new Date(1_700_000_000_000 + second * 1000).toISOString().replace(".000", "");

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Delivers a webhook. Resolves with the milliseconds until it was acknowledged; rejects unless that is a 2xx. */
export function deliver(url: string, id: string, body: Buffer, event = "pull_request"): Promise<number> {
  const signature = `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;
  const sent = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/api/github/webhooks`,
      {
        method: "POST",
        agent,
        headers: {
          "content-type": "application/json",
          "content-length": body.length,
          "user-agent": "GitHub-Hookshot/bench",
          "x-github-event": event,
          "x-github-delivery": id,
          "x-hub-signature-256": signature,
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => {
          if ((answer.statusCode ?? 500) < 300) resolve(performance.now() - sent);
          else reject(new Error(`the webhook was answered ${answer.statusCode}`));
        });
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

/** Does it for each number from 0 below `count`, so many at a time: each connection goes on when it has its answer. */
export async function manyTimes(
  count: number,
  connections: number,
  act: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const connection = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: connections }, connection));
}
