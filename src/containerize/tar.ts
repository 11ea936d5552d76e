import { Header, Pax } from 'tar'
import { BentoError } from '../errors.ts'
import { foldersOf, readLayerFile, type Layer, type LayerFile } from './layers.ts'

export interface TarOptions {
  /** The time of every entry: the same input must give the same bytes. */
  readonly time: Date
  /** Leaves out what ends an archive, so that another may follow. */
  readonly isOpen?: boolean
  /** A folder to put everything into. */
  readonly below?: string
  /** Of a small file of its own. */
  readonly mode?: 0o644 | 0o755
}

/** A layer as a tar whose bytes depend on nothing but paths, modes, contents and the given time. */
export async function* tarLayer(layer: Layer, options: TarOptions): AsyncGenerator<Uint8Array> {
  const { below = '' } = options
  for (const folder of foldersOf(layer.files)) {
    yield* tarFolder(`${below}${folder}`, options)
  }
  for (const file of layer.files) yield* tarFile(file, options)
  if (options.isOpen !== true) yield tarEnd()
}

export function tarFolder(path: string, options: TarOptions): Iterable<Uint8Array> {
  return header({ path: `${path}/`, size: 0, mode: 0o755, type: 'Directory' }, options)
}

async function* tarFile(file: LayerFile, options: TarOptions): AsyncGenerator<Uint8Array> {
  const { size, mode } = file
  yield* header({ path: `${options.below ?? ''}${file.path}`, size, mode, type: 'File' }, options)
  let sent = 0
  for await (const chunk of readLayerFile(file)) {
    sent += chunk.length
    if (sent > size) break
    yield chunk
  }
  // A file that grows or shrinks meanwhile would shift everything behind it.
  if (sent !== size) {
    throw new BentoError('STORE_FAILED', `"${file.source}" changed while it was packed`)
  }
  yield padding(size)
}

/** A small file of its own, as an archive of an image has some. */
export function* tarText(
  path: string,
  bytes: Uint8Array,
  options: TarOptions,
): Generator<Uint8Array> {
  yield* header({ path, size: bytes.length, mode: options.mode ?? 0o644, type: 'File' }, options)
  yield bytes
  yield padding(bytes.length)
}

/** The head of a file whose bytes and `padding` the caller sends. */
export function tarHead(path: string, size: number, options: TarOptions): Iterable<Uint8Array> {
  return header({ path, size, mode: 0o644, type: 'File' }, options)
}

export function padding(size: number): Uint8Array {
  return Buffer.alloc((512 - (size % 512)) % 512)
}

/** Two empty blocks end an archive. */
export function tarEnd(): Uint8Array {
  return Buffer.alloc(1024)
}

interface Entry {
  readonly path: string
  readonly size: number
  readonly mode: number
  readonly type: 'File' | 'Directory'
}

function* header(entry: Entry, { time }: TarOptions): Generator<Uint8Array> {
  const head = new Header({ ...entry, mtime: time, uid: 0, gid: 0 })
  // What does not fit, as a long path, goes before it.
  if (head.encode()) yield new Pax({ path: entry.path, size: entry.size }).encode()
  if (head.block) yield head.block
}
