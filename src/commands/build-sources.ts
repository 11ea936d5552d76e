import type { BuildSources } from '../build/build.ts'
import type { Session } from './context.ts'
import { fetchModel } from './transfer.ts'

/** What a build may ask of others, with this machine's credentials. */
export function buildSources(session: Session, isInsecure: boolean): BuildSources {
  return {
    pullModel: (url) => fetchModel(url, session, { isInsecure }),
    async findImageDigest(name) {
      const { findImageDigest } = await import('../registry/find-digest.ts')
      return findImageDigest(name, { env: session.env, isInsecure })
    },
  }
}
