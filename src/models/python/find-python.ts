import { join } from 'node:path'
import { pathExists } from '../../lib/files.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Whose Python runs the scripts, and in which folder. */
export interface PythonOptions {
  /** Its command or path. Default: that of an active or a project's virtual environment, else python3. */
  readonly python?: string | undefined
  readonly cwd: string
  readonly env: Env
  /** Called with the command before a script runs, which may take long. */
  readonly onPython?: (python: string) => void
}

/** The Python of the user: the one that knows the packages the model was made with. */
export async function findPython({ python, cwd, env }: PythonOptions): Promise<string> {
  if (python !== undefined) return python
  const active = env['VIRTUAL_ENV'] ?? env['CONDA_PREFIX']
  const folders = [...(active ? [active] : []), join(cwd, '.venv'), join(cwd, 'venv')]
  for (const folder of folders) {
    for (const path of [join(folder, 'bin', 'python'), join(folder, 'Scripts', 'python.exe')]) {
      if (await pathExists(path)) return path
    }
  }
  return 'python3'
}
