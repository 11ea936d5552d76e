import type { ServeOptions } from '../config/service-options.ts'
import { BentoError } from '../errors.ts'
import { withoutUndefined } from '../lib/without-undefined.ts'
import type { ApiDefinition, ServiceDefinition } from '../service/definition.ts'

/** Configuration has the last word on what the service is called, and on every option of a method. */
export function withOverrides(
  definition: ServiceDefinition,
  options: ServeOptions,
): ServiceDefinition {
  const apis = definition.apis.map((api): ApiDefinition => {
    const changed = { ...api, ...withoutUndefined(options.apis[api.name] ?? {}) }
    if (!changed.batchable || changed.codec.batch) return changed
    throw new BentoError('CONFIG_INVALID', `Method "${api.name}" cannot be made batchable`, {
      hint: 'Its input must be one array or tensor, declared with `batchable` in `@api`.',
    })
  })
  const { name = definition.name, description = definition.description } = options
  return { ...definition, name, description, apis }
}
