import type { Contract, MethodContract } from './contract.ts'
import { fieldsOf } from './schema-parts.ts'
import { findMisfits, type Misfit } from './subset.ts'

/** Why a client of one contract does not fit a service of another. */
interface Breaking {
  readonly method: string
  readonly change: string
}

export interface Differences {
  readonly breaking: readonly Breaking[]
  /** Methods that the client does not know yet. */
  readonly added: readonly string[]
}

/** Holds a client against its service. What a client never notices is no difference. */
export function compareContracts(client: Contract, service: Contract): Differences {
  const now = new Map(service.methods.map((method) => [method.name, method]))
  const known = new Set(client.methods.map(({ name }) => name))
  return {
    breaking: client.methods.flatMap((before) => {
      const after = now.get(before.name)
      const changes = after
        ? compareMethods({ client, before }, { service, after })
        : ['the method is gone']
      return changes.map((change) => ({ method: before.name, change }))
    }),
    added: [...now.keys()].filter((name) => !known.has(name)),
  }
}

interface Before {
  readonly client: Contract
  readonly before: MethodContract
}

interface After {
  readonly service: Contract
  readonly after: MethodContract
}

function compareMethods({ client, before }: Before, { service, after }: After): string[] {
  const shape = compareShapes(before, after)
  if (shape.length > 0) return shape
  const [old, new_] = [client.schemas, service.schemas]
  const input = findMisfits({
    given: { schemas: old, schema: before.input },
    wanted: { schemas: new_, schema: after.input },
    at: 'input',
    isInput: true,
    missing: () => 'is required now',
  })
  const output = findMisfits({
    given: { schemas: new_, schema: after.output },
    wanted: { schemas: old, schema: before.output },
    at: 'output',
    isInput: false,
    missing: () => 'may be absent now',
  })
  return [...[...gone(before, after), ...input].map(inWords), ...output.map(inWords)]
}

function compareShapes(before: MethodContract, after: MethodContract): string[] {
  const pairs = [
    ['route', before.route, after.route],
    ['body', bodyOf(before), bodyOf(after)],
    ['answer', answerOf(before), answerOf(after)],
  ] as const
  return pairs.flatMap(([what, was, is]) =>
    was === is ? [] : [`the ${what} was ${was}, is ${is}`],
  )
}

function bodyOf({ isRoot }: MethodContract): string {
  return isRoot ? 'one value' : 'named parameters'
}

function answerOf({ framing, outputType }: MethodContract): string {
  if (framing !== undefined) return `a stream of ${framing}`
  // A text alone is sent as it is, and beside other values as JSON: a client reads both.
  return /^(?:text\/plain|application\/json)$/.test(outputType) ? 'a value' : outputType
}

/** A parameter that the service does not know any more is ignored by it, which the client would not notice. */
function gone(before: MethodContract, after: MethodContract): Misfit[] {
  if (before.isRoot) return []
  const known = fieldsOf(after.input)
  return Object.keys(fieldsOf(before.input))
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({ at: `input.${name}`, what: 'is not taken any more' }))
}

function inWords({ at, what }: Misfit): string {
  return `${at} ${what}`
}
