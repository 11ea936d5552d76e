import type { BlobSource } from '../registry/push-blob.ts'
import type { S3Client } from './s3-client.ts'

const partBytes = 32 << 20

interface Upload {
  readonly client: S3Client
  readonly key: string
  readonly id: string
}

/** Sends an object: a large one in parts, of which an upload that was cut off keeps those that came whole. */
export async function uploadObject(
  client: S3Client,
  key: string,
  source: BlobSource,
): Promise<void> {
  if (source.size <= 2 * partBytes) return client.put(key, source)
  const id = (await findUpload(client, key)) ?? (await startUpload(client, key))
  const upload = { client, key, id }
  const known = await listParts(upload)
  const etags: string[] = []
  for (let at = 0; at < source.size; at += partBytes) {
    const range = [at, Math.min(at + partBytes, source.size)] as const
    const kept = known.get(etags.length + 1)
    const isKept = kept?.size === range[1] - at
    etags.push(
      isKept ? kept.etag : await sendPart(upload, source, { range, number: etags.length + 1 }),
    )
  }
  await complete(upload, etags)
}

async function sendPart(
  { client, key, id }: Upload,
  body: BlobSource,
  { range, number }: { readonly range: readonly [number, number]; readonly number: number },
): Promise<string> {
  const query = { partNumber: String(number), uploadId: id }
  return (await client.part('PUT', key, { body, range, query })).etag
}

/** The newest upload of the key that was begun and not ended. */
async function findUpload(client: S3Client, key: string): Promise<string | undefined> {
  const { text } = await client.part('GET', '', { query: { uploads: '', prefix: key } })
  const uploads = [...text.matchAll(/<Upload>([^]*?)<\/Upload>/g)].map(([, inner = '']) => inner)
  return uploads
    .filter((inner) => textOf(inner, 'Key') === key)
    .map((inner) => textOf(inner, 'UploadId'))
    .at(-1)
}

async function startUpload(client: S3Client, key: string): Promise<string> {
  const { text } = await client.part('POST', key, { query: { uploads: '' } })
  return textOf(text, 'UploadId')
}

interface Part {
  readonly etag: string
  readonly size: number
}

async function listParts({ client, key, id }: Upload): Promise<Map<number, Part>> {
  const { text } = await client.part('GET', key, { query: { uploadId: id } })
  const parts = [...text.matchAll(/<Part>([^]*?)<\/Part>/g)].map(([, inner = '']) => inner)
  return new Map(
    parts.map((inner) => [
      Number(textOf(inner, 'PartNumber')),
      {
        etag: textOf(inner, 'ETag').replaceAll('&quot;', '"'),
        size: Number(textOf(inner, 'Size')),
      },
    ]),
  )
}

async function complete({ client, key, id }: Upload, etags: readonly string[]): Promise<void> {
  const parts = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
  )
  const bytes = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`)
  const body = {
    size: bytes.length,
    async *open() {
      yield await Promise.resolve(bytes)
    },
  }
  await client.part('POST', key, { body, range: [0, bytes.length], query: { uploadId: id } })
}

function textOf(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
}
