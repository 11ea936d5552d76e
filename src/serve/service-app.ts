import { isBentoError } from '../errors.ts'
import type { IdFormat } from '../log/id-format.ts'
import type { ScopedLogger } from '../log/logger.ts'
import type { App, AppRequest, AppResponse, BodyStream } from './app.ts'
import type { AccessLog } from './http/access-log.ts'
import type { Auth } from './http/auth.ts'
import type { Cors } from './http/cors.ts'
import type { DocsPage } from './http/docs-page.ts'
import { endWith } from './http/raw-response.ts'
import { errorResponse, withHeaders } from './http/responses.ts'
import {
  type Match,
  notFound,
  pathOf,
  type Route,
  type Router,
  withoutSlash,
  wrongMethod,
} from './http/router.ts'
import type { Upgrade } from './mounts/upgrade.ts'
import type { EndpointRecorder } from './observe/recorder.ts'
import { WatchedBody } from './streams/watched-body.ts'
import { RequestIds } from './tracing/request-ids.ts'
import type { Tracer } from './tracing/tracer.ts'

export interface ServiceAppInput {
  readonly router: Router
  /** Counts what has no route, so that unknown paths never make series of their own. */
  readonly unknown: EndpointRecorder
  readonly accessLog: AccessLog
  readonly logger: ScopedLogger
  /** Absent: everybody may call. */
  readonly auth: Auth | undefined
  /** Absent: only pages of the same origin may call. */
  readonly cors: Cors | undefined
  /** Of what answers, as BentoML calls it. */
  readonly server: string
  /** Absent: nothing is traced. */
  readonly tracer: Tracer | undefined
  /** Absent: answers do not have the trace's id. */
  readonly traceHeader: IdFormat | undefined
  /** Asks a browser for the key that it lacks. */
  readonly docs: DocsPage
  readonly close: () => Promise<void>
}

const switched: AppResponse = { status: 101, headers: {}, body: Buffer.alloc(0) }

/** Every request passes here once: found, answered, counted, logged. */
export class ServiceApp implements App {
  readonly #input: ServiceAppInput
  readonly close: () => Promise<void>
  readonly upgrade: App['upgrade']

  constructor(input: ServiceAppInput) {
    this.#input = input
    this.upgrade = input.router.hasUpgrades ? (...given) => this.#upgrade(...given) : undefined
    this.close = input.close
  }

  async handle(request: AppRequest): Promise<AppResponse> {
    const { unknown, cors } = this.#input
    const startedAt = performance.now()
    const found = this.#find(request)
    const { route, ids } = found
    const recorder = route ? route.recorder : unknown
    recorder?.begin()
    const answer = await this.#answer(request, found)
    const identified = route?.isApi ? this.#identify(answer, ids) : answer
    const response = cors ? cors.decorate(request, identified) : identified
    const handled = { request, found, recorder, response, startedAt }
    if (!Buffer.isBuffer(response.body)) return this.#watch(handled, response.body)
    await this.#ended(handled, wasLeft(request, response) ? leftStatus : response.status)
    return response
  }

  /** A stream is counted when it is over, with the status that it would have had if that had been known before. */
  #watch(handled: Handled, body: BodyStream): AppResponse {
    const { response, found } = handled
    const watched = new WatchedBody(body, (error) => {
      if (error === undefined) return this.#ended(handled, response.status)
      const { status } = this.#failed(error, found)
      return this.#ended(handled, status)
    })
    return { ...response, body: watched }
  }

  takesOver(path: string): boolean {
    return this.#input.router.mountAt(pathOf(path))?.isNative ?? false
  }

  takesUpgrade(path: string): boolean {
    return this.#input.router.mountAt(pathOf(path))?.handlers.upgrade !== undefined
  }

  /** Resolves when it is counted; undefined where nobody counts. */
  #ended(
    { request, found, recorder, response, startedAt }: Handled,
    status: number,
  ): Promise<void> | undefined {
    const { ids, path } = found
    const durationMs = performance.now() - startedAt
    const counted = recorder?.end(status, durationMs)
    ids.span?.end(status)
    this.#input.accessLog.write({ request, ids, path, status, response, durationMs })
    return counted
  }

  /** Counted and logged when it begins: what follows is no request. */
  #upgrade(request: AppRequest, upgrade: Upgrade): boolean {
    const path = pathOf(request.path)
    const mount = this.#input.router.mountAt(path)
    const handler = mount?.handlers.upgrade
    if (!mount || !handler) return false
    const found = this.#find(request)
    const startedAt = performance.now()
    mount.recorder.begin()
    const refused = this.#input.auth?.refuse(request, path)
    if (refused) endWith(upgrade.socket, refused)
    else {
      upgrade.request.url = mount.within(request.path)
      handler(upgrade.request, upgrade.socket, upgrade.head)
    }
    const response = refused ?? switched
    const { recorder } = mount
    const counted = this.#ended({ request, found, recorder, response, startedAt }, response.status)
    counted?.catch((error: unknown) => this.#failed(error, found))
    return true
  }

  #find(request: AppRequest): Found {
    const { router, tracer } = this.#input
    const path = pathOf(request.path)
    const match = router.find(path)
    const { method } = request
    const route = match?.routes.find((one) => takes(one, method)) ?? match?.routes[0]
    const ids = new RequestIds(request)
    const span = tracer && route?.isApi ? tracer.begin(request, path) : undefined
    if (span) ids.adopt(span)
    return { path, route, match, ids }
  }

  async #answer(request: AppRequest, found: Found): Promise<AppResponse> {
    const { path, route, match, ids } = found
    const early = this.#admit(request, path)
    if (early) return this.#input.docs.askForKey(early, request)
    if (!route || !match) return withoutSlash(request, this.#input.router) ?? notFound(path)
    if (!takes(route, request.method)) return wrongMethod(request, match.routes)
    try {
      return await route.answer(request, ids, match.params)
    } catch (error) {
      return this.#failed(error, found)
    }
  }

  #failed(error: unknown, { path, route, ids }: Found): AppResponse {
    if (isBentoError(error)) route?.recorder?.failed(error.code)
    ids.span?.failed(error)
    const response = errorResponse(error)
    if (response.status >= 500) {
      this.#input.logger.within(ids).error({ err: error, path }, 'Request failed')
    }
    return response
  }

  /** What is answered before anybody looks for a route: who has no key does not learn which there are. */
  #admit(request: AppRequest, path: string): AppResponse | undefined {
    const { auth, cors } = this.#input
    return cors?.preflight(request) ?? auth?.refuse(request, path)
  }

  #identify(answer: AppResponse, ids: RequestIds): AppResponse {
    const { traceHeader, server } = this.#input
    const headers: Record<string, string> = { server, 'x-bentoml-request-id': ids.requestId }
    if (traceHeader) headers['x-bentoml-trace-id'] = traceHeader(ids.traceId).trim()
    return withHeaders(answer, headers)
  }
}

const leftStatus = 499

/** Its client has gone: nobody gets the answer, however well it went. */
function wasLeft(request: AppRequest, { status, isSent }: AppResponse): boolean {
  return status < 400 && !isSent && request.isGone?.() === true
}

function takes({ methods }: Route, method: string): boolean {
  return methods === undefined || methods.includes(method)
}

interface Found {
  readonly path: string
  readonly route: Route | undefined
  readonly match: Match | undefined
  readonly ids: RequestIds
}

interface Handled {
  readonly request: AppRequest
  readonly found: Found
  readonly recorder: EndpointRecorder | undefined
  readonly response: AppResponse
  readonly startedAt: number
}
