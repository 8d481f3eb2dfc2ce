import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { type Fact, type Facts, wantKey } from "../../src/flow/facts.ts";
import type { WantOfVerifier } from "../../src/flow/look.ts";
import { installationId, instant, later } from "../../src/flow/names.ts";
import type { Lease } from "../../src/flow/subject.ts";
import { type VerifierSettings, verifier, verifying } from "../../src/verifier.ts";
import { pullKnown, at as shaOf } from "../builders.ts";

const FACTS: Facts = pullKnown();
const NAME = FACTS.component?.name;
const LEASE: Lease = { subject: FACTS.subject, installation: installationId(7), priority: "bulk", token: "t" };
const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
const SECRET = `whsec_${KEY.toString("base64")}`;
// The library that checks the signature goes by the machine's clock.
const NOW = instant(Math.floor(Date.now() / 1000) * 1000);
const clock = { now: () => NOW };
const FINISHED = instant(Date.UTC(2026, 10, 24, 3));
const BACKUP = { repository: "org/api", system: "postgres", id: "b-1 “ü”", finished: FINISHED };

type Heard = { readonly headers: IncomingHttpHeaders; readonly method: string | undefined; readonly body: string };
let server: Server;
let url: string;
let heard: Heard[];
let answers: (response: ServerResponse) => void;

