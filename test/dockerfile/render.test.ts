import { expect, test } from '@jest/globals'
import { DockerfileParser } from 'dockerfile-ast'
import fc from 'fast-check'
import { bentofileSchema } from '../../src/config/bentofile.ts'
import { check } from '../../src/config/problems.ts'
import { imageSettings } from '../../src/containerize/settings.ts'
import { type DockerfileInput, renderDockerfile } from '../../src/dockerfile/render.ts'
import { isBentoError } from '../../src/errors.ts'
import { type BentoImage, plainImage } from '../../src/store/manifest.ts'
import { bentoManifest } from '../store/manifests.ts'

function render(
  image: Partial<BentoImage> = {},
  options: Partial<DockerfileInput> = {},
): Promise<string> {
  return renderDockerfile({
    image: { ...plainImage, ...image },
    envs: [],
    port: 3000,
    template: undefined,
    kind: 'layers',
    ...options,
  })
}

test('puts what changes least first', async () => {
  const text = await render(
    { cuda_version: '12.8.1', system_packages: ['libgomp1', 'curl'], setup_script: true },
    { envs: [{ name: 'LEVEL', value: 'a "b" $c \\', stage: 'all' }] },
  )
  expect(text).toMatchInlineSnapshot(`
"# What \`bento containerize\` gives to a Docker engine. Packages, models and code come ready: npm does not run in here.
ARG BASE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04
ARG NODE=node:26-slim
FROM \${NODE} AS node
FROM \${BASE}
COPY --from=node /usr/local/bin/node /usr/local/bin/node
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\
    --mount=type=cache,target=/var/lib/apt,sharing=locked \\
    ["sh","-euc","apt-get update; DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends -- \\"$@\\"","sh","libgomp1","curl"]
RUN --mount=type=bind,source=setup,target=/run/bento-setup \\
    ["sh","-euc","if [ -e /run/bento-setup/variables.sh ]; then . /run/bento-setup/variables.sh; fi; exec /run/bento-setup/setup_script"]

ENV NODE_ENV=production \\
    ORT_DISABLE_TELEMETRY=1 \\
    HOME=/home/bento \\
    BENTO_HOME=/tmp/bento \\
    BENTO_PATH=/home/bento/bento \\
    BENTO_HOST=0.0.0.0
ENV LEVEL="a \\"b\\" \\$c \\\\"

WORKDIR /home/bento/bento

# In the order of how seldom they change.
COPY layers/packages/ /
COPY layers/models/ /
COPY layers/code/ /

# By number: no base needs to know the user.
USER 1034:1034
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \\
    CMD ["node", "/home/bento/bento/env/docker/healthcheck.mjs", "3000"]
ENTRYPOINT ["/home/bento/bento/env/docker/entrypoint.sh"]
CMD []
"
`)
})

test('without mounts, as for an old engine, leaves no lists of apt behind', async () => {
  const text = await render({ system_packages: ['curl'] }, { hasMounts: false })
  expect(text).toContain('; rm -rf /var/lib/apt/lists/*')
  expect(text).not.toContain('--mount')
})

