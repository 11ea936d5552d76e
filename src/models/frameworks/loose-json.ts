/** JSON, but with the NaN and the infinities that C++ writers put into it. */
export function parseLooseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // What is wrong otherwise is said by the second try.
    return JSON.parse(text.replace(strings, quoteSpecial), restore)
  }
}

const strings = /"(?:[^"\\]|\\.)*"|[-+]?\b(?:nan|inf(?:inity)?)\b/gi
const mark = '\u0000number:'

function quoteSpecial(found: string): string {
  return found.startsWith('"') ? found : JSON.stringify(mark + found)
}

function restore(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(mark)) return value
  const word = value.slice(mark.length).toLowerCase()
  if (word.endsWith('nan')) return NaN
  return word.startsWith('-') ? -Infinity : Infinity
}
