import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The Python that setup.sh makes. */
export const python = join(tmpdir(), 'bento-test-python', 'bin', 'python')

/** Those of some modules that it has not; all of them where there is no such Python. */
export function missingModules(...modules: readonly string[]): string[] {
  const { status } = spawnSync(python, ['-c', `import ${modules.join(', ')}`])
  return status === 0 ? [] : [`a Python with ${modules.join(', ')} (test/python/setup.sh)`]
}
