import type { Session } from '../context.ts'
import { flagName, type Command, type Flag, type Positional } from '../define-command.ts'
import { globalFlags } from '../global-flags.ts'
import type { GroupNode, Node } from '../tree.ts'
import { completeTags } from './tags.ts'

/** What may stand where somebody types, and what it means. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

export interface Completion {
  readonly candidates: readonly Candidate[]
  /** A file or a folder may stand there too. */
  readonly hasFiles: boolean
}

const nothing: Completion = { candidates: [], hasFiles: false }

/** Completes the last of `words`, which are those after `bento`. */
export async function complete(
  root: Node,
  words: readonly string[],
  session: Session,
): Promise<Completion> {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { node, rest } = walk(root, before)
  if ('children' in node) return startingWith(typed, await completeGroup(node, typed))
  const command = await node.load()
  return startingWith(typed, await completeCommand(command, { rest, typed }, session))
}

function startingWith(typed: string, { candidates, hasFiles }: Completion): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(typed)), hasFiles }
}

function walk(root: Node, words: readonly string[]): { node: Node; rest: readonly string[] } {
  let node = root
  for (const [at, word] of words.entries()) {
    if (!('children' in node)) return { node, rest: words.slice(at) }
    // A global flag, or a word that is wrong: nothing after it is any different.
    node = node.children.get(word) ?? node
  }
  return { node, rest: [] }
}

async function completeGroup({ children }: GroupNode, typed: string): Promise<Completion> {
  if (typed.startsWith('-')) return { candidates: flagsOf(globalFlags), hasFiles: false }
  const candidates: Candidate[] = []
  for (const [value, node] of children) {
    // A command is only loaded for its summary where it is shown.
    if (!value.startsWith(typed)) continue
    candidates.push({ value, description: await summaryOf(node) })
  }
  return { candidates, hasFiles: false }
}

async function summaryOf(node: Node): Promise<string> {
  return 'children' in node ? node.summary : (await node.load()).summary
}

interface Typed {
  readonly rest: readonly string[]
  readonly typed: string
}

async function completeCommand(
  command: Command,
  { rest, typed }: Typed,
  session: Session,
): Promise<Completion> {
  const flags = { ...globalFlags, ...command.flags }
  const owner = findFlag(flags, rest.at(-1) ?? '')
  if (owner !== undefined && takesValue(owner)) return completeValue(owner, session)
  if (typed.startsWith('-')) return { candidates: flagsOf(flags), hasFiles: false }
  return completePositional(positionalAt(command, countPositionals(flags, rest)), session)
}

async function completePositional(
  positional: Positional | undefined,
  session: Session,
): Promise<Completion> {
  const { choices, completes = 'files' } = positional ?? { completes: 'nothing' }
  if (choices) return { candidates: choices.map(toCandidate), hasFiles: false }
  if (completes === 'nothing') return nothing
  const hasFiles = completes === 'files' || completes === 'targets'
  if (completes === 'files') return { candidates: [], hasFiles }
  const kind = completes === 'models' ? 'models' : 'bentos'
  return { candidates: await completeTags(kind, session), hasFiles }
}

function toCandidate(value: string): Candidate {
  return { value, description: '' }
}

type FlagTable = Readonly<Record<string, Flag>>

function spellings(key: string, flag: Flag): string[] {
  const long = flag.type === 'negatable' ? `--no-${flagName(key).slice(2)}` : flagName(key)
  return flag.short === undefined ? [long] : [long, `-${flag.short}`]
}

function flagsOf(flags: FlagTable): Candidate[] {
  return Object.entries(flags).flatMap(([key, flag]) =>
    spellings(key, flag)
      .slice(0, 1)
      .map((value) => ({ value, description: flag.description })),
  )
}

function findFlag(flags: FlagTable, word: string): Flag | undefined {
  return Object.entries(flags).find(([key, flag]) => spellings(key, flag).includes(word))?.[1]
}

function takesValue(flag: Flag): boolean {
  return flag.type !== 'boolean' && flag.type !== 'negatable'
}

async function completeValue(flag: Flag, session: Session): Promise<Completion> {
  if (flag.type === 'choice') {
    return { candidates: flag.choices.map(toCandidate), hasFiles: false }
  }
  if (flag.type === 'text' && flag.metavar === 'MODEL') {
    return { candidates: await completeTags('models', session), hasFiles: true }
  }
  const isPath = 'metavar' in flag && /FILE|FOLDER|PATH|DIR/.test(flag.metavar)
  return { candidates: [], hasFiles: isPath }
}

function countPositionals(flags: FlagTable, rest: readonly string[]): number {
  return rest.filter((word, at) => {
    const owner = findFlag(flags, rest[at - 1] ?? '')
    return !word.startsWith('-') && !(owner !== undefined && takesValue(owner))
  }).length
}

function positionalAt({ positionals = {} }: Command, at: number): Positional | undefined {
  const all = Object.values(positionals)
  const last = all.at(-1)
  return all[at] ?? (last?.many ? last : undefined)
}
