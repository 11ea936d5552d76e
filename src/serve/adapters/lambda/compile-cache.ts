import { lstatSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What Node has from 22 on; the types are those of 20. */
interface Caching {
  readonly builtinModules: readonly string[]
  readonly enableCompileCache?: (folder: string) => unknown
  readonly flushCompileCache?: () => void
}

/**
 * Keeps what V8 compiles in the one folder that a function can write to. Lambda leaves it there when it starts the
 * process of an environment again, after a crash or a timeout. Nothing is shipped: what V8 writes differs from run to
 * run, and holds for one version of Node on one kind of processor. Gives what writes it down, once; a function is ended
 * before Node would by itself.
 */
export function cacheCompiled(folder = join(tmpdir(), 'bento-compiled')): () => void {
  const { enableCompileCache, flushCompileCache }: Caching = module
  if (enableCompileCache === undefined || !isOurs(folder)) return () => undefined
  enableCompileCache(folder)
  let isWritten = false
  return () => {
    if (!isWritten) flushCompileCache?.()
    isWritten = true
  }
}

/** What is read from there is run: nobody else may have laid it there. */
function isOurs(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true })
    const { mode, uid } = lstatSync(folder)
    return uid === process.getuid?.() && (mode & 0o022) === 0
  } catch {
    // A full or read-only disk: the function starts as it would without.
    return false
  }
}
