import { type Asked, type Came, type Command, noWords } from "./command.ts";

/** The one command that knows the others. */
export const help = (commands: readonly Command[]): Command => ({
  name: "help",
  on: "pull and issue",
  usage: "/help",
  who: "everybody who can read this",
  does: "Lists the commands, and who may give them.",
  allows: () => "yes",
  read(written) {
    const not = noWords(written);
    return not === null ? { act: (asked) => listed(commands, asked) } : { not };
  },
});

/** What this person may do here now, and the rest folded. */
function listed(commands: readonly Command[], asked: Asked): Came | null {
  const here = commands.filter(({ on }) => asked.pull !== null || on === "pull and issue");
  const may = here.map((command) => ({ command, may: command.allows(asked) }));
  if (asked.look.missing() !== null) return null;
  const own = may.flatMap((one) => (one.may === "yes" ? [one.command] : []));
  const others = commands.filter((command) => !own.includes(command));
  const rest = `<details><summary>What else there is, and who may</summary>\n\n${table(others)}\n\n</details>`;
  return {
    came: "done",
    says: "This is what you may do here now: one command on a line of its own, in a new comment. Several lines are done together or not at all.",
    shows: others.length === 0 ? table(own) : `${table(own)}\n\n${rest}`,
  };
}

function table(commands: readonly Command[]): string {
  const rows = commands.map(({ usage, does, who }) => `| ${inCell(usage)} | ${does} | ${who} |`);
  return ["| command | what it does | who may |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A usage as code in a table, where a pipe would begin the next cell. */
export const inCell = (usage: string): string => `\`${usage.replaceAll("|", "\\|")}\``;
