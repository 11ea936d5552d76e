import { describeModel } from '../build/pack-models.ts'
import { resolveServeOptions } from '../config/service-options.ts'
import type { Plan } from '../serve/plan.ts'
import { readPlan } from '../serve/read-plan.ts'
import type { Place } from './check.ts'

/** How the CPU would be shared out if the subject were served here. */
export async function planOf({ subject, env, models }: Place): Promise<Plan> {
  if (subject.kind === 'bento') {
    const { path, manifest } = subject
    const { service, config, apis } = manifest
    return readPlan({
      path,
      models: manifest.models,
      options: await optionsOf(service, config, { env, apis }),
    })
  }
  const description = subject.kind === 'project' ? subject.service.description : undefined
  const { name = '', options = {}, apis = [] } = description ?? {}
  const found = await Promise.all(
    (description?.models ?? []).map(async (requested) => {
      const entry = await models.find(requested).catch(() => undefined)
      return entry && describeModel({ requested, entry }, entry.path)
    }),
  )
  return readPlan({
    path: '/',
    models: found.filter((model) => model !== undefined),
    options: await optionsOf(name, options, { env, apis }),
  })
}

async function optionsOf(
  service: string,
  decorator: Readonly<Record<string, unknown>>,
  { env, apis }: { env: Place['env']; apis: readonly { readonly name: string }[] },
): Promise<Parameters<typeof readPlan>[0]['options']> {
  const names = apis.map((api) => api.name)
  const { options } = await resolveServeOptions({ service, decorator, env, flags: {}, apis: names })
  return options
}
