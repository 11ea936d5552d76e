import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { portOf } from '../../../dockerfile/image.ts'
import { renderDockerfile, templateName } from '../../../dockerfile/render.ts'
import { BentoError } from '../../../errors.ts'
import { renderPlatform, type Platform } from '../../../lib/platform.ts'
import { findCredentials } from '../../../registry/credentials.ts'
import { isDigest, type Digest } from '../../../registry/digest.ts'
import {
  parseReference,
  renderReference,
  type ImageReference,
} from '../../../registry/reference.ts'
import type { BentoManifest } from '../../../store/manifest.ts'
import type { BuiltImage, ContainerBackend, ImageRequest } from '../../backend.ts'
import { planLayers } from '../../layers.ts'
import { fetchPackages } from '../../packages.ts'
import { imageSettings } from '../../settings.ts'
import { readSetup, tarContext } from './context.ts'
import { addressOf, authOf, openEngine, type Engine } from './engine.ts'
import { follow } from './follow.ts'

/** Makes images with a Docker engine, which has them afterwards. */
export const dockerBackend: ContainerBackend = {
  name: 'docker',
  options: ['network'],
  switches: ['pull'],
  async build(request) {
    const [platform, ...more] = request.platforms
    if (platform === undefined || more.length > 0) throw severalPlatforms()
    const [first] = request.names
    if (first === undefined) throw new Error('An image needs a name')
    parseReference(request.base.base)
    const engine = await openEngine(request.env)
    const packages = await fetchPackages({
      ...request,
      bento: request.bento.path,
      platform,
      installArgs: request.bento.manifest.image.install_args,
    })
    await buildImage({ engine, platform, packages, name: first }, request)
    const image = engine.docker.getImage(renderReference(first))
    for (const { registry, ...name } of request.names) {
      const repo = renderReference({ registry, repository: name.repository })
      await image.tag({ repo, tag: name.tag ?? 'latest' })
    }
    const { Id: id } = await image.inspect()
    return deliver(engine.docker, id, request)
  },
}

function severalPlatforms(): BentoError {
  return new BentoError('USAGE', 'The docker backend makes an image for one platform at a time', {
    hint: 'Name one, or use --backend oci, which puts several under one name.',
  })
}

interface Building {
  readonly engine: Engine
  readonly platform: Platform
  readonly packages: string | undefined
  readonly name: ImageReference
}

async function buildImage(
  { engine, platform, packages, name }: Building,
  request: ImageRequest,
): Promise<void> {
  const { bento, report, time, env, base, options } = request
  const { docker, hasBuildKit } = engine
  const settings = imageSettings(bento.manifest, request.labels)
  const layers = await planLayers(bento.path, packages)
  const setup = await readSetup(bento, env)
  refuseSecretsInLayers(bento.manifest, engine)
  const dockerfile = await readDockerfile(request, engine)
  const { registry } = parseReference(base.base)
  const authconfig = authOf(await findCredentials(registry, env), registry)
  report(`building with ${hasBuildKit ? 'BuildKit' : 'the classic builder'}`)
  const files = tarContext({ dockerfile, layers, setup }, { time })
  const context = Readable.from(files, { objectMode: false })
  const stream = await docker
    .buildImage(context, {
      t: renderReference(name),
      platform: renderPlatform(platform),
      labels: settings.labels,
      buildargs: { ...request.buildArgs, BASE: base.base, ...(base.node && { NODE: base.node }) },
      nocache: !request.useCache,
      ...(options['network'] === undefined ? {} : { networkmode: options['network'] }),
      ...(options['pull'] === undefined ? {} : { pull: true }),
      ...(hasBuildKit ? { version: '2' as const } : { rm: true, forcerm: true }),
      ...(authconfig &&
        (hasBuildKit ? { authconfig } : { registryconfig: { [addressOf(registry)]: authconfig } })),
      ...(request.signal === undefined ? {} : { abortSignal: request.signal }),
    })
    .catch((cause: unknown) => {
      throw new BentoError(
        'IMAGE_BUILD_FAILED',
        `The engine cannot build "${renderReference(name)}"`,
        { cause },
      )
    })
  await follow(docker, stream, {
    code: 'IMAGE_BUILD_FAILED',
    failure: `The engine cannot build "${renderReference(name)}"`,
    hint: 'Look at the step above; --opt base=IMAGE names another base, --no-cache begins anew.',
    report,
  })
}

/** Without mounts, the setup script and what it is given would stay in a layer. */
function refuseSecretsInLayers({ envs, image }: BentoManifest, { hasBuildKit }: Engine): void {
  const secret = envs.find(({ stage }) => stage === 'build')
  if (hasBuildKit || !image.setup_script || secret === undefined) return
  throw new BentoError(
    'DOCKER_FAILED',
    `The engine has no BuildKit, so that "${secret.name}" of the stage "build" would stay in the image`,
    {
      hint: 'Take DOCKER_BUILDKIT=0 away, or use an engine that has it.',
    },
  )
}

async function readDockerfile(
  { bento, base }: ImageRequest,
  { hasBuildKit }: Engine,
): Promise<string> {
  const { image, envs, config } = bento.manifest
  const template = image.dockerfile_template
    ? await readFile(join(bento.path, 'env', 'docker', templateName), 'utf8')
    : undefined
  return renderDockerfile({
    image,
    envs,
    port: portOf(config),
    template,
    kind: 'layers',
    base,
    hasMounts: hasBuildKit,
  })
}

async function deliver(docker: Docker, id: string, request: ImageRequest): Promise<BuiltImage> {
  let digest = id
  for (const name of request.isPushed ? request.names : []) {
    digest = (await push(docker, name, request)) ?? digest
  }
  return { names: request.names.map(renderReference), digest: requireDigest(digest) }
}

/** Returns the digest of what the registry has now, where the engine says it. */
async function push(
  docker: Docker,
  name: ImageReference,
  request: ImageRequest,
): Promise<string | undefined> {
  const { registry, repository, tag = 'latest' } = name
  const credentials = await findCredentials(registry, request.env)
  // Without any, the engine wants to hear that there are none.
  const authconfig = authOf(credentials, registry) ?? {
    username: '',
    password: '',
    serveraddress: addressOf(registry),
  }
  const image = docker.getImage(renderReference({ registry, repository }))
  const stream = await image.push({ tag, authconfig })
  const events = await follow(docker, stream, {
    code: 'REGISTRY_FAILED',
    failure: `The engine cannot push "${renderReference(name)}"`,
    hint: `Run \`docker login ${registry}\`, and check what your account may do.`,
    report: request.report,
  })
  request.report(`pushed ${renderReference(name)}`)
  return events.map((event) => digestIn(event['aux'])).find((digest) => digest !== undefined)
}

function digestIn(aux: unknown): string | undefined {
  if (typeof aux !== 'object' || aux === null || !('Digest' in aux)) return undefined
  return typeof aux.Digest === 'string' ? aux.Digest : undefined
}

function requireDigest(text: string): Digest {
  if (isDigest(text)) return text
  throw new BentoError('DOCKER_FAILED', `The engine calls the image "${text}", which is no digest`)
}
