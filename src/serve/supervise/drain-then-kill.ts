import type { Clock } from '../../lib/clock.ts'
import type { Serving } from '../serving.ts'

// npm sends on a Ctrl-C that the terminal has sent to us already: that is one press, not two.
const onePressMs = 500

/** What Ctrl-C does to a running service: the first drains it, the second ends it. */
export function drainThenKill(
  serving: Pick<Serving, 'drain' | 'kill'>,
  say: (line: string) => void,
  clock: Pick<Clock, 'now'>,
): () => void {
  let pressedAt: number | undefined
  return () => {
    if (pressedAt === undefined) {
      pressedAt = clock.now()
      say('Finishing what is in flight. Press Ctrl-C again to end at once.')
      serving.drain()
      return
    }
    if (clock.now() - pressedAt >= onePressMs) serving.kill()
  }
}
