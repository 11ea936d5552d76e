import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../../errors.ts'
import type { JsonSchema } from '../codec/codec.ts'
import { createSchema, ownKeyword } from './own-schema.ts'
import type { OwnSchema } from './own-schema.ts'
import { readTable, toColumnLists, toRows } from './table.ts'
import type { Cell, ColumnLists, Rows } from './table.ts'

type Orient = 'records' | 'columns'

export interface TableOptions<Column extends string = string, Kind extends Orient = Orient> {
  /** How the method has it and answers it: a list of rows, or a list for each column. Default: records. */
  readonly orient?: Kind
  /** Others are dropped, and what is missing is null. Absent: whatever columns come. */
  readonly columns?: readonly Column[]
}

/** What a table may be made of: a list of rows, or a list for each column. */
export type TableLike<Column extends string = string> =
  | readonly Readonly<Record<Column, Cell>>[]
  | Readonly<Record<Column, readonly Cell[]>>

export type TableSchema<
  Column extends string = string,
  Kind extends Orient = 'records',
> = OwnSchema<TableLike<Column>, Kind extends 'columns' ? ColumnLists<Column> : Rows<Column>>

/** A table, as pandas has it in a DataFrame. Clients may send rows or columns, whichever the method gets. */
export function table<const Column extends string = string, const Kind extends Orient = 'records'>(
  options: TableOptions<Column, Kind> = {},
): TableSchema<Column, Kind> {
  const orient = checkOrient(options.orient)
  const { columns } = options
  const give = orient === 'columns' ? toColumnLists : toRows
  const validate = (value: unknown): StandardSchemaV1.Result<never> => {
    const read = readTable(value, columns)
    if ('type' in read) return { issues: [read] }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the options say which columns it has
    return { value: give(read) as never }
  }
  return createSchema<TableLike<Column>, never>('table', validate, toJsonSchema(orient, columns))
}

function checkOrient(orient: string | undefined): Orient {
  if (orient === undefined || orient === 'records') return 'records'
  if (orient === 'columns') return orient
  throw new BentoError('SERVICE_INVALID', `"${orient}" is not the orient of a table`, {
    hint: 'Use records or columns.',
  })
}

const cell = { type: ['string', 'number', 'boolean', 'null'] }

function toJsonSchema(orient: Orient, columns: readonly string[] | undefined): JsonSchema {
  const bento = { type: 'dataframe', orient, ...(columns && { columns }) }
  const named = (entry: JsonSchema): JsonSchema =>
    columns ? { properties: Object.fromEntries(columns.map((name) => [name, entry])) } : {}
  const rows = { type: 'array', items: { type: 'object', ...named(cell) } }
  const lists = { type: 'object', ...named({ type: 'array', items: cell }) }
  const forms = orient === 'records' ? [rows, lists] : [lists, rows]
  return { [ownKeyword]: bento, anyOf: forms }
}
