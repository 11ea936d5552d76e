import type { Connection, Target } from '../../deploy/target.ts'
import type { Session } from '../context.ts'

interface Place {
  readonly session: Session
  readonly namespace?: string
  readonly context?: string
}

/** Reaches a target for one piece of work. Ctrl-C lets it end in order: a lock is given back, nothing is cut off. */
export async function withConnection<T>(
  target: Target,
  { session, ...place }: Place,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { out, env, cwd, onSignal } = session
  const stop = new AbortController()
  const release = onSignal(() => stop.abort())
  let last = ''
  const report = (step: string): void => {
    if (step !== last) out.step(step)
    last = step
  }
  try {
    const connection = await target.connect({ env, cwd, report, signal: stop.signal, ...place })
    try {
      return await work(connection)
    } finally {
      connection.close()
    }
  } finally {
    release()
    out.settle()
  }
}
