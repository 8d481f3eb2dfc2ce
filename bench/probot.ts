import type { AddressInfo } from "node:net";
import { Probot, ProbotOctokit, Server } from "probot";

/** The floor that Flowgate is measured against: what a bare Probot app needs to answer a pull request with a check run. */
const { BENCH_API: baseUrl, BENCH_KEY: privateKey, BENCH_SECRET: secret } = process.env as Record<string, string>;

const server = new Server({
  port: 0,
  host: "127.0.0.1",
  webhookPath: "/api/github/webhooks",
  Probot: Probot.defaults({
    appId: 1,
    privateKey: privateKey as string,
    secret: secret as string,
    baseUrl: baseUrl as string,
    logLevel: "fatal",
    Octokit: ProbotOctokit.defaults((defaults: object) => ({
      ...defaults,
      throttle: { enabled: false },
      retry: { enabled: false },
    })),
  }),
});
await server.load((app) => {
  app.on("pull_request.opened", async ({ octokit, payload, repo }) => {
    const allowed =
      payload.pull_request.base.ref === "development" && payload.pull_request.head.ref.startsWith("feature/");
    await octokit.rest.checks.create({
      ...repo(),
      name: "flowgate: development",
      head_sha: payload.pull_request.head.sha,
      status: "completed",
      conclusion: allowed ? "success" : "failure",
      output: { title: "A feature may enter development.", summary: "s".repeat(600) },
    });
  });
});
const listening = await server.start();
process.stdout.write(`http://127.0.0.1:${(listening.address() as AddressInfo).port}\n`);
