import { join, relative, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { BentoError, fromWire, type WireError } from '../errors.ts'
import { openNode, type OpenedNode, type RunResult } from '../lib/exec.ts'
import type { ServiceDescription } from '../service/describe.ts'

export interface DescribeInput {
  readonly context: string
  readonly module: string
  /** Where the bundle's source maps point for the project's files. */
  readonly sourceRoot: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly timeoutMs?: number
}

export interface BundledService {
  /** Folder that holds `dist/service.mjs`. */
  readonly path: string
  /** Whether it imports packages that are not in the bundle. */
  readonly hasPackages: boolean
}

/** A process that waits for a bundle, to import it and say what the service is. */
export interface Describer {
  describe(bundled: BundledService): Promise<ServiceDescription>
  /** For when there is nothing to describe. Idempotent. */
  stop(): void
}

// Always the compiled one: a child has no test runner's transform, and Node 20 runs no TypeScript.
const child = fileURLToPath(new URL('../../dist/build/describe-child.js', import.meta.url))

/** Started before the bundle is there: a process takes as long to start as a bundle that was made before to be found. */
export function startDescriber(input: DescribeInput): Describer {
  const { context, env } = input
  const node = openNode(child, { cwd: context, ...(env !== undefined && { env }) })
  // Whoever stops it does not wait for its end.
  node.result.catch(() => undefined)
  return { describe: (bundled) => describe(node, bundled, input), stop: () => node.kill() }
}

/** The same for a bundle that is there. */
export function describeBundle(input: DescribeInput & BundledService): Promise<ServiceDescription> {
  return startDescriber(input).describe(input)
}

async function describe(
  node: OpenedNode,
  { path, hasPackages }: BundledService,
  input: DescribeInput,
): Promise<ServiceDescription> {
  node.send({ file: join(path, 'dist', 'service.mjs'), hasPackages })
  const result = await inTime(node, input)
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

async function inTime(node: OpenedNode, input: DescribeInput): Promise<RunResult> {
  const { context, module, timeoutMs = 60_000 } = input
  const late = Symbol('late')
  const timer = new AbortController()
  const ended = await Promise.race([
    node.result,
    setTimeout(timeoutMs, late, { signal: timer.signal }),
  ]).finally(() => timer.abort())
  if (ended !== late) return ended
  node.kill()
  throw new BentoError(
    'SERVICE_INVALID',
    `Importing "${relative(context, module)}" did not end in ${timeoutMs / 1000} s`,
    {
      hint: 'Let the module only declare: work belongs in `onStartup`.',
    },
  )
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
