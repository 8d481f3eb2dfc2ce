import { type AddressInfo, createServer } from "node:net";
import { Probot, ProbotOctokit, Server } from "probot";

/** The floor that Flowgate is measured against: what a bare Probot app needs to answer a pull request with a check run. */
const { BENCH_API: baseUrl, BENCH_KEY: privateKey, BENCH_SECRET: secret } = process.env as Record<string, string>;

const server = new Server({
  port: await freePort(),
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
  app.on("pull_request.opened", async (context) => {
    const { base, head } = context.payload.pull_request;
    const allowed = base.ref === "development" && head.ref.startsWith("feature/");
    await context.octokit.rest.checks.create({
      ...context.repo(),
      name: "flowgate: development",
      head_sha: head.sha,
      status: "completed",
      conclusion: allowed ? "success" : "failure",
      output: { title: "A feature may enter development.", summary: "s".repeat(600) },
    });
  });
});
const listening = await server.start();
process.stdout.write(`http://127.0.0.1:${(listening.address() as AddressInfo).port}\n`);

/** Probot takes 0 for unset. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
