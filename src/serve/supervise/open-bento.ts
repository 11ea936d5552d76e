import { BentoError } from '../../errors.ts'
import type { ServeInput, Serving } from '../serving.ts'
import { findModels, type Verified } from './bring-models.ts'
import type { Listener } from './listener.ts'
import { type Listeners, openListeners } from './open-listeners.ts'
import { check, type Checked, finish, type Prepared } from './prepare.ts'
import { StandIn } from './stand-in.ts'

export interface Opened {
  readonly prepared: Prepared
  readonly listeners: Listeners
}

/** What must be before the first worker: a bento that can be served, and its ports. */
export async function openBento(input: ServeInput): Promise<Opened> {
  const checked = await check(input)
  const { verified, isComplete } = await findModels(checked.manifest.models, input)
  const found = { ...input, verified }
  if (!isComplete) return fetchListening(checked, found)
  const prepared = await finish(checked, found)
  return { prepared, listeners: await openListeners(prepared.options) }
}

/**
 * Fetching may take minutes. The ports are bound before, so that whoever probes hears that the process lives and is not
 * ready; a signal ends it.
 */
async function fetchListening(
  checked: Checked,
  input: ServeInput & { readonly verified: Verified },
): Promise<Opened> {
  const listeners = await openListeners(checked.options)
  const stop = new AbortController()
  const { api, probes } = listeners
  const all = probes ? [api, probes] : [api]
  answerAlone(api, checked)
  // Probes are asked without TLS.
  if (probes) answerAlone(probes, { options: checked.options })
  input.onBound?.(asServing(api.url, stop))
  input.say(`Listening on ${api.url}, and ready when the models are fetched`)
  try {
    return { prepared: await finish(checked, { ...input, signal: stop.signal }), listeners }
  } catch (error) {
    for (const listener of all) listener.abort()
    throw stop.signal.aborted ? stopped(error) : error
  }
}

function answerAlone(listener: Listener, bento: Pick<Checked, 'options' | 'tls'>): void {
  const standIn = new StandIn({
    bento,
    why: () => 'The models are being fetched',
    onClose: () => listener.release(1),
  })
  listener.start((socket) => {
    standIn.accept(socket)
    return true
  })
}

/** Nothing is in flight yet: to drain is to end. */
function asServing(url: string, stop: AbortController): Serving {
  return {
    url,
    get isDraining() {
      return stop.signal.aborted
    },
    exited: new Promise(() => undefined),
    swap: () => Promise.reject(new Error('nothing is served yet')),
    drain: () => stop.abort(),
    kill: () => stop.abort(),
  }
}

function stopped(cause: unknown): BentoError {
  return new BentoError('INTERRUPTED', 'Stopped while models were being fetched', { cause })
}
