/*
 * Entry point of a child process: imports a bundled service, describes it, and sends the result to the parent.
 * The user's module runs here, so that whatever it does or leaves behind ends with this process.
 */
import { register } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { toWire } from '../errors.ts'

const [, , file = ''] = process.argv

// A parent that was ended, as by Ctrl-C, cannot end this process any more, and a user's module may never return.
const end = (): boolean => process.kill(process.pid, 'SIGKILL')
if (!process.connected) end()
process.once('disconnect', end)
// To listen for that must not keep a process alive that has nothing else to do.
process.channel?.unref()

register(new URL('resolve-hook.js', import.meta.url), {
  data: pathToFileURL(join(process.cwd(), 'package.json')).href,
})

try {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the bundle's entry exports this
  const module = (await import(pathToFileURL(file).href)) as { describe(): Promise<unknown> }
  process.send?.({ description: await module.describe() })
} catch (error) {
  process.send?.({ error: toWire(error), cause: toWire(causeOf(error)) })
}

/** The user's own error: it travels apart, since errors as data drop their cause. */
function causeOf(error: unknown): unknown {
  const hasCause = typeof error === 'object' && error !== null && 'cause' in error
  return hasCause && error.cause !== undefined ? error.cause : error
}
