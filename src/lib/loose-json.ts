/**
 * JSON as Python writes it: NaN, Infinity and -Infinity are numbers, and whole numbers that a double does not hold are
 * BigInts. Several times slower than JSON.parse, so only for texts that need it. Recursive: their depth must be
 * bounded before. Throws SyntaxError.
 */
export function parseLooseJson(
  text: string,
  { bigints = true }: { readonly bigints?: boolean } = {},
): unknown {
  return new Reader(text, bigints).whole()
}

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

class Reader {
  readonly #text: string
  readonly #bigints: boolean
  #at = 0

  constructor(text: string, bigints: boolean) {
    this.#text = text
    this.#bigints = bigints
  }

  whole(): unknown {
    const value = this.#value()
    this.#space()
    if (this.#at === this.#text.length) return value
    throw this.#wrong()
  }

  #value(): unknown {
    this.#space()
    const char = this.#text[this.#at]
    if (char === '{') return this.#object()
    if (char === '[') return this.#array()
    if (char === '"') return this.#string()
    return this.#scalar()
  }

  #object(): unknown {
    // Entries become own properties, whatever they are called.
    const entries: [string, unknown][] = []
    this.#at += 1
    if (this.#take('}')) return {}
    do {
      this.#space()
      const key = this.#string()
      this.#need(':')
      entries.push([key, this.#value()])
    } while (this.#take(','))
    this.#need('}')
    return Object.fromEntries(entries)
  }

  #array(): unknown[] {
    const items: unknown[] = []
    this.#at += 1
    if (this.#take(']')) return items
    do {
      items.push(this.#value())
    } while (this.#take(','))
    this.#need(']')
    return items
  }

  /** JSON.parse knows how to read what stands between the quotes. */
  #string(): string {
    const start = this.#at
    if (this.#text[start] !== '"') throw this.#wrong()
    let end = start + 1
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1
    }
    this.#at = end + 1
    const value: unknown = JSON.parse(this.#text.slice(start, this.#at))
    return String(value)
  }

  #scalar(): unknown {
    const pattern = /true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (!found) throw this.#wrong()
    this.#at = pattern.lastIndex
    const [token, fraction, exponent] = found
    if (constants.has(token)) return constants.get(token)
    const near = Number(token)
    const isShort = Number.isSafeInteger(near) || token.length > longestInteger
    if (fraction !== undefined || exponent !== undefined || isShort || !this.#bigints) return near
    return BigInt(token)
  }

  #take(char: string): boolean {
    this.#space()
    if (this.#text[this.#at] !== char) return false
    this.#at += 1
    return true
  }

  #need(char: string): void {
    if (!this.#take(char)) throw this.#wrong()
  }

  #space(): void {
    const spaces = /[ \t\n\r]*/y
    spaces.lastIndex = this.#at
    spaces.test(this.#text)
    this.#at = spaces.lastIndex
  }

  #wrong(): SyntaxError {
    return new SyntaxError(`Not JSON at offset ${this.#at}`)
  }
}

// Nobody means a longer one, which would take long to read.
const longestInteger = 40
