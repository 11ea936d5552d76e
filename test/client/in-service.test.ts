import { expect, jest, test } from '@jest/globals'
import { serveSource, startSource } from '../serve/supervise/serve-source.ts'

// Bundles a service and starts real processes.
jest.setTimeout(60_000)

const source = `
import { api, service } from 'bentojs'
import { client } from 'bentojs/client'
import { z } from 'zod'

@service()
export class Relay {
  @api({ input: { name: z.string() }, output: z.string() })
  greet({ name }: { name: string }) {
    return 'hello ' + name
  }

  @api({ input: { url: z.url() }, output: z.string() })
  async relay({ url }: { url: string }) {
    await using other = client<Relay>(url)
    return (await other.greet({ name: 'from afar' })).toUpperCase()
  }
}
`

test('a service calls another by its class', async () => {
  const { url } = await serveSource(source)
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ url })
  const response = await fetch(`${url}/relay`, { method: 'POST', headers, body })
  expect(await response.text()).toBe('HELLO FROM AFAR')
})

test('who imports the client from the wrong place is told the right one', async () => {
  const wrong = source.replace("'bentojs/client'", "'bentojs'")
  await expect(startSource(wrong)).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    hint: 'Import `client` from bentojs/client.',
  })
})
