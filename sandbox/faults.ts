/** What goes wrong with a REST request: before or after its effect, or instead of an answer. */
export type RequestFault = {
  readonly on: "request";
  /** Left out: of any method. */
  readonly method?: string;
  /** Matched against the path below the API's base, query included: a pattern, or a part of it; left out: of any path. */
  readonly path?: RegExp | string;
  readonly does:
    | { readonly kind: "latency"; readonly milliseconds: number }
    /** Answers 502; `effect` tells whether the request was carried out first. */
    | { readonly kind: "502"; readonly effect: boolean }
    | { readonly kind: "timeout"; readonly effect: boolean }
    | { readonly kind: "reset"; readonly effect: boolean }
    | { readonly kind: "secondary"; readonly retryAfter: number | null }
    | { readonly kind: "429"; readonly retryAfter: number | null }
    | { readonly kind: "404" }
    /** An upload breaks off: its file stays a starter, and the answer is 502. Any other request is carried out. */
    | { readonly kind: "half" }
    /** Says no in these words, such as a 405 that only a race would give, and does nothing. */
    | { readonly kind: "refusal"; readonly status: number; readonly message: string };
};

/** What goes wrong with a webhook delivery. */
export type DeliveryFault = {
  readonly on: "delivery";
  /** Left out: of any event. */
  readonly event?: string;
  readonly does: /** Never sent, and in the log as failed. */
    | { readonly kind: "drop" }
    | { readonly kind: "double" }
    /** Sent after the next delivery to the same App. */
    | { readonly kind: "reorder" }
    | { readonly kind: "delay"; readonly milliseconds: number };
};

export type Fault = (RequestFault | DeliveryFault) & {
  /** How often it strikes; left out: until cleared. */
  readonly times?: number;
  /** Left out: always. Given a number in [0, 1) from `dice`, strikes below it. */
  readonly chance?: number;
};

/** Faults on demand. */
export type Faults = {
  /** Adds a fault and answers how to take it away again. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The faults that strike this request, each counted as used. */
  forRequest(method: string, path: string): readonly RequestFault["does"][];
  forDelivery(event: string): readonly DeliveryFault["does"][];
};

function fits(wanted: RegExp | string | undefined, path: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === "string" ? path.includes(wanted) : wanted.test(path);
}

/** No faults yet. `dice` gives numbers in [0, 1) for faults with a chance. */
export function faultsOf(dice: () => number = Math.random): Faults {
  type Live = { readonly fault: Fault; left: number };
  let live: Live[] = [];
  const strike = (matches: (fault: Fault) => boolean): readonly Fault[] => {
    const struck = live.filter(
      (entry) => matches(entry.fault) && (entry.fault.chance === undefined || dice() < entry.fault.chance),
    );
    for (const entry of struck) entry.left -= 1;
    live = live.filter((entry) => entry.left > 0);
    return struck.map((entry) => entry.fault);
  };
  return {
    add(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      live.push(entry);
      return () => {
        live = live.filter((other) => other !== entry);
      };
    },
    clear() {
      live = [];
    },
    forRequest: (method, path) =>
      strike(
        (fault) =>
          fault.on === "request" && (fault.method === undefined || fault.method === method) && fits(fault.path, path),
      ).flatMap((fault) => (fault.on === "request" ? [fault.does] : [])),
    forDelivery: (event) =>
      strike((fault) => fault.on === "delivery" && (fault.event === undefined || fault.event === event)).flatMap(
        (fault) => (fault.on === "delivery" ? [fault.does] : []),
      ),
  };
}