beforeEach(async () => {
  heard = [];
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    heard.push({ headers: request.headers, method: request.method, body: Buffer.concat(parts).toString("utf8") });
    answers(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/verify?key=hidden`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const says = (body: string, status = 200, headers: Record<string, string> = {}) => {
  answers = (response) => response.writeHead(status, headers).end(body);
};
const ask = (settings: Partial<VerifierSettings> = {}, at = url) =>
  verifier({ secret: SECRET, clock, loopback: true, ...settings })(at, BACKUP);
const unclear = (how: string) => ({
  known: false,
  because: `The verifier of backups at ${new URL(url).host} ${how}.`,
  retryAt: later(NOW, 60_000),
});
const no = (because: string) => ({ known: true, value: { is: false, because }, at: NOW });

describe("a verifier of backups", () => {
  it("is asked once, with a signature that its library knows", async () => {
    says('{"verified": true, "finished": "2026-11-24T04:00:00+01:00", "more": 1}');
    expect(await ask()).toEqual({ known: true, value: { is: true, finished: FINISHED }, at: NOW });
    const [request, ...more] = heard;
    expect(more).toEqual([]);
    const { headers, body } = request as Heard;
    expect(request?.method).toBe("POST");
    expect(headers).toMatchObject({ "content-type": "application/json", "user-agent": "flowgate" });
    expect(JSON.parse(body)).toEqual({ type: "backup.verify", timestamp: NOW, data: BACKUP });
    const signed = headers as Record<string, string>;
    expect(new Webhook(SECRET).verify(body, signed)).toEqual(JSON.parse(body));
    const text = `${signed["webhook-id"]}.${Date.parse(NOW) / 1000}.${body}`;
    expect(signed["webhook-signature"]).toBe(`v1,${createHmac("sha256", KEY).update(text).digest("base64")}`);
  });

  it("tells by the signature who does not share the secret, and what was changed on the way", async () => {
    says('{"verified": false, "because": "no"}');
    await ask({ secret: `whsec_${Buffer.alloc(32, 1).toString("base64")}` });
    await ask();
    const [stranger, ours] = heard as [Heard, Heard];
    const check = ({ headers }: Heard, body: string) =>
      new Webhook(SECRET).verify(body, headers as Record<string, string>);
    expect(() => check(stranger, stranger.body)).toThrow("No matching signature found");
    expect(() => check(ours, ours.body.replace("b-1", "b-2"))).toThrow("No matching signature found");
    expect(check(ours, ours.body)).toBeTruthy();
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
  });

  it.each([
    ["There is no backup b-1.", "There is no backup b-1."],
    ["Two\n\tlines ", "Two lines"],
    ["x".repeat(5_000), "x".repeat(300)],
    [" ", "The verifier of backups gave no reason."],
  ])("may say no, in one line: %j", async (because, shown) => {
    says(JSON.stringify({ verified: false, because }));
    expect(await ask()).toEqual(no(shown));
  });

  it.each([
    ["no JSON", "<html>", "answered with something else than JSON"],
    ["nothing", "", "answered with something else than JSON"],
    ["a yes without a time", '{"verified": true}', "neither"],
    ["a yes with a day", '{"verified": true, "finished": "2026-11-24"}', "neither"],
    ["a yes with a time of no zone", '{"verified": true, "finished": "2026-11-24T04:00:00"}', "neither"],
    ["a no without a reason", '{"verified": false}', "neither"],
    ["a yes that is text", '{"verified": "true", "finished": "2026-11-24T04:00:00Z"}', "neither"],
    ["a list", "[]", "neither"],
  ])("is not believed where it says %s", async (_, body, how) => {
    says(body);
    expect(await ask()).toMatchObject({ known: false, because: expect.stringContaining(how) });
  });

  it.each([201, 204, 400, 401, 404, 429, 500, 503])("is not believed where it answers %i", async (status) => {
    says(status === 204 ? "" : '{"verified": true, "finished": "2026-11-24T04:00:00Z"}', status);
    expect(await ask()).toEqual(unclear(`answered ${status}`));
  });

  it.each([301, 302, 307, 308])("is not followed to another place by a %i", async (status) => {
    says("", status, { location: url });
    expect(await ask()).toEqual(unclear(`answered ${status}`));
    expect(heard.length).toBe(1);
  });

  it("may take so long, also in mid-answer", async () => {
    answers = () => undefined;
    expect(await ask({ timeout: 50 })).toEqual(unclear("gave no answer within 0.05 s"));
    answers = (response) => response.writeHead(200).write('{"verified": true,');
    expect(await ask({ timeout: 50 })).toEqual(unclear("gave no answer within 0.05 s"));
  });

  it("may say so much", async () => {
    const padded = (size: number) => JSON.stringify({ verified: false, because: "no" }).padEnd(size);
    says(padded(64 * 1024));
    expect(await ask()).toEqual(no("no"));
    says(padded(64 * 1024 + 1));
    expect(await ask()).toEqual(unclear("answered with more than 64 KiB"));
  });

  it("may break off, or not be there", async () => {
    answers = (response) => response.destroy();
    expect(await ask()).toEqual(unclear("could not be reached (ECONNRESET)"));
    answers = (response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    };
    expect(await ask()).toEqual(unclear("could not be reached (ECONNRESET)"));
    expect(await ask({}, "http://127.0.0.1:1/")).toMatchObject({
      because: "The verifier of backups at 127.0.0.1:1 could not be reached (ECONNREFUSED).",
    });
  });

  it.each(["http://127.0.0.1:1/", "http://verifier.example/", "ftp://verifier.example/", "file:///etc/passwd", "no"])(
    "is asked by https only, and not at %s",
    async (at) => {
      const because = "The verifier of backups in the config is not an https address; correct it there.";
      expect(await ask({ loopback: false }, at)).toEqual(no(because));
    },
  );

  it("on this machine may be asked by http where that was allowed, and nowhere else", async () => {
    expect(await ask({}, "http://127.0.0.1.verifier.example/")).toMatchObject({ value: { is: false } });
    expect(heard).toEqual([]);
  });

  it("is not asked without a secret", async () => {
    expect(await ask({ secret: null })).toEqual(
      no("Flowgate cannot ask the verifier of backups: whoever runs it sets VERIFIER_SECRET to the secret they share."),
    );
    expect(heard).toEqual([]);
  });

  it("never shows the secret", async () => {
    says("nothing");
    for (const fact of [await ask(), await ask({ secret: null }), await ask({}, "no"), await ask({ timeout: 1 })])
      expect(JSON.stringify(fact)).not.toContain(SECRET.slice(6, 20));
  });
});

describe("a look that asks verifiers", () => {
  const want: WantOfVerifier = { want: "verified", system: "postgres", id: "b-1", finished: FINISHED };
  const other = { want: "tree", commit: shaOf("head") } as const;
  const others = [other];
  const asked: unknown[] = [];
  const look = (urlOf: string | null) =>
    verifying(
      async (_, __, wants) => {
        asked.push(wants);
        return new Map<string, Fact<unknown>>(wants.map((one) => [wantKey(one), { known: true, value: 1, at: NOW }]));
      },
      {
        urlOf: () => urlOf,
        clock,
        verify: async (at, backup) => {
          asked.push([at, backup]);
          return { known: true, value: { is: true, finished: FINISHED }, at: NOW };
        },
      },
    );
  beforeEach(() => {
    asked.length = 0;
  });

  it("asks all in one round, and GitHub for the rest", async () => {
    const seen = await look("https://v.example")(LEASE, FACTS, [want, ...others]);
    expect([...seen.keys()].sort()).toEqual([wantKey(want), wantKey(other)].sort());
    expect(seen.get(wantKey(want))).toMatchObject({ value: { is: true } });
    const { want: _, ...backup } = want;
    expect(asked).toEqual([others, ["https://v.example", { repository: NAME, ...backup }]]);
  });

  it("asks nobody of what nobody wants", async () => {
    await look("https://v.example")(LEASE, FACTS, [want]);
    await look("https://v.example")(LEASE, FACTS, others);
    expect(asked.length).toBe(2);
    expect((await look("https://v.example")(LEASE, FACTS, [])).size).toBe(0);
  });

  it.each([
    ["a config that names none", FACTS],
    ["a repository of which nothing was heard", { ...FACTS, component: null } as Facts],
  ])("says no for %s", async (_, facts) => {
    const seen = await look(null)(LEASE, facts, [want]);
    expect(seen.get(wantKey(want))).toEqual(no("The config names no verifier of backups."));
    expect(asked).toEqual([]);
  });
});
