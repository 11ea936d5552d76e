import { BentoError } from '../../errors.ts'
import type { PathParams } from '../../service/context-request.ts'
import { pathParamsOf } from '../../service/route.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import type { MountRoute } from '../mounts/mount-route.ts'
import type { EndpointRecorder } from '../observe/recorder.ts'
import type { RequestIds } from '../tracing/request-ids.ts'
import { PathPattern } from './path-pattern.ts'
import { errorResponse, textResponse, withHeaders } from './responses.ts'

/** What answers on one path. */
export interface Route {
  /** Absent: any. */
  readonly methods: readonly string[] | undefined
  readonly recorder: EndpointRecorder | undefined
  /** Its answers tell the request's ids. */
  readonly isApi?: boolean
  answer(request: AppRequest, ids: RequestIds, params: PathParams): Promise<AppResponse>
}

/** The routes of one path: one for each HTTP method, as the page and a method at `/`. */
export interface Match {
  readonly routes: readonly Route[]
  readonly params: PathParams
}

interface Pattern {
  readonly pattern: PathPattern
  readonly match: Match
}

const noParams: PathParams = {}

/** Paths to routes. Those without names are found at once; of the others, the most precise. */
export class Router {
  readonly #exact = new Map<string, Match>()
  #patterns: readonly Pattern[] = []
  #mounts: readonly MountRoute[] = []

  add(path: string, route: Route): void {
    if (pathParamsOf(path).length > 0) this.#addPattern(path, route)
    else {
      const routes = [...(this.#exact.get(path)?.routes ?? []), route]
      this.#exact.set(path, { routes, params: noParams })
    }
  }

  /** Undefined when nothing is at this path. */
  find(path: string): Match | undefined {
    return this.#exact.get(path) ?? this.#search(path)
  }

  /** Comes after all that has a path of its own. */
  mount(route: MountRoute): void {
    this.#mounts = [...this.#mounts, route].toSorted((a, b) => b.path.length - a.path.length)
  }

  /** Some app speaks another protocol than HTTP. */
  get hasUpgrades(): boolean {
    return this.#mounts.some(({ handlers }) => handlers.upgrade !== undefined)
  }

  /** The app that answers on this path; undefined where a route does, or nothing. */
  mountAt(path: string): MountRoute | undefined {
    if (this.#mounts.length === 0 || this.#exact.has(path)) return undefined
    const found = this.#mounts.find((one) => one.holds(path))
    return found && this.#pattern(path) ? undefined : found
  }

  #addPattern(path: string, route: Route): void {
    const added = { pattern: new PathPattern(path), match: { routes: [route], params: noParams } }
    this.#patterns = [...this.#patterns, added].toSorted((a, b) =>
      a.pattern.rank < b.pattern.rank ? -1 : 1,
    )
  }

  #search(path: string): Match | undefined {
    const match = this.#pattern(path)
    if (match || this.#mounts.length === 0) return match
    const found = this.#mounts.find((one) => one.holds(path))
    return found && { routes: [found], params: noParams }
  }

  #pattern(path: string): Match | undefined {
    if (this.#patterns.length === 0) return undefined
    const segments = path.split('/')
    for (const { pattern, match } of this.#patterns) {
      const params = pattern.match(segments)
      if (params) return { routes: match.routes, params }
    }
    return undefined
  }
}

/** The path without its query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

export function notFound(path: string): AppResponse {
  return errorResponse(new BentoError('ROUTE_NOT_FOUND', `No route is at "${path}"`))
}

/** Sends a client that has written a slash too many to where it means; undefined for others. */
export function withoutSlash(request: AppRequest, router: Router): AppResponse | undefined {
  const path = pathOf(request.path)
  if (!path.endsWith('/') || path === '/') return undefined
  const meant = path.slice(0, -1)
  if (!router.find(meant)) return undefined
  // No host: the client knows it, and what its header says is not to be believed.
  const location = meant + request.path.slice(path.length)
  return withHeaders(textResponse(307, ''), { location })
}

export function wrongMethod(
  request: AppRequest,
  routes: readonly Pick<Route, 'methods'>[],
): AppResponse {
  const allow = routes.flatMap((route) => route.methods ?? []).join(', ')
  const message = `${request.method} is not allowed here, ${allow} is`
  return withHeaders(errorResponse(new BentoError('METHOD_NOT_ALLOWED', message)), { allow })
}
