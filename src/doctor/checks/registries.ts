import { findCredentials, listRegistries } from '../../registry/credentials.ts'
import { type Check, type Finding, note, ok, type Place } from '../check.ts'
import { fromError } from '../from-error.ts'

/** Whether what Docker's config says of registries can be read, helpers included. */
export const registries: Check = {
  name: 'registries',
  async run({ env }) {
    try {
      const names = await listRegistries(env)
      if (names.length === 0) {
        return [note('No registry has a login', 'Run `docker login HOST` before you push.')]
      }
      return await Promise.all(names.map((name) => findingOf(name, env)))
    } catch (thrown) {
      return [fromError(thrown, 'error', 'Run `docker login` to write it again.')]
    }
  },
}

async function findingOf(name: string, env: Place['env']): Promise<Finding> {
  try {
    const found = await findCredentials(name, env)
    if (found !== undefined) return ok(`Logged in to ${name}`)
    return note(`${name} has no login`, `Run \`docker login ${name}\` before you push.`)
  } catch (thrown) {
    return fromError(thrown, 'error', `Run \`docker login ${name}\` again.`)
  }
}
