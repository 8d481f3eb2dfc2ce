import type { Github } from "../github.ts";
import type { Account, Team } from "../model.ts";

/** GitHub's opaque id of anything. */
export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(`${kind}:${id}`).toString("base64url")}`;
}

/** The base of the REST API. */
export function apiOf(github: Github): string {
  return `${github.url}/api/v3`;
}

/** An account as it stands in other answers. */
export function presentAccount(github: Github, account: Account) {
  const api = `${apiOf(github)}/users/${encodeURIComponent(account.login)}`;
  const bot = account.type === "Bot";
  const slug = account.login.replace(/\[bot\]$/, "");
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("U", account.id),
    avatar_url: `${github.url}/avatars/${account.id}`,
    gravatar_id: "",
    url: api,
    html_url: bot ? `${github.url}/apps/${slug}` : `${github.url}/${account.login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: account.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** The account of this id, or GitHub's stand-in for one that is gone. */
export function presentAccountOf(github: Github, id: number) {
  const ghost: Account = {
    id: 10137,
    login: "ghost",
    type: "User",
    name: "Deleted user",
    email: "",
    appId: null,
    createdAt: "2018-01-01T00:00:00Z",
  };
  return presentAccount(github, github.state.accounts.get(id) ?? ghost);
}

/** `GET /users/{login}` and `GET /user`. */
export function presentFullAccount(github: Github, account: Account) {
  return {
    ...presentAccount(github, account),
    name: account.name,
    company: null,
    blog: "",
    location: null,
    email: account.email || null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: github.find.repositoriesOf(account.id).filter((one) => !one.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

/** An organisation as it stands in webhooks and lists. */
export function presentOrganisation(github: Github, account: Account) {
  const api = `${apiOf(github)}/orgs/${account.login}`;
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId("O", account.id),
    url: api,
    repos_url: `${api}/repos`,
    events_url: `${api}/events`,
    hooks_url: `${api}/hooks`,
    issues_url: `${api}/issues`,
    members_url: `${api}/members{/member}`,
    public_members_url: `${api}/public_members{/member}`,
    avatar_url: `${github.url}/avatars/${account.id}`,
    description: account.name,
  };
}

/** `GET /orgs/{org}`. */
export function presentFullOrganisation(github: Github, account: Account) {
  return {
    ...presentOrganisation(github, account),
    name: account.name,
    html_url: `${github.url}/${account.login}`,
    has_organization_projects: false,
    has_repository_projects: false,
    public_repos: github.find.repositoriesOf(account.id).filter((one) => !one.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    type: "Organization",
    created_at: account.createdAt,
    updated_at: account.createdAt,
    archived_at: null,
  };
}

/** A team of an organisation, with the one it belongs to. */
export function presentTeam(github: Github, team: Team) {
  const parent = github.state.teams.get(team.parentId ?? -1);
  return { ...presentTeamAlone(github, team), parent: parent ? presentTeamAlone(github, parent) : null };
}

function presentTeamAlone(github: Github, team: Team) {
  const organisation = github.state.accounts.get(team.organisationId)?.login ?? "";
  const api = `${apiOf(github)}/organizations/${team.organisationId}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId("T", team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    type: "organization",
    url: api,
    html_url: `${github.url}/orgs/${organisation}/teams/${team.slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
  };
}

/** `GET /orgs/{org}/teams/{team_slug}`. Teams are as old as their organisation here. */
export function presentFullTeam(github: Github, team: Team) {
  const organisation = github.state.accounts.get(team.organisationId);
  const repositories = github.find.repositoriesOf(team.organisationId);
  return {
    ...presentTeam(github, team),
    members_count: team.members.length,
    repos_count: repositories.filter((one) => one.teams.some(({ teamId }) => teamId === team.id)).length,
    created_at: organisation?.createdAt ?? "",
    updated_at: organisation?.createdAt ?? "",
    ...(organisation ? { organization: presentFullOrganisation(github, organisation) } : {}),
  };
}
