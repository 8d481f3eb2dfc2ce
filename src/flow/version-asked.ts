import type { Bump } from "./memory.ts";

/** What a release is to be called: which number is raised, or a version such as `1.4.0`. */
export type VersionAsked = { readonly bump: Bump } | { readonly version: string };
