import type { Writable } from 'node:stream'
import type { Ora } from 'ora'
import type { CommandContext } from './context.ts'
import { renderTable } from './table.ts'
import type { Column } from './table.ts'

export interface OutputOptions {
  /** Print only results and errors. */
  readonly quiet: boolean
  readonly verbose: boolean
  /** Print errors as JSON. */
  readonly json: boolean
}

export interface Colours {
  readonly red: (text: string) => string
  readonly dim: (text: string) => string
}

/** Everything that bento prints. Results go to stdout, raw; all the rest goes to stderr. */
export class Output {
  readonly #context: CommandContext
  #options: OutputOptions = { quiet: false, verbose: false, json: false }
  #spinner: Ora | undefined
  #step: string | undefined

  constructor(context: CommandContext) {
    this.#context = context
  }

  get verbose(): boolean {
    return this.#options.verbose
  }

  /** Whether errors are for a program. */
  get isJson(): boolean {
    return this.#options.json
  }

  /** Whether a person watches stderr. */
  get isTerminal(): boolean {
    return this.#context.stderr.isTTY === true
  }

  /** Where what is not a result goes, for prompts. */
  get aside(): Writable {
    return this.#context.stderr
  }

  /** Colours for stderr, which leave text as it is where there should be none. */
  async loadColours(): Promise<Colours> {
    if (!hasColours(this.#context)) return { red: String, dim: String }
    const { Chalk } = await import('chalk')
    return new Chalk({ level: 1 })
  }

  configure(options: Partial<OutputOptions>): void {
    this.#options = { ...this.#options, ...options }
  }

  /** A result: never wrapped, coloured or hidden, so that a script can rely on it. */
  result(text: string): void {
    this.#context.stdout.write(`${text}\n`)
  }

  json(value: unknown): void {
    this.result(JSON.stringify(value, null, 2))
  }

  async yaml(value: unknown): Promise<void> {
    const { stringify } = await import('yaml')
    this.#context.stdout.write(stringify(value, { lineWidth: 0 }))
  }

  /** Fits the terminal's width; a pipe gets the full values. */
  async table(columns: readonly Column[], rows: readonly (readonly string[])[]): Promise<void> {
    const { isTTY, columns: width } = this.#context.stdout
    const room = width === undefined || width === 0 ? 80 : width
    this.result(await renderTable(columns, rows, isTTY === true ? room : Infinity))
  }

  /** A line for a person: what happens, or what to do next. */
  say(line: string): void {
    if (!this.#options.quiet) this.#writeAside(line)
  }

  warn(line: string): void {
    if (!this.#options.quiet) this.#writeAside(`Warning: ${line}`)
  }

  /** A question; the answer follows on the same line. */
  ask(question: string): void {
    this.settle()
    this.#context.stderr.write(question)
  }

  /** Never hidden. */
  error(text: string): void {
    this.#writeAside(text)
  }

  /** A step of something long: a spinner on a terminal, a line elsewhere. */
  step(text: string): void {
    if (this.#options.quiet) return
    if (!this.#canDrawOver) {
      this.say(text)
      return
    }
    const isFirst = this.#step === undefined
    this.#step = text
    if (this.#spinner) this.#spinner.text = text
    else if (isFirst) void this.#spin()
  }

  /** Of a terminal without a width, as in a container that nobody is attached to, ora would erase lines without end. */
  get #canDrawOver(): boolean {
    return this.isTerminal && this.#context.stderr.columns !== 0
  }

  /** Takes the spinner away. */
  settle(): void {
    this.#spinner?.stop()
    this.#spinner = undefined
    this.#step = undefined
  }

  async #spin(): Promise<void> {
    const { default: ora } = await import('ora')
    // The step may have ended while this was loading.
    if (this.#step === undefined) return
    this.#spinner = ora({
      text: this.#step,
      stream: this.#context.stderr,
      // Reading stdin would take Ctrl-C away from the handler that ends the command.
      discardStdin: false,
    }).start()
  }

  #writeAside(text: string): void {
    this.#spinner?.clear()
    this.#context.stderr.write(`${text}\n`)
    this.#spinner?.render()
  }
}

function hasColours({ stderr, env }: CommandContext): boolean {
  return stderr.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}
