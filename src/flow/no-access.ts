import { listed } from "./words.ts";

/** Why GitHub asks nobody of a team, and who can change that, in one sentence without a full stop. */
export const noAccess = (team: string, name: string): string =>
  `${team} has no access to ${name}, so nobody of it is asked for reviews; ${admin(name, "it")}`;

/** The same of a pull request whose reviewers it is left out of. */
export const notAskedOf = (teams: readonly string[], name: string): string =>
  teams.length === 1
    ? `Nobody of ${listed(teams)} was asked to review it: that team has no access to ${name}, and ${admin(name, "it")}.`
    : `Nobody of ${listed(teams, "or")} was asked to review it: these teams have no access to ${name}, and ${admin(name, "them")}.`;

const admin = (name: string, whom: "it" | "them"): string =>
  `an admin of ${name} gives ${whom} that on GitHub, under Settings, Collaborators and teams`;
