import { branchSlot, type Effect } from "../../flow/effect.ts";
import { digestOf } from "../../flow/ledger.ts";
import { type Sha, short } from "../../flow/names.ts";
import { type At, ended, goesOn, NOTHING_PROMOTED, notShown, type Promoting } from "./promotion.ts";

/** What is next where a branch of ours is moved on to where its stage is, and nothing is merged. */
export function refreshing({ known, pull, component, promotion }: At, to: Sha): Promoting {
  const { subject, now, branch: slot } = known;
  const end = (came: "done" | "refused", says: string) => ended({ known, promotion }, came, says);
  if (pull.head.sha === to) return end("done", `#${subject.number} is at ${short(to)} now, and is judged anew.`);
  if (pull.state === "closed") return end("refused", `#${subject.number} was closed meanwhile.`);
  if (pull.head.sha !== promotion.head)
    return end(
      "refused",
      `Somebody moved it from ${short(promotion.head)} to ${short(pull.head.sha)} meanwhile: look at that, and say it again.`,
    );
  const fingerprint = digestOf(`${to} ${promotion.request.id}`);
  if (slot?.refused?.fingerprint === fingerprint)
    return end("refused", `GitHub would not move ${pull.head.ref}. ${slot.refused.because}`);
  if (slot?.written?.fingerprint === fingerprint)
    return (
      notShown(slot.written, now) ??
      end("refused", `GitHub said that it moved ${pull.head.ref}, and does not show it: look at it there.`)
    );
  const effect: Effect = {
    does: "set",
    thing: "branch",
    slot: branchSlot(subject.repository, pull.head.ref),
    fingerprint,
    repository: subject.repository,
    name: component.name,
    branch: pull.head.ref,
    to,
  };
  return { ...NOTHING_PROMOTED, effects: [effect], entries: [goesOn(known, promotion, `moves on to ${short(to)}`)] };
}
