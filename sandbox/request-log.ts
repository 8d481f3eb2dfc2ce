/** One REST request as answered. */
export type LoggedRequest = {
  readonly method: string;
  /** The route's template, such as /repos/{owner}/{repo}/pulls/{number}; the path itself when no route fits. */
  readonly route: string;
  readonly path: string;
  readonly status: number;
  readonly at: string;
  /** The login that asked, or the App's slug for its own JWT. */
  readonly by: string;
  readonly installationId: number | null;
};

/** What tests and benches read to count requests. */
export type RequestLog = {
  all(): readonly LoggedRequest[];
  add(request: LoggedRequest): void;
  reset(): void;
};

const kept = 200_000;

/** An empty log; it keeps the newest 200,000 requests. */
export function requestLog(): RequestLog {
  let requests: LoggedRequest[] = [];
  return {
    all: () => requests,
    add(request) {
      requests.push(request);
      if (requests.length > kept) requests = requests.slice(kept / 10);
    },
    reset() {
      requests = [];
    },
  };
}
