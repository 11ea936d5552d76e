/*
 * Entry point of a child process: imports a bundled service, describes it, and sends the result to the parent.
 * The user's module runs here, so that whatever it does or leaves behind ends with this process.
 */
import { register } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { toWire } from '../errors.ts'
import { mapStacks } from '../log/mapped-stacks.ts'

// A parent that was ended, as by Ctrl-C, cannot end this process any more, and a user's module may never return.
const end = (): boolean => process.kill(process.pid, 'SIGKILL')
if (!process.connected) end()
process.once('disconnect', end)

mapStacks()
const { file, hasPackages } = await told()
if (hasPackages) {
  register(new URL('resolve-hook.js', import.meta.url), {
    data: pathToFileURL(join(process.cwd(), 'package.json')).href,
  })
}

try {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the bundle's entry exports this
  const module = (await import(pathToFileURL(file).href)) as { describe(): Promise<unknown> }
  process.send?.({ description: await module.describe() })
} catch (error) {
  process.send?.({ error: toWire(error), cause: toWire(causeOf(error)) })
}

interface Told {
  readonly file: string
  /** Whether the bundle leaves packages out, which only the project has. */
  readonly hasPackages: boolean
}

/** What to import. To listen must not keep a process alive after that. */
async function told(): Promise<Told> {
  const message = await new Promise((resolve) => {
    process.once('message', resolve)
  })
  process.channel?.unref()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because only the build speaks to its child
  return message as Told
}

/** The user's own error: it travels apart, since errors as data drop their cause. */
function causeOf(error: unknown): unknown {
  const hasCause = typeof error === 'object' && error !== null && 'cause' in error
  return hasCause && error.cause !== undefined ? error.cause : error
}
