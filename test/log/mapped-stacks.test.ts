import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { runNode } from '../../src/lib/exec.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const mapped = new URL('../../dist/log/mapped-stacks.js', import.meta.url).href

async function stackOf(folder: string, module: string): Promise<string> {
  const main = join(folder, 'main.mjs')
  const lines = [
    `import { mapStacks } from ${JSON.stringify(mapped)}`,
    'mapStacks()',
    `const { fail } = await import(${JSON.stringify(pathToFileURL(module).href)})`,
    'try { fail() } catch (error) { console.log(error.stack) }',
  ]
  await writeFile(main, lines.join('\n'))
  const { stdout } = await runNode(main, { cwd: folder })
  return stdout
}

const source =
  '\n\ninterface Nothing {}\nexport function fail(): never {\n  const nothing: Nothing = {}\n  throw new TypeError(`boom ${typeof nothing}`)\n}\n'

test('a stack names the line of the source, and the rest of it is as Node writes it', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'service.ts'), source)
  const outfile = join(folder, 'out', 'service.mjs')
  const entryPoints = [join(folder, 'service.ts')]
  await build({ entryPoints, outfile, sourcemap: true, format: 'esm', minifyWhitespace: true })
  const [head, first, second] = (await stackOf(folder, outfile)).split('\n')
  expect(head).toBe('TypeError: boom object')
  expect(first).toBe(`    at fail (${join(folder, 'service.ts')}:6:9)`)
  expect(second).toContain(`${pathToFileURL(join(folder, 'main.mjs')).href}:4:7`)
})

test('what has no map, or a broken one, keeps its own lines', async () => {
  const folder = await temporaryFolder()
  const file = join(folder, 'plain.mjs')
  await writeFile(file, "export function fail() {\n  throw new Error('boom')\n}\n")
  expect(await stackOf(folder, file)).toContain(`at fail (${pathToFileURL(file).href}:2:9)`)
  await writeFile(`${file}.map`, '{ not JSON')
  expect(await stackOf(folder, file)).toContain(`at fail (${pathToFileURL(file).href}:2:9)`)
})
