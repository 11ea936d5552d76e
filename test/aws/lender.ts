import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'

interface Asked {
  readonly call: string
  readonly body: string
  readonly headers: Readonly<Record<string, unknown>>
}

export interface Lender {
  readonly url: () => string
  readonly asked: readonly Asked[]
  /** By call, as `GET /keys`; what has none is not found. */
  readonly answers: Map<string, string>
}

/** Whoever lends keys of AWS, for the tests of one file. */
export function openLender(): Lender {
  const server = createServer()
  const asked: Asked[] = []
  const answers = new Map<string, string>()
  server.on('request', async (request, response) => {
    const call = `${request.method} ${request.url}`
    asked.push({ call, body: await text(request), headers: request.headers })
    const answer = answers.get(call)
    response.writeHead(answer === undefined ? 404 : 200).end(answer ?? 'not found')
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked.length = 0
    answers.clear()
  })
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
    url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers,
  }
}

export const keys = { accessKeyId: 'AK', secretAccessKey: 'SK', sessionToken: 'ST' }

/** The same as STS writes them, and as a container or a machine gets them. */
export const loan =
  '<Credentials><AccessKeyId>AK</AccessKeyId><SecretAccessKey>SK</SecretAccessKey><SessionToken>ST</SessionToken></Credentials>'
export const lent = JSON.stringify({ AccessKeyId: 'AK', SecretAccessKey: 'SK', Token: 'ST' })

/** A person without anything, far from EC2. */
export async function nobody(): Promise<Record<string, string>> {
  return {
    HOME: await temporaryFolder(),
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}
