import { opens } from "../flow/ledger.ts";
import { subjectKey } from "../flow/subject.ts";
import { pathNamed, said } from "../release/linked.ts";
import { type Came, type Command, mayByRight, type OnPull } from "./command.ts";

export const runBook: Command = {
  name: "runbook",
  also: ["run-book"],
  on: "pull",
  usage: "/runbook PATH",
  who: "whoever may write",
  does: "Names the run-book of this pull request; a line `Run-book: PATH` in its body does the same.",
  allows: (asked) => mayByRight(asked, "write"),
  read({ words, because }) {
    const [path, more] = words;
    if (path === undefined) return { not: "Which file? It needs a path from the root of the repository." };
    if (more !== undefined || because !== null)
      return { not: `\`/runbook\` takes one path; write a blank in it as \`%20\`.` };
    return { act: (asked) => linked(asked, path) };
  },
};

function linked({ by, now, repository, name, web, pull, policy }: OnPull, words: string): Came {
  const branches = [pull.ref, ...policy.stages];
  const named = pathNamed(words, { repository: name, web, branches });
  if ("wrong" in named) return { came: "refused", says: named.wrong };
  const { path } = named;
  const link = {
    kind: "link",
    key: `link:${repository}:${pull.number}`,
    by,
    at: now,
    because: `${by.login} named it`,
    repository,
    number: pull.number,
    path,
    body: said(pull.body),
  } as const;
  return {
    came: "done",
    says: `The run-book of #${pull.number} is \`${path}\`.`,
    entries: [opens(subjectKey({ kind: "pull", repository, number: pull.number }), link)],
  };
}
