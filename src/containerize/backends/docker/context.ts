import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setupFolder, setupScriptName } from '../../../dockerfile/render.ts'
import type { BentoEntry } from '../../../store/bento-store.ts'
import type { BentoEnv } from '../../../store/manifest.ts'
import type { Layer } from '../../layers.ts'
import { tarEnd, tarFolder, tarLayer, tarText, type TarOptions } from '../../tar.ts'

export interface ContextInput {
  readonly dockerfile: string
  readonly layers: readonly Layer[]
  /** What the setup script is run with. */
  readonly setup: readonly SetupFile[]
}

interface SetupFile {
  readonly name: string
  readonly text: string
  readonly mode: 0o644 | 0o755
}

/** What is sent to the engine: the Dockerfile, what its setup script needs, and a folder for each layer. */
export async function* tarContext(
  { dockerfile, layers, setup }: ContextInput,
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
  for (const { name, text, mode } of setup) {
    yield* tarText(`${setupFolder}/${name}`, Buffer.from(text), { ...options, mode })
  }
  yield tarEnd()
}

/** The setup script, and the variables of the stage `build` as a shell reads them. */
export async function readSetup(
  { path, manifest }: BentoEntry,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SetupFile[]> {
  if (!manifest.image.setup_script) return []
  const script = await readFile(join(path, 'env', 'docker', setupScriptName), 'utf8')
  const variables = manifest.envs.filter(({ stage }) => stage !== 'runtime')
  return [
    { name: setupScriptName, text: script, mode: 0o755 },
    { name: 'variables.sh', text: variables.map((one) => assign(one, env)).join(''), mode: 0o644 },
  ]
}

/** This machine's value goes before the declared one, as for a token that stands in no file. */
function assign(
  { name, value }: BentoEnv,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const text = env[name] ?? value
  return text === '' ? '' : `export ${name}='${text.replaceAll("'", String.raw`'\''`)}'\n`
}
