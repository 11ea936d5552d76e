import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { api, service, type BatchContext, type Context } from '../../src/sdk.ts'

/** Folders that requests were given. */
export const folders: string[] = []
/** What was done after answers. */
export const done: string[] = []

/** A method for each thing that a context is good for. */
@service({ traffic: { timeout: 0.2 } })
export class Contexts {
  @api({ input: { id: z.int(), extra: z.string().default('') }, route: '/items/{id}' })
  item({ id, extra }: { id: number; extra: string }, { request }: Context): unknown {
    return { id, extra, params: request.params, query: [...request.query] }
  }

  @api({ route: '/items/first', output: z.string() })
  first(): string {
    return 'first'
  }

  @api({ route: '/{kind}/{id}/notes', output: z.string() })
  notes(_input: object, { request }: Context): string {
    return `${request.params['kind']} ${request.params['id']}`
  }

  @api({ output: z.record(z.string(), z.string()) })
  cookies(_input: object, { request, response }: Context): Record<string, string> {
    response.setCookie('one', '1')
    response.setCookie('two', '2', { httpOnly: true })
    return { ...request.cookies }
  }

  @api({ input: { end: z.enum(['whole', 'failed', 'late']) }, output: z.boolean() })
  async folder({ end }: { end: string }, context: Context): Promise<boolean> {
    folders.push(context.tempDir)
    writeFileSync(join(context.tempDir, 'file'), 'x')
    if (end === 'failed') throw new Error('failed')
    if (end === 'late') await new Promise((resolve) => setTimeout(resolve, 300))
    return existsSync(join(context.tempDir, 'file'))
  }

  @api({ output: z.string() })
  background(_input: object, context: Context): string {
    context.waitUntil(() => {
      done.push('later')
      return Promise.reject(new Error('the database is down'))
    })
    context.waitUntil(
      new Promise<void>((resolve) => setTimeout(resolve, 100)).then(() => done.push('slow')),
    )
    return `answered before ${done.length}`
  }

  @api({ input: { rows: z.array(z.number()) }, output: z.array(z.string()), batchable: true })
  batch({ rows }: { rows: number[] }, { requests }: BatchContext): string[] {
    const [first] = requests
    for (const { request, response } of requests) {
      response.status = 201
      response.setCookie('who', String(request.query.get('who')))
    }
    return rows.map(() => String(requests.length > 0 && first !== undefined))
  }

  @api({ input: { what: z.string() } })
  draft({ what }: { what: string }, { response }: Context): string {
    const wrong: Record<string, () => void> = {
      status: () => (response.status = 99),
      break: () => (response.headers['x-a'] = 'b\r\nx-injected: yes'),
      nul: () => (response.headers['x-a'] = 'b\0'),
      name: () => (response.headers['x a'] = 'b'),
      length: () => (response.headers['Content-Length'] = '1'),
      chunked: () => (response.headers['transfer-encoding'] = 'chunked'),
      cookie: () => (response.headers['set-cookie'] = 'a=b'),
      type: () => (response.headers['Content-Type'] = 'text/x-mine'),
    }
    wrong[what]?.()
    return 'drafted'
  }
}
