import type { Policy } from "../flow/config.ts";
import { closes, opens } from "../flow/ledger.ts";
import type { Branch, Instant } from "../flow/names.ts";
import type { StandingOf } from "../flow/standing.ts";
import { type Nudge, subjectKey } from "../flow/subject.ts";
import { listed, minute } from "../flow/words.ts";
import { type Asked, type Came, type Command, type May, mayByRole, notBy } from "./command.ts";
import type { Written } from "./grammar.ts";
import { momentOf } from "./moment.ts";

/** A stage, of this component or of all that the App is installed on. */
type Wanted = { readonly stage: string; readonly all: boolean; readonly until: Instant | null };

export const freeze: Command = {
  name: "freeze",
  on: "pull and issue",
  usage: "/freeze STAGE [until TIME] [all] because …",
  who: "a release manager; with `all` one whom the organisation's own config names",
  does: "Lets nothing into a stage, until then or until it is lifted.",
  allows: asManager,
  read(written, now) {
    const wanted = wantedBy(written, now);
    if ("not" in wanted) return wanted;
    const { because } = written;
    if (because === null || because === "") return { not: "A freeze needs its reason: end the line with `because …`." };
    return {
      act: (asked) => byManager(asked, wanted, (stage) => frozen(asked, { ...wanted, stage }, because)),
    };
  },
};

export const unfreeze: Command = {
  name: "unfreeze",
  on: "pull and issue",
  usage: "/unfreeze STAGE [all]",
  who: "a release manager; with `all` one whom the organisation's own config names",
  does: "Lifts a freeze.",
  allows: asManager,
  read(written, now) {
    const wanted = wantedBy(written, now);
    if ("not" in wanted) return wanted;
    if (wanted.until !== null) return { not: "`/unfreeze` takes no time: it lifts the freeze at once." };
    return { act: (asked) => byManager(asked, wanted, (stage) => thawed(asked, { ...wanted, stage })) };
  },
};

function wantedBy({ words, name }: Written, now: Instant): Wanted | { readonly not: string } {
  const [stage, ...rest] = words;
  if (stage === undefined) return { not: `Which stage? \`/${name} STAGE …\`.` };
  let all = false;
  let until: Instant | null = null;
  for (let place = 0; place < rest.length; place++) {
    const word = rest[place] as string;
    if (word.toLowerCase() === "all") all = true;
    else if (word.toLowerCase() === "until") {
      const text = rest[++place] ?? "";
      until = momentOf(text, now);
      if (until === null)
        return {
          not: `“${text}” is no time: write \`until 4h\`, \`until 2026-11-25\` or \`until 2026-11-25T18:00:00Z\`.`,
        };
      if (until <= now) return { not: `${minute(until)} is over already.` };
    } else return { not: `\`/${name}\` does not know what “${word}” is.` };
  }
  return { stage, all, until };
}

/** Of this component, or of all. */
function asManager(asked: Asked): May {
  const here = mayByRole(asked, ["release-manager"]);
  if (here === "yes") return here;
  const everywhere = mayByRole(asked, ["release-manager"], asked.organisation);
  return everywhere === "yes" ? everywhere : here;
}

function byManager(asked: Asked, { stage, all }: Wanted, then: (stage: Branch) => Came): Came | null {
  const policy: Policy = all ? asked.organisation : asked.policy;
  const may = mayByRole(asked, ["release-manager"], policy);
  if (may !== "yes") return notBy(may);
  const known = policy.stages.find((one) => one === stage);
  if (known !== undefined) return then(known);
  const stages = policy.stages.map((one) => `\`${one}\``);
  return { came: "refused", says: `There is no stage of that name. The stages are ${listed(stages)}.` };
}

type Named = Wanted & { readonly stage: Branch };

function frozen(asked: Asked, named: Named, because: string): Came {
  const { by, now } = asked;
  const { stage, until } = named;
  const standing: StandingOf<"freeze"> = {
    kind: "freeze",
    key: keyOf(asked, named),
    by,
    at: now,
    because,
    of: whereOf(asked, named),
    stage,
    until,
  };
  return {
    came: "done",
    says: `\`${stage}\` is frozen${named.all ? " in all components" : ""}${until === null ? "" : ` until ${minute(until)}`}: ${because}. \`/unfreeze ${stage}${named.all ? " all" : ""}\` lifts it.`,
    entries: [opens(aboutOf(asked), standing)],
    nudges: heldBy(asked, named),
  };
}

function thawed(asked: Asked, named: Named): Came {
  const key = keyOf(asked, named);
  const where = named.all ? " in all components" : "";
  if (!asked.standing.some((one) => one.key === key))
    return { came: "done", says: `\`${named.stage}\` was not frozen${where}.` };
  return {
    came: "done",
    says: `\`${named.stage}\` is not frozen any more${where}.`,
    entries: [closes(aboutOf(asked), asked.by.login, key, `lifted by ${asked.by.login}`)],
    nudges: heldBy(asked, named),
  };
}

const whereOf = ({ repository, installation }: Asked, { all }: Named): StandingOf<"freeze">["of"] =>
  all ? { installation } : { repository };
const keyOf = ({ repository, installation }: Asked, { all, stage }: Named) =>
  `freeze:${all ? `installation:${installation}` : repository}:${stage}`;
const aboutOf = ({ repository }: Asked) => subjectKey({ kind: "component", repository });
const heldBy = ({ repository, installation }: Asked, { all, stage }: Named): readonly Nudge[] => [
  all ? { priority: "bulk", installation } : { priority: "bulk", openPulls: { repository, base: stage } },
];
