import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const program = fileURLToPath(new URL('../servers/offline.mjs', import.meta.url))

/** What the model does alone, in a process of its own, in batches of `rows`; with a pause before each where one is given. */
export async function runOffline(model, rows, seconds, pauseMs = 0) {
  const args = [program, model, String(rows), String(seconds), String(pauseMs)]
  const { stdout } = await execute(process.execPath, args)
  return JSON.parse(stdout)
}
