import type { LogLine } from './target.ts'

type Lines = AsyncGenerator<LogLine>

/** A line of a log that does not say which replica wrote it. */
export function lineOf(text: string): LogLine {
  return { text, replica: null, isMixed: false }
}

/** The lines of several logs, one log after the other. */
export async function* inTurn(all: readonly Lines[]): Lines {
  for (const lines of all) yield* lines
}

/** Each line as it comes, from whichever log. */
export async function* together(all: readonly Lines[]): Lines {
  const waiting = new Map(all.map((lines) => [lines, next(lines)]))
  while (waiting.size > 0) {
    const { lines, step } = await Promise.race(waiting.values())
    if (step.done === true) waiting.delete(lines)
    else {
      waiting.set(lines, next(lines))
      yield step.value
    }
  }
}

async function next(lines: Lines): Promise<Step> {
  return { lines, step: await lines.next() }
}

interface Step {
  readonly lines: Lines
  readonly step: IteratorResult<LogLine, unknown>
}

/** The lines of a body, however it is cut into parts. */
export async function* splitLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of body) {
    const whole = (rest + decoder.decode(part, { stream: true })).split(/\r?\n/)
    rest = whole.pop() ?? ''
    yield* whole
  }
  if (rest !== '') yield rest
}
