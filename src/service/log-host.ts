import { isatty } from 'node:tty'
import { createLogger, type LogCore } from '../log/logger.ts'

let bound: LogCore | undefined
let fallback: LogCore | undefined

/** Gives the lines of all loggers, older ones too, to the log of this process. */
export function bindLog(core: LogCore | undefined): void {
  bound = core
}

/** Outside of a server, as in a script or while a bento is built, lines go to stderr. */
export function boundLog(): LogCore {
  return bound ?? (fallback ??= openFallback())
}

function openFallback(): LogCore {
  const format = isatty(2) ? 'text' : 'json'
  return createLogger({ format, level: 'info', fields: {} }).core
}
