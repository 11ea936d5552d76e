import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Layer } from '../../layers.ts'
import { tarEnd, tarFolder, tarLayer, tarText, type TarOptions } from '../../tar.ts'

const template = fileURLToPath(
  new URL('../../../../templates/containerize/Dockerfile', import.meta.url),
)

/** The Dockerfile of a bento: the same for all but for the port, so that no text of anybody's can become an instruction. */
export async function renderDockerfile(port: number): Promise<string> {
  const text = await readFile(template, 'utf8')
  return text.replaceAll('3000', String(Math.trunc(port)))
}

/** What is sent to the engine: the Dockerfile, and a folder for each layer. */
export async function* tarContext(
  dockerfile: string,
  layers: readonly Layer[],
  options: TarOptions,
): AsyncGenerator<Uint8Array> {
  yield* tarText('Dockerfile', Buffer.from(dockerfile), options)
  yield* tarFolder('layers', options)
  for (const name of ['packages', 'models', 'code'] as const) {
    const folder = `layers/${name}/`
    yield* tarFolder(folder.slice(0, -1), options)
    const layer = layers.find((one) => one.name === name)
    if (layer) yield* tarLayer(layer, { ...options, below: folder, isOpen: true })
  }
  yield tarEnd()
}
