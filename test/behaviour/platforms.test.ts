import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { start, type Started } from '../processes.ts'
import { httpHost, untilReady } from './http-host.ts'
import { buildIris, unpackIris } from './iris.ts'
import { describeBehaviour } from './suite.ts'

/*
 * What platforms that run containers promise and demand: the image's entry point, a port in PORT or none, variables of
 * theirs beside ours, SIGTERM and then a few seconds.
 */
let folder: string

beforeAll(async () => {
  folder = await unpackIris(await buildIris())
}, 120_000)

interface Service {
  readonly url: string
  readonly program: Started
}

async function startEntryPoint(env: Record<string, string>, port: number): Promise<Service> {
  const program = start('sh', [join(folder, 'env/docker/entrypoint.sh')], {
    cwd: folder,
    env: { BENTO_PATH: folder, BENTO_HOST: '0.0.0.0', ...env },
  })
  const url = `http://127.0.0.1:${port}`
  await Promise.race([untilReady(url), failing(program)])
  return { url, program }
}

async function failing({ exited, output }: Started): Promise<never> {
  throw new Error(`It ended with ${await exited}:\n${output()}`)
}

async function cloudRun(): Promise<Service> {
  const port = await freePort()
  const env = {
    PORT: String(port),
    K_SERVICE: 'iris',
    K_REVISION: 'iris-00001',
    K_CONFIGURATION: 'iris',
  }
  return startEntryPoint(env, port)
}

async function azure(): Promise<Service> {
  const port = await freePort()
  const env = {
    BENTO_PORT: String(port),
    CONTAINER_APP_NAME: 'iris',
    CONTAINER_APP_REVISION: 'iris--v1',
    CONTAINER_APP_PORT: String(port),
  }
  return startEntryPoint(env, port)
}

describe.each([
  ['Cloud Run: PORT', cloudRun],
  ['Azure Container Apps: the target port', azure],
])('on %s', (_, open) => {
  describeBehaviour(async () => {
    const { url, program } = await open()
    return httpHost(url, async () => void (await program.interrupt()))
  })

  test('ends after SIGTERM within the ten seconds that Cloud Run gives, and loses no request', async () => {
    const { url, program } = await open()
    const sent = await Promise.all(Array.from({ length: 8 }, () => takenRequest(url)))
    const began = performance.now()
    program.signal('SIGTERM')
    expect(await Promise.all(sent.map((finish) => finish()))).toEqual(sent.map(() => ['setosa']))
    expect(await program.exited).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
  }, 60_000)
})

const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

/** A request that the service has begun to read; it gets its body when it is asked to finish. */
function takenRequest(url: string): Promise<() => Promise<unknown>> {
  const body = JSON.stringify({ features: [flower] })
  const sent = request(`${url}/classify`, {
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      expect: '100-continue',
    },
  })
  const answered = new Promise<unknown>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (answer) => {
      text(answer).then((read) => resolve(JSON.parse(read)), reject)
    })
  })
  sent.flushHeaders()
  return new Promise((resolve) => {
    sent.on('continue', () => {
      resolve(async () => {
        sent.end(body)
        return answered
      })
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
