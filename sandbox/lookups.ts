import type {
  Account,
  Activity,
  Authorisation,
  CheckRun,
  CheckSuite,
  Comment,
  CommitStatus,
  Delivery,
  Installation,
  Issue,
  Label,
  Membership,
  MergeGroup,
  Protection,
  Pull,
  Reaction,
  Release,
  ReleaseAsset,
  Repository,
  Review,
  Ruleset,
  Team,
  Token,
  WorkflowRun,
} from "./model.ts";
import type { State } from "./state.ts";

/** Everything that is looked up by something else than its id. */
export type Lookups = {
  accountByLogin(login: string): Account | undefined;
  repositoryByName(ownerId: number, name: string): Repository | undefined;
  /** By a name it had before. Full name, any case. */
  repositoryByFormerName(fullName: string): Repository | undefined;
  repositoriesOf(ownerId: number): readonly Repository[];
  forksOf(repositoryId: number): readonly Repository[];
  membershipsOf(organisationId: number): readonly Membership[];
  teamsOf(organisationId: number): readonly Team[];
  token(token: string): Token | undefined;
  tokensOfUser(userId: number): readonly Token[];
  /** The person's token that an App may exchange this refresh token for. */
  refreshable(refreshToken: string): Token | undefined;
  authorisation(code: string): Authorisation | undefined;
  installationsOfApp(appId: number): readonly Installation[];
  installationsOf(accountId: number): readonly Installation[];
  labelsOf(repositoryId: number): readonly Label[];
  pullsOf(repositoryId: number): readonly Pull[];
  pull(repositoryId: number, number: number): Pull | undefined;
  /** Pull requests, open or not, whose head is this branch. */
  pullsFrom(headRepositoryId: number, ref: string): readonly Pull[];
  pullsInto(repositoryId: number, ref: string): readonly Pull[];
  pullsAt(repositoryId: number, headSha: string): readonly Pull[];
  /** Open pull requests of all repositories that merge by themselves. */
  autoMerging(): readonly Pull[];
  issuesOf(repositoryId: number): readonly Issue[];
  issue(repositoryId: number, number: number): Issue | undefined;
  /** What was done to the branches of a repository, oldest first. */
  activitiesOf(repositoryId: number): readonly Activity[];
  protectionsOf(repositoryId: number): readonly Protection[];
  protection(repositoryId: number, branch: string): Protection | undefined;
  commentsOf(repositoryId: number, number: number): readonly Comment[];
  reactionsOf(commentId: number): readonly Reaction[];
  reactionsOfPull(repositoryId: number, number: number): readonly Reaction[];
  reviewsOf(repositoryId: number, number: number): readonly Review[];
  runsAt(repositoryId: number, sha: string): readonly CheckRun[];
  suitesAt(repositoryId: number, sha: string): readonly CheckSuite[];
  /** Oldest first. */
  workflowRunsOf(repositoryId: number): readonly WorkflowRun[];
  statusesAt(repositoryId: number, sha: string): readonly CommitStatus[];
  rulesetsOf(repositoryId: number): readonly Ruleset[];
  /** Drafts too, oldest first. */
  releasesOf(repositoryId: number): readonly Release[];
  assetsOf(releaseId: number): readonly ReleaseAsset[];
  groupsOf(repositoryId: number): readonly MergeGroup[];
  deliveriesOf(appId: number): readonly Delivery[];
};

const byId = <T extends { readonly id: number }>(list: readonly T[]) => [...list].sort((a, b) => a.id - b.id);

