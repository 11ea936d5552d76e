import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { run } from '../processes.ts'
import { describeWith, dockerConfig, missing, startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/*
 * The example, made into an image by both backends and run by a real engine. The engine must have a base called
 * `node:26-slim`: nothing is pulled here.
 */
jest.setTimeout(180_000)

const root = fileURLToPath(new URL('../..', import.meta.url))
const base = 'node:26-slim'
const run1 = `bento-test-${process.pid}`
const images = { docker: `${run1}:docker`, oci: `${run1}:oci` }
const secret = 'hunter2-is-a-secret'
const flower = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }

function docker(...args: string[]): Promise<string> {
  return run('docker', args, { cwd: root })
}

async function lacking(): Promise<string[]> {
  const programs = await missing('docker', 'skopeo', 'docker-registry', 'htpasswd')
  if (programs.length > 0) return programs
  return docker('image', 'inspect', base).then(
    () => [],
    () => [`the image ${base}`],
  )
}

describeWith('a Docker engine', await lacking(), () => {
  let env: Record<string, string>
  let tag: string
  const containers: string[] = []

  const bento = (...args: string[]): Promise<string> =>
    run(process.execPath, [join(root, 'bin/bento.js'), ...args], {
      cwd: env['BENTO_HOME'] ?? root,
      env,
    })

  const startContainer = async (
    image: string,
    { port = 3000, args = [] }: { port?: number; args?: string[] } = {},
  ): Promise<Container> => {
    const options = ['--read-only', '--tmpfs', '/tmp', '--publish', `127.0.0.1::${port}`, ...args]
    const id = (await docker('run', '--detach', ...options, image)).trim()
    containers.push(id)
    const published = (await docker('port', id, String(port))).trim()
    const address = await docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', id)
    const container = { id, url: `http://${published}`, address: address.trim() }
    await ready(container.url)
    return container
  }

  beforeAll(async () => {
    const home = await temporaryFolder()
    env = { BENTO_HOME: home, DOCKER_CONFIG: await temporaryFolder(), NPM_TOKEN: secret }
    await bento('models', 'import', join(root, 'examples/iris/iris_classifier.onnx'))
    tag = (await bento('build', join(root, 'examples/iris'), '--no-check', '-o', 'tag')).trim()
    const labels = ['--label', 'team=flowers\nUSER root']
    await bento(
      'containerize',
      tag,
      '-t',
      images.docker,
      '--build-arg',
      `TOKEN=${secret}`,
      ...labels,
    )
    const layout = join(home, 'base')
    await run('skopeo', ['copy', `docker-daemon:${base}`, `oci:${layout}`], { cwd: home })
    const options = ['--opt', `base=oci:${layout}`, '--opt', 'output=iris.tar', ...labels]
    await bento('containerize', tag, '--backend', 'oci', '-t', images.oci, ...options)
    await docker('load', '--input', join(home, 'iris.tar'))
  })

  afterAll(async () => {
    if (containers.length > 0) await docker('rm', '--force', ...containers)
    await docker('rmi', '--force', ...Object.values(images)).catch(() => '')
  })

  test.each(Object.entries(images))(
    'runs an image of the %s backend, with a root that is read-only',
    async (_, image) => {
      const { id, url } = await startContainer(image)
      expect(await post(url, '/classify', { features: [flower] })).toEqual(['setosa'])
      expect(await post(url, '/predict_proba', flower)).toMatchObject({
        setosa: expect.any(Number),
      })
      for (const path of ['/livez', '/readyz', '/schema.json', '/docs.json', '/metrics']) {
        expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200])
      }
      expect(await docker('exec', id, 'id', '--user')).toBe('1034\n')
      expect(await docker('exec', id, 'node', '/home/bento/bento/env/docker/healthcheck.mjs')).toBe(
        '',
      )
      await docker('stop', id)
      expect(await docker('inspect', '--format', '{{.State.ExitCode}}', id)).toBe('0\n')
    },
  )

  test('both backends say the same in the config', async () => {
    const [one, other] = await Promise.all(
      Object.values(images).map(async (image) => {
        const text = await docker('inspect', '--format', '{{json .Config}}', image)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is compared whole
        return JSON.parse(text) as { Labels: Record<string, string>; ArgsEscaped?: boolean }
      }),
    )
    // The engine does not tell the digest of its base, and marks what it wrote itself.
    delete other?.Labels['org.opencontainers.image.base.digest']
    delete one?.ArgsEscaped
    expect(one).toEqual(other)
    expect(one).toMatchObject({ User: '1034:1034', Labels: { team: 'flowers\nUSER root' } })
  })

  test.each(Object.values(images))('no secret of the builder is in %s', async (image) => {
    const history = await docker('history', '--no-trunc', image)
    expect(history).not.toContain(secret)
    const file = join(env['BENTO_HOME'] ?? '', 'saved.tar')
    await docker('save', '--output', file, image)
    expect((await readFile(file)).includes(secret)).toBe(false)
  })

  test('listens where the platform says, and runs other programs as they stand', async () => {
    const { id, url } = await startContainer(images.docker, {
      port: 8080,
      args: ['--env', 'PORT=8080'],
    })
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect(await docker('exec', id, 'node', '/home/bento/bento/env/docker/healthcheck.mjs')).toBe(
      '',
    )
    expect(await docker('run', '--rm', images.docker, 'node', '--print', '1 + 1')).toBe('2\n')
  })

  test('docker stop under load loses no request that was taken', async () => {
    const { id, address } = await startContainer(images.oci)
    const load = Array.from({ length: 8 }, () => sendUntilRefused(address))
    await docker('stop', id)
    const outcomes = await Promise.all(load)
    expect(outcomes.flatMap(({ lost }) => lost)).toEqual([])
    expect(outcomes.reduce((sum, { answered }) => sum + answered, 0)).toBeGreaterThan(0)
  })

  test('pushes with the credentials of the registry', async () => {
    const user = ['ann', 'secret'] as const
    const { host } = await startRegistry({ user })
    const name = `${host}/iris:v1`
    await expect(bento('containerize', tag, '-t', name, '--push')).rejects.toMatchObject({
      stderr: expect.stringMatching(/^REGISTRY_FAILED: The engine cannot push/m),
    })
    Object.assign(env, await dockerConfig(host, user))
    const image: unknown = JSON.parse(
      await bento('containerize', tag, '-t', name, '--push', '-o', 'json'),
    )
    expect(image).toEqual({ names: [name], digest: expect.stringMatching(/^sha256:/), bento: tag })
    await docker('rmi', name)
  })

  test('shows the step that failed', async () => {
    const failing = bento(
      'containerize',
      tag,
      '-t',
      images.docker,
      '--opt',
      'base=localhost:9/nothing:v1',
    )
    await expect(failing).rejects.toMatchObject({
      stderr: expect.stringMatching(
        /^IMAGE_BUILD_FAILED: The engine cannot build[^]*localhost:9\/nothing:v1/m,
      ),
    })
  })

  test('says what to do where no engine answers', async () => {
    Object.assign(env, { DOCKER_HOST: 'unix:///nowhere/docker.sock' })
    await expect(bento('containerize', tag)).rejects.toMatchObject({
      stderr: expect.stringMatching(/^DOCKER_FAILED: No Docker engine answers[^]*--backend oci/m),
    })
  })
})

interface Container {
  readonly id: string
  readonly url: string
  /** Of the container itself: the engine's proxy would take requests for a server that is gone. */
  readonly address: string
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not get ready`)
}

async function post(url: string, path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return answer.json()
}

interface Outcome {
  answered: number
  readonly lost: string[]
}

/** Sends one request after another, each on a connection of its own, until nobody listens. */
async function sendUntilRefused(address: string): Promise<Outcome> {
  const outcome: Outcome = { answered: 0, lost: [] }
  for (;;) {
    const end = await sendOne(address)
    if (end === '200') outcome.answered++
    else {
      if (!['ECONNREFUSED', 'EHOSTUNREACH', 'timeout'].includes(end)) outcome.lost.push(end)
      return outcome
    }
  }
}

function sendOne(host: string): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json' }
    const sent = request({
      host,
      port: 3000,
      path: '/classify',
      method: 'POST',
      headers,
      agent: false,
      timeout: 5000,
    })
    sent.on('response', (answer) => {
      answer.resume().on('end', () => resolve(String(answer.statusCode)))
    })
    // A container that is gone swallows what is sent to its address.
    sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })))
    sent.on('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    sent.end(JSON.stringify({ features: [flower] }))
  })
}
