import type { AnswerWishes, NonFinite } from '../../service/codec/codec.ts'
import type { PathParams } from '../../service/context-request.ts'
import type { ServerContext } from '../../service/context.ts'
import type { AppRequest } from '../app.ts'
import type { JobInput } from '../batching/job.ts'
import type { RequestIds } from '../tracing/request-ids.ts'
import type { Due } from './due.ts'

/** A request to a method, found and admitted. */
export interface Asked {
  readonly request: AppRequest
  readonly due: Due
  readonly ids: RequestIds
  readonly params: PathParams
}

/** A method's call, its input decoded. */
export type CallInput = Omit<JobInput<unknown, ServerContext>, 'rows' | 'key'>

export function goneOf(request: AppRequest): () => boolean {
  return request.isGone ?? (() => request.signal.aborted)
}

/** Undefined where the path says nothing, which is nearly always. */
export function givenParams(params: PathParams): PathParams | undefined {
  return Object.keys(params).length > 0 ? params : undefined
}

export function contentTypeOf({ headers }: AppRequest): string | undefined {
  return firstOf(headers['content-type'])
}

/** BentoML's own client reads NaN as Python writes it. */
export function wishesOf(
  { headers }: Pick<AppRequest, 'headers'>,
  nonFinite: NonFinite,
): AnswerWishes {
  const isBentoml = firstOf(headers['user-agent'])?.startsWith('BentoML HTTP Client/')
  return { accept: firstOf(headers['accept']), nonFinite: isBentoml ? 'token' : nonFinite }
}

function firstOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0]
}
