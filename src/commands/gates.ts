import { type Command, noWords } from "./command.ts";

export const gates: Command = {
  name: "gates",
  also: ["status", "recheck"],
  on: "pull",
  usage: "/gates",
  who: "everybody who can read this",
  does: "Judges this pull request afresh and answers with the table of its gates.",
  allows: () => "yes",
  read(written) {
    const not = noWords(written);
    if (not !== null) return { not };
    return { act: () => ({ came: "done", says: "Judged afresh.", table: true }) };
  },
};
