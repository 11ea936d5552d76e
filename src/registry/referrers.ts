import { mediaTypes, pullScope, readLimited, type Registry } from './client.ts'
import { digestOf, isDigest, type Descriptor } from './digest.ts'
import { blobOf, pushBlob } from './push-blob.ts'
import { refused } from './wire.ts'

/** A document that belongs to an image, and is found by the image's digest. */
export interface Attachment {
  /** What it is, as `application/vnd.oai.openapi+json`. */
  readonly artifactType: string
  readonly bytes: Buffer
  /** Name of the file that it becomes when somebody pulls it. */
  readonly title: string
}

const empty = Buffer.from('{}')

/** Attaches a document to an image that is in the repository already. Attached again, it is there once. */
export async function attach(
  registry: Registry,
  { repository, subject }: { readonly repository: string; readonly subject: Descriptor },
  attachment: Attachment,
): Promise<Descriptor> {
  const blob = { mediaType: attachment.artifactType, ...nameOf(attachment.bytes) }
  const config = { mediaType: mediaTypes.empty, ...nameOf(empty) }
  await pushBlob(registry, blobOf(attachment.bytes), { repository })
  await pushBlob(registry, blobOf(empty), { repository })
  const { mediaType, digest, size } = subject
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      artifactType: attachment.artifactType,
      config,
      layers: [{ ...blob, annotations: { 'org.opencontainers.image.title': attachment.title } }],
      subject: { mediaType, digest, size },
    }),
  )
  const own = { mediaType: mediaTypes.manifest, ...nameOf(bytes) }
  await registry.putManifest(repository, own.digest, { mediaType: own.mediaType, bytes })
  const listed = { ...own, artifactType: attachment.artifactType }
  if ((await askReferrers(registry, repository, digest)) === undefined) {
    await addToTag(registry, { repository, subject }, listed)
  }
  return listed
}

/** What is attached to an image. */
export async function listReferrers(
  registry: Registry,
  repository: string,
  digest: string,
): Promise<Descriptor[]> {
  const asked = await askReferrers(registry, repository, digest)
  return asked ?? (await readTag(registry, repository, digest))
}

/** Undefined when the registry knows no such question: it is older than version 1.1 of the specification. */
async function askReferrers(
  { wire }: Registry,
  repository: string,
  digest: string,
): Promise<Descriptor[] | undefined> {
  const url = await wire.url(`/v2/${repository}/referrers/${digest}`)
  const answer = await wire.send({ method: 'GET', url }, pullScope(repository))
  if (answer.status !== 200 && answer.status !== 404) {
    throw await refused(wire.registry, `what is attached to "${digest}"`, answer)
  }
  const bytes = await readLimited(answer.body, 4 << 20)
  return answer.status === 404 ? undefined : descriptorsOf(bytes)
}

/** Then a tag made from the digest lists them (OCI distribution specification 1.1, referrers tag schema). */
async function addToTag(
  registry: Registry,
  { repository, subject }: { readonly repository: string; readonly subject: Descriptor },
  listed: Descriptor,
): Promise<void> {
  const known = await readTag(registry, repository, subject.digest)
  if (known.some((one) => one.digest === listed.digest)) return
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [...known, listed] }
  const bytes = Buffer.from(JSON.stringify(index))
  await registry.putManifest(repository, tagOf(subject.digest), {
    mediaType: mediaTypes.index,
    bytes,
  })
}

async function readTag(
  registry: Registry,
  repository: string,
  digest: string,
): Promise<Descriptor[]> {
  const found = await registry.findManifest(repository, tagOf(digest))
  return found === undefined ? [] : descriptorsOf(found.bytes)
}

function tagOf(digest: string): string {
  return digest.replace(':', '-')
}

function descriptorsOf(bytes: Buffer): Descriptor[] {
  const index: unknown = JSON.parse(bytes.toString())
  if (typeof index !== 'object' || index === null || !('manifests' in index)) return []
  return Array.isArray(index.manifests) ? index.manifests.filter(isDescriptor) : []
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false
  if (!('digest' in value) || !('mediaType' in value) || !('size' in value)) return false
  const { digest, mediaType, size } = value
  return (
    typeof digest === 'string' &&
    isDigest(digest) &&
    typeof mediaType === 'string' &&
    typeof size === 'number'
  )
}

function nameOf(bytes: Buffer): Pick<Descriptor, 'digest' | 'size'> {
  return { digest: digestOf(bytes), size: bytes.length }
}
