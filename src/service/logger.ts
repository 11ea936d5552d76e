import { type Logger, ScopedLogger } from '../log/logger.ts'
import { currentScope, setCorrelation } from './current-request.ts'
import { boundLog } from './log-host.ts'

// The bundler drops this module from a service that does not import `logger`.
setCorrelation(true)

/**
 * Writes JSON lines, or text at a terminal. Inside a request, lines have its ids.
 *
 * @example
 * ```ts
 * logger.info({ rows: features.length }, 'Classified')
 * ```
 */
export const logger: Logger = new ScopedLogger(boundLog, {}, currentScope)
