/** Reads JSON in UTF-8 byte by byte, for callers that expect one shape and turn elsewhere when it is another. */
export class JsonScanner {
  readonly #bytes: Buffer
  #at = 0
  #decimals = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** Skips space; true, and behind it, where this byte comes next. */
  take(wanted: number): boolean {
    this.#skipSpace()
    if (this.#bytes[this.#at] !== wanted) return false
    this.#at += 1
    return true
  }

  /** The same of several bytes. */
  takeAll(wanted: Buffer): boolean {
    this.#skipSpace()
    const end = this.#at + wanted.length
    if (end > this.#bytes.length) return false
    if (this.#bytes.compare(wanted, 0, wanted.length, this.#at, end) !== 0) return false
    this.#at = end
    return true
  }

  /** True where only space is left. */
  isAtEnd(): boolean {
    this.#skipSpace()
    return this.#at >= this.#bytes.length
  }

  /**
   * The number that comes next as the float32 that `Math.fround(JSON.parse(…))` gives, or undefined where none comes.
   *
   * Digits are summed in doubles and scaled once. The relative error of that is below 2^-47 for up to 30 digits, so where
   * both ends of the interval round to the same float32, so does the number itself, and the double nearest to it: all
   * but about one in four million do. The others are left to the parser of the engine.
   */
  takeFloat32(): number | undefined {
    this.#skipSpace()
    const start = this.#at
    const isNegative = this.#bytes[start] === minus
    const sum = this.#takeDecimal(isNegative ? start + 1 : start)
    const exponent = this.#takeExponent()
    if (sum === undefined || exponent === undefined) return undefined
    const scale = exponent - this.#decimals
    if (this.#at - start > maxLength || Math.abs(scale) > maxScale) return this.#parseFrom(start)
    const size = scale < 0 ? sum / powerOfTen(-scale) : sum * powerOfTen(scale)
    const rounded = Math.fround(size)
    if (Math.fround(size * above) !== rounded || Math.fround(size * below) !== rounded) {
      return this.#parseFrom(start)
    }
    return isNegative ? -rounded : rounded
  }

  /** All digits as one whole number, and how many of them stand behind the point. */
  #takeDecimal(first: number): number | undefined {
    this.#decimals = 0
    const whole = this.#takeWhole(first)
    if (whole === undefined || this.#bytes[this.#at] !== point) return whole
    const from = this.#at + 1
    const sum = this.#takeDigits(from, whole)
    this.#decimals = this.#at - from
    return this.#decimals === 0 ? undefined : sum
  }

  /** A lone zero, or digits that begin with another. */
  #takeWhole(from: number): number | undefined {
    if (this.#bytes[from] === zero) {
      this.#at = from + 1
      return 0
    }
    const whole = this.#takeDigits(from, 0)
    return this.#at === from ? undefined : whole
  }

  #takeDigits(from: number, before: number): number {
    const bytes = this.#bytes
    let at = from
    let sum = before
    let byte = bytes[at]
    while (isDigit(byte)) {
      sum = sum * 10 + (byte - zero)
      at += 1
      byte = bytes[at]
    }
    this.#at = at
    return sum
  }

  /** Zero where there is none, undefined where no digits follow the letter. */
  #takeExponent(): number | undefined {
    if (!isExponent(this.#bytes[this.#at])) return 0
    const sign = this.#step()
    const from = sign === minus || sign === plus ? this.#at + 1 : this.#at
    const size = this.#takeDigits(from, 0)
    if (this.#at === from) return undefined
    return sign === minus ? -size : size
  }

  #parseFrom(start: number): number {
    return Math.fround(Number(this.#bytes.toString('latin1', start, this.#at)))
  }

  #skipSpace(): void {
    let byte = this.#bytes[this.#at]
    while (isSpace(byte)) byte = this.#step()
  }

  #step(): number | undefined {
    this.#at += 1
    return this.#bytes[this.#at]
  }
}

const [zero, nine, minus, plus, point] = [0x30, 0x39, 0x2d, 0x2b, 0x2e]
// Of sign, digits, point and exponent.
const maxLength = 30
// Below, a double has no full precision left; above, there is no such power.
const maxScale = 290
const above = 1 + 2 ** -47
const below = 1 - 2 ** -47

const powers = Float64Array.from({ length: maxScale + 1 }, (_, exponent) => Number(`1e${exponent}`))

function powerOfTen(exponent: number): number {
  return powers[exponent] ?? NaN
}

function isDigit(byte: number | undefined): byte is number {
  return byte !== undefined && byte >= zero && byte <= nine
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function isExponent(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45
}
