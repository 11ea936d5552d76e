import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))

/** The programs' folder of a Python that has the peers: the one that is named, or one made in the temporary folder. */
export async function openPython(given) {
  if (given) return join(given, 'bin')
  const folder = join(tmpdir(), 'bento-bench-peers')
  const marker = join(folder, 'bin', 'bentoml')
  if (!existsSync(marker)) {
    process.stderr.write(`installing BentoML and LitServe into ${folder}\n`)
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    const install = ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]
    execFileSync(join(folder, 'bin', 'python'), install, { stdio: ['ignore', 2, 2] })
  }
  return join(folder, 'bin')
}
