import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import { compileCodec } from './codec/compile.ts'
import type { Context } from './context.ts'
import { requireMethodName } from './decorated.ts'
import type { ApiDefinition } from './definition.ts'
import { recordsOf } from './records.ts'
import { checkRoute } from './route.ts'
import type { AnswerOf, ContextOf, InputOf, InputSchema, NoInput, Schema } from './schema-types.ts'
import { type Framing, streamFormatOf } from './stream.ts'

export interface ApiOptions<
  Input extends InputSchema = NoInput,
  Output extends Schema | undefined = undefined,
  Batchable extends boolean = boolean,
> {
  /** Named parameters, each with its schema; or one schema for the whole body. Absent: no parameters. */
  readonly input?: Input
  /** Absent: any JSON. */
  readonly output?: Output
  /** Default: the method's name after a slash. `/items/{id}` gives the method what stands there as its parameter `id`. */
  readonly route?: string
  /** Shown on the service's page. */
  readonly description?: string
  /** The method gets the rows of several requests at once, and answers one row for each. */
  readonly batchable?: Batchable
  /** Rows in one batch at most. Default: 100. */
  readonly maxBatchSize?: number
  /** Longest wait before a batch starts. Default: 60000. */
  readonly maxLatencyMs?: number
  /** Rows that may wait at once; what comes on top is refused. Default: 100 batches. */
  readonly maxQueueSize?: number
  /** Part of the runners that its batches get beside those of other methods, when all want them. Default: 1. */
  readonly weight?: number
  /** A batch that failed is run again in parts, so that one bad request fails alone. Default: false. */
  readonly retry?: boolean
  /** An input as a client would send it, parsed: run before the service is ready. */
  readonly warmUp?: unknown
  /**
   * The method answers bit by bit, and `output` is the schema of each item: `chunks` are the items alone, `sse` are
   * Server-Sent Events with ids. Default: `chunks` for a generator.
   */
  readonly stream?: Framing
  /** Of a stream of chunks. Default: text/event-stream, as BentoML. */
  readonly contentType?: string
}

type Method<This, Input, Given, Answer> = (this: This, input: Input, context: Given) => Answer

type ApiDecorator<Input, Given, Answer> = <This, Value extends Method<This, Input, Given, Answer>>(
  method: Value,
  context: ClassMethodDecoratorContext<This, Value>,
) => void

/**
 * Makes a method an HTTP endpoint: POST to its route. TypeScript holds its first argument and its answer against
 * `input` and `output`; the second argument is the request's Context, or the batch's when it is batchable.
 *
 * @example
 * ```ts
 * @service
 * export class Adder {
 *   @api({ input: { a: z.number(), b: z.number() }, output: z.number() })
 *   add({ a, b }: { a: number; b: number }) {
 *     return a + b
 *   }
 * }
 * ```
 */
export function api<This, Value extends Method<This, NoInput, Context, unknown>>(
  method: Value,
  context: ClassMethodDecoratorContext<This, Value>,
): void
export function api<
  Input extends InputSchema = NoInput,
  Output extends Schema | undefined = undefined,
  Batchable extends boolean = false,
>(
  options?: ApiOptions<Input, Output, Batchable>,
): ApiDecorator<InputOf<Input>, ContextOf<Batchable>, AnswerOf<Output>>
export function api(methodOrOptions: unknown = {}, context?: ClassMethodDecoratorContext): unknown {
  if (typeof methodOrOptions === 'function') return record({}, methodOrOptions, context)
  return (method: unknown, called: ClassMethodDecoratorContext) => {
    record(checkOptions(methodOrOptions), method, called)
  }
}

// Enough that no burst of small requests is refused for it, and little enough to hold in memory.
const batchesInQueue = 100

type AnyOptions = ApiOptions<InputSchema, Schema | undefined>

function record(
  options: AnyOptions,
  method: unknown,
  context: ClassMethodDecoratorContext | undefined,
): void {
  const name = requireMethodName('@api', context)
  if (context) recordsOf(context.metadata).apis.set(name, compileApi(name, options, method))
}

export function compileApi(name: string, options: AnyOptions, method: unknown): ApiDefinition {
  const { input, output, description = '', batchable = false, retry = false, warmUp } = options
  const codec = compileCodec({ name, input, output, batchable })
  const route = checkRoute(name, options.route ?? `/${name}`)
  const bounds = boundsOf(name, options)
  const warm = warmUp === undefined ? {} : { warmUp }
  const stream = streamFormatOf(name, method, options)
  const streamed = stream === undefined ? {} : { stream }
  return { name, route, description, batchable, ...bounds, retry, codec, ...warm, ...streamed }
}

type Bounds = Pick<ApiDefinition, 'maxBatchSize' | 'maxLatencyMs' | 'maxQueueSize' | 'weight'>

function boundsOf(name: string, options: AnyOptions): Bounds {
  const { maxBatchSize = 100, maxLatencyMs = 60_000, weight = 1 } = options
  const { maxQueueSize = batchesInQueue * maxBatchSize } = options
  const bounds = { maxBatchSize, maxLatencyMs, maxQueueSize, weight }
  for (const [key, value] of Object.entries(bounds)) {
    const isCount = key.endsWith('Size')
    if (value > 0 && (isCount ? Number.isSafeInteger(value) : typeof value === 'number')) continue
    const kind = isCount ? 'whole number' : 'number'
    throw invalid(`${key} of "${name}" is ${value}`, `Write a ${kind} above 0.`)
  }
  return bounds
}

const known = [
  'input',
  'output',
  'route',
  'description',
  'batchable',
  'maxBatchSize',
  'maxLatencyMs',
  'maxQueueSize',
  'weight',
  'retry',
  'warmUp',
  'stream',
  'contentType',
] as const

// The types say this to who uses TypeScript; BentoML's own names, as max_batch_size, are worth an answer to all.
function checkOptions(options: unknown): AnyOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid('@api was given no options', 'Write @api({ input, output }).')
  }
  for (const key of Object.keys(options)) {
    if (known.some((name) => name === key)) continue
    const meant = closest(key, known)
    const hint = meant === undefined ? `Use ${known.join(', ')}.` : `Write ${meant}.`
    throw invalid(`@api has no option "${key}"`, hint)
  }
  return options
}

function invalid(message: string, hint: string): BentoError {
  return new BentoError('SERVICE_INVALID', message, { hint })
}
