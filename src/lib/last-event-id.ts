import { BentoError } from '../errors.ts'

/**
 * How many events of a stream its client has, by the header `Last-Event-ID`: ids are counted from 1. Throws
 * HEADER_INVALID.
 */
export function parseLastEventId(header: string | readonly string[] | undefined): number {
  if (header === undefined || header === '') return 0
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header)
  throw new BentoError('HEADER_INVALID', 'Last-Event-ID is not the id of an event of this stream', {
    hint: 'Send the id of the last event that came, or leave the header out.',
  })
}
