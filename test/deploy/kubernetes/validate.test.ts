import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, jest, test } from '@jest/globals'
import { renderFiles } from '../../../src/deploy/kubernetes/render.ts'
import { specOf } from '../spec-of.ts'
import { everything } from './everything.ts'

// The first run installs the schemas.
jest.setTimeout(180_000)

const versions = ['1.33.0', '1.35.0', '1.37.0']
const validator = 'kubernetes-validate==1.37.0'
const script = fileURLToPath(new URL('validate.py', import.meta.url))

// The kinds of custom resources are in nobody's schema but their own.
const custom = new Set([
  'http-route.yaml',
  'service-monitor.yaml',
  'scaled-object.yaml',
  'kustomization.yaml',
])

/** A Python that has the schemas of Kubernetes; undefined where none can be had. */
function findPython(): string | undefined {
  const folder = join(tmpdir(), 'bento-kubernetes-validate-1.37.0')
  const python = join(folder, 'bin', 'python')
  const isThere = (): boolean =>
    existsSync(python) && spawnSync(python, ['-c', 'import kubernetes_validate']).status === 0
  if (isThere()) return python
  if (spawnSync('python3', ['-m', 'venv', folder]).status !== 0) return undefined
  spawnSync(python, ['-m', 'pip', 'install', '--quiet', validator])
  return isThere() ? python : undefined
}

const python = findPython()
if (python === undefined) {
  process.stderr.write(
    `No python3 with venv and ${validator}: 3 tests of rendered manifests are skipped\n`,
  )
}
const suite = python === undefined ? describe.skip : describe

async function problemsOf(set: Readonly<Record<string, unknown>>): Promise<unknown> {
  const files = (await renderFiles(await specOf(set)))
    .filter(({ path }) => !custom.has(path))
    .map(({ text }) => text)
  const input = JSON.stringify({ files, versions })
  const { stdout, stderr } = spawnSync(python ?? '', [script], { input, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

suite(`against the schemas of Kubernetes ${versions.join(', ')}`, () => {
  test('what is rendered by default is valid, with no unknown field', async () => {
    expect(await problemsOf({})).toEqual([])
  })

  test('what every key renders is valid, with no unknown field', async () => {
    expect(await problemsOf(everything)).toEqual([])
  })

  test('a field that does not exist would be found', async () => {
    const patches = [{ kind: 'Service', merge: { spec: { prots: [] } } }]
    expect(await problemsOf({ kubernetes: { patches } })).toHaveLength(versions.length)
  })
})
