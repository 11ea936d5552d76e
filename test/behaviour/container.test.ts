import { afterAll, beforeAll, jest } from '@jest/globals'
import { describeWith, missing } from '../describe-with.ts'
import { run, start } from '../processes.ts'
import { httpHost, untilReady } from './http-host.ts'
import { buildIris, root } from './iris.ts'
import { functionUrl } from './lambda/events.ts'
import { programHost } from './lambda/hosts.ts'
import { describeBehaviour } from './suite.ts'

jest.setTimeout(180_000)

const base = 'node:26-slim'
const image = `bento-behaviour-${process.pid}:v1`
const sandbox = ['--read-only', '--tmpfs', '/tmp']

function docker(...args: string[]): Promise<string> {
  return run('docker', args, { cwd: root })
}

async function lacking(): Promise<string[]> {
  const programs = await missing('docker')
  if (programs.length > 0) return programs
  const isThere = docker('image', 'inspect', base).then(() => [])
  return isThere.catch(() => [`the image ${base}`])
}

const lacks = await lacking()

beforeAll(async () => {
  if (lacks.length > 0) return
  const { tag, bento } = await buildIris()
  await bento('containerize', tag, '-t', image)
})

afterAll(async () => {
  if (lacks.length === 0) await docker('rmi', '--force', image)
})

describeWith('the container, with nothing writable but /tmp', lacks, () => {
  describeBehaviour(async () => {
    const args = [...sandbox, '--publish', '127.0.0.1::3000', image]
    const id = (await docker('run', '--detach', ...args)).trim()
    const url = `http://${(await docker('port', id, '3000')).trim()}`
    await untilReady(url)
    return httpHost(url, async () => void (await docker('rm', '--force', id)))
  })
})

describeWith('the same image on Lambda, with nothing writable but /tmp', lacks, () => {
  describeBehaviour(
    () =>
      programHost(functionUrl, (host) => {
        const args = ['--rm', ...sandbox, '--network', 'host', '--init']
        const env = ['--env', `AWS_LAMBDA_RUNTIME_API=${host}`]
        return start('docker', ['run', ...args, ...env, image], { cwd: root })
      }),
    { joinsRequests: false, streams: false },
  )
})
