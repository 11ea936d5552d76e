import { byCodeUnit } from './order.ts'

/** Turns unknown data into typed data, or throws a ShapeError. `at` says where in the document, as `models.0.tag`. */
export type ShapeReader<T> = (value: unknown, at: string) => T

/** Data that does not have the shape it should have. */
export class ShapeError extends Error {
  readonly at: string

  constructor(at: string, expected: string, value: unknown) {
    super(`${at === '' ? 'the document' : at}: expected ${expected}, got ${describe(value)}`)
    this.at = at
  }
}

export const text: ShapeReader<string> = (value, at) => {
  if (typeof value === 'string') return value
  throw new ShapeError(at, 'a string', value)
}

export const flag: ShapeReader<boolean> = (value, at) => {
  if (typeof value === 'boolean') return value
  throw new ShapeError(at, 'true or false', value)
}

/** A whole number from 0 up. */
export const count: ShapeReader<number> = (value, at) => {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new ShapeError(at, 'a whole number from 0 up', value)
}

export const number: ShapeReader<number> = (value, at) => {
  if (typeof value === 'number') return value
  throw new ShapeError(at, 'a number', value)
}

/** Any plain data, its maps sorted by key. */
export const anything: ShapeReader<unknown> = (value, at) => {
  if (Array.isArray(value)) return list(anything)(value, at)
  return typeof value === 'object' && value !== null ? record(anything)(value, at) : value
}

export function literal<const T extends string | number>(...allowed: readonly T[]): ShapeReader<T> {
  return (value, at) => {
    const found = allowed.find((candidate) => candidate === value)
    if (found !== undefined) return found
    throw new ShapeError(at, allowed.map((item) => JSON.stringify(item)).join(' or '), value)
  }
}

export function either<A, B>(first: ShapeReader<A>, second: ShapeReader<B>): ShapeReader<A | B> {
  return (value, at) => {
    try {
      return first(value, at)
    } catch {
      return second(value, at)
    }
  }
}

export function nullable<T>(inner: ShapeReader<T>): ShapeReader<T | null> {
  return (value, at) => (value === null ? null : inner(value, at))
}

export function optional<T>(inner: ShapeReader<T>): ShapeReader<T | undefined> {
  return (value, at) => (value === undefined ? undefined : inner(value, at))
}

/** What an earlier version did not write. */
export function withDefault<T>(inner: ShapeReader<T>, value: T): ShapeReader<T> {
  return (given, at) => (given === undefined ? value : inner(given, at))
}

export function list<T>(item: ShapeReader<T>): ShapeReader<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new ShapeError(at, 'a list', value)
    return value.map((entry, index) => item(entry, within(at, index)))
  }
}

/** A map from any key, sorted by key. */
export function record<T>(item: ShapeReader<T>): ShapeReader<Readonly<Record<string, T>>> {
  return (value, at) =>
    // `fromEntries` defines own properties, so that a key such as __proto__ is only a key.
    Object.fromEntries(
      Object.entries(toMap(value, at))
        .toSorted(([a], [b]) => byCodeUnit(a, b))
        .map(([key, entry]) => [key, item(entry, within(at, key))]),
    )
}

type Fields = Readonly<Record<string, ShapeReader<unknown>>>

/** The named fields in this order, each required. Others are dropped: a later version may have added them. */
export function object<F extends Fields>(
  fields: F,
): ShapeReader<{ readonly [K in keyof F]: ReturnType<F[K]> }> {
  return (value, at) => {
    const map = toMap(value, at)
    const read = Object.entries(fields).map(([key, reader]) => {
      const entry = Object.hasOwn(map, key) ? map[key] : undefined
      return [key, reader(entry, within(at, key))]
    })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because fromEntries forgets which key has which type
    return Object.fromEntries(read) as { readonly [K in keyof F]: ReturnType<F[K]> }
  }
}

function toMap(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ShapeError(at, 'a map', value)
  }
  return { ...value }
}

function within(at: string, key: string | number): string {
  return at === '' ? String(key) : `${at}.${key}`
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a map'
  const shown = JSON.stringify(value) ?? typeof value
  return shown.length > 60 ? `${shown.slice(0, 60)}…` : shown
}
