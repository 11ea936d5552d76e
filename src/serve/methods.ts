/** A method of a service's instance, bound to it. */
type Method = (input?: unknown, context?: object) => unknown

export function methodOf(instance: object, name: string): Method {
  const method: unknown = Reflect.get(instance, name)
  if (typeof method !== 'function') throw new Error(`${name} is not a method of the service`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because @api decorated it with this signature
  return (method as Method).bind(instance)
}

export async function runHooks(instance: object, names: readonly string[]): Promise<void> {
  for (const name of names) await methodOf(instance, name)()
}
