import type { Github } from "./github.ts";

/**
 * Forgets every account, repository, App and delivery, and deletes the git repositories. Whoever uses the sandbox is
 * to be stopped before. Ids go on from where they were, so that nothing new is mistaken for something old.
 */
export async function forgetEverything(github: Github): Promise<void> {
  await github.settled();
  github.faults.clear();
  for (const { id } of github.state.repositories.all()) await github.git.remove(id);
  const { state } = github;
  const tables = [
    state.deliveries,
    state.groups,
    state.assets,
    state.releases,
    state.rulesets,
    state.statuses,
    state.workflowRuns,
    state.runs,
    state.suites,
    state.reviews,
    state.reactions,
    state.comments,
    state.protections,
    state.activities,
    state.issues,
    state.pulls,
    state.tokens,
    state.authorisations,
    state.installations,
    state.apps,
    state.labels,
    state.refs,
    state.repositories,
    state.teams,
    state.memberships,
    state.accounts,
  ];
  for (const table of tables) for (const { id } of table.all()) table.remove(id);
  state.flush();
}
