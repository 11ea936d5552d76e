import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { BuiltImage } from '../../src/containerize/backend.ts'
import { containerize, type ContainerizeInput } from '../../src/containerize/containerize.ts'
import { mediaTypes } from '../../src/registry/client.ts'
import { digestOf, type Descriptor } from '../../src/registry/digest.ts'
import type { BentoEntry } from '../../src/store/bento-store.ts'
import { openBentoStore } from '../../src/store/bento-store.ts'
import type { BentoManifest } from '../../src/store/manifest.ts'
import { bentoManifest } from '../store/manifests.ts'
import { temporaryFolder } from '../temporary-folder.ts'

export interface BaseFile {
  readonly folder: string
  readonly layer: Descriptor
}

/** An OCI layout of an image with one empty layer, for one platform or more: enough of a base for what runs nothing. */
export async function baseLayout(architectures: readonly string[] = ['amd64']): Promise<BaseFile> {
  const folder = await temporaryFolder()
  const blobs = join(folder, 'blobs/sha256')
  await mkdir(blobs, { recursive: true })
  const write = async (mediaType: string, bytes: Buffer): Promise<Descriptor> => {
    const digest = digestOf(bytes)
    await writeFile(join(blobs, digest.slice('sha256:'.length)), bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const tar = Buffer.alloc(1024)
  const layer = await write(mediaTypes.layer, gzipSync(tar))
  const manifests = await Promise.all(
    architectures.map(async (architecture) => {
      const platform = { os: 'linux', architecture }
      const config = await write(
        mediaTypes.config,
        json({
          ...platform,
          config: {
            Env: ['PATH=/usr/bin', 'NODE_ENV=none'],
            Labels: { base: 'yes' },
            Cmd: ['node'],
          },
          rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
          history: [{ created_by: 'the base' }],
        }),
      )
      const manifest = json({
        schemaVersion: 2,
        mediaType: mediaTypes.manifest,
        config,
        layers: [layer],
      })
      return { ...(await write(mediaTypes.manifest, manifest)), platform }
    }),
  )
  await writeFile(join(folder, 'index.json'), json({ schemaVersion: 2, manifests }))
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  return { folder, layer }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** Stores a bento with these files. */
export async function bentoOf(
  files: Readonly<Record<string, string>>,
  manifest: Partial<BentoManifest> = {},
): Promise<BentoEntry> {
  const store = openBentoStore(await temporaryFolder())
  const staging = await store.stage()
  for (const [path, text] of Object.entries(files)) {
    const file = join(staging.path, path)
    await mkdir(join(file, '..'), { recursive: true })
    await writeFile(file, text)
  }
  return store.commit(staging, {
    ...bentoManifest,
    models: [],
    name: 'app',
    version: 'v1',
    ...manifest,
  })
}

export const files = {
  'dist/service.mjs': 'console.log("hi")\n',
  'env/docker/entrypoint.sh': '#!/bin/sh\n',
  'models/iris/v1/model.onnx': 'weights',
  'package.json': '{"dependencies":{}}',
}

/** Makes an image with the oci backend; each call has a home of its own unless one is given. */
export async function makeImage(
  bento: BentoEntry,
  options: Partial<ContainerizeInput> = {},
): Promise<BuiltImage & { readonly lines: readonly string[] }> {
  const folder = await temporaryFolder()
  const lines: string[] = []
  const image = await containerize({
    bento,
    backend: 'oci',
    names: [],
    platforms: ['linux/amd64'],
    options: [],
    labels: {},
    buildArgs: {},
    useCache: true,
    isPushed: false,
    isInsecure: false,
    cwd: folder,
    env: { DOCKER_CONFIG: folder },
    home: folder,
    arch: 'x64',
    report: (line) => lines.push(line),
    ...options,
  })
  return { ...image, lines }
}

export interface TarEntry {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly mtime: number
  readonly size: number
}

/** The entries of a gzip tar, read by the format's own rules (POSIX ustar). */
export function entriesOf(gzip: Buffer): TarEntry[] {
  const tar = gunzipSync(gzip)
  const found: TarEntry[] = []
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const text = (start: number, length: number): string =>
      tar.toString('utf8', at + start, at + start + length).replace(/\0.*$/s, '')
    const octal = (start: number, length: number): number =>
      Number.parseInt(text(start, length).trim() || '0', 8)
    const size = octal(124, 12)
    const prefix = text(345, 155)
    const path = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
    found.push({ path, mode: octal(100, 8), uid: octal(108, 8), mtime: octal(136, 12), size })
    at += 512 + Math.ceil(size / 512) * 512
  }
  return found
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
