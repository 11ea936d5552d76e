import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleError } from './bundle-errors.ts'
import { requireLine } from './bundle-files.ts'
import { oldestNode } from './bundle.ts'
import { createPackageFinder } from './find-package.ts'
import { fetcherName, runtimePlugin } from './runtime-plugin.ts'

/** Puts what fetches models into one file, for a bento that was built without some. */
export async function bundleFetcher(outDir: string): Promise<void> {
  const name = 'fetch-model.mjs'
  // On demand: few bentos need it.
  const { build } = await import('esbuild')
  try {
    const { outputFiles } = await build({
      entryPoints: [fetcherName],
      plugins: [runtimePlugin(createPackageFinder())],
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: oldestNode,
      // CommonJS packages in the bundle expect these.
      banner: { js: requireLine },
      define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
      minifySyntax: true,
      legalComments: 'none',
      outfile: name,
      write: false,
      logLevel: 'silent',
    })
    await writeFile(join(outDir, name), outputFiles[0]?.contents ?? '', { mode: 0o644 })
  } catch (error) {
    throw bundleError(error, name)
  }
}
