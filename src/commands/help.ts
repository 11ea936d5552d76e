import { flagName } from './define-command.ts'
import type { Command, Flag } from './define-command.ts'
import { globalFlags } from './global-flags.ts'
import type { GroupNode, Node } from './tree.ts'

type Row = readonly [left: string, right: string]

/** Help of one command, from the object that defines it. `name` is what follows `bento`. */
export function renderCommandHelp(name: string, command: Command): string {
  const positionals = Object.entries(command.positionals ?? {})
  const usage = ['bento', name, ...positionals.map(positionalUsage), '[flags]'].join(' ')
  const own = Object.entries(command.flags ?? {})
  const globals = Object.entries(globalFlags).filter(([key]) => !(key in (command.flags ?? {})))
  return [
    `${command.summary}.`,
    ...(command.description === undefined ? [] : ['', command.description]),
    '',
    `Usage: ${usage}`,
    ...section(
      'Arguments',
      positionals.map(([key, { description }]) => [key.toUpperCase(), description]),
    ),
    ...section('Flags', own.map(flagRow)),
    ...section('Global flags', globals.map(flagRow)),
    '',
    'Examples:',
    ...command.examples.map((line) => `  ${line}`),
  ].join('\n')
}

/** Help of a noun, or of `bento` itself when `name` is empty. */
export async function renderGroupHelp(name: string, group: GroupNode): Promise<string> {
  const rows: Row[] = []
  for (const [child, node] of group.children) rows.push([child, await summaryOf(node)])
  const prefix = name === '' ? 'bento' : `bento ${name}`
  return [
    `${group.summary}.`,
    '',
    `Usage: ${prefix} COMMAND [flags]`,
    ...section('Commands', rows),
    ...section('Global flags', Object.entries(globalFlags).map(flagRow)),
    '',
    `Run \`${prefix} COMMAND --help\` for the flags and examples of a command.`,
  ].join('\n')
}

async function summaryOf(node: Node): Promise<string> {
  if ('children' in node) return node.summary
  const command = await node.load()
  return command.summary
}

function positionalUsage([key, { optional, many }]: [
  string,
  { optional?: true; many?: true },
]): string {
  const text = `${key.toUpperCase()}${many ? '…' : ''}`
  return optional ? `[${text}]` : text
}

function flagRow([key, flag]: [string, Flag]): Row {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `
  return [`${short}${longFlag(key, flag)}`, describeFlag(flag)]
}

function longFlag(key: string, flag: Flag): string {
  const name = flagName(key)
  switch (flag.type) {
    case 'boolean':
      return name
    case 'negatable':
      return `--no-${name.slice(2)}`
    case 'choice':
      return `${name} ${flag.choices.join('|')}`
    case 'pairs':
      return `${name} KEY=VALUE`
    case 'text':
    case 'integer':
    case 'list':
      break
  }
  return `${name} ${flag.metavar}`
}

function describeFlag(flag: Flag): string {
  if (flag.type === 'choice' && flag.default !== 'default') {
    return `${flag.description} (default ${flag.default})`
  }
  const repeats = flag.type === 'list' || flag.type === 'pairs'
  return repeats ? `${flag.description} (may be repeated)` : flag.description
}

function section(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return []
  const width = Math.max(...rows.map(([left]) => left.length))
  return ['', `${title}:`, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)]
}
