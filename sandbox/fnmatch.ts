/**
 * Whether a ref name fits a ruleset's pattern. GitHub matches as Ruby's File.fnmatch with FNM_PATHNAME does:
 * a star stays within one path segment, and only two stars before a slash span segments.
 */
export function fnmatch(pattern: string, name: string): boolean {
  return new RegExp(`^${translate(pattern)}$`, "u").test(name);
}

function translate(pattern: string): string {
  let source = "";
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const startsSegment = at === 0 || pattern[at - 1] === "/";
    const set = /^\[(!|\^)?((?:\\.|[^\]\\])+)\]/.exec(rest);
    if (startsSegment && rest.startsWith("**/")) {
      source += "(?:[^/]+/)*";
      at += 3;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
      at += /^\*+/.exec(rest)?.[0].length ?? 1;
    } else if (rest.startsWith("?")) {
      source += "[^/]";
      at += 1;
    } else if (set) {
      source += `(?!/)[${set[1] ? "^" : ""}${(set[2] ?? "").replace(/[[&~]/g, "\\$&")}]`;
      at += set[0].length;
    } else {
      const escaped = rest.startsWith("\\") && rest.length > 1;
      const letter = String.fromCodePoint((escaped ? rest.codePointAt(1) : rest.codePointAt(0)) ?? 0);
      source += letter.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&").replace("\\-", "-");
      at += letter.length + (escaped ? 1 : 0);
    }
  }
  return source;
}
