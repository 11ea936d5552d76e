import { env } from 'node:process'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BentoError } from '../errors.ts'

/** Holds a service's arguments as JSON, in every process that imports it. */
export const argumentsVariable = 'BENTO_ARGS'

/**
 * The arguments that a service was built with: `args` of bentofile.yaml, and `bento build --arg size=large`. With a
 * schema they are checked, so that a wrong one ends the build.
 *
 * @example
 * ```ts
 * const { size } = useArguments(z.object({ size: z.enum(['small', 'large']).default('small') }))
 * ```
 */
export function useArguments(): Readonly<Record<string, string>>
export function useArguments<S extends StandardSchemaV1>(schema: S): StandardSchemaV1.InferOutput<S>
export function useArguments(schema?: StandardSchemaV1): unknown {
  const given: unknown = JSON.parse(env[argumentsVariable] ?? '{}')
  if (schema === undefined) return given
  const result = schema['~standard'].validate(given)
  if (result instanceof Promise) throw invalid('their schema is asynchronous')
  if (result.issues === undefined) return result.value
  throw invalid(
    result.issues.map(({ path, message }) => `${renderPath(path)}${message}`).join('; '),
  )
}

type Path = StandardSchemaV1.Issue['path']

function renderPath(path: Path = []): string {
  const keys = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return keys.length === 0 ? '' : `${keys.join('.')}: `
}

function invalid(reason: string): BentoError {
  return new BentoError('SERVICE_INVALID', `The service's arguments are not right: ${reason}`, {
    hint: 'Set them in `args` of bentofile.yaml, or with `bento build --arg NAME=VALUE`.',
  })
}
