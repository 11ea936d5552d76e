/** Where a text stops being JSON. */
export interface JsonPosition {
  readonly offset: number
  readonly line: number
  readonly column: number
}

/**
 * Where `text`, which JSON.parse refused, stops being JSON, of which Python's NaN and Infinity are part: the engine's own messages often keep that for
 * themselves, and quote the text. Iterative, since the text may be nested as deep as it is long.
 */
export function findJsonError(text: string): JsonPosition {
  const offset = new JsonScanner(text).firstError()
  const before = text.slice(0, offset)
  const newline = before.lastIndexOf('\n')
  return { offset, line: before.split('\n').length, column: offset - newline }
}

type Expected = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'separator'

class JsonScanner {
  readonly #text: string
  readonly #open: ('}' | ']')[] = []
  #at = 0
  #expected: Expected = 'value'

  constructor(text: string) {
    this.#text = text
  }

  firstError(): number {
    while (this.#step()) continue
    return this.#at
  }

  /** Reads one token; false where the text goes wrong, or ends. */
  #step(): boolean {
    this.#skip(/[ \t\n\r]*/y)
    const steps: Record<Expected, () => boolean> = {
      separator: () => this.#separator(),
      key: () => this.#key(),
      keyOrEnd: () => this.#close('}') || this.#key(),
      valueOrEnd: () => this.#close(']') || this.#value(),
      value: () => this.#value(),
    }
    return steps[this.#expected]()
  }

  #separator(): boolean {
    const closer = this.#open.at(-1)
    if (closer === undefined) return false
    if (this.#close(closer)) return true
    if (!this.#skip(/,/y)) return false
    this.#expected = closer === '}' ? 'key' : 'value'
    return true
  }

  #close(closer: '}' | ']'): boolean {
    if (this.#text[this.#at] !== closer) return false
    this.#open.pop()
    return this.#advance('separator')
  }

  #key(): boolean {
    if (!this.#string()) return false
    this.#skip(/[ \t\n\r]*/y)
    return this.#skip(/:/y) && this.#expect('value')
  }

  #value(): boolean {
    const char = this.#text[this.#at]
    if (char === '{') return this.#enter('}', 'keyOrEnd')
    if (char === '[') return this.#enter(']', 'valueOrEnd')
    if (char === '"') return this.#string() && this.#expect('separator')
    const scalar = /true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
    return this.#skip(scalar) && this.#expect('separator')
  }

  #enter(closer: '}' | ']', expected: Expected): boolean {
    this.#open.push(closer)
    return this.#advance(expected)
  }

  /** Piece by piece: one expression for a whole string would run out of stack on a long one. */
  #string(): boolean {
    if (!this.#skip(/"/y)) return false
    // oxlint-disable-next-line no-control-regex -- because JSON forbids exactly these in strings
    while (this.#skip(/[^"\\\u0000-\u001f]+/y) || this.#skip(/\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y)) {
      continue
    }
    return this.#skip(/"/y)
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #advance(expected: Expected): boolean {
    this.#at += 1
    return this.#expect(expected)
  }

  #expect(expected: Expected): boolean {
    this.#expected = expected
    return true
  }
}
