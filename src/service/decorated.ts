import { BentoError } from '../errors.ts'

/** The name of a method that may be decorated. Throws SERVICE_INVALID for everything else that can be. */
export function requireMethodName(decorator: string, context: unknown): string {
  requireStandardDecorators(decorator, context)
  const { kind, name, isStatic, isPrivate } = placeOf(context)
  const shown = typeof name === 'string' ? `"${name}"` : 'a symbol'
  if (kind !== 'method') throw misplaced(decorator, `${shown} is a ${kind}`)
  if (typeof name !== 'string') throw misplaced(decorator, 'the name of the method is a symbol')
  if (isStatic) throw misplaced(decorator, `${shown} is static`)
  if (isPrivate) throw misplaced(decorator, `${shown} is private`)
  return name
}

/** With `experimentalDecorators` the second argument is a property's name, or nothing. */
export function requireStandardDecorators(decorator: string, context: unknown): void {
  if (typeof context === 'object' && context !== null && 'kind' in context) return
  throw new BentoError('SERVICE_INVALID', `${decorator} was not called as a standard decorator`, {
    hint: 'Take "experimentalDecorators" out of tsconfig.json, and write the decorator above a class or a method.',
  })
}

interface Place {
  readonly kind: string
  readonly name: string | symbol | undefined
  readonly isStatic: boolean
  readonly isPrivate: boolean
}

function placeOf(context: unknown): Place {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because requireStandardDecorators has seen `kind`
  const given = context as ClassMethodDecoratorContext
  return {
    kind: given.kind,
    name: given.name,
    isStatic: given.static,
    isPrivate: given.private,
  }
}

function misplaced(decorator: string, reason: string): BentoError {
  return new BentoError('SERVICE_INVALID', `${decorator} cannot stand here: ${reason}`, {
    hint: `Write ${decorator} above a public method of the service.`,
  })
}
