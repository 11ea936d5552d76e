import type { Session } from './context.ts'

/** A command as data. Help, parsing and the type of `run`'s argument all read the same object. */
export interface Command {
  /** One imperative sentence, without a full stop. */
  readonly summary: string
  readonly description?: string
  /** In the order in which they are typed. */
  readonly positionals?: Positionals
  readonly flags?: Flags
  /** Lines to paste. */
  readonly examples: readonly string[]
  /** Returns the exit code when it is not 0. */
  run(input: ParsedInput, session: Session): Promise<number | void>
}

export interface ParsedInput {
  readonly args: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, unknown>>
}

export type Positionals = Readonly<Record<string, Positional>>
export type Flags = Readonly<Record<string, Flag>>

export interface Positional {
  readonly description: string
  readonly optional?: true
  /** Takes all the words that are left. */
  readonly many?: true
  /** What a shell completes it to; a target is a bento or a file. Default: files. */
  readonly completes?: 'bentos' | 'models' | 'targets' | 'files' | 'nothing'
  /** The only words that it may be. */
  readonly choices?: readonly string[]
  /** Else it is a mistake, as of a variable of a shell that is not set. */
  readonly mayBeEmpty?: true
}

/** Keys are camelCase and become kebab-case on the command line. */
export type Flag = {
  readonly description: string
  readonly short?: string
} & (
  | { readonly type: 'boolean' }
  /** True unless `--no-NAME` is given. */
  | { readonly type: 'negatable' }
  | { readonly type: 'text'; readonly metavar: string }
  | {
      readonly type: 'integer'
      readonly metavar: string
      readonly min: number
      readonly max: number
    }
  | { readonly type: 'choice'; readonly choices: readonly string[]; readonly default: string }
  /** May be repeated. */
  | { readonly type: 'list'; readonly metavar: string }
  /** May be repeated; each is `KEY=VALUE`. */
  | { readonly type: 'pairs' }
)

interface TypedCommand<P extends Positionals, F extends Flags> extends Omit<Command, 'run'> {
  readonly positionals?: P
  readonly flags?: F
  run(input: TypedInput<P, F>, session: Session): Promise<number | void>
}

interface TypedInput<P extends Positionals, F extends Flags> {
  readonly args: { readonly [K in keyof P]: PositionalValue<P[K]> }
  readonly flags: { readonly [K in keyof F]: FlagValue<F[K]> }
}

type PositionalValue<P extends Positional> = P extends { many: true }
  ? readonly string[]
  : P extends { optional: true }
    ? string | undefined
    : string

type FlagValue<F extends Flag> = F extends { type: 'boolean' | 'negatable' }
  ? boolean
  : F extends { type: 'integer' }
    ? number | undefined
    : F extends { type: 'choice'; choices: readonly (infer Choice)[] }
      ? Choice
      : F extends { type: 'list' }
        ? readonly string[]
        : F extends { type: 'pairs' }
          ? Readonly<Record<string, string>>
          : string | undefined

/** Does nothing but infer the types. */
export function defineCommand<
  const P extends Positionals = Record<string, never>,
  const F extends Flags = Record<string, never>,
>(command: TypedCommand<P, F>): Command {
  return command
}

/** `workingDir` as typed: `--working-dir`. */
export function flagName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
