import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { digestFile, listFiles } from '../lib/files.ts'
import { byCodeUnit } from '../lib/order.ts'

/** A file as it will be in the image. Owner, times and folders follow from nothing but the path. */
export interface LayerFile {
  /** Without a leading slash. */
  readonly path: string
  readonly mode: 0o644 | 0o755
  readonly size: number
  /** The file on this machine. */
  readonly source: string
}

/** What changes together. Layers are put on each other in the order of how seldom they change. */
export interface Layer {
  readonly name: 'packages' | 'models' | 'code'
  /** Sorted by path. */
  readonly files: readonly LayerFile[]
}

/** Where a bento lies in its image. */
export const bentoHome = 'home/bento/bento'

const executables = new Set(['env/docker/entrypoint.sh'])

/** A bento as layers; `packages` is the folder of the native packages, when it has some. */
export async function planLayers(bento: string, packages: string | undefined): Promise<Layer[]> {
  const own = await listFiles(bento, ['node_modules'])
  const layers: Layer[] = [
    { name: 'packages', files: await packageFiles(packages) },
    { name: 'models', files: await filesOf(bento, own.filter(isModel)) },
    {
      name: 'code',
      files: await filesOf(
        bento,
        own.filter((path) => !isModel(path)),
      ),
    },
  ]
  return layers.filter((layer) => layer.files.length > 0)
}

function isModel(path: string): boolean {
  return path.startsWith('models/')
}

async function packageFiles(folder: string | undefined): Promise<LayerFile[]> {
  return folder === undefined ? [] : filesOf(folder, await listFiles(folder))
}

function filesOf(folder: string, paths: readonly string[]): Promise<LayerFile[]> {
  return Promise.all(
    paths.toSorted(byCodeUnit).map(async (path) => {
      const source = join(folder, path)
      const { size } = await stat(source)
      const mode = executables.has(path) || isProgram(path) ? 0o755 : 0o644
      return { path: `${bentoHome}/${path}`, mode, size, source }
    }),
  )
}

// Shared objects need no mode, and programs of packages are not run; but some packages ship one to be spawned.
function isProgram(path: string): boolean {
  return path.startsWith('node_modules/') && /(^|\/)bin\/[^./]+$/.test(path)
}

/** The folders above some files, each once, outermost first. */
export function foldersOf(files: readonly LayerFile[]): string[] {
  const folders = new Set<string>()
  for (const { path } of files) {
    const parts = path.split('/')
    for (let end = 1; end < parts.length; end++) folders.add(parts.slice(0, end).join('/'))
  }
  return [...folders].toSorted(byCodeUnit)
}

/** The same for the same names, modes and contents, wherever they lie. */
export async function contentKey(layer: Layer, salt: string): Promise<string> {
  const hash = createHash('sha256').update(`${salt}\n`)
  for (const { path, mode, source } of layer.files) {
    const { sha256 } = await digestFile(source)
    hash.update(`${path}\0${mode}\0${sha256}\n`)
  }
  return hash.digest('hex')
}

export function readLayerFile({ source }: LayerFile): AsyncIterable<Uint8Array> {
  return createReadStream(source, { highWaterMark: 1 << 20 })
}
