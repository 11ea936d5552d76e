import { BentoError } from '../../errors.ts'
import type { AppRequest, AppResponse } from '../app.ts'
import type { EndpointRecorder } from '../observe/recorder.ts'
import { errorResponse, withHeaders } from './responses.ts'

/** What answers on one path. */
export interface Route {
  readonly methods: readonly string[]
  readonly recorder: EndpointRecorder | undefined
  answer(request: AppRequest): Promise<AppResponse>
}

/** Exact paths to routes. */
export class Router {
  readonly #routes = new Map<string, Route>()

  add(path: string, route: Route): void {
    this.#routes.set(path, route)
  }

  find(path: string): Route | undefined {
    return this.#routes.get(path)
  }

  paths(): readonly string[] {
    return [...this.#routes.keys()]
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

export function wrongMethod(request: AppRequest, route: Route): AppResponse {
  const allow = route.methods.join(', ')
  const message = `${request.method} is not allowed here, ${allow} is`
  return withHeaders(errorResponse(new BentoError('METHOD_NOT_ALLOWED', message)), { allow })
}