/** Builds the look-ups over a state; they stay current as it changes. */
export function lookupsOf(state: State): Lookups {
  const accounts = state.accounts.index((account) => account.login.toLowerCase());
  const repositories = state.repositories.index((one) => `${one.ownerId} ${one.name.toLowerCase()}`);
  const owned = state.repositories.index((one) => one.ownerId);
  const forks = state.repositories.index((one) => one.forkParentId ?? 0);
  const memberships = state.memberships.index((one) => one.organisationId);
  const teams = state.teams.index((one) => one.organisationId);
  const tokens = state.tokens.index((one) => one.token);
  const userTokens = state.tokens.index((one) => one.userId ?? 0);
  const refreshTokens = state.tokens.index((one) => one.via?.refreshToken ?? "");
  const codes = state.authorisations.index((one) => one.code);
  const appInstallations = state.installations.index((one) => one.appId);
  const accountInstallations = state.installations.index((one) => one.accountId);
  const labels = state.labels.index((one) => one.repositoryId);
  const pulls = state.pulls.index((one) => one.repositoryId);
  const pullNumbers = state.pulls.index((one) => `${one.repositoryId} ${one.number}`);
  const heads = state.pulls.index((one) => `${one.head.repositoryId} ${one.head.ref}`);
  const bases = state.pulls.index((one) => `${one.repositoryId} ${one.base.ref}`);
  const headShas = state.pulls.index((one) => `${one.repositoryId} ${one.head.sha}`);
  const autoMerging = state.pulls.index((one) => Number(one.state === "open" && Boolean(one.autoMerge)));
  const issues = state.issues.index((one) => one.repositoryId);
  const issueNumbers = state.issues.index((one) => `${one.repositoryId} ${one.number}`);
  const activities = state.activities.index((one) => one.repositoryId);
  const protections = state.protections.index((one) => one.repositoryId);
  const comments = state.comments.index((one) => `${one.repositoryId} ${one.number}`);
  const commentReactions = state.reactions.index((one) => one.commentId ?? 0);
  const pullReactions = state.reactions.index((one) => `${one.repositoryId} ${one.number} ${one.commentId === null}`);
  const reviews = state.reviews.index((one) => `${one.repositoryId} ${one.number}`);
  const runs = state.runs.index((one) => `${one.repositoryId} ${one.headSha}`);
  const suites = state.suites.index((one) => `${one.repositoryId} ${one.headSha}`);
  const workflowRuns = state.workflowRuns.index((one) => one.repositoryId);
  const statuses = state.statuses.index((one) => `${one.repositoryId} ${one.sha}`);
  const rulesets = state.rulesets.index((one) => one.repositoryId);
  const releases = state.releases.index((one) => one.repositoryId);
  const assets = state.assets.index((one) => one.releaseId);
  const groups = state.groups.index((one) => one.repositoryId);
  const deliveries = state.deliveries.index((one) => one.appId);
  return {
    accountByLogin: (login) => accounts(login.toLowerCase())[0],
    repositoryByName: (ownerId, name) => repositories(`${ownerId} ${name.toLowerCase()}`)[0],
    repositoryByFormerName: (fullName) =>
      state.repositories.all().find((one) => one.formerNames.includes(fullName.toLowerCase())),
    repositoriesOf: (ownerId) => byId(owned(ownerId)),
    forksOf: (repositoryId) => byId(forks(repositoryId)),
    membershipsOf: memberships,
    teamsOf: (organisationId) => byId(teams(organisationId)),
    token: (token) => tokens(token)[0],
    tokensOfUser: userTokens,
    refreshable: (refreshToken) => refreshTokens(refreshToken).find((one) => one.via !== undefined),
    authorisation: (code) => codes(code)[0],
    installationsOfApp: (appId) => byId(appInstallations(appId)),
    installationsOf: (accountId) => byId(accountInstallations(accountId)),
    labelsOf: (repositoryId) => byId(labels(repositoryId)),
    pullsOf: (repositoryId) => byId(pulls(repositoryId)),
    pull: (repositoryId, number) => pullNumbers(`${repositoryId} ${number}`)[0],
    pullsFrom: (repositoryId, ref) => byId(heads(`${repositoryId} ${ref}`)),
    pullsInto: (repositoryId, ref) => byId(bases(`${repositoryId} ${ref}`)),
    pullsAt: (repositoryId, sha) => byId(headShas(`${repositoryId} ${sha}`)),
    autoMerging: () => byId(autoMerging(1)),
    issuesOf: (repositoryId) => byId(issues(repositoryId)),
    issue: (repositoryId, number) => issueNumbers(`${repositoryId} ${number}`)[0],
    activitiesOf: (repositoryId) => byId(activities(repositoryId)),
    protectionsOf: (repositoryId) => byId(protections(repositoryId)),
    protection: (repositoryId, branch) => protections(repositoryId).find((one) => one.branch === branch),
    commentsOf: (repositoryId, number) => byId(comments(`${repositoryId} ${number}`)),
    reactionsOf: (commentId) => byId(commentReactions(commentId)),
    reactionsOfPull: (repositoryId, number) => byId(pullReactions(`${repositoryId} ${number} true`)),
    reviewsOf: (repositoryId, number) => byId(reviews(`${repositoryId} ${number}`)),
    runsAt: (repositoryId, sha) => byId(runs(`${repositoryId} ${sha}`)),
    suitesAt: (repositoryId, sha) => byId(suites(`${repositoryId} ${sha}`)),
    workflowRunsOf: (repositoryId) => byId(workflowRuns(repositoryId)),
    statusesAt: (repositoryId, sha) => byId(statuses(`${repositoryId} ${sha}`)),
    rulesetsOf: (repositoryId) => byId(rulesets(repositoryId)),
    releasesOf: (repositoryId) => byId(releases(repositoryId)),
    assetsOf: (releaseId) => byId(assets(releaseId)),
    groupsOf: (repositoryId) => byId(groups(repositoryId)),
    deliveriesOf: (appId) => byId(deliveries(appId)),
  };
}
