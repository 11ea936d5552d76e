import { join } from 'node:path'
import { isClientError } from '../client/client-error.ts'
import type { ClientTls } from '../client/http-transport.ts'
import { type Place, readDocument, readText } from '../client/read-document.ts'
import { unreachable } from '../client/unreachable.ts'
import { BentoError, fromWire, type WireError } from '../errors.ts'
import { type StartedNode, startNode } from '../lib/exec.ts'
import type { Session } from './context.ts'
import { openSource, type Source, type Wanted } from './open-source.ts'
import { packageFolder } from './version.ts'

const waysOut = {
  key: 'Give its key with --header.',
  otherwise: 'Check the address, and that a service of bento or BentoML runs there.',
}

/** A service that answers: one that runs somewhere, or one that was started for this command. */
export interface RunningService {
  /** Without a slash at its end. */
  readonly url: string
  /** The folder of its bento, where it was started here. */
  readonly bento?: string
  /** Of one that was started here. */
  readonly server?: { readonly pid: number; readonly startMs: number }
  close(): Promise<void>
}

/** What a service wants to see before it answers. */
export interface Access {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: ClientTls | undefined
}

// As long as a Pod has to end.
const graceMs = 30_000

// The one that serves for tests, too: it ends when this process is gone.
const child = join(packageFolder, 'dist', 'testing', 'serve-child.js')

/** Starts what is named as production would, on a free port; a URL is taken as it is. */
export async function openService(
  wanted: Wanted,
  session: Session,
  access: Access,
): Promise<RunningService> {
  const { target, model } = wanted
  if (target !== undefined && model === undefined && isUrl(target)) {
    return openRemote({ ...access, url: target })
  }
  return startService(await openSource(wanted, session), session)
}

/** Starts what was opened, as production would, on a free port. */
export async function startService(
  { path, project }: Source,
  session: Session,
): Promise<RunningService> {
  session.out.step('Starting')
  const startedAt = performance.now()
  const cwd = project?.context ?? session.cwd
  const order = { target: path, cwd, flags: { host: '127.0.0.1', port: 0 } }
  let printed = ''
  const program = startNode(child, {
    args: [JSON.stringify(order)],
    env: session.env,
    onOutput(text) {
      // Enough to tell why it did not start; a log may go on for ever.
      printed = (printed + text).slice(-10_000)
    },
  })
  const url = urlOf(await program.message, () => printed)
  const server = { pid: program.pid, startMs: performance.now() - startedAt }
  return { url, bento: path, server, close: () => stop(program) }
}

async function stop(program: StartedNode): Promise<void> {
  const killing = setTimeout(() => program.kill(), graceMs)
  program.send('drain')
  await program.exited
  clearTimeout(killing)
}

function urlOf(message: unknown, printed: () => string): string {
  if (typeof message === 'object' && message !== null) {
    if ('url' in message) return String(message.url)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because serve-child.ts sends nothing else
    if ('error' in message) throw fromWire(message.error as WireError)
  }
  throw new BentoError('STARTUP_FAILED', `The service did not start:\n${printed()}`, {
    hint: 'Run `bento serve` with the same target to see more.',
  })
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text)
}

async function openRemote({ url: given, ...access }: Place): Promise<RunningService> {
  const url = given.replace(/\/+$/, '')
  try {
    await readText({ ...access, url }, '/livez')
  } catch (cause) {
    // Whatever it answers, somebody is there.
    const isAnswer = isClientError(cause) && cause.status !== undefined
    if (!isAnswer) throw unreachable(`Nothing answers at "${url}"`, cause, waysOut)
  }
  return { url, close: () => Promise.resolve() }
}

/** A JSON document of the service, as `/docs.json`. */
export async function fetchDocument(service: Place, path: string): Promise<unknown> {
  try {
    return await readDocument(service, path)
  } catch (cause) {
    throw unreachable(`"${service.url}${path}" cannot be read`, cause, waysOut)
  }
}
