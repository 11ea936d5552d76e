import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'

const execute = promisify(execFile)

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end and gives its stdout; a failure carries its stderr. */
export async function run(
  file: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { stdout } = await execute(file, [...args], {
    ...options,
    env: cleanEnv(options.env),
    maxBuffer: 1 << 26,
  })
  return stdout
}

export interface Started {
  /** Everything that it has printed. */
  readonly output: () => string
  /** Resolves with the first match of `pattern` in what it prints. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>
  /** Sends a signal to it alone. */
  signal(name: NodeJS.Signals): void
  /** The exit code, once it has ended. */
  readonly exited: Promise<number | null>
  readonly pid: number
  /** Ends it and all its children at once, and waits until it has ended. */
  kill(): Promise<void>
  /** Presses Ctrl-C: the signal goes to all its children too, as in a terminal. Gives the exit code. */
  interrupt(): Promise<number | null>
}

/** Starts a program in a process group of its own. */
export function start(file: string, args: readonly string[], options: RunOptions): Started {
  const child: ChildProcess = spawn(file, [...args], {
    ...options,
    env: cleanEnv(options.env),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = once(child, 'exit')
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += String(chunk)
      for (const check of waiting) check()
    })
  }
  return {
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(output)
          if (!match) return
          waiting.delete(check)
          resolve(match)
        }
        waiting.add(check)
        check()
        void exited.then(() =>
          reject(new Error(`It ended before it printed ${pattern}:\n${output}`)),
        )
      }),
    signal: (name) => void child.kill(name),
    exited: exited.then(() => child.exitCode),
    pid: child.pid ?? 0,
    async kill() {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, 'SIGKILL')
        await exited
      }
    },
    async interrupt() {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT')
      await exited
      return child.exitCode
    },
  }
}

/** A new user's environment: nothing of this npm run, of jest or of bento is in it. */
function cleanEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|BENTO_|JEST_|NODE_)/.test(name) && name !== 'INIT_CWD',
  )
  return { ...Object.fromEntries(inherited), ...extra }
}
