/** Makes items of the text of a stream, as it comes. */
export interface StreamReader {
  readonly items: readonly string[]
  take(text: string): void
}

export function readerOf(framing: 'chunks' | 'sse'): StreamReader {
  return framing === 'sse' ? new EventReader() : new TextReader()
}

/** Chunks have no bounds that survive the network: they are one text. */
class TextReader implements StreamReader {
  #text = ''

  get items(): readonly string[] {
    return this.#text === '' ? [] : [this.#text]
  }

  take(text: string): void {
    this.#text += text
  }
}

/** `text/event-stream`, as the HTML standard reads it. */
class EventReader implements StreamReader {
  readonly #events: string[] = []
  #rest = ''

  get items(): readonly string[] {
    return [...this.#events]
  }

  take(text: string): void {
    const blocks = (this.#rest + text).replaceAll('\r\n', '\n').split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const event = readEvent(block)
      if (event !== undefined) this.#events.push(event)
    }
  }
}

function readEvent(block: string): string | undefined {
  const lines = block.split('\n')
  const valuesOf = (field: string): string[] =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
  const data = valuesOf('data')
  const [name] = valuesOf('event')
  if (data.length === 0) return undefined
  return name === undefined ? data.join('\n') : `${name}: ${data.join('\n')}`
}
