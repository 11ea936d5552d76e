import { dirname, join, relative, resolve, sep } from 'node:path'
import type { OutputFile } from 'esbuild'
import { asWritten } from './zod-plugin.ts'

/** Where esbuild believes that it writes, and where its files go. Absolute folders. */
export interface Drawing {
  readonly context: string
  readonly outDir: string
  /** Where source maps point for the project's files. */
  readonly sourceRoot: string
}

/** A file of a bundle, by its path in the folder that it goes to. */
export type BundleFile = readonly [path: string, content: string]

/**
 * Where esbuild believes that it writes. The names of chunks are digests that cover the way from here to the
 * sources, so it must not depend on the folder that the bundle really goes to.
 */
export function drawingFolder(context: string): string {
  return join(context, '.bento', 'dist')
}

/** What esbuild made, as a bento has it. */
export function bundleFiles(files: readonly OutputFile[], drawing: Drawing): BundleFile[] {
  const withRequire = new Set(files.filter(needsRequire).map((file) => file.path))
  return files.map((file) => [pathOf(file, drawing), contentOf(file, drawing, withRequire)])
}

function pathOf(file: OutputFile, { context }: Drawing): string {
  return relative(drawingFolder(context), file.path)
}

function contentOf(file: OutputFile, drawing: Drawing, withRequire: ReadonlySet<string>): string {
  if (file.path.endsWith('.map')) {
    return mapOf(file, drawing, withRequire.has(file.path.slice(0, -'.map'.length)))
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
function mapOf(file: OutputFile, drawing: Drawing, isShifted: boolean): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because esbuild wrote it
  const map = JSON.parse(file.text) as SourceMapFile
  const { context, outDir, sourceRoot } = drawing
  const target = dirname(join(outDir, pathOf(file, drawing)))
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
