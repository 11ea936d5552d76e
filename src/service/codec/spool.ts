import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { DiskFile, MemoryFile, storedName } from '../io/file-value.ts'
import type { FileLabel, OwnFile, Scratch } from '../io/file-value.ts'

// What is larger goes to disk.
const mostInMemory = 1024 * 1024

/** Takes a file as it comes, and puts it on disk once it is large. */
export class Spool {
  readonly #scratch: Scratch
  readonly #label: FileLabel
  #chunks: Buffer[] = []
  #size = 0
  #disk: { readonly path: string; readonly handle: FileHandle } | undefined

  constructor(scratch: Scratch, label: FileLabel) {
    this.#scratch = scratch
    this.#label = label
  }

  async add(chunk: Buffer): Promise<void> {
    this.#size += chunk.length
    this.#chunks.push(chunk)
    if (this.#size > mostInMemory) await this.#flush()
  }

  async finish(): Promise<OwnFile> {
    if (!this.#disk) return new MemoryFile(Buffer.concat(this.#chunks), this.#scratch, this.#label)
    return new DiskFile(this.#disk.path, this.#size, this.#label)
  }

  async close(): Promise<void> {
    await this.#disk?.handle.close()
  }

  async #flush(): Promise<void> {
    this.#disk ??= await this.#open()
    const chunks = this.#chunks
    this.#chunks = []
    await this.#disk.handle.writev(chunks)
  }

  async #open(): Promise<{ path: string; handle: FileHandle }> {
    const path = join(this.#scratch.tempDir, storedName(this.#label.name ?? ''))
    return { path, handle: await open(path, 'wx', 0o600) }
  }
}
