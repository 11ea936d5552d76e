import type { Readable, Writable } from 'node:stream'
import type { Output } from './output.ts'

/** What the world outside is, as an argument: only the entry point reads `process`. */
export interface CommandContext {
  readonly cwd: string
  readonly env: Env
  readonly stdin: Readable & { readonly isTTY?: boolean }
  readonly stdout: Writable & Terminal
  readonly stderr: Writable & Terminal
  /** Calls `handler` at each Ctrl-C and SIGTERM, until the returned function is called. */
  readonly onSignal: (handler: () => void) => () => void
}

export type Env = Readonly<Record<string, string | undefined>>

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** What a command works with. */
export interface Session {
  readonly cwd: string
  readonly env: Env
  readonly out: Output
  readonly stdin: CommandContext['stdin']
  /** Takes Ctrl-C over from the default, which ends the command with exit code 130. */
  readonly onSignal: (handler: () => void) => () => void
}
