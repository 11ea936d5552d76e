import type { JsonSchema } from './codec/codec.ts'
import { isJsonObject, rebase } from './codec/json-schema.ts'
import type { ApiDescription, ServiceDescription } from './describe.ts'
import { pathParamsOf } from './route.ts'

export interface OpenapiOptions {
  /** The bento's version. */
  readonly version: string
}

export interface OpenapiDocument {
  readonly openapi: '3.1.0'
  readonly info: JsonSchema
  readonly servers: readonly JsonSchema[]
  readonly tags: readonly JsonSchema[]
  readonly paths: Readonly<Record<string, JsonSchema>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

const serviceTag = 'Service APIs'
const infrastructureTag = 'Infrastructure'

/** `/docs.json`: the service as an OpenAPI document. */
export function renderOpenapi(
  service: ServiceDescription,
  { version }: OpenapiOptions,
): OpenapiDocument {
  const { name, description, apis } = service
  return {
    openapi: '3.1.0',
    info: { title: name, version, ...(description === '' ? {} : { description }) },
    // Relative, so that the page works behind any proxy.
    servers: [{ url: '.' }],
    tags: [
      { name: serviceTag, description: 'What the service does.' },
      { name: infrastructureTag, description: 'Health and metrics.' },
    ],
    paths: {
      ...Object.fromEntries(infrastructure.map((path) => [path.path, renderInfrastructure(path)])),
      ...Object.fromEntries(apis.map((api) => [api.route, { post: renderApi(name, api) }])),
    },
    components: { schemas: { Error: errorSchema, ...renderSchemas(apis) } },
  }
}

const infrastructure = [
  { path: '/healthz', summary: 'Says whether the service lives', failure: 'It does not.' },
  { path: '/livez', summary: 'Says whether the service lives', failure: 'It does not.' },
  { path: '/readyz', summary: 'Says whether the service can take requests', failure: 'Not now.' },
  { path: '/metrics', summary: 'Metrics for Prometheus', failure: undefined },
] as const

function renderInfrastructure(entry: (typeof infrastructure)[number]): JsonSchema {
  const content = { 'text/plain': { schema: { type: 'string' } } }
  return {
    get: {
      tags: [infrastructureTag],
      summary: entry.summary,
      operationId: `infrastructure__${entry.path.slice(1)}`,
      responses: {
        '200': { description: 'OK', content },
        ...(entry.failure === undefined ? {} : { '503': renderFailure(entry.failure) }),
      },
    },
  }
}

function renderApi(service: string, api: ApiDescription): JsonSchema {
  const { name, description, route, inputTypes, outputType, stream } = api
  const body = { schema: { $ref: `#${pointerTo(name, 'Input')}` } }
  const answer = { schema: { $ref: `#${pointerTo(name, 'Output')}` } }
  const [outputMediaType = outputType] = (stream?.contentType ?? outputType).split(';')
  const pathParams = pathParamsOf(route).map((param) => renderPathParam(param, api))
  return {
    tags: [serviceTag],
    summary: `POST ${route}`,
    ...(description === '' ? {} : { description }),
    operationId: `${service}__${name}`,
    'x-bentoml-name': name,
    ...(pathParams.length === 0 ? {} : { parameters: pathParams }),
    requestBody: {
      required: isBodyRequired(api),
      content: Object.fromEntries(inputTypes.map((type) => [type, body])),
    },
    responses: {
      '200': { description: 'The answer', content: { [outputMediaType]: answer } },
      ...Object.fromEntries(failures.map(([status, text]) => [status, renderFailure(text)])),
    },
  }
}

function renderPathParam(name: string, { input, isRootInput }: ApiDescription): JsonSchema {
  const properties = isRootInput ? undefined : input['properties']
  const own = isJsonObject(properties) ? properties[name] : undefined
  return { name, in: 'path', required: true, schema: isJsonObject(own) ? own : { type: 'string' } }
}

/** An empty body stands for no parameters. */
function isBodyRequired({ input, isRootInput, route }: ApiDescription): boolean {
  return isRootInput || Array.isArray(withoutParams(input, pathParamsOf(route))['required'])
}

type InputDescription = Pick<ApiDescription, 'input' | 'isRootInput' | 'route'>

/** What the path says is not said again in the body. */
function bodySchemaOf({ input, isRootInput, route }: InputDescription): JsonSchema {
  return isRootInput ? input : withoutParams(input, pathParamsOf(route))
}

function withoutParams(input: JsonSchema, names: readonly string[]): JsonSchema {
  const { required, properties, ...rest } = input
  if (names.length === 0 || !isJsonObject(properties)) return input
  const left = Array.isArray(required)
    ? required.filter((name: unknown) => !names.includes(String(name)))
    : []
  const body = Object.entries(properties).filter(([name]) => !names.includes(name))
  const needed = left.length === 0 ? {} : { required: left }
  return { ...rest, properties: Object.fromEntries(body), ...needed }
}

const failures = [
  ['400', 'The body does not fit'],
  ['413', 'The body is too large'],
  ['415', 'The body has a content type that is not understood'],
  ['429', 'Too many requests at once'],
  ['500', 'The service failed'],
  ['503', 'The service cannot answer now'],
  ['504', 'The answer would come too late'],
] as const

function renderFailure(description: string): JsonSchema {
  const schema = { $ref: '#/components/schemas/Error' }
  return { description, content: { 'application/json': { schema } } }
}

const errorSchema: JsonSchema = {
  type: 'object',
  required: ['error', 'code'],
  properties: {
    error: { type: 'string', description: 'What went wrong, in a sentence' },
    code: { type: 'string', description: 'What went wrong, in a word that stays' },
    detail: {
      type: 'array',
      items: {
        type: 'object',
        required: ['type', 'loc', 'msg'],
        properties: {
          type: { type: 'string' },
          loc: { type: 'array', items: { type: ['string', 'integer'] } },
          msg: { type: 'string' },
        },
      },
    },
  },
}

function renderSchemas(apis: readonly ApiDescription[]): Record<string, JsonSchema> {
  return Object.fromEntries(
    apis.flatMap(({ name, output, ...api }) => [
      [componentName(name, 'Input'), rebase(bodySchemaOf(api), pointerTo(name, 'Input'))],
      [componentName(name, 'Output'), rebase(output, pointerTo(name, 'Output'))],
    ]),
  )
}

type Side = 'Input' | 'Output'

function pointerTo(api: string, side: Side): string {
  return `/components/schemas/${componentName(api, side)}`
}

/** OpenAPI allows fewer characters here than a method's name may have. */
function componentName(api: string, side: Side): string {
  return `${api.replace(/[^A-Za-z0-9._-]/gu, (char) => `-${char.codePointAt(0)}-`)}__${side}`
}
