import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  Loader,
  OnLoadResult,
  OnResolveArgs,
  OnResolveResult,
  Plugin,
  PluginBuild,
} from 'esbuild'
import type { FoundPackage, PackageFinder } from './find-package.ts'

const namespace = 'bentojs'
export const entryName = 'bentojs:serve/entry'
export const fetcherName = 'bentojs:remote/fetch-model'

const folder = fileURLToPath(new URL('..', import.meta.url))
// `.js` in the published package, `.ts` when bento runs from its sources.
const extension = extname(import.meta.url)

/**
 * Resolves bento's own runtime and what it imports. These files get names that do not tell where bentojs is
 * installed (`bentojs:serve/app.js`, `bentojs:zod@4.6.7/…`): names end up in the bytes of the bundle.
 */
export function runtimePlugin(
  findPackage: PackageFinder,
  onRead: (file: string) => void = () => undefined,
): Plugin {
  return {
    name: 'bentojs',
    setup(build) {
      build.onResolve({ filter: /^bentojs:serve\/entry$/ }, () => ownFile('serve/entry'))
      build.onResolve({ filter: /^bentojs:remote\/fetch-model$/ }, () =>
        ownFile('remote/fetch-model'),
      )
      build.onResolve({ filter: /^bentojs$/ }, () => ownFile('sdk'))
      // A service may call another.
      build.onResolve({ filter: /^bentojs\/client$/ }, () => ownFile('client/client'))
      build.onResolve({ filter: /^bentojs\// }, ({ path }) => ({
        errors: [{ text: `"${path}" cannot be used inside a service: import from "bentojs"` }],
      }))
      build.onResolve({ filter: /.*/, namespace }, (args) =>
        resolveInside(args, build, findPackage),
      )
      build.onLoad({ filter: /.*/, namespace }, ({ pluginData }) => {
        const file = fileOf(pluginData)
        onRead(file)
        return loadInside(file)
      })
    },
  }
}

function ownFile(name: string): OnResolveResult {
  return named(resolve(folder, `${name}${extension}`), `${name}${extension}`)
}

// What only matters to a service that imports it: their import alone makes every request cost more.
const optional = new Set(['service/logger', 'service/monitor'].map((name) => `${name}${extension}`))

function named(file: string, name: string): OnResolveResult {
  return {
    sideEffects: !optional.has(name.split(sep).join('/')),
    namespace,
    path: name.split(sep).join('/'),
    pluginData: { file },
  }
}

async function resolveInside(
  args: OnResolveArgs,
  build: PluginBuild,
  findPackage: PackageFinder,
): Promise<OnResolveResult | undefined> {
  const { path, kind, resolveDir } = args
  if (isBuiltin(path)) return { path, external: true }
  const near = path.startsWith('.')
    ? await nameNear(resolve(resolveDir, path), findPackage)
    : undefined
  if (near !== undefined) return near
  const found = await build.resolve(path, { kind, resolveDir, namespace: 'file' })
  if (found.external || found.errors.length > 0) return found
  const owner = await findPackage(found.path)
  return owner && nameIn(owner, found.path, found.sideEffects)
}

/** The answer where it is plain: asking esbuild takes a message to its process and back. */
async function nameNear(
  path: string,
  findPackage: PackageFinder,
): Promise<OnResolveResult | undefined> {
  const file = [path, `${path}.js`].find((one) => isScript(one) && existsSync(one))
  if (file === undefined) return undefined
  if (file.startsWith(folder)) return named(file, relative(folder, file))
  const owner = await findPackage(file)
  const effects = owner && effectsOf(owner, file)
  return owner && effects !== undefined ? nameIn(owner, file, effects) : undefined
}

/** Whether a module matters when nothing is imported from it; undefined where patterns would have to be matched. */
function effectsOf(owner: FoundPackage, file: string): boolean | undefined {
  const said = owner.manifest['sideEffects'] ?? true
  if (typeof said === 'boolean') return said
  if (!Array.isArray(said) || said.some((one) => /[*?[{]/.test(String(one)))) return undefined
  return said.some((one) => resolve(owner.folder, String(one)) === file)
}

function isScript(file: string): boolean {
  return ['.js', '.mjs', '.cjs', '.ts'].includes(extname(file))
}

function nameIn(owner: FoundPackage, file: string, sideEffects: boolean): OnResolveResult {
  const name = `${owner.name}@${owner.version}/${relative(owner.folder, file)}`
  return { ...named(file, name), sideEffects }
}

function loadInside(file: string): OnLoadResult {
  // At once: hundreds of small files are read, one after another as esbuild asks.
  const text = readFileSync(file, 'utf8')
  return {
    // The maps beside our own files name sources that are not installed.
    contents: text.replaceAll(/^\/\/# sourceMappingURL=.*$/gm, ''),
    loader: loaderOf(file),
    resolveDir: dirname(file),
  }
}

function fileOf(data: unknown): string {
  if (
    typeof data === 'object' &&
    data !== null &&
    'file' in data &&
    typeof data.file === 'string'
  ) {
    return data.file
  }
  throw new Error('a file of the runtime has no path')
}

function loaderOf(file: string): Loader {
  if (file.endsWith('.json')) return 'json'
  return file.endsWith('.ts') ? 'ts' : 'js'
}
