import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BentoError } from '../errors.ts'

/** A file of a new project. `path` is relative to it, with `/`. */
export interface ProjectFile {
  readonly path: string
  readonly content: string | Uint8Array
}

/** Folder of the bentojs package itself. */
export const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

export type Values = Readonly<Record<string, string>>

/** The files of a folder in templates/init, with `{{name}}` replaced by what `values` says. */
export async function renderTemplate(name: string, values: Values): Promise<ProjectFile[]> {
  const folder = join(packageFolder, 'templates', 'init', name)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name))
  return Promise.all(
    paths.toSorted().map(async (file) => ({
      path: targetOf(file.slice(folder.length + 1)),
      content: fill(await readFile(file, 'utf8'), values),
    })),
  )
}

/** npm leaves `.npmrc` and `.gitignore` out of packages: a dot is kept as `_`. */
function targetOf(path: string): string {
  return path.replaceAll(/(^|\/)_/g, '$1.').replaceAll('\\', '/')
}

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, key: string) => values[key] ?? whole)
}

/** Writes all files, or none where one of them is there already. */
export async function writeProject(folder: string, files: readonly ProjectFile[]): Promise<void> {
  const taken = await Promise.all(files.map(({ path }) => exists(join(folder, path))))
  const there = files.filter((_, at) => taken[at]).map(({ path }) => path)
  if (there.length > 0) throw alreadyThere(folder, there)
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content, { flag: 'wx' })
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function alreadyThere(folder: string, paths: readonly string[]): BentoError {
  const [first, ...rest] = paths
  const more = rest.length === 0 ? '' : ` and ${rest.length} more of its files`
  return new BentoError('USAGE', `"${folder}" already has ${first}${more}`, {
    hint: 'Name a new folder, as `bento init my-service`.',
  })
}
