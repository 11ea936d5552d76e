import { dirname, join, resolve } from 'node:path'
import { toJson } from '../lib/tensor-json.ts'
import { sliceRows } from '../lib/tensor-ops.ts'
import type { Tensor, TensorMap } from '../lib/tensor.ts'
import { readSample } from '../models/runtimes/sample.ts'
import { readBentoManifest } from '../store/manifest-files.ts'
import { requestSchemas } from './curl-example.ts'
import { followRef } from './schema-example.ts'

/** Requests that are made of the rows which are stored with a model. */
export interface SampleRequest {
  readonly route: string
  /** JSON, one for each row. */
  readonly bodies: readonly string[]
  /** The tag of the model. */
  readonly model: string
}

/** For each method of a bento whose input is that of one of its models: by name, and in a form that the model's has. */
export async function sampleRequests(document: unknown, bento: string): Promise<SampleRequest[]> {
  const { models } = await readBentoManifest(bento)
  const samples: { model: string; inputs: TensorMap }[] = []
  for (const { tag, path, main } of models) {
    const sample = await readSample(dirname(join(resolve(bento, path), main)))
    if (sample) samples.push({ model: tag, inputs: sample.inputs })
  }
  return requestSchemas(document).flatMap(({ route, schema }) => {
    for (const { model, inputs } of samples) {
      const bodies = sampleBodies(inputs, schema, document)
      if (bodies !== undefined) return [{ route, bodies, model }]
    }
    return []
  })
}

type Properties = ReadonlyMap<string, object>

/** Undefined where the method takes something else than the model does. */
export function sampleBodies(
  inputs: TensorMap,
  schema: object,
  document: unknown,
): string[] | undefined {
  const properties = propertiesOf(schema, document)
  if (takes(properties, inputs, isNestedList)) {
    return rowsOf(inputs, [...properties.values()].some(isFixed)).map(renderByName)
  }
  const [parameter, ...others] = properties.entries()
  if (parameter === undefined || others.length > 0) return undefined
  const [name, list] = parameter
  const columns =
    'items' in list ? propertiesOf(followRef(list.items, document), document) : new Map()
  if (!takes(columns, inputs, isCell)) return undefined
  return rowsOf(inputs, false).map((row) => `{${JSON.stringify(name)}:[${renderColumns(row)}]}`)
}

function takes(
  properties: Properties,
  inputs: TensorMap,
  isForm: (schema: object) => boolean,
): boolean {
  const names = Object.keys(inputs)
  return (
    names.length === properties.size && names.every((name) => isForm(properties.get(name) ?? {}))
  )
}

/** Lists of plain values, or of lists; rows may be objects as well where the model names its columns. */
function isNestedList(schema: object): boolean {
  if (!('items' in schema)) return false
  const { items } = schema
  if (typeof items !== 'object' || items === null) return false
  if ('anyOf' in items) return Array.isArray(items.anyOf) && items.anyOf.some(isNestedList)
  return isCell(items) || isNestedList(items)
}

function isCell(schema: object): boolean {
  const types: readonly unknown[] = 'type' in schema ? [schema.type].flat() : []
  return types.some((type) => ['number', 'integer', 'string', 'boolean'].includes(String(type)))
}

/** Whether it takes so many rows, and no other number of them. */
function isFixed(schema: object): boolean {
  return 'minItems' in schema && 'maxItems' in schema && schema.minItems === schema.maxItems
}

function rowsOf(inputs: TensorMap, isWhole: boolean): TensorMap[] {
  const lengths = new Set(Object.values(inputs).map(({ shape }) => shape[0] ?? 0))
  const [length = 0] = lengths
  // Not rows: all of it is one input.
  if (isWhole || lengths.size !== 1 || length === 0) return [inputs]
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, tensor]) => [name, sliceRows(tensor, row, row + 1)]),
    ),
  )
}

function renderByName(inputs: TensorMap): string {
  const fields = Object.entries(inputs).map(
    ([name, tensor]) => `${JSON.stringify(name)}:${toJson(tensor)}`,
  )
  return `{${fields.join(',')}}`
}

/** An object with a value of each column. */
function renderColumns(row: TensorMap): string {
  const cells = Object.entries(row).map(
    ([name, tensor]) => `${JSON.stringify(name)}:${toJson(flat(tensor))}`,
  )
  return `{${cells.join(',')}}`
}

/** The one element that it has. */
function flat({ dtype, data }: Tensor): Tensor {
  return { dtype, shape: [], data }
}

function propertiesOf(schema: object, document: unknown): Properties {
  const properties = 'properties' in schema ? Object.entries(schema.properties ?? {}) : []
  return new Map(properties.map(([name, one]) => [name, followRef(one, document)]))
}
