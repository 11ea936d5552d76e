import { fork, spawn, type ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
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
export function runNode(file: string, options: RunNodeOptions): Promise<RunResult> {
  return openNode(file, options).result
}

/** The same, for a child that is told what to do when that is known. */
export interface OpenedNode {
  readonly result: Promise<RunResult>
  send(message: object): void
  kill(): void
}

export function openNode(file: string, options: RunNodeOptions): OpenedNode {
  const child = fork(file, options.args, {
    cwd: options.cwd,
    execArgv: [...(options.nodeFlags ?? [])],
    silent: true,
    killSignal: 'SIGKILL',
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return {
    result: collect(child, 'SIGKILL'),
    send: (message) => void (child.connected && child.send(message)),
    kill: () => void child.kill('SIGKILL'),
  }
}

export interface StartNodeOptions {
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Gets what it writes, piece by piece. */
  readonly onOutput: (text: string) => void
}

/** A process that goes on until it is told to end, or until this one ends: then it is disconnected. */
export interface StartedNode {
  readonly pid: number
  /** Its first message; undefined when it ended without one. */
  readonly message: Promise<unknown>
  /** Null when a signal ended it. */
  readonly exited: Promise<number | null>
  send(message: string): void
  kill(): void
}

/** Starts a JavaScript file with this same node. It does not keep this process alive. */
export function startNode(file: string, options: StartNodeOptions): StartedNode {
  const { args, env, onOutput } = options
  const child = fork(file, args, { env, execArgv: [], silent: true })
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', onOutput)
    if (stream instanceof Socket) stream.unref()
  }
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  const message = new Promise((resolve) => {
    child.once('message', resolve)
    void exited.then(() => resolve(undefined))
  })
  // While something waits for its message, this process stays for that.
  void message.then(() => child.unref())
  void message.then(() => child.channel?.unref())
  return {
    pid: child.pid ?? 0,
    message,
    exited,
    send: (text) => void (child.connected && child.send(text)),
    kill: () => void child.kill('SIGKILL'),
  }
}

export interface RunProgramOptions {
  readonly cwd?: string
  /** Absent: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Goes to its stdin, which is then closed. */
  readonly input?: string
  readonly signal?: AbortSignal
}

/** Runs a program without a shell: its arguments are never parsed, so a name or a path cannot become a command. */
export async function runProgram(
  file: string,
  args: readonly string[],
  { input, ...options }: RunProgramOptions = {},
): Promise<RunResult> {
  const child = spawn(file, [...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
  // It may end without reading; its exit code says more than the broken pipe.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return collect(child, 'SIGTERM')
}

function collect(child: ChildProcess, endSignal: NodeJS.Signals): Promise<RunResult> {
  // After Ctrl-C it would go on for nobody: a module that loops without end, a download.
  const end = (): void => void child.kill(endSignal)
  process.once('exit', end)
  child.once('close', () => process.off('exit', end))
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
