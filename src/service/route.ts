import { BentoError } from '../errors.ts'

// What every service answers on; nobody's method may take their place.
const reserved = new Set([
  '/livez',
  '/readyz',
  '/healthz',
  '/metrics',
  '/schema.json',
  '/docs.json',
])
const reservedPrefix = '/static_content/'

const segments = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]+(?:\/[A-Za-z0-9._~!$&'()*+,;=:@-]+)*)?$/

/** Throws SERVICE_INVALID unless a method may answer on this path. */
export function checkRoute(name: string, route: unknown): string {
  if (typeof route !== 'string' || !route.startsWith('/')) {
    throw invalid(name, route, 'does not start with "/"')
  }
  if (reserved.has(route) || route.startsWith(reservedPrefix)) {
    throw invalid(name, route, 'belongs to every service')
  }
  if (!segments.test(route) || /\/\.{1,2}(?:\/|$)/.test(route)) {
    throw invalid(name, route, 'is not a plain path')
  }
  return route
}

function invalid(name: string, route: unknown, reason: string): BentoError {
  return new BentoError('SERVICE_INVALID', `The route "${String(route)}" of "${name}" ${reason}`, {
    hint: `Write another \`route\`, as /v1/${name}.`,
  })
}
