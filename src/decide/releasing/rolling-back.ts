import type { Policy } from "../../flow/config.ts";
import { type Effect, rollbackSlot } from "../../flow/effect.ts";
import { NO_ROLLBACK, type PullKnown } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { digestOf, opens } from "../../flow/ledger.ts";
import { type Look, looking } from "../../flow/looking.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import { type Branch, type Sha, short } from "../../flow/names.ts";
import type { Standing, StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import type { AttestedBackup } from "../../release/attestation.ts";
import { handedOn } from "../../release/linked.ts";
import { rollbackBody, rollbackMessage, rollbackOpened, rollbackTitle } from "../../report/rollback.ts";
import { ended, goesOn, NOTHING_PROMOTED, type Promoting, type Step } from "../promoting/promotion.ts";

type Rolling = StandingOf<"rolling-back">;
type At = {
  readonly known: PullKnown & { readonly memory: PullMemory };
  readonly component: ComponentMemory;
  readonly rolling: Rolling;
  readonly stage: Branch;
};

/** The `/rollback` that is under way for a pull request, if one is. */
export const rollingBackOn = ({
  standing,
  subject,
}: Pick<PullKnown, "subject"> & { readonly standing: readonly Standing[] }): Rolling | undefined =>
  standing.find((one): one is Rolling => one.kind === "rolling-back" && one.number === subject.number);

/**
 * What a `/rollback` that is under way does next: it opens its pull request, and is answered.
 *
 * @param standing with what was begun just now: that goes on at the next look, with what is recalled for it.
 */
export function rollingBack(
  known: At["known"],
  standing: readonly Standing[],
  component: ComponentMemory,
  house: House,
): Step {
  const rolling = rollingBackOn({ ...known, standing });
  if (rolling === undefined) return NOTHING_PROMOTED;
  if (rollingBackOn(known)?.request.id !== rolling.request.id) return { ...NOTHING_PROMOTED, lookAgainAt: known.now };
  const { stages } = component.config.policy;
  const at: At = { known, component, rolling, stage: stages.at(-1) as Branch };
  const { opened: slot } = known.rollback ?? NO_ROLLBACK;
  const fingerprint = digestOf(`${rolling.head} ${rolling.to.commit} ${rolling.request.id}`);
  if (slot?.refused?.fingerprint === fingerprint)
    return ended(
      { known, promotion: rolling },
      "refused",
      `The pull request that rolls ${at.stage} back could not be opened. ${slot.refused.because}`,
    );
  if (slot?.written?.fingerprint === fingerprint) return opened(at, slot.written.id);

  const look = looking(known.read);
  const effect = opening(at, look, house);
  const missing = look.missing();
  if (missing !== null) return "lacks" in missing ? missing : { ...NOTHING_PROMOTED, lookAgainAt: missing.retryAt };
  return {
    ...NOTHING_PROMOTED,
    effects: [
      {
        does: "set",
        slot: rollbackSlot(rolling.repository, rolling.number),
        fingerprint,
        repository: rolling.repository,
        name: component.name,
        ...effect,
      },
    ],
    entries: [goesOn(known, rolling, `opens the pull request back to ${rolling.to.version}`)],
  };
}

/** From here on it is on record what the pull request withdraws once it is merged, whatever its body says. */
function opened({ known, rolling, stage }: At, number: number): Promoting {
  const { repository, by, to, withdraws, because } = rolling;
  const rollback: StandingOf<"rollback"> = {
    kind: "rollback",
    key: `rollback:${repository}:${number}`,
    by,
    at: known.now,
    because,
    repository,
    number,
    version: to.version,
    target: to.commit,
    withdraws,
    commit: null,
    issue: null,
    broughtAgainBy: null,
  };
  const end = ended({ known, promotion: rolling }, "done", rollbackOpened(rolling, stage, number));
  return { ...end, entries: [opens(subjectKey(known.subject), rollback), ...end.entries] };
}

type Content = Omit<
  Extract<Effect, { readonly thing: "commit" }>,
  "does" | "slot" | "fingerprint" | "repository" | "name"
>;

/** The pull request as it is to be; what is still to be read, `look` knows. */
function opening({ known, component, rolling, stage }: At, look: Look, { web }: House): Content {
  const { policy } = component.config;
  const { head, to } = rolling;
  const kept = keptFolders(policy);
  const [is, was] = [head, to.commit].map((commit) => look.at({ want: "folders", commit, paths: kept }));
  const tree = look.at({ want: "tree", commit: to.commit });
  // The only run-book that there is, is looked for where it stays.
  const pull = { ...known.memory, number: rolling.number, head: { ...known.memory.head, sha: head } };
  const path = handedOn(
    { pull, policy, repository: component.name, web, standing: known.standing, look },
    known.verdict?.lane,
  );
  const url = (of: string) =>
    `${web}/${component.name}/blob/${head}/${of.split("/").map(encodeURIComponent).join("/")}`;
  const told = {
    rolling,
    stage,
    kept,
    book: path === null ? null : { path, url: url(path) },
    backups: backupsOf(known, rolling.withdraws),
  };
  return {
    thing: "commit",
    branch: `hotfix/rollback-to-${to.version}-${short(head)}` as Branch,
    base: stage,
    parents: [head],
    tree: tree ?? NO_TREE,
    folders: kept.flatMap((path, place) => {
      const tree = is?.[place] ?? null;
      return tree === (was?.[place] ?? null) ? [] : [{ path, tree }];
    }),
    message: rollbackMessage(told),
    title: rollbackTitle(rolling),
    body: rollbackBody(told),
  };
}
/** While it was not read, nothing is made of it. */
const NO_TREE = "" as Sha;

/** What a rollback leaves as it is: how things are built and checked here, and what people go by. */
function keptFolders({ runBook }: Policy): readonly string[] {
  const books = runBook.directory.replace(/\/+$/, "");
  return books === GITHUB || books.startsWith(`${GITHUB}/`) ? [GITHUB] : [GITHUB, books];
}
const GITHUB = ".github";

/** Backups that served the releases that are withdrawn. */
function backupsOf({ rollback, spent }: PullKnown, withdraws: readonly string[]): readonly AttestedBackup[] {
  const numbers = (rollback ?? NO_ROLLBACK).releases.flatMap(({ standing: { version, number } }) =>
    withdraws.includes(version) ? [number] : [],
  );
  return spent.flatMap(({ standing, closed }) =>
    closed === null && standing.what === "backup" && numbers.includes(standing.served as number) ? [standing] : [],
  );
}
