/** `name=value` lines of one part of LightGBM's text model. */
export class Section {
  readonly #lines: ReadonlyMap<string, string>

  constructor(text: string) {
    const lines = text.split('\n').map((line): [string, string] => {
      const end = line.indexOf('=')
      return end < 0 ? [line.trim(), ''] : [line.slice(0, end), line.slice(end + 1).trim()]
    })
    this.#lines = new Map(lines)
  }

  has(name: string): boolean {
    return this.#lines.has(name)
  }

  words(name: string): string[] {
    const value = this.#lines.get(name) ?? ''
    return value.split(/\s+/).filter((word) => word !== '')
  }

  number(name: string): number {
    const [word = '', more] = this.words(name)
    if (word === '' || more !== undefined) throw new Error(`${name} is no number`)
    return toNumber(word, name)
  }

  /** Empty where there is no such line. */
  numbers(name: string): number[] {
    return this.words(name).map((word) => toNumber(word, name))
  }
}

/** Numbers as C++ writes them. */
function toNumber(word: string, name: string): number {
  const special = /^([-+]?)(inf(?:inity)?|nan)$/i.exec(word)
  if (special?.[2]?.toLowerCase() === 'nan') return NaN
  if (special) return special[1] === '-' ? -Infinity : Infinity
  const number = Number(word)
  if (Number.isNaN(number)) throw new Error(`${name} has "${word}" for a number`)
  return number
}

export interface TextModel {
  readonly head: Section
  readonly trees: readonly Section[]
}

/** The head and the trees; parameters and importances behind them say nothing about predictions. */
export function splitText(text: string): TextModel {
  const end = text.indexOf('\nend of trees')
  if (end < 0) throw new Error('it has no "end of trees": it was cut off')
  const [head = '', ...trees] = text
    .slice(0, end)
    .replaceAll('\r', '')
    .split(/^Tree=\d+$/m)
  return { head: new Section(head), trees: trees.map((tree) => new Section(tree)) }
}
