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

const plain = /^[A-Za-z0-9._~!$&'()*+,;=:@-]+$/
const named = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/

/** Throws SERVICE_INVALID unless a method may answer on this path. A segment may be a name, as in `/items/{id}`. */
export function checkRoute(name: string, route: unknown): string {
  if (typeof route !== 'string' || !route.startsWith('/')) {
    throw invalid(name, route, 'does not start with "/"')
  }
  if (isReserved(route)) throw invalid(name, route, 'belongs to every service')
  if (!isPath(route)) throw invalid(name, route, 'is not a plain path')
  const names = pathParamsOf(route)
  if (new Set(names).size < names.length) throw invalid(name, route, 'has a name twice')
  return route
}

/** Throws SERVICE_INVALID unless an app may be mounted there. */
export function checkMountPath(name: string, path: unknown): string {
  const isPlain = typeof path === 'string' && path.startsWith('/') && isPath(path)
  if (!isPlain || pathParamsOf(path).length > 0) throw invalid(name, path, 'is not a plain path')
  const isTaken = isReserved(path) || isReserved(`${path}/`)
  if (isTaken) throw invalid(name, path, 'belongs to every service')
  return path
}

/** The names in a route, as `id` of `/items/{id}`. */
export function pathParamsOf(route: string): string[] {
  return route.split('/').flatMap((segment) => paramOf(segment) ?? [])
}

/** The name that a segment of a route is; undefined for one that is plain. */
export function paramOf(segment: string): string | undefined {
  return named.exec(segment)?.[1]
}

/** The same for two routes that match the same paths. */
export function shapeOf(route: string): string {
  return route.replaceAll(/\{\w+\}/g, '{}')
}

function isReserved(path: string): boolean {
  return reserved.has(path) || path.startsWith(reservedPrefix)
}

/** Plain segments and names; a dot or two would be resolved by clients before they ask. */
function isPath(route: string): boolean {
  if (route === '/') return true
  const segments = route.slice(1).split('/')
  return segments.every((one) => (plain.test(one) && !/^\.{1,2}$/.test(one)) || named.test(one))
}

function invalid(name: string, route: unknown, reason: string): BentoError {
  return new BentoError('SERVICE_INVALID', `The route "${String(route)}" of "${name}" ${reason}`, {
    hint: `Write another \`route\`, as /v1/${name}.`,
  })
}
