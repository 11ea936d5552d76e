import { open } from 'node:fs/promises'

/** The first bytes of a file, enough to tell its kind. */
export async function readHead(file: string, length = 8192): Promise<Buffer> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** True when all words are in it. */
export function hasWords(head: Buffer, words: readonly string[]): boolean {
  return words.every((word) => head.includes(word))
}
