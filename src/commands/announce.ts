import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServeFlags } from '../serve/serving.ts'
import type { Session } from './context.ts'
import { renderCurl } from './curl-example.ts'
import { readOptions } from './read-options.ts'

export interface Announced {
  readonly url: string
  /** The bento's folder. */
  readonly path: string
  readonly flags: ServeFlags
}

/** Says where a service answers, with a line to paste. */
export async function announce({ url, path, flags }: Announced, session: Session): Promise<void> {
  const { out } = session
  const { manifest, options } = await readOptions(path, flags, session)
  out.say(`Serving on ${url}`)
  if (options.http.page) out.say(`  Page: ${url}/`)
  if (flags.development) out.say(`  Dashboard: ${url}/dashboard`)
  const text = await readFile(join(path, 'apis', 'openapi.json'), 'utf8').catch(() => 'null')
  // The document was written at the build; since then routes may have been configured, and keys.
  const routes = new Map(
    manifest.apis.map(({ name, route }) => [route, options.apis[name]?.route ?? route]),
  )
  const key = options.auth.keys.length > 0 ? 'authorization: Bearer KEY' : undefined
  const line = renderCurl(JSON.parse(text), { url, routes, key })
  if (line !== undefined) out.say(`  Try:  ${line}`)
}
