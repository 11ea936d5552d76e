import { toHalfBits } from './float16.ts'
import type { DType, TensorData } from './tensor.ts'

/** Writes rows of unknown elements into a tensor's data. */
export interface ElementWriter {
  /** Flat index of the first element that does not fit, or -1. */
  write(row: readonly unknown[], at: number): number
  readonly message: string
  /** What is wrong with an element, as pydantic names it. */
  typeOf(element: unknown): string
}

const limits = {
  int8: [-128, 127],
  int16: [-32_768, 32_767],
  int32: [-2_147_483_648, 2_147_483_647],
  uint8: [0, 255],
  uint16: [0, 65_535],
  uint32: [0, 4_294_967_295],
} as const

const wideLimits = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const

/** The data must be what `allocate` gave for this dtype. */
export function writerFor(dtype: DType, data: TensorData): ElementWriter {
  if (dtype === 'float32' || dtype === 'float64') return floats(numbersIn(data))
  if (dtype === 'int64' || dtype === 'uint64') return wideIntegers(dtype, data)
  if (dtype === 'string') return strings(data)
  if (dtype === 'float16') return guarded(numbersIn(data), halfFloats)
  if (dtype === 'bool') return guarded(numbersIn(data), booleans)
  return integers(dtype, numbersIn(data))
}

export type NumberData = Exclude<TensorData, BigInt64Array | BigUint64Array | string[]>

export function isNumberData(data: TensorData): data is NumberData {
  if (Array.isArray(data)) return false
  return !(data instanceof BigInt64Array || data instanceof BigUint64Array)
}

function numbersIn(data: TensorData): NumberData {
  if (isNumberData(data)) return data
  throw new TypeError('Expected the data of a dtype of numbers')
}

/** A loop of its own: this is what most requests are made of. */
function floats(data: NumberData): ElementWriter {
  return {
    message: 'Input should be a valid number',
    typeOf: floatType,
    write(row, at) {
      for (let i = 0; i < row.length; i += 1) {
        const element = row[i]
        if (typeof element !== 'number') return at + i
        data[at + i] = element
      }
      return -1
    },
  }
}

function integers(dtype: keyof typeof limits, data: NumberData): ElementWriter {
  const [min, max] = limits[dtype]
  return guarded(data, {
    message: `Input should be a valid integer from ${min} to ${max}`,
    take: (element) =>
      isInteger(element) && element >= min && element <= max ? element : undefined,
    typeOf: (element) => integerType(element, min),
  })
}

function isInteger(element: unknown): element is number {
  return Number.isInteger(element)
}

function wideIntegers(dtype: keyof typeof wideLimits, data: TensorData): ElementWriter {
  if (!(data instanceof BigInt64Array || data instanceof BigUint64Array)) {
    throw new TypeError('Expected the data of a dtype of wide integers')
  }
  const [min, max] = wideLimits[dtype]
  return guarded(data, {
    // A number is exact only that far; what JSON has in digits alone, and code as a BigInt, is no number here.
    message: `Input should be a valid integer from ${min === 0n ? '0 to 2^64' : '-2^63 to 2^63'} - 1, in digits alone above 2^53`,
    take(element) {
      const wide = Number.isSafeInteger(element) ? BigInt(Number(element)) : element
      return typeof wide === 'bigint' && wide >= min && wide <= max ? wide : undefined
    },
    typeOf: (element) => integerType(element, min === 0n ? 0 : Number.MIN_SAFE_INTEGER),
  })
}

function strings(data: TensorData): ElementWriter {
  if (!Array.isArray(data)) throw new TypeError('Expected strings')
  return guarded(data, {
    message: 'Input should be a valid string',
    take: (element) => (typeof element === 'string' ? element : undefined),
    typeOf: () => 'string_type',
  })
}

interface ElementRule<T> {
  readonly message: string
  readonly take: (element: unknown) => T | undefined
  readonly typeOf: (element: unknown) => string
}

function guarded<T>(target: { [index: number]: T }, rule: ElementRule<T>): ElementWriter {
  return {
    message: rule.message,
    typeOf: rule.typeOf,
    write(row, at) {
      for (let i = 0; i < row.length; i += 1) {
        const taken = rule.take(row[i])
        if (taken === undefined) return at + i
        target[at + i] = taken
      }
      return -1
    },
  }
}

const halfFloats: ElementRule<number> = {
  message: 'Input should be a valid number',
  take: halfBits,
  typeOf: floatType,
}

const booleans: ElementRule<number> = {
  message: 'Input should be a valid boolean',
  take: zeroOrOne,
  typeOf: () => 'bool_type',
}

function halfBits(element: unknown): number | undefined {
  return typeof element === 'number' ? toHalfBits(element) : undefined
}

function zeroOrOne(element: unknown): number | undefined {
  if (element === true || element === 1) return 1
  return element === false || element === 0 ? 0 : undefined
}

function floatType(element: unknown): string {
  return typeof element === 'string' ? 'float_parsing' : 'float_type'
}

function integerType(element: unknown, min: number): string {
  if (typeof element === 'string') return 'int_parsing'
  if (typeof element !== 'number' && typeof element !== 'bigint') return 'int_type'
  if (typeof element === 'number' && !Number.isInteger(element)) return 'int_from_float'
  return element < min ? 'greater_than_equal' : 'less_than_equal'
}
