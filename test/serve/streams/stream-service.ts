import { z } from 'zod'
import { api, NotFound, service, type Context } from '../../../src/sdk.ts'

/** What the generators did at their end, in order. */
export const ended: string[] = []

/** Lets `steps` go on. */
export const steps: { go: () => void } = { go: () => undefined }

/** A method for each way to answer bit by bit. */
@service({ traffic: { timeout: 0.2, maxConcurrency: 2 } })
export class Streams {
  @api({ input: { n: z.int().default(3) }, output: z.string() })
  async *words({ n }: { n: number }): AsyncGenerator<string> {
    for (let at = 1; at <= n; at++) yield `chunk${at}\n`
  }

  @api({ input: { n: z.int().default(2) }, output: z.object({ i: z.int() }) })
  *objects({ n }: { n: number }): Generator<{ i: number }> {
    for (let i = 0; i < n; i++) yield { i }
  }

  @api({ output: z.string(), stream: 'chunks', contentType: 'text/plain; charset=utf-8' })
  async plain(): Promise<AsyncIterable<string>> {
    return this.words({ n: 2 })
  }

  @api({ input: { upTo: z.int().default(3) }, output: z.string(), stream: 'sse' })
  async *events({ upTo }: { upTo: number }, context: Context): AsyncGenerator<string> {
    for (let at = context.lastEventId + 1; at <= upTo; at++) yield `line ${at}\nof two`
  }

  @api({
    input: { at: z.int(), kind: z.string().default('error') },
    output: z.int(),
    stream: 'sse',
  })
  async *failing({ at, kind }: { at: number; kind: string }): AsyncGenerator<number> {
    for (let item = 0; item < at; item++) yield item
    if (kind === 'missing') throw new NotFound('No such flower')
    if (kind === 'item') yield JSON.parse('"five"')
    throw new Error('the password is 1234')
  }

  @api({ input: { at: z.int() }, output: z.string() })
  async *cut({ at }: { at: number }): AsyncGenerator<string> {
    try {
      for (let item = 0; item < at; item++) yield 'x'
      throw new NotFound('No such flower')
    } finally {
      ended.push('cut')
    }
  }

  @api({ output: z.string() })
  async *steps(_input: object, context: Context): AsyncGenerator<string> {
    const folder = context.tempDir
    context.waitUntil(() => ended.push(`background of ${folder.length > 0}`))
    try {
      for (;;) {
        yield 'step '
        await new Promise<void>((resolve) => {
          steps.go = resolve
          context.signal.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    } finally {
      ended.push('steps')
    }
  }

  @api({ output: z.string() })
  async *late(): AsyncGenerator<string> {
    try {
      await new Promise((resolve) => setTimeout(resolve, 300))
      yield 'too late'
    } finally {
      ended.push('late')
    }
  }

  @api({ output: z.string() })
  async *drafted(_input: object, { response }: Context): AsyncGenerator<string> {
    response.status = 201
    response.headers['x-mine'] = 'yes'
    response.setCookie('k', 'v')
    yield 'one'
  }
}
