import { PassThrough, Writable } from 'node:stream'
import { main } from '../../src/commands/main.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface RunBentoOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Pretends that a person sits at a terminal this wide. */
  readonly columns?: number
  /** What that person types. */
  readonly answer?: string
  /** Called once everything is set up; gets a function that presses Ctrl-C. */
  readonly onReady?: (pressCtrlC: () => void) => void
  /** Called with all of stdout so far, whenever more comes. */
  readonly onOutput?: (stdout: string) => void
}

export interface BentoResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line in this process. Words with spaces need an array. */
export async function runBento(
  line: string | readonly string[],
  options: RunBentoOptions = {},
): Promise<BentoResult> {
  const cwd = options.cwd ?? (await temporaryFolder())
  const env = { BENTO_HOME: `${cwd}/home`, ...options.env }
  const isTTY = options.columns !== undefined
  const terminal = isTTY ? { isTTY, columns: options.columns ?? 80 } : {}
  const [stdout, stderr] = [new Collector(options.onOutput), new Collector()]
  const stdin = Object.assign(new PassThrough(), { isTTY })
  if (options.answer !== undefined) stdin.end(options.answer)
  const handlers = new Set<() => void>()
  const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
  const running = main(words, {
    cwd,
    env,
    stdin,
    stdout: Object.assign(stdout, terminal),
    stderr: Object.assign(stderr, terminal),
    onSignal(handler) {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
  })
  options.onReady?.(() => {
    for (const handler of handlers) handler()
  })
  const code = await running
  const tidy = (text: string): string => normalize(text, cwd)
  return { code, stdout: tidy(stdout.text), stderr: tidy(stderr.text) }
}

/** Text that is the same on every machine and day. */
function normalize(text: string, cwd: string): string {
  return text
    .replaceAll(cwd, '<cwd>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<local time>      ')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
}

class Collector extends Writable {
  text = ''
  readonly #onText: ((text: string) => void) | undefined

  constructor(onText?: (text: string) => void) {
    super()
    this.#onText = onText
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    this.#onText?.(this.text)
    done()
  }
}
