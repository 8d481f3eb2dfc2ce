import { type Asked, type May, mayByRight } from "./command.ts";

/** Whether somebody is the owner whom an item of a run-book names, `@organisation/team` or `@login`, and nobody else. */
export function mayAsOwner(asked: Asked, owner: string): May {
  const { by, look } = asked;
  if (!owner.includes("/")) {
    const may = mayByRight(asked, "write");
    return may !== "yes" || `@${by.login}`.toLowerCase() === owner.toLowerCase() ? may : not(owner);
  }
  const team = look.at({ want: "team", team: owner });
  if (look.missing() !== null) return "unread";
  if (team === null)
    return { came: "refused", says: `It belongs to ${owner}, and there is no such team that Flowgate may see.` };
  return team.some(({ id }) => id === by.id) ? "yes" : not(owner);
}

const not = (owner: string): May => ({ came: "refused", says: `It belongs to ${owner}; nobody else does it.` });
