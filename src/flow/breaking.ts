/** Of a footer so much is kept, in characters: what breaks is said in a paragraph, and commits are compared by the thousand. */
const LONGEST = 2_000;

/**
 * From the line on that says what a commit breaks, as Conventional Commits 1.0.0 have it; null: none does. These words are
 * in capitals (rule 15). https://www.conventionalcommits.org/en/v1.0.0/#specification
 */
export function breakingFooter(message: string): string | null {
  const at = message.search(/^BREAKING[ -]CHANGE: /m);
  return at === -1 ? null : message.slice(at, at + LONGEST).toWellFormed();
}
