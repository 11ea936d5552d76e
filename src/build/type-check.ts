import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { BentoError } from '../errors.ts'
import { runNode } from '../lib/exec.ts'
import { isObject, readManifest } from './find-package.ts'

export interface TypeCheck {
  readonly done: boolean
  /** Why it was skipped, or with what it was done. */
  readonly note: string
}

/** Checks a project's types with its own TypeScript and its own tsconfig.json, where it has both. */
export async function checkTypes(context: string): Promise<TypeCheck> {
  const config = join(context, 'tsconfig.json')
  const hasConfig = await stat(config).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!hasConfig) return { done: false, note: 'types not checked: no tsconfig.json' }
  const compiler = await findCompiler(context)
  if (compiler === undefined) {
    return { done: false, note: 'types not checked: TypeScript is not installed' }
  }
  const args = ['--noEmit', '--pretty', 'false', '-p', config]
  const { code, stdout, stderr } = await runNode(compiler.file, { cwd: context, args })
  if (code === 0) return { done: true, note: `types checked with TypeScript ${compiler.version}` }
  throw new BentoError(
    'TYPES_FAILED',
    `TypeScript rejects the project\n${`${stdout}${stderr}`.trimEnd()}`,
    {
      hint: 'Correct the lines above, or build with --no-check.',
    },
  )
}

async function findCompiler(
  context: string,
): Promise<{ file: string; version: string } | undefined> {
  try {
    const path = createRequire(join(context, 'package.json')).resolve('typescript/package.json')
    const manifest = await readManifest(dirname(path))
    const bin = manifest?.['bin']
    const tsc = isObject(bin) ? bin['tsc'] : undefined
    if (typeof tsc !== 'string') return undefined
    return { file: join(dirname(path), tsc), version: String(manifest?.['version']) }
  } catch {
    // Not installed in the project or above it.
    return undefined
  }
}
