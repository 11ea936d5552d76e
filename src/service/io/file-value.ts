import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { types } from 'node:util'
import { typeOfName } from './file-types.ts'

/** A file as a method gets it and may answer it. What came with a request is gone once that is answered. */
export interface UploadedFile {
  /** The client's, without folders; empty when it gave none. Never where the file lies. */
  readonly name: string
  /** Content type, without parameters. */
  readonly type: string
  /** Bytes. */
  readonly size: number
  bytes(): Promise<Buffer>
  text(): Promise<string>
  stream(): Readable
  /** Where it lies on disk; a small one is put there when this is called. */
  path(): Promise<string>
}

/** What a method may answer where its output is `file()` or `image()`. */
export type FileLike = UploadedFile | Uint8Array | Blob

export interface FileLabel {
  readonly name?: string
  readonly type?: string
}

/** Has the folder that a request's files lie in, made when it is first read. */
export interface Scratch {
  readonly tempDir: string
}

// A bento has a copy of the SDK of its own, and JSON can bring no symbol.
const brand = Symbol.for('bentojs.UploadedFile')

/** A file of ours: one that JSON cannot have brought. */
export type OwnFile = MemoryFile | DiskFile

export function isOwnFile(value: unknown): value is OwnFile {
  return typeof value === 'object' && value !== null && brand in value
}

/** A file that lies on disk, to answer with. Its type is guessed from its name unless it is given. */
export async function fileAt(path: string, label: FileLabel = {}): Promise<UploadedFile> {
  const { size } = await stat(path)
  return new DiskFile(path, size, label)
}

/** What a method answered, as a file; undefined for what is none. */
export async function toOwnFile(value: unknown): Promise<OwnFile | undefined> {
  if (isOwnFile(value)) return value
  if (types.isUint8Array(value)) return new MemoryFile(toBuffer(value), noScratch)
  if (!isBlob(value)) return undefined
  const content = Buffer.from(await value.arrayBuffer())
  return new MemoryFile(content, noScratch, labelOf(value))
}

/** Sees bytes as a Buffer without copying them. */
export function toBuffer({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

/** Asks what it can do, and not its class: a test's realm and undici have Blobs of their own. */
function isBlob(value: unknown): value is Blob {
  if (typeof value !== 'object' || value === null) return false
  return 'arrayBuffer' in value && typeof value.arrayBuffer === 'function' && 'type' in value
}

function labelOf(blob: Blob): FileLabel {
  const name = 'name' in blob && typeof blob.name === 'string' ? { name: blob.name } : {}
  return blob.type === '' ? name : { ...name, type: blob.type }
}

/** For what leaves nothing behind. */
export const noScratch: Scratch = {
  get tempDir(): string {
    throw new Error('Only a file that came with a request is put on disk')
  },
}

export class MemoryFile implements UploadedFile {
  readonly [brand] = true
  readonly isInMemory = true
  readonly name: string
  readonly type: string
  readonly #content: Buffer
  readonly #scratch: Scratch
  #path: Promise<string> | undefined

  constructor(content: Buffer, scratch: Scratch, { name = '', type }: FileLabel = {}) {
    this.name = name
    this.type = type ?? typeOfName(name)
    this.#content = content
    this.#scratch = scratch
  }

  get size(): number {
    return this.#content.length
  }

  async bytes(): Promise<Buffer> {
    return this.#content
  }

  async text(): Promise<string> {
    return this.#content.toString()
  }

  stream(): Readable {
    return Readable.from([this.#content], { objectMode: false })
  }

  path(): Promise<string> {
    return (this.#path ??= this.#write())
  }

  async head(length: number): Promise<Buffer> {
    return this.#content.subarray(0, length)
  }

  withType(type: string): MemoryFile {
    return new MemoryFile(this.#content, this.#scratch, { name: this.name, type })
  }

  async #write(): Promise<string> {
    const path = join(this.#scratch.tempDir, storedName(this.name))
    await writeFile(path, this.#content, { mode: 0o600, flag: 'wx' })
    return path
  }
}

export class DiskFile implements UploadedFile {
  readonly [brand] = true
  readonly isInMemory = false
  readonly name: string
  readonly type: string
  readonly size: number
  readonly #path: string

  constructor(path: string, size: number, { name = basename(path), type }: FileLabel = {}) {
    this.name = name
    this.type = type ?? typeOfName(name)
    this.size = size
    this.#path = path
  }

  bytes(): Promise<Buffer> {
    return readFile(this.#path)
  }

  text(): Promise<string> {
    return readFile(this.#path, 'utf8')
  }

  stream(): Readable {
    return createReadStream(this.#path)
  }

  async path(): Promise<string> {
    return this.#path
  }

  async head(length: number): Promise<Buffer> {
    const file = await open(this.#path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  }

  withType(type: string): DiskFile {
    return new DiskFile(this.#path, this.size, { name: this.name, type })
  }
}

/** Never the client's name: of that only a plain extension stays, for what goes by extensions. */
export function storedName(name: string): string {
  const [extension = ''] = /\.[a-z\d]{1,10}$/i.exec(name) ?? []
  return `${randomUUID()}${extension.toLowerCase()}`
}
