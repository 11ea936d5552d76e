import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { describeWith, missing } from '../describe-with.ts'
import { run } from '../processes.ts'
import { dockerConfig, startRegistry } from '../registry/docker-registry.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { flower, post, ready, sendUntilRefused } from './requests.ts'

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

  test('makes what the bentofile says of the image, and keeps the secrets of the setup out', async () => {
    const context = join(env['BENTO_HOME'] ?? '', 'project')
    await cp(join(root, 'examples/iris'), context, { recursive: true })
    await cp(join(root, 'package-lock.json'), join(context, 'package-lock.json'))
    await symlink(join(root, 'node_modules'), join(context, 'node_modules'))
    const setup = '#!/bin/sh\necho "$LEVEL ${#TOKEN} $(dpkg --version | wc -l)" >/setup.txt\n'
    await writeFile(join(context, 'setup.sh'), setup)
    await writeFile(
      join(context, 'template'),
      '{% extends bento_base_template %}{% block SETUP_BENTO_COMPONENTS %}\n{{ super() }}\nRUN echo {{ bento__path }} >/template.txt\n{% endblock %}',
    )
    await writeFile(
      join(context, 'bentofile.yaml'),
      `service: service:IrisClassifier
docker: { setup_script: setup.sh, dockerfile_template: template, env: { LEVEL: 'a "b" $HOME' } }
envs: [{ name: TOKEN, stage: build }]
`,
    )
    const name = `${run1}:wishes`
    const args = ['--no-check', '--name', 'wishes', '--containerize', '-t', name]
    Object.assign(env, { TOKEN: secret })
    await bento('build', context, ...args)
    const read = ['sh', '-c', 'cat /setup.txt /template.txt; echo "$LEVEL"']
    expect(await docker('run', '--rm', name, ...read)).toMatch(
      new RegExp(`^a "b" \\$HOME ${secret.length} \\d+\n/home/bento/bento\na "b" \\$HOME\n$`),
    )
    expect(await docker('history', '--no-trunc', name)).not.toContain(secret)
    const file = join(env['BENTO_HOME'] ?? '', 'wishes.tar')
    await docker('save', '--output', file, name)
    expect((await readFile(file)).includes(secret)).toBe(false)
    await docker('rmi', name)
    const oci = bento('containerize', 'wishes', '--backend', 'oci')
    await expect(oci).rejects.toMatchObject({
      stderr: expect.stringContaining('it has no use for docker.setup_script'),
    })
  })

  test('pushes with the credentials of the registry, a bento and what is built just now', async () => {
    const user = ['ann', 'secret'] as const
    const { host } = await startRegistry({ user })
    const name = `${host}/iris:v1`
    await expect(bento('containerize', tag, '-t', name, '--push')).rejects.toMatchObject({
      stderr: expect.stringMatching(/^REGISTRY_FAILED: The engine cannot push/m),
    })
    Object.assign(env, await dockerConfig(host, user))
    const json = ['--push', '-o', 'json']
    const image: unknown = JSON.parse(await bento('containerize', tag, '-t', name, ...json))
    const digest = expect.stringMatching(/^sha256:/)
    expect(image).toEqual({ names: [name], digest, bento: tag })
    const next = `${host}/iris:v2`
    const project = [join(root, 'examples/iris'), '--no-check', '--version', 'v2']
    const built: unknown = JSON.parse(await bento('build', ...project, '-t', next, ...json))
    const seen = ['inspect', '--tls-verify=false', '--creds', user.join(':')]
    const found: unknown = JSON.parse(
      await run('skopeo', [...seen, `docker://${next}`], { cwd: root }),
    )
    expect(found).toMatchObject({ Digest: digest })
    expect(built).toMatchObject({
      tag: 'iris_classifier:v2',
      image: { names: [next], digest: String(Reflect.get(Object(found), 'Digest')) },
    })
    await docker('rmi', name, next)
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
