import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The Python that setup.sh makes: it has BentoML, and schemathesis. */
export const python = join(tmpdir(), 'bento-interop', 'bin', 'python')

/** What is missing for it, in words; empty when nothing is. */
export function missingBentoml(): string[] {
  // Importing either takes seconds.
  const code =
    "import importlib.util as u; exit(not (u.find_spec('bentoml') and u.find_spec('schemathesis')))"
  const { status } = spawnSync(python, ['-c', code])
  return status === 0 ? [] : ['a Python with bentoml and schemathesis (test/interop/setup.sh)']
}
