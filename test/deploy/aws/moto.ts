import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { start, type Started } from '../../processes.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const venv = join(tmpdir(), 'bento-moto-5.2.2')
const program = join(venv, 'bin', 'moto_server')

/** What stands for AWS: moto's server, in a Python of its own. Names what is missing where none can be had. */
export function lackingMoto(): string[] {
  if (existsSync(program)) return []
  const made = spawnSync('python3', ['-m', 'venv', venv]).status === 0
  const pip = [join(venv, 'bin', 'pip'), 'install', '--quiet', '-r', requirements] as const
  if (made) spawnSync(pip[0], pip.slice(1))
  return existsSync(program) ? [] : ['python3 with venv and moto']
}

export interface Aws {
  readonly url: string
  /** For whoever talks to it: where it is, and credentials that it does not check. */
  readonly env: Readonly<Record<string, string>>
  /** Calls since the start, as `POST /2015-03-31/functions`. */
  readonly calls: string[]
  /** Answers calls instead of moto while it gives something. */
  fault: ((call: string) => { status: number; body: object } | 'hang' | undefined) | undefined
  /** The host of ECR's registry, as moto says it, and the one that stands for it. */
  registry: string | undefined
  close(): Promise<void>
}

const account = '123456789012'
const region = 'eu-west-1'

/** moto behind a server that counts calls, can fail them, and names a real registry in place of ECR's. */
export async function startAws(): Promise<Aws> {
  const moto = start(program, ['--host', '127.0.0.1', '--port', '0'], {
    cwd: await temporaryFolder(),
    env: { AWS_DEFAULT_REGION: region },
  })
  const [, url = ''] = await moto.printed(/Running on (http:\/\/127\.0\.0\.1:\d+)/)
  return openFront(moto, url)
}

async function openFront(moto: Started, target: string): Promise<Aws> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${portOf(server)}`
  const aws: Aws = {
    url,
    calls: [],
    fault: undefined,
    registry: undefined,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await moto.kill()
    },
  }
  server.on('request', async (incoming, outgoing) => {
    const operation = incoming.headers['x-amz-target']
    const call = `${incoming.method} ${String(operation ?? incoming.url)}`
    aws.calls.push(call)
    const body = await buffer(incoming)
    const fault = aws.fault?.(call)
    if (fault === 'hang') return
    if (fault !== undefined) {
      outgoing.writeHead(fault.status, { 'content-type': 'application/json' })
      outgoing.end(JSON.stringify(fault.body))
      return
    }
    const { method, headers } = incoming
    const sent = request(`${target}${incoming.url}`, { method, headers })
    sent.on('response', async (answer) => {
      const text = (await buffer(answer)).toString()
      const ours = text.replaceAll(`${account}.dkr.ecr.${region}.amazonaws.com`, aws.registry ?? '')
      const { 'content-length': _length, ...rest } = answer.headers
      outgoing.writeHead(answer.statusCode ?? 500, rest)
      outgoing.end(aws.registry === undefined ? text : ours)
    })
    sent.end(body)
  })
  return aws
}

function portOf(server: Server): number {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it listens on TCP
  return (server.address() as AddressInfo).port
}
