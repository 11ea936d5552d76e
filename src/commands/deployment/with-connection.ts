import type { Connection, Place, Target } from '../../deploy/target.ts'
import type { Session } from '../context.ts'

interface At {
  readonly session: Session
  readonly place: Place
}

/**
 * Reaches a target for one piece of work. Ctrl-C lets it end in order: a lock is given back, nothing is cut off. A second
 * Ctrl-C ends it at once.
 */
export async function withConnection<T>(
  target: Target,
  { session, place }: At,
  work: (connection: Connection, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const { out, env, cwd, onSignal } = session
  const stop = new AbortController()
  const release = onSignal(() => {
    stop.abort()
    release()
  })
  let last = ''
  const report = (step: string): void => {
    if (step !== last) out.step(step)
    last = step
  }
  try {
    const connection = await target.connect({ env, cwd, report, signal: stop.signal, place })
    try {
      return await work(connection, stop.signal)
    } finally {
      connection.close()
    }
  } finally {
    release()
    out.settle()
  }
}
