import type { Readable } from 'node:stream'
import { BentoError } from '../errors.ts'
import { findCredentials, type Env } from './credentials.ts'
import { digestOf, isDigest, mismatch, type Descriptor, type Digest } from './digest.ts'
import type { WireResponse } from './transport.ts'
import { refused, Wire } from './wire.ts'

export interface RegistryOptions {
  readonly env: Env
  /** Certificates are not checked, and plain HTTP will do. */
  readonly isInsecure?: boolean
  readonly signal?: AbortSignal
  /** Tries of one request that meets a fault that may pass. */
  readonly tries?: number
  readonly pauseMs?: number
}

/** A manifest or an index, as it came. */
export interface Manifest extends Descriptor {
  readonly bytes: Buffer
}

export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  empty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const

const accept = [
  mediaTypes.index,
  mediaTypes.manifest,
  mediaTypes.dockerIndex,
  mediaTypes.dockerManifest,
].join(', ')
const manifestLimit = 4 << 20

/** Opens a registry, with the credentials that Docker's config has for it. Close it in a `finally`. */
export function openRegistry(registry: string, options: RegistryOptions): Registry {
  return new Registry(
    new Wire(registry, {
      isInsecure: false,
      ...options,
      findCredentials: () => findCredentials(registry, options.env),
    }),
  )
}

/** The manifests of an OCI registry (distribution specification 1.1). Its blobs: `pull-blob.ts`, `push-blob.ts`. */
export class Registry {
  readonly wire: Wire

  constructor(wire: Wire) {
    this.wire = wire
  }

  /** A manifest by tag or digest, checked against the digest, or undefined. */
  async findManifest(repository: string, version: string): Promise<Manifest | undefined> {
    const answer = await this.#manifest('GET', repository, version)
    if (answer.status === 404) return dropped(answer)
    const what = `"${repository}:${version}"`
    if (answer.status !== 200) throw await refused(this.wire.registry, what, answer)
    const bytes = await readLimited(answer.body, manifestLimit)
    const digest = digestOf(bytes)
    const wanted = isDigest(version) ? version : answer.header('docker-content-digest')
    if (wanted !== undefined && isDigest(wanted) && wanted !== digest) {
      throw mismatch(wanted, `"${digest}"`)
    }
    return { mediaType: typeOf(bytes, answer), digest, size: bytes.length, bytes }
  }

  async requireManifest(repository: string, version: string): Promise<Manifest> {
    const found = await this.findManifest(repository, version)
    if (found) return found
    throw new BentoError(
      'IMAGE_NOT_FOUND',
      `"${this.wire.registry}" has no "${repository}:${version}"`,
      {
        hint: 'Check the name; a private one may also look as if it were not there.',
      },
    )
  }

  /** The digest that a tag points to, or undefined. */
  async findDigest(repository: string, version: string): Promise<Digest | undefined> {
    const answer = await this.#manifest('HEAD', repository, version)
    await answer.body.dump()
    const digest = answer.header('docker-content-digest') ?? ''
    if (answer.status === 404) return undefined
    if (answer.status === 200 && isDigest(digest)) return digest
    return (await this.findManifest(repository, version))?.digest
  }

  /** Puts a manifest under a tag, or under its own digest. What it refers to must be there. */
  async putManifest(
    repository: string,
    version: string,
    { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Buffer },
  ): Promise<Digest> {
    const url = await this.wire.url(`/v2/${repository}/manifests/${version}`)
    const headers = { 'content-type': mediaType }
    const answer = await this.wire.send(
      { method: 'PUT', url, headers, body: () => bytes },
      pushScope(repository),
    )
    if (answer.status !== 201) {
      throw await refused(this.wire.registry, `the manifest "${repository}:${version}"`, answer)
    }
    await answer.body.dump()
    return digestOf(bytes)
  }

  /** All tags of a repository; none when there is no such repository. */
  async listTags(repository: string): Promise<string[]> {
    const tags: string[] = []
    let next: URL | undefined = await this.wire.url(`/v2/${repository}/tags/list?n=1000`)
    while (next !== undefined) {
      const url: URL = next
      const answer = await this.wire.send({ method: 'GET', url }, pullScope(repository))
      if (answer.status === 404) {
        await answer.body.dump()
        return tags
      }
      if (answer.status !== 200) {
        throw await refused(this.wire.registry, `tags of "${repository}"`, answer)
      }
      const body: unknown = JSON.parse((await readLimited(answer.body, 16 << 20)).toString())
      tags.push(...tagsOf(body))
      next = nextPage(answer, url)
    }
    return tags
  }

  close(): Promise<void> {
    return this.wire.close()
  }

  async #manifest(
    method: 'GET' | 'HEAD',
    repository: string,
    version: string,
  ): Promise<WireResponse> {
    const url = await this.wire.url(`/v2/${repository}/manifests/${version}`)
    return this.wire.send({ method, url, headers: { accept } }, pullScope(repository))
  }
}

export function pullScope(repository: string): string {
  return `repository:${repository}:pull`
}

export function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`
}

async function dropped(answer: WireResponse): Promise<undefined> {
  await answer.body.dump()
}

/** The bytes of a body that must be small. */
export async function readLimited(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    const bytes: unknown = chunk
    if (!(bytes instanceof Uint8Array)) continue
    size += bytes.length
    if (size > limit) {
      throw new BentoError('REGISTRY_FAILED', `The registry's answer is longer than ${limit} bytes`)
    }
    chunks.push(Buffer.from(bytes))
  }
  return Buffer.concat(chunks)
}

/** What a manifest says of itself wins over what the server says of it. */
function typeOf(bytes: Buffer, answer: WireResponse): string {
  const manifest = parse(bytes)
  if (typeof manifest === 'object' && manifest !== null && 'mediaType' in manifest) {
    if (typeof manifest.mediaType === 'string') return manifest.mediaType
  }
  return (answer.header('content-type') ?? mediaTypes.manifest).replace(/;.*$/s, '').trim()
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch (cause) {
    throw new BentoError('IMAGE_INVALID', 'The registry sent a manifest that is not JSON', {
      cause,
    })
  }
}

function tagsOf(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || !('tags' in body)) return []
  const { tags } = body
  return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : []
}

/** The next page, as the `Link` header says; never of another host, which would get the credentials. */
function nextPage(answer: WireResponse, url: URL): URL | undefined {
  const [, link] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(answer.header('link') ?? '') ?? []
  if (link === undefined) return undefined
  const next = new URL(link, url)
  return next.origin === url.origin && next.href !== url.href ? next : undefined
}
