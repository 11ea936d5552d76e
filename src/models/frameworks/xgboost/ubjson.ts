/** Reads Universal Binary JSON as XGBoost writes it. Throws a plain Error for anything else. */
export function parseUbjson(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value(reader.marker(), 0)
  if (!reader.isAtEnd()) throw new Error('there is something after its end')
  return value
}

// Deeper than any model, and far from the end of the stack.
const maxDepth = 64

interface Head {
  /** Marker of all items, when they share one. */
  readonly type: string | undefined
  /** Undefined: up to the closing mark. */
  readonly count: number | undefined
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  marker(): string {
    // N stands for nothing and may be anywhere.
    for (;;) {
      const marker = String.fromCharCode(this.#view.getUint8(this.#at++))
      if (marker !== 'N') return marker
    }
  }

  value(marker: string, depth: number): unknown {
    if (depth > maxDepth) throw new Error('it is nested too deeply')
    if (marker === '{') return this.#object(depth)
    if (marker === '[') return this.#array(depth)
    if (marker === 'S') return this.#string()
    if (marker === 'C') return String.fromCharCode(this.#view.getUint8(this.#at++))
    if (marker === 'Z') return null
    if (marker === 'T' || marker === 'F') return marker === 'T'
    return this.#number(marker)
  }

  #number(marker: string): number {
    const number = numbers.get(marker)
    if (!number) throw new Error(`it has the unknown mark ${JSON.stringify(marker)}`)
    const value = number.read(this.#view, this.#at)
    this.#at += number.size
    return value
  }

  #length(): number {
    const length = this.#number(this.marker())
    if (length >= 0 && length <= this.#bytes.length) return length
    throw new Error('it is cut off')
  }

  #string(): string {
    const end = this.#length() + this.#at
    if (end > this.#bytes.length) throw new Error('it is cut off')
    const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end))
    this.#at = end
    return text
  }

  #array(depth: number): unknown[] {
    const { type, count } = this.#head()
    const items: unknown[] = []
    for (let i = 0; i !== count; i++) {
      const marker = type ?? this.marker()
      if (count === undefined && marker === ']') break
      items.push(this.value(marker, depth + 1))
    }
    return items
  }

  #object(depth: number): Record<string, unknown> {
    const { type, count } = this.#head()
    const fields: Record<string, unknown> = {}
    for (let i = 0; i !== count; i++) {
      if (count === undefined && this.#skip('}')) break
      const name = this.#string()
      // Defined and not set, since a name may be __proto__.
      const value = this.value(type ?? this.marker(), depth + 1)
      Object.defineProperty(fields, name, { value, enumerable: true })
    }
    return fields
  }

  #head(): Head {
    const type = this.#skip('$') ? this.marker() : undefined
    const count = this.#skip('#') ? this.#length() : undefined
    if (type === undefined || count !== undefined) return { type, count }
    throw new Error('a list has a type and no length')
  }

  #skip(marker: string): boolean {
    if (String.fromCharCode(this.#view.getUint8(this.#at)) !== marker) return false
    this.#at += 1
    return true
  }
}

interface NumberKind {
  readonly size: number
  readonly read: (view: DataView, at: number) => number
}

// Big-endian, as the format says.
const numbers: ReadonlyMap<string, NumberKind> = new Map([
  ['i', { size: 1, read: (view, at) => view.getInt8(at) }],
  ['U', { size: 1, read: (view, at) => view.getUint8(at) }],
  ['I', { size: 2, read: (view, at) => view.getInt16(at) }],
  ['l', { size: 4, read: (view, at) => view.getInt32(at) }],
  ['L', { size: 8, read: (view, at) => Number(view.getBigInt64(at)) }],
  ['d', { size: 4, read: (view, at) => view.getFloat32(at) }],
  ['D', { size: 8, read: (view, at) => view.getFloat64(at) }],
])
