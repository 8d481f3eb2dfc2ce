import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { instant } from "../../src/flow/names.ts";
import { appServer, type PageRequest } from "../../src/server.ts";

test("A request that fails is logged by its path, without the code and state of a log-in, or a cookie", async () => {
  const lines: string[] = [];
  const asked: PageRequest[] = [];
  const server = appServer({
    secret: "s",
    clock: { now: () => instant(0) },
    log: pino({ level: "trace" }, { write: (line) => void lines.push(line) }),
    self: () => null,
    accept: async () => "stored",
    onAccess: () => {},
    page(request) {
      asked.push(request);
      return Promise.reject(new Error("down"));
    },
    unready: async () => null,
    metrics: async () => "",
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/login/callback?code=c0de&state=5tate`, {
    headers: { cookie: "flowgate-session=c00kie", "sec-fetch-site": "cross-site", "x-forwarded-for": "203.0.113.9" },
  });
  expect(response.status).toBe(500);
  expect(await response.text()).toBe("Something went wrong here; the log tells what.\n");
  const told = { fetchSite: "cross-site", address: "203.0.113.9", form: "" };
  expect(asked).toMatchObject([{ path: "/login/callback?code=c0de&state=5tate", ...told }]);
  expect(JSON.parse(lines.join(""))).toMatchObject({ path: "/login/callback", err: { message: "down" } });
  expect(lines.join("")).not.toMatch(/c0de|5tate|c00kie/);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
