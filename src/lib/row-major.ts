/**
 * The elements of an array whose first index runs fastest, as Fortran and pandas lay them out, in the order of a
 * tensor, whose last index does. `width` is the bytes of an element.
 */
export function toRowMajor(bytes: Uint8Array, width: number, shape: readonly number[]): Uint8Array {
  // Words are moved, and not numbers: a float's way through a number may change which NaN it is.
  const word = Math.min(width, 4)
  const from = wordsOf(Uint8Array.from(bytes), word)
  const to = wordsOf(new Uint8Array(bytes.length), word)
  const words = width / word
  const walk = new Walk(shape)
  for (let at = 0; at < to.length; at += words) {
    for (let part = 0; part < words; part += 1) to[at + part] = from[walk.at * words + part] ?? 0
    walk.next()
  }
  return new Uint8Array(to.buffer)
}

function wordsOf({ buffer }: Uint8Array, word: number): Uint8Array | Uint16Array | Uint32Array {
  if (word === 1) return new Uint8Array(buffer)
  return word === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer)
}

/** Where the elements lie, as they follow each other in a tensor. */
class Walk {
  at = 0
  readonly #axes: { readonly step: number; readonly length: number; index: number }[]

  constructor(shape: readonly number[]) {
    let step = 1
    const axes = shape.map((length) => {
      const axis = { step, length, index: 0 }
      step *= length
      return axis
    })
    this.#axes = axes.toReversed()
  }

  next(): void {
    for (const axis of this.#axes) {
      this.at += axis.step
      axis.index += 1
      if (axis.index < axis.length) return
      this.at -= axis.step * axis.length
      axis.index = 0
    }
  }
}
