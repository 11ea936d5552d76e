import { fileURLToPath } from 'node:url'

/** The least that has bento's processes, with the same model and the same request. `check` gets one row's output, as text. */
export function prepareSkeleton({ model, request }, check = request.check) {
  return {
    command: process.execPath,
    args: [fileURLToPath(new URL('../servers/skeleton.mjs', import.meta.url))],
    env: { MODEL: model },
    request: { ...request, check },
  }
}
