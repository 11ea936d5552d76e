export type Cell = string | number | boolean | null

export type Rows<Column extends string = string> = Record<Column, Cell>[]
export type ColumnLists<Column extends string = string> = Record<Column, Cell[]>

/** A table as lists of equal length, by column. */
export interface Table {
  readonly length: number
  readonly columns: ReadonlyMap<string, readonly Cell[]>
}

export interface TableProblem {
  /** As pydantic names it. */
  readonly type: string
  readonly message: string
  readonly path: readonly (string | number)[]
}

/** A list of rows, or lists by column, to a table; `names`: the columns it shall have. */
export function readTable(value: unknown, names?: readonly string[]): Table | TableProblem {
  if (Array.isArray(value)) return readRows(value, names)
  if (typeof value === 'object' && value !== null) return readColumns(value, names)
  return problem('dataframe_type', 'Input should be a list of rows, or lists by column')
}

function readRows(rows: readonly unknown[], names?: readonly string[]): Table | TableProblem {
  const bad = rows.findIndex((row) => !isRow(row))
  if (bad >= 0) return problem('dict_type', 'Input should be a valid dictionary', [bad])
  const given = rows.filter(isRow)
  const columns = names ? emptyColumns(rows.length, names) : unitedColumns(given)
  if (!columns) return problem('value_error', 'Input has too many columns for so few cells')
  for (const [index, row] of given.entries()) {
    for (const [name, cell] of Object.entries(row)) {
      const column = columns.get(name)
      if (!column) continue
      if (!isCell(cell)) return notACell([index, name])
      column[index] = cell
    }
  }
  return { length: rows.length, columns }
}

function isRow(row: unknown): row is object {
  return typeof row === 'object' && row !== null && !Array.isArray(row)
}

// Rows of ever new columns would make a table as large as the square of their body.
const mostCellsPerGiven = 16

function unitedColumns(rows: readonly object[]): Map<string, Cell[]> | undefined {
  const names = new Set<string>()
  let given = rows.length
  for (const row of rows) {
    const own = Object.keys(row)
    given += own.length
    for (const name of own) names.add(name)
  }
  const isSparse = names.size * rows.length > mostCellsPerGiven * given
  return isSparse ? undefined : emptyColumns(rows.length, [...names])
}

function emptyColumns(length: number, names: readonly string[]): Map<string, Cell[]> {
  return new Map(names.map((name) => [name, Array.from<Cell>({ length }).fill(null)]))
}

function readColumns(value: object, names?: readonly string[]): Table | TableProblem {
  const given = new Map<string, unknown>(Object.entries(value))
  const [first] = given.values()
  const length = Array.isArray(first) ? first.length : 0
  const columns = emptyColumns(length, names ?? [])
  for (const [name, cells] of given) {
    if (!Array.isArray(cells)) return problem('list_type', 'Input should be a valid list', [name])
    if (cells.length !== length) {
      const message = `Column has ${cells.length} items where others have ${length}`
      return problem('value_error', message, [name])
    }
    if (names !== undefined && !columns.has(name)) continue
    const bad = cells.findIndex((cell) => !isCell(cell))
    if (bad >= 0) return notACell([name, bad])
    columns.set(name, cells.filter(isCell))
  }
  return { length, columns }
}

export function toRows({ length, columns }: Table): Rows {
  const named = [...columns]
  return Array.from({ length }, (_, row) =>
    // `fromEntries` defines own properties, so that a column such as __proto__ is only a column.
    Object.fromEntries(named.map(([name, cells]) => [name, cells[row] ?? null])),
  )
}

export function toColumnLists({ columns }: Table): ColumnLists {
  return Object.fromEntries([...columns].map(([name, cells]) => [name, [...cells]]))
}

function isCell(value: unknown): value is Cell {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function notACell(path: readonly (string | number)[]): TableProblem {
  return problem('value_error', 'Input should be a string, a number, true, false or null', path)
}

function problem(
  type: string,
  message: string,
  path: readonly (string | number)[] = [],
): TableProblem {
  return { type, message, path }
}
