import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface TerminalOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is pressed, each once its pattern is on the screen since the one before. */
  readonly keys: readonly (readonly [shown: RegExp, pressed: string])[]
}

/** Runs a line of a shell at a real terminal, by the program `script`. */
export async function atTerminal(
  line: string,
  { cwd, env = {}, keys }: TerminalOptions,
): Promise<{ code: number | null; screen: string }> {
  const sized = `stty rows 40 cols 100; ${line}`
  const child = spawn('script', ['-qec', sized, '/dev/null'], {
    cwd,
    env: { ...process.env, TERM: 'xterm', ...env },
    timeout: 45_000,
  })
  const waiting = [...keys]
  let screen = ''
  let seen = 0
  child.stdout.on('data', (chunk: Buffer) => {
    screen += String(chunk)
    const [next] = waiting
    if (next === undefined || !next[0].test(plain(screen.slice(seen)))) return
    seen = screen.length
    waiting.shift()
    child.stdin.write(next[1])
  })
  await once(child, 'close')
  return { code: child.exitCode, screen: plain(screen) }
}

/** Without colours and moves of the cursor. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex -- because that is what a terminal is told
  return text.replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, '')
}
