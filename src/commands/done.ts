import type { Came, Command } from "./command.ts";
import { listOpen, mayWalk, onItems, walked } from "./items.ts";

export const done: Command = {
  name: "done",
  on: "pull",
  usage: '/done P3 [note="…"] [url=…]',
  who: "whoever may tick the item",
  does: "Ticks items of the run-book, such as `S1-S9`; without one it lists what is open.",
  allows: mayWalk,
  read({ words, because }) {
    if (because !== null) return { not: '`/done` takes a remark as `note="…"`.' };
    const fields = words.filter((word) => /^(note|url)=/i.test(word));
    const labels = words.filter((word) => !fields.includes(word));
    const values = new Map(fields.map((field) => [field.slice(0, field.indexOf("=")).toLowerCase(), field]));
    if (values.size < fields.length) return { not: "`note` and `url` stand there once." };
    const [note, url] = ["note", "url"].map(
      (key) =>
        values
          .get(key)
          ?.slice(key.length + 1)
          .trim() || null,
    ) as [string | null, string | null];
    if ((note ?? "").length > LONGEST || (url ?? "").length > LONGEST)
      return { not: `\`note\` and \`url\` take ${LONGEST} characters at most.` };
    if (url !== null && !/^https:\/\/\S+$/.test(url)) return { not: "`url` begins with `https://`." };
    return {
      act(asked) {
        if (labels.length === 0) {
          const found = walked(asked);
          return found === null || "came" in found ? found : listOpen(found);
        }
        const came = onItems(asked, labels, ({ label, item }) =>
          item.needsResult && note === null
            ? `\`${label}\` asks for its result: \`/done ${label} note="…"\`.`
            : { state: "done", note, url, confirmedBy: null, because: note ?? `${asked.by.login} did it` },
        );
        return worded(came, (items) => `Done: ${items}.`);
      },
    };
  },
};

/** Characters of a remark. */
const LONGEST = 1_000;

export const undo: Command = {
  name: "undo",
  on: "pull",
  usage: "/undo P3",
  who: "whoever may tick the item",
  does: "Opens items of the run-book again.",
  allows: mayWalk,
  read({ words, because }) {
    if (words.length === 0) return { not: "Which item?" };
    return {
      act(asked) {
        const came = onItems(asked, words, () => ({
          state: "open",
          note: null,
          url: null,
          confirmedBy: null,
          because: because || `${asked.by.login} opened it again`,
        }));
        return worded(came, (items) => `Open again: ${items}.`);
      },
    };
  },
};

/** The items that were named, in a sentence. */
export const worded = (came: Came | null, says: (items: string) => string): Came | null =>
  came?.came === "done" && came.entries !== undefined ? { ...came, says: says(came.says) } : came;
