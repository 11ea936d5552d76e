import { fork, spawn, type ChildProcess } from 'node:child_process'
import process from 'node:process'

export interface RunNodeOptions {
  readonly cwd: string
  readonly args?: readonly string[]
  /** Absent: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Flags of node itself. */
  readonly nodeFlags?: readonly string[]
  readonly signal?: AbortSignal
}

export interface RunResult {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** The first message that the child sent with `process.send`. */
  readonly message?: unknown
}

/**
 * Runs a JavaScript file with this same node, without a shell, and collects what it says. A child that
 * sends a message has nothing more to tell and is ended: its own timers and sockets must not hold us up.
 */
export async function runNode(file: string, options: RunNodeOptions): Promise<RunResult> {
  const child = fork(file, options.args, {
    cwd: options.cwd,
    execArgv: [...(options.nodeFlags ?? [])],
    silent: true,
    killSignal: 'SIGKILL',
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return collect(child)
}

export interface RunProgramOptions {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly signal?: AbortSignal
}

/** Runs any program, without a shell and without input, and collects what it says. Rejects when it cannot start. */
export async function runProgram(file: string, options: RunProgramOptions): Promise<RunResult> {
  const child = spawn(file, [...options.args], {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return collect(child)
}

function collect(child: ChildProcess): Promise<RunResult> {
  const stdout = textOf(child.stdout)
  const stderr = textOf(child.stderr)
  let sent: { message?: unknown } = {}
  child.once('message', (message) => {
    sent = { message }
    child.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr(), ...sent }))
  })
}

function textOf(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

export const ownPid = process.pid

/** Whether a process of this machine is alive, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error !== null && typeof error === 'object' && 'code' in error && error.code === 'EPERM'
  }
}
