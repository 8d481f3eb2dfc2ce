/** What a template has where something is to be filled in. Go's `{{.ID}}` is a format and none. */
const PLACEHOLDER =
  /(?<![\w.])v?X\.Y(?:\.Z)?(?!\w)|\[[A-Z][A-Z\d]*(?:[ _-][A-Z\d]+)*\]|\b(?:TODO|TBD|FIXME)\b|(?<![A-Za-z\d])_{3,}(?![A-Za-z\d])|\{\{(?!\s*[.(])[^{}]*\}\}/;

/** What is left to be filled in, in one sentence; null: nothing is. */
export function placeholderIn(text: string): string | null {
  const left = PLACEHOLDER.exec(text)?.[0];
  return left === undefined ? null : `\`${left}\` looks like a placeholder; write what is meant.`;
}
