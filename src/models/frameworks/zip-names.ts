import { open } from 'node:fs/promises'

// The names of all files in a zip stand at its end.
const tailBytes = 2 ** 20

/** Which of these words are in the names of a zip's files; undefined where the file is no zip. */
export async function wordsInZip(
  file: string,
  words: readonly string[],
): Promise<readonly string[] | undefined> {
  const handle = await open(file)
  try {
    const { buffer: head } = await handle.read(Buffer.alloc(4), 0, 4, 0)
    if (head.toString('latin1') !== 'PK\u0003\u0004') return undefined
    const { size } = await handle.stat()
    const length = Math.min(size, tailBytes)
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length)
    return words.filter((word) => buffer.includes(word))
  } finally {
    await handle.close()
  }
}
