import { type Act, type Came, type Command, NEEDS_REASON, type OnPull } from "./command.ts";
import { worded } from "./done.ts";
import type { Written } from "./grammar.ts";
import { mayWalk, onItems } from "./items.ts";
import { confirmGate, mayConfirmGate } from "./override.ts";

export const skip: Command = {
  name: "skip",
  on: "pull",
  usage: "/skip P5 because …",
  who: "whoever may tick the item",
  does: "Leaves items of the run-book out; of *before* and *test* somebody else confirms it.",
  allows: mayWalk,
  read: (written) =>
    withReason(written, (asked, words, because) => {
      let waits = false;
      const came = onItems(asked, words, ({ item }) => {
        const needsSecond = item.phase === "before" || item.phase === "test";
        waits ||= needsSecond;
        const state = needsSecond ? "skip-asked" : "skipped";
        return { state, note: null, url: null, confirmedBy: null, because };
      });
      return worded(came, (items) =>
        waits
          ? `To be skipped: ${items}. Somebody else who may tick it confirms with \`/confirm ${words.join(" ")}\`.`
          : `Skipped: ${items}.`,
      );
    }),
};

export const confirm: Command = {
  name: "confirm",
  on: "pull",
  usage: "/confirm GATE",
  who: "a second release manager, or, where there is no other, anybody who may write; of an item whoever may tick it; never the one who asked",
  does: "Agrees that a gate is overridden; as `/confirm P5`, that an item of the run-book is skipped.",
  allows: (asked) => mayConfirmGate(asked) ?? mayWalk(asked),
  read({ words, because }) {
    const [first, more] = words;
    if (first === undefined) return { not: "Which gate, or which item?" };
    if (because !== null) return { not: "`/confirm` takes no reason." };
    // Items are called so, and no gate is.
    if (!/^[sp]\d/i.test(first)) {
      if (more !== undefined) return { not: `It takes one gate, and no “${more}”.` };
      return { allows: () => "yes", act: (asked) => confirmGate(asked, first.toLowerCase()) };
    }
    return {
      allows: mayWalk,
      act(asked) {
        const came = onItems(asked, words, ({ label, came }) => {
          if (came?.state !== "skip-asked")
            return `Nobody asked to skip \`${label}\`: \`/skip ${label} because …\` does.`;
          if (came.by?.id === asked.by.id) return `You asked to skip \`${label}\` yourself; somebody else confirms it.`;
          return { state: "skipped", note: null, url: null, confirmedBy: asked.by, because: came.because };
        });
        return worded(came, (items) => `Skipped, as agreed: ${items}.`);
      },
    };
  },
};

export const fail: Command = {
  name: "fail",
  on: "pull",
  usage: "/fail P7 because …",
  who: "whoever may tick the item",
  does: "Says that an item of the run-book failed: that holds the release, and opens an issue.",
  allows: mayWalk,
  read: (written) =>
    withReason(written, (asked, words, because) => {
      const failed = { state: "failed", note: null, url: null, confirmedBy: null, because } as const;
      return worded(
        onItems(asked, words, () => failed),
        (items) =>
          `Failed: ${items}. The release waits until it is done after all: \`/done\` says so; what to do when it cannot be, the run-book's rollback section tells.`,
      );
    }),
};

/** Items, and why. */
function withReason(
  { words, because }: Written,
  act: (asked: OnPull, words: readonly string[], because: string) => Came | null,
): { readonly act: Act<OnPull> } | { readonly not: string } {
  if (words.length === 0) return { not: "Which item?" };
  return because ? { act: (asked) => act(asked, words, because) } : { not: NEEDS_REASON };
}
