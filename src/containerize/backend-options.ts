import { BentoError } from '../errors.ts'
import type { ContainerBackend } from './backend.ts'

/**
 * What `--opt` says, each as KEY=VALUE or KEY:VALUE. A switch needs no value, and is left out when it is off. Throws
 * USAGE.
 */
export function parseOptions(
  texts: readonly string[],
  { name, options, switches }: ContainerBackend,
): Record<string, string> {
  const known = ['base', ...options]
  const forms = [...known.map((key) => `--opt ${key}=…`), ...switches.map((key) => `--opt ${key}`)]
  const refuse = (what: string): BentoError =>
    new BentoError('USAGE', what, { hint: `Use one of: ${forms.join(', ')}.` })

  const given: Record<string, string> = {}
  for (const text of texts) {
    const [, key = '', value] = /^([^=:]*)(?:[=:](.*))?$/s.exec(text) ?? []
    if (switches.includes(key)) {
      if (!isSwitch(value)) throw refuse(`--opt ${key} is "${value}", not true or false`)
      if (value !== 'false') given[key] = 'true'
    } else if (!known.includes(key)) {
      throw refuse(`The ${name} backend has no option "${key}"`)
    } else if (value === undefined || value === '') {
      throw refuse(`--opt ${key} has no value`)
    } else given[key] = value
  }
  return given
}

function isSwitch(value: string | undefined): boolean {
  return value === undefined || value === 'true' || value === 'false'
}
