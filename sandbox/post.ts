import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** How a receiver answered; `statusCode` 0 when it did not. */
export type Answer = {
  readonly status: string;
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const failed = (status: string): Answer => ({ status, statusCode: 0, headers: {}, body: "" });
const bodyKept = 4096;

/** Posts bodies over connections that stay open. */
export function openPost() {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  const send = (url: string, headers: Record<string, string>, body: string, milliseconds: number): Promise<Answer> =>
    new Promise((resolve) => {
      const started = performance.now();
      const secure = url.startsWith("https:");
      const start = secure ? httpsRequest : httpRequest;
      const options = {
        method: "POST",
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        agent: secure ? agents.https : agents.http,
      };
      const answered = (response: IncomingMessage) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          if (text.length < bodyKept) text += chunk;
        });
        response.on("end", () => {
          clearTimeout(limit);
          const code = response.statusCode ?? 0;
          const kept = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({
            status: code >= 200 && code <= 299 ? "OK" : `Invalid HTTP Response: ${code}`,
            statusCode: code,
            headers: Object.fromEntries(kept),
            body: text.slice(0, bodyKept),
          });
        });
      };
      const call = start(url, options, answered);
      const limit = setTimeout(() => {
        resolve(failed("timed out"));
        call.destroy();
      }, milliseconds);
      call.on("error", (error: NodeJS.ErrnoException) => {
        clearTimeout(limit);
        const left = milliseconds - (performance.now() - started);
        // An idle connection the receiver had closed says nothing of the receiver.
        if (call.reusedSocket && error.code === "ECONNRESET" && left > 0) {
          return resolve(send(url, headers, body, left));
        }
        resolve(failed("failed to connect to host"));
      });
      call.end(body);
    });

  return {
    /** Resolves with the answer, or with statusCode 0 after `milliseconds` without one. Never rejects. */
    send,
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
