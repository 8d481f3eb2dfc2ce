import { type Effect, releaseSlot, standsIn } from "../../flow/effect.ts";
import type { PullKnown, Want } from "../../flow/facts.ts";
import type { House } from "../../flow/house.ts";
import { closes, digestOf, opens } from "../../flow/ledger.ts";
import type { ComponentMemory, PullMemory } from "../../flow/memory.ts";
import type { Instant } from "../../flow/names.ts";
import type { StandingOf } from "../../flow/standing.ts";
import { subjectKey } from "../../flow/subject.ts";
import { isDeploying, isVerified } from "../../release/progress.ts";
import { draftNote } from "../../report/release.ts";
import { unlessThere } from "../answer.ts";
import { makesRelease, promotionOn, releaseOn } from "../promoting/under-way.ts";
import { type Walks, walksOn } from "../pull/execution.ts";
import { begun, tagging } from "./begun.ts";
import { evidencing, isOutdated } from "./evidencing.ts";
import { type Making, NOTHING_RELEASED, type Releasing, told } from "./making.ts";
import { mending } from "./mending.ts";

/**
 * What a merge into the last stage still needs: its tag, its draft with the evidence so far, and once it is deployed and tested, and
 * somebody lets it where that is asked, the final evidence and its publication. Each step sees what is done by what stands on
 * GitHub, so that one who was cut off finishes, once.
 */
export function releasing(
  known: PullKnown,
  pull: PullMemory,
  component: ComponentMemory,
  house: House,
): Releasing | { readonly lacks: readonly Want[] } {
  if (!makesRelease(known, pull, component) || known.rollback?.withdrawn) return NOTHING_RELEASED;
  const release = releaseOn(known);
  if (release === undefined && known.tag?.written) return NOTHING_RELEASED;
  if (release === undefined || standsIn(known.tag) === null) {
    const { ledger, recorded } = known;
    // That it is merged was only just found out: once it is remembered, so is what is on record of it.
    if (ledger === null || recorded === null) return { ...NOTHING_RELEASED, lookAgainAt: known.now };
    return release === undefined || known.tag?.refused
      ? begun({ ...known, ledger, recorded }, pull, component, house)
      : mending(known, release, known.tag, tagging(known, component, release));
  }

  const at = { known, pull, component, house, release };
  const there = standsIn(known.release);
  if (there === null) return mending(known, release, known.release, written(at, true));
  if (!there.completed) return drafted(at);
  const { subject } = known;
  return {
    ...NOTHING_RELEASED,
    entries: [closes(subjectKey(subject), "app", release.key, `${release.version} is released`, { as: "released" })],
  };
}

/** The evidence is there before it is published: to what is published nobody adds anything where releases are immutable. */
function drafted(at: Making): Releasing | { readonly lacks: readonly Want[] } {
  const { known, pull, component, house } = at;
  const { policy } = component.config;
  const walks = walksOn(known, pull, component, house, null);
  if (walks !== null && "lacks" in walks) return walks;
  if (walks !== null && "retryAt" in walks) return { ...NOTHING_RELEASED, lookAgainAt: walks.retryAt };
  const isTested = !policy.runBook.required || (walks !== null && isVerified(walks.production));
  const release = inVerification(at.release, walks, known.now);
  const now = { ...at, release: authorised({ ...at, release }, isTested, walks) };
  const isFinal = isTested && (policy.release.publish === "automatic" || now.release.authorised !== undefined);
  const next = evidencing(now, walks, isFinal ? "final" : "preliminary") ?? written(at, !isFinal);
  return "lacks" in next || release === at.release
    ? next
    : { ...next, entries: [opens(subjectKey(known.subject), release), ...next.entries] };
}

/** From the first item of its deployment on it is in verification, for good. */
function inVerification(release: StandingOf<"release">, walks: Walks | null, now: Instant): StandingOf<"release"> {
  if (release.verifying !== undefined || walks === null || !isDeploying(walks.production)) return release;
  return { ...release, because: "its deployment has begun", verifying: now };
}

/** Whoever lets it be published does so once all is done; what is undone after that is for them to look at again. */
function authorised({ known, release }: Making, isTested: boolean, walks: Walks | null): StandingOf<"release"> {
  const { authorised: before, ...rest } = release;
  const promotion = promotionOn(known);
  if (!isTested) return rest;
  if (before !== undefined && !isOutdated(release, walks)) return release;
  // The word that it was let go by before is not said anew.
  if (!promotion?.publishes || promotion.at === before?.at) return rest;
  return { ...rest, authorised: { by: promotion.request.by, at: promotion.at } };
}

/** The GitHub Release as it is to be: a draft, until it is published. */
function written({ known, component, release }: Making, draft: boolean): Releasing {
  const { subject, release: slot, now } = known;
  const { policy } = component.config;
  const mark = `<!-- flowgate:release ${subject.number} -->`;
  const waits =
    draft && policy.release.publish === "by-hand"
      ? [draftNote({ number: subject.number, tested: policy.runBook.required })]
      : [];
  const body = [...waits, release.notes, mark].join("\n\n");
  const effect: Effect = {
    does: "set",
    thing: "release",
    slot: releaseSlot(subject.repository, subject.number),
    fingerprint: digestOf(`${release.version} ${draft} ${body}`),
    repository: subject.repository,
    name: component.name,
    tag: release.version,
    commit: release.commit,
    title: release.version,
    mark,
    body,
    draft,
    over: slot?.written?.id ?? null,
  };
  const { effects, retryAt } = unlessThere(effect, slot, now);
  const does = `${draft ? "drafts" : "publishes"} ${release.version}`;
  return {
    ...NOTHING_RELEASED,
    effects,
    entries: effects.length > 0 ? [told(subject, does)] : [],
    lookAgainAt: retryAt,
  };
}
