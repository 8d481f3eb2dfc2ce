import type { Generated } from "kysely";

/** Times are ISO instants as text; booleans are 0 and 1; JSON is text that SQL never looks into. */
export type Tables = {
  delivery: { id: string; event: string; received_at: string; done_at: string | null; body: string | null };
  installation: {
    id: number;
    account: string;
    may_work: number;
    paused_until: string | null;
    worker: string | null;
    worker_until: number;
  };
  subject: {
    key: string;
    kind: "pull" | "group" | "stage" | "component";
    installation: number;
    repository: number;
    number: number | null;
    head: string | null;
    base: string | null;
    open: number;
    compared: string;
    may_work: number;
    memory: string | null;
    verdict: string | null;
    due_at: string | null;
    priority: number;
    nudges: number;
    /** What asked for the next look. */
    cause: string | null;
    /** 1 where its label or its body may say something of data. */
    speaks: number;
    lease_token: string | null;
    /** Milliseconds since 1970 by the real clock: the App's own may be moved. */
    lease_until: number;
  };
  slot: {
    slot: string;
    fingerprint: string | null;
    github_id: number | null;
    /** What GitHub said of it, where that is needed later. */
    told: string | null;
    completed: number;
    written_at: string | null;
    refused_fingerprint: string | null;
    refused_because: string | null;
    refused_at: string | null;
  };
  effect: {
    id: Generated<number>;
    subject: string;
    slot: string;
    effect: string;
    entry: string;
    decided_at: string;
    settled_at: string | null;
    came: string | null;
  };
  standing: {
    key: string;
    kind: string;
    /** Null where it is about all components of an installation. */
    repository: number | null;
    installation: number | null;
    stage: string | null;
    /** The pull request that it concerns alone; null: others look at it too. */
    number: number | null;
    standing: string;
    /** The hashes of the entries that opened and closed it. */
    opened_by: string;
    closed_by: string | null;
    closed_at: string | null;
    closed_because: string | null;
    /** JSON: how it ended, where more follows from that. */
    ended: string | null;
  };
  /** Run-books as the pages of pull requests show them, by the subject's key. */
  walked: { pull: string; digest: string; book: string };
  request: {
    id: string;
    subject: string;
    at: string;
    request: string;
    answer: string | null;
    replied_at: string | null;
  };
  chain: { name: string; sequence: number; hash: string };
  ledger_entry: {
    chain: string;
    sequence: number;
    at: string;
    what: string;
    actor: string;
    about: string;
    says: string;
    digest: string;
    previous: string;
    hash: string;
  };
  etag: { url: string; etag: string; body: string; at: string };
  setting: { key: string; value: string };
  session: {
    /** A digest: whoever reads the table cannot be the person. */
    id: string;
    person: number;
    login: string;
    /** Encrypted, as is `refresh`. */
    token: string;
    token_until: string | null;
    refresh: string | null;
    until: string;
    /** By the real clock, as leases are: until then one process refreshes. */
    refreshing_until: number;
  };
};