test.each(['layers', 'standalone'] as const)(
  'the Dockerfile of kind %s sets what the oci backend sets',
  async (kind) => {
    const { env, user, port, healthcheck, entrypoint, workingDir } = imageSettings(bentoManifest)
    const lines = (await render({}, { kind })).replaceAll('\\\n    ', '').split('\n')
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    expect(lines).toEqual(
      expect.arrayContaining([
        `WORKDIR ${workingDir}`,
        `USER ${user}`,
        `EXPOSE ${port}`,
        'STOPSIGNAL SIGTERM',
        `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
        `HEALTHCHECK --interval=${healthcheck.intervalSeconds}s --timeout=${healthcheck.timeoutSeconds}s ` +
          `--start-period=${healthcheck.startSeconds}s --retries=${healthcheck.retries} ` +
          `CMD ${JSON.stringify(healthcheck.command).replaceAll(',', ', ')}`,
      ]),
    )
    const set = lines.find((line) => line.startsWith('ENV '))?.split(' ') ?? []
    expect(set).toEqual(expect.arrayContaining(variables))
  },
)

test('puts Node onto a base that somebody chose, when they say which', async () => {
  const own = await render({ base: 'ghcr.io/acme/base:v1' })
  expect(own).toContain('ARG BASE=ghcr.io/acme/base:v1\n')
  expect(own).not.toContain('COPY --from=node')
  const other = await render({ base: 'ghcr.io/acme/base:v1', node_version: '24' })
  expect(other).toContain('ARG NODE=node:24-slim\nFROM ${NODE} AS node\nFROM ${BASE}\n')
})

function instructionsOf(dockerfile: string): string[] {
  return DockerfileParser.parse(dockerfile)
    .getInstructions()
    .map((instruction) => instruction.getKeyword())
}

/** Text that would start an instruction wherever a renderer lets it. */
const evil = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'x\nRUN touch /pwn',
    'x"\r\nUSER root\r\n#',
    "x'; touch /pwn; '",
    '$(touch /pwn)',
    '`touch /pwn`',
    'x \\\nRUN id',
    'x" \\',
    '<<EOF\nRUN id\nEOF',
    '["sh","-c","id"]',
    '--mount=type=secret',
    '{% block SETUP_BENTO_USER %}',
    '{{ super() }}',
    '# escape=`',
    '\u2028RUN id',
    'a=b c=d',
  ),
)

async function renderOrRefuse(work: () => Promise<string>): Promise<string | undefined> {
  return work().catch((error: unknown) => {
    if (isBentoError(error)) return undefined
    throw error
  })
}

test('no text in bento.yaml starts an instruction', async () => {
  const benign = {
    image: { base: 'base:v1', node_version: '24', cuda_version: '', system_packages: ['curl'] },
    value: 'value',
  }
  const instructions = async ({ image, value }: typeof benign): Promise<string[] | undefined> => {
    const envs = [{ name: 'NAME', value, stage: 'all' as const }]
    const text = await renderOrRefuse(() => render({ ...image, setup_script: true }, { envs }))
    return text === undefined ? undefined : instructionsOf(text)
  }
  const wanted = await instructions(benign)
  expect(wanted).toContain('RUN')
  const property = fc.asyncProperty(evil, async (text) => {
    const { image } = benign
    // Empty text says nothing, and asks for less.
    fc.pre(text !== '')
    for (const changed of [
      { image: { ...image, base: text } },
      { image: { ...image, node_version: text } },
      { image: { ...image, system_packages: [text] } },
      { image: { ...image, system_packages: ['curl', text] } },
      { image: { ...image, install_args: [text] } },
    ]) {
      // Either it is refused, or it changes nothing.
      expect((await instructions({ ...benign, ...changed })) ?? wanted).toEqual(wanted)
    }
    // A value is never refused; one that no line can hold is set when the service starts.
    const found = await instructions({ ...benign, value: text })
    const isSet = !/\p{Cc}/u.test(text)
    expect(found).toEqual(isSet ? wanted : wanted?.toSpliced(wanted.lastIndexOf('ENV'), 1))
  })
  await fc.assert(property, { numRuns: 100 })
})

/** Every field of a bentofile's `docker` that ends up in a Dockerfile, in every shape that it may have. */
const shapes: Readonly<Record<string, (text: string) => object>> = {
  'docker.base_image': (text) => ({ base_image: text }),
  'docker.node_version': (text) => ({ node_version: text }),
  'docker.cuda_version': (text) => ({ cuda_version: text }),
  'docker.system_packages': (text) => ({ system_packages: [text] }),
  'docker.env as a map of values': (text) => ({ env: { NAME: text } }),
  'docker.env as a map of names': (text) => ({ env: { [text]: 'x' } }),
  'docker.env as lines': (text) => ({ env: [text] }),
  'docker.env as a value in a line': (text) => ({ env: [`NAME=${text}`] }),
  'docker.setup_script': (text) => ({ setup_script: text }),
  'docker.dockerfile_template': (text) => ({ dockerfile_template: text }),
}

test.each(Object.entries(shapes))('no text in %s of a bentofile does', async (_, shape) => {
  const property = fc.asyncProperty(evil, async (text) => {
    const checked = check(bentofileSchema, { docker: shape(text) })
    if (checked.problems !== undefined) return
    const { docker } = checked.value
    const image = {
      base: docker.base_image ?? '',
      node_version: docker.node_version ?? '',
      cuda_version: docker.cuda_version ?? '',
      system_packages: docker.system_packages,
      setup_script: docker.setup_script !== undefined,
    }
    const pairs = typeof docker.env === 'object' ? Object.entries(docker.env) : []
    const envs = pairs
      .filter(([name]) => /^\w+$/.test(name))
      .map(([name, set]) => ({ name, value: set, stage: 'all' as const }))
    const found = instructionsOf(await render(image, { envs }))
    const known = new Set(instructionsOf(await render({ ...image }, { envs: [] })))
    expect(found.filter((one) => !known.has(one) && one !== 'ENV')).toEqual([])
    expect(found.filter((one) => one === 'USER')).toHaveLength(1)
  })
  await fc.assert(property, { numRuns: 60 })
})

test.each([
  ['base', { base: 'x\nRUN id' }, 'image.base'],
  ['package', { system_packages: ['curl; id'] }, 'image.system_packages.0'],
  ['Node', { node_version: '26 AS x' }, 'image.node_version'],
  ['flag of npm', { install_args: ['--script-shell=evil'] }, 'image.install_args.0'],
])('says which %s of a bento is broken', async (_, image, place) => {
  await expect(render(image)).rejects.toMatchObject({
    code: 'BENTO_INVALID',
    message: expect.stringContaining(place),
  })
})
