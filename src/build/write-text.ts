import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Writes a file of a bento that others may read, whatever this process's umask. */
export async function writeText(folder: string, name: string, text: string): Promise<void> {
  const file = join(folder, name)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text, { mode: 0o644 })
}
