/** Markup that is safe to send as it is. Made by `html` alone, or vouched for with `trusted`. */
export type Html = { readonly markup: string };
export type Content = Html | string | number | null | undefined | false | readonly Content[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text as it may stand between tags and inside a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A template whose values are escaped, unless they are `Html`; lists are joined, and null, undefined and false vanish. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let markup = strings[0] ?? "";
  values.forEach((value, index) => {
    markup += print(value) + (strings[index + 1] ?? "");
  });
  return { markup };
}

/** Vouches for markup that something else has already made safe, such as the Markdown renderer. */
export function trusted(markup: string): Html {
  return { markup };
}

/** The address when it leads to a web page, else null: an App may put `javascript:` into its links. */
export function webAddress(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) ? url : null;
}

function print(value: Content): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return escapeText(value);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(print).join("");
}
