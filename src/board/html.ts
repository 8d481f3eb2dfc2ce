const made = Symbol("made by html");

/** Markup that may stand in a page as it is. Only `html` makes it, so text of others can never pass for it. */
export type Html = { readonly [made]: string };
export type Content = Html | string | number | null | false | readonly Content[];

/**
 * A template whose values are escaped, unless they are `Html` themselves; lists are joined, null and false vanish.
 * Attributes stand in double quotes.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let markup = strings[0] ?? "";
  for (const [place, value] of values.entries()) {
    if (markup.endsWith("="))
      throw new Error(`An attribute without quotes lets text of others out: ${markup.slice(-30)}`);
    markup += print(value) + (strings[place + 1] ?? "");
  }
  return { [made]: markup };
}

/** The page as text, to be sent. */
export const markupOf = (page: Html): string => page[made];

/** A sentence of ours: what stands between backticks is code. */
export function prose(text: string): Html {
  const parts = text.split("`");
  const open = parts.length % 2 === 0 ? parts.length - 1 : -1;
  return html`${parts.map((part, place) => (place === open ? `\`${part}` : place % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

/** At most so many characters, never half of one; what was cut shows as "…". */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

function print(value: Content): string {
  if (value === null || value === false) return "";
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  return made in value ? value[made] : value.map(print).join("");
}

const ESCAPES: { readonly [sign: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  return unmasked(text.toWellFormed()).replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
}

/** Signs that are not seen but change how the text around them is read: a branch must not look like another one. */
function unmasked(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
