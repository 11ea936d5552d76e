/**
 * Cuts a text of JSON values that follow each other without a sign between them. Objects, arrays and strings end
 * where they end; a number or a word ends with the piece that it came in.
 */
export class JsonSplitter {
  #text = ''
  #at = 0
  #depth = 0
  #isString = false

  /** The values that are whole now. */
  take(piece: string): string[] {
    this.#text += piece
    const whole: string[] = []
    while (this.#at < this.#text.length) {
      if (this.#step()) whole.push(this.#cut())
    }
    const isBetween = this.#depth === 0 && !this.#isString
    return isBetween ? [...whole, ...this.rest()] : whole
  }

  /** What is left when no more comes. */
  rest(): string[] {
    return this.#text.trim() === '' ? [] : [this.#cut()]
  }

  /** Reads one character; true when a value ends with it. */
  #step(): boolean {
    const char = this.#text[this.#at++]
    if (this.#isString) return this.#stepInString(char)
    if (char === '"') this.#isString = true
    if (char === '{' || char === '[') this.#depth += 1
    if (char !== '}' && char !== ']') return false
    this.#depth -= 1
    return this.#depth === 0
  }

  #stepInString(char: string | undefined): boolean {
    if (char === '\\') this.#at += 1
    if (char !== '"') return false
    this.#isString = false
    return this.#depth === 0
  }

  #cut(): string {
    const value = this.#text.slice(0, this.#at)
    this.#text = this.#text.slice(this.#at)
    this.#at = 0
    return value
  }
}
