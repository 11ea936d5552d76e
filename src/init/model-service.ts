import type { DType, ValueInfo } from '../lib/tensor.ts'
import type { ModelManifest } from '../store/manifest.ts'
import { classNameOf, isIdentifier, keyOf, quote } from './names.ts'

/** What of a stored model its service is written from. */
export type DescribedModel = Pick<ModelManifest, 'name' | 'inputs' | 'outputs'>

/** A service for one model: its input and output are those that the model itself has, by name, type and shape. */
export function renderModelService({ name, inputs, outputs }: DescribedModel): string {
  const answer = answerOf(outputs)
  const fields = inputs.map((input) => `      ${keyOf(input.name)}: ${tensorCall(input)},`)
  const types = inputs.map((input) => `${keyOf(input.name)}: Tensor`).join('; ')
  return [
    "import { api, models, service, tensor, type Tensor } from 'bentojs'",
    ...(answer.schema.includes('z.') ? ["import { z } from 'zod'"] : []),
    '',
    `@service({ description: ${quote(`Serves the model ${name}.`)}, traffic: { timeout: 10 } })`,
    `export class ${classNameOf(name)} {`,
    `  readonly model = models.get(${quote(`${name}:latest`)})`,
    '',
    '  @api({',
    "    description: 'What the model answers, row by row.',",
    '    input: {',
    ...fields,
    '    },',
    `    output: ${answer.schema},`,
    '  })',
    `  async predict(input: { ${types} }) {`,
    ...answer.body.map((line) => `    ${line}`),
    '  }',
    '}',
    ...(answer.helper === undefined ? [] : ['', answer.helper]),
    '',
  ].join('\n')
}

/** A body that `predict` takes: one row of plain values. */
export function sampleOf(inputs: readonly ValueInfo[]): Record<string, unknown> {
  return Object.fromEntries(inputs.map(({ name, dtype, shape }) => [name, nest(dtype, shape)]))
}

function nest(dtype: DType, shape: readonly (number | null)[]): unknown {
  // An empty shape is one that the model leaves open.
  const lengths = shape.length === 0 ? [1] : shape.map((length) => length ?? 1)
  return lengths.reduceRight<unknown>(
    (inner, length) => Array.from({ length }, () => inner),
    sampleElement(dtype),
  )
}

function sampleElement(dtype: DType): unknown {
  if (dtype === 'string') return 'text'
  if (dtype === 'bool') return true
  // A token's or a category's number: 0 is the one that is always there.
  return dtype.startsWith('float') ? 0.5 : 0
}

/** Whether rows of several requests may be one run: every input's first axis is open. */
export function isBatchable(inputs: readonly ValueInfo[]): boolean {
  return inputs.length > 0 && inputs.every(({ shape }) => shape[0] === null)
}

function tensorCall({ dtype, shape }: ValueInfo): string {
  const lengths = shape.map(String).join(', ')
  return `tensor({ dtype: ${quote(dtype)}${shape.length === 0 ? '' : `, shape: [${lengths}]`} })`
}

interface Answer {
  readonly schema: string
  readonly body: readonly string[]
  readonly helper?: string
}

function answerOf(outputs: readonly ValueInfo[]): Answer {
  const [only] = outputs
  if (only && outputs.length === 1) {
    return {
      schema: tensorCall(only),
      body: [
        `const { ${bind(only.name, 0)} } = await this.model.run(input)`,
        `return ${local(only.name, 0)}`,
      ],
    }
  }
  const isFlat = outputs.every(({ shape }) => shape.length === 1 || shape.length === 2)
  if (!isFlat) {
    return { schema: 'z.record(z.string(), z.unknown())', body: ['return this.model.run(input)'] }
  }
  return listsOf(outputs)
}

/** Lists of plain values, and lists of these: what JSON and zod know. */
function listsOf(outputs: readonly ValueInfo[]): Answer {
  const fields = outputs.map((output) => `      ${keyOf(output.name)}: ${listSchema(output)},`)
  const values = outputs.map((output, at) => `  ${keyOf(output.name)}: ${listValue(output, at)},`)
  const bound = outputs.map(({ name }, at) => bind(name, at)).join(', ')
  const hasRows = outputs.some(({ shape }) => shape.length === 2)
  return {
    schema: ['z.object({', ...fields, '    })'].join('\n'),
    body: [`const { ${bound} } = await this.model.run(input)`, 'return {', ...values, '}'],
    ...(hasRows ? { helper } : {}),
  }
}

const helper = `/** A list for each row. */
function rowsOf<Value>({ data, shape }: Tensor, read: (element: unknown) => Value): Value[][] {
  const [rows = 0, width = 0] = shape
  return Array.from({ length: rows }, (_, row) =>
    Array.from<unknown, Value>(data.slice(row * width, (row + 1) * width), read),
  )
}`

function listSchema({ dtype, shape }: ValueInfo): string {
  const list = `z.array(${elements(dtype).schema})`
  return shape.length === 2 ? `z.array(${list})` : list
}

function listValue({ name, dtype, shape }: ValueInfo, at: number): string {
  const { type, read } = elements(dtype)
  if (shape.length === 2) return `rowsOf(${local(name, at)}, ${read})`
  return `Array.from<unknown, ${type}>(${local(name, at)}.data, ${read})`
}

function elements(dtype: DType): { schema: string; type: string; read: string } {
  if (dtype === 'string') return { schema: 'z.string()', type: 'string', read: 'String' }
  if (dtype === 'bool') return { schema: 'z.boolean()', type: 'boolean', read: 'Boolean' }
  const schema = dtype.startsWith('float') ? 'z.number()' : 'z.int()'
  return { schema, type: 'number', read: 'Number' }
}

/** An output's variable: its own name, or one of ours where TypeScript would not have it. */
function local(name: string, at: number): string {
  return isIdentifier(name) && !reserved.has(name) ? name : `output${at + 1}`
}

function bind(name: string, at: number): string {
  const variable = local(name, at)
  return variable === name ? name : `${quote(name)}: ${variable}`
}

// Words that no variable may have, and those that the service itself uses.
const reserved = new Set(
  (
    'await break case catch class const continue debugger default delete do else enum export extends false finally ' +
    'for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof var void while with yield arguments eval ' +
    'input api models service tensor Tensor z rowsOf Array String Number Boolean'
  ).split(' '),
)
