import type { ServeOptions } from '../config/service-options.ts'
import { compileIdFormats } from '../log/log-ids.ts'
import { createLogger, type Log, type LoggerOptions } from '../log/logger.ts'

/** The log of a process that serves, as `logging` says. */
export function openLog(
  { logging }: ServeOptions,
  given: Pick<LoggerOptions, 'format' | 'fields' | 'stream'>,
): Log {
  return createLogger({
    ...given,
    format: logging.format ?? given.format,
    level: logging.level,
    formats: compileIdFormats(logging.access.format),
  })
}
