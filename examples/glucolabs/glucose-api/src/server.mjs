import { createServer } from "node:http";
import { createReadings } from "./readings.mjs";

const readings = createReadings();

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? "/", "http://localhost");
  try {
    if (request.method === "GET" && url.pathname === "/healthz") return send(response, 200, { status: "ok" });
    const person = request.headers["x-person"];
    if (!person) return send(response, 401, { error: "sign in first" });
    if (request.method === "GET" && url.pathname === "/readings") {
      const { from = "", to = "9", unit = "mg/dL" } = Object.fromEntries(url.searchParams);
      return send(response, 200, readings.between(person, from, to, unit));
    }
    if (request.method === "POST" && url.pathname === "/readings") {
      return send(response, 201, { stored: readings.add(person, JSON.parse(await text(request))) });
    }
    return send(response, 404, { error: "no such route" });
  } catch (error) {
    return send(response, 400, { error: error instanceof Error ? error.message : "bad request" });
  }
});

server.listen(Number(process.env.PORT ?? 8080));

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
