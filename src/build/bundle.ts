import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { env, version } from 'node:process'
import type { BuildResult, Plugin } from 'esbuild'
import { bundleError, renderMessage } from './bundle-errors.ts'
import { type BundleFile, bundleFiles, drawingFolder } from './bundle-files.ts'
import { type BundledPackage, bundledPackages } from './bundled-packages.ts'
import { createPackageFinder, type FoundPackage } from './find-package.ts'
import { makeOnce, type Made } from './kept.ts'
import { nativePlugin } from './native-plugin.ts'
import { bundlerFiles } from './own-package.ts'
import { entryName, runtimePlugin } from './runtime-plugin.ts'
import { seenWith } from './seen.ts'
import { zodPlugin } from './zod-plugin.ts'

export interface BundleInput {
  /** The project's folder; paths in the bundle are relative to it, so that they say nothing of this machine. */
  readonly context: string
  /** Absolute path of the user's module. */
  readonly module: string
  /** Export that is the service; absent: the only one. */
  readonly attr: string | undefined
  /** Gets `service.mjs` and `chunks/`. */
  readonly outDir: string
  /** Absolute folder that source maps point into for the project's files. */
  readonly sourceRoot: string
  /** Packages to leave out, though nothing in them looks native. */
  readonly native?: readonly string[]
  /** Where a bundle is kept for the next time; absent: nowhere. */
  readonly cache?: string | undefined
}

export interface Bundle {
  /** Native packages that the service imports, which cannot be bundled. Sorted. */
  readonly externals: readonly string[]
  /** The project's own files that went in, absolute. */
  readonly inputs: readonly string[]
  /** Packages of others that went in. */
  readonly packages: readonly BundledPackage[]
  readonly warnings: readonly string[]
}

/**
 * Puts the service and bento's serving runtime into one folder of plain JavaScript. Splitting keeps the user's
 * code and the runtimes behind dynamic imports: a role loads what it needs and nothing else.
 */
export async function bundle(input: BundleInput): Promise<Bundle> {
  const { files, ...made } = await makeOnce({
    folder: input.cache,
    name: 'bundle',
    key: keyOf(input),
    make: () => makeBundle(input),
  })
  writeFiles(input.outDir, files)
  return made
}

interface Bundled extends Bundle {
  readonly files: readonly BundleFile[]
}

async function makeBundle(input: BundleInput): Promise<Made<Bundled>> {
  const { context } = input
  const find = createPackageFinder()
  const externals = new Map<string, FoundPackage>()
  const inner: string[] = []
  const result = await run(input, [
    runtimePlugin(find, (file) => inner.push(file)),
    nativePlugin(find, (owner) => externals.set(owner.name, owner), input.native),
    zodPlugin(),
  ])
  const read = projectFiles(result, context)
  const value = {
    files: bundleFiles(result.outputFiles, input),
    externals: [...externals.keys()].toSorted(),
    inputs: read.filter((path) => !path.split(sep).includes('node_modules')),
    packages: await bundledPackages(result.metafile, find, context),
    warnings: result.warnings.map((warning) => renderMessage(warning)),
  }
  const natives = [...externals.values()].map(({ folder }) => join(folder, 'package.json'))
  const seen = await seenWith({
    context,
    inputs: [...read, ...natives],
    own: inner,
    fixed: await bundlerFiles(),
  })
  return { value, seen }
}

/** The module and what it imports, but for bento's runtime, absolute. */
function projectFiles({ metafile }: Result, context: string): string[] {
  return Object.keys(metafile.inputs)
    .filter((path) => !path.startsWith('bentojs:') && path !== 'bento-entry.js')
    .map((path) => resolve(context, path))
    .toSorted()
}

/** Besides the files: all that says what a bundle becomes. */
function keyOf(input: BundleInput): unknown {
  const { context, module, attr, native, outDir, sourceRoot } = input
  const way = relative(outDir, sourceRoot)
  return [context, module, attr, native, way, version, env['NODE_PATH']]
}

/** At once: a hundred small files that are waited for cost several times more than they take. */
function writeFiles(outDir: string, files: readonly BundleFile[]): void {
  const targets = files.map(([path, content]) => [join(outDir, path), content] as const)
  const folders = new Set(targets.map(([target]) => dirname(target)))
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  for (const [target, content] of targets) writeFileSync(target, content, { mode: 0o644 })
}

export const oldestNode = 'node20.19'

type Result = BuildResult<{ write: false; metafile: true }>

async function run(input: BundleInput, plugins: Plugin[]): Promise<Result> {
  // On demand: what was bundled before needs none.
  const { build } = await import('esbuild')
  try {
    return await build({
      absWorkingDir: input.context,
      stdin: { contents: entryOf(input), resolveDir: input.context, sourcefile: 'bento-entry.js' },
      plugins,
      outdir: drawingFolder(input.context),
      entryNames: 'service',
      chunkNames: 'chunks/[name]-[hash]',
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: oldestNode,
      // CommonJS packages in the bundle expect these two.
      define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
      sourcemap: true,
      sourcesContent: true,
      legalComments: 'none',
      metafile: true,
      write: false,
      logLevel: 'silent',
    })
  } catch (error) {
    throw bundleError(error, relative(input.context, input.module))
  }
}

function entryOf({ context, module, attr }: BundleInput): string {
  const path = `./${relative(context, module).split(sep).join('/')}`
  const args = ['import.meta.url', `() => import(${JSON.stringify(path)})`]
  if (attr !== undefined) args.push(JSON.stringify(attr))
  return [
    `import { createBento } from ${JSON.stringify(entryName)}`,
    `const bento = createBento(${args.join(', ')})`,
    'export const { createApp, createHandler, describe, serve } = bento',
    'await bento.startIfMain()',
    '',
  ].join('\n')
}
