import { startServer } from './server.mjs'

/** Starts several servers, and ends them all when `use` is done. */
export async function withServers(prepared, use) {
  const servers = []
  try {
    for (const one of prepared) {
      const { path, body } = one.request
      const server = await startServer({ command: process.execPath, ...one })
      servers.push({ ...server, target: { port: server.port, path, body } })
    }
    return await use(servers)
  } finally {
    for (const server of servers) await server.end()
  }
}

/** The same server with other options, in the form of BENTO_CONFIG_OVERRIDES. */
export function withOptions(prepared, options) {
  const overrides = JSON.stringify({ services: options })
  return { ...prepared, env: { ...prepared.env, BENTO_CONFIG_OVERRIDES: overrides } }
}
