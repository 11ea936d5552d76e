import { Command as Parser, CommanderError, Option } from 'commander'
import { BentoError } from '../errors.ts'
import { flagName } from './define-command.ts'
import type { Command, Flag, ParsedInput } from './define-command.ts'
import { globalFlags, unknownFlag } from './global-flags.ts'

/** What was typed after the command's name: its input, or a wish for help or the version. */
export type Parsed =
  | {
      readonly type: 'run'
      readonly input: ParsedInput
      readonly quiet: boolean
      readonly verbose: boolean
    }
  | { readonly type: 'help' }
  | { readonly type: 'version' }

/** Throws USAGE for a flag, an argument or a value that the command does not take. */
export function parseArgv(name: string, command: Command, argv: readonly string[]): Parsed {
  const parser = createParser(name, command)
  try {
    parser.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.helpDisplayed') return { type: 'help' }
    if (error.code === 'commander.version') return { type: 'version' }
    throw usageError(error, name, command)
  }
  const values = parser.opts<Record<string, unknown>>()
  const args = Object.keys(command.positionals ?? {}).map((key, at): [string, unknown] => [
    key,
    parser.processedArgs[at],
  ])
  refuseEmpty(name, command, args)
  return {
    type: 'run',
    quiet: values['quiet'] === true,
    verbose: values['verbose'] === true,
    input: {
      args: Object.fromEntries(args),
      flags: values,
    },
  }
}

function refuseEmpty(
  name: string,
  { positionals = {} }: Command,
  args: readonly (readonly [string, unknown])[],
): void {
  for (const [key, given] of args) {
    if (positionals[key]?.mayBeEmpty || ![given].flat().includes('')) continue
    throw new BentoError('USAGE', `${key.toUpperCase()} is empty`, { hint: seeHelp(name) })
  }
}

function seeHelp(name: string): string {
  return `Run \`bento ${name} --help\` to see what it takes.`
}

function createParser(name: string, command: Command): Parser {
  const parser = new Parser(name)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} })
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .helpOption('-h, --help')
  const own = command.flags ?? {}
  if (!('version' in own)) parser.version('', '-v, --version')
  for (const [key, positional] of Object.entries(command.positionals ?? {})) {
    const text = `${key}${positional.many ? '...' : ''}`
    parser.argument(positional.optional ? `[${text}]` : `<${text}>`)
  }
  const { quiet, verbose } = globalFlags
  for (const [key, flag] of Object.entries({ quiet, verbose, ...own })) {
    if (flag) parser.addOption(createOption(key, flag))
  }
  return parser
}

function createOption(key: string, flag: Flag): Option {
  const name = flag.type === 'negatable' ? `--no-${flagName(key).slice(2)}` : flagName(key)
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  if (flag.type === 'negatable') return new Option(`${short}${name}`)
  if (flag.type === 'boolean') return new Option(`${short}${name}`).default(false)
  const option = new Option(`${short}${name} <value>`)
  if (flag.type === 'integer') option.argParser((text) => parseInteger(name, text, flag))
  if (flag.type === 'choice') {
    option.default(flag.default).argParser((text) => parseChoice(name, text, flag.choices))
  }
  if (flag.type === 'list') {
    option.default([]).argParser((text, before: readonly string[]) => [...before, text])
  }
  if (flag.type === 'pairs') {
    option
      .default({})
      .argParser((text, before: object) => ({ ...before, ...parsePair(name, text) }))
  }
  return option
}

function parseInteger(
  name: string,
  text: string,
  { min, max }: { min: number; max: number },
): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new BentoError('USAGE', `${name} takes a whole number, not "${text}"`, {
    hint: `Give a number from ${min} to ${max}.`,
  })
}

function parseChoice(name: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text
  throw new BentoError('USAGE', `${name} does not know "${text}"`, {
    hint: `Use one of: ${choices.join(', ')}.`,
  })
}

function parsePair(name: string, text: string): Record<string, string> {
  const equals = text.indexOf('=')
  if (equals > 0) return { [text.slice(0, equals)]: text.slice(equals + 1) }
  throw new BentoError('USAGE', `${name} takes KEY=VALUE, not "${text}"`, {
    hint: `Write it as ${name} owner=ann.`,
  })
}

function usageError(error: CommanderError, name: string, command: Command): BentoError {
  const quoted = /'(.*)'/.exec(error.message)?.[1] ?? ''
  const hint = seeHelp(name)
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownFlag(quoted, name, flagsOf(command))
    case 'commander.missingArgument':
      return new BentoError('USAGE', `${quoted.toUpperCase()} is missing`, { hint })
    case 'commander.optionMissingArgument':
      return new BentoError('USAGE', `${flagIn(quoted)} needs a value`, { hint })
    default:
      return new BentoError('USAGE', `\`bento ${name}\` got too many arguments`, { hint })
  }
}

function flagsOf(command: Command): string[] {
  const own = Object.entries(command.flags ?? {}).map(([key, flag]) =>
    flag.type === 'negatable' ? `--no-${flagName(key).slice(2)}` : flagName(key),
  )
  return [...own, ...Object.keys(globalFlags).map(flagName)]
}

function flagIn(text: string): string {
  return /--[a-z-]+/.exec(text)?.[0] ?? text
}
