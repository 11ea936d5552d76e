import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { temporaryFolder } from '../../../temporary-folder.ts'

type Files = Readonly<Record<string, string>>

/** A network that test/fixtures/networks trained, what the scripts make of it, and what its framework answers. */
export interface NetworkCase {
  readonly name: string
  /** Name of the file or the folder that it was saved as. */
  readonly main: string
  readonly original: Files
  readonly candidates: readonly Files[]
  readonly check: object
}

export function readNetworks(framework: 'pytorch' | 'tensorflow'): NetworkCase[] {
  const file = new URL(`../../../fixtures/networks/${framework}.json.gz`, import.meta.url)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because recording.py wrote it
  const parsed = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { cases: NetworkCase[] }
  return parsed.cases
}

/** The file or folder that the framework saved, in a folder of its own. */
export async function writeOriginal({ main, original }: NetworkCase): Promise<string> {
  const folder = await temporaryFolder()
  for (const [path, content] of Object.entries(original)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), Buffer.from(content, 'base64'))
  }
  return join(folder, main)
}

export function networkOf(framework: 'pytorch' | 'tensorflow', main: string): NetworkCase {
  const found = readNetworks(framework).find((item) => item.main === main)
  if (found) return found
  throw new Error('no such case')
}
