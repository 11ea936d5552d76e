import { format, inspect } from 'node:util'
import type { LogLevel } from './levels.ts'
import type { Logger } from './logger.ts'

type Writing = Pick<
  Console,
  'log' | 'info' | 'debug' | 'warn' | 'error' | 'trace' | 'dir' | 'dirxml' | 'table'
>

/**
 * What the service's code, and what it uses, writes to the console becomes lines of the log. Groups, counts, timers
 * and assertions follow, since they call these. Returns how to undo it.
 */
export function captureConsole(target: Writing, logger: Logger): () => void {
  const { log, info, debug, warn, error, trace, dir, dirxml, table } = target
  const before = { log, info, debug, warn, error, trace, dir, dirxml, table }
  const to = (level: LogLevel) => {
    return (...values: readonly unknown[]): void => logger[level](format(...values).trimEnd())
  }
  Object.assign(target, {
    log: to('info'),
    info: to('info'),
    debug: to('debug'),
    warn: to('warn'),
    error: to('error'),
    dirxml: to('info'),
    trace: (...values: readonly unknown[]): void => logger.debug(stackTo(format(...values))),
    dir: (value: unknown, options: object = {}): void => logger.info(inspect(value, options)),
  })
  return () => void Object.assign(target, before)
}

function stackTo(message: string): string {
  const trace = new Error(message)
  trace.name = 'Trace'
  return trace.stack ?? message
}
