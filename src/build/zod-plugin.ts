import { readFile } from 'node:fs/promises'
import { extname, sep } from 'node:path'
import type { Loader, Plugin } from 'esbuild'

const named = /^import \{ z \} from (?=['"]zod['"])/gm
const whole = /^import\*as z {2}from (?=['"]zod['"])/gm

const loaders = new Map<string, Loader>([
  ['.ts', 'ts'],
  ['.mts', 'ts'],
  ['.js', 'js'],
  ['.mjs', 'js'],
])

/**
 * Lets esbuild leave out what a service does not use of zod, its fifty languages first of all: it shakes
 * `import * as z`, and takes all of `import { z }`, although the two are one object. Reading the rest would take a worker
 * 30 ms longer to start.
 */
export function zodPlugin(): Plugin {
  return {
    name: 'zod',
    setup(build) {
      build.onLoad({ filter: /\.m?[tj]s$/, namespace: 'file' }, async ({ path }) => {
        if (path.split(sep).includes('node_modules')) return undefined
        const text = await readFile(path, 'utf8').catch(() => undefined)
        // esbuild says why it cannot be read, and who imports it.
        if (text === undefined) return undefined
        const contents = text.replaceAll(named, 'import*as z  from ')
        const loader = loaders.get(extname(path))
        return contents === text || loader === undefined ? undefined : { contents, loader }
      })
    },
  }
}

/** The text as the user wrote it, for source maps: both forms are of one length. */
export function asWritten(text: string): string {
  return text.replaceAll(whole, 'import { z } from ')
}
