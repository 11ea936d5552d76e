/** For a shell: nothing in single quotes means anything, but for the quote itself. */
export function shellWord(text: string): string {
  if (/^[\w./:@-]+$/.test(text)) return text
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
