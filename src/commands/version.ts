import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The folder of the bentojs package itself: two levels above this file, in src as in dist. */
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export async function readVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because it is our own package.json
  const { version } = JSON.parse(text) as { version: string }
  return version
}
