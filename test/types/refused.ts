// Compiled, never run: each pair of schema and method here is wrong, and must not compile.
import { z } from 'zod'
import type { BatchContext, Cell, Context, Tensor } from '../../src/index.ts'
import {
  api,
  file,
  int64,
  metrics,
  models,
  onStartup,
  service,
  table,
  tensor,
} from '../../src/index.ts'

export class Refused {
  readonly model = models.get('iris')

  // @ts-expect-error -- the parameter is a number, not a string
  @api({ input: { a: z.number() } })
  wrongType({ a }: { a: string }): string {
    return a
  }

  // @ts-expect-error -- nobody gives the parameter b
  @api({ input: { a: z.number() } })
  unknownParameter({ a, b }: { a: number; b: number }): number {
    return a + b
  }

  // @ts-expect-error -- the parameter may be absent
  @api({ input: { a: z.number().optional() } })
  forgetsOptional({ a }: { a: number }): number {
    return a
  }

  // @ts-expect-error -- each item is a string, not a number
  @api({ output: z.string() })
  async *wrongItems(): AsyncGenerator<number> {
    yield 1
  }

  // @ts-expect-error -- a list is no stream
  @api({ output: z.string() })
  listOfItems(): string[] {
    return ['a']
  }

  // @ts-expect-error -- items are sent as chunks or as sse
  @api({ stream: 'events' })
  async *wrongFraming(): AsyncGenerator<number> {
    yield 1
  }

  // @ts-expect-error -- the answer is a number, not a string
  @api({ output: z.string() })
  wrongAnswer(): number {
    return 1
  }

  // @ts-expect-error -- the answer promises a number
  @api({ output: z.string() })
  async wrongPromise(): Promise<number> {
    return 1
  }

  // @ts-expect-error -- the answer lacks a field
  @api({ output: z.object({ label: z.string(), score: z.number() }) })
  wrongField(): { label: string } {
    return { label: '' }
  }

  // @ts-expect-error -- the root input is a list
  @api({ input: z.array(z.number()) })
  rootInput({ numbers }: { numbers: number[] }): number[] {
    return numbers
  }

  // @ts-expect-error -- without input there are no parameters
  @api({ output: z.string() })
  noInput({ name }: { name: string }): string {
    return name
  }

  // @ts-expect-error -- after the transform it is a date
  @api({ input: { at: z.string().transform((text) => new Date(text)) } })
  beforeTransform({ at }: { at: string }): string {
    return at
  }

  // @ts-expect-error -- a tensor is not nested arrays
  @api({ input: { x: tensor() } })
  tensorAsArray({ x }: { x: number[][] }): number[][] {
    return x
  }

  // @ts-expect-error -- a file is no path
  @api({ input: { f: file() } })
  fileAsPath({ f }: { f: string }): string {
    return f
  }

  // @ts-expect-error -- a number is too small for it
  @api({ input: { id: int64() } })
  wideAsNumber({ id }: { id: number }): number {
    return id
  }

  // @ts-expect-error -- a path is no file: anybody could name one
  @api({ output: file() })
  pathAsFile(): string {
    return '/etc/passwd'
  }

  // @ts-expect-error -- it has no such column
  @api({ input: table({ columns: ['a'] }) })
  unknownColumn(rows: { a: Cell; b: Cell }[]): unknown {
    return rows
  }

  // @ts-expect-error -- a batchable method gets the context of its batch
  @api({ input: { x: tensor() }, batchable: true })
  batchContext({ x }: { x: Tensor }, context: Context): Tensor {
    void context.request
    return x
  }

  // @ts-expect-error -- one that is not batchable gets the context of its request
  @api({ input: { x: tensor() } })
  requestContext({ x }: { x: Tensor }, context: BatchContext): Tensor {
    void context.requests
    return x
  }

  // @ts-expect-error -- the option is called maxBatchSize
  @api({ max_batch_size: 4 })
  unknownOption(): void {}

  // @ts-expect-error -- a number is no schema
  @api({ input: { a: 4 } })
  noSchema({ a }: { a: number }): number {
    return a
  }

  // @ts-expect-error -- the bare decorator gives no parameters
  @api
  bare({ name }: { name: string }): string {
    return name
  }

  // @ts-expect-error -- a hook gets no arguments
  @onStartup
  hook(name: string): string {
    return name
  }

  async inputs(): Promise<void> {
    // @ts-expect-error -- a model takes no dates
    await this.model.run({ x: new Date() })
  }
}

// @ts-expect-error -- the option is called workers
@service({ worker: 2 })
export class UnknownOption {
  readonly kind = 'unknown option'
}

// @ts-expect-error -- the timeout is a number of seconds
@service({ traffic: { timeout: '10s' } })
export class WrongOption {
  readonly kind = 'wrong option'
}

// @ts-expect-error -- nobody could give the constructor its argument
@service()
export class TakesArguments {
  constructor(readonly name: string) {}
}

// @ts-expect-error -- an abstract class cannot be constructed
@service()
export abstract class Abstract {
  abstract readonly kind: string
}

const refusedCats = metrics.counter({
  name: 'refused_cats_total',
  help: 'Cats',
  labels: ['colour'],
})
// @ts-expect-error -- it has a label
refusedCats.inc()
// @ts-expect-error -- it has no such label
refusedCats.inc({ color: 'black' })
// @ts-expect-error -- it has no labels
metrics.gauge({ name: 'refused_gauge', help: 'Gauge' }).set({ colour: 'black' }, 1)
