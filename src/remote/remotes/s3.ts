import { BentoError } from '../../errors.ts'
import { digestOf, mismatch, type Descriptor } from '../../registry/digest.ts'
import { download, skipBytes, startOfRange } from '../../registry/download.ts'
import { blobOf, type BlobSource, type PushOutcome } from '../../registry/push-blob.ts'
import type { Remote, RemoteOptions } from '../remote.ts'
import { S3Client } from '../s3-client.ts'
import { uploadObject } from '../s3-upload.ts'

/*
 * PATH/blobs/sha256/HEX      content, by digest
 * PATH/versions/VERSION      digest of the manifest that the version stands for
 */
export async function openS3(place: string, options: RemoteOptions): Promise<Remote> {
  const [bucket = '', ...path] = place.split('/')
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || path.some((part) => part === '')) {
    throw new BentoError('USAGE', `"s3://${place}" is no place in a bucket`, {
      hint: 'Write it as s3://BUCKET/PATH/NAME:VERSION.',
    })
  }
  const client = await S3Client.open(bucket, options)
  const prefix = path.map((part) => `${part}/`).join('')
  const blobKey = (digest: string): string => `${prefix}blobs/sha256/${digest.slice(7)}`
  return {
    name: `s3://${place}`,
    findManifest: async (version) => {
      const digest = (await client.find(`${prefix}versions/${version}`))?.toString().trim()
      if (digest === undefined) return undefined
      const bytes = await client.find(blobKey(digest))
      if (bytes === undefined || digestOf(bytes) !== digest) throw mismatch(digest, 'another')
      return bytes
    },
    putManifest: async (version, { bytes }) => {
      await client.put(blobKey(digestOf(bytes)), blobOf(bytes))
      await client.put(`${prefix}versions/${version}`, blobOf(Buffer.from(digestOf(bytes))))
    },
    pushBlob: (source) => pushBlob(client, blobKey(source.digest), source),
    fetchBlob: (blob, file) => fetchBlob(client, blobKey(blob.digest), { blob, file }),
    close: () => client.close(),
  }
}

async function pushBlob(client: S3Client, key: string, source: BlobSource): Promise<PushOutcome> {
  if ((await client.findSize(key)) === source.size) return 'exists'
  await uploadObject(client, key, source)
  return 'pushed'
}

async function fetchBlob(
  client: S3Client,
  key: string,
  { blob, file }: { readonly blob: Descriptor; readonly file: string },
): Promise<void> {
  await download(blob, file, async (at) => {
    const answer = await client.get(key, at)
    const isRest = answer.status === 206 && startOfRange(answer.header('content-range')) === at
    return isRest ? answer.body : skipBytes(answer.body, at)
  })
}
