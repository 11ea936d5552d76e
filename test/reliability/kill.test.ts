import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { openBentoStore } from '../../src/store/bento-store.ts'
import { digestFiles, readFiles } from '../../src/store/digest.ts'
import { exportBento } from '../../src/store/transfer.ts'
import { echoProject } from '../build/echo-project.ts'
import { run, start } from '../processes.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const command = fileURLToPath(new URL('../../bin/bento.js', import.meta.url))
const kills = 3

let context = ''
let source = ''
let archive = ''
let remote = ''
/** What the whole bento is made of, and its tag. */
let whole = { tag: '', digest: '' }

beforeAll(async () => {
  const project = await echoProject()
  context = project.context
  source = project.home
  // By the command: a bundle of compiled files is another than one of these sources.
  const args = ['build', context, '--no-check', '-o', 'tag']
  const env = { BENTO_HOME: source }
  const built = await run(process.execPath, [command, ...args], { cwd: context, env })
  const { tag, path } = await openBentoStore(source).require(built.trim())
  whole = { tag, digest: digestFiles(await readFiles(path)) }
  archive = await exportBento(openBentoStore(source), tag, `${await temporaryFolder()}/`)
  remote = `file://${join(await temporaryFolder(), 'remote')}`
  await run(process.execPath, [command, 'push', tag, `${remote}:v1`], { cwd: context, env })
})

/** Every bento that a store shows is whole; it has none that is broken. */
async function expectWhole(home: string): Promise<void> {
  const broken: string[] = []
  const entries = await openBentoStore(home).list(undefined, ({ message }) => broken.push(message))
  expect(broken).toEqual([])
  for (const { tag, path } of entries) {
    expect({ tag, digest: digestFiles(await readFiles(path)) }).toEqual(whole)
  }
}

test.each([
  ['build', () => ['build', context, '--no-check', '-o', 'tag']],
  ['import', () => ['import', archive]],
  ['pull', () => ['pull', `${remote}:v1`]],
])('kill -9 at any moment of a %s leaves the store whole', async (verb, args) => {
  const home = verb === 'build' ? source : await temporaryFolder()
  const env = { BENTO_HOME: home }
  if (verb === 'build') await openBentoStore(home).remove(whole.tag)
  const began = performance.now()
  await run(process.execPath, [command, ...args()], { cwd: context, env })
  const tookMs = performance.now() - began
  for (let turn = 0; turn < kills; turn++) {
    const bentos = openBentoStore(home)
    if ((await bentos.list()).length > 0) await bentos.remove(whole.tag)
    const running = start(process.execPath, [command, ...args()], { cwd: context, env })
    // Anywhere in it, and towards the end more often: there things are put into place.
    await pause(tookMs * Math.sqrt(Math.random()))
    await running.kill()
    await expectWhole(home)
  }
  await run(process.execPath, [command, ...args()], { cwd: context, env })
  await expectWhole(home)
  expect(await openBentoStore(home).list()).toHaveLength(1)
  expect(await readdir(join(home, 'bentos/.staging'))).toEqual([])
})
