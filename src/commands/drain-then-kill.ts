import type { Clock } from '../lib/clock.ts'
import type { Serving } from '../serve/serving.ts'
import type { Output } from './output.ts'

// npm sends on a Ctrl-C that the terminal has sent to us already: that is one press, not two.
const onePressMs = 500

/** What Ctrl-C does to a running service: the first drains it, the second ends it. */
export function drainThenKill(
  serving: Pick<Serving, 'drain' | 'kill'>,
  out: Pick<Output, 'say'>,
  clock: Pick<Clock, 'now'>,
): () => void {
  let pressedAt: number | undefined
  return () => {
    if (pressedAt === undefined) {
      pressedAt = clock.now()
      out.say('Finishing what is in flight. Press Ctrl-C again to end at once.')
      serving.drain()
      return
    }
    if (clock.now() - pressedAt >= onePressMs) serving.kill()
  }
}
