import { BentoError } from '../errors.ts'
import type { CommandContext } from './context.ts'

/** Ctrl-C ends a command, unless the command has taken it over. */
export interface Interrupts {
  /** Rejects with INTERRUPTED; never resolves. */
  readonly interrupted: Promise<never>
  readonly takeOver: (handler: () => void) => () => void
  readonly close: () => void
}

export function openInterrupts(context: CommandContext): Interrupts {
  let handler: (() => void) | undefined
  const stop = new AbortController()
  const interrupted = rejectOn(stop.signal)
  // A command that ended first leaves nobody to await this.
  interrupted.catch(() => undefined)
  const close = context.onSignal(() => (handler ? handler() : stop.abort()))
  return {
    interrupted,
    close,
    takeOver(own) {
      handler = own
      return () => {
        handler = undefined
      }
    },
  }
}

function rejectOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(new BentoError('INTERRUPTED', 'Stopped before it was done'))
    })
  })
}
