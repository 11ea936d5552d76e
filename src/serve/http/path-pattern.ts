import type { PathParams } from '../../service/context-request.ts'
import { paramOf } from '../../service/route.ts'

/** A route with names in it, as `/items/{id}`. */
export class PathPattern {
  readonly #segments: readonly Segment[]

  constructor(route: string) {
    this.#segments = route.split('/').map((text) => ({ text, param: paramOf(text) }))
  }

  /** Sorts before what matches less precisely: a plain segment comes before a name. */
  get rank(): string {
    return this.#segments.map(({ param }) => (param === undefined ? '0' : '1')).join('')
  }

  /** What the path has for each name, decoded; undefined when it is another path. */
  match(segments: readonly string[]): PathParams | undefined {
    if (segments.length !== this.#segments.length) return undefined
    const found: [string, string][] = []
    for (const [index, { text, param }] of this.#segments.entries()) {
      const given = segments[index] ?? ''
      if (param === undefined) {
        if (given !== text) return undefined
        continue
      }
      const value = given === '' ? undefined : decode(given)
      if (value === undefined) return undefined
      found.push([param, value])
    }
    return Object.fromEntries(found)
  }
}

interface Segment {
  readonly text: string
  readonly param: string | undefined
}

/** Undefined for what is no encoding of anything. */
function decode(segment: string): string | undefined {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
