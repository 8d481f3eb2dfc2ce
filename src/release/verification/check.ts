/** What was looked at, and what came of it, in one sentence. `unknown`: it could not be told, and is no yes. */
export type Check = { readonly what: string; readonly came: "ok" | "failed" | "unknown"; readonly says: string };

export const ok = (what: string, says: string): Check => ({ what, came: "ok", says });
export const failed = (what: string, says: string): Check => ({ what, came: "failed", says });
export const unknown = (what: string, says: string): Check => ({ what, came: "unknown", says });
