/*
 * Hooks of a module loader, in a thread of their own: a package that the bundle's place does not have is looked for in
 * the project. Until a bento is installed, that is where its native packages are.
 */

let project = ''

/** `url` is that of any file in the project's folder. */
export function initialize(url: string): void {
  project = url
}

interface ResolveContext {
  readonly parentURL?: string
}

type Resolve = (specifier: string, context: ResolveContext) => Promise<unknown>

export async function resolve(
  specifier: string,
  context: ResolveContext,
  next: Resolve,
): Promise<unknown> {
  try {
    return await next(specifier, context)
  } catch (error) {
    if (!/^[^./#]/.test(specifier) || specifier.includes('://')) throw error
    return next(specifier, { ...context, parentURL: project })
  }
}
