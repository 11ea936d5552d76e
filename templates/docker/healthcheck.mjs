// Whether the server of this container answers. The first argument is the port that the service says in its options.
import { request } from 'node:https'

const port = process.env.PORT || process.env.BENTO_PORT || process.argv[2] || '3000'
const signal = AbortSignal.timeout(4000)
const asked = fetch(`http://127.0.0.1:${port}/livez`, { signal }).then(({ ok }) => ok)
process.exit((await asked.catch(askWithinTls)) ? 0 : 1)

/** Its certificate is for others to judge; and one that asks for ours is there. */
function askWithinTls() {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port, path: '/livez', signal, rejectUnauthorized: false }
    request(options, ({ statusCode }) => resolve(statusCode === 200))
      .on('error', ({ message }) =>
        resolve(/alert (certificate required|handshake failure)/.test(message)),
      )
      .end()
  })
}
