import { openAsBlob } from 'node:fs'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { modelOf, writeModel } from '../models/tree-cases.ts'
import { run, start } from '../processes.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

let cwd = ''
let tarball = ''

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'bento-init-'))
  await run('npm', ['pack', '--pack-destination', cwd, '--ignore-scripts'], { cwd: repository })
  tarball = join(cwd, (await readdir(cwd)).find((name) => name.endsWith('.tgz')) ?? '')
  // Several at once could not lay out the one folder where npm keeps what it was told to execute.
  await run('npm', [...bentoOf(tarball), '--version'], { cwd })
})

// They wait for npm most of their time.
test.concurrent.each(['blank', 'iris', 'text', 'image'])(
  'the template %s passes its test and serves at once',
  async (name) => {
    expect(await statusOfNew(name, ['--template', name])).toBe(200)
  },
)

test('a model of one’s own is served three minutes after nothing was there', async () => {
  const model = await writeModel('iris.ubj', modelOf('xgboost', 'early stopping, classes'))
  const startedAt = performance.now()
  expect(await statusOfNew('flowers', ['--model', model])).toBe(200)
  expect(performance.now() - startedAt).toBeLessThan(180_000)
})

function bentoOf(package_: string): readonly string[] {
  return ['exec', '--yes', '--prefer-offline', `--package=${package_}`, '--', 'bento']
}

/** Everything that a new user types, in their order; what the sample is answered with. */
async function statusOfNew(name: string, flags: readonly string[]): Promise<number> {
  const folder = join(cwd, name)
  const home = { BENTO_HOME: join(cwd, 'home', name) }
  await run('npm', [...bentoOf(tarball), 'init', name, ...flags], { cwd, env: home })
  const project = { cwd: folder, env: home }
  await run('npm', ['install', '--prefer-offline', '--no-audit', tarball], project)
  const tested = await run('npm', ['test'], project)
  expect(tested).toMatch(/^# pass 1$/m)
  await run('npx', ['tsc'], project)
  await expect(run('npx', ['bento', 'build', '-o', 'tag'], project)).resolves.toMatch(/:/)
  const served = start(
    join(folder, 'node_modules', '.bin', 'bento'),
    ['serve', '--port', '0'],
    project,
  )
  try {
    const [, url = ''] = await served.printed(/Serving on (http:\S+)/)
    const readme = await readFile(join(folder, 'README.md'), 'utf8')
    const [, route = ''] = /curl http:\/\/127\.0\.0\.1:3000\/(\w+)/.exec(readme) ?? []
    return await statusOf(`${url}/${route}`, folder)
  } finally {
    expect(await served.interrupt()).toBe(0)
  }
}

/** Sends what the README says: the sample, or the photo. */
async function statusOf(url: string, folder: string): Promise<number> {
  const sample = await readFile(join(folder, 'sample.json')).catch(() => undefined)
  const headers = { 'content-type': 'application/json' }
  if (sample) return (await fetch(url, { method: 'POST', headers, body: sample })).status
  const form = new FormData()
  form.set('image', await openAsBlob(join(folder, '7.png')), '7.png')
  return (await fetch(url, { method: 'POST', body: form })).status
}
