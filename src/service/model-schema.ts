import type { StandardSchemaV1 } from '@standard-schema/spec'
import { readTensor } from '../lib/tensor-read.ts'
import type { TensorResult } from '../lib/tensor-read.ts'
import type { TensorMap, ValueInfo } from '../lib/tensor.ts'
import type { JsonSchema } from './codec/codec.ts'
import { areColumns, isRowList, mayMiss, readColumns, readRows, toRows } from './model-rows.ts'
import type { Parameters, Schema } from './schema-types.ts'
import { elementSchema, tensor } from './tensor-schema.ts'

/*
 * The schemas of a model's own inputs and outputs:
 *
 *   one input of rows, its columns named    `{ "features": [{ "age": 1, "income": null }, …] }`, or rows as arrays
 *   inputs that are a column each           `{ "rows": [{ "age": 1, "city": "Bonn" }, …] }`, or rows as arrays
 *   any other                               each input by name, as nested arrays
 */

export interface ModelSchemas {
  readonly input: Parameters
  /** What the parameters hold once they are read, as a model's handle takes it. */
  readonly toFeeds: (given: Readonly<Record<string, never>>) => TensorMap
}

const rowsParameter = 'rows'

export function inputSchemas(inputs: readonly ValueInfo[]): ModelSchemas {
  if (areColumns(inputs)) {
    const schema = columnsSchema(inputs)
    return { input: { [rowsParameter]: schema }, toFeeds: (given) => given[rowsParameter] ?? {} }
  }
  const input = Object.fromEntries(inputs.map((info) => [info.name, schemaOf(info)]))
  return { input, toFeeds: (given) => given }
}

function schemaOf(info: ValueInfo): Schema {
  const isTable = info.shape.length === 2 && info.shape[0] === null
  if (isTable && (info.columns || mayMiss(info))) return tableSchema(info)
  return tensorSchema(info)
}

function tensorSchema({ dtype, shape }: ValueInfo): Schema & ReturnType<typeof tensor> {
  // An empty shape says nothing: onnxruntime reports it for scalars and for tensors of any rank.
  return tensor(shape.length === 0 ? { dtype } : { dtype, shape })
}

/** Rows of one input, as objects where the columns have names, else as arrays. */
function tableSchema(info: ValueInfo): Schema {
  const row = arrayRow(info)
  const named = info.columns && objectRow(info.columns.map((name) => [String(name), info]))
  return standard({ type: 'array', items: named ? { anyOf: [named, row] } : row }, (value) =>
    toResult(
      isRowList(value) ? readColumns(value, info) : readTensor(withMissing(value, info), info),
    ),
  )
}

function columnsSchema(inputs: readonly ValueInfo[]): Schema {
  const items = { anyOf: [objectRow(inputs.map((info) => [info.name, info])), cellsRow(inputs)] }
  return standard({ type: 'array', items, minItems: 1 }, (value) => {
    const rows = Array.isArray(value) ? toRows(value, inputs) : undefined
    if (!rows) return { issues: [{ message: 'Input should be a list of objects' }] }
    const { feeds, problem } = readRows(rows, inputs)
    return feeds ? { value: feeds } : { issues: [problem] }
  })
}

/** Null is what JSON has for a missing value. */
function withMissing(value: unknown, info: ValueInfo): unknown {
  if (!Array.isArray(value) || !mayMiss(info)) return value
  return value.map((row: unknown) =>
    Array.isArray(row) && row.includes(null)
      ? row.map((cell: unknown) => (cell === null ? NaN : cell))
      : row,
  )
}

function toResult({ tensor: read, problem }: TensorResult): StandardSchemaV1.Result<unknown> {
  return problem ? { issues: [problem] } : { value: read }
}

function cellSchema(info: ValueInfo): JsonSchema {
  const { type } = elementSchema(info.dtype)
  if (info.category) return { type: [type, 'integer', 'boolean'] }
  return { type: mayMiss(info) ? [type, 'null'] : type }
}

function arrayRow(info: ValueInfo): JsonSchema {
  const length = info.shape[1]
  const bounds = typeof length === 'number' ? { minItems: length, maxItems: length } : {}
  return { type: 'array', items: cellSchema(info), ...bounds }
}

/** A row as a list, in the order of the columns. */
function cellsRow(columns: readonly ValueInfo[]): JsonSchema {
  const { length } = columns
  const prefixItems = columns.map(cellSchema)
  return { type: 'array', prefixItems, minItems: length, maxItems: length }
}

function objectRow(columns: readonly (readonly [string, ValueInfo])[]): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(columns.map(([name, info]) => [name, cellSchema(info)])),
    required: columns.map(([name]) => name),
    additionalProperties: false,
  }
}

/** All outputs by name. */
export function outputSchema(outputs: readonly ValueInfo[]): Schema {
  const properties = Object.fromEntries(outputs.map((info) => [info.name, describeOutput(info)]))
  return standard({ type: 'object', properties, required: Object.keys(properties) }, accept)
}

/** One output, a value for each row. */
export function rowSchema(outputs: readonly ValueInfo[], name: string): Schema {
  const info = outputs.find((output) => output.name === name)
  return standard(info ? describeOutput(info) : { type: 'array' }, accept)
}

function describeOutput(info: ValueInfo): JsonSchema {
  const schema = tensorSchema(info)['~standard'].jsonSchema.output({ target: 'draft-2020-12' })
  if (!info.columns) return schema
  return { ...schema, description: `In each row, in this order: ${info.columns.join(', ')}` }
}

// It comes from the model itself.
function accept(value: unknown): StandardSchemaV1.Result<unknown> {
  return { value }
}

function standard(
  schema: JsonSchema,
  validate: (value: unknown) => StandardSchemaV1.Result<unknown>,
): Schema {
  const jsonSchema = { input: () => ({ ...schema }), output: () => ({ ...schema }) }
  const props = { version: 1 as const, vendor: 'bentojs', validate, jsonSchema }
  return { '~standard': props }
}
