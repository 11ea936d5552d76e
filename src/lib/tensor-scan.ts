import type { JsonScanner } from './json-scanner.ts'
import { createTensor } from './tensor-ops.ts'
import type { Tensor } from './tensor.ts'

const [comma, open, close] = [0x2c, 0x5b, 0x5d]

/**
 * Nested arrays of numbers, `rank` of them (1 or more), straight from JSON's bytes into a float32 tensor: no array and
 * no number is made on the way. Undefined where anything else comes, ragged and empty arrays included.
 */
export function scanFloats(scanner: JsonScanner, rank: number): Tensor | undefined {
  const lengths = Array<number>(rank).fill(-1)
  const floats = new FloatList()
  if (!scanLevel({ scanner, lengths, floats }, 0)) return undefined
  return createTensor('float32', lengths, floats.take())
}

interface Scan {
  readonly scanner: JsonScanner
  /** Of each dimension, or -1 while none of its arrays has ended. */
  readonly lengths: number[]
  readonly floats: FloatList
}

function scanLevel(scan: Scan, depth: number): boolean {
  const { scanner, lengths } = scan
  if (!scanner.take(open)) return false
  const length = depth === lengths.length - 1 ? scanRow(scan) : scanRows(scan, depth)
  if (length === undefined || !scanner.take(close)) return false
  if (lengths[depth] === -1) lengths[depth] = length
  return lengths[depth] === length
}

function scanRows(scan: Scan, depth: number): number | undefined {
  let length = 0
  do {
    if (!scanLevel(scan, depth + 1)) return undefined
    length += 1
  } while (scan.scanner.take(comma))
  return length
}

function scanRow({ scanner, floats }: Scan): number | undefined {
  let length = 0
  do {
    const float = scanner.takeFloat32()
    if (float === undefined) return undefined
    floats.push(float)
    length += 1
  } while (scanner.take(comma))
  return length
}

// Where most bodies find room. Read to the end before the next one begins, so one is enough.
const shared = new Float32Array(16_384)

class FloatList {
  #data = shared
  #length = 0

  push(float: number): void {
    if (this.#length === this.#data.length) this.#grow()
    this.#data[this.#length] = float
    this.#length += 1
  }

  take(): Float32Array<ArrayBuffer> {
    return this.#data.slice(0, this.#length)
  }

  #grow(): void {
    const grown = new Float32Array(this.#length * 2)
    grown.set(this.#data)
    this.#data = grown
  }
}
