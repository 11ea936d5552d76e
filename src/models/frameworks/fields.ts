/** Reads a parsed file field by field. Throws a plain Error that names the field where something else is there. */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>
  readonly #path: string

  constructor(value: unknown, path = '') {
    if (!isRecord(value)) throw new Error(`${path === '' ? 'the file' : path} is no object`)
    this.#fields = value
    this.#path = path
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name)
  }

  raw(name: string): unknown {
    return this.has(name) ? this.#fields[name] : undefined
  }

  fields(name: string): Fields {
    return new Fields(this.raw(name), this.#pathOf(name))
  }

  list(name: string): Fields[] {
    const path = this.#pathOf(name)
    return this.#array(name).map((item, i) => new Fields(item, `${path}[${i}]`))
  }

  text(name: string): string {
    const value = this.raw(name)
    if (typeof value === 'string') return value
    throw new Error(`${this.#pathOf(name)} is no text`)
  }

  texts(name: string): string[] {
    return this.#array(name).map(String)
  }

  /** A number, or one in quotes. */
  number(name: string): number {
    const value = this.raw(name)
    const number = typeof value === 'string' && value !== '' ? Number(value) : value
    if (typeof number === 'number' && !Number.isNaN(number)) return number
    throw new Error(`${this.#pathOf(name)} is no number`)
  }

  numbers(name: string): number[] {
    return this.#array(name).map((item) => {
      if (typeof item === 'number') return item
      if (typeof item === 'boolean') return Number(item)
      throw new Error(`${this.#pathOf(name)} has something else than numbers`)
    })
  }

  #array(name: string): readonly unknown[] {
    const value = this.raw(name)
    if (Array.isArray(value)) return value
    throw new Error(`${this.#pathOf(name)} is no list`)
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
