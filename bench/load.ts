import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { INSTALLATION, REPOSITORY } from "./stub.ts";

export const SECRET = "bench secret";

/** A commit id that nothing else has. */
export const headOf = (run: number, n: number) => (run * 1_000_000 + n).toString(16).padStart(40, "0");

/** A pull request's `opened` as GitHub sends it, some 20 KB. */
export function opened(run: number, n: number): Buffer {
  const number = run * 1_000_000 + n;
  const user = { id: 5, login: "dora", type: "User", avatar_url: `https://avatars.example/${"u".repeat(200)}` };
  const repository = { ...REPOSITORY, owner: { id: 9, login: "acme" }, urls: "r".repeat(4_800) };
  const end = (ref: string, sha: string) => ({ ref, sha, label: `acme:${ref}`, user, repo: repository });
  const at = new Date(1_700_000_000_000 + number * 1000).toISOString().replace(".000", "");
  return Buffer.from(
    JSON.stringify({
      action: "opened",
      number,
      pull_request: {
        id: number,
        number,
        state: "open",
        title: `Change ${n}`,
        body: "b".repeat(3_000),
        draft: false,
        merged: false,
        merged_at: null,
        user,
        labels: [],
        created_at: at,
        updated_at: at,
        head: end(`feature/${run}-${n}`, headOf(run, n)),
        base: end("development", "b".repeat(40)),
      },
      repository,
      installation: { id: INSTALLATION },
      sender: user,
    }),
  );
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Delivers a webhook. Resolves with the milliseconds until it was acknowledged; rejects unless that is a 2xx. */
export function deliver(url: string, id: string, body: Buffer): Promise<number> {
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
          "x-github-event": "pull_request",
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
