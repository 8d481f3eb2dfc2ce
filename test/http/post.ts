import { createHmac, randomUUID } from "node:crypto";
import { request } from "node:http";

export const SECRET = "the webhook's secret";
export const PATH = "/api/github/webhooks";

export type Post = {
  readonly body: Buffer | string;
  /** Made with the right secret when left out; null: none is sent. */
  readonly signature?: string | null;
  readonly event?: string | null;
  readonly id?: string | null;
  readonly type?: string;
  /** Without a length: in chunks. */
  readonly chunked?: boolean;
};

export const signatureOf = (body: Buffer | string, secret = SECRET) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** Posts a delivery as GitHub does. The answer's status and text. */
export function post(
  url: string,
  { body, signature = signatureOf(body), event = "ping", id = randomUUID(), type = "application/json", chunked }: Post,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(`${url}${PATH}`, {
      method: "POST",
      headers: {
        "content-type": type,
        ...(chunked ? {} : { "content-length": Buffer.byteLength(body) }),
        ...(event === null ? {} : { "x-github-event": event }),
        ...(id === null ? {} : { "x-github-delivery": id }),
        ...(signature === null ? {} : { "x-hub-signature-256": signature }),
      },
    });
    call.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on("error", reject);
    call.end(body);
  });
}
