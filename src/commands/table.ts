export interface Column {
  readonly title: string
  /** The column that is cut when the table is wider than the terminal. */
  readonly shrinks?: true
}

const gap = 2
const narrowest = 8

/** A table without borders, not wider than `width`. */
export async function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const table = new Table({
    head: columns.map(({ title }) => title),
    colWidths: fitWidths(columns, rows, width),
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap, compact: true },
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString().replaceAll(/ +$/gm, '')
}

function fitWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): number[] {
  const natural = columns.map(
    ({ title }, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)) + gap,
  )
  const excess = natural.reduce((sum, column) => sum + column, 0) - gap - width
  if (excess <= 0) return natural
  return natural.map((column, at) =>
    columns[at]?.shrinks ? Math.max(narrowest, column - excess) : column,
  )
}

const borderless = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right'],
    ['bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ]
    .flat()
    .map((name) => [name, '']),
)
