import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { renderFiles } from '../../../src/deploy/kubernetes/render.ts'
import { describeWith } from '../../describe-with.ts'
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

const folder = join(tmpdir(), 'bento-kubernetes-validate-1.37.0')
const python = join(folder, 'bin', 'python')

/** What keeps this machine from having a Python with the schemas of Kubernetes, in the words of what failed. */
function lackingSchemas(): string[] {
  const isThere = (): boolean =>
    existsSync(python) && spawnSync(python, ['-c', 'import kubernetes_validate']).status === 0
  if (isThere()) return []
  const steps = [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', validator],
  ] as const
  for (const [program, ...args] of steps) {
    const { status, error, stderr } = spawnSync(program, args, { encoding: 'utf8' })
    if (status === 0) continue
    const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? `it ended with ${status}`
    return [`${validator} (${program} ${args.join(' ')}: ${said})`]
  }
  return isThere() ? [] : [validator]
}

async function problemsOf(set: Readonly<Record<string, unknown>>): Promise<unknown> {
  const files = (await renderFiles(await specOf(set)))
    .filter(({ path }) => !custom.has(path))
    .map(({ text }) => text)
  const input = JSON.stringify({ files, versions })
  const { stdout, stderr } = spawnSync(python, [script], { input, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

describeWith(`the schemas of Kubernetes ${versions.join(', ')}`, lackingSchemas(), () => {
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
