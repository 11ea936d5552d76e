import { setTimeout as sleep } from 'node:timers/promises'
import { api, type FileLike, file, NotFound, service, type UploadedFile } from 'bentojs'
import { z } from 'zod'
import { IrisClassifier as Example } from '../../../examples/iris/service.ts'

const columns = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'] as const
type Row = Record<(typeof columns)[number], number>

/** The example, with the files, streams and errors that a suite about hosts needs beside it. */
@service({
  name: 'IrisClassifier',
  resources: { cpu: '2', memory: '1Gi' },
  traffic: { timeout: 10 },
})
export class IrisClassifier extends Example {
  @api({
    input: { flowers: file({ contentTypes: ['text/csv'] }), title: z.string() },
    output: z.object({ title: z.string(), species: z.array(z.string()) }),
  })
  async classify_file({ flowers, title }: { flowers: UploadedFile; title: string }): Promise<{
    title: string
    species: string[]
  }> {
    return { title, species: await this.classify({ features: rowsOf(await flowers.bytes()) }) }
  }

  @api({ input: file(), output: file({ contentTypes: ['application/octet-stream'] }) })
  async reverse_file(sent: UploadedFile): Promise<FileLike> {
    return (await sent.bytes()).toReversed()
  }

  @api({ input: { count: z.int() }, output: z.string() })
  async *tell({ count }: { count: number }): AsyncGenerator<string> {
    for (let at = 1; at <= count; at++) {
      yield `flower ${at}\n`
      await sleep(pauseMs)
    }
  }

  @api({ input: { count: z.int() }, output: z.int(), stream: 'sse' })
  async *number({ count }: { count: number }): AsyncGenerator<number> {
    for (let at = 1; at <= count; at++) {
      yield at
      await sleep(pauseMs)
    }
  }

  @api({ input: { kind: z.enum(['absent', 'broken']) }, output: z.string() })
  fail({ kind }: { kind: 'absent' | 'broken' }): string {
    if (kind === 'absent') throw new NotFound('There is no such flower')
    throw new Error('the password is hunter2')
  }
}

const pauseMs = 30

function rowsOf(csv: Buffer): Row[] {
  const lines = csv.toString().trim().split('\n')
  return lines.map((line) => {
    const [sepal_length = 0, sepal_width = 0, petal_length = 0, petal_width = 0] = line
      .split(',')
      .map(Number)
    return { sepal_length, sepal_width, petal_length, petal_width }
  })
}
