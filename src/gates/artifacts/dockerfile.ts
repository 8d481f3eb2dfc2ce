import { DockerfileParser } from "dockerfile-ast";

/** What BuildKit sets, or takes where it is there. https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
const AMBIENT =
  /^((TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT|STAGE)|(HTTPS?|FTP|NO|ALL)_PROXY|(https?|ftp|no|all)_proxy|BUILDKIT_\w+|SOURCE_DATE_EPOCH|PATH|HOME|HOSTNAME|PWD|USER)$/;
/** The parser reads a first comment once for each `#` and `=` in it. */
const LONG_COMMENT = /^([ \t]*#.{200}).*$/gm;
/** A file with more stages than this is not read. */
const MOST_STAGES = 100;

/** What is set so far, and the arguments that wait for a value from outside. */
type Stage = { readonly name: string | null; readonly defined: Set<string>; readonly open: Set<string> };

/**
 * The parameters that a Dockerfile takes from outside: an `ARG` without a default that something after it in its stage
 * or in one built on it mentions, `ENV X=$X`, and `${X:?}`, while nothing before sets X.
 */
export function parametersOf(text: string): { readonly parameters: readonly string[] } | { readonly unread: string } {
  const file = DockerfileParser.parse(text.replace(LONG_COMMENT, "$1"));
  const goesOn = file.getEscapeCharacter();
  const instructions = file.getInstructions().map((one) => ({
    keyword: one.getKeyword(),
    content: joined(one.getTextContent(), goesOn).replace(/^\S+\s*/, ""),
  }));
  const froms = instructions.filter(({ keyword }) => keyword === "FROM").length;
  if (froms === 0) return { unread: "no line of it begins with FROM" };
  if (froms > MOST_STAGES) return { unread: `it has more than ${MOST_STAGES} stages` };

  const taken = new Set<string>();
  const stages: Stage[] = [];
  const before: Stage = { name: null, defined: new Set(), open: new Set() };
  let here = before;
  const take = (names: Iterable<string>, from: ReadonlySet<string>) => {
    for (const name of names) if (from.has(name)) taken.add(name);
  };
  for (const { keyword, content } of instructions) {
    const own = keyword === "RUN" ? new Set([...content.matchAll(/\b(\w+)=/g)].map(([, name]) => name)) : NONE;
    for (const [, name = ""] of content.matchAll(/\$\{([A-Za-z_]\w*):?\?/g))
      if (!own.has(name) && !here.defined.has(name)) taken.add(name);
    if (keyword === "FROM") {
      take(mentionedIn(content), before.open);
      const [, from = "", name = null] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(content) ?? [];
      const below = stages.findLast((stage) => stage.name === from.toLowerCase());
      here = { name: name?.toLowerCase() ?? null, defined: new Set(below?.defined), open: new Set(below?.open) };
      stages.push(here);
    } else if (keyword === "ARG") {
      for (const { name, value } of pairsIn(content)) {
        take(mentionedIn(value ?? ""), here.open);
        if (value !== null || (here !== before && before.defined.has(name))) define(here, name);
        else if (!here.defined.has(name)) here.open.add(name);
      }
    } else {
      take(mentionedIn(content), here.open);
      for (const { name, value } of keyword === "ENV" ? setIn(content) : []) {
        const [, passed] = /^\$(?:\{(?=\w+\}))?(\w+)\}?$/.exec(value ?? "") ?? [];
        if (passed === name && !here.defined.has(name)) taken.add(name);
        define(here, name);
      }
    }
  }
  return { parameters: [...taken].filter((name) => !AMBIENT.test(name)) };
}

const NONE: ReadonlySet<string | undefined> = new Set();

function define({ defined, open }: Stage, name: string): void {
  defined.add(name);
  open.delete(name);
}

/** Lines that go on put together; comments between them go. */
function joined(content: string, goesOn: string): string {
  const [first = "", ...lines] = content.replaceAll("\r\n", "\n").split("\n");
  return [first, ...lines.filter((line) => !/^\s*#/.test(line))]
    .map((line) => (line.trimEnd().endsWith(goesOn) ? line.trimEnd().slice(0, -1) : `${line}\n`))
    .join("")
    .trim();
}

/** The words of a text, but for variables that stand there with a default. */
const mentionedIn = (content: string): Iterable<string> => content.replaceAll(/\$\{\w+:?[-+]/g, "").match(/\w+/g) ?? [];

type Pair = { readonly name: string; readonly value: string | null };

/** `ENV A=1 B="x y"`, and the old `ENV A some text`. */
function setIn(content: string): readonly Pair[] {
  const [, name, value] = /^(\w+)\s+(.*)$/s.exec(content) ?? [];
  return name === undefined || value === undefined ? pairsIn(content) : [{ name, value }];
}

/** `A=1 B="x y" C`. */
function pairsIn(content: string): readonly Pair[] {
  const words = content.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  return words.flatMap((word) => {
    const [, name, , value] = /^(\w+)(=(.*))?$/s.exec(word) ?? [];
    return name === undefined ? [] : [{ name, value: value?.replace(/^(["'])(.*)\1$/s, "$2") ?? null }];
  });
}
