export type Json = Record<string, unknown>

export interface Revision {
  readonly name: string
  readonly template: Json
  readonly failure: string | undefined
  isActive: boolean
  isStarting: boolean
}

export interface App {
  readonly name: string
  body: Json
  readonly revisions: Revision[]
  isChanging: boolean
}

/** Takes a whole app in; says what is wrong with it. */
export function revised(app: App, body: Json, failure: string | undefined): string | undefined {
  const template = fieldsAt(body, 'properties', 'template')
  const name = `${app.name}--${String(template['revisionSuffix'])}`
  if (app.isChanging) return 'an operation is in progress'
  if (fieldsAt(body, 'properties')['environmentId'] === undefined) return 'no environment'
  if (app.revisions.some((one) => one.name === name)) return `the revision ${name} is there`
  app.revisions.push({ name, template, failure, isActive: true, isStarting: true })
  const problem = trafficProblem(app, body)
  if (problem !== undefined) {
    app.revisions.pop()
    return problem
  }
  Object.assign(app, { body, isChanging: true })
  return undefined
}

/** A merge patch. */
export function patched(app: App, patch: Json): string | undefined {
  const body = merge(app.body, patch)
  const problem = trafficProblem(app, body)
  if (problem === undefined) Object.assign(app, { body, isChanging: true })
  return problem
}

function merge(base: Json, patch: Json): Json {
  const merged = Object.entries(patch).map(([key, value]): [string, unknown] => [
    key,
    isFields(value) && isFields(base[key]) ? merge(base[key], value) : value,
  ])
  return { ...base, ...Object.fromEntries(merged) }
}

function trafficProblem(app: App, body: Json): string | undefined {
  const weights = trafficOf(body)
  const all = weights.reduce((sum, { weight }) => sum + Number(weight), 0)
  if (all !== 100) return `the weights make ${all}`
  const stranger = weights.find(
    ({ revisionName, latestRevision }) =>
      latestRevision !== true &&
      !app.revisions.some((one) => one.name === revisionName && one.isActive),
  )
  return stranger === undefined
    ? undefined
    : `no active revision ${String(stranger['revisionName'])}`
}

function trafficOf(body: Json): Json[] {
  const { traffic } = fieldsAt(body, 'properties', 'configuration', 'ingress')
  return Array.isArray(traffic) ? traffic.map(fieldsOf) : []
}

/** What Azure adds when it shows an app, and what it leaves out: empty lists, and values of secrets. */
export function shownApp(app: App): Json {
  const properties = fieldsAt(app.body, 'properties')
  const configuration = fieldsAt(properties, 'configuration')
  const secrets = Array.isArray(configuration['secrets']) ? configuration['secrets'] : []
  return {
    ...app.body,
    id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.App/containerApps/${app.name}`,
    name: app.name,
    systemData: { createdAt: '2026-11-25T10:00:00Z' },
    properties: {
      ...properties,
      provisioningState: app.isChanging ? 'InProgress' : 'Succeeded',
      latestRevisionName: app.revisions.at(-1)?.name,
      configuration: {
        ...configuration,
        registries: orNull(configuration['registries']),
        secrets: orNull(secrets.map(withoutValue)),
        ingress: { ...fieldsAt(configuration, 'ingress'), fqdn: `${app.name}.example.io` },
      },
      template: {
        ...fieldsAt(properties, 'template'),
        initContainers: null,
        scale: scaleOf(properties),
      },
    },
  }
}

function withoutValue(secret: unknown): Json {
  const { value: _value, ...rest } = fieldsOf(secret)
  return rest
}

function scaleOf(properties: Json): Json {
  const scale = fieldsAt(properties, 'template', 'scale')
  return { ...scale, rules: orNull(scale['rules']), pollingInterval: 30 }
}

function orNull(list: unknown): unknown {
  return Array.isArray(list) && list.length > 0 ? list : null
}

function weightOf({ body, revisions }: App, name: string): number {
  const latest = revisions.at(-1)?.name
  const share = trafficOf(body).find(
    ({ revisionName, latestRevision }) =>
      revisionName === name || (latestRevision === true && name === latest),
  )
  return Number(share?.['weight'] ?? 0)
}

export function shownRevision(app: App, revision: Revision): Json & { readonly weight: number } {
  const { name, template, failure, isActive, isStarting } = revision
  revision.isStarting = false
  const running = failure === undefined ? 'Running' : 'Failed'
  const active = isStarting ? 'Processing' : running
  const weight = weightOf(app, name)
  return {
    name,
    weight,
    properties: {
      template,
      active: isActive,
      trafficWeight: weight,
      replicas: isActive && failure === undefined ? 1 : 0,
      createdTime: '2026-11-25T10:00:00Z',
      runningState: isActive ? active : 'Stopped',
      healthState: 'None',
      provisioningState: 'Provisioned',
      ...(isActive && failure !== undefined && { provisioningError: failure }),
    },
  }
}

function isFields(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(value: unknown): Json {
  return isFields(value) ? value : {}
}

function fieldsAt(root: unknown, ...path: readonly string[]): Json {
  return fieldsOf(path.reduce<unknown>((node, key) => fieldsOf(node)[key], root))
}
