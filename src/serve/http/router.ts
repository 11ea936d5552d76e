import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import type { EndpointRecorder } from '../observe/recorder.ts'
import type { RequestIds } from '../tracing/request-ids.ts'
import { errorResponse, withHeaders } from './responses.ts'

/** What answers on one path. */
export interface Route {
  readonly methods: readonly string[]
  readonly recorder: EndpointRecorder | undefined
  /** Its answers tell the request's ids. */
  readonly isApi?: boolean
  answer(request: AppRequest, ids: RequestIds): Promise<AppResponse>
}

/** Exact paths to routes. A path may have several, as the page and a method at `/`: one for each HTTP method. */
export class Router {
  readonly #routes = new Map<string, Route[]>()

  add(path: string, route: Route): void {
    this.#routes.set(path, [...(this.#routes.get(path) ?? []), route])
  }

  /** Empty when nothing is at this path. */
  at(path: string): readonly Route[] {
    return this.#routes.get(path) ?? []
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

export function wrongMethod(
  request: AppRequest,
  routes: readonly Pick<Route, 'methods'>[],
): AppResponse {
  const allow = routes.flatMap((route) => route.methods).join(', ')
  const message = `${request.method} is not allowed here, ${allow} is`
  return withHeaders(errorResponse(new BentoError('METHOD_NOT_ALLOWED', message)), { allow })
}
