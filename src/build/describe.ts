import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BentoError, fromWire, type WireError } from '../errors.ts'
import { type RunResult, runNode } from '../lib/exec.ts'
import type { ServiceDescription } from '../service/describe.ts'

export interface DescribeInput {
  /** Folder that holds `dist/service.mjs`. */
  readonly path: string
  readonly context: string
  readonly module: string
  /** Where the bundle's source maps point for the project's files. */
  readonly sourceRoot: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly timeoutMs?: number
}

// Always the compiled one: a child has no test runner's transform, and Node 20 runs no TypeScript.
const child = fileURLToPath(new URL('../../dist/build/describe-child.js', import.meta.url))

/** Imports the bundled service in a process of its own and asks what it is. */
export async function describeBundle(input: DescribeInput): Promise<ServiceDescription> {
  const result = await run(input)
  const { message } = result
  if (isDescribed(message)) return message.description
  if (isFailed(message)) throw serviceError(message, input)
  const name = relative(input.context, input.module)
  const ended = result.code === null ? 'was killed' : `ended with exit code ${result.code}`
  throw new BentoError(
    'SERVICE_INVALID',
    `The process ${ended} while it imported "${name}"${lastLines(result)}`,
    {
      hint: 'Let the module only declare: work belongs in `onStartup`.',
    },
  )
}

async function run(input: DescribeInput): Promise<RunResult> {
  const { context, module, path, timeoutMs = 60_000 } = input
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await runNode(child, {
      cwd: context,
      args: [join(path, 'dist', 'service.mjs')],
      nodeFlags: ['--enable-source-maps'],
      signal,
      ...(input.env === undefined ? {} : { env: input.env }),
    })
  } catch (cause) {
    if (!signal.aborted) throw cause
    const name = relative(context, module)
    throw new BentoError(
      'SERVICE_INVALID',
      `Importing "${name}" did not end in ${timeoutMs / 1000} s`,
      {
        hint: 'Let the module only declare: work belongs in `onStartup`.',
        cause,
      },
    )
  }
}

interface Described {
  readonly description: ServiceDescription
}

interface Failed {
  readonly error: WireError
  readonly cause: WireError
}

function isDescribed(message: unknown): message is Described {
  return typeof message === 'object' && message !== null && 'description' in message
}

function isFailed(message: unknown): message is Failed {
  return typeof message === 'object' && message !== null && 'error' in message && 'cause' in message
}

function serviceError({ error, cause }: Failed, input: DescribeInput): Error {
  const own = withProjectPaths(cause, input)
  const line = userLine(own.stack ?? '', input.context)
  const where = line === undefined ? '' : `\n✖ at ${line}`
  if (error.code !== undefined) {
    const { code, message, hint } = error
    return new BentoError(code, `${message}${isOwn(error, cause) ? '' : where}`, {
      ...(hint === undefined ? {} : { hint }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      cause: fromWire(own),
    })
  }
  const name = relative(input.context, input.module)
  return new BentoError(
    'SERVICE_INVALID',
    `"${name}" throws when it is imported: ${error.message}${where}`,
    {
      hint: 'Correct that line; work that needs the world belongs in `onStartup`.',
      cause: fromWire(own),
    },
  )
}

/** True when there is no error of the user's own beneath bento's. */
function isOwn(error: WireError, cause: WireError): boolean {
  return error.stack === cause.stack
}

/** Stacks name files as the bento will have them; a person looks for them in the project. */
function withProjectPaths(wire: WireError, { sourceRoot, context }: DescribeInput): WireError {
  if (wire.stack === undefined) return wire
  return {
    ...wire,
    stack: wire.stack
      .replaceAll(`file://${sourceRoot}`, sourceRoot)
      .replaceAll(sourceRoot, context),
  }
}

function userLine(stack: string, context: string): string | undefined {
  const frames = stack
    .split('\n')
    .flatMap((line) => /\(?((?:\/|[A-Z]:\\)[^():]*:\d+:\d+)\)?$/.exec(line)?.[1] ?? [])
  const own = frames.find(
    (frame) => frame.startsWith(context + sep) && !frame.includes('node_modules'),
  )
  return own === undefined ? undefined : relative(context, own)
}

function lastLines({ stderr }: RunResult): string {
  const lines = stderr.trim().split('\n').slice(-10).join('\n')
  return lines === '' ? '' : `\n${lines}`
}
