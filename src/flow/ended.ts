/** How a release ended: nobody reads that out of the sentence beside it. `by`: the pull request that withdrew it. */
export type Ended = { readonly as: "released" } | { readonly as: "withdrawn"; readonly by: number };
