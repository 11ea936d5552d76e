import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectSecurely, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { beforeAll, expect, test } from '@jest/globals'
import { client } from '../../../src/client/client.ts'
import { describeWith, missing } from '../../describe-with.ts'
import { serveSource } from '../supervise/serve-source.ts'
import {
  type Certificates,
  lockedKey,
  makeCertificates,
  password,
  readAll,
} from './certificates.ts'

const source = `
import { api, mount, service } from 'bentojs'
import { z } from 'zod'

@service({ workers: 2 })
export class Secure {
  @mount('/whole')
  whole() {
    return (request: Request) => new Response(request.url)
  }

  @api({ input: { name: z.string() }, output: z.string() })
  greet({ name }: { name: string }) {
    return 'hello ' + name
  }

  @api({ output: z.string() })
  async *stream() {
    yield 'a'
    yield 'b'
  }
}
`

interface Secure {
  greet(input: { name: string }): string
  stream(): AsyncGenerator<string>
}

function overrides(ssl: object, more: object = {}): { BENTO_CONFIG_OVERRIDES: string } {
  return { BENTO_CONFIG_OVERRIDES: JSON.stringify({ ssl: { enabled: true, ...ssl }, ...more }) }
}

describeWith('a service with a certificate', await missing('openssl'), () => {
  let made: Certificates
  let pem: Record<'ca' | 'clientCert' | 'clientKey', string>

  beforeAll(async () => {
    made = await makeCertificates()
    pem = await readAll({ ca: made.ca, clientCert: made.clientCert, clientKey: made.clientKey })
  })

  test('answers its own client, streams and mounts over HTTPS, and nobody over HTTP', async () => {
    const { cert: certfile } = made
    const env = { BENTO_SSL_KEYFILE_PASSWORD: password }
    const keyfile = await lockedKey(made)
    const { server, url } = await serveSource(source, {
      ...overrides({ certfile, keyfile }, { metrics: { port: 0 } }),
      ...env,
    })
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const caller = client<Secure>(url, { tls: { ca: pem.ca } })
    expect(await caller.greet({ name: 'ann' })).toBe('hello ann')
    const items: string[] = []
    for await (const item of caller.stream()) items.push(item)
    expect(items.join('')).toBe('ab')
    await caller.close()
    const port = Number(new URL(url).port)
    expect(await ask(port, { ca: pem.ca }, '/whole/x')).toContain(`https://x/`)
    expect(await askPlainly(port)).toBe('')
    // Scrapes and probes stay where the outside does not reach, without TLS.
    const [, probes = ''] = await server.printed(/Probes and metrics on (http:\S+)/)
    expect((await fetch(`${probes}/readyz`)).status).toBe(200)
    // Who connects and says nothing does not hold up the end.
    const silent = connect(port, '127.0.0.1')
    await once(silent, 'connect')
    const endsAt = performance.now()
    expect(await server.interrupt()).toBe(0)
    expect(performance.now() - endsAt).toBeLessThan(5000)
    silent.destroy()
  })

  test('goes on at another worker with what a client agreed with one', async () => {
    const { cert: certfile, key: keyfile } = made
    const { url } = await serveSource(source, overrides({ certfile, keyfile }))
    const port = Number(new URL(url).port)
    const session = await sessionOf(port, pem.ca)
    const reused = []
    for (let times = 0; times < 4; times += 1) {
      const socket = await secure(port, { ca: pem.ca, session })
      reused.push(socket.isSessionReused())
      socket.destroy()
    }
    expect(reused).toEqual([true, true, true, true])
    const stranger = client<Secure>(url, { retries: 0 })
    await expect(stranger.greet({ name: 'x' })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(/certificate/) as unknown,
    })
    await stranger.close()
  })

  test('takes only clients whose certificate its authority has signed', async () => {
    const { cert: certfile, key: keyfile, ca: caCerts } = made
    const { url } = await serveSource(
      source,
      overrides({ certfile, keyfile, caCerts, certReqs: 2 }),
    )
    const tls = { ca: pem.ca, cert: pem.clientCert, key: pem.clientKey }
    const known = client<Secure>(url, { tls })
    expect(await known.greet({ name: 'bo' })).toBe('hello bo')
    const unknown = client<Secure>(url, { tls: { ca: pem.ca }, retries: 0 })
    await expect(unknown.greet({ name: 'bo' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:UNREACHABLE|CONNECTION_LOST)$/) as unknown,
    })
    await Promise.all([known.close(), unknown.close()])
  })

  test('speaks TLS 1.2 alone where that is asked for', async () => {
    const { cert: certfile, key: keyfile } = made
    const { url } = await serveSource(source, overrides({ certfile, keyfile, version: 5 }))
    const port = Number(new URL(url).port)
    const socket = await secure(port, { ca: pem.ca })
    expect(socket.getProtocol()).toBe('TLSv1.2')
    socket.destroy()
    await expect(secure(port, { ca: pem.ca, minVersion: 'TLSv1.3' })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    })
  })
})

async function secure(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connectSecurely({ port, host: '127.0.0.1', ...options })
  await once(socket, 'secureConnect')
  return socket
}

async function ask(port: number, options: ConnectionOptions, path: string): Promise<string> {
  const socket = await secure(port, options)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)
  let heard = ''
  for await (const chunk of socket) heard += String(chunk)
  return heard
}

async function askPlainly(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += String(chunk)))
  await once(socket, 'close')
  return heard
}

/** In TLS 1.3 it comes after the handshake. */
async function sessionOf(port: number, ca: string): Promise<Buffer> {
  const socket = await secure(port, { ca })
  const arrived: Promise<unknown[]> = once(socket, 'session')
  socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
  const [session] = await arrived
  socket.destroy()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the event brings a Buffer
  return session as Buffer
}
