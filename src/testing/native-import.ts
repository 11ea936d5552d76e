import { constants, runInThisContext } from 'node:vm'

/**
 * Imports a module as Node itself does. Test runners that put a module system of their own in its place, as Jest does,
 * give each test a realm of its own, whose typed arrays native packages refuse.
 */
export function importNatively(url: URL): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- because the line of code is this function
  const load = runInThisContext('(url) => import(url)', {
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (url: string) => Promise<unknown>
  return load(url.href)
}
