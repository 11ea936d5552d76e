import { z } from 'zod'
import {
  api,
  bytes,
  file,
  int64,
  list,
  NotFound,
  service,
  ServiceError,
  ServiceUnavailable,
  tensor,
  type Context,
  type Tensor,
  type UploadedFile,
} from '../../src/sdk.ts'

const Flower = z.object({ petal: z.number(), colour: z.string().optional() })
type Flower = z.infer<typeof Flower>

/** How often each method was run. */
export const runs = new Map<string, number>()

function count(name: string): number {
  const times = (runs.get(name) ?? 0) + 1
  runs.set(name, times)
  return times
}

interface Ids {
  readonly id: bigint
  readonly maybe: bigint | null
  readonly all: bigint[]
  readonly share: number
}

/** A service with one method for each thing that a client has to know. */
@service({ traffic: { timeout: 10 } })
export class Flowers {
  readonly limit = 3

  @api({ input: { flowers: z.array(Flower) }, output: z.array(z.string()), batchable: true })
  name({ flowers }: { flowers: Flower[] }): string[] {
    return flowers.map(({ petal, colour }) => `${colour ?? 'white'} ${petal}`)
  }

  @api({ input: { name: z.string().optional() }, output: z.string() })
  greet({ name = 'you' }: { name?: string }): string {
    return `héllo ${name}`
  }

  @api({ input: z.string(), output: z.string() })
  shout(text: string): string {
    return text.toUpperCase()
  }

  @api({ input: z.array(z.number()), output: z.number(), route: '/v1/sum' })
  sum(numbers: number[]): number {
    return numbers.reduce((total, one) => total + one, 0)
  }

  @api({
    input: { x: tensor({ shape: [null, 2] }) },
    output: tensor({ dtype: 'float64', shape: [null, 2] }),
  })
  twice({ x }: { x: Tensor }): Tensor {
    const data = Float64Array.from([...x.data], (one) => Number(one) * 2)
    return { dtype: 'float64', shape: x.shape, data }
  }

  @api
  nothing(): void {
    count('nothing')
  }

  @api
  headers(_input: object, { request }: Context): Record<string, unknown> {
    return { ...request.headers }
  }

  @api({ input: { ms: z.number() }, output: z.string() })
  async sleep({ ms }: { ms: number }, { signal }: Context): Promise<string> {
    signal.addEventListener('abort', () => count('left'))
    await new Promise((resolve) => setTimeout(resolve, ms))
    return 'slept'
  }

  @api({ input: { kind: z.string() }, output: z.string() })
  fail({ kind }: { kind: string }): string {
    const times = count(kind)
    if (kind === 'missing') throw new NotFound('No such flower')
    if (kind === 'teapot') {
      throw new ServiceError(418, 'Short and stout', {
        code: 'TEAPOT',
        detail: [{ type: 'pot', loc: ['tea', 0], msg: 'It is a pot' }],
      })
    }
    if (kind === 'busy' && times < 3) {
      throw new ServiceUnavailable('Come again', { headers: { 'retry-after': '0' } })
    }
    if (kind === 'late') {
      throw new ServiceUnavailable('Come again later', { headers: { 'retry-after': '9' } })
    }
    if (kind === 'down') throw new ServiceUnavailable('The database is down')
    if (kind === 'bug') throw new Error('the password is 1234')
    return `after ${times}`
  }

  @api({ input: { id: z.string(), size: z.number() }, route: '/beds/{id}/flowers' })
  bed({ id, size }: { id: string; size: number }): string {
    return `${size} in ${id}`
  }

  @api({ input: { to: z.number() }, output: z.object({ n: z.number(), text: z.string() }) })
  async *count({ to }: { to: number }): AsyncGenerator<{ n: number; text: string }> {
    try {
      for (let n = 1; n <= to; n += 1) {
        if (n > 1) await new Promise((resolve) => setTimeout(resolve, 5))
        yield { n, text: 'äö}{"\n' }
      }
    } finally {
      count('ended')
    }
  }

  @api({ input: { texts: z.array(z.string()) }, output: z.string() })
  *words({ texts }: { texts: string[] }): Generator<string> {
    yield* texts
  }

  @api({ input: { to: z.number(), fails: z.boolean() }, output: z.number(), stream: 'sse' })
  async *events({ to, fails }: { to: number; fails: boolean }): AsyncGenerator<number> {
    for (let n = 1; n <= to; n += 1) yield n
    if (fails) throw new NotFound('No more flowers')
  }

  @api({ input: { texts: z.array(z.string()) }, output: z.string(), stream: 'sse' })
  *lines({ texts }: { texts: string[] }): Generator<string> {
    yield* texts
  }

  @api({ output: z.string() })
  // oxlint-disable-next-line require-yield -- because it fails before it has anything to give
  async *withers(): AsyncGenerator<string> {
    throw new NotFound('No such flower')
  }

  @api({ input: { photo: file(), label: z.string().default('no label') }, output: z.string() })
  async describe({ photo, label }: { photo: UploadedFile; label?: string }): Promise<string> {
    return `${label}: ${photo.name} ${photo.type} ${await photo.text()}`
  }

  @api({ input: { photos: list(file()) }, output: z.number() })
  weigh({ photos }: { photos: UploadedFile[] }): number {
    return photos.reduce((sum, { size }) => sum + size, 0)
  }

  @api({ input: file({ contentTypes: ['image/*', 'text/plain'] }), output: file() })
  async copy(photo: UploadedFile): Promise<File> {
    return new File([await photo.text()], 'copié.txt', { type: photo.type })
  }

  @api({ input: bytes(), output: bytes() })
  flip(given: Uint8Array): Uint8Array {
    return given.toReversed()
  }

  /** Numbers that a double would round, at every place that an answer has for them. */
  @api({
    input: { id: int64() },
    output: z.object({
      id: z.int64(),
      maybe: z.int64().nullable(),
      all: z.array(z.int64()),
      share: z.number(),
    }),
  })
  ids({ id }: { id: bigint }): Ids {
    return { id, maybe: id === 3n ? null : id, all: [id, 1n], share: 0.5 }
  }

  @api({ input: int64(), output: int64() })
  next(id: bigint): bigint {
    return id + 1n
  }

  @api({ input: { from: int64() }, output: int64(), stream: 'sse' })
  *countUp({ from }: { from: bigint }): Generator<bigint> {
    yield from
    yield from + 1n
  }

  @api({ input: { x: tensor({ dtype: 'int64' }) }, output: tensor({ dtype: 'int64' }) })
  same({ x }: { x: Tensor }, { response }: Context): Tensor {
    response.status = 202
    return x
  }

  @api
  close(): string {
    return 'closed its petals'
  }
}
