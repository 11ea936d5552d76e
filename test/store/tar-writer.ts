// Writes tar archives that no honest program would.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header, Pax } from 'tar'
import type { HeaderData } from 'tar'
import { temporaryFolder } from '../temporary-folder.ts'

export interface RawEntry extends HeaderData {
  readonly path: string
  readonly content?: string | Buffer
}

export function tarOf(entries: readonly RawEntry[]): Buffer {
  const blocks = entries.flatMap(({ content = '', ...fields }) => {
    const body = Buffer.from(content)
    const header = new Header({ mode: 0o644, type: 'File', size: body.length, ...fields })
    const isLong = header.encode()
    const pax = isLong ? [new Pax({ path: fields.path }).encode()] : []
    const padding = Buffer.alloc((512 - (body.length % 512)) % 512)
    return [...pax, header.block ?? Buffer.alloc(0), body, padding]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

export async function archiveOf(entries: readonly RawEntry[]): Promise<string> {
  return archiveFile(gzipSync(tarOf(entries)))
}

export async function archiveFile(bytes: Buffer): Promise<string> {
  const file = join(await temporaryFolder(), 'archive.bento')
  await writeFile(file, bytes)
  return file
}
