import { BentoError } from '../errors.ts'
import { byCodeUnit } from '../lib/order.ts'
import { plainName } from '../lib/plain-name.ts'
import { requireStandardDecorators } from './decorated.ts'
import type { ApiDefinition, ServiceDefinition } from './definition.ts'
import { mountsOf } from './mount.ts'
import { recordsOf } from './records.ts'
import { shapeOf } from './route.ts'
import type { ServiceOptions } from './service-options.ts'

type ServiceClass = new () => object

// The command line, a bento's own copy of the SDK and a test may each have their own copy of this module.
const brand = Symbol.for('bentojs.service')

/**
 * Makes a class a service: its `@api` methods become HTTP endpoints.
 *
 * @example
 * ```ts
 * @service({ traffic: { timeout: 10 } })
 * export class Greeter {
 *   @api({ input: { name: z.string() }, output: z.string() })
 *   greet({ name }: { name: string }) {
 *     return `hello ${name}`
 *   }
 * }
 * ```
 */
export function service<Target extends ServiceClass>(
  target: Target,
  context: ClassDecoratorContext<Target>,
): void
export function service(
  options?: ServiceOptions,
): <Target extends ServiceClass>(target: Target, context: ClassDecoratorContext<Target>) => void
export function service(
  targetOrOptions: ServiceClass | ServiceOptions = {},
  context?: ClassDecoratorContext,
): unknown {
  if (typeof targetOrOptions === 'function') {
    return define(targetOrOptions, {}, context)
  }
  return (target: ServiceClass, called: ClassDecoratorContext) => {
    define(target, targetOrOptions, called)
  }
}

/** What `@service` knows of a class; undefined for everything else. A subclass is no service for its parent's sake. */
export function findService(value: unknown): ServiceDefinition | undefined {
  if (typeof value !== 'function' || !Object.hasOwn(value, brand)) return undefined
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because only define() writes under the brand
  return Reflect.get(value, brand) as ServiceDefinition
}

function define(
  target: ServiceClass,
  options: ServiceOptions,
  context: ClassDecoratorContext | undefined,
): void {
  requireStandardDecorators('@service', context)
  if (context?.kind !== 'class') {
    throw invalid(`@service was written above ${String(context?.name)}, which is not a class`, {
      hint: 'Write @service above the class, and @api above its methods.',
    })
  }
  if (findService(target)) {
    throw invalid(`@service is applied twice to ${context.name ?? 'a class'}`, {
      hint: 'Remove one of the two.',
    })
  }
  const records = recordsOf(context.metadata)
  const { name: given, description = '', ...rest } = options
  const name = checkName(given ?? context.name)
  const apis = [...records.apis.values()].toSorted((a, b) => byCodeUnit(a.name, b.name))
  refuseSharedRoutes(name, apis)
  const definition: ServiceDefinition = {
    name,
    description,
    options: rest,
    apis,
    mounts: mountsOf(records.mounts.values()),
    startup: [...records.startup].toSorted(byCodeUnit),
    shutdown: [...records.shutdown].toSorted(byCodeUnit),
    alive: [...records.alive].toSorted(byCodeUnit),
    ready: [...records.ready].toSorted(byCodeUnit),
    construct: () => new target(),
  }
  defineService(target, definition)
}

/** Makes a class a service of this definition. */
export function defineService<Target extends ServiceClass>(
  target: Target,
  definition: ServiceDefinition,
): Target {
  return Object.defineProperty(target, brand, { value: definition })
}

function checkName(name: string | undefined): string {
  if (name !== undefined && plainName.test(name)) return name
  if (name === undefined || name === '') {
    throw invalid('The class under @service has no name', {
      hint: 'Name the class, or write @service({ name: … }).',
    })
  }
  throw invalid(`"${name}" cannot be the name of a service`, {
    hint: 'Use up to 63 letters, digits, dots, dashes and underscores, with a letter or digit at both ends.',
  })
}

function refuseSharedRoutes(name: string, apis: readonly ApiDefinition[]): void {
  const byRoute = new Map<string, string>()
  for (const api of apis) {
    const other = byRoute.get(shapeOf(api.route))
    if (other !== undefined) {
      throw invalid(`"${other}" and "${api.name}" of ${name} share the route ${api.route}`, {
        hint: 'Give one of them another `route`.',
      })
    }
    byRoute.set(shapeOf(api.route), api.name)
  }
}

function invalid(message: string, options: { hint: string }): BentoError {
  return new BentoError('SERVICE_INVALID', message, options)
}
