/** So many statements are told of a file, and so much of each. */
const TOLD = 5;
const LONGEST = 80;

/**
 * Statements in the new lines of a file that may destroy data, in SQL and in the words that migrations have for it. They
 * are hints: one too many asks for a fresher backup, one too few for none.
 *
 * @returns the first few, each cut short and on one line; none where nothing is seen. It takes time in proportion to the text.
 */
export function destructiveIn(addedLines: string): readonly string[] {
  const found = new Set<string>();
  for (const statement of statementsIn(withoutComments(addedLines))) {
    for (const at of hintsIn(statement)) {
      const told = statement.slice(at, at + LONGEST).trim();
      found.add(statement.length > at + LONGEST ? `${told}…` : told);
      if (found.size === TOLD) return [...found];
    }
  }
  return [...found];
}

/**
 * Two dashes are a comment where a statement cannot go on with them: `psql --command "DROP TABLE a"` is none. What MySQL
 * carries out in spite of its stars stays, and so does what is opened and never closed.
 */
function withoutComments(text: string): string {
  const plain = text.replace(/(^|[;,()][ \t]*)--[^\r\n]*/gm, "$1").replace(/^[ \t]+--[^\r\n]*/gm, "");
  let left = "";
  let from = 0;
  for (let open = plain.indexOf("/*"); open !== -1; open = plain.indexOf("/*", from)) {
    const close = plain.indexOf("*/", open + 2);
    if (close === -1) break;
    const isKept = plain[open + 2] === "!";
    left += isKept ? plain.slice(from, close + 2) : `${plain.slice(from, open)} `;
    from = close + 2;
  }
  return left + plain.slice(from);
}

/** Up to a semicolon, or to a quote at the end of a line: in a program a statement is a text. Each on one line. */
const statementsIn = (text: string): readonly string[] =>
  text.split(/;|["'`][ \t)]*[\r\n]/).map((statement) => statement.replace(/[\s\p{C}]+/gu, " ").trim());

/** What goes for good with one word: of SQL with a blank, of frameworks with an underscore or a capital. */
const THINGS =
  "table|column|columns|database|schema|view|materialized view|foreign table|index|sequence|type|domain|partition|tablespace|keyspace|constraint|extension|owned|collection|join_?table|reference|references|belongs_?to|timestamps|field|model|if_?exists|table_?if_?exists";
const HINT = new RegExp(
  [
    `(?:drop|remove|rename|delete)[_ ]?(?:${THINGS})(?![\\p{L}\\d])`,
    "truncate (?:table |only )?[\\w\"'`\\[.]",
    "change_column(?![\\p{L}\\d])",
    "delete_?all(?![\\p{L}\\d])",
    "destroy_all(?![\\p{L}\\d])",
    "sp_rename(?![\\p{L}\\d])",
    "alter (?=table|type|column|view|materialized|schema|database|domain|sequence|index|foreign)",
    "delete from(?![\\p{L}\\d])",
    "where(?![\\p{L}\\d])",
  ]
    .map((one) => `(?<![\\p{L}\\d])${one}`)
    .concat(
      "\\$(?:unset|rename)(?![\\p{L}\\d])",
      "\\.(?:truncate|drop) ?\\(",
      "\\.(?:deletemany|remove) ?\\( ?\\{ ?\\}",
    )
    .join("|"),
  "giu",
);
/** What an ALTER may do to what is there, behind the name of what it alters. */
const LOSES = /(?<![\p{L}\d])(?:drop|rename|type|modify|change)(?![\p{L}\d])/iu;

/** Where hints begin. A DELETE with a WHERE behind it is meant so; an ALTER may only add. */
function* hintsIn(statement: string): Generator<number> {
  const hints = [...statement.matchAll(HINT)].map(({ 0: text, index }) => ({ word: text.toLowerCase(), index }));
  for (const [place, { word, index }] of hints.entries()) {
    const next = hints[place + 1];
    if (word === "where") continue;
    if (word === "delete from" && next?.word === "where") continue;
    // What follows may be a hint by itself, such as DROP COLUMN: then that is told.
    if (word === "alter " && !LOSES.test(afterName(statement.slice(index + word.length, next?.index)))) continue;
    yield index;
  }
}

/** An ALTER of a type says `type` before it says what it does. */
const afterName = (altered: string): string => altered.replace(/^\w+ /, "");
