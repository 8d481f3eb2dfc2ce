/** Markdown nested deeper than this is not taken to pieces: that takes time with the square of the depth. */
const DEEPEST = 50;
/** Nor is what has more brackets: each end of a link looks for its beginning. */
const MOST_BRACKETS = 500;

/** Nor is what has more quoted lines: each quote that begins anew looks at all before it. */
const MOST_QUOTES = 300;

/** Whether Markdown of people can be taken to pieces on the main thread: no text may hold up all others. */
export const isReadable = (body: string): boolean =>
  body.split(/[[\]]/).length <= MOST_BRACKETS &&
  body.split(/^[ \t]*>/m).length <= MOST_QUOTES &&
  body.split(/[\r\n]/).every((line) => line.length - line.replace(/^[\s>*+\-\d.)]+/, "").length <= DEEPEST);
