import { BentoError } from '../errors.ts'
import { readBentoManifest } from '../store/manifest-files.ts'
import { readGolden } from '../verify/golden.ts'
import type { Session } from './context.ts'
import type { Source } from './open-source.ts'
import { resolvePath } from './paths.ts'

/** The requests of a golden file that were answered well, by the method that they are for. */
export async function readWarmUps(
  given: string | undefined,
  { path }: Source,
  { cwd }: Session,
): Promise<Record<string, unknown[]> | undefined> {
  if (given === undefined) return undefined
  const file = resolvePath(cwd, given)
  const { pairs } = await readGolden(file)
  const { apis, service } = await readBentoManifest(path)
  const warmUps: Record<string, unknown[]> = {}
  for (const { route, request, status } of pairs) {
    if (status >= 400) continue
    const api = apis.find((one) => one.route === route)
    if (api === undefined) throw noMethod(route, { file, service })
    warmUps[api.name] = [...(warmUps[api.name] ?? []), request]
  }
  return warmUps
}

function noMethod(route: string, { file, service }: { file: string; service: string }): BentoError {
  const message = `"${file}" has requests to ${route}, and ${service} has no such method`
  return new BentoError('GOLDEN_INVALID', message, {
    hint: 'Record it again with --record, from the service as it is.',
  })
}
