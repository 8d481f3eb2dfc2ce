/** A piece of a word: text as it stands, or a variable, with what it is where it is not set. An empty name is unknown. */
export type Piece = string | { readonly name: string; readonly otherwise: string | null };
export type Word = readonly Piece[];
/** A simple command, or the brackets of a subshell. */
export type Step = { readonly words: readonly Word[]; readonly input: Word | null } | { readonly bracket: "(" | ")" };

const UNKNOWN: Piece = { name: "", otherwise: null };
/** Commands within commands within commands are read so deep. */
const DEEPEST = 4;

/**
 * Takes a shell script to pieces: words with their quotes taken away, comments and the texts of heredocs left out,
 * lines that go on put together, commands within `$(…)` and backticks before the command they stand in.
 *
 * It is no shell. It does not know functions, aliases, `eval`, `sh -c "…"`, arrays, brace expansion or branches that are
 * never taken: what stands there as a command counts, in the order of the text.
 *
 * @param make whether `$(X)` is a variable and `$$` a dollar, as in a recipe of a Makefile.
 */
export function stepsOf(text: string, make = false, depth = 0): readonly Step[] {
  const steps: Step[] = [];
  const heredocs: { readonly end: string; readonly tabs: boolean }[] = [];
  const read = reader(text.replaceAll("\r\n", "\n"), make);
  let words: Word[] = [];
  let input: Word | null = null;
  const end = () => {
    for (const inside of read.within.splice(0)) if (depth < DEEPEST) steps.push(...stepsOf(inside, false, depth + 1));
    if (words.length > 0) steps.push({ words, input });
    words = [];
    input = null;
  };
  while (!read.done()) {
    const char = read.peek();
    if (char === " " || char === "\t") read.skip(1);
    else if (read.starts("\\\n")) read.skip(2);
    else if (char === "#") read.until("\n");
    else if (char === "\n") {
      read.skip(1);
      end();
      for (const { end: last, tabs } of heredocs.splice(0)) read.heredoc(last, tabs);
    } else if (char === "(" || char === ")") {
      read.skip(1);
      end();
      steps.push({ bracket: char });
    } else if (char === ";" || char === "|" || (char === "&" && !read.starts("&>"))) {
      read.skip(1);
      end();
    } else {
      const redirect = read.redirect();
      if (redirect === null) words.push(read.word());
      else {
        const target = read.word();
        if (redirect === "<") input = target;
        if (redirect.startsWith("<<") && redirect !== "<<<")
          heredocs.push({
            end: target.filter((piece) => typeof piece === "string").join(""),
            tabs: redirect === "<<-",
          });
      }
    }
  }
  end();
  return steps;
}

/** A value that stands for itself, as right of `=` in a Makefile, with its variables. */
export function pieces(text: string, make = false): Word {
  return reader(text, make).rest();
}

function reader(text: string, make: boolean) {
  let at = 0;
  const within: string[] = [];

  const upTo = (end: string) => {
    const found = text.indexOf(end, at);
    const part = text.slice(at, found < 0 ? text.length : found);
    at = found < 0 ? text.length : found;
    return part;
  };

  /** What stands between brackets, the first of which is read; quotes hide brackets. */
  function bracketed(open: string, close: string): string {
    const from = at;
    for (let depth = 1; at < text.length; at++) {
      const char = text[at];
      if (char === "\\") at++;
      else if (char === "'" && open === "(") {
        at++;
        upTo("'");
      } else if (char === open) depth++;
      else if (char === close && --depth === 0) break;
    }
    const inside = text.slice(from, at);
    at++;
    return inside;
  }

  function dollar(): Piece {
    at++;
    if (make && text[at] === "$") {
      at++;
      return substitution(false);
    }
    return substitution(make);
  }

  function substitution(inMake: boolean): Piece {
    const char = text[at] ?? "";
    if (char === "(") {
      at++;
      const inside = bracketed("(", ")");
      if (inMake) return variable(inside);
      if (!inside.startsWith("(")) within.push(inside);
      return UNKNOWN;
    }
    if (char === "{") {
      at++;
      return variable(bracketed("{", "}"));
    }
    const [name] = /^(?:[A-Za-z_]\w*|[\d@*#?!$<^+-])/.exec(text.slice(at, at + 256)) ?? [""];
    at += name.length;
    if (name === "") return "$";
    return inMake ? UNKNOWN : variable(name);
  }

  function quoted(): readonly Piece[] {
    const found: Piece[] = [];
    while (at < text.length && text[at] !== '"') {
      if (text[at] === "\\") {
        if (text[at + 1] !== "\n") found.push(text[at + 1] ?? "");
        at += 2;
      } else found.push(...special());
    }
    at++;
    return found;
  }

  /** What means the same within double quotes and without. */
  function special(): readonly Piece[] {
    const char = text[at] as string;
    if (char === "$") return [dollar()];
    at++;
    if (char !== "`") return [char];
    within.push(upTo("`"));
    at++;
    return [UNKNOWN];
  }

  function word(): Word {
    const found: Piece[] = [];
    while (at < text.length && (text[at] === " " || text[at] === "\t")) at++;
    while (at < text.length && !" \t\n;|&()<>".includes(text[at] as string)) {
      const char = text[at];
      if (char === "\\") {
        if (text[at + 1] !== "\n") found.push(text[at + 1] ?? "");
        at += 2;
      } else if (char === "'") {
        at++;
        found.push(upTo("'"));
        at++;
      } else if (char === '"') {
        at++;
        for (const piece of quoted()) found.push(piece);
      } else found.push(...special());
    }
    return found;
  }

  return {
    within,
    word,
    done: () => at >= text.length,
    peek: () => text[at] as string,
    starts: (start: string) => text.startsWith(start, at),
    skip: (count: number) => {
      at += count;
    },
    until: upTo,
    heredoc(end: string, tabs: boolean) {
      while (at < text.length) {
        const line = upTo("\n");
        at++;
        if ((tabs ? line.replace(/^\t+/, "") : line) === end) return;
      }
    },
    /** `<`, `>` and their kin, with the number before them. */
    redirect(): string | null {
      const [all, kind] = /^\d*(<<<|<<-|<<|<&|<|&>>?|>>|>&|>\||>)/.exec(text.slice(at, at + 16)) ?? [];
      if (all === undefined) return null;
      at += all.length;
      return kind as string;
    },
    rest(): Word {
      const found: Piece[] = [];
      while (at < text.length) found.push(...special());
      return found;
    },
  };
}

/** `X`, `X:-text`; what is cut or changed in it is unknown. */
function variable(inside: string): Piece {
  const [, name, rest = ""] = /^([A-Za-z_]\w*|[\d@*#?!$<^+-])(:?[-=?+].*)?$/s.exec(inside.trim()) ?? [];
  if (name === undefined) return UNKNOWN;
  const [, otherwise] = /^:?[-=]([^$`]*)$/.exec(rest) ?? [];
  return { name, otherwise: otherwise?.replace(/^(["'])(.*)\1$/s, "$2") ?? null };
}
