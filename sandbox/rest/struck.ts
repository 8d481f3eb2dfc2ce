import type { RequestFault } from "../faults.ts";
import type { Github } from "../github.ts";
import { type Answer, missing, refusal } from "./call.ts";
import { secondary } from "./rate-limit.ts";

/** What comes instead of an answer; `effect` tells whether the request is carried out all the same. No answer: none comes. */
export type Instead = { readonly kind: string; readonly effect: boolean; readonly answer: Answer | null };

function insteadOf(fault: RequestFault["does"]): Instead | null {
  switch (fault.kind) {
    case "latency":
      return null;
    case "502":
      return { kind: "502", effect: fault.effect, answer: { status: 502, body: { message: "Server Error" } } };
    case "timeout":
    case "reset":
      return { kind: fault.kind, effect: fault.effect, answer: null };
    case "half":
      return { kind: "half", effect: true, answer: { status: 502, body: { message: "Server Error" } } };
    case "refusal":
      return { kind: "refusal", effect: false, answer: refusal({ status: fault.status, message: fault.message }) };
    case "secondary":
      return { kind: "secondary", effect: false, answer: secondary(fault.retryAfter) };
    case "429":
      return { kind: "429", effect: false, answer: { ...secondary(fault.retryAfter), status: 429 } };
    case "404":
      return { kind: "404", effect: false, answer: missing };
  }
}

/** Waits as long as faults say that were ordered for this request, and answers what they put in its place; null: nothing. */
export async function struck(github: Github, method: string, path: string): Promise<Instead | null> {
  const faults = github.faults.forRequest(method, path);
  for (const fault of faults)
    if (fault.kind === "latency") await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
  return faults.map(insteadOf).find((one) => one !== null) ?? null;
}
