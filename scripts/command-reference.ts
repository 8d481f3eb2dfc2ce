import { ALL } from "../src/commands/catalog.ts";
import { inCell } from "../src/commands/help.ts";

/** The commands as people write them, with who may and what each does. */
export function commandReference(): string {
  const rows = ALL.map(({ usage, also = [], does, who, on }) => {
    const others = also.length === 0 ? "" : ` Also ${also.map((name) => `\`/${name}\``).join(", ")}.`;
    return `| ${inCell(usage)} | ${does}${others} | ${who} | ${on === "pull" ? "pull request" : "pull request, issue"} |`;
  });
  return `# Commands

<!-- Made by \`npm run generate\` from src/commands: change it there. -->

Write a command on a line of its own in a **new comment**, or in a review that you submit. Several lines are done together: if one is wrong or
refused, none is done. Flowgate reacts with 🚀 when it is done, 😕 when it does not understand a word, 👎 when you may not, and answers once.

| command | what it does | who may | where |
| --- | --- | --- | --- |
${rows.join("\n")}

- What stands in a quote, a list, a table, a heading, code or HTML is talk about commands and does nothing. Nor does what is only edited in, or written
  by a bot. Commands of other tools are left alone.
- Command words know no case. \`because …\` ends a command; what follows it is yours, and goes on record.
- A time is \`4h\`, \`5d\` or \`2wd\` (working days) from now, \`2026-11-25\` for the end of that day in UTC, or \`2026-11-25T18:00:00+01:00\`.
- A commit is named by at least its first seven digits.
- Rights are read from GitHub at that moment: [roles](config.md#rolesrelease-manager) where the config names people, else the right on the repository.
`;
}
