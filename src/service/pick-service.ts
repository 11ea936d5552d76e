import { BentoError } from '../errors.ts'
import { closest } from '../lib/suggest.ts'
import type { ServiceDefinition } from './definition.ts'
import { findService } from './service.ts'

/** The service that a module exports: the one named `attr`, or the only one. */
export function pickService(moduleExports: unknown, attr?: string): ServiceDefinition {
  const exported = exportsOf(moduleExports)
  return attr === undefined ? pickOnly(exported) : pickNamed(exported, attr)
}

function exportsOf(moduleExports: unknown): [string, unknown][] {
  if (typeof moduleExports !== 'object' || moduleExports === null) return []
  return Object.entries(moduleExports)
}

function pickNamed(exported: readonly [string, unknown][], attr: string): ServiceDefinition {
  const entry = exported.find(([name]) => name === attr)
  if (!entry) throw noSuchExport(exported, attr)
  const definition = findService(entry[1])
  if (definition) return definition
  const what = typeof entry[1] === 'function' ? 'a class without @service' : 'not a class'
  throw new BentoError('SERVICE_NOT_FOUND', `The export "${attr}" is ${what}`, {
    hint: `Write @service() above \`export class ${attr}\`.`,
  })
}

function noSuchExport(exported: readonly [string, unknown][], attr: string): BentoError {
  const services = exported.filter(([, value]) => findService(value)).map(([name]) => name)
  const meant = closest(attr, services)
  const known = services.length === 0 ? 'no service' : services.join(', ')
  return new BentoError('SERVICE_NOT_FOUND', `The module does not export "${attr}"`, {
    hint:
      meant === undefined
        ? `Export the class; the module exports ${known}.`
        : `Name ${meant} instead; the module exports ${known}.`,
  })
}

function pickOnly(exported: readonly [string, unknown][]): ServiceDefinition {
  // One class exported under two names, as `export default` beside its own, is one service.
  const services = new Map<ServiceDefinition, string>()
  for (const [name, value] of exported) {
    const definition = findService(value)
    if (definition === undefined || (services.has(definition) && name === 'default')) continue
    services.set(definition, name)
  }
  const [first, ...others] = services.keys()
  if (first && others.length === 0) return first
  throw first ? ambiguous([...services.values()]) : noService(exported)
}

function ambiguous(names: readonly string[]): BentoError {
  const list = names.toSorted().join(', ')
  return new BentoError('SERVICE_AMBIGUOUS', `The module exports several services: ${list}`, {
    hint: `Name one after a colon, as service.ts:${names.toSorted()[0]}.`,
  })
}

function noService(exported: readonly [string, unknown][]): BentoError {
  const classes = exported.filter(([, value]) => typeof value === 'function').map(([name]) => name)
  const without = classes.length === 0 ? '' : `: ${classes.join(', ')} lack @service`
  return new BentoError('SERVICE_NOT_FOUND', `The module exports no service${without}`, {
    hint: `Write @service() above \`export class ${classes[0] ?? 'MyService'}\`.`,
  })
}
