import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { build, type BuildResult, type OutputFile } from 'esbuild'
import { bundleError, renderMessage } from './bundle-errors.ts'
import { type BundledPackage, bundledPackages } from './bundled-packages.ts'
import { createPackageFinder, type PackageFinder } from './find-package.ts'
import { nativePlugin } from './native-plugin.ts'
import { entryName, runtimePlugin } from './runtime-plugin.ts'
import { asWritten, zodPlugin } from './zod-plugin.ts'

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
  const externals = new Set<string>()
  const find = createPackageFinder()
  const result = await run(input, externals, find)
  await writeOutputs(result.outputFiles, input)
  return {
    externals: [...externals].toSorted(),
    inputs: inputsOf(result, input.context),
    packages: await bundledPackages(result.metafile, find, input.context),
    warnings: result.warnings.map((warning) => renderMessage(warning)),
  }
}

export const oldestNode = 'node20.19'

type Result = BuildResult<{ write: false; metafile: true }>

async function run(
  input: BundleInput,
  externals: Set<string>,
  find: PackageFinder,
): Promise<Result> {
  try {
    return await build({
      absWorkingDir: input.context,
      stdin: { contents: entryOf(input), resolveDir: input.context, sourcefile: 'bento-entry.js' },
      plugins: [
        runtimePlugin(find),
        nativePlugin(find, (name) => externals.add(name), input.native),
        zodPlugin(),
      ],
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

/**
 * Where esbuild believes that it writes. The names of chunks are digests that cover the way from here to the
 * sources, so it must not depend on the folder that the bundle really goes to.
 */
function drawingFolder(context: string): string {
  return join(context, '.bento', 'dist')
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

async function writeOutputs(files: readonly OutputFile[], input: BundleInput): Promise<void> {
  const withRequire = new Set(files.filter(needsRequire).map((file) => file.path))
  for (const file of files) {
    const target = targetOf(file, input)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, contentsOf(file, input, withRequire), { mode: 0o644 })
  }
}

function targetOf(file: OutputFile, { context, outDir }: BundleInput): string {
  return join(outDir, relative(drawingFolder(context), file.path))
}

function contentsOf(
  file: OutputFile,
  input: BundleInput,
  withRequire: ReadonlySet<string>,
): string {
  if (file.path.endsWith('.map')) {
    return mapOf(file, input, withRequire.has(file.path.slice(0, -'.map'.length)))
  }
  return withRequire.has(file.path) ? `${requireLine}\n${file.text}` : file.text
}

// esbuild's stand-in for `require` looks for a real one. It is given only to the chunk that asks: there esbuild has
// renamed any `require` of the user's own, elsewhere the two would clash.
export const requireLine =
  "import { createRequire as bentoCreateRequire } from 'node:module'; const require = bentoCreateRequire(import.meta.url);"

function needsRequire(file: OutputFile): boolean {
  return file.path.endsWith('.mjs') && file.text.includes(`throw Error('Dynamic require of "'`)
}

interface SourceMapFile {
  sources: string[]
  sourcesContent: (string | null)[]
  mappings: string
}

/** Points a map at where the sources will be, and moves it below the line that was put in front. */
function mapOf(file: OutputFile, input: BundleInput, isShifted: boolean): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because esbuild wrote it
  const map = JSON.parse(file.text) as SourceMapFile
  const { context, sourceRoot } = input
  const target = dirname(targetOf(file, input))
  // The text of others' packages would be most of a bento, and people look for their own lines.
  map.sourcesContent = map.sourcesContent.map((text, index) =>
    isOthers(map.sources[index] ?? '') || text === null ? null : asWritten(text),
  )
  map.sources = map.sources.map((source) => {
    if (source.startsWith('bentojs:')) return source
    const inProject = relative(context, resolve(dirname(file.path), source))
    return relative(target, join(sourceRoot, inProject)).split(sep).join('/')
  })
  if (isShifted) map.mappings = `;${map.mappings}`
  return JSON.stringify(map)
}

function isOthers(source: string): boolean {
  return source.split('/').includes('node_modules') || /^bentojs:.*@\d/.test(source)
}

function inputsOf(result: Result, context: string): string[] {
  return Object.keys(result.metafile.inputs)
    .filter((path) => !path.startsWith('bentojs:') && path !== 'bento-entry.js')
    .filter((path) => !path.split('/').includes('node_modules'))
    .map((path) => resolve(context, path))
    .toSorted()
}
