import { classNameOf, isIdentifier, quote } from '../names.ts'
import type { ForeignRoute, ForeignService } from './foreign-service.ts'
import { fieldsOf, literal, type SchemaCode, toSchemaCode, typeOfFields } from './to-schema-code.ts'

/** The class of a service of BentoML: its schemas are equal, its methods are left to fill. */
export function renderForeignService(service: ForeignService): string {
  const className = classNameOf(service.name)
  const methods = service.routes.map(renderMethod)
  const body = [
    `@service(${literal(optionsOf(service, className))})`,
    `export class ${className} {`,
    methods.join('\n\n'),
    '}',
    '',
    'function notWritten(method: string): ServiceError {',
    "  return new ServiceError(501, `${method} is not written yet`, { code: 'NOT_WRITTEN' })",
    '}',
  ].join('\n')
  return `${importsOf(body)}\n${body}\n`
}

function optionsOf({ name, description, options }: ForeignService, className: string): object {
  return {
    ...(name === className ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...options,
  }
}

// In the order in which an import lists them.
const values = [
  'api',
  'bytes',
  'file',
  'image',
  'list',
  'service',
  'ServiceError',
  'table',
  'tensor',
]
const types = ['ColumnLists', 'Rows', 'Tensor', 'UploadedFile']

function importsOf(body: string): string {
  const isUsed = (name: string): boolean => new RegExp(String.raw`(?<![\w.'])${name}\b`).test(body)
  const named = [
    ...values.filter((name) => new RegExp(String.raw`(?<![\w.'])${name}\(`).test(body)),
    ...types.filter(isUsed).map((name) => `type ${name}`),
  ]
  const zod = body.includes('z.') ? "import { z } from 'zod'\n" : ''
  return `import { ${named.join(', ')} } from 'bentojs'\n${zod}`
}

function renderMethod(route: ForeignRoute): string {
  const { name, isStream, isTask } = route
  const input = inputOf(route)
  const output = outputOf(route)
  const options = [
    ...(route.route === `/${name}` ? [] : [`route: ${quote(route.route)},`]),
    ...input.lines,
    ...(output === undefined ? [] : [`output: ${output.code},`]),
    ...(route.isBatchable
      ? ['batchable: true, // maxBatchSize and maxLatencyMs: as in Python']
      : []),
    ...(route.mediaType === undefined ? [] : [`contentType: ${quote(route.mediaType)},`]),
  ]
  const answer = output?.type ?? 'unknown'
  const signature = isStream
    ? `async *${methodName(name)}(${input.parameter}): AsyncGenerator<${answer}>`
    : `async ${methodName(name)}(${input.parameter}): Promise<${answer}>`
  return [
    ...(isTask
      ? ['  // A task in Python: its callers poll for the answer, which this does not offer.']
      : []),
    '  @api({',
    ...options.map((line) => `    ${line}`),
    '  })',
    `  ${signature} {`,
    `    throw notWritten(${quote(name)})`,
    '  }',
  ].join('\n')
}

function methodName(name: string): string {
  return isIdentifier(name) ? name : `[${quote(name)}]`
}

interface InputCode {
  readonly lines: readonly string[]
  readonly parameter: string
}

function inputOf({ input }: ForeignRoute): InputCode {
  if (input['root_input'] === true) {
    const { code, type } = toSchemaCode(input)
    return { lines: [`input: ${code},`], parameter: `_input: ${type}` }
  }
  const fields = fieldsOf(input)
  if (fields.length === 0) return { lines: [], parameter: '' }
  const lines = fields.map(({ name, code }) => `  ${name}: ${code},`)
  return { lines: ['input: {', ...lines, '},'], parameter: `_input: ${typeOfFields(fields)}` }
}

/** Nothing for any JSON, which is what no schema means. */
function outputOf({ output }: ForeignRoute): SchemaCode | undefined {
  const { is_stream: _stream, media_type: _type, ...schema } = output
  return Object.keys(schema).length === 0 ? undefined : toSchemaCode(schema)
}
