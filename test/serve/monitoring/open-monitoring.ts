import type { LogStream } from '../../../src/log/line-writer.ts'
import { createLogger } from '../../../src/log/logger.ts'
import { Monitoring } from '../../../src/serve/monitoring/monitoring.ts'
import { fakeClock } from '../../lib/fake-clock.ts'

interface Kept {
  readonly type: 'default' | 'otlp'
  readonly logPath?: string
  readonly endpoint?: string
}

/** What is monitored goes there, without a server. */
export function openMonitoring(
  { type, logPath = '', ...rest }: Kept,
  stream: LogStream,
): Monitoring {
  const options = { logPath, maxFileSize: 1e6, headers: {}, ...rest }
  return new Monitoring({
    options: { monitoring: { enabled: true, type, sampleRate: 1, options } },
    manifest: { name: 'twin', version: 'v1', service: 'Twin' },
    worker: 3,
    logger: createLogger({ format: 'json', level: 'info', fields: {}, stream }).logger,
    clock: fakeClock(),
  })
}
