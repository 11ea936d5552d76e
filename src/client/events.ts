/** One of the server-sent events of a body (WHATWG HTML, 9.2.6). */
export interface ServerEvent {
  /** Absent: `message`. */
  readonly event: string
  readonly data: string
}

/** Cuts a text of server-sent events, which comes in pieces, into its events. */
export async function* readEvents(
  pieces: AsyncIterable<string>,
): AsyncGenerator<ServerEvent, void> {
  let rest = ''
  for await (const piece of pieces) {
    // A line may end with two characters, of which only one has come.
    const whole = (rest + piece).split(/\r\n|\n|\r(?!$)/)
    const blocks = blocksOf(whole)
    rest = blocks.rest
    for (const lines of blocks.whole) yield parseEvent(lines)
  }
}

function blocksOf(lines: readonly string[]): { whole: string[][]; rest: string } {
  const whole: string[][] = []
  let block: string[] = []
  for (const line of lines.slice(0, -1)) {
    if (line !== '') block.push(line)
    else if (block.length > 0) whole.push(block.splice(0))
  }
  return { whole, rest: [...block, lines.at(-1) ?? ''].join('\n') }
}

function parseEvent(lines: readonly string[]): ServerEvent {
  const fields = lines.map((line) => /^([^:]*):? ?(.*)$/s.exec(line))
  const valuesOf = (name: string): string[] =>
    fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []))
  return { event: valuesOf('event').at(-1) ?? 'message', data: valuesOf('data').join('\n') }
}
