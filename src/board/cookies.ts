/** The cookies of one board. */
export type Cookies = {
  /** What a browser sent under this name; null: nothing. */
  read(header: string | null, name: string): string | null;
  /** The names of ours that it sent and that begin so. */
  named(header: string | null, start: string): readonly string[];
  set(name: string, value: string, seconds: number): string;
  clear(name: string): string;
};

/**
 * @param secure whether the board is reached by https. Then browsers take the cookies from this very host alone, and
 * no neighbour below the same domain can set one of that name.
 */
export function cookiesOf(secure: boolean): Cookies {
  const prefix = secure ? "__Host-flowgate-" : "flowgate-";
  const set = (name: string, value: string, seconds: number) =>
    `${prefix}${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  const pairs = (header: string | null) =>
    (header ?? "").split(";").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
    });
  return {
    read: (header, name) => pairs(header).find(([key]) => key === prefix + name)?.[1] ?? null,
    named: (header, start) =>
      pairs(header).flatMap(([key]) => (key.startsWith(prefix + start) ? key.slice(prefix.length) : [])),
    set,
    clear: (name) => set(name, "", 0),
  };
}

const LONGEST_PATH = 1_000;

/**
 * Where to go after logging in: a page of this board, else its first.
 *
 * Browsers read `//host`, `/\host` and both with tabs or line ends between as another site, and take dots out before
 * they look. So only what stays one plain path in every reading is let through.
 */
export function returnPath(text: string | null): string {
  if (text === null || text.length > LONGEST_PATH || !/^\/[!-[\]-~]*$/.test(text)) return "/";
  const url = URL.parse(text, "http://flowgate.invalid");
  const plain = url?.origin === "http://flowgate.invalid" && !url.pathname.startsWith("//") && !text.startsWith("//");
  return plain && !/^\/log(?:in|out)(?:$|[/.])/.test(url.pathname) ? text : "/";
}
