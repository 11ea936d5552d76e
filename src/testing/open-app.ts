import type { App } from '../serve/app.ts'
import { openTarget } from './open-target.ts'
import type { TargetInput } from './target-input.ts'

/** A target as one function. Imported by Node itself, whatever runs the tests. */
export async function openApp(input: TargetInput, onLog: (line: string) => void): Promise<App> {
  const opened = await openTarget(input)
  const { module, packageRoots } = opened
  const logStream = { write: onLog, flushSync: () => undefined }
  const { env } = input
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because every bento's createApp gives an App
  const app = (await module.createApp({ env, packageRoots, logStream })) as App
  return {
    handle: (request) => app.handle(request),
    async close() {
      await app.close()
      await opened.remove()
    },
  }
}
