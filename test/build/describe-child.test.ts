import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../temporary-folder.ts'
import { writeFiles } from './project.ts'

const child = fileURLToPath(new URL('../../dist/build/describe-child.js', import.meta.url))

test('does not outlive the process that asked', async () => {
  const folder = await temporaryFolder()
  const source = `process.send('imported')\nawait new Promise(() => setInterval(() => {}, 1e6))\n`
  await writeFiles(folder, { 'service.mjs': source })
  const process = fork(child, { silent: true })
  process.send({ file: join(folder, 'service.mjs'), hasPackages: false })
  await once(process, 'message')
  const ended = new Promise((resolve) => process.once('exit', (_code, signal) => resolve(signal)))
  process.disconnect()
  expect(await ended).toBe('SIGKILL')
})
