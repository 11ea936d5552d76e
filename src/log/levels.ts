export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** The least that is written, or nothing. */
export type LogThreshold = LogLevel | 'silent'

// The numbers that log viewers know from pino and bunyan.
export const levelNumbers = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Infinity,
} as const satisfies Readonly<Record<LogThreshold, number>>
