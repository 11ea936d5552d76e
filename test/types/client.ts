// Compiled, never run: what a client may send and gets, from a service's class alone.
import { client } from '../../src/client/client.ts'
import type { Context, Tensor, UploadedFile } from '../../src/index.ts'
import { models } from '../../src/index.ts'

interface Flower {
  petal: number
  colour?: string
}

class Service {
  readonly model = models.get('flowers')
  readonly limit = 3

  classify({ flowers }: { flowers: Flower[] }): Promise<string[]> {
    return Promise.resolve(flowers.map(() => ''))
  }

  greet({ name }: { name?: string }, context: Context): string {
    return context.requestId + name
  }

  root(numbers: number[]): number {
    return numbers.length
  }

  text(text: string): string | undefined {
    return text
  }

  bare(): void {}

  infer({ x }: { x: Tensor; label: string }): Promise<{ y: Tensor }> {
    return Promise.resolve({ y: x })
  }

  flat(): Float32Array {
    return new Float32Array(1)
  }

  dates({ at }: { at: Date }): { at: Date; id: bigint } {
    return { at, id: 1n }
  }

  async *count({ to }: { to: number }): AsyncGenerator<{ n: number }> {
    yield { n: to }
  }

  photo({ photo, more }: { photo: UploadedFile; more: UploadedFile[] }): UploadedFile {
    return more[0] ?? photo
  }

  bytes(given: Uint8Array): Uint8Array {
    return given
  }

  close(): string {
    return ''
  }
}

const service = client<Service>('http://127.0.0.1:3000', { token: 'key', timeoutMs: 100 })

export async function accepted(): Promise<void> {
  void ((await service.classify({ flowers: [{ petal: 1 }] }, { timeoutMs: 5 })) satisfies string[])
  void ((await service.greet()) satisfies string)
  void ((await service.greet({}, { signal: new AbortController().signal })) satisfies string)
  void ((await service.greet({ name: 'Ann' })) satisfies string)
  void ((await service.root([1, 2])) satisfies number)
  void ((await service.text('text')) satisfies string | null)
  void ((await service.bare()) satisfies null)
  void ((await service.bare({}, { headers: { 'x-mine': '1' } })) satisfies null)
  void ((await service.infer({ x: [[1, 2]], label: '' })) satisfies { y: Tensor })
  void ((await service.infer({ x: new Float32Array(2), label: '' })) satisfies { y: Tensor })
  void ((await service.flat()) satisfies Tensor)
  void ((await service.dates({ at: new Date() })) satisfies { at: string; id: bigint })
  void ((await service.photo({ photo: new Blob([]), more: [new Uint8Array(1)] })) satisfies File)
  void ((await service.bytes(new Uint8Array(1))) satisfies Uint8Array)
  void ((await service.api_close()) satisfies string)
  await service.close()
  const items: AsyncIterable<{ n: number }> = service.count({ to: 3 })
  for await (const { n } of items) void n.toFixed()
  await using closing = client<Service>('http://127.0.0.1:3000')
  await closing.bare()
}

export async function refused(): Promise<void> {
  // @ts-expect-error -- there is no such method
  void service.clasify
  // @ts-expect-error -- a model is no method
  void service.model
  // @ts-expect-error -- a constant is no method
  void service.limit
  // @ts-expect-error -- the flowers are missing
  await service.classify({})
  // @ts-expect-error -- the flowers are missing
  await service.classify()
  // @ts-expect-error -- a petal is a number
  await service.classify({ flowers: [{ petal: '1' }] })
  // @ts-expect-error -- there is no such parameter
  await service.greet({ nme: 'Ann' })
  // @ts-expect-error -- a method without parameters takes none
  await service.bare({ name: 'Ann' })
  // @ts-expect-error -- the root is a list of numbers
  await service.root(['1'])
  // @ts-expect-error -- a tensor is not made of a text
  await service.infer({ x: 'text', label: '' })
  // @ts-expect-error -- a file is no text
  await service.photo({ photo: 'rose.png', more: [] })
  // @ts-expect-error -- the answer is a list of texts
  void ((await service.classify({ flowers: [] })) satisfies number[])
  // @ts-expect-error -- an answer does not stream
  const stream: AsyncIterable<string> = service.greet()
  // @ts-expect-error -- a stream is no promise
  const promise: Promise<{ n: number }> = service.count({ to: 1 })
  void [stream, promise]
  // @ts-expect-error -- there is no such option
  await service.greet({}, { timeout: 5 })
  // @ts-expect-error -- the context is the server's own
  await service.greet({}, { logger: 1 })
}
